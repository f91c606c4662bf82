//! How large a stack a text needs, told from its bytes alone.
//!
//! The parser recurses where brackets, templates, elements, types and prefixes nest, and its tree is as deep as
//! a chain is long. A level of any of that takes at least one sign or one keyword, so a stack of so many
//! levels is enough whatever the text is. A text that would need too much of it is not parsed.

/// How much of the stack a level takes, at most: what holds in a build without optimization, for everything
/// that the tests nest. With optimization it is less.
const LEVEL: usize = 24 << 10;

/// How much of a stack there is at most. It is taken only as far as it is used.
const LARGEST: usize = 1 << 30;

/// What is needed besides.
const BASE: usize = 4 << 20;

/// Keywords that stand before an expression, a statement or a type without a sign.
const PREFIXES: &[&str] = &[
    "as",
    "async",
    "await",
    "case",
    "catch",
    "class",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "finally",
    "for",
    "function",
    "if",
    "in",
    "infer",
    "instanceof",
    "is",
    "keyof",
    "new",
    "of",
    "readonly",
    "return",
    "satisfies",
    "switch",
    "throw",
    "try",
    "typeof",
    "unique",
    "void",
    "while",
    "with",
    "yield",
];

/// The stack that this text needs; `None` where it nests too deep, or might.
pub(super) fn stack(text: &str, max_nesting: usize) -> Option<usize> {
    if is_too_deep(text, max_nesting) {
        return None;
    }
    let size = levels(text).checked_mul(LEVEL)?.checked_add(BASE)?;
    (size <= LARGEST).then_some(size)
}

/// How many levels there can be at most.
fn levels(text: &str) -> usize {
    let mut levels = 0;
    let mut word: Option<usize> = None;
    let mut before = 0_u8;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        let is_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80;
        match (is_word, word) {
            (true, None) => word = Some(at),
            (false, Some(start)) => {
                let name = text.get(start..at).unwrap_or_default();
                levels += usize::from(PREFIXES.contains(&name));
                word = None;
            }
            _ => {}
        }
        // What closes opens nothing; a sign that is doubled is one.
        let opens = b"([{<!~+-?:=.&|^%*/@`#,".contains(&byte)
            && !(byte == before && b"=&|/?*".contains(&byte));
        // A comma parts what stands beside each other, not below.
        levels += usize::from(opens && byte != b',');
        before = byte;
    }
    levels
}

/// How many `<` may be open at once: the parser tries each as the begin of types and goes back, which takes
/// the square of their number.
const MOST_ANGLES: usize = 40;

/// Whether brackets nest deeper than this, or angles deeper than [`MOST_ANGLES`]; in strings and comments as
/// well.
fn is_too_deep(text: &str, max_nesting: usize) -> bool {
    let bytes = text.as_bytes();
    let mut angles = 0_usize;
    // How many angles were open where each bracket was.
    let mut open: Vec<usize> = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        match byte {
            b'(' | b'[' | b'{' => open.push(angles),
            b')' | b']' | b'}' => angles = open.pop().unwrap_or(angles),
            b'<' => angles += 1,
            b'>' if before != Some(&b'=') => angles = angles.saturating_sub(1),
            // A statement ends; what is around it stays open.
            b';' => angles = open.last().copied().unwrap_or_default(),
            _ => {}
        }
        if open.len() > max_nesting || angles > MOST_ANGLES {
            return true;
        }
    }
    false
}
