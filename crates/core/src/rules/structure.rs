//! PKL301 and ZIP101: bytes behind a pickle, and members that are not what they pass for.

use super::{Hit, words};
use crate::finding::{Evidence, Severity};
use crate::format::Format;
use crate::gap::Gap;
use crate::observer::{Place, Role};

type Told = (&'static str, Hit, (String, Evidence));

/// What to say of bytes that belong to nothing.
pub(super) fn junk(gap: &Gap) -> Option<Told> {
    gap.stream?;
    let hit = Hit::new(Severity::Low, "trailing");
    Some(("PKL301", hit, words::structure(&gap.detail)))
}

/// What to say of what a content is read as.
pub(super) fn format(place: &Place<'_>, format: Format) -> Option<Told> {
    let passes_for = match place.role {
        Role::Elements => "the elements of a tensor",
        Role::TorchNote => "a short text about the archive",
        _ => return None,
    };
    let words = format!(
        "a member that passes for {passes_for} is a {}",
        format.as_str()
    );
    let hit = Hit::new(Severity::Medium, "hidden");
    Some(("ZIP101", hit, words::structure(&words)))
}
