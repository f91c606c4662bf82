//! What doubles with every line of a file: strings, lists and calls that hold each other. Nothing of it is
//! put together beyond the length of a name, however many lines there are.
#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(all(feature = "python", feature = "javascript"))]

use std::fs;
use std::time::{Duration, Instant};

use weighbridge_inventory::Inventory;

/// How many lines double what stood before them.
const LINES: usize = 300;
const LONGEST: usize = 4096;

const PYTHON: &str = "import os\nfrom pathlib import Path\nfrom transformers import AutoModel\n";
const JAVASCRIPT: &str = "import { pipeline } from '@huggingface/transformers';\n";

/// The first line, the line that is repeated (`@` is its number, `#` the one before it), the last line.
const OF_PYTHON: &[[&str; 3]] = &[
    [
        "x0 = 'a/b'",
        "x@ = x# + x#",
        "AutoModel.from_pretrained(x#)",
    ],
    [
        "x0 = 'a/b'",
        "x@ = os.path.join(x#, x#)",
        "AutoModel.from_pretrained(x#)",
    ],
    [
        "x0 = 'a/b'",
        "x@ = Path(x#) / x#",
        "AutoModel.from_pretrained(x#)",
    ],
    [
        "x0 = 'a/b'",
        "x@ = f'{x#}{x#}'",
        "AutoModel.from_pretrained(x#)",
    ],
    [
        "x0 = 'a/b'",
        "x@ = '%s%s' % (x#, x#)",
        "AutoModel.from_pretrained(x#)",
    ],
    [
        "x0 = 'a/b'",
        "x@ = '{}{}'.format(x#, x#)",
        "AutoModel.from_pretrained(x#)",
    ],
    [
        "x = '{0}{0}{0}'",
        "x = x.format(x)",
        "AutoModel.from_pretrained(x)",
    ],
    [
        "x = 'a/b'",
        "x = x % (x, x)",
        "AutoModel.from_pretrained(x)",
    ],
    [
        "x0 = 'a/b'",
        "x@ = x# if y else x# + 'a'",
        "AutoModel.from_pretrained(x#)",
    ],
    [
        "x0 = ['a/b']",
        "x@ = [x#, x#]",
        "for i in x#: AutoModel.from_pretrained(i)",
    ],
    [
        "x0 = {'a': 'a/b'}",
        "x@ = {**x#, **x#}",
        "AutoModel.from_pretrained(**x#)",
    ],
    [
        "x = 'a/b'",
        "def f#(a, b=x): return f@(a + b, b + a) + f@(b, a)",
        "AutoModel.from_pretrained(f0(x))",
    ],
    [
        "",
        "def f#(a): f@(a), f@(a), f@(a)",
        "def f#(a): AutoModel.from_pretrained(a)\nf0('a/b')",
    ],
    [
        "",
        "class A#(A@, B@): pass\nclass B#(A@, B@): pass",
        "AutoModel.from_pretrained(A0.x)",
    ],
];

const OF_JAVASCRIPT: &[[&str; 3]] = &[
    [
        "const x0 = 'a/b';",
        "const x@ = x# + x#;",
        "pipeline('x', x#)",
    ],
    [
        "const x0 = 'a/b';",
        "const x@ = `${x#}${x#}`;",
        "pipeline('x', x#)",
    ],
    [
        "const x0 = 'a/b';",
        "const x@ = x#.concat(x#);",
        "pipeline('x', x#)",
    ],
    [
        "const x0 = { m: 'a/b' };",
        "const x@ = { ...x#, ...x# };",
        "pipeline('x', x#.m)",
    ],
    [
        "const x0 = 'a/b';",
        "const x@ = c ? x# : x#;",
        "pipeline('x', x#)",
    ],
    [
        "const x0 = 'a/b';",
        "const x@ = [x#, x#];",
        "for (const i of x#) pipeline('x', i)",
    ],
    [
        "",
        "const f# = (a) => { f@(a); f@(a); f@(a) };",
        "const f# = (a) => pipeline('x', a); f0('a/b')",
    ],
    [
        "",
        "function f#(a) { return f@(f@(a)) }",
        "pipeline('x', f0('a/b'))",
    ],
];

/// The name of the file besides.
const OF_OTHERS: &[[&str; 4]] = &[
    ["a.sh", "x0=a/b", "x@=\"$x#$x#\"", "ollama pull \"$x#\""],
    ["a.sh", "x=a/b", "x=\"$x$x\"", "ollama pull \"$x\""],
    ["a.sh", "x=a/b", "x=\"${x:-$x$x}\"", "ollama pull \"$x\""],
    ["a.sh", "", "for a in a b c; do", "ollama pull \"$a\""],
    ["a.sh", "", "f#() { f@ $1$1; f@ $1$1; }", "ollama pull $1"],
    [
        "Dockerfile",
        "FROM x\nARG A=a/b",
        "ENV A=$A$A",
        "RUN ollama pull $A",
    ],
    [
        ".env",
        "HF_MODEL_ID=a/b",
        "HF_MODEL_ID=${HF_MODEL_ID}${HF_MODEL_ID}",
        "",
    ],
    ["Makefile", "A=a/b", "A:=$(A)$(A)", "x:\n\tollama pull $(A)"],
    ["a.tf", "model=\"a/b\"", "x@=\"${x#}${x#}\"", ""],
    [
        "a.yaml",
        "a0: &a0 {base_model: a/b}",
        "a@: &a@ [*a#, *a#, *a#]",
        "",
    ],
    [
        "a.yaml",
        "a0: &a0 {base_model: a/b}",
        "a@: &a@\n  <<: [*a#, *a#]\n  x: *a#",
        "",
    ],
    [
        ".gitlab-ci.yml",
        "variables:\n  A0: a/b",
        "  A@: \"$A#$A#\"",
        "x:\n  script:\n    - ollama pull $A#",
    ],
];

fn text(head: &str, [first, line, last]: [&str; 3]) -> String {
    let numbered = |line: &str, number: usize| {
        let next = (number + 1).to_string();
        line.replace('@', &next).replace('#', &number.to_string())
    };
    let lines: String = (0..LINES)
        .map(|number| numbered(line, number) + "\n")
        .collect();
    format!("{head}{first}\n{lines}{}\n", numbered(last, LINES))
}

/// Every id that is told of a file of its own.
fn ids(index: usize, name: &str, text: &str) -> Vec<String> {
    let top =
        std::env::temp_dir().join(format!("weighbridge-growth-{}-{index}", std::process::id()));
    fs::create_dir_all(&top).unwrap();
    fs::write(top.join(name), text).unwrap();
    let inventory = Inventory::of(&top).unwrap();
    fs::remove_dir_all(&top).unwrap();
    assert_eq!(inventory.files, 1);
    let all = inventory.references.iter();
    all.filter_map(|reference| reference.id.clone()).collect()
}

#[test]
fn nothing_grows_with_its_lines() {
    let python = OF_PYTHON.iter().map(|&case| ("a.py", text(PYTHON, case)));
    let javascript = OF_JAVASCRIPT
        .iter()
        .map(|&case| ("a.js", text(JAVASCRIPT, case)));
    let others = OF_OTHERS
        .iter()
        .map(|&[name, first, line, last]| (name, text("", [first, line, last])));
    for (index, (name, text)) in python.chain(javascript).chain(others).enumerate() {
        let begin = Instant::now();
        let ids = ids(index, name, &text);
        let longest = ids.iter().map(String::len).max().unwrap_or_default();
        let head: String = text.chars().take(160).collect();
        assert!(longest <= LONGEST, "{longest} bytes of {name}: {head}");
        // A second each would do; what doubles does not end at all.
        assert!(begin.elapsed() < Duration::from_secs(30), "{name}: {head}");
    }
}
