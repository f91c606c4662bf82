//! Text in lines that are no longer than a terminal is wide.

use std::ops::ControlFlow;

use weighbridge::escape;

/// Takes a line; breaks where nobody reads it any more.
pub(crate) type Line<'l> = &'l mut dyn FnMut(String) -> ControlFlow<()>;

/// Gives text in lines of at most `width` characters, each behind `indent`; a word that is longer goes
/// on in the next line.
pub(crate) fn wrap(text: &str, indent: &str, width: usize, line: Line<'_>) -> ControlFlow<()> {
    let text = escape::visible(text);
    let width = width.saturating_sub(indent.len()).max(1);
    let mut row = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let mut word = word;
        let mut length = word.chars().count();
        if used > 0 && used + 1 + length <= width {
            row.push(' ');
            row.push_str(word);
            used += 1 + length;
            continue;
        }
        // What fits on no line at all may as well begin on this one.
        if used > 0 && length > width && used + 1 < width {
            let end = word.char_indices().nth(width - used - 1);
            let (begun, rest) = word.split_at(end.map_or(word.len(), |(at, _)| at));
            line(format!("{indent}{row} {begun}"))?;
            word = rest;
            length -= width - used - 1;
            row.clear();
        } else if used > 0 {
            line(format!("{indent}{row}"))?;
            row.clear();
        }
        while length > width {
            let end = word.char_indices().nth(width);
            let (full, rest) = word.split_at(end.map_or(word.len(), |(at, _)| at));
            line(format!("{indent}{full}"))?;
            word = rest;
            length -= width;
        }
        row.push_str(word);
        used = length;
    }
    line(format!("{indent}{row}"))
}

/// As [`wrap`], as one string of lines.
pub(crate) fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut lines = String::new();
    let _ = wrap(text, indent, width, &mut |line| {
        lines.push_str(&line);
        lines.push('\n');
        ControlFlow::Continue(())
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_no_longer_than_the_terminal() {
        for (text, expected) in [
            ("", &[""][..]),
            ("a  b", &["a  b"]),
            (&"x".repeat(69), &[&"x".repeat(68), "x"]),
            (
                &format!("one {} two", "ä".repeat(69)),
                &[&format!("one {}", "ä".repeat(64)), "äääää two"],
            ),
            (
                &format!("{} {}", "x".repeat(67), "y".repeat(69)),
                &[&"x".repeat(67), &"y".repeat(68), "y"],
            ),
            (
                &format!("one {}", "ä".repeat(68)),
                &["one", &"ä".repeat(68)],
            ),
        ] {
            let indent = " ".repeat(12);
            let expected: String = expected
                .iter()
                .map(|row| format!("{indent}{row}\n"))
                .collect();
            assert_eq!(wrapped(text, &indent, 80), expected, "{text}");
        }
        assert_eq!(wrapped("ab", "    ", 3), "    a\n    b\n");
    }
}
