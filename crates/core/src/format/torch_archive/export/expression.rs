//! Expressions of sizes, as SymPy prints them. Loading has SymPy's `sympify` read them, which evaluates Python.

use std::ops::ControlFlow;

use super::tell;
use crate::analysis::{Content, Walk};
use crate::escape;
use crate::observer::OddityKind;

/// Functions and constants of expressions (`torch/utils/_sympy/functions.py`, and SymPy's own), also as `srepr` prints them.
const NAMES: &[&str] = &[
    "Abs",
    "Add",
    "And",
    "CeilDiv",
    "CeilToInt",
    "CleanDiv",
    "Eq",
    "Equality",
    "False",
    "Float",
    "FloatPow",
    "FloatTrueDiv",
    "FloorDiv",
    "FloorToInt",
    "Ge",
    "GreaterThan",
    "Gt",
    "Identity",
    "IntTrueDiv",
    "Integer",
    "IsNonOverlappingAndDenseIndicator",
    "LShift",
    "Le",
    "LessThan",
    "Lt",
    "Max",
    "Min",
    "Mod",
    "ModularIndexing",
    "Mul",
    "Ne",
    "Not",
    "Or",
    "Piecewise",
    "Pow",
    "PowByNatural",
    "PythonMod",
    "RShift",
    "Rational",
    "RoundDecimal",
    "RoundToInt",
    "StrictGreaterThan",
    "StrictLessThan",
    "Symbol",
    "ToFloat",
    "True",
    "TruncToFloat",
    "TruncToInt",
    "Unequality",
    "Where",
    "ceiling",
    "false",
    "floor",
    "int_oo",
    "oo",
    "sqrt",
    "true",
    // What is known of a symbol.
    "integer",
    "negative",
    "nonnegative",
    "nonzero",
    "positive",
    "precision",
    "real",
];
/// What a string may be an argument of: it is the name of a symbol, or a number.
const QUOTING: [&str; 2] = ["Symbol(", "Float("];

/// Tells of an expression that is none.
pub(super) fn look(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    text: &str,
    at: (usize, usize),
) -> ControlFlow<()> {
    if is_plain(text) {
        return ControlFlow::Continue(());
    }
    let told = escape::cut(text, 200);
    let detail = format!("Python evaluates “{told}” as the expression of a size, and it is none");
    tell(
        walk,
        content,
        (OddityKind::ExportExpression, &told),
        at,
        &detail,
    )
}

/// Whether an expression has only numbers, symbols, operators and known functions.
fn is_plain(text: &str) -> bool {
    let mut parts = text.split('\'');
    let first = parts.next().unwrap_or_default();
    let mut before = first;
    // Every other part stands in quotes.
    while let Some(quoted) = parts.next() {
        let is_name = quoted
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        let Some(behind) = parts.next().filter(|_| is_name) else {
            return false;
        };
        if !QUOTING.iter().any(|call| before.ends_with(call)) || !behind.starts_with([',', ')']) {
            return false;
        }
        if !is_bare(behind) {
            return false;
        }
        before = behind;
    }
    is_bare(first)
}

/// The same of a part without quotes.
fn is_bare(text: &str) -> bool {
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(
                c,
                '_' | ' ' | '+' | '-' | '*' | '/' | '%' | '(' | ')' | ',' | '.'
            )
            || matches!(c, '<' | '>' | '=' | '!' | '&' | '|' | '~')
    };
    if !text.chars().all(plain) {
        return false;
    }
    // A dot is only that of a number.
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let mut dots = memchr::memchr_iter(b'.', bytes);
    if !dots.all(|at| is_digit(at.checked_sub(1))) {
        return false;
    }
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    words.all(is_known)
}

/// Whether a word is a number, a symbol (`s0`, `u12`) or a known name.
fn is_known(word: &str) -> bool {
    let symbol = word.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let is_symbol = word.len() - symbol.len() <= 3 && !symbol.is_empty() && is_number(symbol);
    word.is_empty() || is_symbol || is_number(word) || NAMES.contains(&word)
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_from_code() {
        for text in [
            "s0",
            "2*s0 + 1",
            "Max(1, u12)",
            "s77//2",
            "FloorDiv(s0 + 3, 4)",
            "4.5",
            "1e5",
            "Eq(s0, 1)",
            "Add(Symbol('s77', positive=True, integer=True), Integer(1))",
            "Float('1.5', precision=53)",
            "",
        ] {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "__import__('os')",
            "exec",
            "s0.__class__",
            "1 .real",
            "open(s0)",
            "lambda s0 : 1",
            "print(s0)",
            "a.b",
            "[s0]",
            "s0;s1",
            "getattr(s0, s1)",
            "sqrt('exec')",
            "Symbol('s0').name",
            "Symbol('s0'+'s1')",
            "Symbol('s0'",
            "Symbol('a b')",
            "'s0'",
            "\u{ff53}0",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
