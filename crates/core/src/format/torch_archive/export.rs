//! Archives of `torch.export` (`torch/export/pt2_archive/`, `torch/_export/serde/serialize.py`): a program in JSON, its
//! weights, and machine code where it was compiled.
//!
//! Loading looks the functions of the program up by dotted names in `torch`, and has SymPy evaluate the expressions of
//! its sizes, which runs Python.

mod expression;

use std::ops::ControlFlow;

use super::{is_known_library, is_note, opens_files, tell};
use crate::analysis::{Content, Walk};
use crate::escape;
use crate::gap::{Gap, GapReason};
use crate::observer::{OddityKind, Role};
use crate::safetensors::json::{Event, Reader};

/// Functions of `torch` besides operators that programs have.
const FUNCTIONS: &[&str] = &[
    "torch._C._set_grad_enabled",
    "torch._check",
    "torch._check_is_size",
];

/// Whether a member makes an archive one of these.
pub(super) fn marks(name: &[u8]) -> bool {
    matches!(
        name,
        b"archive_format" | b"serialized_exported_program.json"
    )
}

/// What a member is for.
pub(super) fn role(name: &[u8]) -> Option<Role> {
    let within = |folder: &[u8]| name.starts_with(folder);
    let is_json = name.ends_with(b".json");
    Some(match name {
        b"archive_format" | b"archive_version" => Role::TorchNote,
        b"serialized_exported_program.json" => Role::ExportProgram,
        _ if is_note(name) => Role::TorchNote,
        _ if within(b"models/") && is_json => Role::ExportProgram,
        _ if within(b"data/weights/weight_") => Role::Elements,
        _ if within(b"data/constants/custom_obj_") => Role::ScriptPickle,
        _ if within(b"data/") && is_json || within(b"extra/") || is_code(name) => Role::Resource,
        _ if within(b"data/constants/tensor_") => Role::Resource,
        _ => return None,
    })
}

/// Whether a member is machine code that a loader runs, or source code for it.
pub(super) fn is_code(name: &[u8]) -> bool {
    let endings: [&[u8]; 6] = [b".so", b".o", b".cubin", b".cpp", b".pyd", b".dll"];
    name.starts_with(b"data/aotinductor/") && endings.iter().any(|ending| name.ends_with(ending))
}

/// Examines a program.
pub(super) fn program(walk: &mut Walk<'_>, content: &Content<'_>, bytes: &[u8]) -> ControlFlow<()> {
    let malformed = |detail: String, at: usize| {
        let at = at as u64;
        Gap::new(GapReason::Malformed, detail).at(at, content.source.len().saturating_sub(at))
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        let gap = malformed("the program is no UTF-8".to_owned(), 0);
        return walk.teller.gap(content, &gap);
    };
    let mut reader = Reader::new(text);
    // What the next string is, as the key before it says.
    let mut wanted = Wanted::Nothing;
    loop {
        let event = match reader.next() {
            Ok(Some(event)) => event,
            Ok(None) => return ControlFlow::Continue(()),
            Err(problem) => {
                let gap = malformed(format!("the program is no JSON: {problem}"), reader.at());
                return walk.teller.gap(content, &gap);
            }
        };
        let at = (reader.start(), reader.at() - reader.start());
        wanted = match event {
            Event::Key(key) if key.is("target") => Wanted::Target,
            Event::Key(key) if key.is("expr_str") => Wanted::Expression,
            Event::Str(string) => {
                let text = string.decode();
                match wanted {
                    Wanted::Target => target(walk, content, &text, at)?,
                    Wanted::Expression => expression::look(walk, content, &text, at)?,
                    Wanted::Nothing => {}
                }
                Wanted::Nothing
            }
            _ => Wanted::Nothing,
        };
    }
}

#[derive(Clone, Copy)]
enum Wanted {
    Nothing,
    Target,
    Expression,
}

/// Looks at the name of a function.
fn target(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    name: &str,
    at: (usize, usize),
) -> ControlFlow<()> {
    let told = escape::cut(name, 200);
    let (kind, words) = match judge(name) {
        Target::Known => return ControlFlow::Continue(()),
        Target::Files => (OddityKind::ScriptFiles, "opens files that the model names"),
        Target::Foreign => (
            OddityKind::ForeignOperator,
            "is an operator of a library of machine code that is not known",
        ),
        Target::Other => (
            OddityKind::ExportTarget,
            "is no operator that exported programs have",
        ),
    };
    let detail = format!("the program calls {told}, which {words}");
    tell(walk, content, (kind, &told), at, &detail)
}

#[derive(Debug, PartialEq)]
enum Target {
    Known,
    Files,
    Foreign,
    Other,
}

fn judge(name: &str) -> Target {
    let parts: Vec<&str> = name.split('.').collect();
    let is_looked_up = ["torch", "_operator", "math", "#"]
        .iter()
        .any(|start| name.starts_with(start));
    match parts.as_slice() {
        // The name of a parameter.
        _ if !is_looked_up || FUNCTIONS.contains(&name) => Target::Known,
        _ if parts.iter().any(|part| part.starts_with("__")) => Target::Other,
        ["torch", "ops", _, operator, ..] if opens_files(operator) => Target::Files,
        ["torch", "ops", library, _] | ["torch", "ops", library, _, _] => {
            if is_known_library(library) {
                Target::Known
            } else {
                Target::Foreign
            }
        }
        ["torch", function] if function.trim_start_matches('_').starts_with("sym_") => {
            Target::Known
        }
        ["_operator" | "math", function] if !function.starts_with('_') => operator(function),
        _ => Target::Other,
    }
}

/// A function of Python's `operator` or `math`: those that make functions are none of a program's.
fn operator(function: &str) -> Target {
    match function {
        "attrgetter" | "methodcaller" | "itemgetter" | "call" => Target::Other,
        _ => Target::Known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_programs_are_told_from_others() {
        for name in [
            "torch.ops.aten.linear.default",
            "torch.ops.higher_order.cond",
            "_operator.getitem",
            "math.ceil",
            "torch.sym_max",
            "torch._sym_sqrt",
            "layer.weight",
        ] {
            assert_eq!(judge(name), Target::Known, "{name}");
        }
        for name in [
            "torch.serialization.os.system",
            "torch.load",
            "torch.ops.load_library",
            "_operator.methodcaller",
            "math.__loader__",
            "torch.ops.aten.__init__.x",
            "#x:y",
        ] {
            assert_eq!(judge(name), Target::Other, "{name}");
        }
        assert_eq!(judge("torch.ops.aten.from_file.default"), Target::Files);
        assert_eq!(judge("torch.ops.mine.run.default"), Target::Foreign);
    }
}
