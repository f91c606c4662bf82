//! The reader for every language that writes calls as `name(arguments)`, and for what a parser cannot
//! read. It knows tokens, not syntax: literal arguments, and names that are assigned a string once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use weighbridge::Confidence;

use super::lexer::{Lexer, Style, Token, TokenKind};
use super::{Finds, Found};
use crate::call::{self, Call, Given, Value};
use crate::id;
use crate::kind::FileKind;
use crate::knowledge::{self, CallRow, Language};
use crate::reference::{Flags, Hub, Origin, Resolution};
use crate::source_file::SourceFile;

/// How many tokens the arguments of a call may have.
const LONGEST_CALL: usize = 1000;
/// How many tokens are held at a time, besides the arguments of the last call, and how many of those before them.
const WINDOW: usize = 1 << 17;
const BEHIND: usize = 64;
/// How many names of what is called are remembered.
const MOST_NAMES: usize = 20_000;

/// Reads a file.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let (style, language) = match file.kind {
        FileKind::Python => (Style::Python, Some(Language::Python)),
        FileKind::JavaScript | FileKind::TypeScript => {
            (Style::JavaScript, Some(Language::Javascript))
        }
        FileKind::HashLike => (Style::Hash, None),
        _ => (Style::C, None),
    };
    let mut constants = Constants::new();
    if language.is_some() {
        each_window(file, style, |text, part| {
            text.constants(part, &mut constants);
        });
    }
    let mut calls = Calls::default();
    each_window(file, style, |text, part| {
        if let Some(language) = language {
            text.calls((language, part.clone()), &constants, out, &mut calls);
        }
        text.addresses(style, part, &calls.taken, out);
    });
}

/// Names that are assigned in a text, and the string where it is one and they are assigned once.
type Constants<'t> = HashMap<&'t str, Option<String>>;

/// What is known of the calls of a text.
#[derive(Default)]
struct Calls {
    /// The rows of what is called: the same names are called again and again.
    rows: HashMap<String, Option<&'static CallRow>>,
    /// Whether the text holds a module's name.
    mentioned: RefCell<HashMap<&'static str, bool>>,
    /// The calls that are known, in their order: the strings in one are no addresses besides.
    taken: Vec<Range<usize>>,
}

/// Looks through the tokens of a text, some at a time: those of the range, with some more on both sides.
fn each_window<'t>(
    file: &'t SourceFile<'t>,
    style: Style,
    mut look: impl FnMut(&Text<'t, '_>, Range<usize>),
) {
    let mut lexer = Lexer::new(file.text, style);
    let mut tokens: Vec<Token> = Vec::new();
    let mut from = 0;
    loop {
        let before = tokens.len();
        tokens.extend(lexer.by_ref().take(WINDOW));
        let is_end = tokens.len() < before + WINDOW;
        let until = match is_end {
            true => tokens.len(),
            false => tokens.len() - LONGEST_CALL,
        };
        let text = Text {
            file,
            tokens: &tokens,
        };
        look(&text, from..until);
        if is_end {
            return;
        }
        let left = until - BEHIND;
        tokens.drain(..left);
        from = BEHIND;
    }
}

/// A text and some of its tokens.
struct Text<'t, 'w> {
    file: &'t SourceFile<'t>,
    tokens: &'w [Token],
}

impl<'t> Text<'t, '_> {
    fn word(&self, at: usize) -> Option<&'t str> {
        let token = self.tokens.get(at)?;
        (token.kind == TokenKind::Word).then(|| self.file.slice(&token.span))
    }

    fn is_sign(&self, at: usize, sign: u8) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Sign(sign))
    }

    /// Notes the names that are assigned in a part of the tokens.
    fn constants(&self, part: Range<usize>, constants: &mut Constants<'t>) {
        for at in part {
            let Some(token) = self.tokens.get(at) else {
                return;
            };
            let is_assigned = token.kind == TokenKind::Word
                && self.is_sign(at + 1, b'=')
                && !self.is_sign(at + 2, b'=')
                && !self.is_sign(at.wrapping_sub(1), b'.');
            // An argument of a call is no assignment.
            let is_argument = [b'(', b',']
                .iter()
                .any(|&sign| self.is_sign(at.wrapping_sub(1), sign));
            if !is_assigned || is_argument {
                continue;
            }
            let value = match self.tokens.get(at + 2).map(|token| &token.kind) {
                Some(TokenKind::Text(Some(text))) if self.ends_statement(at + 3) => {
                    Some(text.clone())
                }
                _ => None,
            };
            let name = self.file.slice(&token.span);
            constants
                .entry(name)
                .and_modify(|known| *known = None)
                .or_insert(value);
        }
    }

    fn ends_statement(&self, at: usize) -> bool {
        let token = self.tokens.get(at);
        token.is_none_or(|token| matches!(token.kind, TokenKind::Newline | TokenKind::Sign(b';')))
    }

    /// Every call that is known and begins in a part of the tokens.
    fn calls(
        &self,
        (language, part): (Language, Range<usize>),
        constants: &Constants<'t>,
        out: &mut Finds,
        calls: &mut Calls,
    ) {
        let bytes = self.file.text.as_bytes();
        let mentions = |module: &'static str| {
            let mut known = calls.mentioned.borrow_mut();
            *known
                .entry(module)
                .or_insert_with(|| memchr::memmem::find(bytes, module.as_bytes()).is_some())
        };
        for open in part {
            if !self.is_sign(open, b'(') {
                continue;
            }
            let Some((begin, name)) = self.name_before(open) else {
                continue;
            };
            let row = match calls.rows.get(&*name) {
                Some(known) => *known,
                None => {
                    let row = knowledge::call(language, None, &name, mentions);
                    if calls.rows.len() < MOST_NAMES {
                        calls.rows.insert(name.clone(), row);
                    }
                    row
                }
            };
            let Some(row) = row else { continue };
            let call = self.call(language, (begin, &name), open, constants);
            for found in call::judge_also(&call, row, Confidence::Medium) {
                out.reference(found);
            }
            if let Some(found) = call::judge(&call, row, Confidence::Medium) {
                calls.taken.push(call.span.clone());
                out.reference(found);
            }
        }
    }

    /// The dotted name before a bracket, and the byte where it begins; not one that is defined there.
    fn name_before(&self, open: usize) -> Option<(usize, String)> {
        let mut at = open.checked_sub(1)?;
        let mut parts = vec![self.word(at)?];
        while at >= 2 && self.is_sign(at - 1, b'.') && parts.len() < 8 {
            let Some(word) = self.word(at - 2) else {
                // A method of what a call gave: `pipeline().to("cuda")`.
                parts.push("");
                break;
            };
            parts.push(word);
            at -= 2;
        }
        let is_defined = at > 0 && matches!(self.word(at - 1), Some("def" | "class" | "function"));
        let begin = self.tokens.get(at)?.span.start;
        parts.reverse();
        (!is_defined).then(|| (begin, parts.join(".")))
    }

    /// The call whose arguments begin with the bracket at `open`.
    fn call<'c>(
        &self,
        language: Language,
        (begin, shown): (usize, &'c str),
        open: usize,
        constants: &Constants<'t>,
    ) -> Call<'c> {
        let mut call = Call {
            language,
            shown,
            span: begin..self.tokens.get(open).map_or(begin, |token| token.span.end),
            positional: Vec::new(),
            keywords: Vec::new(),
            is_whole: false,
        };
        let mut brackets = Vec::new();
        let mut argument = open + 1;
        for at in open + 1..self.tokens.len().min(open + LONGEST_CALL) {
            let Some(TokenKind::Sign(sign)) = self.tokens.get(at).map(|token| &token.kind) else {
                continue;
            };
            // The keys of an object that is an argument of its own are arguments.
            let is_top =
                brackets.is_empty() || (language == Language::Javascript && brackets == [b'{']);
            let is_end = matches!(sign, b')' | b']' | b'}');
            if is_top && (*sign == b',' || is_end) {
                self.argument(&mut call, argument..at, constants);
                argument = at + 1;
            }
            match sign {
                b'(' | b'[' | b'{' => {
                    if brackets.is_empty() && *sign == b'{' && at == argument {
                        argument = at + 1;
                    }
                    brackets.push(*sign);
                }
                b')' | b']' | b'}' if brackets.pop().is_none() => {
                    call.span.end = self.tokens.get(at).map_or(begin, |token| token.span.end);
                    call.is_whole = true;
                    break;
                }
                _ => {}
            }
        }
        call.is_whole &= call.keywords.iter().all(|(name, _)| name != "**");
        call
    }

    /// Puts the argument of these tokens into a call.
    fn argument(&self, call: &mut Call<'_>, tokens: Range<usize>, constants: &Constants<'t>) {
        let is_newline = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.kind == TokenKind::Newline)
        };
        let tokens: Vec<usize> = tokens.filter(|&at| !is_newline(at)).collect();
        let (&first, rest) = match tokens.split_first() {
            Some(split) => split,
            None => return,
        };
        let unpacks = self.is_sign(first, b'*') || self.is_sign(first, b'.');
        if unpacks {
            let unknown = self.value(&[], constants);
            call.keywords.push(("**".to_owned(), unknown));
            return;
        }
        let assigns = match call.language {
            Language::Python => b'=',
            Language::Javascript => b':',
        };
        let name = match self.tokens.get(first).map(|token| &token.kind) {
            Some(TokenKind::Word) => self.word(first),
            Some(TokenKind::Text(Some(text))) if call.language == Language::Javascript => {
                Some(text.as_str())
            }
            _ => None,
        };
        match (name, rest.split_first()) {
            (Some(name), Some((&sign, value))) if self.is_sign(sign, assigns) => {
                call.keywords
                    .push((name.to_owned(), self.value(value, constants)));
            }
            _ => call.positional.push(self.value(&tokens, constants)),
        }
    }

    /// Where the text of the string at a token stands, without its quotes.
    fn content(&self, at: usize) -> Option<Range<usize>> {
        let span = &self.tokens.get(at)?.span;
        let text = self.file.slice(span);
        let prefix = text.find(['"', '\'', '`'])?;
        let quoted = text.get(prefix..)?;
        let is_triple = |quote: &str| quoted.len() >= 6 && quoted.starts_with(quote);
        let quotes = if is_triple("\"\"\"") || is_triple("'''") {
            3
        } else {
            1
        };
        let start = span.start + prefix + quotes;
        Some(start..span.end.saturating_sub(quotes).max(start))
    }

    /// What these tokens are worth.
    fn value(&self, tokens: &[usize], constants: &Constants<'t>) -> Given {
        let literal = |value| Given {
            value,
            resolution: Resolution::Literal,
            place: None,
        };
        let unknown = Given {
            value: Value::Unknown,
            resolution: Resolution::Unresolved,
            place: None,
        };
        let is_text = |at: &&usize| {
            matches!(
                self.tokens.get(**at).map(|token| &token.kind),
                Some(TokenKind::Text(_))
            )
        };
        // Strings beside each other are one.
        if !tokens.is_empty() && tokens.iter().filter(is_text).count() == tokens.len() {
            let parts =
                tokens
                    .iter()
                    .map(|&at| match self.tokens.get(at).map(|token| &token.kind) {
                        Some(TokenKind::Text(Some(text))) => Some(text.as_str()),
                        _ => None,
                    });
            let place = tokens.first().and_then(|&at| self.content(at));
            return parts
                .collect::<Option<String>>()
                .map_or(unknown, |text| Given {
                    place,
                    ..literal(Value::Text(text))
                });
        }
        let &[only] = tokens else {
            return unknown;
        };
        match self.word(only) {
            Some("True" | "true") => literal(Value::Bool(true)),
            Some("False" | "false") => literal(Value::Bool(false)),
            Some("None" | "null" | "undefined") => literal(Value::Nothing),
            Some(name) => match constants.get(name) {
                Some(Some(text)) => Given {
                    value: Value::Text(text.clone()),
                    resolution: Resolution::Constant,
                    place: None,
                },
                _ => unknown,
            },
            None => unknown,
        }
    }

    /// Strings that are an address of a model and nothing else.
    fn addresses(&self, style: Style, part: Range<usize>, taken: &[Range<usize>], out: &mut Finds) {
        for at in part {
            let Some(token) = self.tokens.get(at) else {
                return;
            };
            let TokenKind::Text(Some(text)) = &token.kind else {
                continue;
            };
            // Calls begin in order; one that holds this string begins at or before it.
            let before = taken.partition_point(|span| span.start <= token.span.start);
            let mut near = taken.iter().take(before).rev().take(8);
            if near.any(|span| span.contains(&token.span.start)) {
                continue;
            }
            let starts_line = |at: usize| {
                at == 0
                    || self
                        .tokens
                        .get(at - 1)
                        .is_none_or(|token| token.kind == TokenKind::Newline)
            };
            let is_docstring =
                style == Style::Python && starts_line(at) && self.ends_statement(at + 1);
            if is_docstring || text.contains(char::is_whitespace) {
                continue;
            }
            let Some(judged) = id::of_url(text) else {
                continue;
            };
            out.reference(Found {
                origin: Origin::Hub(judged.hub.unwrap_or(Hub::Url)),
                kind: judged.kind.unwrap_or(crate::reference::Kind::Model),
                id: Some(judged.id),
                revision: id::revision(judged.revision.as_deref()),
                span: self.content(at).unwrap_or_else(|| token.span.clone()),
                call: "url".to_owned(),
                resolution: Resolution::Url,
                flags: Flags::default(),
                confidence: Confidence::Medium,
                purpose: None,
                is_fetched: true,
            });
        }
    }
}
