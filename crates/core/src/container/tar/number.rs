//! Numbers in the header of a tar member: Python's `tarfile` and GNU tar do not read all of them alike.

/// A number as `tarfile` reads it (`nti`): octal digits as Python's `int` takes them, or base 256.
pub(super) fn python(field: &[u8]) -> Option<i64> {
    match field.split_first()? {
        (0x80, rest) => Some(saturate(base256(rest))),
        (0xff, rest) => {
            let bits = u32::try_from(rest.len() * 8).ok()?;
            let whole = 1i128.checked_shl(bits)?;
            Some(saturate(base256(rest) - whole))
        }
        _ => {
            let text = field.split(|&byte| byte == 0).next()?;
            let text = std::str::from_utf8(text).ok().filter(|t| t.is_ascii())?;
            let blank = |c: char| c.is_ascii_whitespace() || matches!(c, '\x0b' | '\x1c'..='\x1f');
            match text.trim_matches(blank) {
                "" => Some(0),
                text => octal_literal(text),
            }
        }
    }
}

/// `int(text, 8)`.
fn octal_literal(text: &str) -> Option<i64> {
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let digits = match text.strip_prefix("0o").or(text.strip_prefix("0O")) {
        Some(digits) => digits.strip_prefix('_').unwrap_or(digits),
        None => text,
    };
    // Digits, with single underscores between them.
    let groups = || digits.split('_');
    let is_octal =
        |group: &str| !group.is_empty() && group.bytes().all(|b| matches!(b, b'0'..=b'7'));
    if !groups().all(is_octal) {
        return None;
    }
    let value = i64::from_str_radix(&groups().collect::<String>(), 8).ok()?;
    Some(if negative { -value } else { value })
}

/// A number as GNU tar reads it (`from_header`), where it takes it for one without complaint.
pub(super) fn gnu(field: &[u8]) -> Option<i64> {
    let rest = field.strip_prefix(b"\0").unwrap_or(field);
    let rest = rest.trim_ascii_start();
    let (&first, behind) = rest.split_first()?;
    if first & 0x80 != 0 {
        let negative = first & 0x40 != 0;
        let top = i128::from(first & 0x3f) - if negative { 0x40 } else { 0 };
        let bits = u32::try_from(behind.len() * 8).ok()?;
        let top = top.checked_mul(1i128.checked_shl(bits)?)?;
        return Some(saturate(top + base256(behind)));
    }
    let digits = rest.iter().take_while(|b| matches!(b, b'0'..=b'7')).count();
    let (digits, behind) = rest.split_at(digits);
    let ends = behind
        .first()
        .is_none_or(|&b| b == 0 || b.is_ascii_whitespace());
    let digits = std::str::from_utf8(digits).ok().filter(|_| ends)?;
    i64::from_str_radix(digits, 8).ok()
}

fn base256(bytes: &[u8]) -> i128 {
    let add = |value: i128, &byte: &u8| value << 8 | i128::from(byte);
    bytes.iter().take(15).fold(0, add)
}

fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_python_reads_them() {
        for field in [
            &b"0000017\0"[..],
            b"17\0garb\xff",
            b" \x1c+1_7 \0",
            b"0o17\0",
            b"0O_17",
            b"\x80\0\0\0\0\0\0\x0f",
        ] {
            assert_eq!(python(field), Some(15), "{field:?}");
        }
        assert_eq!(python(b"\xff\xff\xff\xff\xff\xff\xff\xff"), Some(-1));
        assert_eq!(python(b"-17"), Some(-15));
        assert_eq!(python(b"\0\0\0\0 17\0"), Some(0));
        assert_eq!(python(b"  \0"), Some(0));
        for field in [
            &b"9"[..],
            b"",
            b"1__7",
            b"_17",
            b"17_",
            b"-+5",
            b"1 7",
            b"\xc2\xa017",
        ] {
            assert_eq!(python(field), None, "{field:?}");
        }
        assert_eq!(python(&[0xff; 12]), Some(-1));
        assert_eq!(
            python(&[0x80, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            Some(i64::MAX)
        );
    }

    #[test]
    fn numbers_are_read_as_gnu_tar_reads_them() {
        for field in [&b"0000017\0"[..], b"\x0017\0", b"  17 9", b"\x80\0\0\x0f"] {
            assert_eq!(gnu(field), Some(15), "{field:?}");
        }
        assert_eq!(gnu(&[0xff; 12]), Some(-1));
        for field in [&b"0o17"[..], b"1_7", b"+17", b"17x", b"", b"\0\0\0", b"   "] {
            assert_eq!(gnu(field), None, "{field:?}");
        }
    }
}
