//! Commands of a shell: words with quotes, variables and substitutions, assignments, here-documents.

use std::collections::HashMap;
use std::ops::Range;

use crate::read::word::{UNKNOWN, Word};
use crate::reference::Resolution;

/// What a variable holds.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) text: String,
    pub(crate) resolution: Resolution,
}

/// Variables that were assigned so far.
pub(crate) type Variables = HashMap<String, Variable>;

/// A simple command.
#[derive(Debug, Default)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    /// The body of its here-document.
    pub(crate) document: Option<Range<usize>>,
    /// The file that it writes to.
    pub(crate) writes: Option<String>,
    /// Whether something stands there at all.
    begun: bool,
}

/// How far the end of a substitution is looked for.
pub(super) const LONGEST_SUBSTITUTION: usize = 4096;

/// Commands of a text, one after the other.
pub(crate) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    end: usize,
    /// Where the line goes on behind the bodies of its here-documents.
    resume: usize,
    /// Texts that are commands themselves: `$(…)`.
    pub(crate) substitutions: Vec<Range<usize>>,
    /// Where the line ends that was looked at last.
    line_end: usize,
    /// How many bytes may still be passed to find where something ends.
    pub(super) ahead: usize,
    /// Whether `$(NAME)` is a variable, as in a Makefile.
    pub(crate) is_make: bool,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str, range: Range<usize>) -> Lexer<'t> {
        Lexer {
            text,
            at: range.start,
            end: range.end.min(text.len()),
            resume: 0,
            substitutions: Vec::new(),
            line_end: 0,
            ahead: text.len().saturating_mul(8) + 4 * LONGEST_SUBSTITUTION,
            is_make: false,
        }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next command; variables in it are those known now.
    pub(crate) fn next(&mut self, variables: &Variables) -> Option<Command> {
        let mut command = Command::default();
        loop {
            let Some(c) = self.peek() else {
                return command.begun.then_some(command);
            };
            match c {
                '\n' => {
                    self.at = (self.at + 1).max(self.resume.min(self.end));
                    if command.begun {
                        return Some(command);
                    }
                }
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '\\' if self.continues() > 0 => self.at += self.continues(),
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                ';' | '|' | '(' | ')' => {
                    self.at += 1;
                    if command.begun {
                        return Some(command);
                    }
                }
                '&' if !self.rest().starts_with("&>") => {
                    self.at += 1;
                    if command.begun {
                        return Some(command);
                    }
                }
                '<' | '>' | '&' => self.redirection(&mut command, variables),
                _ => {
                    command.begun = true;
                    let word = self.word(variables);
                    // `2>`: which stream, not a word.
                    let is_stream = self.rest().starts_with(['<', '>'])
                        && word.text.len() == 1
                        && word.text.bytes().all(|byte| byte.is_ascii_digit());
                    if !is_stream {
                        command.words.push(word);
                    }
                }
            }
        }
    }

    /// How long a backslash and the end of its line are.
    fn continues(&self) -> usize {
        let rest = self.rest();
        match rest.strip_prefix('\\') {
            Some(after) if after.starts_with('\n') => 2,
            Some(after) if after.starts_with("\r\n") => 3,
            _ => 0,
        }
    }

    fn redirection(&mut self, command: &mut Command, variables: &Variables) {
        command.begun = true;
        let rest = self.rest();
        if rest.starts_with("<<<") {
            self.at += 3;
            self.skip_blanks();
            self.word(variables);
            return;
        }
        if let Some(after) = rest.strip_prefix("<<") {
            self.at += 2 + usize::from(after.starts_with('-'));
            self.skip_blanks();
            let ends = self.word(&Variables::new()).text;
            command.document = self.document(&ends);
            return;
        }
        if rest.starts_with("<(") || rest.starts_with(">(") {
            self.at += 2;
            self.substitution();
            return;
        }
        let writes = rest.contains('>') && rest.trim_start_matches('&').starts_with('>');
        self.at += rest.len() - rest.trim_start_matches(['<', '>', '&', '|']).len();
        self.skip_blanks();
        let target = self.word(variables);
        if writes && command.writes.is_none() {
            command.writes = Some(target.text);
        }
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// The body of a here-document that ends with this line.
    fn document(&mut self, ends: &str) -> Option<Range<usize>> {
        if self.line_end <= self.at {
            let rest = self.rest();
            self.line_end = self.at + rest.find('\n').map_or(rest.len(), |end| end + 1);
        }
        let start = self.line_end.max(self.resume);
        let body = self.text.get(start..self.end)?;
        let mut at = start;
        for line in body.split_inclusive('\n') {
            if line.trim() == ends {
                self.resume = at + line.len();
                return Some(start..at);
            }
            at += line.len();
        }
        self.resume = self.end;
        Some(start..self.end)
    }

    /// The word that begins here.
    pub(crate) fn word(&mut self, variables: &Variables) -> Word {
        let mut word = Word::at(self.at);
        let mut quoted = false;
        while let Some(c) = self.peek() {
            let start = self.at;
            match c {
                '"' => {
                    quoted = !quoted;
                    self.at += 1;
                }
                '\'' if !quoted => {
                    self.at += 1;
                    let rest = self.rest();
                    let end = rest.find('\'').unwrap_or(rest.len());
                    self.push_text(&mut word, end);
                    self.at = (self.at + 1).min(self.end);
                }
                '\\' => {
                    let continues = self.continues();
                    self.at += if continues > 0 { continues } else { 1 };
                    if continues == 0
                        && let Some(escaped) = self.peek()
                    {
                        if quoted && !matches!(escaped, '"' | '\\' | '$' | '`') {
                            word.push('\\', Some(start));
                        }
                        word.push(escaped, Some(self.at));
                        self.at += escaped.len_utf8();
                    }
                }
                '$' => self.expansion(&mut word, variables),
                '`' => {
                    self.at += 1;
                    let rest = self.rest();
                    if let Some(end) = rest.find('`').filter(|&end| end < LONGEST_SUBSTITUTION) {
                        self.substitutions.push(self.at..self.at + end);
                        self.at += end + 1;
                    }
                    word.push(UNKNOWN, None);
                }
                c if !quoted && (c.is_whitespace() || ";|&()<>".contains(c)) => break,
                c => {
                    word.push(c, Some(start));
                    self.at += c.len_utf8();
                }
            }
        }
        word.span.end = self.at;
        word
    }

    /// Goes on elsewhere.
    pub(crate) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// Reads once more what was read from here.
    pub(super) fn rewind(&mut self, at: usize) {
        self.at = at;
        self.resume = 0;
        self.line_end = 0;
    }

    /// Where the next character is taken from.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    fn push_text(&mut self, word: &mut Word, length: usize) {
        let text = self.rest().get(..length).unwrap_or_default();
        for (at, c) in text.char_indices() {
            word.push(c, Some(self.at + at));
        }
        self.at += text.len();
    }
}

/// The name that a text begins with.
pub(crate) fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let name = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        ""
    } else {
        name
    }
}
