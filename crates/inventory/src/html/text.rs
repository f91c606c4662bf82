//! Words and marks that all parts of the page use.

use weighbridge::{Location, Severity, escape};

use crate::inventory::{Application, Inventory};
use crate::reference::{Hub, Kind, Origin, Pin, Reference};

/// How many characters of one string of a file are shown.
const SHOWN: usize = 240;

/// A string of a file as text of the page, and within quotes of an attribute.
pub(super) fn shown(text: &str) -> String {
    escape::xml(&escape::capped(text, SHOWN))
}

/// A path with places to break it at.
pub(super) fn path(path: &str) -> String {
    shown(path).replace('/', "/<wbr>")
}

/// A number with its thousands apart.
pub(super) fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and what it counts.
pub(super) fn count(what: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(what), if what == 1 { one } else { many })
}

/// A number of bytes, rounded down: `1.5 GB`.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1000, "kB"),
    ];
    let unit = UNITS.into_iter().find(|(unit, _)| bytes >= *unit);
    unit.map_or_else(
        || format!("{bytes} B"),
        |(unit, name)| format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10)),
    )
}

/// A severity as a badge.
pub(super) fn badge(severity: Severity) -> String {
    let name = severity.as_str();
    format!("<span class=\"badge {name}\">{name}</span>")
}

/// Severities and how many of each, the worst first; those of which there are none are left out.
pub(super) fn badges(counts: &[usize; 5]) -> String {
    let mut out = String::new();
    for (severity, count) in Severity::ALL.into_iter().zip(counts).rev() {
        if *count > 0 {
            let name = severity.as_str();
            let count = number(*count);
            out.push_str(&format!(
                "<span class=\"badge {name}\"><b>{count}</b> {name}</span> "
            ));
        }
    }
    out
}

/// Where something comes from, as people write it.
pub(super) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Hub(hub) => hub.as_str(),
        Origin::Service(service) => service.as_str(),
    }
}

/// A kind as people write it.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::McpServer => "MCP server",
        kind => kind.as_str(),
    }
}

/// What a reference refers to.
pub(super) fn name(reference: &Reference) -> String {
    match &reference.id {
        Some(id) => format!("<span class=\"id\">{}</span>", path(id)),
        None => "<span class=\"unknown\">not known before it runs</span>".to_owned(),
    }
}

/// Whether a revision pins, in a word or two.
pub(super) fn pin(reference: &Reference) -> &'static str {
    let is_fetched = matches!(reference.origin, Origin::Hub(hub) if hub != Hub::Local);
    if !is_fetched || reference.kind == Kind::McpServer {
        return "not applicable";
    }
    match reference.revision.pin {
        Pin::Commit => "pinned",
        Pin::ShortCommit => "short commit",
        Pin::Tag => "tag, can move",
        Pin::Branch => "branch, moves",
        Pin::PullRequest => "pull request",
        Pin::Dynamic => "not known",
        Pin::None => "not pinned",
    }
}

/// The name of an application on the page: its folder, with its tree where there are several.
pub(super) fn application(inventory: &Inventory, application: &Application) -> String {
    let is_top = application.path == ".";
    match (inventory.repositories.len() > 1, is_top) {
        (true, true) => path(&application.repository),
        (true, false) => {
            let tree = application.repository.trim_end_matches('/');
            path(&format!("{tree}/{}", application.path))
        }
        (false, true) => match &*application.name {
            "." => "top folder".to_owned(),
            name => path(name),
        },
        (false, false) => path(&application.path),
    }
}

/// A place as editors take it.
pub(super) fn place(location: &Location) -> String {
    match location {
        Location::Text { file, line, .. } => format!("{}:{line}", path(file)),
        Location::Json { file, pointer } => format!("{} {}", path(file), path(pointer)),
        Location::Bytes { member, offset, .. } => {
            format!("{} at byte {offset}", path(&member.join("!/")))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!(
            [0, 12, 999, 1000, 1_234_567].map(number),
            ["0", "12", "999", "1,000", "1,234,567"]
        );
        assert_eq!(count(1, "place", "places"), "1 place");
        assert_eq!(
            [999, 1000, 1_950_000, 13_000_000_000].map(bytes),
            ["999 B", "1.0 kB", "1.9 MB", "13.0 GB"]
        );
    }

    #[test]
    fn nothing_is_markup() {
        assert_eq!(
            path("<a b='c'>/\u{202e}"),
            "&lt;a b=&apos;c&apos;&gt;/<wbr>\\u202e"
        );
    }
}
