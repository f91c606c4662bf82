//! safetensors, as its loaders see it and beyond that: what they let through is looked at as well.
//!
//! Only the header is read: nothing interprets the tensors' bytes.

mod audit;
pub(crate) mod index;
pub(crate) mod names;
pub(crate) mod opcodes;

use std::borrow::Cow;
use std::io;
use std::ops::ControlFlow;

use crate::analysis::{Content, Walk};
use crate::gap::{Gap, GapReason};
use crate::observer::{Oddity, OddityKind, StoredTensor};
use crate::safetensors::{Header, HeaderError, HeaderErrorKind, Metadata, parse};
use crate::source::read_up_to;
use weighbridge_pickle::Source;

/// How long a header may be; that of the largest models is a tenth of it.
const LONGEST: u64 = 32 << 20;
/// What a file of tensors is called.
pub(crate) const ENDING: &str = ".safetensors";

/// A content that begins like safetensors.
#[derive(Debug)]
pub(crate) struct Begun<'c> {
    /// The header with its length, as far as it is there.
    bytes: Cow<'c, [u8]>,
    /// Whether it is too long to be read.
    is_cut: bool,
    /// Whether a loader takes it.
    pub(crate) is_valid: bool,
}

impl<'c> Begun<'c> {
    /// The header of a content that begins with `prefix`, if it begins like one.
    pub(crate) fn of(
        source: &'c dyn Source,
        prefix: &[u8],
        most: u64,
    ) -> io::Result<Option<Begun<'c>>> {
        if !begins(prefix) {
            return Ok(None);
        }
        let Ok(len) = Header::len_of(prefix) else {
            return Ok(None);
        };
        let most = most.min(LONGEST);
        let bytes = read(source, len.min(most))?;
        let is_valid = len <= most && Header::parse_prefix(&bytes, source.len()).is_ok();
        Ok(Some(Begun {
            bytes,
            is_cut: len > most,
            is_valid,
        }))
    }
}

/// Whether an object stands behind a length that a loader takes. Blanks may be before it.
pub(crate) fn begins(prefix: &[u8]) -> bool {
    let json = prefix.get(8..).unwrap_or_default().trim_ascii_start();
    Header::len_of(prefix).is_ok() && json.first() == Some(&b'{')
}

/// The first bytes of a source, in place where that is possible.
fn read(source: &dyn Source, len: u64) -> io::Result<Cow<'_, [u8]>> {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    match source.as_slice() {
        Some(slice) => Ok(Cow::Borrowed(slice.get(..len).unwrap_or(slice))),
        None => read_up_to(source, 0, len).map(Cow::Owned),
    }
}

/// Examines a content that begins like safetensors.
pub(crate) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    begun: &Begun<'_>,
) -> ControlFlow<()> {
    let len = content.source.len();
    if begun.is_cut {
        let detail = format!(
            "the header of a safetensors file is longer than {} bytes",
            begun.bytes.len()
        );
        return walk
            .teller
            .gap(content, &Gap::limit("window-bytes", detail).at(0, len));
    }
    if let Ok(text) = parse::text(&begun.bytes, len) {
        audit::examine(walk, content, text)?;
    }
    match Header::parse_prefix(&begun.bytes, len) {
        Ok(header) => {
            let data = header.data_start();
            walk.teller.examined(data);
            walk.teller
                .count(len - data, |examined| &mut examined.opaque_bytes);
            tell(walk, content, &header)?;
            audit::tensors(walk, content, &header)
        }
        Err(error) => walk.teller.gap(content, &rejected(&error, len)),
    }
}

/// Tells what the file holds.
fn tell(walk: &mut Walk<'_>, content: &Content<'_>, header: &Header<'_>) -> ControlFlow<()> {
    for (key, value) in header.metadata().into_iter().flat_map(Metadata::iter) {
        walk.teller.metadata(content, &key, &value)?;
    }
    let mut shape = Vec::new();
    for tensor in header.tensors() {
        shape.clear();
        shape.extend(tensor.shape().iter());
        let data = tensor.data_offsets();
        let tensor = StoredTensor {
            name: tensor.name(),
            dtype: tensor.dtype().as_str(),
            shape: &shape,
            offset: header.data_start() + data.start,
            len: Some(data.end - data.start),
        };
        walk.teller.tensor(content, &tensor)?;
    }
    ControlFlow::Continue(())
}

/// The gap of a file that no loader takes.
fn rejected(error: &HeaderError, len: u64) -> Gap {
    let reason = match error.kind {
        HeaderErrorKind::NoLength | HeaderErrorKind::Truncated { .. } => GapReason::Truncated,
        HeaderErrorKind::NotCovered { tensors, there } if tensors > there => GapReason::Truncated,
        _ => GapReason::Malformed,
    };
    let detail = format!("no loader of safetensors takes it: {}", error.kind);
    let offset = error.offset.min(len);
    Gap::new(reason, detail).at(offset, 0)
}

/// Tells that a content which loaders of safetensors take is something else as well.
pub(crate) fn polyglot(walk: &mut Walk<'_>, content: &Content<'_>, other: &str) -> ControlFlow<()> {
    let detail = format!(
        "a file of safetensors is {other} as well: which of them is loaded depends on the loader"
    );
    walk.teller.oddity(
        content,
        &Oddity {
            kind: OddityKind::Polyglot,
            subject: other,
            detail: &detail,
            offset: 0,
            len: content.source.len(),
            pointer: None,
        },
    )
}

/// Tells that a content is no safetensors, though its name says so.
pub(crate) fn misnamed(walk: &mut Walk<'_>, content: &Content<'_>) -> ControlFlow<()> {
    walk.teller.oddity(
        content,
        &Oddity {
            kind: OddityKind::Misnamed,
            subject: "name",
            detail: "its name says that it is safetensors, and it is something else that is loaded in another way",
            offset: 0,
            len: content.source.len(),
            pointer: None,
        },
    )
}
