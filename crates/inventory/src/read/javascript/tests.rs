//! Texts that nest, in every way that the language has.

use super::*;
use crate::options::InventoryLimits;
use crate::source_file::Tree;

fn references(name: &str, kind: FileKind, text: &str) -> Vec<String> {
    let limits = InventoryLimits::default();
    let file = SourceFile {
        path: name,
        kind,
        text,
        limits: &limits,
        tree: Tree::default(),
    };
    let mut out = Finds::new(100);
    read(&file, &mut out);
    let ids = out.references.into_iter().filter_map(|found| found.id);
    ids.collect()
}

/// Units that nest when they are repeated, and what stands in the middle.
const UNITS: &[&str] = &[
    "(",
    "[",
    "{",
    "{a:",
    "`${",
    "a(",
    "a[",
    "new ",
    "new a(",
    "typeof ",
    "await ",
    "!",
    "-",
    "~",
    "...",
    "a=>",
    "async a=>",
    "(a)=>",
    "function(){",
    "()=>{",
    "a?",
    "a?b:",
    "a=",
    "a.b",
    ".b",
    "a+",
    "+a",
    "a**",
    "a,",
    "a??",
    "a||",
    "if(a)",
    "else ",
    "if(a);else ",
    "for(;;)",
    "while(a)",
    "do ",
    "a:",
    "try{",
    "switch(a){case ",
    "class{a=",
    "class extends ",
    "<a>",
    "<a>{",
    "<>",
    "<a b={",
    "<a b=<a ",
    "let a:A<",
    "A<B,A<",
    "keyof ",
    "a as ",
    "type A=",
    "type A=[",
    "type A=keyof ",
    "type A=A extends B?",
    "type A=()=>",
    "type A={a:",
    "[].",
    "a()",
    "a`",
    "a`${",
    "import(",
    "yield ",
    "export default ",
    "namespace A{",
    "@a ",
    "@(",
    "a!",
    "<T,>",
    "<T>(",
    "|",
    "&",
    "a|",
    "var[",
    "var{a:",
    "[a=",
    "({a=",
    "/(",
    "/[",
    "'",
    "\"",
    "// (",
    "/* (",
    "{[",
    "static{",
    "enum A{a=",
    "abstract class A{",
    "satisfies A",
];

#[test]
fn hostile_nesting_ends_no_process() {
    for unit in UNITS {
        for (name, kind) in [
            ("a.tsx", FileKind::TypeScript),
            ("a.ts", FileKind::TypeScript),
            ("a.js", FileKind::JavaScript),
        ] {
            for times in [150, 3_000] {
                let text = format!("import 'openai';\n{}", unit.repeat(times));
                assert!(references(name, kind, &text).len() <= 100, "{unit}");
            }
        }
    }
}

#[test]
fn a_long_file_is_read() {
    let call = "import { pipeline } from \"@huggingface/transformers\";\nawait pipeline(\"ner\", \"o/n\");\n";
    let text = call.to_owned()
        + &"export const a = [1, 2].map((x) => x + 1).filter((x) => x > 2 && x < 4);\n"
            .repeat(1_000);
    assert_eq!(references("a.ts", FileKind::TypeScript, &text), ["o/n"]);
}
