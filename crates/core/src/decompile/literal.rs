//! Scalars as Python literals.

use weighbridge_pickle::{
    IntLine, Integer, Kind, Reading, Readings, Text, Unpickler, Value, View, python_float,
    repr_bytes, repr_text,
};

use super::item::more;

/// How many bytes of a string are shown where not everything is wanted.
const SHOWN_BYTES: usize = 200;
/// Python reads no longer numbers.
const DIGITS: usize = 4000;

/// A scalar, as a loader with this reading makes it.
pub(super) fn scalar(view: &View<'_>, value: Value, reading: Reading, full: bool) -> String {
    match view.kind(value) {
        Kind::Bool | Kind::Int => number(view, value, reading.unpickler),
        Kind::Float => float(view, value, reading.unpickler),
        Kind::Str | Kind::EightBitStr => match view.text(value, reading.encoding) {
            Some(text) => string(&text, view.count(value), full),
            None => bytes(view, value, full),
        },
        Kind::Bytes => bytes(view, value, full),
        Kind::ByteArray => format!("bytearray({})", bytes(view, value, full)),
        _ => "None".to_owned(),
    }
}

/// What other unpicklers make of a number that is written as text, where it is something else.
pub(super) fn others(
    view: &View<'_>,
    value: Value,
    alive: Readings,
    shown: Reading,
) -> Option<String> {
    let shown = as_read(view, value, shown.unpickler)?;
    let mut others: Vec<(String, Readings)> = Vec::new();
    for unpickler in Unpickler::ALL {
        let readings = alive.and(Readings::of(unpickler));
        let Some(read) = as_read(view, value, unpickler) else {
            continue;
        };
        if readings.is_empty() || read == shown {
            continue;
        }
        match others.iter_mut().find(|(known, _)| *known == read) {
            Some((_, known)) => *known = known.or(readings),
            None => others.push((read, readings)),
        }
    }
    let words = |(read, readings): &(String, Readings)| {
        format!("{read} under {}", super::program::names(*readings))
    };
    let words: Vec<String> = others.iter().map(words).collect();
    (!words.is_empty()).then(|| format!("{shown} is {}", words.join(", ")))
}

fn as_read(view: &View<'_>, value: Value, unpickler: Unpickler) -> Option<String> {
    if let Some(IntLine::Bool(value)) = view.int_line(value, unpickler) {
        return Some(bool_text(value).to_owned());
    }
    match view.int(value, unpickler) {
        Some(Integer::Small(number)) => Some(number.to_string()),
        Some(Integer::Large { negative, bits }) => Some(big(negative, bits)),
        _ => view.float(value, unpickler).map(python_float),
    }
}

fn bool_text(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn number(view: &View<'_>, value: Value, unpickler: Unpickler) -> String {
    // A line that this unpickler refuses is read as another one reads it.
    let mut unpicklers = [unpickler].into_iter().chain(Unpickler::ALL);
    if let Some(value) = view.bool(value) {
        return bool_text(value).to_owned();
    }
    let read = unpicklers.find_map(|unpickler| {
        if let Some(IntLine::Bool(value)) = view.int_line(value, unpickler) {
            return Some(bool_text(value).to_owned());
        }
        let integer = view.int(value, unpickler)?;
        let Integer::Large { negative, bits } = integer else {
            return view.decimal(value, unpickler);
        };
        let digits = view.decimal(value, unpickler);
        let plain = |text: &String| {
            let digits = text.trim_start_matches('-');
            digits.len() <= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        digits.filter(plain).or(Some(big(negative, bits)))
    });
    read.unwrap_or_else(|| "int()".to_owned())
}

/// A number that is not written out.
fn big(negative: bool, bits: u64) -> String {
    format!("{}big_int({bits})", if negative { "-" } else { "" })
}

fn float(view: &View<'_>, value: Value, unpickler: Unpickler) -> String {
    let mut unpicklers = [unpickler].into_iter().chain(Unpickler::ALL);
    match unpicklers.find_map(|unpickler| view.float(value, unpickler)) {
        Some(float) if float.is_finite() => python_float(float),
        Some(float) => format!("float('{}')", python_float(float)),
        None => "float()".to_owned(),
    }
}

/// A text; `len` is how many bytes it has in the source.
pub(super) fn string(text: &Text<'_>, len: u64, full: bool) -> String {
    let all = text.as_bytes();
    let mut end = if full { all.len() } else { SHOWN_BYTES };
    // The view decodes no more than a part of very long strings.
    let decoded = all.len() as u64;
    let rest = if decoded >= 1 << 20 {
        len.saturating_sub(decoded)
    } else {
        0
    };
    if end >= all.len() {
        return with_more(repr_text(text), rest);
    }
    while end > 0 && all.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end -= 1;
    }
    let shown = all.get(..end).and_then(Text::from_utf8_surrogatepass);
    let shown = shown.map_or_else(|| "''".to_owned(), |text| repr_text(&text));
    with_more(shown, rest + decoded - end as u64)
}

fn bytes(view: &View<'_>, value: Value, full: bool) -> String {
    let Some(bytes) = view.bytes(value) else {
        return with_more("''".to_owned(), view.count(value).max(1));
    };
    let shown = match bytes.get(..SHOWN_BYTES) {
        Some(shown) if !full => shown,
        _ => &bytes,
    };
    // Of what lies in the source with escapes, the length there says nothing.
    let len = match view.span(value) {
        Some((_, len)) => len,
        None => bytes.len() as u64,
    };
    let rest = len.saturating_sub(shown.len() as u64);
    with_more(repr_bytes(shown), rest)
}

fn with_more(shown: String, rest: u64) -> String {
    if rest == 0 {
        shown
    } else {
        format!("{shown} + {}", more(rest))
    }
}

/// A name of a global as a literal.
pub(super) fn name(text: &Text<'_>, full: bool) -> String {
    string(text, text.as_bytes().len() as u64, full)
}
