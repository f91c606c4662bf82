//! Bytes that a pickle spells out, or makes by a call: before protocol 3 there is no opcode for them.

use weighbridge_pickle::{Encoding, Kind, Source, Unpickler, Value, View, literal::Integer};

use crate::source::read_up_to;

/// How many calls may stand around each other.
const DEPTH: usize = 8;

/// What bytes are made of.
enum Origin {
    /// Nothing.
    Empty,
    /// They are spelled out.
    Literal(Value),
    /// Numbers.
    Numbers(Value),
    /// A text, and how it is encoded.
    Text(Value, Codec),
    /// Only execution tells.
    Open,
}

#[derive(Clone, Copy)]
enum Codec {
    Latin1,
    Utf8,
}

/// Whether what bytes are is sure, wherever in the pickle they are used: they are spelled out or made of
/// a text that every loader decodes alike.
pub(crate) fn are_told(value: Value, view: &View<'_>) -> bool {
    match origin(value, view) {
        Origin::Empty => true,
        // Items can be added to a bytearray.
        Origin::Literal(literal) => view.kind(literal) != Kind::ByteArray,
        Origin::Text(text, _) => is_text(text, view),
        Origin::Numbers(_) | Origin::Open => false,
    }
}

/// Where in the source the bytes that a value is lie as they are, and how many there are.
pub(crate) fn span(value: Value, view: &View<'_>) -> Option<(u64, u64)> {
    match origin(value, view) {
        Origin::Literal(literal) => view.span(literal),
        Origin::Text(text, Codec::Utf8) if view.kind(text) == Kind::Str => view.span(text),
        _ => None,
    }
}

/// The bytes that a value is and that have no [`span`], as far as they can be told; no more than `most`.
pub(crate) fn of(
    value: Value,
    view: &View<'_>,
    source: &dyn Source,
    most: usize,
) -> Option<Vec<u8>> {
    match origin(value, view) {
        Origin::Empty => Some(Vec::new()),
        Origin::Literal(literal) => {
            let whole = view.bytes(literal)?.into_owned();
            (whole.len() as u64 >= view.count(literal)).then_some(whole)
        }
        Origin::Numbers(numbers) => of_numbers(numbers, view),
        Origin::Text(text, codec) => {
            let text = whole_text(text, view, source, most)?;
            match codec {
                Codec::Utf8 => Some(text.into_bytes()),
                Codec::Latin1 => text
                    .chars()
                    .map(|c| u8::try_from(u32::from(c)).ok())
                    .collect(),
            }
        }
        Origin::Open => None,
    }
}

fn origin(mut value: Value, view: &View<'_>) -> Origin {
    for _ in 0..DEPTH {
        match view.kind(value) {
            Kind::Bytes | Kind::EightBitStr | Kind::ByteArray => return Origin::Literal(value),
            Kind::Tuple | Kind::List => return Origin::Numbers(value),
            Kind::Result => {}
            _ => return Origin::Open,
        }
        let Some((callee, args)) = call(value, view) else {
            return Origin::Open;
        };
        match (callee.as_str(), args.as_slice()) {
            ("bytes" | "bytearray", []) => return Origin::Empty,
            ("bytes" | "bytearray", [inner]) => value = *inner,
            ("bytes" | "bytearray" | "encode", [text, codec]) => {
                return match codec_of(*codec, view) {
                    Some(codec) => Origin::Text(*text, codec),
                    None => Origin::Open,
                };
            }
            _ => return Origin::Open,
        }
    }
    Origin::Open
}

/// The name of what a call calls, and all its arguments.
fn call(value: Value, view: &View<'_>) -> Option<(String, Vec<Value>)> {
    let result = view.result(value)?;
    let name = view.text(view.global(result.callee)?.name, Encoding::Ascii)?;
    let args = view.children(result.args);
    let are_all = args.len() as u64 == view.count(result.args);
    are_all.then_some((name.as_str()?.to_owned(), args))
}

fn codec_of(value: Value, view: &View<'_>) -> Option<Codec> {
    match view.text(value, Encoding::Ascii)?.as_str()? {
        "latin1" | "latin-1" | "iso-8859-1" => Some(Codec::Latin1),
        // What is no ASCII raises under that name.
        "ascii" | "utf-8" | "utf8" => Some(Codec::Utf8),
        _ => None,
    }
}

/// Whether a value is a text that all loaders decode alike.
fn is_text(value: Value, view: &View<'_>) -> bool {
    match view.kind(value) {
        Kind::Str => true,
        Kind::EightBitStr => view.bytes(value).is_some_and(|bytes| {
            bytes.is_ascii()
                && view
                    .span(value)
                    .is_none_or(|(_, len)| bytes.len() as u64 >= len)
        }),
        _ => false,
    }
}

/// A text, however long; the view cuts it.
fn whole_text(value: Value, view: &View<'_>, source: &dyn Source, most: usize) -> Option<String> {
    if let (Kind::Str, Some((at, len))) = (view.kind(value), view.span(value)) {
        let len = usize::try_from(len).ok().filter(|&len| len <= most)?;
        return String::from_utf8(read_up_to(source, at, len).ok()?).ok();
    }
    Some(view.text(value, Encoding::Latin1)?.as_str()?.to_owned())
}

fn of_numbers(value: Value, view: &View<'_>) -> Option<Vec<u8>> {
    let numbers = view.children(value);
    if numbers.len() as u64 != view.count(value) || view.is_scrambled(value) {
        return None;
    }
    let byte = |&number: &Value| match view.int(number, Unpickler::C314)? {
        Integer::Small(small) => u8::try_from(small).ok(),
        _ => None,
    };
    numbers.iter().map(byte).collect()
}
