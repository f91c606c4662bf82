//! The most harmful arguments that a permission to be called accepts get the verdict that the tables say.

use std::fmt::Write as _;

use toml::Value;
use weighbridge::Scanner;
use weighbridge_testkit::pkasm;

use crate::tables::known;

#[test]
fn worst_cases_get_their_verdict() {
    let scanner = Scanner::new();
    let (mut wrong, mut cases) = (Vec::new(), 0);
    for (file, group) in known() {
        for worst in &group.worst {
            let keys: Vec<&str> = worst.keys().map(String::as_str).collect();
            assert!(
                keys.iter()
                    .all(|key| ["args", "verdict", "note"].contains(key)),
                "{file}: {keys:?}"
            );
            assert!(
                worst["note"].as_str().is_some_and(|note| note.len() > 5),
                "{file}"
            );
            for (module, names) in &group.globals {
                for name in names {
                    cases += 1;
                    let source = call(module, name, &worst["args"]);
                    let bytes = pkasm::assemble(&source).unwrap().bytes;
                    let report = scanner.scan_bytes("worst.pkl", &bytes);
                    if Some(report.verdict.as_str()) != worst["verdict"].as_str() {
                        let findings: Vec<&String> = report
                            .findings
                            .iter()
                            .map(|finding| &finding.message)
                            .collect();
                        wrong.push(format!(
                            "{file}: {module} {name} {}: {} {findings:?}",
                            worst["args"], report.verdict
                        ));
                    }
                }
            }
        }
    }
    assert!(cases > 100, "only {cases} cases");
    assert!(
        wrong.is_empty(),
        "{} of {cases} wrong: {wrong:#?}",
        wrong.len()
    );
}

/// A pickle that calls a global with these arguments.
fn call(module: &str, name: &str, args: &Value) -> String {
    let mut source = String::from("PROTO 4\n");
    global(&mut source, module, name);
    value(&mut source, args);
    source.push_str("REDUCE\nSTOP\n");
    source
}

fn global(source: &mut String, module: &str, name: &str) {
    let _ = write!(
        source,
        "BINUNICODE '{module}'\nBINUNICODE '{name}'\nSTACK_GLOBAL\n"
    );
}

/// Writes a value; arrays are tuples, and tables say what TOML cannot.
fn value(source: &mut String, given: &Value) {
    match given {
        Value::String(text) => {
            let _ = writeln!(source, "BINUNICODE '{}'", text.replace('\\', "\\\\"));
        }
        Value::Integer(number) => {
            let _ = writeln!(source, "INT '{number}'");
        }
        Value::Float(number) => {
            let _ = writeln!(source, "BINFLOAT {number:?}");
        }
        Value::Boolean(true) => source.push_str("NEWTRUE\n"),
        Value::Boolean(false) => source.push_str("NEWFALSE\n"),
        Value::Array(parts) => items(source, parts, "TUPLE"),
        Value::Table(table) => {
            let (key, inner) = table.iter().next().expect("one key");
            special(source, key, inner);
        }
        Value::Datetime(_) => panic!("no value is a date"),
    }
}

fn items(source: &mut String, parts: &[Value], made: &str) {
    source.push_str("MARK\n");
    for part in parts {
        value(source, part);
    }
    let _ = writeln!(source, "{made}");
}

fn special(source: &mut String, key: &str, inner: &Value) {
    let path = || inner.as_str().unwrap().split_once(':').unwrap();
    match key {
        "none" => source.push_str("NONE\n"),
        "list" => items(source, inner.as_array().unwrap(), "LIST"),
        "dict" => {
            let pairs = inner.as_array().unwrap();
            let flat: Vec<Value> = pairs
                .iter()
                .flat_map(|pair| pair.as_array().unwrap().clone())
                .collect();
            items(source, &flat, "DICT");
        }
        "set" => items(source, inner.as_array().unwrap(), "FROZENSET"),
        "bytes" => {
            let digits = inner.as_str().unwrap().as_bytes();
            let escaped: String = digits
                .chunks(2)
                .map(|pair| format!("\\x{}", std::str::from_utf8(pair).unwrap()))
                .collect();
            let _ = writeln!(source, "BINBYTES b'{escaped}'");
        }
        "global" => global(source, path().0, path().1),
        "instance" => {
            global(source, path().0, path().1);
            source.push_str("EMPTY_TUPLE\nNEWOBJ\n");
        }
        "persistent" => {
            let _ = writeln!(
                source,
                "BINUNICODE '{}'\nBINPERSID",
                inner.as_str().unwrap()
            );
        }
        _ => panic!("{key} is no kind of value"),
    }
}
