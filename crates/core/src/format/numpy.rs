//! What NumPy says of its types in pickles.

use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{Encoding, Kind, Unpickler, Value, View};

/// NumPy's flag of data types whose items hold references to objects (`NPY_ITEM_REFCOUNT`).
pub(crate) const ITEM_REFCOUNT: i64 = 1;

/// The code that a data type is made from, such as `f8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TypeCode {
    /// The kind's letter: `f`, `i`, `O`, `V` …
    pub(crate) kind: u8,
    /// Bytes of an item; `None` where only the state of the type tells.
    pub(crate) size: Option<i64>,
}

impl TypeCode {
    /// The code in the call that made a data type: `numpy.dtype('f8', False, True)`.
    pub(crate) fn of(data_type: Value, view: &View<'_>) -> Option<TypeCode> {
        let call = view.result(data_type)?;
        let first = *view.children(call.args).first()?;
        if view.kind(first) == Kind::Global {
            // `numpy.record`.
            return Some(TypeCode {
                kind: b'V',
                size: None,
            });
        }
        TypeCode::parse(view.text(first, Encoding::Utf8)?.as_str()?)
    }

    /// The code in a word.
    pub(crate) fn parse(word: &str) -> Option<TypeCode> {
        let code = word.trim_start_matches(['<', '>', '=', '|']);
        let (&kind, digits) = code.as_bytes().split_first()?;
        let digits = std::str::from_utf8(digits).ok()?;
        let count: i64 = digits.parse().ok().filter(|count| *count >= 0)?;
        let size = if kind == b'U' {
            count.checked_mul(4)?
        } else {
            count
        };
        Some(TypeCode {
            kind,
            size: Some(size),
        })
    }
}

/// An int that every unpickler reads alike.
pub(crate) fn number(value: Value, view: &View<'_>) -> Option<i64> {
    let mut read = Unpickler::ALL
        .iter()
        .filter_map(|&unpickler| view.int(value, unpickler));
    let Integer::Small(first) = read.next()? else {
        return None;
    };
    read.all(|other| matches!(other, Integer::Small(other) if other == first))
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_the_size_of_an_item() {
        let size = |word| TypeCode::parse(word).and_then(|code| code.size);
        assert_eq!(size("f8"), Some(8));
        assert_eq!(size(">U5"), Some(20));
        assert_eq!(size("|V24"), Some(24));
        assert_eq!(size("S0"), Some(0));
        for word in [
            "",
            "f",
            "f-8",
            "float64",
            "(2,3)f8",
            "f8,f8",
            "f99999999999999999999",
        ] {
            assert_eq!(size(word), None, "{word}");
        }
    }
}
