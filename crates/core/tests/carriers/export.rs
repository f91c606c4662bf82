//! Archives of `torch.export`.

use weighbridge::{Report, Verdict};

use crate::support::{details, rules};
use crate::{CALL, archive, scan};

fn program(json: &str) -> Report {
    scan(&archive(&[
        ("archive_format", b"pt2"),
        ("models/model.json", json.as_bytes()),
        ("data/weights/weight_0", b"\0\0\x80\x3f"),
    ]))
}

#[test]
fn expressions_of_sizes_are_only_that() {
    let report =
        program(r#"{"as_expr": {"expr_str": "2*s0 + 1"}, "target": "torch.ops.aten.add.Tensor"}"#);
    assert_eq!(report.verdict, Verdict::Clean);
    assert_eq!((rules(&report), details(&report)), (vec![], vec![]));
    let report = program(r#"{"as_expr": {"expr_str": "__import__('inert').words()"}}"#);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["TOR205"]);
    // The names of keys and the text are what JSON says they are.
    let report = program(r#"{"expr\u005fstr": "s0.\u005f_class__"}"#);
    assert_eq!(rules(&report), ["TOR205"]);
}

#[test]
fn functions_are_operators() {
    for (target, rule, verdict) in [
        (
            "torch.serialization.os.system",
            "TOR204",
            Verdict::Suspicious,
        ),
        ("torch.ops.load_library", "TOR204", Verdict::Suspicious),
        (
            "torch.ops.aten.from_file.default",
            "TOR201",
            Verdict::Malicious,
        ),
        ("torch.ops.mine.run.default", "TOR202", Verdict::Clean),
    ] {
        let report = program(&format!(r#"{{"nodes": [{{"target": "{target}"}}]}}"#));
        assert_eq!(
            (report.verdict, rules(&report)),
            (verdict, vec![rule]),
            "{target}"
        );
    }
}

#[test]
fn the_older_layout_is_read_as_well() {
    let bytes = archive(&[
        (
            "serialized_exported_program.json",
            br#"{"expr_str": "exec"}"#,
        ),
        ("serialized_state_dict.pt", CALL),
    ]);
    let report = scan(&bytes);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["PKL101", "TOR205"]);
}

#[test]
fn machine_code_and_broken_programs_are_told() {
    let bytes = archive(&[
        ("archive_format", b"pt2"),
        ("data/aotinductor/model/a.so", b"\x7fELF inert words"),
        ("models/model.json", b"{"),
    ]);
    let report = scan(&bytes);
    assert_eq!(report.verdict, Verdict::Suspicious);
    assert!(rules(&report).contains(&"TOR203"));
    assert_eq!(
        details(&report),
        ["the program is no JSON: it ends within a value"]
    );
}
