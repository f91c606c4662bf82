//! What the parts of an inventory name each other by.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fields::quoted;
use super::read::{NotAnInventory, wrong};
use crate::inventory::Application;

/// The trees and the applications, by their names.
pub(super) struct Names {
    trees: BTreeMap<Arc<str>, usize>,
    applications: BTreeMap<(usize, String), usize>,
}

impl Names {
    pub(super) fn new(
        repositories: &[Arc<str>],
        applications: &[Application],
    ) -> Result<Names, NotAnInventory> {
        let mut trees = BTreeMap::new();
        for (at, name) in repositories.iter().enumerate() {
            if trees.insert(Arc::clone(name), at).is_some() {
                let detail = format!("{} is there twice", quoted(name));
                return Err(wrong(&format!("repositories[{at}]"), detail));
            }
        }
        let mut known = Names {
            trees,
            applications: BTreeMap::new(),
        };
        for (at, application) in applications.iter().enumerate() {
            let place = || format!("applications[{at}]");
            let tree = known.tree(&application.repository);
            let tree = tree.map_err(|detail| wrong(&place(), detail))?;
            let key = (tree, application.path.clone());
            if known.applications.insert(key, at).is_some() {
                let detail = format!("{} is there twice", quoted(&application.path));
                return Err(wrong(&place(), detail));
            }
        }
        Ok(known)
    }

    /// The name of a tree, kept once.
    pub(super) fn name(&self, name: &str) -> Result<Arc<str>, String> {
        let known = self.trees.get_key_value(name);
        let (name, _) = known.ok_or_else(|| format!("no repository {}", quoted(name)))?;
        Ok(Arc::clone(name))
    }

    pub(super) fn tree(&self, name: &str) -> Result<usize, String> {
        let tree = self.trees.get(name).copied();
        tree.ok_or_else(|| format!("no repository {}", quoted(name)))
    }

    /// The tree, by the name that is kept once, and the application.
    pub(super) fn application(&self, tree: &str, path: &str) -> Result<(Arc<str>, usize), String> {
        let (name, tree) = (self.name(tree)?, self.tree(tree)?);
        let application = self.applications.get(&(tree, path.to_owned())).copied();
        let application = application
            .ok_or_else(|| format!("no application {} in {}", quoted(path), quoted(&name)))?;
        Ok((name, application))
    }
}
