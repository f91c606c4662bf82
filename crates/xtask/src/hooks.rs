//! The hooks for pre-commit, as others use them: pre-commit fetches this repository, and runs them.

use crate::python::Environment;
use crate::summary::Summary;
use crate::{tools, workspace};

const PACKAGES: &[&str] = &["pre-commit==4.7.0"];

/// Lets pre-commit run the hooks of what is committed.
pub(crate) fn hooks(summary: &mut Summary) {
    let mut suite = summary.suite("hooks", Some(15));
    let lacks: Vec<String> = ["python3", "git"]
        .iter()
        .filter_map(|program| tools::need(program).err())
        .collect();
    if !lacks.is_empty() {
        return suite.check("tools", Ok(lacks));
    }
    let environment = Environment::at("hooks");
    if !environment.make(&mut suite, PACKAGES) {
        return;
    }
    let place = |name: &str| workspace::target().join("hooks").join(name);
    let pre_commit = environment.folder().join("pre-commit");
    let attempt = environment.program("python").with([
        "crates/xtask/try-hooks.py",
        &pre_commit.display().to_string(),
        &place("repository").display().to_string(),
    ]);
    // Its clones, and what they build, stay out of the home of who runs this.
    let attempt = attempt
        .variable("PRE_COMMIT_HOME", &place("home").display().to_string())
        .variable("CARGO_TARGET_DIR", &place("target").display().to_string());
    suite.run(&attempt);
}
