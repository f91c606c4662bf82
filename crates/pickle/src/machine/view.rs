//! Looking at values: decoded from the source only when asked.

use std::borrow::Cow;
use std::cell::Cell;

use super::arena::Arena;
use super::header::flag;
use super::input::Input;
use super::kind::Kind;
use super::value::{Tag, Value};
use crate::literal::{self, IntLine, Integer};
use crate::readings::{Encoding, Readings, Unpickler};
use crate::source::{Source, read_up_to};
use crate::text::{Text, unescape_string};

/// Text and bytes longer than this are cut when they are decoded.
const TEXT_CAP: usize = 1 << 20;
/// The same once more was looked at than [`Limits::max_text`](super::Limits::max_text) allows.
const SHORT_CAP: usize = 1 << 12;

/// A global's parts.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct GlobalParts {
    /// The string that names the module, where it is one.
    pub module: Value,
    /// The string that names the attribute, where it is one.
    pub name: Value,
    /// Whether dots in the name are traversed (protocol 4 and up).
    pub traversed: bool,
    /// Whether Python 2 names are mapped (protocol below 3).
    pub mapped: bool,
}

/// A call's parts, as its result remembers them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ResultParts {
    /// What was called.
    pub callee: Value,
    /// With what.
    pub args: Value,
    /// Whether NEWOBJ or `NEWOBJ_EX` made it: only `cls.__new__` ran, no metaclass and no `__init__`.
    pub is_new: bool,
    /// Whether it was given a state before; during the effect of a BUILD, before that one.
    pub is_built: bool,
}

/// Read-only access to the values of a machine.
pub struct View<'v> {
    pub(super) arena: &'v Arena,
    source: &'v dyn Source,
    /// How many bytes were looked at, and from how many on they are cut.
    viewed: &'v Cell<u64>,
    most_viewed: u64,
}

/// Where a scalar's bytes are.
enum Place {
    Line,
    Counted(u8),
    Fixed(usize),
}

impl<'v> View<'v> {
    pub(crate) fn new(arena: &'v Arena, input: &'v Input<'_>) -> View<'v> {
        View {
            arena,
            source: input.source(),
            viewed: input.viewed(),
            most_viewed: input.most_viewed(),
        }
    }

    /// A view of the scalars of a source once no machine is at it any more: of those values that
    /// [`View::lasts`] told to last.
    pub fn of_scalars<T>(source: &dyn Source, ask: impl FnOnce(&View<'_>) -> T) -> T {
        ask(&View {
            arena: &Arena::default(),
            source,
            viewed: &Cell::new(0),
            most_viewed: u64::MAX,
        })
    }

    /// What a value is.
    #[must_use]
    pub fn kind(&self, value: Value) -> Kind {
        match self.effective_tag(value) {
            Tag::Absent | Tag::None => Kind::None,
            Tag::False | Tag::True => Kind::Bool,
            Tag::IntLine => match self.int_line(value, Unpickler::C314) {
                Some(IntLine::Bool(_)) => Kind::Bool,
                _ => Kind::Int,
            },
            Tag::Int | Tag::LongLine | Tag::Long1 | Tag::Long4 => Kind::Int,
            Tag::FloatLine | Tag::BinFloat => Kind::Float,
            Tag::StringLine | Tag::BinString | Tag::ShortBinString => Kind::EightBitStr,
            Tag::UnicodeLine
            | Tag::BinUnicode
            | Tag::ShortBinUnicode
            | Tag::BinUnicode8
            | Tag::Utf8Line
            | Tag::AsciiLine => Kind::Str,
            Tag::BinBytes | Tag::ShortBinBytes | Tag::BinBytes8 => Kind::Bytes,
            Tag::EmptyTuple | Tag::Tuple | Tag::Chunk => Kind::Tuple,
            Tag::List => Kind::List,
            Tag::Dict => Kind::Dict,
            Tag::Set => Kind::Set,
            Tag::FrozenSet => Kind::FrozenSet,
            Tag::ByteArray => Kind::ByteArray,
            Tag::Global => Kind::Global,
            Tag::Result => Kind::Result,
            Tag::Persistent => Kind::Persistent,
            Tag::Extension => Kind::Extension,
            Tag::Buffer | Tag::Detached => Kind::Buffer,
        }
    }

    /// The children of a container that are still known (the first few, and objects before others);
    /// keys and values in turn for a dict. [`View::count`] tells how many there were.
    #[must_use]
    pub fn children(&self, value: Value) -> Vec<Value> {
        match value.tag() {
            Tag::Tuple | Tag::FrozenSet | Tag::List | Tag::Dict | Tag::Set => {
                self.arena.children(value)
            }
            _ => Vec::new(),
        }
    }

    /// How many items a container was given, or how many bytes a text or bytes value has.
    #[must_use]
    pub fn count(&self, value: Value) -> u64 {
        match self.place(value) {
            Some((_, len)) => len,
            None => self.arena.count(value),
        }
    }

    /// How many objects somebody meets who walks through a value, each as often as it is there; about
    /// so, and less where many small things follow each other. Scalars count only by themselves.
    #[must_use]
    pub fn weight(&self, value: Value) -> u64 {
        self.arena.weight(value)
    }

    /// How deep tuples, lists and what calls gave lie in each other, counted up to `most`. A few levels
    /// at the bottom may not be counted; what cannot be told counts as a thousand.
    #[must_use]
    pub fn depth(&self, value: Value, most: u64) -> u64 {
        self.arena.depth(value, most)
    }

    /// Whether the known children are no longer what the container holds.
    #[must_use]
    pub fn is_scrambled(&self, value: Value) -> bool {
        self.arena.flags(value) & flag::SCRAMBLED != 0
    }

    /// Whether objects (globals, results, containers) were dropped from the known children.
    #[must_use]
    pub fn dropped_objects(&self, value: Value) -> bool {
        self.arena.flags(value) & flag::DROPPED_OBJECT != 0
    }

    /// A global's parts.
    #[must_use]
    pub fn global(&self, value: Value) -> Option<GlobalParts> {
        value.is(Tag::Global).then(|| {
            let flags = self.arena.flags(value);
            GlobalParts {
                module: self.arena.child(value, 0),
                name: self.arena.child(value, 1),
                traversed: flags & flag::TRAVERSED != 0,
                mapped: flags & flag::MAPPED != 0,
            }
        })
    }

    /// What a global is named by, for looking up only once what is known of it: equal only for those
    /// that are named by the same bytes of the source. `None` where there is no such thing.
    #[must_use]
    pub fn global_key(&self, value: Value) -> Option<(u64, u64, bool)> {
        let parts = self.global(value)?;
        let is_plain = !parts.module.is_node() && !parts.name.is_node();
        is_plain.then(|| (parts.module.bits(), parts.name.bits(), parts.mapped))
    }

    /// The call that a result came from.
    #[must_use]
    pub fn result(&self, value: Value) -> Option<ResultParts> {
        value.is(Tag::Result).then(|| ResultParts {
            callee: self.arena.child(value, 0),
            args: self.arena.child(value, 1),
            is_new: self.arena.flags(value) & flag::NEW != 0,
            is_built: self.arena.flags(value) & flag::BUILT != 0,
        })
    }

    /// The id that a persistent object was asked for by.
    #[must_use]
    pub fn persistent_id(&self, value: Value) -> Option<Value> {
        value
            .is(Tag::Persistent)
            .then(|| self.arena.child(value, 0))
    }

    /// The code of an extension.
    #[must_use]
    pub fn extension_code(&self, value: Value) -> Option<i64> {
        value
            .is(Tag::Extension)
            .then(|| self.arena.child(value, 0).as_int())
    }

    /// A bool, read as CPython 3.14 reads it.
    #[must_use]
    pub fn bool(&self, value: Value) -> Option<bool> {
        match self.effective_tag(value) {
            Tag::True => Some(true),
            Tag::False => Some(false),
            Tag::IntLine => match self.int_line(value, Unpickler::C314)? {
                IntLine::Bool(value) => Some(value),
                IntLine::Int(_) => None,
            },
            _ => None,
        }
    }

    /// An int, as an unpickler reads it; a bool line of protocol 0 is none.
    #[must_use]
    pub fn int(&self, value: Value, unpickler: Unpickler) -> Option<Integer> {
        let tag = self.effective_tag(value);
        match tag {
            Tag::Int => Some(Integer::Small(value.as_int())),
            Tag::IntLine => match self.int_line(value, unpickler)? {
                IntLine::Int(integer) => Some(integer),
                IntLine::Bool(_) => None,
            },
            Tag::LongLine => literal::long_line(&self.raw(value)?, unpickler),
            Tag::Long1 | Tag::Long4 => Some(literal::twos_complement(&self.raw(value)?)),
            _ => None,
        }
    }

    /// What an INT line is to an unpickler.
    #[must_use]
    pub fn int_line(&self, value: Value, unpickler: Unpickler) -> Option<IntLine> {
        if self.effective_tag(value) == Tag::IntLine {
            literal::int_line(&self.raw(value)?, unpickler)
        } else {
            None
        }
    }

    /// A float, as an unpickler reads it.
    #[must_use]
    pub fn float(&self, value: Value, unpickler: Unpickler) -> Option<f64> {
        match self.effective_tag(value) {
            Tag::FloatLine => literal::float_line(&self.raw(value)?, unpickler),
            Tag::BinFloat => {
                let bytes: [u8; 8] = self.raw(value)?.as_ref().try_into().ok()?;
                Some(f64::from_be_bytes(bytes))
            }
            _ => None,
        }
    }

    /// A str, as a loader with this encoding sees it; cut at a megabyte.
    #[must_use]
    pub fn text(&self, value: Value, encoding: Encoding) -> Option<Text<'static>> {
        let tag = self.effective_tag(value);
        let raw = self.raw(value)?;
        let text = match tag {
            Tag::UnicodeLine => Text::from_raw_unicode_escape(&raw),
            Tag::BinUnicode | Tag::ShortBinUnicode | Tag::BinUnicode8 => {
                Text::from_utf8_surrogatepass(&raw)
            }
            Tag::Utf8Line => Text::from_utf8(&raw),
            Tag::AsciiLine => Text::from_ascii(&raw),
            Tag::StringLine | Tag::BinString | Tag::ShortBinString => {
                let bytes = self.eight_bit(tag, &raw)?;
                return Some(decode_eight_bit(&bytes, encoding)?.into_owned());
            }
            _ => None,
        };
        text.map(Text::into_owned)
    }

    /// The bytes of a bytes or 8-bit string value, cut at a megabyte.
    #[must_use]
    pub fn bytes(&self, value: Value) -> Option<Cow<'v, [u8]>> {
        let tag = self.effective_tag(value);
        match tag {
            Tag::BinBytes | Tag::ShortBinBytes | Tag::BinBytes8 => self.raw(value),
            Tag::ByteArray => self.raw(self.arena.child(value, 0)),
            Tag::StringLine | Tag::BinString | Tag::ShortBinString => {
                let raw = self.raw(value)?;
                self.eight_bit(tag, &raw)
                    .map(|bytes| Cow::Owned(bytes.into_owned()))
            }
            _ => None,
        }
    }

    /// Where the bytes of a string or bytes value lie in the source, and how many there are; `None`
    /// where they lie there with escapes, or not at all.
    #[must_use]
    pub fn span(&self, value: Value) -> Option<(u64, u64)> {
        match self.effective_tag(value) {
            Tag::BinBytes
            | Tag::ShortBinBytes
            | Tag::BinBytes8
            | Tag::BinString
            | Tag::ShortBinString
            | Tag::BinUnicode
            | Tag::ShortBinUnicode
            | Tag::BinUnicode8 => self.place(value),
            Tag::ByteArray => self.place(self.arena.child(value, 0)),
            _ => None,
        }
    }

    /// The readings among `readings` under which an 8-bit string is each text that it can be; any
    /// other text is the same under all.
    pub(crate) fn texts(
        &self,
        value: Value,
        readings: Readings,
    ) -> Vec<(Readings, Option<Text<'static>>)> {
        if self.kind(value) != Kind::EightBitStr {
            return vec![(readings, self.text(value, Encoding::Ascii))];
        }
        let mut texts: Vec<(Readings, Option<Text<'static>>)> = Vec::new();
        for encoding in [Encoding::Ascii, Encoding::Latin1, Encoding::Utf8] {
            let with = readings.and(Readings::encoded(encoding));
            if with.is_empty() {
                continue;
            }
            let text = self.text(value, encoding);
            match texts.iter_mut().find(|(_, known)| *known == text) {
                Some((readings, _)) => *readings = readings.or(with),
                None => texts.push((with, text)),
            }
        }
        texts
    }

    fn eight_bit<'b>(&self, tag: Tag, raw: &'b [u8]) -> Option<Cow<'b, [u8]>> {
        if tag == Tag::StringLine {
            unescape_string(raw.get(1..raw.len().checked_sub(1)?)?)
        } else {
            Some(Cow::Borrowed(raw))
        }
    }

    /// The value's tag, or that of the operand it is detached from.
    pub(super) fn effective_tag(&self, value: Value) -> Tag {
        match value.tag() {
            Tag::Detached => u8::try_from(self.arena.child(value, 2).as_int())
                .map_or(Tag::Absent, Tag::from_byte),
            tag => tag,
        }
    }

    /// Where a scalar's own bytes are in the source.
    fn place(&self, value: Value) -> Option<(u64, u64)> {
        if value.is(Tag::Detached) {
            let parts = [0, 1].map(|index| self.arena.child(value, index).as_int());
            return Some((u64::try_from(parts[0]).ok()?, u64::try_from(parts[1]).ok()?));
        }
        let at = value.payload();
        match place_of(value.tag())? {
            Place::Fixed(n) => Some((at, n as u64)),
            Place::Counted(n) => {
                let header = read_up_to(self.source, at, usize::from(n)).ok()?;
                let mut len = [0; 8];
                len.get_mut(..header.len())?.copy_from_slice(&header);
                Some((at + u64::from(n), u64::from_le_bytes(len)))
            }
            Place::Line => Some((at, self.line_len(at)?)),
        }
    }

    fn line_len(&self, at: u64) -> Option<u64> {
        let len = self.line_end(at)?;
        self.view(len);
        Some(len)
    }

    /// Counts bytes that are looked at.
    fn view(&self, len: u64) {
        self.viewed.set(self.viewed.get().saturating_add(len));
    }

    /// How many bytes of a value are looked at.
    fn cap(&self) -> usize {
        match self.viewed.get() > self.most_viewed {
            true => SHORT_CAP,
            false => TEXT_CAP,
        }
    }

    fn line_end(&self, at: u64) -> Option<u64> {
        if let Some(slice) = self.source.as_slice() {
            let rest = slice.get(usize::try_from(at).ok()?..)?;
            return memchr::memchr(b'\n', rest).map(|n| n as u64);
        }
        // Most lines are short, so the first piece is, too.
        let (mut len, mut step) = (0, 64);
        loop {
            let piece = read_up_to(self.source, at + len, step).ok()?;
            if let Some(n) = memchr::memchr(b'\n', &piece) {
                return Some(len + n as u64);
            }
            if piece.is_empty() {
                return None;
            }
            len += piece.len() as u64;
            step = (step * 4).min(1 << 16);
        }
    }

    /// A scalar's own bytes.
    pub(super) fn raw(&self, value: Value) -> Option<Cow<'v, [u8]>> {
        let (offset, len) = self.place(value)?;
        let cap = self.cap();
        let len = usize::try_from(len).unwrap_or(cap).min(cap);
        self.view(len as u64);
        if let Some(slice) = self.source.as_slice() {
            let at = usize::try_from(offset).ok()?;
            return slice.get(at..at.checked_add(len)?).map(Cow::Borrowed);
        }
        read_up_to(self.source, offset, len).ok().map(Cow::Owned)
    }
}

fn place_of(tag: Tag) -> Option<Place> {
    Some(match tag {
        Tag::IntLine
        | Tag::LongLine
        | Tag::FloatLine
        | Tag::StringLine
        | Tag::UnicodeLine
        | Tag::Utf8Line
        | Tag::AsciiLine => Place::Line,
        Tag::BinFloat => Place::Fixed(8),
        Tag::Long1 | Tag::ShortBinString | Tag::ShortBinUnicode | Tag::ShortBinBytes => {
            Place::Counted(1)
        }
        Tag::Long4 | Tag::BinString | Tag::BinUnicode | Tag::BinBytes => Place::Counted(4),
        Tag::BinUnicode8 | Tag::BinBytes8 => Place::Counted(8),
        _ => return None,
    })
}

fn decode_eight_bit(bytes: &[u8], encoding: Encoding) -> Option<Text<'_>> {
    match encoding {
        Encoding::Ascii => Text::from_ascii(bytes),
        Encoding::Latin1 => Some(Text::from_latin1(bytes)),
        Encoding::Utf8 => Text::from_utf8(bytes),
        Encoding::Bytes => None,
    }
}
