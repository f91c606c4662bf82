//! Archives of TorchScript (`torch/csrc/jit/serialization/export_module.cpp`, `import.cpp`): pickles that PyTorch's
//! own unpickler reads, and the source code of the classes that these name. That code is no Python: it can compute,
//! and call operators.

mod lexer;

use std::ops::ControlFlow;

use memchr::memmem;

use super::{is_known_library, is_note, is_numbered, opens_files, tell};
use crate::analysis::{Content, Walk};
use crate::escape;
use crate::gap::{Gap, GapReason};
use crate::observer::{OddityKind, Role};
use lexer::{Path, Paths};

/// Of what the names of all classes begin.
pub(crate) const ROOT: &str = "__torch__";
/// What stands for all of them in the knowledge.
pub(crate) const ANY_CLASS: &str = "<class>";
/// Of what the names of classes of machine code begin.
const NATIVE: &str = "__torch__.torch.classes";
/// Their libraries, where they come with PyTorch and its own companions.
const NATIVE_KNOWN: &[&str] = &[
    "_nnapi",
    "metal",
    "mkldnn",
    "quantized",
    "rnn",
    "sparse",
    "tensorexpr",
    "torchaudio",
    "torchtext",
    "torchvision",
    "vulkan",
    "xnnpack",
];
/// How operators are named in the instructions for mobile devices.
const FILES: &[&str] = &[
    "aten::save",
    "aten::from_file",
    "image::read_file",
    "image::write_file",
    "torchaudio::sox_io_",
];

/// Operators that take sizes, strides and indexes as they are given, besides those of `inductor`: tensors reach
/// beyond their memory (`aten/src/ATen/native`: `alias_with_sizes_and_strides`, `_sparse_coo_tensor_unsafe` and its kin).
const UNCHECKED: &[&str] = &[
    "_reshape_alias",
    "_sparse_bsc_tensor_unsafe",
    "_sparse_bsr_tensor_unsafe",
    "_sparse_compressed_tensor_unsafe",
    "_sparse_coo_tensor_unsafe",
    "_sparse_csc_tensor_unsafe",
    "_sparse_csr_tensor_unsafe",
    "segment_reduce",
];

/// What a member is for.
pub(super) fn role(name: &[u8]) -> Option<Role> {
    let elements: [&[u8]; 5] = [
        b"data/",
        b"constants/",
        b"traced_inputs/",
        b"tensors/",
        b"bytecode/",
    ];
    Some(match name {
        b"bytecode.pkl" => Role::ScriptBytecode,
        b"data.pkl"
        | b"constants.pkl"
        | b"attributes.pkl"
        | b"traced_inputs.pkl"
        | b"mobile_debug_handles.pkl" => Role::ScriptPickle,
        _ if name.ends_with(b".debug_pkl") => Role::ScriptPickle,
        _ if name.starts_with(b"code/") && name.ends_with(b".py") => Role::ScriptCode,
        _ if name.starts_with(b"extra/") => Role::Resource,
        _ if is_note(name) => Role::TorchNote,
        _ if elements.iter().any(|prefix| is_numbered(name, prefix)) => Role::Elements,
        _ => return None,
    })
}

/// Whether a module is one of TorchScript's, and not of classes of unknown machine code.
pub(crate) fn is_class(module: &str) -> bool {
    let within = |root: &str| {
        let rest = module.strip_prefix(root)?;
        (rest.is_empty() || rest.starts_with('.')).then(|| rest.trim_start_matches('.'))
    };
    match within(NATIVE) {
        Some(rest) => NATIVE_KNOWN.contains(&rest.split('.').next().unwrap_or_default()),
        None => within(ROOT).is_some(),
    }
}

/// Looks for operators in the instructions for mobile devices.
pub(super) fn bytecode(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    bytes: &[u8],
) -> ControlFlow<()> {
    for name in FILES {
        if let Some(at) = memmem::find(bytes, name.as_bytes()) {
            let detail = format!(
                "the model uses the operator {name}, which opens files that the model names"
            );
            tell(
                walk,
                content,
                (OddityKind::ScriptFiles, name),
                (at, name.len()),
                &detail,
            )?;
        }
    }
    ControlFlow::Continue(())
}

/// Looks for operators and classes in source code.
pub(super) fn code(walk: &mut Walk<'_>, content: &Content<'_>, bytes: &[u8]) -> ControlFlow<()> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let gap = Gap::new(GapReason::Malformed, "the code of TorchScript is no UTF-8");
            let at = error.valid_up_to() as u64;
            return walk
                .teller
                .gap(content, &gap.at(at, content.source.len() - at));
        }
    };
    let runs = Paths::new(text).any(|path| path.parts.contains(&"__setstate__"));
    let mut paths = Paths::new(text);
    for path in &mut paths {
        let found = judge(&path);
        let found = match found {
            None if runs => judge_at_load(&path),
            Some((OddityKind::ForeignOperator, words)) if runs => {
                Some((OddityKind::OperatorAtLoad, words))
            }
            _ => found,
        };
        if let Some((kind, words)) = found {
            let name = path.parts.join(".");
            let told = escape::cut(&name, 200);
            let detail = format!("the code names {told}: {words}");
            tell(walk, content, (kind, &told), (path.at, path.len), &detail)?;
        }
    }
    if paths.is_open() {
        let gap = Gap::new(
            GapReason::Malformed,
            "a string in the code of TorchScript has no end",
        );
        return walk.teller.gap(content, &gap.at(0, content.source.len()));
    }
    ControlFlow::Continue(())
}

/// What a dotted name in the code means.
fn judge(path: &Path<'_>) -> Option<(OddityKind, &'static str)> {
    let files = "it opens files that the model names";
    match path.parts.as_slice() {
        ["torch", name] | ["ops", _, name] if !path.is_attribute && opens_files(name) => {
            Some((OddityKind::ScriptFiles, files))
        }
        ["torch"] | ["ops"] | ["ops", _] if !path.is_attribute && !path.is_keyword => Some((
            OddityKind::ScriptFilesPerhaps,
            "operators are reached through it under another name",
        )),
        ["ops", library, ..] if !path.is_attribute && !is_known_library(library) => Some((
            OddityKind::ForeignOperator,
            "an operator of a library of machine code that is not known",
        )),
        ["__torch__", "torch", "classes", library, ..] | ["torch", "classes", library, ..]
            if !path.is_attribute && !NATIVE_KNOWN.contains(library) =>
        {
            Some((
                OddityKind::ForeignClass,
                "a class of a library of machine code that is not known",
            ))
        }
        [.., name]
            if (path.is_attribute || path.parts.len() > 1)
                && path.is_called
                && opens_files(name) =>
        {
            Some((
                OddityKind::ScriptFilesPerhaps,
                "unless the model has a method of that name, it opens files that the model names",
            ))
        }
        _ => None,
    }
}

/// What a dotted name means in code that has a `__setstate__`, which the loader calls.
fn judge_at_load(path: &Path<'_>) -> Option<(OddityKind, &'static str)> {
    let is_unchecked = match path.parts.as_slice() {
        ["ops", "inductor", ..] => true,
        ["torch", name] | ["ops", "aten", name] => UNCHECKED.contains(name),
        _ => false,
    };
    (is_unchecked && !path.is_attribute).then_some((
        OddityKind::OperatorAtLoad,
        "an operator that leaves its memory where the model's numbers say",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(OddityKind, String)> {
        let judged = |path: Path<'_>| Some((judge(&path)?.0, path.parts.join(".")));
        Paths::new(text).filter_map(judged).collect()
    }

    #[test]
    fn operators_worth_knowing_are_found_however_they_are_written() {
        use OddityKind::{ForeignClass, ForeignOperator, ScriptFiles, ScriptFilesPerhaps};
        for (text, kind, name) in [
            ("torch.save(x, \"f\")", ScriptFiles, "torch.save"),
            (
                "  _0 = torch . \\\n from_file(a)",
                ScriptFiles,
                "torch.from_file",
            ),
            ("ops.aten.save(x)", ScriptFiles, "ops.aten.save"),
            ("ops.image.read_file(x)", ScriptFiles, "ops.image.read_file"),
            ("(x).save(\"f\")", ScriptFilesPerhaps, "save"),
            ("x.save(\"f\")", ScriptFilesPerhaps, "x.save"),
            ("1 .from_file(2)", ScriptFilesPerhaps, "from_file"),
            ("t = torch\n", ScriptFilesPerhaps, "torch"),
            ("o = ops.aten\n", ScriptFilesPerhaps, "ops.aten"),
            ("ops.mine.run(x)", ForeignOperator, "ops.mine.run"),
            (
                "a : __torch__.torch.classes.mine.C",
                ForeignClass,
                "__torch__.torch.classes.mine.C",
            ),
            (
                "torch.classes.mine.C(1)",
                ForeignClass,
                "torch.classes.mine.C",
            ),
        ] {
            assert_eq!(found(text), [(kind, name.to_owned())], "{text}");
        }
        for text in [
            "# torch.save(x)\ny = 'torch.save(x)' + \"\\\"torch.save(\"",
            "'''torch.save(''' ; \"\"\"\ntorch.save(\"\"\"",
            "torch.add(torch.mul(x, 1.5), ops.prim.NumToTensor(y), torch=1)",
            "weight : __torch__.torch.classes.quantized.LinearPackedParamsBase",
            "self.saved(x); save(x); self.save",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn classes_of_the_code_are_told_from_machine_code() {
        assert!(is_class("__torch__") && is_class("__torch__.a.b"));
        assert!(is_class("__torch__.torch.classes.quantized"));
        assert!(!is_class("__torch__.torch.classes.mine") && !is_class("__torch__.torch.classes"));
        assert!(!is_class("__torch__x") && !is_class("os"));
    }
}
