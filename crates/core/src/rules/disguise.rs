//! Names that are made to be read as others.

use std::sync::LazyLock;

use weighbridge_pickle::Text;
use weighbridge_pickle::escape::is_hidden;

/// Letters that look like one of ASCII, sorted.
static LOOKALIKES: LazyLock<Vec<char>> = LazyLock::new(|| {
    let rows = include_str!("../../data/confusables.tsv").lines();
    let mut letters: Vec<char> = rows
        .filter(|row| !row.starts_with('#'))
        .filter_map(|row| row.chars().next())
        .collect();
    letters.sort_unstable();
    letters
});

/// Whether a name has characters that do not show, or is nothing but ASCII and letters that look like
/// it.
pub(crate) fn is_deceptive(name: &Text<'_>) -> bool {
    let Some(name) = name.as_str() else {
        // Lone surrogates show as nothing.
        return true;
    };
    if name.is_ascii() {
        return name.bytes().any(|byte| byte.is_ascii_control());
    }
    name.chars().any(is_hidden) || name.chars().all(|c| c.is_ascii() || looks_like_ascii(c))
}

fn looks_like_ascii(c: char) -> bool {
    let styled = matches!(u32::from(c),
        // Fullwidth forms and mathematical alphabets.
        0xff01..=0xff5e | 0x1d400..=0x1d7ff);
    styled || LOOKALIKES.binary_search(&c).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imitations_are_told_from_names_in_other_scripts() {
        for name in [
            "\u{43e}s",
            "\u{ff4f}\u{ff53}",
            "o\u{200b}s",
            "\u{202e}so",
            "o\x00s",
        ] {
            assert!(
                is_deceptive(&Text::from_utf8(name.as_bytes()).unwrap()),
                "{name:?}"
            );
        }
        for name in ["os", "модель", "模型", "Café", "<lambda>", "a b"] {
            assert!(
                !is_deceptive(&Text::from_utf8(name.as_bytes()).unwrap()),
                "{name:?}"
            );
        }
    }
}
