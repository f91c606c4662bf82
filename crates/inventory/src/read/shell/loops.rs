//! `for NAME in WORD…; do …; done`: what is between is read for each of the words, which may be those of an array.

use std::collections::HashMap;

use super::lex::{Lexer, Variable, Variables, name_of};
use crate::read::word::Word;
use crate::reference::Resolution;

/// For how many words a loop is read.
const MOST_WORDS: usize = 64;

/// The loops that are being read, the innermost last.
pub(super) struct Loops {
    open: Vec<Option<Loop>>,
    /// How many bytes may still be read again.
    budget: usize,
    /// The words of arrays.
    arrays: HashMap<String, Vec<String>>,
    /// The array whose words are being read, and from where on.
    array: Option<(String, usize)>,
}

/// A loop over words.
struct Loop {
    name: String,
    /// The words that are left, the last first.
    left: Vec<String>,
    /// Where what is between begins.
    start: usize,
}

impl Loops {
    /// None yet, in a text of that many bytes.
    pub(super) fn new(length: usize) -> Loops {
        Loops {
            open: Vec::new(),
            budget: length.saturating_mul(4) + 4096,
            arrays: HashMap::new(),
            array: None,
        }
    }

    /// Goes on behind this command: within the loop that it begins, or with the next word of the one that it ends.
    /// Whether it is a command at all, and no words of an array.
    pub(super) fn turn(
        &mut self,
        words: &[Word],
        lexer: &mut Lexer<'_>,
        variables: &mut Variables,
    ) -> bool {
        if self.is_of_array(words, lexer) {
            return false;
        }
        // `do` may stand before the first command.
        let mut words = words;
        while let [first, rest @ ..] = words
            && matches!(&*first.text, "do" | "then" | "else" | "{")
        {
            words = rest;
        }
        let Some((first, rest)) = words.split_first() else {
            return true;
        };
        match &*first.text {
            "for" => {
                let begun = self.over(rest, lexer);
                self.open.push(begun);
                self.next(lexer, variables);
            }
            "while" | "until" | "select" => self.open.push(None),
            "done" => {
                let start = self.open.last().and_then(|open| Some(open.as_ref()?.start));
                let length = start.map_or(0, |start| lexer.position().saturating_sub(start));
                let left = self.budget.checked_sub(length);
                self.budget = left.unwrap_or_default();
                if left.is_none() || !self.next(lexer, variables) {
                    self.open.pop();
                }
            }
            _ => {}
        }
        true
    }

    /// Whether there is another word for the innermost loop, which begins with it.
    fn next(&mut self, lexer: &mut Lexer<'_>, variables: &mut Variables) -> bool {
        let Some(Some(open)) = self.open.last_mut() else {
            return false;
        };
        let Some(text) = open.left.pop() else {
            variables.remove(&open.name);
            return false;
        };
        let resolution = Resolution::Constant;
        variables.insert(open.name.clone(), Variable { text, resolution });
        lexer.rewind(open.start);
        true
    }

    /// Whether a command is no command but words of `NAME=(WORD…)`.
    fn is_of_array(&mut self, words: &[Word], lexer: &Lexer<'_>) -> bool {
        let at = lexer.position();
        let sign = lexer.text.as_bytes().get(at.saturating_sub(1));
        if let Some((name, from)) = self.array.take() {
            let first = words.first().map_or(at, |word| word.span.start);
            let before = lexer.text.get(from..first).unwrap_or_default();
            let mut lines = before.lines().filter_map(|line| line.split('#').next());
            if !lines.any(|line| line.contains(')')) {
                let known = self.arrays.entry(name.clone()).or_default();
                let left = MOST_WORDS.saturating_sub(known.len());
                let words = words.iter().filter(|word| is_one(word));
                known.extend(words.take(left).map(text_of));
                self.array = (sign != Some(&b')')).then_some((name, at));
                return true;
            }
        }
        let name = words.last().and_then(|word| word.text.strip_suffix('='));
        let name = name.filter(|name| !name.is_empty() && name_of(name) == *name);
        if sign == Some(&b'(') {
            self.array = name.map(|name| (name.to_owned(), at));
        }
        false
    }

    /// A loop over words that are known.
    fn over(&self, words: &[Word], lexer: &Lexer<'_>) -> Option<Loop> {
        let (name, rest) = words.split_first()?;
        let (is_in, rest) = rest.split_first()?;
        let mut left = Vec::new();
        for word in rest {
            match self.array_of(word, lexer) {
                Some(words) => left.extend(words.iter().cloned()),
                None if is_one(word) => left.push(text_of(word)),
                None => {}
            }
        }
        left.truncate(MOST_WORDS);
        left.reverse();
        (is_in.text == "in" && !left.is_empty()).then(|| Loop {
            name: name.text.clone(),
            left,
            start: lexer.position(),
        })
    }

    /// The words that `"${NAME[@]}"` stands for.
    fn array_of(&self, word: &Word, lexer: &Lexer<'_>) -> Option<&[String]> {
        let raw = lexer.text.get(word.span.clone())?.trim_matches('"');
        let name = raw.strip_prefix("${")?;
        let name = name
            .strip_suffix("[@]}")
            .or_else(|| name.strip_suffix("[*]}"))?;
        self.arrays.get(name).map(Vec::as_slice)
    }
}

fn text_of(word: &Word) -> String {
    word.text.clone()
}

/// Whether it is one word, and known.
fn is_one(word: &Word) -> bool {
    word.is_known() && !word.text.contains(['*', '?', '[', '{'])
}
