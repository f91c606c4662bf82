//! What Weighbridge says of `torch.load(weights_only=True)`, against the PyTorch of the system.

use crate::process::Program;
use crate::summary::Summary;
use crate::{tools, workspace};

/// The interpreter that PyTorch of the system belongs to.
const PYTHON: &str = "/usr/bin/python3";

/// Builds the command line, and compares its answers with what loading does.
pub(crate) fn weights_only(summary: &mut Summary) {
    let mut suite = summary.suite("weights-only", Some(8));
    let has_torch = Program::new(PYTHON).with(["-c", "import torch, numpy"]);
    if tools::need(PYTHON).is_err() || has_torch.output().is_err() {
        let lacks = "PyTorch for /usr/bin/python3 is missing. Install python3-torch (Debian).";
        return suite.check("python3-torch", Ok(vec![lacks.to_owned()]));
    }
    let build = ["build", "--profile", "ci", "--package", "weighbridge-cli"];
    if !suite.run(&Program::cargo().with(build)) {
        return;
    }
    let target = workspace::target();
    let program = target.join("ci").join("weighbridge").display().to_string();
    let folder = target.join("weights-only").display().to_string();
    let compare = "crates/core/tests/weights_only/compare.py";
    let arguments = [
        "-W",
        "ignore",
        "-B",
        compare,
        program.as_str(),
        folder.as_str(),
    ];
    suite.run(&Program::new(PYTHON).with(arguments));
}
