//! Where reports go: text for people, or one of the formats for programs.

use std::mem;
use std::ops::ControlFlow;

use weighbridge::Report;
use weighbridge::output::ReportWriter;

use super::baseline::Baseline;
use super::text::Text;
use crate::args::ScanArgs;
use crate::output::Output;

/// A report, and how it came to be asked for.
pub(super) struct Scanned {
    pub(super) report: Report,
    /// Whether the file itself was named, rather than a directory that it is in.
    pub(super) named: bool,
}

/// Takes reports, in order.
pub(super) enum Sink {
    Text(Text),
    Written(ReportWriter<Vec<u8>>),
}

impl Sink {
    pub(super) fn new(args: &ScanArgs, colors: bool, width: usize) -> Sink {
        match args.format.written() {
            None => Sink::Text(Text::new(args, colors, width)),
            Some(format) => Sink::Written(ReportWriter::new(format, Vec::new())),
        }
    }

    /// Writes a report; breaks where nobody reads it any more.
    pub(super) fn report(
        &mut self,
        scanned: &Scanned,
        baseline: Option<&Baseline>,
        output: &mut Output<'_>,
    ) -> ControlFlow<()> {
        match self {
            Sink::Text(text) => text.report(scanned, baseline, &mut |line| output.line(line)),
            Sink::Written(writer) => write(writer, &scanned.report, baseline, output),
        }
    }

    /// Writes the report on what a run that ends early leaves; people are told how many there are.
    pub(super) fn left(&mut self, report: &Report, output: &mut Output<'_>) -> ControlFlow<()> {
        match self {
            Sink::Text(_) => ControlFlow::Continue(()),
            Sink::Written(writer) => write(writer, report, None, output),
        }
    }

    /// Writes what comes behind the last report: `summary`, in text.
    pub(super) fn finish(self, summary: &str, output: &mut Output<'_>) -> ControlFlow<()> {
        match self {
            Sink::Text(text) => text.finish(summary, &mut |line| output.line(line)),
            Sink::Written(writer) => match writer.finish() {
                Ok(rest) => output.bytes(&rest),
                // Writing to memory does not fail.
                Err(_) => ControlFlow::Continue(()),
            },
        }
    }
}

fn write(
    writer: &mut ReportWriter<Vec<u8>>,
    report: &Report,
    baseline: Option<&Baseline>,
    output: &mut Output<'_>,
) -> ControlFlow<()> {
    // Writing to memory does not fail.
    let _written = match baseline {
        Some(known) => writer.report_since(report, &|found| known.knows(report, found)),
        None => writer.report(report),
    };
    output.bytes(&mem::take(writer.get_mut()))
}
