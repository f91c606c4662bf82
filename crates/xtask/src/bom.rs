//! Bills of materials as others see them: those of the corpus, by the strict validator of the official Python library.

use crate::process::Program;
use crate::python::Environment;
use crate::summary::Summary;
use crate::{tools, workspace};

/// The validator, which brings the schemas.
const PACKAGES: &[&str] = &["cyclonedx-python-lib[json-validation]==11.12.0"];
/// The bills that the test leaves.
const BILLS: [&str; 6] = [
    "corpus-1.6.json",
    "corpus-1.7.json",
    "disk-1.6.json",
    "disk-1.7.json",
    "empty-1.6.json",
    "empty-1.7.json",
];

/// Writes the bills, and validates them.
pub(crate) fn bom(summary: &mut Summary) {
    let mut suite = summary.suite("bom", Some(4));
    if let Err(lacks) = tools::need("python3") {
        return suite.check("python3", Ok(vec![lacks]));
    }
    let folder = workspace::target().join("bom");
    let write =
        Program::cargo().with(["test", "-q", "-p", "weighbridge-inventory", "--test", "bom"]);
    if !suite.run(&write.variable("WEIGHBRIDGE_BOM_DIR", &folder.display().to_string())) {
        return;
    }
    let validator = Environment::at("bom");
    if !validator.make(&mut suite, PACKAGES) {
        return;
    }
    let bills = BILLS.map(|bill| folder.join(bill).display().to_string());
    let validate = validator
        .program("python")
        .with(["crates/xtask/validate-bom.py"]);
    suite.run(&validate.with(&bills));
}
