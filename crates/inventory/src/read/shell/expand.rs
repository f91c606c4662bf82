//! Expansions of a shell: variables, defaults, substitutions; and what others write like them.

use super::lex::{LONGEST_SUBSTITUTION, Lexer, Variable, Variables, name_of};
use crate::read::word::{UNKNOWN, Word};
use crate::reference::Resolution;

/// How long what a variable holds may be, in bytes, to be put elsewhere.
const LONGEST_VARIABLE: usize = 512;

impl Lexer<'_> {
    /// Only the expansion that begins here.
    pub(crate) fn expansion_only(&mut self, variables: &Variables) -> Word {
        let mut word = Word::at(self.at);
        self.expansion(&mut word, variables);
        word
    }

    /// What begins with `$`.
    pub(super) fn expansion(&mut self, word: &mut Word, variables: &Variables) {
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
                let special = self
                    .rest()
                    .starts_with(|c: char| c.is_ascii_digit() || "@*#?$!-".contains(c));
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
    pub(super) fn substitution(&mut self) {
        let start = self.at;
        let mut depth = 1_usize;
        let bytes = self.rest().as_bytes();
        let most = LONGEST_SUBSTITUTION.min(self.ahead);
        for (at, byte) in bytes.iter().enumerate().take(most) {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.substitutions.push(start..start + at);
                self.at += at + 1;
                self.ahead = self.ahead.saturating_sub(at);
                return;
            }
        }
        self.ahead = self.ahead.saturating_sub(most);
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
        let name = inner
            .trim_start_matches("${{")
            .trim_end_matches("}}")
            .trim();
        put(
            word,
            name.strip_prefix("env.")
                .and_then(|name| variables.get(name)),
        );
    }

    /// `${NAME}`, `${NAME:-default}`, and what others write in the same way.
    fn parameter(&mut self, word: &mut Word, variables: &Variables) {
        let start = self.at;
        let rest = self.rest();
        let most = LONGEST_SUBSTITUTION.min(self.ahead);
        let close = matching_brace(rest, most);
        self.ahead = self.ahead.saturating_sub(close.unwrap_or(most));
        self.at += close.map_or(2, |close| close + 1);
        let mut inner = rest.get(2..close.unwrap_or(2)).unwrap_or_default();
        let mut from = start + 2;
        // `${A:-${B:-default}}`: the innermost default.
        for _ in 0..4 {
            let lead = ["oc.env:", "env:", "ENV:"];
            let skipped = lead
                .iter()
                .find(|lead| inner.starts_with(**lead))
                .map_or(0, |lead| lead.len());
            let name = parameter_of(&inner[skipped..]);
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

/// The name or the number that a text begins with: `1` of `${1:-default}`.
fn parameter_of(text: &str) -> &str {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    if !is_number {
        return name_of(text);
    }
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// Where the brace that begins a text is closed.
fn matching_brace(text: &str, most: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(most) {
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

/// Puts what a variable holds behind a word, if both are short enough to name something.
fn put(word: &mut Word, variable: Option<&Variable>) {
    let is_short = |variable: &&Variable| {
        variable.text.len() <= LONGEST_VARIABLE && word.text.len() <= LONGEST_SUBSTITUTION
    };
    match variable.filter(is_short) {
        Some(variable) => {
            for c in variable.text.chars() {
                word.push(c, None);
            }
            word.resolution = Some(variable.resolution);
        }
        None => word.push(UNKNOWN, None),
    }
}
