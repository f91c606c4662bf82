//! Inventories of many trees as one.
//!
//! Everything is sorted by the name of its tree, and stays in its order within a tree: the order of the
//! inventories makes no difference, nor how often it is merged, and one inventory stays as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use weighbridge::{Location, ReportedGap};

use crate::inventory::{Inventory, InventoryError};

impl Inventory {
    /// These inventories as one. Equal ones count once.
    ///
    /// # Errors
    ///
    /// Where two that differ hold a tree of the same name; [`Inventory::named`] tells them apart.
    pub fn merge(
        inventories: impl IntoIterator<Item = Inventory>,
    ) -> Result<Inventory, InventoryError> {
        let mut all: Vec<Inventory> = inventories.into_iter().collect();
        all.sort_by(|a, b| a.repositories.cmp(&b.repositories));
        // Those with the same trees stand beside each other.
        all.dedup();
        let mut names: Vec<&Arc<str>> = all.iter().flat_map(|one| &one.repositories).collect();
        names.sort();
        if let Some([name, _]) = names.array_windows().find(|[a, b]| a == b) {
            return Err(InventoryError::SameTree(name.to_string()));
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
        self.repositories.iter_mut().for_each(rename);
        Inventory::arrange(vec![self])
    }

    /// These as one, sorted by tree; no two trees have the same name.
    pub(crate) fn arrange(all: Vec<Inventory>) -> Inventory {
        let mut merged = Inventory::default();
        for one in &all {
            merged.repositories.extend_from_slice(&one.repositories);
        }
        merged.repositories.sort();
        let trees = merged.repositories.iter().enumerate();
        let ranks: BTreeMap<Arc<str>, usize> =
            trees.map(|(at, name)| (Arc::clone(name), at)).collect();
        let rank = |name: &Arc<str>| ranks.get(name).copied();
        let mut applications = Vec::new();
        let mut findings = Vec::new();
        let mut gaps: Vec<(Option<usize>, ReportedGap)> = Vec::new();
        for one in all {
            let base = applications.len();
            let of_gap = |at: usize| rank(one.repositories.get((*one.gap_repositories.get(at)?)?)?);
            gaps.extend((0..).map(of_gap).zip(one.gaps));
            applications.extend(one.applications);
            findings.extend(
                (one.finding_applications.iter())
                    .map(|at| at + base)
                    .zip(one.findings),
            );
            merged
                .references
                .extend(one.references.into_iter().map(|mut reference| {
                    reference.application += base;
                    reference
                }));
            merged.passed_over.extend(one.passed_over);
            merged.files = merged.files.saturating_add(one.files);
        }
        // Where each application goes to.
        let mut order: Vec<usize> = (0..applications.len()).collect();
        order.sort_by_key(|&at| {
            applications
                .get(at)
                .and_then(|found| rank(&found.repository))
        });
        let mut moved = vec![0; order.len()];
        for (new, old) in order.into_iter().enumerate() {
            if let Some(moved) = moved.get_mut(old) {
                *moved = new;
            }
        }
        let moved = |old: usize| moved.get(old).copied().unwrap_or(old);
        applications.sort_by_key(|found| rank(&found.repository));
        merged
            .references
            .sort_by_key(|reference| rank(&reference.repository));
        for reference in &mut merged.references {
            reference.application = moved(reference.application);
        }
        findings.iter_mut().for_each(|(at, _)| *at = moved(*at));
        findings.sort_by_key(|(at, _)| {
            applications
                .get(*at)
                .and_then(|found| rank(&found.repository))
        });
        (merged.finding_applications, merged.findings) = findings.into_iter().unzip();
        merged.applications = applications;
        gaps.sort_by_cached_key(|(tree, gap)| (*tree, tree.is_none().then(|| gap.detail.clone())));
        (merged.gap_repositories, merged.gaps) = gaps.into_iter().unzip();
        merged.passed_over.sort();
        merged
    }
}
