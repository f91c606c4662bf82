//! How deep a text nests, told by its tokens before a parser builds a tree of it. A tree is dropped, and
//! walked, as deep as it is: what is too deep goes to the lexical reader.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// How long operators, attributes and calls may follow each other in one expression: each makes the tree
/// one deeper, but nests no brackets.
const LONGEST_CHAIN: usize = 1000;

/// What one pair of brackets holds so far.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Operators, attributes and calls since the last comma.
    chain: usize,
    /// `lambda`, `not` and such, which commas do not end.
    nested: usize,
    is_string: bool,
}

/// Whether the tree of this text nests no deeper than so many brackets, blocks and prefix operators.
pub(super) fn is_shallow(text: &str, most: usize) -> bool {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut levels = vec![Level::default()];
    let mut nested = 0_usize;
    let mut chain = 0_usize;
    let mut blocks = 0_usize;
    loop {
        use TokenKind as T;
        let kind = lexer.next_token();
        let (adds_nested, adds_chain) = match kind {
            T::EndOfFile => return true,
            T::Indent => {
                blocks += 1;
                (0, 0)
            }
            T::Dedent => {
                blocks = blocks.saturating_sub(1);
                (0, 0)
            }
            T::Newline | T::Semi => {
                levels.truncate(1);
                levels.fill(Level::default());
                (nested, chain) = (0, 0);
                (0, 0)
            }
            T::Comma | T::FStringMiddle | T::TStringMiddle => {
                if let Some(level) = levels.last_mut() {
                    chain -= level.chain;
                    level.chain = 0;
                }
                (0, 0)
            }
            T::Lpar | T::Lsqb | T::Lbrace | T::FStringStart | T::TStringStart => {
                levels.push(Level {
                    is_string: matches!(kind, T::FStringStart | T::TStringStart),
                    nested: 1,
                    chain: 0,
                });
                nested += 1;
                (0, 0)
            }
            T::Rpar | T::Rsqb | T::Rbrace | T::FStringEnd | T::TStringEnd => {
                if levels.len() > 1
                    && let Some(level) = levels.pop()
                {
                    chain -= level.chain;
                    nested -= level.nested;
                }
                let in_string = levels.last().is_some_and(|level| level.is_string);
                (0, usize::from(!in_string))
            }
            // Compound statements on one line are an error that a parser reads on from.
            kind if is_prefix(kind) => (1, 0),
            T::Name | T::String | T::Int | T::Float | T::Complex | T::Comment => (0, 0),
            T::NonLogicalNewline | T::Equal | T::Colon => (0, 0),
            _ => (0, 1),
        };
        if let Some(level) = levels.last_mut() {
            level.nested += adds_nested;
            level.chain += adds_chain;
        }
        nested += adds_nested;
        chain += adds_chain;
        if nested + blocks > most || chain > LONGEST_CHAIN {
            return false;
        }
    }
}

/// Whether what follows nests in it without a bracket.
fn is_prefix(kind: TokenKind) -> bool {
    use TokenKind as T;
    matches!(
        kind,
        T::Lambda
            | T::Not
            | T::Await
            | T::Tilde
            | T::DoubleStar
            | T::Else
            | T::Yield
            | T::ColonEqual
            | T::Class
            | T::Def
            | T::Try
            | T::While
            | T::With
            | T::Match
            | T::Case
            | T::Finally
            | T::Except
            | T::Elif
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_told_by_tokens() {
        for deep in [
            "(".repeat(201),
            "f(".repeat(201),
            "not ".repeat(201) + "x",
            "lambda a, b: ".repeat(201) + "x",
            "x".to_owned() + &".y".repeat(1001),
            "x".to_owned() + &"()".repeat(1001),
            "1".to_owned() + &"+1".repeat(1001),
            "-".repeat(1001) + "1",
            "f'{".repeat(101) + "1",
            "a if b else ".repeat(201) + "x",
            "class A: ".repeat(201) + "pass",
            (0..202)
                .map(|depth| " ".repeat(depth) + "if x:\n")
                .collect(),
        ] {
            assert!(!is_shallow(&deep, 200), "{}", &deep[..20]);
        }
        for flat in [
            "x = [".to_owned() + &"(a.b + 1, f(not x)),\n".repeat(5000) + "]",
            "x.y(1 + 2)\n".repeat(5000),
            "f'''".to_owned() + &"{a.b} ".repeat(5000) + "'''",
            "d = {".to_owned() + &"'a': {'b': [1]},".repeat(5000) + "}",
        ] {
            assert!(is_shallow(&flat, 200), "{}", &flat[..20]);
        }
    }
}
