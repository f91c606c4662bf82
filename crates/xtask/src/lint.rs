//! The lints: rustfmt, clippy, rustdoc, and the rules of this repository.

mod tree;
mod versions;

use crate::process::Program;
use crate::summary::Summary;

/// Runs all of them.
pub(crate) fn lint(summary: &mut Summary) {
    let mut suite = summary.suite("lint", Some(8));
    suite.run(&Program::cargo().with(["fmt", "--all", "--check"]));
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    suite.run(&Program::cargo().with(clippy));
    let doc = ["doc", "--workspace", "--no-deps", "--quiet"];
    suite.run(
        &Program::cargo()
            .with(doc)
            .variable("RUSTDOCFLAGS", "-D warnings"),
    );
    for (name, findings) in tree::checks() {
        suite.check(name, findings);
    }
    let versions = versions::older_than_dependencies();
    suite.check(
        "no crate wants an older Rust than what it is built with",
        versions,
    );
}
