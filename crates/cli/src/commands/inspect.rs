//! `weighbridge inspect`: what a model holds.

use std::io::Read;
use std::ops::ControlFlow;

use weighbridge::{InspectedTensor, Inspection, Options};

use crate::args::{InspectArgs, InspectFormat};
use crate::exit::Exit;
use crate::output::Output;
use crate::{input, loads, words};

/// Columns are aligned up to this width; what is longer sticks out.
const WIDEST: usize = 60;
/// How many things that loaders refuse are shown.
const SHOWN: usize = 20;

/// Runs the command.
pub(crate) fn run(args: &InspectArgs, stdin: &mut dyn Read, output: &mut Output<'_>) -> Exit {
    let input = match input::open(&args.file, stdin) {
        Ok(input) => input,
        Err(words) => {
            output.say(&words);
            return Exit::Incomplete;
        }
    };
    let held = weighbridge::inspect(input.source.as_ref(), &input.name, &Options::default());
    // A reader that goes away is noticed when the output is finished.
    let _ended = match args.format {
        InspectFormat::Json => output.line(held.to_json()),
        InspectFormat::Text => text(&held, output),
    };
    if !held.complete {
        output.say(&format!(
            "{}: not everything could be examined, so there may be more; `weighbridge scan` says what",
            input.name
        ));
    }
    Exit::complete_if(held.complete)
}

fn text(held: &Inspection, output: &mut Output<'_>) -> ControlFlow<()> {
    let mut line = |name: &str, value: String| output.line(format!("{name:<9} {value}"));
    let formats = match held.formats.as_slice() {
        [] => "nothing known".to_owned(),
        formats => formats.join(", "),
    };
    line("format", formats)?;
    for producer in &held.producers {
        line("producer", words::shown(producer))?;
    }
    for (key, value) in &held.metadata {
        line(
            "metadata",
            format!("{}: {}", words::shown(key), words::shown(value)),
        )?;
    }
    let tensors = words::count(held.tensor_count, "tensor", "tensors");
    let elements = words::count(held.elements, "element", "elements");
    let bytes = words::count(held.bytes, "byte", "bytes");
    line("totals", format!("{tensors}, {elements}, {bytes}"))?;
    if let Some(summary) = loads::summary(&held.loaders) {
        line("loader", summary)?;
    }
    let blockers = loads::blockers(&held.loaders);
    for blocker in blockers.iter().take(SHOWN) {
        line("  refuses", blocker.clone())?;
    }
    if blockers.len() > SHOWN {
        let rest = (blockers.len() - SHOWN) as u64;
        let more = words::count(rest, "more thing", "more things");
        line("  refuses", format!("{more}; --format json tells all"))?;
    }
    for allow in loads::lines(&held.loaders) {
        line("  allow", allow)?;
    }
    table(&held.tensors, output)
}

fn table(tensors: &[InspectedTensor], output: &mut Output<'_>) -> ControlFlow<()> {
    let rows: Vec<[String; 4]> = tensors.iter().map(row).collect();
    let wide = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widths = cells.map(|cell| cell.chars().count().min(WIDEST));
        widths.max().unwrap_or_default()
    };
    let [name, dtype, shape, bytes] = [0, 1, 2, 3].map(wide);
    if !rows.is_empty() {
        output.line("")?;
    }
    for [a, b, c, d] in &rows {
        output.line(format!("{a:<name$}  {b:<dtype$}  {c:<shape$}  {d:>bytes$}"))?;
    }
    ControlFlow::Continue(())
}

fn row(tensor: &InspectedTensor) -> [String; 4] {
    let sizes: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
    let bytes = tensor.bytes.map(|bytes| bytes.to_string());
    let name = match tensor.name.as_str() {
        "" => "(unnamed)".to_owned(),
        name => words::shown(name),
    };
    [
        name,
        words::shown(&tensor.dtype),
        format!("[{}]", sizes.join(", ")),
        bytes.unwrap_or_else(|| "?".to_owned()),
    ]
}
