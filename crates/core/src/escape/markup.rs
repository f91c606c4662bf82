//! Text within other languages: Markdown, XML, URIs. Each shows what [`visible`] shows.

use std::fmt::Write as _;

use super::visible;

/// Text within a line of Markdown, or a cell of a table, that shows as it is: no markup, no HTML, no
/// link, no mention.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        // `www.` begins a link.
        let is_harmless = match c {
            '.' => !out.ends_with(['w', 'W']),
            c => !c.is_ascii() || c.is_ascii_alphanumeric() || " ,;/'\"()-=+?%".contains(c),
        };
        if is_harmless {
            out.push(c);
        } else {
            // Numbers rather than backslashes: tables and what makes links of addresses pay no heed
            // to those.
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    out
}

/// Text within an element or a quoted attribute of XML or HTML; it shows what [`visible`] shows.
#[must_use]
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Everything else that XML forbids is hidden, but for these two.
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// A path as a URI reference: everything that means something to a URI is percent-encoded, but for
/// the slashes between the parts.
pub(crate) fn uri(path: &[u8]) -> String {
    let mut rest = path;
    while let Some(behind) = rest.strip_prefix(b"./") {
        rest = behind;
    }
    let mut out = String::with_capacity(rest.len() + 8);
    if rest.starts_with(b"/") {
        out.push_str("file://");
    }
    for &byte in rest {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(
            markdown("a|b `c` <d> [e](f) @g &h\nhttp://i.j www.k"),
            "a&#124;b &#96;c&#96; &#60;d&#62; &#91;e&#93;(f) &#64;g &#38;h&#92;x0ahttp&#58;//i.j www&#46;k"
        );
        assert_eq!(
            xml("<a b='c' d=\"e\">&\0\u{ffff}é"),
            "&lt;a b=&apos;c&apos; d=&quot;e&quot;&gt;&amp;\\x00\\uffffé"
        );
    }

    #[test]
    fn paths_are_references() {
        assert_eq!(uri(b"./a b/c:d%\xff.pt"), "a%20b/c%3Ad%25%FF.pt");
        assert_eq!(uri(b"/models/m.pt"), "file:///models/m.pt");
        assert_eq!(uri(b"a\\b?c#d"), "a%5Cb%3Fc%23d");
    }
}
