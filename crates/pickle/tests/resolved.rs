//! `resolved` against the base `find_class` of CPython, which imports stubs only.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use weighbridge_pickle::{Effect, EffectKind, Machine, Next, Observer, Options, View};

/// The path of an import: module, then attributes.
#[derive(Default)]
struct Paths(Vec<Vec<String>>);

impl Observer for Paths {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        if let EffectKind::Import { name, global, .. } = &effect.kind {
            let parts = view.global(*global).unwrap();
            let resolved = view.resolved(&parts, effect.readings).unwrap();
            let name = name.as_ref().unwrap().to_escaped().into_owned();
            // The attribute is as long as its name unless it was renamed, and those have no dots.
            let attribute = if resolved.ends_with(&format!(".{name}")) {
                name
            } else {
                resolved.rsplit('.').next().unwrap().to_owned()
            };
            let module = &resolved[..resolved.len() - attribute.len() - 1];
            let mut path = vec![module.to_owned()];
            if parts.traversed {
                path.extend(attribute.split('.').map(str::to_owned));
            } else {
                path.push(attribute);
            }
            self.0.push(path);
        }
        Next::Continue
    }
}

fn stream(protocol: u8, module: &str, name: &str) -> Vec<u8> {
    let mut stream = vec![0x80, protocol];
    for text in [module, name] {
        stream.push(b'X');
        stream.extend_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
        stream.extend_from_slice(text.as_bytes());
    }
    stream.extend_from_slice(b"\x93.");
    stream
}

/// Every name that CPython maps, and names with dots in all the odd places.
fn names() -> Vec<(String, String)> {
    let table = include_str!("../data/compat_pickle.tsv");
    let rows = table.lines().filter(|row| !row.starts_with('#'));
    let mut names: Vec<(String, String)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('\t').collect();
            let name = if cells.len() == 4 {
                cells[1]
            } else {
                "anything"
            };
            (cells[0].to_owned(), name.to_owned())
        })
        .collect();
    let odd = [
        "system", "a.b", "a.b.c", ".a", "a.", "a..b", ".", "", "<lambda>", "é", "a b",
    ];
    for module in [
        "os",
        "a.b",
        "__builtin__",
        "__builtin__.sub",
        "copy_reg",
        "é",
    ] {
        names.extend(
            odd.iter()
                .map(|name| (module.to_owned(), (*name).to_owned())),
        );
    }
    names
}

fn json(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn resolved_names_are_what_find_class_reaches() {
    let mut asked = String::new();
    let mut ours = Vec::new();
    for protocol in 0..=5 {
        for (module, name) in names() {
            let mut paths = Paths::default();
            Machine::new().run(
                &stream(protocol, &module, &name),
                &Options::default(),
                &mut paths,
            );
            assert_eq!(paths.0.len(), 1);
            ours.push((protocol, module.clone(), name.clone(), paths.0.remove(0)));
            asked.push_str(&format!(
                "[{protocol}, {}, {}]\n",
                json(&module),
                json(&name)
            ));
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/resolved.py");
    let mut child = Command::new("python3")
        .arg(script)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed: install CPython 3.11 or newer");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(asked.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), ours.len());
    for ((protocol, module, name, path), answer) in ours.iter().zip(answers) {
        let parts: Vec<String> = path.iter().map(|part| json(part)).collect();
        let path = format!("[{}]", parts.join(", "));
        assert_eq!(
            answer,
            format!("[{path}, {path}]"),
            "protocol {protocol}, {module:?} {name:?}"
        );
    }
}
