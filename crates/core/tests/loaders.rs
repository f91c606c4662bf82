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
    for (text, expected) in [
        (
            "PROTO 2\nEMPTY_DICT\nSTOP",
            [
                "1.13: yes [] -",
                "2.0: yes [] -",
                "2.4: yes [] -",
                "2.6: yes [] -",
                "2.15: yes [] -",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'collections' 'OrderedDict'\nEMPTY_TUPLE\nREDUCE\nSTOP",
            [
                "1.13: yes [] -",
                "2.0: yes [] -",
                "2.4: yes [] -",
                "2.6: yes [] -",
                "2.15: yes [] -",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'mine' 'Thing'\nSTOP",
            [
                "1.13: no [import mine.Thing x1] -",
                "2.0: no [import mine.Thing x1] -",
                "2.4: no [import mine.Thing x1] ([mine.Thing])",
                "2.6: no [import mine.Thing x1] ([mine.Thing])",
                "2.15: no [import mine.Thing x1] ([mine.Thing])",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'mine' 'Thing'\nEMPTY_TUPLE\nREDUCE\nSTOP",
            [
                "1.13: no [import mine.Thing x1] -",
                "2.0: no [import mine.Thing x1] -",
                "2.4: no [import mine.Thing x1] ([mine.Thing])",
                "2.6: no [import mine.Thing x1] ([mine.Thing])",
                "2.15: no [import mine.Thing x1] ([mine.Thing])",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'mine' 'Thing'\nEMPTY_TUPLE\nNEWOBJ\nEMPTY_DICT\nBUILD\nSTOP",
            [
                "1.13: no [import mine.Thing x1, new mine.Thing x1, build mine.Thing x1] -",
                "2.0: no [import mine.Thing x1, new mine.Thing x1, build mine.Thing x1] -",
                "2.4: no [import mine.Thing x1] ([mine.Thing])",
                "2.6: no [import mine.Thing x1] ([mine.Thing])",
                "2.15: no [import mine.Thing x1] ([mine.Thing])",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'os' 'system'\nBINUNICODE 'inert words'\nTUPLE1\nREDUCE\nSTOP",
            [
                "1.13: no [import os.system x1] -",
                "2.0: no [import os.system x1] -",
                "2.4: no [import os.system x1] ([os.system])",
                "2.6: no [import os.system x1] -",
                "2.15: no [import os.system x1] -",
            ],
        ),
        (
            "PROTO 2\nGLOBAL '__builtin__' 'set'\nEMPTY_LIST\nTUPLE1\nREDUCE\nSTOP",
            [
                "1.13: no [import __builtin__.set x1] -",
                "2.0: no [import __builtin__.set x1] -",
                "2.4: no [import builtins.set x1] ([set])",
                "2.6: yes [] -",
                "2.15: yes [] -",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'numpy.core.multiarray' 'scalar'\nSTOP",
            [
                "1.13: no [import numpy.core.multiarray.scalar x1] -",
                "2.0: no [import numpy.core.multiarray.scalar x1] -",
                "2.4: no [import numpy.core.multiarray.scalar x1] ([numpy.core.multiarray.scalar])",
                "2.6: no [import numpy.core.multiarray.scalar x1] ([(numpy.core.multiarray.scalar, \"numpy.core.multiarray.scalar\")])",
                "2.15: no [import numpy.core.multiarray.scalar x1] ([(numpy.core.multiarray.scalar, \"numpy.core.multiarray.scalar\")])",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'mine' 'Outer.Inner'\nSTOP",
            [
                "1.13: no [import mine.Outer.Inner x1] -",
                "2.0: no [import mine.Outer.Inner x1] -",
                "2.4: no [import mine.Outer.Inner x1] -",
                "2.6: no [import mine.Outer.Inner x1] ([(mine.Outer.Inner, \"mine.Outer.Inner\")])",
                "2.15: no [import mine.Outer.Inner x1] ([mine.Outer.Inner])",
            ],
        ),
        (
            "PROTO 2\nGLOBAL 'collections' 'OrderedDict'\nEMPTY_TUPLE\nREDUCE\nEMPTY_DICT\nBUILD\nSTOP",
            [
                "1.13: yes [] -",
                "2.0: yes [] -",
                "2.4: yes [] -",
                "2.6: yes [] -",
                "2.15: yes [] -",
            ],
        ),
        (
            "PROTO 4\nBINUNICODE 'mine'\nBINUNICODE 'Thing'\nSTACK_GLOBAL\nSTOP",
            [
                "1.13: no [opcode STACK_GLOBAL x1, import mine.Thing x1] -",
                "2.0: no [opcode STACK_GLOBAL x1, import mine.Thing x1] -",
                "2.4: no [opcode STACK_GLOBAL x1, import mine.Thing x1] -",
                "2.6: no [opcode STACK_GLOBAL x1, import mine.Thing x1] -",
                "2.15: no [opcode STACK_GLOBAL x1, import mine.Thing x1] -",
            ],
        ),
        (
            "PROTO 4\nMARK\nFROZENSET\nSTOP",
            [
                "1.13: no [opcode FROZENSET x1] -",
                "2.0: no [opcode FROZENSET x1] -",
                "2.4: no [opcode FROZENSET x1] -",
                "2.6: no [opcode FROZENSET x1] -",
                "2.15: no [opcode FROZENSET x1] -",
            ],
        ),
        (
            "PROTO 5\nBYTEARRAY8 'inert'\nSTOP",
            [
                "1.13: no [opcode BYTEARRAY8 x1] -",
                "2.0: no [opcode BYTEARRAY8 x1] -",
                "2.4: no [opcode BYTEARRAY8 x1] -",
                "2.6: no [opcode BYTEARRAY8 x1] -",
                "2.15: no [opcode BYTEARRAY8 x1] -",
            ],
        ),
        (
            "PROTO 2\nEMPTY_TUPLE\nNONE\nAPPEND\nSTOP",
            [
                "1.13: no [stream - x1] -",
                "2.0: no [stream - x1] -",
                "2.4: no [stream - x1] -",
                "2.6: no [stream - x1] -",
                "2.15: no [stream - x1] -",
            ],
        ),
        (
            "PROTO 2\nEMPTY_LIST\nNONE\nNONE\nSETITEM\nSTOP",
            [
                "1.13: not-known [] -",
                "2.0: not-known [] -",
                "2.4: not-known [] -",
                "2.6: not-known [] -",
                "2.15: no [items SETITEMS x1] -",
            ],
        ),
        (
            "PROTO 2\nNONE\nBINPERSID\nSTOP",
            [
                "1.13: no [persistent-id BINPERSID x1] -",
                "2.0: no [persistent-id BINPERSID x1] -",
                "2.4: no [persistent-id BINPERSID x1] -",
                "2.6: no [persistent-id BINPERSID x1] -",
                "2.15: no [persistent-id BINPERSID x1] -",
            ],
        ),
        (
            "PROTO 2\nMARK\nGLOBAL 'mine' 'Thing'\nOBJ\nSTOP",
            [
                "1.13: no [import mine.Thing x1, opcode OBJ x1] -",
                "2.0: no [import mine.Thing x1, opcode OBJ x1] -",
                "2.4: no [import mine.Thing x1, opcode OBJ x1] -",
                "2.6: no [import mine.Thing x1, opcode OBJ x1] -",
                "2.15: no [import mine.Thing x1, opcode OBJ x1] -",
            ],
        ),
    ] {
        assert_eq!(answers(text), expected, "{text}");
    }
}
