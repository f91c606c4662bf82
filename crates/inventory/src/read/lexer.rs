//! Words, strings and signs of a text in any of the usual languages; comments are left out.

use std::ops::Range;

/// How a language writes comments and strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `#` comments, strings in three quotes, prefixes of strings.
    Python,
    /// `//` and `/* */` comments, templates in back quotes.
    JavaScript,
    /// As JavaScript; back quotes hold plain strings (Go), single quotes single characters.
    C,
    /// `#` comments, plain strings.
    Hash,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name, a keyword or a number.
    Word,
    /// A string; `Some` where it is one without parts to be filled in.
    Text(Option<String>),
    /// A single character.
    Sign(u8),
    /// The end of a line.
    Newline,
}

/// A token and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Range<usize>,
}

/// The tokens of a text.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    style: Style,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str, style: Style) -> Lexer<'t> {
        Lexer { text, at: 0, style }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over a comment, if one begins here.
    fn comment(&mut self) -> bool {
        let rest = self.rest();
        let begins_with_sharp = matches!(self.style, Style::Python | Style::Hash);
        let is_line = if begins_with_sharp {
            rest.starts_with('#')
        } else {
            rest.starts_with("//")
        };
        if is_line {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if !begins_with_sharp && rest.starts_with("/*") {
            self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else {
            return false;
        }
        true
    }

    /// The string that begins here with a quote; `prefix` is what stands right before it.
    fn string(&mut self, prefix: &str) -> Option<Option<String>> {
        let quote = self.peek()?;
        let rest = self.rest();
        let triple = match quote {
            b'"' => "\"\"\"",
            _ => "'''",
        };
        let is_triple = self.style == Style::Python && rest.starts_with(triple);
        let spans_lines = is_triple || quote == b'`';
        let letters = prefix.to_ascii_lowercase();
        let is_raw = letters.contains('r') || (quote == b'`' && self.style == Style::C);
        let mut has_parts = self.style == Style::Python && letters.contains(['f', 't']);
        let mut value = String::new();
        self.at += if is_triple { 3 } else { 1 };
        loop {
            let rest = self.rest();
            let c = rest.chars().next();
            match c {
                None => return Some(None),
                Some('\n') if !spans_lines => return Some(None),
                Some('\\') if !is_raw || !spans_lines || quote != b'`' => {
                    let escaped = rest.chars().nth(1).unwrap_or_default();
                    self.at += 1 + escaped.len_utf8();
                    self.at = self.at.min(self.text.len());
                    if is_raw {
                        value.extend(['\\', escaped]);
                    } else {
                        unescape(escaped, &mut value);
                    }
                    continue;
                }
                Some('$') if quote == b'`' && self.style == Style::JavaScript => {
                    has_parts |= rest.starts_with("${");
                }
                _ => {}
            }
            let ends = if is_triple {
                rest.starts_with(triple)
            } else {
                rest.as_bytes().first() == Some(&quote)
            };
            if ends {
                self.at += if is_triple { 3 } else { 1 };
                let is_plain = !has_parts || (quote != b'`' && !value.contains('{'));
                return Some(is_plain.then_some(value));
            }
            let c = c.unwrap_or_default();
            value.push(c);
            self.at += c.len_utf8();
        }
    }
}

/// What an escape stands for; a number is none of an id, so it only has to be unlike one.
fn unescape(escaped: char, value: &mut String) {
    match escaped {
        'n' => value.push('\n'),
        't' => value.push('\t'),
        'r' => value.push('\r'),
        '\n' => {}
        'x' | 'u' | 'U' | 'N' | '0'..='7' => value.push('\u{1}'),
        other => value.push(other),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let start = self.at;
            let c = self.rest().chars().next()?;
            if self.comment() {
                continue;
            }
            let kind = match c {
                '\n' => {
                    self.at += 1;
                    TokenKind::Newline
                }
                '\\' if self.rest().starts_with("\\\n") => {
                    self.at += 2;
                    continue;
                }
                c if c.is_whitespace() => {
                    self.at += c.len_utf8();
                    continue;
                }
                '"' | '\'' | '`' => TokenKind::Text(self.string("")?),
                c if is_word(c) => {
                    let rest = self.rest();
                    self.at += rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    let word = self.text.get(start..self.at).unwrap_or_default();
                    let is_prefix = self.style == Style::Python
                        && word.len() <= 2
                        && word.chars().all(|c| "rbuftRBUFT".contains(c));
                    if is_prefix && matches!(self.peek(), Some(b'"' | b'\'')) {
                        TokenKind::Text(self.string(word)?)
                    } else {
                        TokenKind::Word
                    }
                }
                c => {
                    self.at += c.len_utf8();
                    TokenKind::Sign(u8::try_from(c).unwrap_or(b'?'))
                }
            };
            return Some(Token {
                kind,
                span: start..self.at,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, style: Style) -> Vec<Option<String>> {
        let tokens = Lexer::new(text, style);
        let texts = tokens.filter_map(|token| match token.kind {
            TokenKind::Text(text) => Some(text),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn strings_are_read_and_comments_are_not() {
        let python = "a('x') # 'no'\nb(r'\\d', f'{y}', f'z', '''t\n\"''', 'open\n'last')";
        let expected = [
            Some("x"),
            Some("\\d"),
            None,
            Some("z"),
            Some("t\n\""),
            None,
            Some("last"),
        ];
        assert_eq!(
            texts(python, Style::Python),
            expected.map(|text| text.map(str::to_owned))
        );
        let script = "f('x') // 'no'\n/* \"no\" */ g(`a`, `b${c}`, \"it's\")";
        let expected = [Some("x"), Some("a"), None, Some("it's")];
        assert_eq!(
            texts(script, Style::JavaScript),
            expected.map(|text| text.map(str::to_owned))
        );
    }

    #[test]
    fn any_text_comes_to_an_end() {
        for text in [
            "\"",
            "'''",
            "`${",
            "\\",
            "\"\\",
            "/*",
            "é\u{1F600}",
            "f'\\",
            "\"\\é",
        ] {
            for style in [Style::Python, Style::JavaScript, Style::C, Style::Hash] {
                assert!(Lexer::new(text, style).count() <= text.len(), "{text}");
            }
        }
    }
}
