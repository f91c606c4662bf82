//! Which characters are not plainly visible, and how they are shown instead.
//!
//! Names in a stream can hold anything: sequences that move a terminal's cursor, characters that
//! reorder or hide text. Descriptions and listings show all of those escaped.

use std::fmt::Write as _;

/// Appends a character, escaped where it is not plainly visible.
pub fn push_visible(out: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a string does not fail.
    let _ = match code {
        _ if !is_hidden(c) => {
            out.push(c);
            Ok(())
        }
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Whether a character is a control, a format character, or anything else that does not show what
/// it is or that changes what is shown around it.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(
            u32::from(c),
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
                | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f
                | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0xe000..=0xf8ff | 0x1d173..=0x1d17a
                | 0xe0000..=0x0010_ffff
        )
}
