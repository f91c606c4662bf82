//! Zip archives that PyTorch writes or serves besides those of `torch.save`: what is in them, by name.

pub(crate) mod export;
pub(crate) mod package;
pub(crate) mod row;
pub(crate) mod script;
pub(crate) mod serve;

use crate::analysis::{Content, Walk};
use crate::format::{Format, skops};
use crate::gap::Gap;
use crate::observer::{Oddity, OddityKind, Role};
use crate::source::read_up_to;

use std::io;
use std::ops::ControlFlow;

/// How long a text may be.
const LONGEST: u64 = 64 << 20;

/// A kind of archive. Names are in lower case, without the folder that all members are in, if that is so.
struct Kind {
    format: Format,
    /// Whether a member of this name makes an archive one of this kind.
    marks: fn(&[u8]) -> bool,
    /// What a member of such an archive is for.
    role: fn(&[u8]) -> Option<Role>,
    /// Whether a member is code that a loader runs.
    is_code: fn(&[u8]) -> bool,
}

/// Every kind. An archive may be of several: each has a loader of its own.
static KINDS: [Kind; 5] = [
    Kind {
        format: Format::TorchScript,
        marks: |name| name == b"constants.pkl",
        role: script::role,
        is_code: |_| false,
    },
    Kind {
        format: Format::TorchExport,
        marks: export::marks,
        role: export::role,
        is_code: export::is_code,
    },
    Kind {
        format: Format::TorchPackage,
        marks: |name| matches!(name, b".data/extern_modules" | b".data/python_version"),
        role: |name| Some(package::role(name)),
        is_code: |name| name.ends_with(b".py"),
    },
    Kind {
        format: Format::TorchServe,
        marks: |name| name == b"mar-inf/manifest.json",
        role: serve::role,
        is_code: serve::is_code,
    },
    Kind {
        format: Format::Skops,
        marks: |name| name == skops::SCHEMA,
        role: skops::role,
        is_code: |_| false,
    },
];

/// The kinds that an archive is of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kinds([bool; KINDS.len()]);

impl Kinds {
    /// Takes a name into account.
    pub(crate) fn note(&mut self, name: &[u8]) {
        for (kind, is_one) in KINDS.iter().zip(&mut self.0) {
            *is_one |= (kind.marks)(name);
        }
    }

    fn all(self) -> impl Iterator<Item = &'static Kind> {
        KINDS
            .iter()
            .zip(self.0)
            .filter_map(|(kind, is_one)| is_one.then_some(kind))
    }

    pub(crate) fn formats(self) -> impl Iterator<Item = Format> {
        self.all().map(|kind| kind.format)
    }

    pub(crate) fn is_script(self) -> bool {
        self.formats().any(|format| format == Format::TorchScript)
    }

    /// What a member is for.
    pub(crate) fn role(self, name: &[u8]) -> Option<Role> {
        self.all().find_map(|kind| (kind.role)(name))
    }

    /// Whether a member is code that a loader runs.
    pub(crate) fn is_code(self, name: &[u8]) -> bool {
        self.all().any(|kind| (kind.is_code)(name))
    }
}

/// Whether the text or the whole bytes of a member say what loading it does, besides what it is read as.
pub(crate) fn is_text(role: Role) -> bool {
    matches!(
        role,
        Role::ScriptBytecode | Role::ScriptCode | Role::ExportProgram | Role::SkopsSchema
    )
}

/// Examines the text of such a member.
pub(crate) fn examine(walk: &mut Walk<'_>, content: &Content<'_>) -> io::Result<ControlFlow<()>> {
    let len = content.source.len();
    let most = LONGEST.min(walk.budget.window().0);
    if len > most {
        let detail = format!("a text that says what is run is longer than {most} bytes");
        let gap = Gap::limit("window-bytes", detail).at(0, len);
        return Ok(walk.teller.gap(content, &gap));
    }
    let bytes = read_up_to(
        content.source,
        0,
        usize::try_from(len).unwrap_or(usize::MAX),
    )?;
    if content.role != Role::ScriptBytecode {
        walk.teller.examined(len);
    }
    Ok(match content.role {
        Role::ScriptBytecode => script::bytecode(walk, content, &bytes),
        Role::ScriptCode => script::code(walk, content, &bytes),
        Role::ExportProgram => export::program(walk, content, &bytes),
        Role::SkopsSchema => skops::schema(walk, content, &bytes),
        _ => ControlFlow::Continue(()),
    })
}

/// Tells of something at a place in a text.
pub(crate) fn tell(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    (kind, subject): (OddityKind, &str),
    (offset, len): (usize, usize),
    detail: &str,
) -> ControlFlow<()> {
    let oddity = Oddity {
        kind,
        subject,
        detail,
        offset: offset as u64,
        len: len as u64,
        pointer: None,
    };
    walk.teller.oddity(content, &oddity)
}

/// Short texts that every archive of PyTorch's writer has.
pub(crate) fn is_note(name: &[u8]) -> bool {
    matches!(
        name,
        b"version"
            | b"byteorder"
            | b".format_version"
            | b".storage_alignment"
            | b".data/version"
            | b".data/serialization_id"
    )
}

/// Whether a name is a prefix and a number.
pub(crate) fn is_numbered(name: &[u8], prefix: &[u8]) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
}

/// Operators whose libraries come with PyTorch and its own companions, or are known from them.
const OPERATORS: &[&str] = &[
    "_c10d_functional",
    "_caffe2",
    "_quantized",
    "_test",
    "aten",
    "c10d_functional",
    "cuda",
    "fbgemm",
    "higher_order",
    "image",
    "inductor",
    "metal",
    "mkl",
    "mkldnn",
    "mkldnn_prepacked",
    "onednn",
    "prepacked",
    "prim",
    "prims",
    "profiler",
    "quantized",
    "quantized_decomposed",
    "rngprims",
    "sparse",
    "static_runtime",
    "tensorexpr",
    "torchaudio",
    "torchtext",
    "torchvision",
    "vulkan_prepack",
    "xnnpack",
];

/// Whether the operators of a namespace are known.
pub(crate) fn is_known_library(namespace: &str) -> bool {
    OPERATORS.contains(&namespace)
}

/// Whether an operator of this name reads or writes files that the model names.
pub(crate) fn opens_files(operator: &str) -> bool {
    matches!(operator, "save" | "from_file" | "read_file" | "write_file")
        || operator.starts_with("sox_io_")
}
