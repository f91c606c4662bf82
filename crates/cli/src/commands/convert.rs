//! `weighbridge convert`: from a checkpoint to safetensors.

use std::cell::RefCell;
use std::ops::ControlFlow;

use weighbridge::convert::{ConvertError, Converted, Request, Tied, convert_path};
use weighbridge::{Control, ElementType, Opening, Progress, Verdict, escape};

use crate::args::{ConvertArgs, FloatType, RecordFormat, TiedArg};
use crate::exit::Exit;
use crate::output::Output;
use crate::session::Session;
use crate::status::Status;
use crate::words;

/// How many names a line names before it counts.
const NAMED: usize = 6;

/// Runs the command.
pub(crate) fn run(args: &ConvertArgs, session: &Session, output: &mut Output<'_>) -> Exit {
    let status = RefCell::new((Status::new(session.progress), output));
    let progress = |at: Progress| {
        let (status, output) = &mut *status.borrow_mut();
        status.show(output, || {
            let percent = at.reached.saturating_mul(100) / at.total.max(1);
            format!(
                "{percent} % of {} written and compared …",
                words::bytes(at.total)
            )
        });
    };
    let control = Control::new()
        .with_token(session.token.clone())
        .with_progress(&progress);
    let done = convert_path(
        &args.source,
        args.out.as_deref(),
        &request(args),
        &Opening::default(),
        &control,
    );
    let (mut status, output) = status.into_inner();
    status.clear(output);
    match done {
        Ok(done) => {
            // A reader that goes away is noticed when the output is finished.
            let _ended = match args.format {
                // A text of many megabytes, of which a copy would be another.
                RecordFormat::Json => {
                    let _written = output.text(&done.to_json());
                    output.text("\n")
                }
                RecordFormat::Text => text(&done, args, output),
            };
            Exit::Complete
        }
        Err(ConvertError::Cancelled) => {
            output.say("it was interrupted; no file was written");
            Exit::Interrupted
        }
        Err(error) => {
            let told = match error {
                ConvertError::Source(_) | ConvertError::Exists(_) | ConvertError::Write { .. } => {
                    error.to_string()
                }
                _ => format!("{}: {error}", words::path(&args.source)),
            };
            for line in told.lines() {
                output.say(line);
            }
            advise(&error, output);
            Exit::Incomplete
        }
    }
}

fn request(args: &ConvertArgs) -> Request {
    let dtype = args.dtype.map(|dtype| match dtype {
        FloatType::Float16 => ElementType::F16,
        FloatType::Bfloat16 => ElementType::BF16,
        FloatType::Float32 => ElementType::F32,
        FloatType::Float64 => ElementType::F64,
    });
    let tied = match args.tied {
        TiedArg::Alias => Tied::Alias,
        TiedArg::Duplicate => Tied::Duplicate,
    };
    let mut request = Request::default()
        .with_shard_size(args.shard_size)
        .with_dtype(dtype)
        .with_tied(tied)
        .with_skip(args.skip)
        .with_force(args.force)
        .with_dry_run(args.dry_run)
        .with_extras(args.extras.clone());
    if let Some(key) = &args.key {
        request = request.with_key(key);
    }
    for (key, value) in &args.metadata {
        request = request.with_metadata(key, value);
    }
    request
}

/// What to do about an error.
fn advise(error: &ConvertError, output: &mut Output<'_>) {
    match error {
        ConvertError::Exists(_) => output.say("use --force to replace it, or name another file"),
        ConvertError::Unsupported(_) => output.say("use --skip to leave them out"),
        _ => {}
    }
}

fn text(done: &Converted, args: &ConvertArgs, output: &mut Output<'_>) -> ControlFlow<()> {
    let made = &done.conversion;
    let bytes = made.tensors.iter().map(|tensor| tensor.bytes()).sum();
    let verb = if made.dry_run {
        "would become"
    } else {
        "became"
    };
    let tensors = words::count(made.tensors.len() as u64, "tensor", "tensors");
    let source = words::path(&done.source);
    output.line(format!("{source} ({}) {verb}", done.formats.join(", ")))?;
    for file in made.files.iter().map(|file| (&file.path, file.size)) {
        output.line(format!(
            "  {} ({})",
            words::path(file.0),
            words::bytes(file.1)
        ))?;
    }
    if let Some(index) = &made.index {
        output.line(format!("  {}", words::path(index)))?;
    }
    output.line(format!("  {tensors}, {}", words::bytes(bytes)))?;
    for (alias, kept) in made.aliases.iter().take(NAMED) {
        let (alias, kept) = (words::shown(alias), words::shown(kept));
        output.line(format!("tied: {alias} is {kept}, which is written once"))?;
    }
    if made.aliases.len() > NAMED {
        output.line(format!(
            "tied: {} more, all in the metadata",
            made.aliases.len() - NAMED
        ))?;
    }
    left_out(done, args, output)?;
    left_behind(done, output)
}

/// What is in no file, though it is no code.
fn left_out(done: &Converted, args: &ConvertArgs, output: &mut Output<'_>) -> ControlFlow<()> {
    let made = &done.conversion;
    for refused in &made.refused {
        let name = words::shown(&refused.name);
        output.line(format!("left out: {name}: {}", refused.why))?;
    }
    if made.elsewhere > 0 {
        let tensors = words::count(made.elsewhere as u64, "tensor", "tensors");
        let key = words::shown(args.key.as_deref().unwrap_or_default());
        output.line(format!("left out: {tensors} that are not under {key}"))?;
    }
    match (&done.extras, done.has_values) {
        (Some(extras), _) => {
            let extras = words::path(extras);
            let verb = if made.dry_run { "would go" } else { "went" };
            output.line(format!("values: what is no tensor {verb} to {extras}"))
        }
        (None, true) => {
            output.line("left out: what is no tensor; write it to a file with --extras FILE")
        }
        (None, false) => ControlFlow::Continue(()),
    }
}

/// What loading the file would have run.
fn left_behind(done: &Converted, output: &mut Output<'_>) -> ControlFlow<()> {
    for listed in &done.code {
        let name = words::shown(&listed.global.resolved);
        let what = match (listed.reason, listed.global.class) {
            (Some(reason), _) => format!("it {reason}"),
            (None, "unknown") => "nothing is known of it".to_owned(),
            (None, class) => format!("it is of the class {class}"),
        };
        output.line(format!("left behind: {name}; {}", escape::visible(&what)))?;
    }
    match done.verdict {
        Verdict::Malicious | Verdict::Suspicious => output.line(format!(
            "The source is {}: do not load it. Nothing of it was run, and only its tensors were taken.",
            done.verdict.as_str()
        )),
        _ => ControlFlow::Continue(()),
    }
}
