//! Python code as `marshal` writes it, alone or in a `.pyc` file.
//!
//! The layouts are those of `w_object`/`w_complex_object` in CPython's `Python/marshal.c`:
//! numbers first, then the bytecode as a string, then the tuple of constants. How many numbers there
//! are depends on the version.

/// How many numbers precede the bytecode: Python 2; Python 3.0 to 3.7 and from 3.11 on; 3.8 to 3.10.
const NUMBERS: [usize; 3] = [4, 5, 6];

/// Set in a type byte where the object can be referred to later.
const FLAG_REF: u8 = 0x80;

/// More arguments, variables or stack than this are not believed.
const MANY: u32 = 1 << 16;
/// Flags of code objects lie below, but for the bits of `__future__` of later versions.
const FLAGS: u32 = 1 << 30;

/// What bytes that begin so, `len` of them in all, are: words, where it is code. What lies behind the
/// bytes given is believed to fit.
pub(super) fn begins(bytes: &[u8], len: u64) -> Option<&'static str> {
    match bytes {
        [first, ..] if first & !FLAG_REF == b'c' => {
            is_code(bytes, len).then_some("a marshalled code object")
        }
        // A tuple or list that begins with code: programs marshal those as well.
        [first, rest @ ..] if matches!(first & !FLAG_REF, b'(' | b'[') => {
            let (count, items) = rest.split_first_chunk::<4>()?;
            let few = (1..MANY).contains(&u32::from_le_bytes(*count));
            (few && is_code(items, len.checked_sub(5)?)).then_some("marshalled code objects")
        }
        [first, count, items @ ..] if first & !FLAG_REF == b')' => {
            (*count > 0 && is_code(items, len.checked_sub(2)?)).then_some("marshalled code objects")
        }
        [_, _, b'\r', b'\n', ..] => is_pyc(bytes, len).then_some("a .pyc file"),
        _ => None,
    }
}

fn is_code(bytes: &[u8], len: u64) -> bool {
    let Some((&first, numbers)) = bytes.split_first() else {
        return false;
    };
    first & !FLAG_REF == b'c'
        && len >= 32
        && NUMBERS
            .iter()
            .any(|&count| is_code_with(numbers, len - 1, count))
}

/// Whether this many numbers and the rest of a code object follow.
fn is_code_with(bytes: &[u8], len: u64, numbers: usize) -> bool {
    let (head, rest) = bytes.split_at(bytes.len().min(4 * numbers));
    let (words, _) = head.as_chunks::<4>();
    let plausible = words.iter().enumerate().all(|(at, word)| {
        let most = if at + 1 == numbers { FLAGS } else { MANY };
        u32::from_le_bytes(*word) < most
    });
    let left = len.saturating_sub(4 * numbers as u64);
    plausible && has_bytecode(rest, left)
}

/// Whether a string follows, and then the constants.
fn has_bytecode(bytes: &[u8], len: u64) -> bool {
    let Some((&kind, rest)) = bytes.split_first() else {
        return len > 0;
    };
    if kind & !FLAG_REF != b's' {
        return false;
    }
    let Some((size, rest)) = rest.split_first_chunk::<4>() else {
        return len > 5;
    };
    let size = u32::from_le_bytes(*size);
    // Behind it come at least the constants, names, kinds of variables, file name and line.
    let fits = size >= 2 && u64::from(size) + 16 <= len;
    let constants = usize::try_from(size).ok().and_then(|size| rest.get(size..));
    fits && constants.is_none_or(is_constants)
}

/// Whether these are constants: a tuple with few enough items, the first of a type that exists.
fn is_constants(bytes: &[u8]) -> bool {
    let Some((&kind, rest)) = bytes.split_first() else {
        return true;
    };
    match kind & !FLAG_REF {
        // A tuple that stands elsewhere, or a small one.
        b'r' => true,
        b')' => match rest {
            [count, item, ..] => *count == 0 || is_type(*item),
            _ => true,
        },
        b'(' => match rest {
            [a, b, c, d, item, ..] => {
                let count = u32::from_le_bytes([*a, *b, *c, *d]);
                count == 0 || count < 1 << 24 && is_type(*item)
            }
            _ => true,
        },
        _ => false,
    }
}

/// Whether a byte is a type of marshalled objects.
fn is_type(byte: u8) -> bool {
    b"NSTFiIlLfgxyscutRraAzZ([{<>):.".contains(&(byte & !FLAG_REF))
}

/// Whether this is a `.pyc` file: a known kind of number, plausible fields, code.
fn is_pyc(bytes: &[u8], len: u64) -> bool {
    let Some((magic, rest)) = bytes.split_first_chunk::<2>() else {
        return false;
    };
    let magic = u16::from_le_bytes(*magic);
    // CPython 2 from 2.0 on, CPython 3, PyPy.
    let known = matches!(magic, 50_823..=62_300 | 3000..=3999 | 48..=512);
    // The fields: time; time and size; flags and then either of hash or time and size.
    known
        && [6, 10, 14].into_iter().any(|at| {
            let code = rest.get(at..).unwrap_or_default();
            let left = len.saturating_sub(at as u64 + 2);
            if code.is_empty() {
                (bytes.len() as u64) < len
            } else {
                is_code(code, left)
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(bytes: &[u8]) -> Option<&'static str> {
        begins(bytes, bytes.len() as u64)
    }

    #[test]
    fn tuples_of_code_are_code() {
        let code = super::super::tests::code(5, true);
        assert_eq!(what(&code), Some("a marshalled code object"));
        let several = Some("marshalled code objects");
        assert_eq!(what(&[&b"\xa9\x01"[..], &code].concat()), several);
        assert_eq!(what(&[&b"(\x02\0\0\0"[..], &code].concat()), several);
        assert_eq!(what(&[&b"[\x02\0\0\0"[..], &code].concat()), several);
        assert_eq!(what(&[&b")\0"[..], &code].concat()), None);
    }

    #[test]
    fn every_field_must_fit() {
        let code = super::super::tests::code(6, true);
        let with = |at: usize, byte: u8| {
            let mut code = code.clone();
            code[at] = byte;
            what(&code)
        };
        assert_eq!(with(0, b'd'), None);
        assert_eq!(with(4, 1), None, "more arguments than can be");
        assert_eq!(with(24, 0x70), None, "no flags");
        assert_eq!(with(25, b'q'), None, "no string");
        assert_eq!(with(26, 1), None, "an odd amount of bytecode");
        assert_eq!(with(27, 0xff), None, "more bytecode than there is");
        assert_eq!(with(34, b'X'), None, "no tuple");
        assert_eq!(with(36, b'-'), None, "no constant");
        // What is not seen yet is believed.
        for cut in 1..code.len() {
            assert!(begins(&code[..cut], code.len() as u64).is_some(), "{cut}");
        }
    }
}
