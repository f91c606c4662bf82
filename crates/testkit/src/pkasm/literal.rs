//! The words of a line: bare words, quoted text, quoted bytes.

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Anything without quotes: a mnemonic, a number, `auto`, `len=3`, hexadecimal digits.
    Bare(String),
    /// `'…'` or `"…"`, as UTF-8; lone surrogates become three bytes each, as CPython's
    /// `surrogatepass` writes them.
    Text(Vec<u8>),
    /// `b'…'` or `b"…"`.
    Bytes(Vec<u8>),
}

/// Splits a line into words; `#` outside quotes ends it.
pub(super) fn words(line: &str) -> Result<Vec<Word>, String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let bytes = rest.starts_with("b'") || rest.starts_with("b\"");
        let quoted = if bytes { &rest[1..] } else { rest };
        if bytes || rest.starts_with(['\'', '"']) {
            let (value, after) = unquote(quoted, bytes)?;
            if !(after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == '#')) {
                return Err("a space is missing after a quoted operand".to_owned());
            }
            found.push(if bytes {
                Word::Bytes(value)
            } else {
                Word::Text(value)
            });
            rest = after.trim_start();
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '#')
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.contains(['\'', '"']) {
                return Err(format!("a quote inside the word {word}"));
            }
            found.push(Word::Bare(word.to_owned()));
            rest = after.trim_start();
        }
    }
    Ok(found)
}

/// Reads a quoted literal; gives its value and what follows it.
fn unquote(quoted: &str, bytes: bool) -> Result<(Vec<u8>, &str), String> {
    let mut chars = quoted.chars();
    let quote = chars.next();
    let mut value = Vec::new();
    loop {
        let Some(c) = chars.next() else {
            return Err("a quote that is not closed".to_owned());
        };
        if Some(c) == quote {
            return Ok((value, chars.as_str()));
        }
        if c == '\\' {
            let code = escape(&mut chars, bytes)?;
            push(&mut value, code, bytes);
        } else if bytes && !c.is_ascii() {
            return Err(format!("{c:?} in bytes: only ASCII and escapes"));
        } else {
            push(&mut value, u32::from(c), bytes);
        }
    }
}

/// Reads an escape after its backslash; gives the byte or the code point.
fn escape(chars: &mut std::str::Chars<'_>, bytes: bool) -> Result<u32, String> {
    let Some(c) = chars.next() else {
        return Err("a quote that is not closed".to_owned());
    };
    Ok(match c {
        '\\' | '\'' | '"' => u32::from(c),
        'a' => 7,
        'b' => 8,
        't' => 9,
        'n' => 10,
        'v' => 11,
        'f' => 12,
        'r' => 13,
        'x' => digits(chars, 2)?,
        'u' if !bytes => digits(chars, 4)?,
        'U' if !bytes => digits(chars, 8)?,
        '0'..='7' => octal(c, chars, bytes)?,
        _ => return Err(format!("no such escape: \\{c}")),
    })
}

/// Reads exactly `count` hexadecimal digits.
fn digits(chars: &mut std::str::Chars<'_>, count: usize) -> Result<u32, String> {
    let mut code = 0u32;
    for _ in 0..count {
        let digit = chars.next().and_then(|c| c.to_digit(16));
        let Some(digit) = digit else {
            return Err(format!(
                "an escape of {count} hexadecimal digits is cut short"
            ));
        };
        code = (code << 4) | digit;
    }
    if code > 0x10_ffff {
        return Err(format!("no such character: U+{code:X}"));
    }
    Ok(code)
}

/// Reads up to three octal digits, the first of which is given.
fn octal(first: char, chars: &mut std::str::Chars<'_>, bytes: bool) -> Result<u32, String> {
    let mut code = first.to_digit(8).unwrap_or(0);
    for _ in 0..2 {
        let Some(digit) = chars.clone().next().and_then(|c| c.to_digit(8)) else {
            break;
        };
        chars.next();
        code = code * 8 + digit;
    }
    if bytes && code > 0xff {
        return Err(format!("\\{code:o} is no byte"));
    }
    Ok(code)
}

/// Appends a byte, or a code point as UTF-8 (surrogates too).
fn push(value: &mut Vec<u8>, code: u32, bytes: bool) {
    let low = code.to_le_bytes();
    if bytes {
        value.push(low[0]);
    } else if let Some(c) = char::from_u32(code) {
        value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        // A surrogate, U+D800 to U+DFFF.
        value.push(0xed);
        value.push(0x80 | (low[1] & 0x0f) << 2 | low[0] >> 6);
        value.push(0x80 | low[0] & 0x3f);
    }
}

/// A whole number: decimal, or hexadecimal after `0x`; `_` may part the digits.
pub(super) fn integer(word: &str) -> Option<i128> {
    let (negative, digits) = match word.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, word),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let plain = digits.replace('_', "");
    let value = match plain.strip_prefix("0x") {
        Some(hex) if !hex.starts_with(['+', '-']) => i128::from_str_radix(hex, 16).ok()?,
        Some(_) => return None,
        None => plain.parse::<i128>().ok()?,
    };
    Some(if negative { -value } else { value })
}

/// The shortest two's complement of a number, little-endian; empty for 0 (`pickle.encode_long`).
pub(super) fn shortest(value: i128) -> Vec<u8> {
    let all = value.to_le_bytes();
    if value == 0 {
        return Vec::new();
    }
    let mut len = all.len();
    let filler = if value < 0 { 0xff } else { 0 };
    while len > 1 && all[len - 1] == filler && (all[len - 2] ^ filler) & 0x80 == 0 {
        len -= 1;
    }
    all[..len].to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Word, integer, shortest, words};

    fn text(source: &str) -> Vec<u8> {
        match words(source).unwrap().remove(0) {
            Word::Text(value) | Word::Bytes(value) => value,
            Word::Bare(word) => panic!("bare word {word}"),
        }
    }

    #[test]
    fn escapes_are_those_of_python() {
        assert_eq!(text(r#"'a\n\x00\x41\101\0'"#), b"a\n\x00AA\x00");
        assert_eq!(text(r#"'\xe9\u00e9\U0001F600é'"#), "éé😀é".as_bytes());
        assert_eq!(text(r#""it's \"so\" \\""#), br#"it's "so" \"#);
        assert_eq!(text(r#"b'\xe9\377'"#), b"\xe9\xff");
        assert_eq!(text(r"'\a\b\t\v\f\r'"), b"\x07\x08\t\x0b\x0c\r");
    }

    #[test]
    fn surrogates_are_three_bytes_each() {
        assert_eq!(text(r"'\ud800'"), b"\xed\xa0\x80");
        assert_eq!(text(r"'\udfff'"), b"\xed\xbf\xbf");
        assert_eq!(text(r"'\ud83d\ude00'"), b"\xed\xa0\xbd\xed\xb8\x80");
    }

    #[test]
    fn broken_literals_are_errors() {
        for (source, reason) in [
            ("'abc", "not closed"),
            ("'abc\\", "not closed"),
            ("'\\x4'", "cut short"),
            ("'\\u12'", "cut short"),
            ("'\\U00110000'", "no such character"),
            ("'\\q'", "no such escape"),
            ("b'\\u0041'", "no such escape"),
            ("b'\\400'", "no byte"),
            ("b'é'", "only ASCII"),
            ("'a'b", "a space is missing"),
            ("GLO'BAL'", "a quote inside"),
        ] {
            let message = words(source).unwrap_err();
            assert!(message.contains(reason), "{source}: {message}");
        }
    }

    #[test]
    fn comments_end_a_line_outside_quotes_only() {
        let bare = |word: &str| Word::Bare(word.to_owned());
        assert_eq!(
            words("  INT '1#2' # '3").unwrap(),
            [bare("INT"), Word::Text(b"1#2".to_vec())]
        );
        assert_eq!(words("PROTO 4# x").unwrap(), [bare("PROTO"), bare("4")]);
        assert_eq!(words("# only").unwrap(), []);
    }

    #[test]
    fn integers() {
        assert_eq!(integer("-12"), Some(-12));
        assert_eq!(integer("0xffff_ffff"), Some(0xffff_ffff));
        assert_eq!(integer("-0x1"), Some(-1));
        for wrong in ["", "-", "+1", "--1", "0x", "0x-1", "1.5", "ten"] {
            assert_eq!(integer(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shortest_is_encode_long() {
        for (value, bytes) in [
            (0i128, &b""[..]),
            (1, b"\x01"),
            (127, b"\x7f"),
            (128, b"\x80\x00"),
            (255, b"\xff\x00"),
            (-1, b"\xff"),
            (-128, b"\x80"),
            (-129, b"\x7f\xff"),
            (-32768, b"\x00\x80"),
        ] {
            assert_eq!(shortest(value), bytes, "{value}");
        }
    }
}
