//! `for NAME in WORD…; do …; done`: what is between is read for each of the words.

use super::lex::{Lexer, Variable, Variables};
use crate::read::word::Word;
use crate::reference::Resolution;

/// For how many words a loop is read.
const MOST_WORDS: usize = 64;

/// The loops that are being read, the innermost last.
pub(super) struct Loops {
    open: Vec<Option<Loop>>,
    /// How many bytes may still be read again.
    budget: usize,
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
        }
    }

    /// Goes on behind this command: within the loop that it begins, or with the next word of the one that it ends.
    pub(super) fn turn(
        &mut self,
        words: &[Word],
        lexer: &mut Lexer<'_>,
        variables: &mut Variables,
    ) {
        // `do` may stand before the first command.
        let mut words = words;
        while let [first, rest @ ..] = words
            && matches!(&*first.text, "do" | "then" | "else" | "{")
        {
            words = rest;
        }
        let Some((first, rest)) = words.split_first() else {
            return;
        };
        match &*first.text {
            "for" => {
                let begun = over(rest, lexer.position());
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
}

/// A loop over words that are known.
fn over(words: &[Word], start: usize) -> Option<Loop> {
    let (name, rest) = words.split_first()?;
    let (is_in, rest) = rest.split_first()?;
    let is_one = |word: &&Word| word.is_known() && !word.text.contains(['*', '?', '[', '{']);
    let known = rest.iter().filter(is_one).take(MOST_WORDS);
    let mut left: Vec<String> = known.map(|word| word.text.clone()).collect();
    left.reverse();
    (is_in.text == "in" && !left.is_empty()).then(|| Loop {
        name: name.text.clone(),
        left,
        start,
    })
}
