//! The npm package: built, and tested by the Node of this machine and by a newer one; its types and its
//! examples with packages of npm.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::fs;

use crate::npm::Installation;
use crate::process::Program;
use crate::summary::{Suite, Summary};
use crate::{tools, workspace};

/// What types and examples want.
const PACKAGES: [&str; 3] = ["typescript@5.9.3", "@types/node@20.19.0", "fastify@5.12.8"];
/// A newer Node.
const NEWER: &str = "26.10.0";

/// Builds the package and tests it.
pub(crate) fn node(summary: &mut Summary) {
    let mut suite = summary.suite("test-node", Some(12));
    for program in ["node", "npm"] {
        if let Err(lacks) = tools::need(program) {
            return suite.check(program, Ok(vec![lacks]));
        }
    }
    let newer = newer();
    let packages: Vec<&str> = PACKAGES.into_iter().chain([newer.as_str()]).collect();
    let installation = Installation {
        folder: "package".to_owned(),
        title: "what the npm package is tested with".to_owned(),
        packages: &packages,
        probe: newer.split('@').next().unwrap_or_default(),
    };
    installation.ensure(&mut suite);
    let build = ["build", "--profile", "ci", "--package", "weighbridge-node"];
    if !installation.is_there() || !suite.run(&Program::cargo().with(build)) {
        return;
    }
    suite.check("the native module is in its place", place());
    let modules = installation.modules();
    let with_packages = |program: Program| {
        program.variable("WEIGHBRIDGE_NODE_MODULES", &modules.display().to_string())
    };
    test(&mut suite, Program::new("node"), "node/test");
    test(
        &mut suite,
        with_packages(Program::new("node")),
        "node/test/npm",
    );
    let newer = modules
        .join(installation.probe)
        .join(format!("bin/node{}", std::env::consts::EXE_SUFFIX));
    let newer = newer.display().to_string();
    test(&mut suite, Program::new(&newer), "node/test");
    test(
        &mut suite,
        with_packages(Program::new(&newer)),
        "node/test/npm",
    );
}

/// The package of the newer Node for this machine, with its version.
fn newer() -> String {
    let os = match OS {
        "macos" => "darwin",
        "windows" => "win",
        other => other,
    };
    let arch = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("node-{os}-{arch}@{NEWER}")
}

/// Copies what was built to where the package looks for it.
fn place() -> Result<Vec<String>, String> {
    let name = format!("{DLL_PREFIX}weighbridge_node{DLL_SUFFIX}");
    let built = workspace::target().join("ci").join(name);
    let place = workspace::root().join("node/weighbridge.node");
    // Who has the old one loaded keeps it.
    let staged = place.with_extension("new.node");
    fs::copy(&built, &staged)
        .and_then(|_| fs::rename(&staged, &place))
        .map(|()| Vec::new())
        .map_err(|error| format!("{}: {error}", built.display()))
}

/// Runs the tests in a folder, one file after the other: some measure times.
fn test(suite: &mut Suite<'_>, node: Program, folder: &str) {
    let files = match test_files(folder) {
        Ok(files) => files,
        Err(error) => return suite.check(folder, Err(error)),
    };
    let options = [
        "--expose-gc",
        "--test",
        "--test-reporter=tap",
        "--test-concurrency=1",
    ];
    suite.run(&node.with(options).with(files));
}

/// The files with tests that are right in a folder.
fn test_files(folder: &str) -> Result<Vec<String>, String> {
    let told = |error: std::io::Error| format!("{folder}: {error}");
    let mut files = Vec::new();
    for entry in fs::read_dir(workspace::root().join(folder)).map_err(told)? {
        let name = entry
            .map_err(told)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".test.mjs") {
            files.push(format!("{folder}/{name}"));
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(format!("{folder}: there are no tests"));
    }
    Ok(files)
}
