//! JSON as a stream of events, without a tree: exactly the texts that `serde_json` takes (RFC 8259,
//! no lone surrogates, at most 127 levels, no number beyond the range of a double), and where each
//! part of them is.

use std::borrow::Cow;

/// How deep arrays and objects may lie in each other: `serde_json` stops at the next.
const MAX_DEPTH: u32 = 127;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Str(Str<'a>),
    /// The name of what follows, in an object.
    Key(Str<'a>),
    BeginObject,
    EndObject,
    BeginArray,
    EndArray,
}

/// A string as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Str<'a> {
    /// What is between the quotes.
    raw: &'a str,
    escaped: bool,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonProblem {
    #[error("it ends within a value")]
    End,
    #[error("something else is expected")]
    Unexpected,
    #[error("there is something behind the value")]
    Trailing,
    #[error("there is a control character in a string")]
    Control,
    #[error("there is no such escape")]
    Escape,
    #[error("half of a surrogate pair is written alone")]
    Surrogate,
    #[error("a number is not written as JSON has them, or beyond the range of a double")]
    Number,
    #[error("arrays and objects lie in each other more than 127 deep")]
    Depth,
}

type Result<T> = std::result::Result<T, JsonProblem>;

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Key,
    /// A comma or the end of what is open; the end of the text where nothing is.
    Behind,
}

/// Reads a text.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where the last event begins.
    start: usize,
    depth: u32,
    /// For each level that is open whether it is an object, the innermost lowest.
    objects: u128,
    next: Next,
}

impl<'a> Str<'a> {
    /// The characters that it stands for.
    pub(crate) fn decode(self) -> Cow<'a, str> {
        if self.escaped {
            Cow::Owned(self.chars().collect())
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    pub(crate) fn is(self, other: &str) -> bool {
        if self.escaped {
            self.chars().eq(other.chars())
        } else {
            self.raw == other
        }
    }

    /// The characters; what is wrong with an escape was told when the string was read.
    fn chars(self) -> impl Iterator<Item = char> {
        let mut rest = self.raw;
        std::iter::from_fn(move || {
            let first = rest.chars().next()?;
            if first != '\\' {
                rest = rest.get(first.len_utf8()..)?;
                return Some(first);
            }
            let (c, len) = escape(rest.as_bytes()).ok()?;
            rest = rest.get(len..)?;
            Some(c)
        })
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Reader<'a> {
        Reader {
            text,
            at: 0,
            start: 0,
            depth: 0,
            objects: 0,
            next: Next::Value,
        }
    }

    /// Where the last event begins.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Where the last event ends; where reading failed, that place.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many arrays and objects are open.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// The next event; `None` at the end of the text, behind its one value.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'a>>> {
        self.blank();
        self.start = self.at;
        if self.next == Next::Behind {
            if self.depth == 0 {
                return match self.peek() {
                    None => Ok(None),
                    Some(_) => Err(JsonProblem::Trailing),
                };
            }
            match (self.byte()?, self.in_object()) {
                (b',', is_object) => {
                    self.at += 1;
                    self.next = if is_object { Next::Key } else { Next::Value };
                    self.blank();
                    self.start = self.at;
                }
                (b'}', true) | (b']', false) => return Ok(Some(self.close())),
                _ => return Err(JsonProblem::Unexpected),
            }
        }
        match (self.byte()?, self.next) {
            (b'}', Next::KeyOrEnd) | (b']', Next::ValueOrEnd) => Ok(Some(self.close())),
            (b'"', Next::Key | Next::KeyOrEnd) => self.key().map(Some),
            (_, Next::Key | Next::KeyOrEnd) => Err(JsonProblem::Unexpected),
            (byte, _) => self.value(byte).map(Some),
        }
    }

    /// Goes on behind the value whose first event was just read.
    pub(crate) fn skip(&mut self, first: Event<'_>) -> Result<()> {
        if !matches!(first, Event::BeginObject | Event::BeginArray) {
            return Ok(());
        }
        let outside = self.depth - 1;
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }

    fn key(&mut self) -> Result<Event<'a>> {
        let key = self.string()?;
        self.blank();
        if self.byte()? != b':' {
            return Err(JsonProblem::Unexpected);
        }
        self.at += 1;
        self.next = Next::Value;
        Ok(Event::Key(key))
    }

    fn value(&mut self, first: u8) -> Result<Event<'a>> {
        let event = match first {
            b'{' => return self.open(true),
            b'[' => return self.open(false),
            b'"' => Event::Str(self.string()?),
            b'n' => self.word("null", Event::Null)?,
            b't' => self.word("true", Event::Bool(true))?,
            b'f' => self.word("false", Event::Bool(false))?,
            b'-' | b'0'..=b'9' => Event::Number(self.number()?),
            _ => return Err(JsonProblem::Unexpected),
        };
        self.next = Next::Behind;
        Ok(event)
    }

    fn open(&mut self, is_object: bool) -> Result<Event<'a>> {
        if self.depth == MAX_DEPTH {
            return Err(JsonProblem::Depth);
        }
        self.at += 1;
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(is_object);
        let (event, next) = if is_object {
            (Event::BeginObject, Next::KeyOrEnd)
        } else {
            (Event::BeginArray, Next::ValueOrEnd)
        };
        self.next = next;
        Ok(event)
    }

    fn close(&mut self) -> Event<'a> {
        let was_object = self.in_object();
        self.at += 1;
        self.depth -= 1;
        self.objects >>= 1;
        self.next = Next::Behind;
        if was_object {
            Event::EndObject
        } else {
            Event::EndArray
        }
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    fn word(&mut self, word: &str, event: Event<'a>) -> Result<Event<'a>> {
        let rest = self.rest();
        let same = rest.iter().zip(word.as_bytes()).take_while(|(a, b)| a == b);
        let same = same.count();
        self.at += same;
        match same == word.len() {
            true => Ok(event),
            false if same == rest.len() => Err(JsonProblem::End),
            false => Err(JsonProblem::Unexpected),
        }
    }

    /// A string, whose opening quote is next.
    fn string(&mut self) -> Result<Str<'a>> {
        self.at += 1;
        let from = self.at;
        let mut escaped = false;
        loop {
            let rest = self.rest();
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            let Some(plain) = rest.iter().position(special) else {
                self.at = self.text.len();
                return Err(JsonProblem::End);
            };
            self.at += plain;
            match self.byte()? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += escape(self.rest())?.1;
                }
                _ => return Err(JsonProblem::Control),
            }
        }
        let raw = self.text.get(from..self.at).unwrap_or_default();
        self.at += 1;
        Ok(Str { raw, escaped })
    }

    fn number(&mut self) -> Result<&'a str> {
        let rest = self.rest();
        let len = number_len(rest).ok_or(JsonProblem::Number)?;
        let from = self.at;
        let text = self.text.get(from..from + len).unwrap_or_default();
        let is_short = len < 19 && text.bytes().all(|byte| byte.is_ascii_digit());
        // Whether it is in range depends on how `serde_json` adds up the digits.
        if !is_short && serde_json::from_str::<f64>(text).is_err() {
            return Err(JsonProblem::Number);
        }
        self.at += len;
        Ok(text)
    }

    fn blank(&mut self) {
        let rest = self.rest().iter();
        let blanks = rest.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.at += blanks.count();
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn byte(&self) -> Result<u8> {
        self.peek().ok_or(JsonProblem::End)
    }
}

/// How many bytes the number at the beginning takes, where there is one.
fn number_len(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || whole > 1 && text.get(at) == Some(&b'0') {
        return None;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    Some(at)
}

/// The character of the escape at the beginning, and how many bytes that takes.
fn escape(text: &[u8]) -> Result<(char, usize)> {
    let c = match text.get(1).ok_or(JsonProblem::End)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\x08',
        b'f' => '\x0c',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return Err(JsonProblem::Escape),
    };
    Ok((c, 2))
}

fn unicode(text: &[u8]) -> Result<(char, usize)> {
    let first = unit(text)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, 6));
    }
    let second = text.get(6..).filter(|rest| rest.starts_with(b"\\u"));
    let second = unit(second.ok_or(JsonProblem::Surrogate)?)?;
    if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
        return Err(JsonProblem::Surrogate);
    }
    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(code)
        .map(|c| (c, 12))
        .ok_or(JsonProblem::Surrogate)
}

/// The code unit of a `\uXXXX`.
fn unit(text: &[u8]) -> Result<u32> {
    let digits = text.get(2..6).ok_or(JsonProblem::End)?;
    digits.iter().try_fold(0, |unit, &digit| {
        let digit = char::from(digit).to_digit(16).ok_or(JsonProblem::Escape)?;
        Ok(unit << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> Result<usize> {
        let mut reader = Reader::new(text);
        let mut count = 0;
        while reader.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn the_same_texts_are_taken_as_by_serde_json() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        let mixed = |n: usize| format!("{}1{}", "{\"a\":[".repeat(n), "]}".repeat(n));
        let texts = [
            "null",
            " true ",
            "nul",
            "nulL",
            "falsey",
            "1",
            "-",
            "-0",
            "01",
            "1.",
            "1.5e",
            "1e400",
            "0e400",
            "1e-400",
            "123456789012345678901234567890",
            "1E+3",
            "+1",
            ".5",
            "\"a\"",
            "\"a",
            "\"\t\"",
            "\"\x7f\"",
            "\"\\u00e9\\n\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ude00\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\\u0041\"",
            "\"\\ud83dx\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "[]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{}",
            "{\"a\":1}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{1:1}",
            "{\"a\":}",
            "{\"a\":1]",
            "[1}",
            "",
            " ",
            "[]x",
            "\u{feff}{}",
            "[[1],{\"a\":{\"b\":[null]}}]",
            "//",
            "{\"a\":1 \"b\":2}",
            "[\x0c]",
        ];
        let deep = [deep(127), deep(128), mixed(63), mixed(64)];
        for text in texts.into_iter().chain(deep.iter().map(String::as_str)) {
            let theirs = serde_json::from_str::<serde_json::Value>(text);
            assert_eq!(
                events(text).is_ok(),
                theirs.is_ok(),
                "{text}: {:?}, {theirs:?}",
                events(text)
            );
        }
    }

    #[test]
    fn strings_are_decoded_and_compared() {
        let mut reader = Reader::new(r#"["plain", "\u0061\ud83d\ude00\/"]"#);
        let mut strings = Vec::new();
        while let Some(event) = reader.next().unwrap() {
            if let Event::Str(string) = event {
                strings.push(string);
            }
        }
        assert!(matches!(strings[0].decode(), Cow::Borrowed("plain")));
        assert_eq!(strings[1].decode(), "a😀/");
        assert!(strings[1].is("a😀/") && !strings[1].is("a😀"));
    }
}
