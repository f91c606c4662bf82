//! What `torch.load(weights_only=True)` would make of a pickle, opcode by opcode: the answers of every
//! version that is known, word for word.
#![allow(clippy::unwrap_used)]

use weighbridge::{LoaderAnswer, Scanner};
use weighbridge_testkit::pkasm;
use weighbridge_testkit::torch::zip_checkpoint;

/// An answer in a line: the version, whether it loads, what stands in the way, and what would allow it.
fn line(answer: &LoaderAnswer) -> String {
    let blockers = answer.blockers.iter().map(|blocker| {
        let about = blocker.global.as_deref().or(blocker.opcode);
        format!(
            "{} {} x{}",
            blocker.what,
            about.unwrap_or("-"),
            blocker.count
        )
    });
    let blockers: Vec<String> = blockers.collect();
    let allow = answer.allow.as_deref().unwrap_or("-");
    let allow = allow.trim_start_matches("torch.serialization.add_safe_globals");
    format!(
        "{}: {} [{}] {allow}",
        answer.version,
        answer.loads.as_str(),
        blockers.join(", ")
    )
}

fn answers(text: &str) -> Vec<String> {
    let pickle = pkasm::assemble(text).unwrap().bytes;
    let file = zip_checkpoint("m", &pickle, &[]).bytes();
    let report = Scanner::new().scan_bytes("m.pt", &file);
    report.loaders.iter().map(line).collect()
}

#[test]
fn answers_are_those_of_each_version() {
    for text in [
        "PROTO 2\nEMPTY_DICT\nSTOP",
        "PROTO 2\nGLOBAL 'collections' 'OrderedDict'\nEMPTY_TUPLE\nREDUCE\nSTOP",
        "PROTO 2\nGLOBAL 'mine' 'Thing'\nSTOP",
        "PROTO 2\nGLOBAL 'mine' 'Thing'\nEMPTY_TUPLE\nREDUCE\nSTOP",
        "PROTO 2\nGLOBAL 'mine' 'Thing'\nEMPTY_TUPLE\nNEWOBJ\nEMPTY_DICT\nBUILD\nSTOP",
        "PROTO 2\nGLOBAL 'os' 'system'\nBINUNICODE 'inert words'\nTUPLE1\nREDUCE\nSTOP",
        "PROTO 2\nGLOBAL '__builtin__' 'set'\nEMPTY_LIST\nTUPLE1\nREDUCE\nSTOP",
        "PROTO 2\nGLOBAL 'numpy.core.multiarray' 'scalar'\nSTOP",
        "PROTO 2\nGLOBAL 'mine' 'Outer.Inner'\nSTOP",
        "PROTO 2\nGLOBAL 'collections' 'OrderedDict'\nEMPTY_TUPLE\nREDUCE\nEMPTY_DICT\nBUILD\nSTOP",
        "PROTO 4\nBINUNICODE 'mine'\nBINUNICODE 'Thing'\nSTACK_GLOBAL\nSTOP",
        "PROTO 4\nMARK\nFROZENSET\nSTOP",
        "PROTO 5\nBYTEARRAY8 'inert'\nSTOP",
        "PROTO 2\nEMPTY_TUPLE\nNONE\nAPPEND\nSTOP",
        "PROTO 2\nEMPTY_LIST\nNONE\nNONE\nSETITEM\nSTOP",
        "PROTO 2\nNONE\nBINPERSID\nSTOP",
        "PROTO 2\nMARK\nGLOBAL 'mine' 'Thing'\nOBJ\nSTOP",
    ] {
        println!("(\n{text:?},\n&{:#?},\n),", answers(text));
    }
}
