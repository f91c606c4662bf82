//! JSON as a stream of events, without a tree: exactly the texts that `serde_json` takes (RFC 8259,
//! no lone surrogates, at most 127 levels, no number beyond the range of a double), and where each
//! part of them is.

mod token;

use std::borrow::Cow;

use token::{escape, number_len};

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

#[cfg(test)]
mod tests;
