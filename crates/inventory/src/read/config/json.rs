//! JSON, with whatever people write besides: comments, single quotes, commas too many or too few, keys
//! without quotes, several values. What is broken is passed over.

use std::ops::Range;

use super::tree::Tree;
use crate::read::word::Word;

/// Reads a text into a tree.
pub(super) fn read(text: &str) -> Tree {
    read_from(text, text.len() - text.trim_start_matches('\u{feff}').len())
}

/// Reads a text from here on.
pub(super) fn read_from(text: &str, at: usize) -> Tree {
    let mut reader = Reader {
        text,
        at,
        tree: Tree::default(),
    };
    while reader.step() {}
    reader.tree
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    tree: Tree,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else {
            return false;
        };
        match c {
            '{' | '[' => {
                self.at += 1;
                self.tree.begin(c == '{');
            }
            '}' | ']' => {
                self.at += 1;
                self.tree.end();
            }
            '"' | '\'' => {
                let (span, value) = self.string(c);
                self.value(span, &value);
            }
            '/' if rest.starts_with("//") => self.at += rest.find('\n').unwrap_or(rest.len()),
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.' | '$') => {
                let fine = |c: char| c.is_alphanumeric() || "_-+.$".contains(c);
                let length = rest.find(|c| !fine(c)).unwrap_or(rest.len());
                let span = self.at..self.at + length;
                self.at = span.end;
                let value = self.text.get(span.clone()).unwrap_or_default();
                self.value(span, value);
            }
            c => self.at += c.len_utf8(),
        }
        true
    }

    /// A string or a word: a key where a colon follows.
    fn value(&mut self, span: Range<usize>, value: &str) {
        let word = Word::aligned(self.text, span, value);
        let after = self.rest().trim_start();
        if self.tree.in_map() == Some(true) && after.starts_with(':') && !self.tree.has_key() {
            self.at = self.text.len() - after.len() + 1;
            self.tree.key(word);
        } else {
            self.tree.text(word);
        }
    }

    /// The string that begins here; one that is not closed ends with its line.
    fn string(&mut self, quote: char) -> (Range<usize>, String) {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        while let Some(c) = self.rest().chars().next() {
            self.at += c.len_utf8();
            match c {
                _ if c == quote => return (start..self.at, value),
                '\n' => break,
                '\\' => self.escape(&mut value),
                c => value.push(c),
            }
        }
        (start..self.at, value)
    }

    fn escape(&mut self, value: &mut String) {
        let Some(c) = self.rest().chars().next() else {
            return;
        };
        self.at += c.len_utf8();
        match c {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            'b' | 'f' => value.push(' '),
            'u' => {
                let digits = self.rest().get(..4);
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                self.at += code.map_or(0, |_| 4);
                // Halves of a pair are none of an id.
                value.push(
                    code.and_then(char::from_u32)
                        .unwrap_or(char::REPLACEMENT_CHARACTER),
                );
            }
            '\n' => {}
            c => value.push(c),
        }
    }
}
