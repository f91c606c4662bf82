//! TAR101, TAR102, TAR103, TAR104: entries that are dangerous to unpack.

use super::{Hit, words};
use crate::finding::{Confidence, Evidence, Severity};
use crate::observer::{Hazard, HazardKind, Place};

/// What to say of a hazard.
pub(super) fn judge(
    place: &Place<'_>,
    hazard: &Hazard<'_>,
) -> (&'static str, Hit, (String, Evidence)) {
    let (rule, severity, subject) = match hazard.kind {
        // Careless programs write such names; nobody needs links for it.
        HazardKind::Outside => ("TAR101", Severity::Medium, "outside"),
        HazardKind::ThroughLink => ("TAR101", Severity::High, "through"),
        HazardKind::LinkOutside => ("TAR102", Severity::Medium, "link"),
        HazardKind::Special => ("TAR103", Severity::Medium, "special"),
        HazardKind::BehindEnd => ("TAR104", Severity::Low, "behind"),
    };
    let mut hit = Hit::new(severity, subject);
    if place.embedded {
        hit.confidence = Confidence::Medium;
    }
    (rule, hit, words::structure(hazard.words))
}
