//! What the reader of Python finds in the files of `tests/python`, one reference a line.
//! `cargo xtask bless` rewrites what is expected.
#![cfg(feature = "python")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use weighbridge_inventory::Inventory;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python")
}

fn references(path: &Path) -> Vec<Value> {
    let inventory = Inventory::of(path).unwrap();
    let inventory: Value = serde_json::from_str(&inventory.to_json()).unwrap();
    inventory["references"].as_array().unwrap().clone()
}

/// `file:line:column: id@revision (pin), hub or service, kind, resolution, flags`.
fn line(reference: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let place = &reference["location"];
    let origin = [&reference["hub"], &reference["service"]]
        .map(text)
        .join("/");
    let flags: Vec<String> = (reference["flags"].as_object().unwrap().iter())
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| format!(" {name}={value}"))
        .collect();
    format!(
        "{}:{}:{}: {}@{} ({}) {origin} {} {} {}{}\n",
        text(&place["file"]),
        place["line"],
        place["column"],
        text(&reference["id"]),
        text(&reference["revision"]["text"]),
        text(&reference["revision"]["pin"]),
        text(&reference["kind"]),
        text(&reference["resolution"]),
        text(&reference["purpose"]),
        flags.concat(),
    )
}

#[test]
fn the_references_are_as_expected() {
    let told: String = references(&folder()).iter().map(line).collect();
    let expected = folder().join("expected.txt");
    if std::env::var_os("WEIGHBRIDGE_BLESS").is_some() {
        fs::write(&expected, &told).unwrap();
    }
    assert_eq!(told, fs::read_to_string(expected).unwrap());
}

#[test]
fn what_no_file_says_is_not_found() {
    for reference in references(&folder()) {
        let id = reference["id"].as_str().unwrap_or_default();
        assert!(!id.contains("no/"), "{id}");
    }
}

#[test]
fn hostile_nesting_ends_no_process() {
    const LONG: usize = 100_000;
    let head = "from transformers import AutoModel\nAutoModel.from_pretrained('org/before')\nx = ";
    let repeated = |open: &str, middle: &str, close: &str, times: usize| {
        format!(
            "{head}{}{middle}{}\n",
            open.repeat(times),
            close.repeat(times)
        )
    };
    let texts = [
        repeated("(", "1", ")", LONG),
        repeated("[", "", "", LONG),
        repeated("{1:", "1", "}", LONG),
        repeated("-", "1", "", LONG),
        repeated("not ", "1", "", LONG),
        repeated("await ", "1", "", LONG),
        repeated("lambda: ", "1", "", LONG),
        repeated("lambda a, b: ", "1", "", LONG),
        repeated("f'{", "1", "", LONG),
        repeated("f\"{", "1", "}\"", LONG),
        repeated("f'{1:{", "1", "", LONG),
        repeated("", "a", "()", LONG),
        repeated("", "a", ".b", LONG),
        repeated("", "a", "[0]", LONG),
        repeated("", "a", ".from_pretrained('x/y')", LONG),
        repeated("1 + ", "1", "", LONG),
        repeated("1 ** ", "1", "", LONG),
        repeated("1 < ", "1", "", LONG),
        repeated("1 and ", "1", "", LONG),
        repeated("1 if 1 else ", "1", "", LONG),
        repeated("a := ", "1", "", LONG),
        repeated("a = ", "1", "", LONG),
        repeated("'a' ", "'b'", "", LONG),
        repeated("AutoModel.from_pretrained(", "'x/y'", ")", LONG),
        head.to_owned() + "1\n" + &"if x: ".repeat(LONG),
        head.to_owned() + "1\n" + &"class A: ".repeat(LONG),
        head.to_owned() + "1\n" + &"if x:\n    pass\nel".repeat(LONG) + "se: pass",
        head.to_owned()
            + "1\n"
            + &(0..2000)
                .map(|depth| " ".repeat(depth) + "if x:\n")
                .collect::<String>(),
        head.to_owned() + "1\n" + &"@a\n".repeat(LONG) + "def f(): pass",
        head.to_owned() + "1\nmatch x:\n case " + &"[".repeat(LONG),
        head.to_owned() + "1\nmatch x:\n case " + &"a | ".repeat(LONG) + "b: pass",
        head.to_owned()
            + "1\n"
            + &"a0 = a1\na1 = a0\n".repeat(1000)
            + "AutoModel.from_pretrained(a0)",
        head.to_owned()
            + "1\ndef f(a): return f(f(a))\nf(f('x/y'))\nAutoModel.from_pretrained(f(f('x/y')))",
        head.to_owned() + "1\nclass A(A):\n  b = A.b\nAutoModel.from_pretrained(A().b)",
    ];
    let top = std::env::temp_dir().join(format!("weighbridge-python-{}", std::process::id()));
    fs::create_dir_all(&top).unwrap();
    for (index, text) in texts.iter().enumerate() {
        fs::write(top.join(format!("{index}.py")), text).unwrap();
    }
    let found = references(&top);
    for (index, text) in texts.iter().enumerate() {
        let has = found.iter().any(|reference| {
            reference["location"]["file"] == format!("{index}.py")
                && reference["id"] == "org/before"
        });
        assert!(has, "{index}: {}", &text[..120]);
    }
    fs::remove_dir_all(&top).unwrap();
}
