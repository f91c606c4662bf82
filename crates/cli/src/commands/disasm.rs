//! `weighbridge disasm`: the instructions of the pickles in a file.

use std::io::Read;
use std::ops::ControlFlow;

use weighbridge::pickle::{Effect, Line, View, disassemble};
use weighbridge::{Gap, Observer, Options, Part, PickleSpan, Place, Source, escape};

use crate::args::DisasmArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::{input, words};

/// How many members that are not listed are named before the rest is counted.
const NAMED: u64 = 10;

/// Runs the command.
pub(crate) fn run(args: &DisasmArgs, stdin: &mut dyn Read, output: &mut Output<'_>) -> Exit {
    let input = match input::open(&args.file, stdin) {
        Ok(input) => input,
        Err(words) => {
            output.say(&words);
            return Exit::Incomplete;
        }
    };
    let mut listing = Listing {
        name: &input.name,
        output,
        listed: false,
        failed: false,
        unlisted: 0,
    };
    let options = Options::default();
    let examined = weighbridge::observe(input.source.as_ref(), &input.name, &options, &mut listing);
    let more = listing.unlisted.saturating_sub(NAMED);
    let complete = examined.is_complete() && !listing.failed;
    if more > 0 {
        let parts = words::count(more, "part is", "parts are");
        output.say(&format!("{}: {parts} not listed either", input.name));
    }
    Exit::complete_if(complete)
}

struct Listing<'l, 'o> {
    name: &'l str,
    output: &'l mut Output<'o>,
    listed: bool,
    failed: bool,
    /// Members that are not listed.
    unlisted: u64,
}

impl Observer for Listing<'_, '_> {
    fn effect(&mut self, _: &Place<'_>, _: &Effect<'_>, _: &View<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()> {
        // What is wrong within a pickle shows in its listing.
        if gap.stream.is_none() {
            self.unlisted += 1;
        }
        if gap.stream.is_none() && self.unlisted <= NAMED {
            let content = words::content(self.name, Some(place.member));
            let words = words::gap(gap.reason.as_str(), &gap.detail);
            self.output.say(&format!("{content}: not listed, {words}"));
        }
        ControlFlow::Continue(())
    }

    fn pickle(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        span: PickleSpan,
    ) -> ControlFlow<()> {
        if self.listed {
            self.output.line("")?;
        }
        if self.listed || !place.member.is_empty() {
            self.output
                .line(words::content(self.name, Some(place.member)))?;
        }
        self.listed = true;
        let part = Part::new(source, 0, span.explained.unwrap_or(u64::MAX));
        let mut flow = ControlFlow::Continue(());
        let mut each = |line: &Line| {
            flow = self.output.line(escape::visible(&line.to_string()));
            flow.is_continue()
        };
        let done = disassemble(&part, span.start, &mut each);
        if let Err(error) = done {
            self.failed = true;
            let content = words::content(self.name, Some(place.member));
            self.output
                .say(&format!("{content}: it cannot be read: {error}"));
        }
        flow
    }
}
