//! Archives of TorchScript.

use weighbridge::{Report, Verdict};

use crate::support::{details, rules};
use crate::{CALL, archive, scan};

/// An object of a class of the code.
const OBJECT: &[u8] = b"\x80\x02c__torch__\nNet\n)\x81}X\x01\0\0\0wK\x01sb.";

fn script(code: &str, data: &[u8]) -> Report {
    scan(&archive(&[
        ("data.pkl", data),
        ("code/__torch__.py", code.as_bytes()),
        ("constants.pkl", b"\x80\x02)."),
        ("version", b"3\n"),
    ]))
}

#[test]
fn classes_of_the_code_are_known_in_its_own_archive_alone() {
    let report = script("class Net(Module):\n  w : int\n", OBJECT);
    assert_eq!(report.verdict, Verdict::Clean);
    assert_eq!((rules(&report), details(&report)), (vec![], vec![]));
    let alone = scan(OBJECT);
    assert_eq!(rules(&alone), ["PKL103", "PKL107"]);
    let plain = scan(&archive(&[("data.pkl", OBJECT)]));
    assert_eq!(plain.verdict, Verdict::Suspicious);
}

#[test]
fn a_call_in_any_pickle_of_the_archive_is_found() {
    for name in [
        "data.pkl",
        "constants.pkl",
        "code/a.py.debug_pkl",
        "bytecode.pkl",
        "extra/x",
        "code/a.py",
    ] {
        let mut members = vec![("data.pkl", OBJECT), ("constants.pkl", &b"\x80\x02)."[..])];
        members.retain(|(known, _)| *known != name);
        members.push((name, CALL));
        let report = scan(&archive(&members));
        assert_eq!(report.verdict, Verdict::Malicious, "{name}");
        assert!(rules(&report).contains(&"PKL101"), "{name}");
    }
}

#[test]
fn operators_that_open_files_are_found_in_code_and_instructions() {
    let report = script("  _0 = torch.save(x, \"inert words\")\n", OBJECT);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["TOR201"]);
    let report = script("  _0 = (x).save(\"inert words\", )\n", OBJECT);
    assert_eq!(report.verdict, Verdict::Suspicious);
    assert_eq!(rules(&report), ["TOR201"]);
    let bytecode = b"\x80\x02X\x0f\0\0\0aten::from_file.";
    let report = scan(&archive(&[
        ("data.pkl", OBJECT),
        ("constants.pkl", b"\x80\x02)."),
        ("bytecode.pkl", bytecode),
    ]));
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["TOR201"]);
}

#[test]
fn machine_code_that_is_not_known_is_told() {
    let report = script("  _0 = ops.mine.run(x)\n", OBJECT);
    assert_eq!(report.verdict, Verdict::Clean);
    assert_eq!(rules(&report), ["TOR202"]);
    let report = script("  a : __torch__.torch.classes.mine.C\n", OBJECT);
    assert_eq!(report.verdict, Verdict::Suspicious);
    let object = b"\x80\x02c__torch__.torch.classes.mine\nC\n)\x81}b.";
    let report = script("", object);
    assert_eq!(report.verdict, Verdict::Suspicious);
    assert!(rules(&report).contains(&"PKL103"));
}

#[test]
fn operators_that_run_when_the_model_is_loaded_weigh_more() {
    let code = |line: &str| {
        format!("class Net(Module):\n  def __setstate__(self, s: int) -> NoneType:\n    {line}\n")
    };
    for line in [
        "_0 = ops.mine.run(s)",
        "x = ops.inductor._reinterpret_tensor(x, [4], [1], 1000000)",
        "x = torch._reshape_alias(x, [4], [1000000])",
        "x = ops.aten._sparse_coo_tensor_unsafe(i, x, [4])",
    ] {
        let report = script(&code(line), OBJECT);
        assert_eq!(report.verdict, Verdict::Suspicious, "{line}");
        assert_eq!(rules(&report), ["TOR202"], "{line}");
    }
    for line in [
        "x = torch.reshape(x, [4])",
        "x = ops.quantized.linear_prepack(x, None)",
    ] {
        assert_eq!(rules(&script(&code(line), OBJECT)), [""; 0], "{line}");
    }
}

#[test]
fn code_that_cannot_be_read_is_a_gap() {
    let bytes = archive(&[
        ("data.pkl", OBJECT),
        ("code/__torch__.py", b"a = \xff"),
        ("code/b.py", b"a = 'open"),
        ("constants.pkl", b"\x80\x02)."),
    ]);
    assert_eq!(
        details(&scan(&bytes)),
        [
            "the code of TorchScript is no UTF-8",
            "a string in the code of TorchScript has no end"
        ]
    );
}

#[test]
fn python_functions_are_no_more_allowed_than_elsewhere() {
    let report = script(
        "",
        b"\x80\x02c__torch__\nNet\n)\x81}b0cposix\nsystem\nX\x05\0\0\0words\x85R.",
    );
    assert_eq!(report.verdict, Verdict::Malicious);
}
