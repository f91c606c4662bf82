//! Where reports go: text for people, or one of the machine formats.

use std::ops::ControlFlow;

use weighbridge::Report;

use super::baseline::Baseline;
use super::text::Text;
use crate::args::{ScanArgs, ScanFormat};
use crate::output::Output;

/// A report, and how it came to be asked for.
pub(super) struct Scanned {
    pub(super) report: Report,
    /// Whether the file itself was named, rather than a folder that it is in.
    pub(super) named: bool,
}

/// Takes reports, in order.
pub(super) enum Sink {
    Text(Text),
    Jsonl,
}

impl Sink {
    pub(super) fn new(args: &ScanArgs, colors: bool, width: usize) -> Sink {
        match args.format {
            ScanFormat::Text => Sink::Text(Text::new(args, colors, width)),
            ScanFormat::Jsonl => Sink::Jsonl,
        }
    }

    /// Writes a report; breaks where nobody reads it any more.
    pub(super) fn report(
        &mut self,
        scanned: &Scanned,
        baseline: &Baseline,
        output: &mut Output<'_>,
    ) -> ControlFlow<()> {
        match self {
            Sink::Text(text) => text.report(scanned, baseline, &mut |line| output.line(line)),
            Sink::Jsonl => output.line(scanned.report.to_json()),
        }
    }

    /// Writes what comes behind the last report: `summary`, in text.
    pub(super) fn finish(self, summary: &str, output: &mut Output<'_>) -> ControlFlow<()> {
        match self {
            Sink::Text(text) => text.finish(summary, &mut |line| output.line(line)),
            Sink::Jsonl => ControlFlow::Continue(()),
        }
    }
}
