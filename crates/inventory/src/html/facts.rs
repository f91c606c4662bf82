//! What the parts of the page tell: uses, and how many there are of what.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use weighbridge::{Finding, Location, Severity};

use crate::inventory::Inventory;
use crate::reference::{Flags, Hub, Kind, Origin, Pin, Reference, Scope};

/// References of one application to the same thing in the same way: a row of the table.
pub(super) struct Use<'i> {
    /// The first of them; what the row tells is the same for all.
    pub(super) first: &'i Reference,
    /// All of them.
    pub(super) all: Vec<&'i Reference>,
    /// What speaks against them.
    pub(super) findings: Vec<&'i Finding>,
    /// What they are for, where that is known.
    pub(super) purposes: BTreeSet<&'static str>,
}

impl Use<'_> {
    /// The worst of the findings.
    pub(super) fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// How many findings there are of each severity, the least first.
pub(super) type BySeverity = [usize; 5];

/// What is known of an application.
#[derive(Default)]
pub(super) struct OfApplication<'i> {
    pub(super) things: BTreeSet<Thing<'i>>,
    pub(super) references: usize,
    pub(super) severities: BySeverity,
}

/// Something that is used, of whatever revision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Thing<'i> {
    pub(super) kind: Kind,
    pub(super) id: Option<&'i str>,
    pub(super) origin: Origin,
}

impl<'i> Thing<'i> {
    pub(super) fn of(reference: &'i Reference) -> Thing<'i> {
        Thing {
            kind: reference.kind,
            id: reference.id.as_deref(),
            origin: reference.origin,
        }
    }

    pub(super) fn is_model(&self) -> bool {
        matches!(self.kind, Kind::Model | Kind::Adapter) && matches!(self.origin, Origin::Hub(_))
    }

    pub(super) fn is_service(&self) -> bool {
        matches!(self.origin, Origin::Service(_)) || self.kind == Kind::McpServer
    }
}

/// All of it.
pub(super) struct Facts<'i> {
    pub(super) inventory: &'i Inventory,
    /// The riskiest first.
    pub(super) uses: Vec<Use<'i>>,
    /// By the index of the application.
    pub(super) applications: Vec<OfApplication<'i>>,
    pub(super) things: BTreeSet<Thing<'i>>,
    pub(super) severities: BySeverity,
    /// References whose revision can pin, and how many of these do.
    pub(super) can_pin: (usize, usize),
}

/// What makes references one use.
type Key<'i> = (usize, Thing<'i>, (Option<&'i str>, Pin), &'i Flags, Scope);

/// Where a reference is, and a finding of it.
type At<'i> = (usize, &'i str, u32, u32);

/// The place of a severity among all.
pub(super) fn rank(severity: Severity) -> usize {
    Severity::ALL
        .iter()
        .position(|known| *known == severity)
        .unwrap_or_default()
}

impl<'i> Facts<'i> {
    pub(super) fn of(inventory: &'i Inventory) -> Facts<'i> {
        let mut facts = Facts {
            inventory,
            uses: Vec::new(),
            applications: Vec::new(),
            things: BTreeSet::new(),
            severities: [0; 5],
            can_pin: (0, 0),
        };
        facts
            .applications
            .resize_with(inventory.applications.len(), OfApplication::default);
        let mut findings: BTreeMap<At<'i>, Vec<&'i Finding>> = BTreeMap::new();
        for (finding, &application) in inventory
            .findings
            .iter()
            .zip(&inventory.finding_applications)
        {
            facts.count_finding(finding, application);
            if let Location::Text {
                file, line, column, ..
            } = &finding.location
            {
                let at = (application, &**file, *line, *column);
                findings.entry(at).or_default().push(finding);
            }
        }
        let mut uses: BTreeMap<Key<'i>, Use<'i>> = BTreeMap::new();
        for reference in &inventory.references {
            facts.count_reference(reference);
            let revision = (reference.revision.text.as_deref(), reference.revision.pin);
            let thing = Thing::of(reference);
            let key = (
                reference.application,
                thing,
                revision,
                &reference.flags,
                reference.scope,
            );
            let row = uses.entry(key).or_insert_with(|| Use {
                first: reference,
                all: Vec::new(),
                findings: Vec::new(),
                purposes: BTreeSet::new(),
            });
            let place = &reference.location;
            let at = (
                reference.application,
                &*place.file,
                place.line,
                place.column,
            );
            row.findings
                .extend(findings.remove(&at).into_iter().flatten());
            row.purposes
                .extend(reference.purpose.map(|purpose| purpose.as_str()));
            row.all.push(reference);
        }
        facts.uses = uses.into_values().collect();
        for row in &mut facts.uses {
            row.findings
                .sort_by_key(|finding| Reverse(finding.severity));
        }
        facts.uses.sort_by_key(|row| {
            let worst = row.worst();
            let production = row.first.scope == Scope::Production;
            (Reverse(worst), !production)
        });
        facts
    }

    fn count_finding(&mut self, finding: &Finding, application: usize) {
        let rank = rank(finding.severity);
        let of_application = self.applications.get_mut(application);
        let counts = of_application.map(|found| &mut found.severities);
        for counts in [Some(&mut self.severities), counts].into_iter().flatten() {
            if let Some(count) = counts.get_mut(rank) {
                *count += 1;
            }
        }
    }

    fn count_reference(&mut self, reference: &'i Reference) {
        let thing = Thing::of(reference);
        self.things.insert(thing);
        if let Some(found) = self.applications.get_mut(reference.application) {
            found.things.insert(thing);
            found.references += 1;
        }
        let hub = Origin::Hub;
        if [
            hub(Hub::HuggingFace),
            hub(Hub::TorchHub),
            hub(Hub::ModelScope),
        ]
        .contains(&reference.origin)
        {
            self.can_pin.0 += 1;
            self.can_pin.1 += usize::from(reference.revision.pin == Pin::Commit);
        }
    }

    /// The things of which this holds and whose id is known.
    pub(super) fn known(&self, holds: impl Fn(&Thing<'i>) -> bool) -> usize {
        let known = self
            .things
            .iter()
            .filter(|thing| thing.id.is_some() && holds(thing));
        known.count()
    }

    /// Services by their names, whatever model is asked for.
    pub(super) fn services(&self) -> BTreeSet<&'static str> {
        let services = self.things.iter().filter(|thing| thing.is_service());
        services
            .map(|thing| super::text::origin(thing.origin))
            .collect()
    }

    /// The indices of applications that use or risk anything, the riskiest first, then those that use most.
    pub(super) fn ranked(&self) -> Vec<usize> {
        let is_used = |at: &usize| {
            let found = self.applications.get(*at);
            found.is_some_and(|found| found.references > 0 || found.severities != [0; 5])
        };
        let mut ranked: Vec<usize> = (0..self.applications.len()).filter(is_used).collect();
        ranked.sort_by_key(|at| {
            let found = self.applications.get(*at);
            Reverse(found.map(|found| {
                let [info, low, medium, high, critical] = found.severities;
                (critical, high, medium, low, info, found.references)
            }))
        });
        ranked
    }
}
