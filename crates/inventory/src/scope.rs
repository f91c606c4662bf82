//! What kind of code a file is, by its place.

use crate::knowledge;
use crate::reference::{Purpose, Scope};

/// What the code of a file does, by the words of its name and of its folder.
pub(crate) fn purpose_of_path(path: &str) -> Option<Purpose> {
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.rsplit('/').take(2);
    parts.find_map(|part| {
        let stem = part.split_once('.').map_or(part, |(stem, _)| stem);
        let words: Vec<&str> = stem.split(['_', '-', ' ']).collect();
        let mut rows = knowledge::tables().purposes.iter();
        let row = rows.find(|row| row.words.iter().any(|word| words.contains(&word.as_str())));
        row.map(|row| row.purpose)
    })
}

/// The scope of a file, by its path from the top of the tree.
pub(crate) fn of_path(path: &str) -> Scope {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let within = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
    let is_ci = within(&[".github", ".gitlab", ".circleci", ".buildkite", "ci"])
        || matches!(
            name,
            ".gitlab-ci.yml" | "jenkinsfile" | "azure-pipelines.yml" | ".travis.yml"
        );
    let is_test = within(&[
        "test",
        "tests",
        "testing",
        "__tests__",
        "spec",
        "e2e",
        "fixtures",
    ]) || name.starts_with("test_")
        || name == "conftest.py"
        || stem.ends_with("_test")
        || name.contains(".test.")
        || name.contains(".spec.");
    let is_example = within(&[
        "example",
        "examples",
        "demo",
        "demos",
        "doc",
        "docs",
        "tutorial",
        "tutorials",
        "notebook",
        "notebooks",
        "sample",
        "samples",
    ]) || name.ends_with(".ipynb");
    match () {
        () if is_ci => Scope::Ci,
        () if is_test => Scope::Test,
        () if is_example => Scope::Example,
        () => Scope::Production,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_for() {
        assert_eq!(purpose_of_path("src/train_model.py"), Some(Purpose::Train));
        assert_eq!(purpose_of_path("serving/main.py"), Some(Purpose::Serve));
        assert_eq!(purpose_of_path("src/trainable.py"), None);
    }

    #[test]
    fn places_tell() {
        assert_eq!(of_path("src/serve.py"), Scope::Production);
        assert_eq!(of_path(".github/workflows/ci.yml"), Scope::Ci);
        assert_eq!(of_path("pkg/tests/x.py"), Scope::Test);
        assert_eq!(of_path("pkg/model_test.go"), Scope::Test);
        assert_eq!(of_path("web/a.spec.ts"), Scope::Test);
        assert_eq!(of_path("eda.ipynb"), Scope::Example);
    }
}
