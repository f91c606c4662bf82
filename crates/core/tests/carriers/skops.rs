//! Archives of skops.

use weighbridge::{Report, Verdict};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

use crate::support::{details, rules};
use crate::{CALL, scan};

fn schema(json: &str) -> Report {
    scan(
        &ZipBuilder::new()
            .entry(Entry::stored("schema.json", json.as_bytes()))
            .bytes(),
    )
}

fn node(module: &str, class: &str, loader: &str) -> String {
    format!(
        r#"{{"__class__": "{class}", "__module__": "{module}", "__loader__": "{loader}", "content": {{}}}}"#
    )
}

#[test]
fn classes_are_judged_as_in_a_pickle() {
    for (module, class, loader, rule, verdict) in [
        ("mine", "Model", "ObjectNode", "SKO101", Verdict::Suspicious),
        ("os", "system", "FunctionNode", "SKO102", Verdict::Malicious),
        ("builtins", "eval", "TypeNode", "SKO102", Verdict::Malicious),
        (
            "builtins",
            "list",
            "MethodNode",
            "SKO103",
            Verdict::Suspicious,
        ),
        (
            "builtins",
            "list",
            "FutureNode",
            "SKO103",
            Verdict::Suspicious,
        ),
    ] {
        let report = schema(&node(module, class, loader));
        assert_eq!(
            (report.verdict, rules(&report)),
            (verdict, vec![rule]),
            "{module}.{class} {loader}"
        );
        assert_eq!(details(&report), [""; 0]);
        // However deep it lies.
        let within = format!(
            r#"{{"content": [[{{"a": {}}}]]}}"#,
            node(module, class, loader)
        );
        assert_eq!(rules(&schema(&within)), [rule]);
    }
    let report = schema(&node("builtins", "dict", "DictNode"));
    assert_eq!((report.verdict, rules(&report)), (Verdict::Clean, vec![]));
}

#[test]
fn a_node_that_names_its_class_twice_is_a_gap() {
    let report = schema(
        r#"{"__module__": "os", "__module__": "builtins", "__class__": "dict", "__loader__": "DictNode"}"#,
    );
    assert_eq!(report.verdict, Verdict::Unknown);
    assert_eq!(
        details(&report),
        ["an object of the schema names its class twice: readers take the first or the last"]
    );
}

#[test]
fn members_beside_the_schema_are_looked_into() {
    let bytes = ZipBuilder::new()
        .entry(Entry::deflated(
            "schema.json",
            node("builtins", "dict", "DictNode").as_bytes(),
        ))
        .entry(Entry::deflated("1.npy", CALL))
        .bytes();
    let report = scan(&bytes);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["PKL101", "FMT101"]);
}
