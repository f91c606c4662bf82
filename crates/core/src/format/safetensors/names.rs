//! Names of tensors and files that are not what they look like, or lead elsewhere.

use weighbridge_pickle::Text;

use crate::escape;
use crate::rules::is_deceptive;

/// How much of a name is told, in characters.
const TOLD: usize = 200;

/// Whether a name has characters that do not show, or looks like another one.
pub(super) fn deceives(name: &str) -> bool {
    Text::from_utf8(name.as_bytes()).is_some_and(|text| is_deceptive(&text))
}

/// Whether a file of that name would lie outside of a folder: the name is absolute, or goes up.
pub(crate) fn escapes(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let goes_up = name.split(['/', '\\']).any(|part| part == "..");
    name.starts_with(['/', '\\'])
        || drive && name.contains(['/', '\\'])
        || goes_up
        || name.contains("://")
}

/// A name as a sentence tells it.
pub(super) fn told(name: &str) -> String {
    format!("“{}”", escape::cut(name, TOLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_told_from_those_with_parts() {
        for name in [
            "../a",
            "a/../../b",
            "..",
            "/etc/a",
            "\\\\host\\a",
            "c:\\a",
            "C:/a",
            "a\\..\\b",
            "https://a/b",
        ] {
            assert!(escapes(name), "{name}");
        }
        for name in [
            "a/b",
            "a..b",
            "model.layers.0",
            "a:b",
            "bert/encoder:0",
            "...",
            "",
        ] {
            assert!(!escapes(name), "{name}");
        }
    }
}
