//! Whether every crate that is to be published can be packaged.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::process::Program;
use crate::summary::Summary;
use crate::workspace::{self, Package};

const LICENSES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// Packages the published crates and builds what was packaged.
pub(crate) fn package(summary: &mut Summary) {
    let mut suite = summary.suite("package", Some(12));
    let packages = match workspace::packages() {
        Ok(packages) => packages,
        Err(error) => return suite.check("packages", Err(error.to_string())),
    };
    suite.check("licenses", licenses(&packages));
    // They depend on each other; only `--workspace` finds those that no registry has yet. What is
    // not committed is packaged too: this is a test, not a release.
    let mut program = Program::cargo().with(["package", "--workspace", "--allow-dirty"]);
    let target = match fresh_target() {
        Ok(target) => target,
        Err(error) => return suite.check("a fresh target folder", Err(error)),
    };
    program = program.with(["--target-dir", &target.to_string_lossy()]);
    for package in packages.iter().filter(|package| !package.published) {
        program = program.with(["--exclude", &package.name]);
    }
    suite.run(&program);
    for package in packages.iter().filter(|package| package.published) {
        suite.check(&format!("content of {}", package.name), content(package));
    }
}

/// An empty target folder at a path that no run before has had. Cargo unpacks the packages into its
/// home under the path of the target folder, and where that path has been, it takes what is unpacked
/// there: the packages of an earlier run.
fn fresh_target() -> Result<PathBuf, String> {
    let folder = workspace::root().join("target/packaged");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("{}: {error}", folder.display()));
        }
        _ => {}
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|error| error.to_string())?;
    Ok(folder.join(now.as_nanos().to_string()))
}

/// Every published crate has a copy of both licenses. Copies: not every system checks out links.
fn licenses(packages: &[Package]) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    for license in LICENSES {
        let original = workspace::root().join(license);
        let expected =
            fs::read(&original).map_err(|error| format!("{}: {error}", original.display()))?;
        for package in packages.iter().filter(|package| package.published) {
            if fs::read(package.dir.join(license)).ok().as_deref() != Some(&expected) {
                findings.push(format!(
                    "{}: {license} is not a copy of the one at the top",
                    package.name
                ));
            }
        }
    }
    Ok(findings)
}

/// What must be, and what must not be, among the packaged files.
fn content(package: &Package) -> Result<Vec<String>, String> {
    let list = [
        "package",
        "--allow-dirty",
        "--list",
        "--package",
        &package.name,
    ];
    let listed = Program::cargo().with(list).output()?;
    let listed = String::from_utf8_lossy(&listed);
    let files: Vec<&str> = listed.lines().collect();
    Ok(["README.md", LICENSES[0], LICENSES[1]]
        .iter()
        .filter(|needed| !files.contains(needed))
        .map(|needed| format!("{needed} is not packaged"))
        .collect())
}
