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
const LONGEST_SUBSTITUTION: usize = 4096;

/// Commands of a text, one after the other.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    /// Where the line goes on behind the bodies of its here-documents.
    resume: usize,
    /// Texts that are commands themselves: `$(…)`.
    pub(crate) substitutions: Vec<Range<usize>>,
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
            is_make: false,
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
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
        let line_end = self.at + self.rest().find('\n')? + 1;
        let start = line_end.max(self.resume);
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

    /// Only the expansion that begins here.
    pub(crate) fn expansion_only(&mut self, variables: &Variables) -> Word {
        let mut word = Word::at(self.at);
        self.expansion(&mut word, variables);
        word
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

    /// What begins with `$`.
    fn expansion(&mut self, word: &mut Word, variables: &Variables) {
        let rest = self.rest();
        if rest.starts_with("${{") {
            self.workflow_expression(word, variables);
        } else if rest.starts_with("${") {
            self.parameter(word, variables);
        } else if rest.starts_with("$(") {
            self.at += 2;
            let name = name_of(self.rest());
            if self.is_make && !name.is_empty() && self.rest()[name.len()..].starts_with(')') {
                self.at += name.len() + 1;
                put(word, variables.get(name));
            } else {
                self.substitution();
                word.push(UNKNOWN, None);
            }
        } else if rest.starts_with("$'") {
            self.at += 1;
        } else {
            self.at += 1;
            let name = name_of(self.rest());
            if name.is_empty() {
                // `$1`, `$@`, `$$`; a lone sign stands for itself.
                let special = self.rest().starts_with(|c: char| c.is_ascii_digit() || "@*#?$!-".contains(c));
                self.at += usize::from(special);
                let c = if special { UNKNOWN } else { '$' };
                word.push(c, None);
            } else {
                self.at += name.len();
                put(word, variables.get(name));
            }
        }
    }

    /// Commands within brackets that began before; the place is put behind them.
    fn substitution(&mut self) {
        let start = self.at;
        let mut depth = 1_usize;
        let bytes = self.rest().as_bytes();
        for (at, byte) in bytes.iter().enumerate().take(LONGEST_SUBSTITUTION) {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.substitutions.push(start..start + at);
                self.at += at + 1;
                return;
            }
        }
    }

    /// `${{ inputs.model || 'owner/name' }}` of a workflow.
    fn workflow_expression(&mut self, word: &mut Word, variables: &Variables) {
        let rest = self.rest();
        let length = rest.find("}}").map_or(rest.len(), |end| end + 2);
        let inner = rest.get(..length).unwrap_or_default();
        let start = self.at;
        self.at += length;
        if let Some((before, default)) = inner.rsplit_once("||")
            && let Some((quoted, after)) = default.split_once('\'')
            && let Some((text, _)) = after.split_once('\'')
        {
            let from = start + before.len() + 2 + quoted.len() + 1;
            for (at, c) in text.char_indices() {
                word.push(c, Some(from + at));
            }
            word.resolution = Some(Resolution::EnvironmentDefault);
            return;
        }
        let name = inner.trim_start_matches("${{").trim_end_matches("}}").trim();
        put(word, name.strip_prefix("env.").and_then(|name| variables.get(name)));
    }

    /// `${NAME}`, `${NAME:-default}`, and what others write in the same way.
    fn parameter(&mut self, word: &mut Word, variables: &Variables) {
        let start = self.at;
        let rest = self.rest();
        let close = matching_brace(rest);
        self.at += close.map_or(2, |close| close + 1);
        let mut inner = rest.get(2..close.unwrap_or(2)).unwrap_or_default();
        let mut from = start + 2;
        // `${A:-${B:-default}}`: the innermost default.
        for _ in 0..4 {
            let lead = ["oc.env:", "env:", "ENV:"];
            let skipped = lead.iter().find(|lead| inner.starts_with(**lead)).map_or(0, |lead| lead.len());
            let name = name_of(&inner[skipped..]);
            let after = &inner[skipped + name.len()..];
            if let Some(variable) = variables.get(name)
                && (after.is_empty() || after.starts_with([':', '-']))
            {
                put(word, Some(variable));
                return;
            }
            let signs = [":-", ":=", "-", "=", ",", ":"];
            let Some(sign) = signs.iter().find(|sign| after.starts_with(**sign)) else {
                break;
            };
            let taken = skipped + name.len() + sign.len();
            from += taken;
            inner = &inner[taken..];
            if let Some(nested) = inner.strip_prefix("${") {
                from += 2;
                inner = nested.trim_end_matches('}');
                continue;
            }
            let is_default = !inner.starts_with('?') && !inner.contains('$');
            if !is_default {
                break;
            }
            let text = inner.trim_matches(|c: char| c == '"' || c == '\'' || c == ' ');
            from += inner.find(text).unwrap_or_default();
            for (at, c) in text.char_indices() {
                word.push(c, Some(from + at));
            }
            word.resolution = Some(Resolution::EnvironmentDefault);
            return;
        }
        word.push(UNKNOWN, None);
    }
}

/// Where the brace that begins a text is closed.
fn matching_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(LONGEST_SUBSTITUTION) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            b'\n' => return None,
            _ => {}
        }
    }
    None
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

/// Puts what a variable holds behind a word.
fn put(word: &mut Word, variable: Option<&Variable>) {
    match variable {
        Some(variable) => {
            for c in variable.text.chars() {
                word.push(c, None);
            }
            word.resolution = Some(variable.resolution);
        }
        None => word.push(UNKNOWN, None),
    }
}
