//! Values in words: shapes, previews and the names of callees.

use std::fmt::Write as _;

use super::kind::Kind;
use super::value::{Tag, Value};
use super::view::{GlobalParts, View};
use crate::compat::python3_name;
use crate::decimal::{decimal_bytes, decimal_line};
use crate::escape::push_visible;
use crate::literal::{IntLine, Integer};
use crate::readings::{Reading, Readings, Unpickler};
use crate::text::Text;

/// How deep shapes, previews and chains of callees are followed.
const DEPTH: usize = 4;
/// How many children of one container are shown.
const WIDTH: usize = 8;
/// How many characters of one string are shown.
const STRING: usize = 80;
/// How long a preview may become.
const PREVIEW: usize = 400;

/// A short description of a value, for people and for reports.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Described {
    /// Kinds only, such as `(str, (int, int), global)`.
    pub shape: String,
    /// Python-like text, cut where it grows long.
    pub preview: String,
}

impl View<'_> {
    /// Describes a value as loaders with these readings see it.
    #[must_use]
    pub fn describe(&self, value: Value, readings: Readings) -> Described {
        let reading = readings.preferred();
        let mut shape = String::new();
        self.write_shape(value, DEPTH, &mut shape);
        let mut preview = String::new();
        self.write_preview(value, reading, DEPTH, &mut preview);
        Described { shape, preview }
    }

    /// Describes items that are no value of their own as if they were a list.
    #[must_use]
    pub fn describe_items(&self, items: &[Value], readings: Readings) -> Described {
        let reading = readings.preferred();
        let count = items.len() as u64;
        let mut described = Described::default();
        self.write_shapes(items, count, "[]", DEPTH, &mut described.shape);
        described.preview.push('[');
        self.write_previews(items, count, reading, DEPTH, &mut described.preview);
        described.preview.push(']');
        described
    }

    /// What a value is called: a global's resolved name, or where another object comes from.
    #[must_use]
    pub fn name(&self, value: Value, readings: Readings) -> String {
        let reading = readings.preferred();
        let mut name = String::new();
        match self.persistent_id(value) {
            Some(id) => {
                name.push_str("persistent_load(");
                self.write_preview(id, reading, 2, &mut name);
                name.push(')');
            }
            None => self.write_name(value, reading, DEPTH, &mut name),
        }
        name
    }

    /// A global's resolved name: mapped from Python 2 where the protocol says so.
    #[must_use]
    pub fn resolved(&self, global: &GlobalParts, readings: Readings) -> Option<String> {
        let encoding = readings.preferred().encoding;
        let module = self.text(global.module, encoding)?;
        let name = self.text(global.name, encoding)?;
        Some(resolve(&module, &name, global.mapped))
    }

    /// An int in decimal digits, as an unpickler reads it; `<int of N bits>` where it is very long. A
    /// bool line of protocol 0 is none.
    #[must_use]
    pub fn decimal(&self, value: Value, unpickler: Unpickler) -> Option<String> {
        let integer = self.int(value, unpickler)?;
        Some(match self.effective_tag(value) {
            Tag::IntLine => decimal_line(&self.raw(value)?, &integer),
            Tag::LongLine => {
                let line = self.raw(value)?;
                decimal_line(line.strip_suffix(b"L").unwrap_or(&line), &integer)
            }
            Tag::Long1 | Tag::Long4 => decimal_bytes(&self.raw(value)?),
            _ => value.as_int().to_string(),
        })
    }

    /// Whether the value can be asked about for as long as the source is there: it is a scalar that lies
    /// in it as it is. [`View::of_scalars`] tells of such once the machine is gone.
    #[must_use]
    pub fn lasts(&self, value: Value) -> bool {
        !value.is_node()
    }

    fn write_name(&self, value: Value, reading: Reading, depth: usize, out: &mut String) {
        if let Some(global) = self.global(value) {
            match self.resolved(&global, Readings::NONE.with(reading)) {
                Some(name) => push_escaped(out, &name),
                None => out.push_str("<computed name>"),
            }
        } else if let Some(call) = self.result(value) {
            if depth == 0 {
                out.push('…');
            } else {
                self.write_name(call.callee, reading, depth - 1, out);
            }
            out.push_str("(…)");
        } else if let Some(code) = self.extension_code(value) {
            let _ = write!(out, "<extension {code}>");
        } else {
            let _ = write!(out, "<{}>", self.kind(value).as_str());
        }
    }

    fn write_shape(&self, value: Value, depth: usize, out: &mut String) {
        let kind = self.kind(value);
        match kind {
            Kind::Tuple => {
                self.write_shapes(&self.children(value), self.count(value), "()", depth, out);
            }
            Kind::List | Kind::Dict | Kind::Set | Kind::FrozenSet => {
                let _ = write!(out, "{}[{}]", kind.as_str(), self.count(value));
            }
            _ => out.push_str(kind.as_str()),
        }
    }

    fn write_shapes(
        &self,
        items: &[Value],
        count: u64,
        brackets: &str,
        depth: usize,
        out: &mut String,
    ) {
        let (open, close) = brackets.split_at(1);
        out.push_str(open);
        if depth == 0 && !items.is_empty() {
            out.push('…');
        } else {
            for (index, &item) in items.iter().take(WIDTH).enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                self.write_shape(item, depth - 1, out);
            }
            if count > WIDTH as u64 {
                let _ = write!(out, ", …{count}");
            }
        }
        out.push_str(close);
    }

    fn write_preview(&self, value: Value, reading: Reading, depth: usize, out: &mut String) {
        if out.len() > PREVIEW {
            out.push('…');
            return;
        }
        match self.kind(value) {
            Kind::None => out.push_str("None"),
            Kind::Bool => out.push_str(if self.bool(value) == Some(true) {
                "True"
            } else {
                "False"
            }),
            Kind::Int => self.write_int(value, reading.unpickler, out),
            Kind::Float => self.write_float(value, reading.unpickler, out),
            Kind::Str | Kind::EightBitStr => match self.text(value, reading.encoding) {
                Some(text) => self.write_text(&text, out),
                None => self.write_bytes(value, out),
            },
            Kind::Bytes => self.write_bytes(value, out),
            Kind::ByteArray => {
                out.push_str("bytearray(");
                self.write_bytes(value, out);
                out.push(')');
            }
            Kind::Global | Kind::Result | Kind::Persistent | Kind::Extension | Kind::Buffer => {
                self.write_name(value, reading, depth, out);
            }
            kind => self.write_container(kind, value, reading, depth, out),
        }
    }

    fn write_container(
        &self,
        kind: Kind,
        value: Value,
        reading: Reading,
        depth: usize,
        out: &mut String,
    ) {
        let count = self.count(value);
        let (open, close) = match kind {
            Kind::Tuple => ("(", ")"),
            Kind::List => ("[", "]"),
            Kind::FrozenSet => ("frozenset({", "})"),
            Kind::Set if count == 0 => ("set(", ")"),
            _ => ("{", "}"),
        };
        out.push_str(open);
        let children = self.children(value);
        if self.is_scrambled(value) || (depth == 0 && count > 0) {
            out.push('…');
        } else if kind == Kind::Dict {
            self.write_pairs(&children, count, reading, depth, out);
        } else {
            self.write_previews(&children, count, reading, depth, out);
            if kind == Kind::Tuple && count == 1 {
                out.push(',');
            }
        }
        out.push_str(close);
    }

    fn write_previews(
        &self,
        items: &[Value],
        count: u64,
        reading: Reading,
        depth: usize,
        out: &mut String,
    ) {
        let shown = items.len().min(WIDTH);
        for (index, &item) in items.iter().take(shown).enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write_preview(item, reading, depth.saturating_sub(1), out);
        }
        write_rest(count - shown as u64, shown > 0, out);
    }

    fn write_pairs(
        &self,
        children: &[Value],
        count: u64,
        reading: Reading,
        depth: usize,
        out: &mut String,
    ) {
        let pairs: Vec<_> = children.chunks_exact(2).take(WIDTH).collect();
        for (index, pair) in pairs.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write_preview(pair[0], reading, depth - 1, out);
            out.push_str(": ");
            self.write_preview(pair[1], reading, depth - 1, out);
        }
        write_rest(
            count.saturating_sub(pairs.len() as u64),
            !pairs.is_empty(),
            out,
        );
    }

    fn write_int(&self, value: Value, unpickler: Unpickler, out: &mut String) {
        // A line that this unpickler refuses is read as another one reads it.
        let integer =
            [unpickler]
                .into_iter()
                .chain(Unpickler::ALL)
                .find_map(|unpickler| match self.int_line(value, unpickler) {
                    Some(IntLine::Int(integer)) => Some(integer),
                    Some(IntLine::Bool(value)) => Some(Integer::Small(i64::from(value))),
                    None => self.int(value, unpickler),
                });
        let _ = match integer {
            Some(Integer::Small(number)) => write!(out, "{number}"),
            Some(Integer::Large { negative, bits }) => {
                let sign = if negative { ", negative" } else { "" };
                write!(out, "<int of {bits} bits{sign}>")
            }
            None => write!(out, "<int>"),
        };
    }

    fn write_float(&self, value: Value, unpickler: Unpickler, out: &mut String) {
        let mut unpicklers = [unpickler].into_iter().chain(Unpickler::ALL);
        match unpicklers.find_map(|unpickler| self.float(value, unpickler)) {
            Some(float) => out.push_str(&python_float(float)),
            None => out.push_str("<float>"),
        }
    }

    fn write_bytes(&self, value: Value, out: &mut String) {
        match self.bytes(value) {
            Some(bytes) => {
                out.push_str(&repr_bytes(&bytes[..bytes.len().min(STRING)]));
                if bytes.len() > STRING {
                    let _ = write!(out, "…{}", self.count(value).max(bytes.len() as u64));
                }
            }
            None => out.push_str("<bytes>"),
        }
    }

    fn write_text(&self, text: &Text<'_>, out: &mut String) {
        let escaped = text.to_escaped();
        match escaped.char_indices().nth(STRING) {
            None => out.push_str(&repr_text(text)),
            Some((cut, _)) => {
                let shown = escaped.get(..cut).unwrap_or_default();
                out.push_str(&repr_text(&Text::from(shown)));
                let _ = write!(out, "…{}", escaped.chars().count());
            }
        }
    }
}

/// `module.name` after the mapping of Python 2 names where `mapped`.
#[must_use]
pub(crate) fn resolve(module: &Text<'_>, name: &Text<'_>, mapped: bool) -> String {
    if mapped
        && let (Some(module), Some(name)) = (module.as_str(), name.as_str())
        && let Some((module, name)) = python3_name(module, name)
    {
        return format!("{module}.{name}");
    }
    format!("{}.{}", module.to_escaped(), name.to_escaped())
}

fn write_rest(rest: u64, some_shown: bool, out: &mut String) {
    if rest > 0 {
        let _ = write!(out, "{}…{rest} more", if some_shown { ", " } else { "" });
    }
}

/// Text as a quoted Python literal: everything that is not plainly visible is escaped.
#[must_use]
pub fn repr_text(text: &Text<'_>) -> String {
    let plain = text.as_str().is_some();
    let doubled = if plain {
        None
    } else {
        double_backslashes(text)
    };
    let escaped = doubled.as_ref().unwrap_or(text).to_escaped();
    let quote = if escaped.contains('\'') && !escaped.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(escaped.len() + 2);
    out.push(quote);
    for c in escaped.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' if plain => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => push_visible(&mut out, c),
        }
    }
    out.push(quote);
    out
}

/// The text with every backslash twice, so that those which escape surrogates stand out.
fn double_backslashes(text: &Text<'_>) -> Option<Text<'static>> {
    let twice = |&byte: &u8| std::iter::repeat_n(byte, 1 + usize::from(byte == b'\\'));
    let doubled: Vec<u8> = text.as_bytes().iter().flat_map(twice).collect();
    Text::from_utf8_surrogatepass(&doubled).map(Text::into_owned)
}

/// Bytes as a Python literal.
#[must_use]
pub fn repr_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' if char::from(byte) != quote => out.push(char::from(byte)),
            b' '..=b'~' => {
                out.push('\\');
                out.push(quote);
            }
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out
}

/// A float as Python's `repr` writes it.
#[must_use]
pub fn python_float(float: f64) -> String {
    if float.is_nan() {
        return "nan".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{float:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
        }
        _ => format!("{float:?}"),
    }
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        push_visible(out, c);
    }
}
