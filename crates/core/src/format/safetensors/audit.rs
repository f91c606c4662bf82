//! What the reference lets through and no writer writes, and what the header's strings hold.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::ControlFlow;

use super::names;
use crate::analysis::{Content, Walk};
use crate::embedded::{self, Values};
use crate::escape;
use crate::observer::{Oddity, OddityKind};
use crate::safetensors::json::{Event, Reader, Str};
use crate::safetensors::{Header, LENGTH, METADATA, Tensor};

/// Metadata that take more bytes than this are told of.
const LARGE: usize = 1 << 20;
/// The fields of a tensor.
const FIELDS: [&str; 3] = ["dtype", "shape", "data_offsets"];
/// How many dimensions an array of `NumPy` or `PyTorch` may have.
const MOST_DIMENSIONS: usize = 64;

/// What an object or a list is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Metadata,
    Tensor,
    /// A list that describes a tensor.
    List,
    /// What no loader reads.
    Other,
}

struct Frame {
    part: Part,
    /// Where it begins.
    begin: usize,
    /// The keys so far, hashed twice.
    keys: HashSet<(u64, u64)>,
}

struct Audit<'a, 'w, 'l, 'c> {
    reader: Reader<'a>,
    frames: Vec<Frame>,
    /// The key of what comes next.
    key: Option<Str<'a>>,
    hashers: [RandomState; 2],
    values: Values,
    walk: &'w mut Walk<'l>,
    content: &'w Content<'c>,
}

/// Looks at the text of a header, as far as it is JSON.
pub(super) fn examine(walk: &mut Walk<'_>, content: &Content<'_>, text: &str) -> ControlFlow<()> {
    let mut audit = Audit {
        reader: Reader::new(text),
        frames: Vec::new(),
        key: None,
        hashers: Default::default(),
        values: Values::within("a string of the header"),
        walk,
        content,
    };
    if !text.starts_with('{') {
        let detail = "the header begins with blanks, where it has to begin with {";
        audit.tell(OddityKind::UnusualForm, "blanks", detail)?;
    }
    while let Ok(Some(event)) = audit.reader.next() {
        audit.event(event)?;
    }
    let values = audit.values;
    embedded::examine(walk, content, values)
}

impl<'a> Audit<'a, '_, '_, '_> {
    fn event(&mut self, event: Event<'a>) -> ControlFlow<()> {
        match event {
            Event::Key(key) => {
                self.key = Some(key);
                return self.key(key);
            }
            Event::BeginObject | Event::BeginArray => self.begin(event)?,
            Event::EndObject | Event::EndArray => self.end()?,
            Event::Str(string) => self.string(string)?,
            Event::Null if self.part() == Part::Header && self.next_is(METADATA) => {
                self.tell(OddityKind::UnusualForm, METADATA, "__metadata__ is null")?;
            }
            Event::Null | Event::Bool(_) | Event::Number(_) => {}
        }
        self.key = None;
        ControlFlow::Continue(())
    }

    fn part(&self) -> Part {
        self.frames.last().map_or(Part::Other, |frame| frame.part)
    }

    fn next_is(&self, key: &str) -> bool {
        self.key.is_some_and(|next| next.is(key))
    }

    fn begin(&mut self, event: Event<'_>) -> ControlFlow<()> {
        let is_object = event == Event::BeginObject;
        let part = match (self.frames.is_empty(), self.part()) {
            (true, _) => Part::Header,
            (_, Part::Header) if self.next_is(METADATA) => Part::Metadata,
            (_, Part::Header) if is_object => Part::Tensor,
            (_, Part::Header) => Part::List,
            _ => Part::Other,
        };
        if part == Part::List {
            let name = self.key.map(Str::decode).unwrap_or_default();
            let detail = format!(
                "tensor {} is described by a list, which only the reference reads",
                names::told(&name)
            );
            self.tell(OddityKind::UnusualForm, "list", &detail)?;
        }
        let in_list = self.part() == Part::List && self.key.is_none();
        if is_object && (in_list || self.part() == Part::Tensor && self.next_is("dtype")) {
            let detail = "a dtype is written as an object, which only the reference reads";
            self.tell(OddityKind::UnusualForm, "dtype", detail)?;
        }
        self.frames.push(Frame {
            part,
            begin: self.reader.start(),
            keys: HashSet::new(),
        });
        ControlFlow::Continue(())
    }

    fn end(&mut self) -> ControlFlow<()> {
        let Some(frame) = self.frames.pop() else {
            return ControlFlow::Continue(());
        };
        let len = self.reader.at().saturating_sub(frame.begin);
        if frame.part == Part::Metadata && len > LARGE {
            let detail = format!("__metadata__ takes {len} bytes");
            self.tell(OddityKind::LargeMetadata, METADATA, &detail)?;
        }
        ControlFlow::Continue(())
    }

    fn key(&mut self, key: Str<'_>) -> ControlFlow<()> {
        let name = key.decode();
        let hash = self
            .hashers
            .each_ref()
            .map(|hasher| hasher.hash_one(&*name));
        let part = self.part();
        let frame = self.frames.last_mut();
        if frame.is_some_and(|frame| !frame.keys.insert(hash.into())) {
            let detail = format!(
                "{} is twice in an object: readers take the first, the last, or none",
                names::told(&name)
            );
            self.tell(OddityKind::DuplicateKey, &name, &detail)?;
        }
        match part {
            Part::Header if name == METADATA => return ControlFlow::Continue(()),
            Part::Header => self.tensor_name(&name)?,
            Part::Metadata if names::deceives(&name) => {
                let detail = format!(
                    "the key {} of __metadata__ has characters that hide, or looks like another one",
                    names::told(&name)
                );
                self.tell(OddityKind::DeceptiveName, &name, &detail)?;
            }
            Part::Tensor if !FIELDS.contains(&&*name) => {
                let detail = format!(
                    "tensors have a field {} that no loader reads",
                    names::told(&name)
                );
                self.tell(OddityKind::UnknownField, &name, &detail)?;
            }
            _ => {}
        }
        self.look_into(&name);
        ControlFlow::Continue(())
    }

    fn tensor_name(&mut self, name: &str) -> ControlFlow<()> {
        if names::deceives(name) {
            let detail = format!(
                "the name {} of a tensor has characters that hide, or looks like another one",
                names::told(name)
            );
            self.tell(OddityKind::DeceptiveName, name, &detail)?;
        }
        if names::escapes(name) {
            let detail = format!(
                "the name {} of a tensor leads out of a folder, if a file is named so",
                names::told(name)
            );
            self.tell(OddityKind::EscapingName, name, &detail)?;
        }
        ControlFlow::Continue(())
    }

    fn string(&mut self, string: Str<'_>) -> ControlFlow<()> {
        let text = string.decode();
        self.look_into(&text);
        if matches!(escape::redact(&text), std::borrow::Cow::Owned(_)) {
            let key = self.key.map(Str::decode).unwrap_or_default();
            let detail = format!(
                "the value of {} in the header looks like a credential",
                names::told(&key)
            );
            self.tell(OddityKind::Credential, &key, &detail)?;
        }
        ControlFlow::Continue(())
    }

    /// Looks whether a string holds something that a program loads or runs.
    fn look_into(&mut self, text: &str) {
        let (at, end) = (self.reader.start() as u64, self.reader.at() as u64);
        self.values.text(LENGTH + at, end - at, text);
    }

    fn tell(&mut self, kind: OddityKind, subject: &str, detail: &str) -> ControlFlow<()> {
        let (at, end) = (self.reader.start() as u64, self.reader.at() as u64);
        let oddity = Oddity {
            kind,
            subject,
            detail,
            offset: LENGTH + at,
            len: end - at,
            pointer: None,
        };
        self.walk.teller.oddity(self.content, &oddity)
    }
}

/// Looks at the tensors of a file that loaders take.
pub(super) fn tensors(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    header: &Header<'_>,
) -> ControlFlow<()> {
    let mut tell = |kind, tensor: &Tensor<'_>, detail: &str| {
        let oddity = Oddity {
            kind,
            subject: "tensors",
            detail,
            offset: tensor.offset(),
            len: 0,
            pointer: None,
        };
        walk.teller.oddity(content, &oddity)
    };
    for tensor in header.tensors() {
        if is_absurd(tensor) {
            let detail = format!(
                "the shape of tensor {} is none that an array can have",
                names::told(tensor.name())
            );
            tell(OddityKind::AbsurdShape, tensor, &detail)?;
        }
        if tensor.shape().iter().any(|size| size == 0) {
            tell(OddityKind::EmptyTensor, tensor, "tensors have no elements")?;
        }
        let item = tensor.dtype().bits() / 8;
        let begin = header.data_start() + tensor.data_offsets().start;
        if item > 1 && !begin.is_multiple_of(item) {
            let detail =
                "tensors begin at offsets that are no multiple of the size of their elements";
            tell(OddityKind::Misaligned, tensor, detail)?;
        }
    }
    ControlFlow::Continue(())
}

/// Whether there can be no array of that shape: too many dimensions, or strides beyond 63 bits.
fn is_absurd(tensor: &Tensor<'_>) -> bool {
    let shape = tensor.shape();
    let mut sizes = shape.iter().map(|size| size.max(1));
    let bytes = sizes.try_fold(tensor.dtype().bits().div_ceil(8), u64::checked_mul);
    shape.rank() > MOST_DIMENSIONS || bytes.is_none_or(|bytes| i64::try_from(bytes).is_err())
}
