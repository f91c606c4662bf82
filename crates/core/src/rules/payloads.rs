//! PKL201, PKL202, PKL203: values that hold something that a program loads or runs.

use super::Hit;
use crate::finding::{Confidence, Evidence, Severity};
use crate::observer::{Payload, PayloadKind};

/// What to say of a payload.
pub(super) fn judge(payload: &Payload<'_>) -> (&'static str, Hit, (String, Evidence)) {
    let (rule, severity, confidence) = match payload.kind {
        // What is in it is judged as well; that it is there is only worth knowing, unless it is hidden.
        PayloadKind::Pickle if payload.layers.is_empty() => {
            ("PKL201", Severity::Low, Confidence::High)
        }
        PayloadKind::Pickle => ("PKL201", Severity::Medium, Confidence::High),
        PayloadKind::Code => ("PKL202", Severity::Medium, Confidence::High),
        PayloadKind::Executable => ("PKL203", Severity::Medium, Confidence::High),
    };
    let behind = if payload.layers.is_empty() {
        String::new()
    } else {
        format!(", behind {}", payload.layers.join(" and "))
    };
    let message = format!("{} holds {}{behind}", payload.holder, payload.what);
    let hit = Hit {
        confidence,
        ..Hit::new(severity, payload.what)
    };
    let evidence = Evidence::Payload {
        what: payload.what.to_owned(),
        layers: payload
            .layers
            .iter()
            .map(|&layer| layer.to_owned())
            .collect(),
    };
    (rule, hit, (message, evidence))
}
