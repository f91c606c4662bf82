//! Values in words: shapes, previews and the names of callees.

use std::fmt::Write as _;

use super::value::Value;
use super::view::{GlobalParts, Kind, View};
use crate::compat::python3_name;
use crate::literal::{IntLine, Integer};
use crate::readings::{Encoding, Unpickler};
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
    /// Describes a value; 8-bit strings as a loader with `encoding` sees them.
    #[must_use]
    pub fn describe(&self, value: Value, encoding: Encoding) -> Described {
        let mut shape = String::new();
        self.write_shape(value, DEPTH, &mut shape);
        let mut preview = String::new();
        self.write_preview(value, encoding, DEPTH, &mut preview);
        Described { shape, preview }
    }

    /// Describes items that are no value of their own as if they were a list.
    #[must_use]
    pub fn describe_items(&self, items: &[Value], encoding: Encoding) -> Described {
        let mut described = Described::default();
        self.write_shapes(items, items.len() as u64, "[]", DEPTH, &mut described.shape);
        described.preview.push('[');
        self.write_previews(
            items,
            items.len() as u64,
            encoding,
            DEPTH,
            &mut described.preview,
        );
        described.preview.push(']');
        described
    }

    /// What a value is called: a global's resolved name, or where another object comes from.
    #[must_use]
    pub fn name(&self, value: Value, encoding: Encoding) -> String {
        let mut name = String::new();
        self.write_name(value, encoding, DEPTH, &mut name);
        name
    }

    /// A global's resolved name: mapped from Python 2 where the protocol says so.
    #[must_use]
    pub fn resolved(&self, global: &GlobalParts, encoding: Encoding) -> Option<String> {
        let module = self.text(global.module, encoding)?;
        let name = self.text(global.name, encoding)?;
        Some(resolve(&module, &name, global.mapped))
    }

    fn write_name(&self, value: Value, encoding: Encoding, depth: usize, out: &mut String) {
        if let Some(global) = self.global(value) {
            match self.resolved(&global, encoding) {
                Some(name) => push_escaped(out, &name),
                None => out.push_str("<computed name>"),
            }
        } else if let Some(call) = self.result(value) {
            if depth == 0 {
                out.push('…');
            } else {
                self.write_name(call.callee, encoding, depth - 1, out);
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

    fn write_preview(&self, value: Value, encoding: Encoding, depth: usize, out: &mut String) {
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
            Kind::Int => self.write_int(value, out),
            Kind::Float => self.write_float(value, out),
            Kind::Str | Kind::EightBitStr => match self.text(value, encoding) {
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
                self.write_name(value, encoding, depth, out);
            }
            kind => self.write_container(kind, value, encoding, depth, out),
        }
    }

    fn write_container(
        &self,
        kind: Kind,
        value: Value,
        encoding: Encoding,
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
            self.write_pairs(&children, count, encoding, depth, out);
        } else {
            self.write_previews(&children, count, encoding, depth, out);
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
        encoding: Encoding,
        depth: usize,
        out: &mut String,
    ) {
        let shown = items.len().min(WIDTH);
        for (index, &item) in items.iter().take(shown).enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write_preview(item, encoding, depth.saturating_sub(1), out);
        }
        write_rest(count - shown as u64, shown > 0, out);
    }

    fn write_pairs(
        &self,
        children: &[Value],
        count: u64,
        encoding: Encoding,
        depth: usize,
        out: &mut String,
    ) {
        let pairs: Vec<_> = children.chunks_exact(2).take(WIDTH).collect();
        for (index, pair) in pairs.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write_preview(pair[0], encoding, depth - 1, out);
            out.push_str(": ");
            self.write_preview(pair[1], encoding, depth - 1, out);
        }
        write_rest(
            count.saturating_sub(pairs.len() as u64),
            !pairs.is_empty(),
            out,
        );
    }

    fn write_int(&self, value: Value, out: &mut String) {
        let integer = self.int(value, Unpickler::C).or_else(|| {
            // A line that only base 10, or only Python, reads.
            Unpickler::ALL
                .into_iter()
                .find_map(|unpickler| match self.int_line(value, unpickler) {
                    Some(IntLine::Int(integer)) => Some(integer),
                    Some(IntLine::Bool(value)) => Some(Integer::Small(i64::from(value))),
                    None => self.int(value, unpickler),
                })
        });
        match integer {
            Some(Integer::Small(number)) => {
                let _ = write!(out, "{number}");
            }
            Some(Integer::Large { negative, bits }) => {
                let _ = write!(
                    out,
                    "<int of {bits} bits{}>",
                    if negative { ", negative" } else { "" }
                );
            }
            None => out.push_str("<int>"),
        }
    }

    fn write_float(&self, value: Value, out: &mut String) {
        let float = Unpickler::ALL
            .into_iter()
            .find_map(|unpickler| self.float(value, unpickler));
        match float {
            Some(float) => {
                out.push_str(&python_float(float));
            }
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
pub(crate) fn repr_text(text: &Text<'_>) -> String {
    let escaped = text.to_escaped();
    let plain = text.as_str().is_some();
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

/// Bytes as a Python literal.
#[must_use]
pub(crate) fn repr_bytes(bytes: &[u8]) -> String {
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
pub(crate) fn python_float(float: f64) -> String {
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

/// Letters, digits, punctuation and spaces as they are; controls, format characters and whatever
/// could reorder or hide text as escapes.
fn push_visible(out: &mut String, c: char) {
    let code = u32::from(c);
    let hidden = c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(
            code,
            0xad | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
                | 0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
                | 0xfff0..=0xfffb | 0xe000..=0xf8ff | 0x1d173..=0x1d17a | 0xe0000..=0x0010_ffff
        );
    if !hidden {
        out.push(c);
    } else if code <= 0xff {
        let _ = write!(out, "\\x{code:02x}");
    } else if code <= 0xffff {
        let _ = write!(out, "\\u{code:04x}");
    } else {
        let _ = write!(out, "\\U{code:08x}");
    }
}
