//! A line diff for the messages of failed tests.

/// How many lines stand around a change.
const CONTEXT: usize = 2;
/// How many lines a diff shows at most.
const MAX_LINES: usize = 80;
/// How many cells the table of common subsequences has at most; past it, lines are not paired.
const MAX_CELLS: usize = 4_000_000;

/// A line of both texts, or of one of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    Both(&'a str),
    Expected(&'a str),
    Got(&'a str),
}

/// What changed from `expected` (`-`) to `got` (`+`), with the lines around it.
pub(crate) fn line_diff(expected: &str, got: &str) -> String {
    let expected: Vec<&str> = expected.split_inclusive('\n').collect();
    let got: Vec<&str> = got.split_inclusive('\n').collect();
    let lines = pair(&expected, &got);
    let mut out = String::new();
    let mut shown = 0;
    let mut hidden = false;
    for (index, line) in lines.iter().enumerate() {
        let near = index.saturating_sub(CONTEXT)..(index + CONTEXT + 1).min(lines.len());
        if lines[near].iter().all(|line| matches!(line, Line::Both(_))) {
            hidden = true;
            continue;
        }
        if std::mem::take(&mut hidden) {
            out.push_str("  …\n");
        }
        if shown == MAX_LINES {
            out.push_str("  … and more\n");
            break;
        }
        shown += 1;
        show(*line, &mut out);
    }
    out
}

/// Writes a line with its sign; control characters are escaped.
fn show(line: Line<'_>, out: &mut String) {
    let (sign, text) = match line {
        Line::Both(text) => (' ', text),
        Line::Expected(text) => ('-', text),
        Line::Got(text) => ('+', text),
    };
    out.push(sign);
    out.push(' ');
    let ended = text.strip_suffix('\n');
    for c in ended.unwrap_or(text).chars() {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out.push_str(if ended.is_some() {
        "\n"
    } else {
        " (no line feed at the end)\n"
    });
}

/// Pairs the lines of both texts.
fn pair<'a>(expected: &[&'a str], got: &[&'a str]) -> Vec<Line<'a>> {
    let head = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    let tail = expected[head..]
        .iter()
        .rev()
        .zip(got[head..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (expected_end, got_end) = (expected.len() - tail, got.len() - tail);
    let mut lines: Vec<Line<'a>> = expected[..head]
        .iter()
        .map(|line| Line::Both(line))
        .collect();
    pair_changed(
        &expected[head..expected_end],
        &got[head..got_end],
        &mut lines,
    );
    lines.extend(expected[expected_end..].iter().map(|line| Line::Both(line)));
    lines
}

/// Pairs lines by their longest common subsequence.
fn pair_changed<'a>(expected: &[&'a str], got: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let width = got.len() + 1;
    let (mut at, mut to) = (0, 0);
    if width * (expected.len() + 1) <= MAX_CELLS {
        // common[i * width + j]: how many lines expected[i..] and got[j..] have in common.
        let mut common = vec![0u32; width * (expected.len() + 1)];
        for i in (0..expected.len()).rev() {
            for j in (0..got.len()).rev() {
                common[i * width + j] = if expected[i] == got[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
        while at < expected.len() && to < got.len() {
            if expected[at] == got[to] {
                lines.push(Line::Both(expected[at]));
                (at, to) = (at + 1, to + 1);
            } else if common[(at + 1) * width + to] >= common[at * width + to + 1] {
                lines.push(Line::Expected(expected[at]));
                at += 1;
            } else {
                lines.push(Line::Got(got[to]));
                to += 1;
            }
        }
    }
    lines.extend(expected[at..].iter().map(|line| Line::Expected(line)));
    lines.extend(got[to..].iter().map(|line| Line::Got(line)));
}

#[cfg(test)]
mod tests {
    use super::{MAX_LINES, line_diff};

    #[test]
    fn shows_changes_with_context() {
        let expected = "1\n2\n3\n4\n5\n6\n7\n";
        let got = "1\n2\n3\nfour\n5\n6\n7\n";
        assert_eq!(
            line_diff(expected, got),
            "  …\n  2\n  3\n- 4\n+ four\n  5\n  6\n"
        );
        assert_eq!(line_diff(expected, expected), "");
        assert_eq!(line_diff("", "a\n"), "+ a\n");
        assert_eq!(line_diff("a\nb\nc\n", "a\nc\n"), "  a\n- b\n  c\n");
    }

    #[test]
    fn shows_control_characters_and_a_missing_line_feed() {
        assert_eq!(
            line_diff("a\u{1b}\n", "a"),
            "- a\\u{1b}\n+ a (no line feed at the end)\n"
        );
    }

    #[test]
    fn is_bounded() {
        let many = |prefix: &str| {
            (0..3000)
                .map(|n| format!("{prefix}{n}\n"))
                .collect::<String>()
        };
        let diff = line_diff(&many("a"), &many("b"));
        assert_eq!(diff.lines().count(), MAX_LINES + 1);
    }
}
