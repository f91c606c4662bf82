//! Pages: what stands in their scripts, as JavaScript or TypeScript reads it; and the head of an Astro page.

use std::ops::Range;

use super::{Finds, read_nested};
use crate::kind::FileKind;
use crate::source_file::SourceFile;
use crate::triggers;

/// Reads a page.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let mut scripts = scripts(file.text);
    scripts.extend(head(file.text));
    for (kind, span) in scripts {
        let text = file.slice(&span);
        if !triggers::is_hit(kind, "", text.as_bytes()) {
            continue;
        }
        let nested = file.nested(kind, text);
        out.within(|at| span.start + at, |out| read_nested(&nested, out));
    }
}

/// What stands between `<script …>` and `</script>`, outside of comments.
fn scripts(text: &str) -> Vec<(FileKind, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text.get(at..).and_then(|rest| rest.find('<')) {
        let begin = at + begin;
        let rest = text.get(begin..).unwrap_or_default();
        if rest.starts_with("<!--") {
            at = begin + rest.find("-->").unwrap_or(rest.len()).max(1);
            continue;
        }
        at = begin + 1;
        if !opens(rest) {
            continue;
        }
        let Some(tag) = rest.find('>').map(|end| end + 1) else {
            break;
        };
        let start = begin + tag;
        let body = text.get(start..).unwrap_or_default();
        let length = end(body);
        at = start + length;
        let attributes = rest.get(..tag).unwrap_or_default();
        let kind = if attributes.contains("\"ts\"") || attributes.contains("'ts'") {
            FileKind::TypeScript
        } else {
            FileKind::JavaScript
        };
        found.push((kind, start..start + length));
    }
    found
}

/// Whether the tag of a script begins here.
fn opens(text: &str) -> bool {
    let is_script = (text.get(..7)).is_some_and(|tag| tag.eq_ignore_ascii_case("<script"));
    let after = text.get(7..).and_then(|rest| rest.chars().next());
    is_script && after.is_some_and(|c| c.is_whitespace() || c == '>')
}

/// How long a script is.
fn end(body: &str) -> usize {
    let mut ends = body.match_indices("</").map(|(at, _)| at);
    let is_end = |at: &usize| {
        let tag = body.get(at + 2..at + 8);
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case("script"))
    };
    ends.find(is_end).unwrap_or(body.len())
}

/// The code between the lines `---` with which an Astro page begins.
fn head(text: &str) -> Option<(FileKind, Range<usize>)> {
    let start = text.strip_prefix("---\n").map(|_| 4)?;
    let length = text.get(start..)?.find("\n---")?;
    Some((FileKind::TypeScript, start..start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        let scripts = scripts(text).into_iter();
        scripts.map(|(_, span)| &text[span]).collect()
    }

    #[test]
    fn scripts_are_found() {
        assert_eq!(
            of("<p><script>a < b</script><SCRIPT type='x'>c</SCRIPT >"),
            ["a < b", "c"]
        );
        assert_eq!(
            of("<!-- <script>no</script> --><scripts>no</scripts>"),
            [""; 0]
        );
        assert_eq!(of("<script>open"), ["open"]);
        assert_eq!(of("<script"), [""; 0]);
        assert_eq!(of("<é<!--"), [""; 0]);
        assert_eq!(
            scripts("<script lang=\"ts\">x</script>")[0].0,
            FileKind::TypeScript
        );
        assert_eq!(head("---\nx\n---\n<p>").map(|(_, span)| span), Some(4..5));
    }
}
