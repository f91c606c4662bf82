//! What a user allows adds to what the tables permit.

use weighbridge::{Allow, Scanner, Verdict};
use weighbridge_testkit::pkasm;

/// A known class that is called with what the tables do not let it be called with.
const CALLED: &str = "PROTO 2\nGLOBAL 'numpy' 'dtype'\nEMPTY_DICT\nTUPLE1\nREDUCE\nSTOP\n";

#[test]
fn a_known_global_may_be_allowed_more() {
    let bytes = pkasm::assemble(CALLED).unwrap().bytes;
    let rules = |scanner: &Scanner| -> Vec<&str> {
        let report = scanner.scan_bytes("x.pkl", &bytes);
        report.findings.iter().map(|finding| finding.rule).collect()
    };
    let allowing = |text| {
        let allow = Allow::parse(text, None).unwrap();
        Scanner::builder().allow(allow).build()
    };
    assert_eq!(rules(&Scanner::new()), ["PKL105"]);
    assert_eq!(rules(&allowing("numpy.dtype:import")), ["PKL105"]);
    assert!(rules(&allowing("numpy.dtype:call")).is_empty());
}

#[test]
fn what_the_tables_permit_stays_permitted() {
    let bytes = pkasm::assemble(
        "PROTO 2\nGLOBAL 'collections' 'OrderedDict'\nEMPTY_TUPLE\nREDUCE\nNONE\nNONE\nSETITEM\nSTOP\n",
    )
    .unwrap()
    .bytes;
    let allow = Allow::parse("collections.OrderedDict:import", None).unwrap();
    let scanner = Scanner::builder().allow(allow).build();
    assert_eq!(scanner.scan_bytes("x.pkl", &bytes).verdict, Verdict::Clean);
}
