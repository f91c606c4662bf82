//! `weighbridge trace`: everything that loading a file would do, in order.

use std::io::Read;
use std::ops::ControlFlow;

use weighbridge::{Options, TraceRecord};

use crate::args::{TraceArgs, TraceFormat};
use crate::exit::Exit;
use crate::output::Output;
use crate::{input, words};

/// Runs the command.
pub(crate) fn run(args: &TraceArgs, stdin: &mut dyn Read, output: &mut Output<'_>) -> Exit {
    let input = match input::open(&args.file, stdin) {
        Ok(input) => input,
        Err(words) => {
            output.say(&words);
            return Exit::Incomplete;
        }
    };
    let mut text = Text {
        name: &input.name,
        content: None,
    };
    let mut each = |record: &TraceRecord| match args.format {
        TraceFormat::Jsonl => output.line(record.to_json()),
        TraceFormat::Text => text.record(record, output),
    };
    let examined = weighbridge::trace(
        input.source.as_ref(),
        &input.name,
        &Options::default(),
        &mut each,
    );
    Exit::complete_if(examined.is_complete())
}

/// The trace as text: a heading for each pickle, a line for each effect.
struct Text<'t> {
    name: &'t str,
    /// What the last heading was for.
    content: Option<(Option<Vec<String>>, u32)>,
}

impl Text<'_> {
    fn record(&mut self, record: &TraceRecord, output: &mut Output<'_>) -> ControlFlow<()> {
        let member = &record.place.member;
        let stream = record.place.stream.unwrap_or(0);
        let known = self.content.as_ref();
        if known.is_none_or(|(known, in_stream)| known != member || *in_stream != stream) {
            if known.is_some() {
                output.line("")?;
            }
            let mut heading = words::content(self.name, member.as_deref());
            if stream > 0 {
                heading.push_str(&format!(", pickle {}", u64::from(stream) + 1));
            }
            output.line(heading)?;
            self.content = Some((member.clone(), stream));
        }
        output.line(words::line(record))
    }
}
