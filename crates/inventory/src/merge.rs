//! Inventories of many trees as one.
//!
//! Everything is sorted by the name of its tree, and stays in its order within a tree: the order of the
//! inventories makes no difference, nor how often it is merged, and one inventory stays as it is. What is in
//! no tree, that is the caches of the user, comes last, and what is the same there counts once.

use std::collections::BTreeMap;
use std::sync::Arc;

use weighbridge::{Finding, Location, ReportedGap};

use crate::disk::{self, ModelOnDisk};
use crate::inventory::Inventory;

/// Two different inventories hold a tree of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameTree(pub String);

impl std::fmt::Display for SameTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = weighbridge::escape::visible(&self.0);
        write!(f, "{name}: two of the inventories hold a tree of this name")
    }
}

impl std::error::Error for SameTree {}

/// The index of no application, and of no tree.
pub(crate) const NONE: usize = usize::MAX;

impl Inventory {
    /// These inventories as one. Equal ones count once.
    ///
    /// # Errors
    ///
    /// Where two that differ hold a tree of the same name; [`Inventory::named`] tells them apart.
    pub fn merge(inventories: impl IntoIterator<Item = Inventory>) -> Result<Inventory, SameTree> {
        let mut all: Vec<Inventory> = inventories.into_iter().collect();
        all.sort_by(|a, b| a.repositories.cmp(&b.repositories));
        // Those with the same trees stand beside each other.
        all.dedup();
        let mut names: Vec<&Arc<str>> = all.iter().flat_map(|one| &one.repositories).collect();
        names.sort();
        if let Some([name, _]) = names.array_windows().find(|[a, b]| a == b) {
            return Err(SameTree(name.to_string()));
        }
        Ok(Inventory::arrange(all))
    }

    /// The same with another name for its tree. Where it has several, the name is put before theirs,
    /// with a colon.
    #[must_use]
    pub fn named(mut self, name: &str) -> Inventory {
        let is_one = self.repositories.len() == 1;
        let new = |old: &str| match is_one || old == "." {
            true => Arc::from(name),
            false => Arc::from(format!("{name}:{old}")),
        };
        let names: BTreeMap<Arc<str>, Arc<str>> = self
            .repositories
            .iter()
            .map(|old| (Arc::clone(old), new(old)))
            .collect();
        let rename = |old: &mut Arc<str>| {
            if let Some(new) = names.get(old) {
                *old = Arc::clone(new);
            }
        };
        for gap in &mut self.gaps {
            // What is about a whole tree names it.
            if let Location::Text { file, .. } = &mut gap.location
                && let Some(new) = names.get(&**file)
            {
                *file = new.to_string();
            }
        }
        for application in &mut self.applications {
            rename(&mut application.repository);
            if application.path == "." {
                application.name = crate::application::last(&application.repository).to_owned();
            }
        }
        let references = self.references.iter_mut();
        references.for_each(|reference| rename(&mut reference.repository));
        let models = self.models.iter_mut();
        models
            .filter_map(|model| model.repository.as_mut())
            .for_each(rename);
        self.repositories.iter_mut().for_each(rename);
        Inventory::arrange(vec![self])
    }

    /// These as one, sorted by tree, with models linked to what uses them; no two trees have the same name.
    pub(crate) fn arrange(all: Vec<Inventory>) -> Inventory {
        let mut one = joined(all);
        // Whether there are too many links is told anew.
        let gaps = one.gaps.into_iter().zip(one.gap_repositories);
        let gaps = gaps.filter(|(gap, _)| gap.limit != Some(disk::LINKS));
        (one.gaps, one.gap_repositories) = gaps.unzip();
        let ranks = Ranks::new(&one.repositories);
        sort_by_application(&mut one, &ranks);
        sort_models(&mut one.models, &ranks);
        disk::link(&mut one);
        sort_gaps(&mut one, &ranks);
        one.repositories.sort();
        one.passed_over.sort();
        one
    }
}

/// One behind the other.
fn joined(all: Vec<Inventory>) -> Inventory {
    let mut merged = Inventory::default();
    for mut one in all {
        let base = merged.applications.len();
        let count = one.applications.len();
        // What belongs to no application stays so.
        let moved = |at: usize| if at < count { at + base } else { NONE };
        let findings = one.finding_applications.into_iter().map(moved);
        merged.finding_applications.extend(findings);
        merged.findings.extend(one.findings);
        merged
            .references
            .extend(one.references.into_iter().map(|mut reference| {
                reference.application = moved(reference.application);
                reference
            }));
        one.gap_repositories.resize(one.gaps.len(), None);
        let base = merged.repositories.len();
        let trees = one.gap_repositories.into_iter();
        merged
            .gap_repositories
            .extend(trees.map(|tree| tree.map(|at| at + base)));
        merged.gaps.extend(one.gaps);
        merged.repositories.extend(one.repositories);
        merged.applications.extend(one.applications);
        merged.models.extend(one.models);
        merged.passed_over.extend(one.passed_over);
        merged.files = merged.files.saturating_add(one.files);
    }
    merged
}

/// The place of each tree, by its name; what is in none comes last.
struct Ranks(BTreeMap<Arc<str>, usize>);

impl Ranks {
    fn new(names: &[Arc<str>]) -> Ranks {
        let mut names = names.to_vec();
        names.sort();
        Ranks(
            names
                .into_iter()
                .enumerate()
                .map(|(at, name)| (name, at))
                .collect(),
        )
    }

    fn of(&self, name: Option<&str>) -> usize {
        let rank = name.and_then(|name| self.0.get(name));
        rank.copied().unwrap_or(NONE)
    }
}

/// Sorts the applications, and what belongs to them.
fn sort_by_application(one: &mut Inventory, ranks: &Ranks) {
    let trees: Vec<usize> = (one.applications.iter())
        .map(|found| ranks.of(Some(&found.repository)))
        .collect();
    let tree = |at: usize| trees.get(at).copied().unwrap_or(NONE);
    let mut order: Vec<usize> = (0..trees.len()).collect();
    order.sort_by_key(|&at| tree(at));
    let mut moved = vec![NONE; order.len()];
    for (new, old) in order.into_iter().enumerate() {
        if let Some(moved) = moved.get_mut(old) {
            *moved = new;
        }
    }
    let moved = |old: usize| moved.get(old).copied().unwrap_or(NONE);
    one.references
        .sort_by_key(|reference| ranks.of(Some(&reference.repository)));
    for reference in &mut one.references {
        reference.application = moved(reference.application);
    }
    let applications = std::mem::take(&mut one.finding_applications);
    let findings = applications
        .into_iter()
        .zip(std::mem::take(&mut one.findings));
    let mut findings: Vec<(usize, Finding)> = findings.collect();
    findings.sort_by_cached_key(|(at, finding)| {
        let place = (
            finding.rule,
            file(&finding.location),
            finding.message.clone(),
        );
        (tree(*at), (tree(*at) == NONE).then_some(place))
    });
    // Two inventories of one machine hold the same caches.
    findings.dedup_by(|a, b| a == b && a.0 == NONE);
    let findings = findings
        .into_iter()
        .map(|(at, finding)| (moved(at), finding));
    (one.finding_applications, one.findings) = findings.unzip();
    one.applications
        .sort_by_key(|found| ranks.of(Some(&found.repository)));
}

fn sort_models(models: &mut Vec<ModelOnDisk>, ranks: &Ranks) {
    models.iter_mut().for_each(|model| model.used_by.clear());
    models.sort_by_cached_key(|model| {
        let place = || {
            (
                model.path.clone(),
                model.store,
                model.id.clone(),
                model.revision.clone(),
            )
        };
        let is_of_user = model.repository.is_none();
        (
            ranks.of(model.repository.as_deref()),
            is_of_user.then(place),
        )
    });
    models.dedup_by(|a, b| a == b && a.repository.is_none());
}

fn sort_gaps(one: &mut Inventory, ranks: &Ranks) {
    one.gap_repositories.resize(one.gaps.len(), None);
    let trees = std::mem::take(&mut one.gap_repositories);
    let rank = |tree: Option<usize>| {
        ranks.of(tree.and_then(|at| one.repositories.get(at).map(|name| &**name)))
    };
    let ranked = trees.into_iter().map(rank);
    let mut gaps: Vec<(usize, ReportedGap)> = ranked.zip(std::mem::take(&mut one.gaps)).collect();
    gaps.sort_by_cached_key(|(tree, gap)| {
        let place = (file(&gap.location), gap.detail.clone());
        (*tree, (*tree == NONE).then_some(place))
    });
    gaps.dedup_by(|a, b| a == b && a.0 == NONE);
    let gaps = gaps
        .into_iter()
        .map(|(tree, gap)| (Some(tree).filter(|tree| *tree != NONE), gap));
    (one.gap_repositories, one.gaps) = gaps.unzip();
}

/// The file of a location.
fn file(location: &Location) -> String {
    match location {
        Location::Text { file, .. } | Location::Json { file, .. } => file.clone(),
        _ => String::new(),
    }
}
