//! `weighbridge diff`: whether two models hold the same tensors.

use std::ops::ControlFlow;
use std::path::Path;

use weighbridge::{
    ChangedTensor, Checkpoint, CheckpointError, Control, DiffError, Difference, Opening, diff,
};

use crate::args::{DiffArgs, RecordFormat};
use crate::exit::Exit;
use crate::output::Output;
use crate::session::Session;
use crate::words;

/// Runs the command.
pub(crate) fn run(args: &DiffArgs, session: &Session, output: &mut Output<'_>) -> Exit {
    let control = Control::new().with_token(session.token.clone());
    let opening = Opening::default().with_tensors_only(true);
    let open = |path: &Path| Checkpoint::open_with(path, &opening, &control);
    let (first, second) = match (open(&args.first), open(&args.second)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(CheckpointError::Cancelled), _) | (_, Err(CheckpointError::Cancelled)) => {
            output.say("it was interrupted");
            return Exit::Interrupted;
        }
        (first, second) => {
            for error in [first.err(), second.err()].into_iter().flatten() {
                output.say(&error.to_string());
            }
            return Exit::Incomplete;
        }
    };
    let difference = match diff(&first, &second, &control) {
        Ok(difference) => difference,
        Err(DiffError::Cancelled) => {
            output.say("it was interrupted");
            return Exit::Interrupted;
        }
        Err(error) => {
            output.say(&error.to_string());
            return Exit::Incomplete;
        }
    };
    for of in [&first, &second] {
        for refused in of.refused() {
            let (file, name) = (of.name(), words::shown(&refused.name));
            output.say(&format!(
                "{file}: {name} cannot be compared: {}",
                refused.why
            ));
        }
    }
    // A reader that goes away is noticed when the output is finished.
    let _ended = match args.format {
        RecordFormat::Json => output.line(difference.to_json()),
        RecordFormat::Text => text(&difference, args, output),
    };
    let is_same = difference.only_first.is_empty()
        && difference.only_second.is_empty()
        && difference.changed.is_empty();
    match (is_same, difference.unread.is_empty()) {
        (false, _) => Exit::Findings,
        (true, is_read) => Exit::complete_if(is_read),
    }
}

fn text(difference: &Difference, args: &DiffArgs, output: &mut Output<'_>) -> ControlFlow<()> {
    for (names, path) in [
        (&difference.only_first, &args.first),
        (&difference.only_second, &args.second),
    ] {
        for name in names {
            let name = words::shown(name);
            output.line(format!("only in {}: {name}", words::path(path)))?;
        }
    }
    for changed in &difference.changed {
        output.line(format!("{}: {}", words::shown(&changed.name), how(changed)))?;
    }
    let same = words::count(difference.same, "tensor is", "tensors are");
    output.line(format!("{same} the same"))
}

/// In what a tensor differs.
fn how(changed: &ChangedTensor) -> String {
    let (one, other) = &changed.dtypes;
    if one != other {
        return format!("{one} and {other}");
    }
    match (changed.elements, changed.first) {
        (Some(count), Some(first)) => {
            let elements = words::count(count, "element differs", "elements differ");
            format!("{elements}, the first at {first}")
        }
        _ => format!("{:?} and {:?}", changed.shapes.0, changed.shapes.1),
    }
}
