//! SARIF as others see it: the golden logs are checked against the schema and by the strict validator
//! of the SARIF SDK.

use crate::npm::Installation;
use crate::process::Program;
use crate::summary::Summary;
use crate::tools;

/// The validator, which brings the schema, and what checks that.
const PACKAGES: &[&str] = &[
    "@microsoft/sarif-multitool@5.7.0",
    "ajv@8.20.0",
    "ajv-formats@3.0.1",
];
/// The logs.
const LOGS: [&str; 4] = [
    "crates/core/tests/golden/outputs/all.sarif",
    "crates/core/tests/golden/outputs/none.sarif",
    "crates/inventory/tests/outputs/small.sarif",
    "crates/inventory/tests/outputs/none.sarif",
];

/// Installs the validators where they are missing, and validates the logs.
pub(crate) fn sarif(summary: &mut Summary) {
    let mut suite = summary.suite("sarif", Some(3));
    if let Err(lacks) = tools::need("node") {
        return suite.check("node", Ok(vec![lacks]));
    }
    let installation = Installation {
        folder: "sarif-5.7.0".to_owned(),
        title: "the validators of SARIF".to_owned(),
        packages: PACKAGES,
        probe: "@microsoft/sarif-multitool",
    };
    installation.ensure(&mut suite);
    if !installation.is_there() {
        return;
    }
    let modules = installation.modules().display().to_string();
    let validate = Program::new("node").with(["crates/xtask/validate-sarif.mjs", modules.as_str()]);
    suite.run(&validate.with(LOGS));
}
