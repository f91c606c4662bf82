//! Whether one of our event lines stands for one of CPython's: equal text, but that `?` in ours stands for any value.

/// Whether `ours` matches `theirs`. A `?` in ours stands for
///
/// * any value, however nested, where a value may stand;
/// * any number behind the closing bracket of a tuple or list, and as the count of an `append`;
/// * any hexadecimal digits behind `G` and `:`, and as a name of an `import`;
///
/// and a last word `…` for whatever is left.
#[must_use]
pub fn matches(ours: &str, theirs: &str) -> bool {
    let import = ours.starts_with("import ");
    let (mut ours, mut theirs) = (ours.as_bytes(), theirs.as_bytes());
    let mut before = b' ';
    while let Some((&byte, rest)) = ours.split_first() {
        if ours == "…".as_bytes() {
            return true;
        }
        if byte != b'?' {
            if theirs.first() != Some(&byte) {
                return false;
            }
            (ours, theirs, before) = (rest, &theirs[1..], byte);
            continue;
        }
        let skipped = match before {
            b')' | b']' => Some(run(theirs, u8::is_ascii_digit)),
            b'G' | b':' => Some(run(theirs, u8::is_ascii_hexdigit)),
            _ if import => Some(run(theirs, u8::is_ascii_hexdigit)),
            _ => value(theirs, 0),
        };
        let Some(skipped) = skipped else { return false };
        (ours, theirs, before) = (rest, &theirs[skipped..], byte);
    }
    theirs.is_empty()
}

/// The length of the value that `text` begins with. Values are nested a few levels deep at most.
fn value(text: &[u8], depth: usize) -> Option<usize> {
    let head = *text.first()?;
    match head {
        b'N' | b'T' | b'F' | b'~' | b'?' | b'a' | b'R' | b'P' => Some(1),
        b'(' | b'[' if depth < 16 => {
            let close = if head == b'(' { b')' } else { b']' };
            let mut at = 1;
            while *text.get(at)? != close {
                at += if text[at] == b',' {
                    1
                } else {
                    value(&text[at..], depth + 1)?
                };
            }
            Some(at + 1 + run(&text[at + 1..], u8::is_ascii_digit))
        }
        b'{' => Some(2),
        b'<' => Some(text.iter().position(|byte| *byte == b'>')? + 1),
        b'i' | b'I' | b'f' | b's' | b'b' | b'G' | b'E' | b'0'..=b'9' => {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-');
            Some(
                text.iter()
                    .position(|byte| !plain(byte))
                    .unwrap_or(text.len()),
            )
        }
        _ => None,
    }
}

/// How many bytes at the beginning are of a kind.
fn run(text: &[u8], kind: impl Fn(&u8) -> bool) -> usize {
    text.iter()
        .position(|byte| !kind(byte))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn equal_text_matches() {
        assert!(matches(
            "import 6f73 73797374656d",
            "import 6f73 73797374656d"
        ));
        assert!(!matches("import 6f73 73", "import 6f73 73797374656d"));
        assert!(!matches("import 6f73 73797374656d", "import 6f73 73"));
    }

    #[test]
    fn a_wildcard_is_one_value() {
        let theirs = "call G6f73:73 (i-1,(N,[s61:1]7)2,{})3";
        assert!(matches("call G6f73:73 ?", theirs));
        assert!(matches("call ? (?,?,?)3", theirs));
        assert!(matches("call ? (i-1,(?,?)?,{})?", theirs));
        assert!(matches("call ? (i-1,(N,[?]7)2,?)3", theirs));
        assert!(!matches("call ? (?,?)3", theirs));
        assert!(!matches("call ? ? ?", theirs));
        assert!(matches("setitem ? ? <f>", "setitem R s61:1 <f>"));
        assert!(matches("append R ? …", "append R 3 N N N"));
        assert!(matches("append R ? ?", "append R 1 fnan"));
        assert!(matches("build R ?", "build R ~"));
    }

    #[test]
    fn a_wildcard_is_a_name_or_a_number() {
        assert!(matches("import ? 73", "import a0bc 73"));
        assert!(matches("import ? ?", "import  "));
        assert!(!matches("import ? 74", "import a0bc 73"));
        assert!(matches("call G?:62 ()0", "call Ga0bc:62 ()0"));
        assert!(matches("call G61:? ?", "call G61:e0 (G61:62,N)2"));
    }
}
