//! Python literals as NumPy writes them into headers: parsed, never evaluated.

/// How deep literals lie in each other at most.
const DEEPEST: usize = 64;

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    None,
    Bool(bool),
    Int(u64),
    /// Without escapes.
    Str(Vec<u8>),
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

/// A bracket that is open.
struct Open {
    bracket: u8,
    items: Vec<Literal>,
    /// How many commas, and how many colons.
    commas: usize,
    colons: usize,
}

/// Parses a literal with white space around it; `None` for all that NumPy does not write, even where
/// Python would take it: escapes, prefixes, operators, comments, strings side by side.
pub(super) fn parse(text: &[u8]) -> Option<Literal> {
    let mut rest = text;
    let mut open: Vec<Open> = Vec::new();
    let mut done: Option<Literal> = None;
    loop {
        rest = rest.trim_ascii_start();
        let Some((&first, behind)) = rest.split_first() else {
            return done.filter(|_| open.is_empty());
        };
        match first {
            b'(' | b'[' | b'{' => {
                if done.is_some() || open.len() >= DEEPEST {
                    return None;
                }
                open.push(Open {
                    bracket: first,
                    items: Vec::new(),
                    commas: 0,
                    colons: 0,
                });
                rest = behind;
            }
            b')' | b']' | b'}' => {
                let mut last = open.pop()?;
                last.items.extend(done.take());
                done = Some(last.close(first)?);
                rest = behind;
            }
            b',' | b':' => {
                let last = open.last_mut()?;
                last.items.push(done.take()?);
                let is_key = last.bracket == b'{' && last.items.len() % 2 == 1;
                if is_key != (first == b':') {
                    return None;
                }
                *(if is_key {
                    &mut last.colons
                } else {
                    &mut last.commas
                }) += 1;
                rest = behind;
            }
            _ => {
                if done.is_some() {
                    return None;
                }
                let (literal, behind) = scalar(rest)?;
                done = Some(literal);
                rest = behind;
            }
        }
    }
}

impl Open {
    /// What a bracket holds once it is closed.
    fn close(self, bracket: u8) -> Option<Literal> {
        match (self.bracket, bracket) {
            (b'(', b')') if self.items.len() == 1 && self.commas == 0 => {
                self.items.into_iter().next()
            }
            (b'(', b')') => Some(Literal::Tuple(self.items)),
            (b'[', b']') => Some(Literal::List(self.items)),
            (b'{', b'}') if self.items.len() == 2 * self.colons => {
                let mut items = self.items.into_iter();
                let mut entries = Vec::new();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    entries.push((key, value));
                }
                Some(Literal::Dict(entries))
            }
            _ => None,
        }
    }
}

/// A scalar at the start of a text, and what follows it.
fn scalar(text: &[u8]) -> Option<(Literal, &[u8])> {
    let (&first, behind) = text.split_first()?;
    if matches!(first, b'\'' | b'"') {
        let end = behind.iter().position(|&byte| byte == first)?;
        let (word, rest) = behind.split_at(end);
        let is_plain = !word.contains(&b'\\') && !word.contains(&b'\n');
        // Three quotes in a row begin another kind of string.
        let rest = rest.get(1..)?;
        let is_whole = is_plain && !(word.is_empty() && rest.first() == Some(&first));
        return is_whole.then(|| (Literal::Str(word.to_vec()), rest));
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let end = text.iter().position(|byte| !is_word(byte));
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    let literal = match word {
        b"None" => Literal::None,
        b"True" => Literal::Bool(true),
        b"False" => Literal::Bool(false),
        [b'1'..=b'9', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => number(word)?,
        // Python 2 marked long integers, and NumPy takes that away.
        [b'0'..=b'9', .., b'L'] => number(word.strip_suffix(b"L")?)?,
        b"0" => Literal::Int(0),
        _ => return None,
    };
    Some((literal, rest))
}

fn number(digits: &[u8]) -> Option<Literal> {
    let text = std::str::from_utf8(digits).ok()?;
    let is_plain = text == "0" || !text.starts_with('0');
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (is_plain && is_digits).then_some(())?;
    text.parse().ok().map(Literal::Int)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(word: &str) -> Literal {
        Literal::Str(word.as_bytes().to_vec())
    }

    #[test]
    fn what_numpy_writes_is_read() {
        assert_eq!(parse(b" 'a b' "), Some(text("a b")));
        assert_eq!(parse(b"()"), Some(Literal::Tuple(vec![])));
        assert_eq!(parse(b"(1)"), Some(Literal::Int(1)));
        assert_eq!(
            parse(b"(10L,)"),
            Some(Literal::Tuple(vec![Literal::Int(10)]))
        );
        assert_eq!(
            parse(b"{'a': (1, 2), \"b\": [None, True,],}\n"),
            Some(Literal::Dict(vec![
                (
                    text("a"),
                    Literal::Tuple(vec![Literal::Int(1), Literal::Int(2)])
                ),
                (
                    text("b"),
                    Literal::List(vec![Literal::None, Literal::Bool(true)])
                ),
            ]))
        );
    }

    #[test]
    fn nothing_else_is() {
        for word in [
            "",
            "(",
            ")",
            "(1",
            "1)",
            "(1]",
            "1 2",
            "'a' 'b'",
            "'a",
            "'a\\x41'",
            "b'a'",
            "1+2j",
            "-1",
            "01",
            "0x1",
            "1_0",
            "{1}",
            "{'a'}",
            "{'a': 1 'b'}",
            "{'a', 1}",
            "[1: 2]",
            "(,)",
            "(1,,)",
            "'''a'''",
            "True1",
            "f()",
            "# a",
            "{'a': }",
            "99999999999999999999999",
            "'a'\0",
        ] {
            assert_eq!(parse(word.as_bytes()), None, "{word}");
        }
        assert_eq!(parse("[".repeat(100_000).as_bytes()), None);
        assert_eq!(parse("(".repeat(65).as_bytes()), None);
    }
}
