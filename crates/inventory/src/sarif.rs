//! The findings as a SARIF log.

use std::collections::BTreeSet;

use weighbridge::output::{InText, sarif_of_texts};
use weighbridge::{Location, RuleText};

use crate::inventory::Inventory;

impl Inventory {
    /// The findings as a SARIF 2.1.0 log, with the line end. Files are named by the path of their tree
    /// and their own; what was not read is a notification.
    #[must_use]
    pub fn to_sarif(&self) -> String {
        let hit: BTreeSet<&str> = self.findings.iter().map(|finding| finding.rule).collect();
        // Models have the rules of the scanner.
        let others = weighbridge::rules()
            .iter()
            .filter(|rule| hit.contains(rule.code));
        let rules: Vec<&'static RuleText> = crate::rules().iter().chain(others).collect();
        let findings = self.findings.iter().enumerate().map(|(at, about)| {
            let application = self.application_of_finding(at);
            let tree = application.map(|found| &*found.repository);
            InText {
                path: path(tree, &about.location),
                about,
                properties: application
                    .map(|found| ("application", found.path.clone()))
                    .into_iter()
                    .collect(),
            }
        });
        let gaps = self.gaps.iter().enumerate().map(|(at, about)| InText {
            path: path(self.repository_of_gap(at), &about.location),
            about,
            properties: Vec::new(),
        });
        sarif_of_texts(
            &rules,
            &findings.collect::<Vec<_>>(),
            &gaps.collect::<Vec<_>>(),
        )
    }
}

/// The path of a file from where the tree was named.
fn path(tree: Option<&str>, location: &Location) -> String {
    let file = match location {
        Location::Text { file, .. } | Location::Json { file, .. } => file,
        _ => "",
    };
    joined(tree.unwrap_or("."), file)
}

/// A file of a tree with the path of the tree; the tree may be a file, or what is meant.
pub(crate) fn joined(tree: &str, file: &str) -> String {
    let tree = tree.trim_end_matches('/');
    let rest = tree.strip_suffix(file);
    let is_tree = rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    match tree {
        "." => file.to_owned(),
        tree if is_tree => tree.to_owned(),
        tree => format!("{tree}/{file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn files_are_named_from_where_the_tree_was() {
        assert_eq!(joined(".", "a/b.py"), "a/b.py");
        assert_eq!(joined("shop/", "a/b.py"), "shop/a/b.py");
        assert_eq!(joined("shop/b.py", "b.py"), "shop/b.py");
        assert_eq!(joined("b.py", "b.py"), "b.py");
        assert_eq!(joined("shop", "shop"), "shop");
    }
}
