//! What rules say: sentences about effects, and the facts that they are made of.

use super::act::{Change, Import};
use super::{Act, Sense};
use crate::finding::Evidence;
use crate::knowledge::{Reached, Standing};

use super::sense::Subject;

/// What is known of a dangerous global, to complete a sentence.
pub(super) fn reason(subject: &Subject<'_>) -> Option<String> {
    match subject.standing {
        Standing::Dangerous(danger, Reached::Namesake) => Some(format!(
            "has the name of something that {}, and its module is not known",
            danger.reason
        )),
        Standing::Dangerous(danger, _) => Some(danger.reason.to_owned()),
        _ => None,
    }
}

/// "loading calls f(x); …", with what is known of `f` or, where that is nothing, with `otherwise`.
pub(super) fn call(act: &Act<'_>, sense: &Sense<'_, '_>, otherwise: &str) -> (String, Evidence) {
    let Act::Call(call) = act else {
        return structure(otherwise);
    };
    let mut callee = sense.called(call.value);
    if let Some(subject) = call.global().filter(|subject| subject.path != callee) {
        callee = format!("{} through {callee}", subject.path);
    }
    let args = arguments(sense.preview(call.args));
    let known = call.global().and_then(|subject| reason(subject));
    let because = match &known {
        Some(reason) => format!("it {reason}"),
        None => otherwise.to_owned(),
    };
    let evidence = Evidence::Call {
        callee: callee.clone(),
        args: args.clone(),
        reason: known,
    };
    (format!("loading calls {callee}{args}; {because}"), evidence)
}

/// Arguments as Python writes them in a call.
fn arguments(preview: String) -> String {
    match preview.strip_suffix(",)") {
        Some(one) if one.starts_with('(') => format!("{one})"),
        _ if preview.starts_with('(') => preview,
        _ => format!("(*{preview})"),
    }
}

/// "loading imports m.n; …", likewise.
pub(super) fn import(act: &Act<'_>, sense: &Sense<'_, '_>, otherwise: &str) -> (String, Evidence) {
    let Act::Import(Import { subject, global }) = act else {
        return structure(otherwise);
    };
    let path = match subject {
        Some(subject) => subject.path.clone(),
        None => sense.called(*global),
    };
    let known = subject.as_ref().and_then(|subject| reason(subject));
    let because = match &known {
        Some(reason) => format!("it {reason}"),
        None => otherwise.to_owned(),
    };
    let evidence = Evidence::Import {
        global: path.clone(),
        reason: known,
    };
    (format!("loading imports {path}; {because}"), evidence)
}

/// "loading sets the state of x to y; …".
pub(super) fn change(act: &Act<'_>, sense: &Sense<'_, '_>, because: &str) -> (String, Evidence) {
    let (what, change) = match act {
        Act::Build(change) => ("the state", change),
        Act::Items(change) => ("items", change),
        _ => return structure(because),
    };
    let target = sense.called(change.value);
    let value = preview(change, sense);
    let message = format!("loading sets {what} of {target} to {value}; {because}");
    (message, Evidence::Change { target, value })
}

fn preview(change: &Change<'_>, sense: &Sense<'_, '_>) -> String {
    match change.state {
        Some(state) => sense.preview(state),
        None => change.preview.clone(),
    }
}

/// A sentence that is all there is to say.
pub(super) fn structure(detail: &str) -> (String, Evidence) {
    let evidence = Evidence::Structure {
        detail: detail.to_owned(),
    };
    (detail.to_owned(), evidence)
}
