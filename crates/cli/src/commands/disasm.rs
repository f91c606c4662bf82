//! `weighbridge disasm`: the instructions of the pickles in a file.

use std::io::Read;
use std::ops::ControlFlow;

use weighbridge::{Listed, Options};

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
    let (mut listed, mut failed, mut unlisted) = (false, false, 0);
    let source = input.source.as_ref();
    let mut each = |part: &Listed<'_>| match part {
        Listed::Gap(member, gap) => {
            unlisted += 1;
            if unlisted <= NAMED {
                let content = words::content(&input.name, Some(member));
                let words = words::gap(gap.reason.as_str(), &gap.detail);
                output.say(&format!("{content}: not listed, {words}"));
            }
            ControlFlow::Continue(())
        }
        Listed::Failed(member, error) => {
            failed = true;
            let content = words::content(&input.name, Some(member));
            output.say(&format!("{content}: it cannot be read: {error}"));
            ControlFlow::Continue(())
        }
        _ => {
            let text = part.to_text(&input.name, listed);
            listed = true;
            output.text(&text)
        }
    };
    let examined = weighbridge::list(source, &input.name, &Options::default(), &mut each);
    let more = u64::saturating_sub(unlisted, NAMED);
    if more > 0 {
        let parts = words::count(more, "part is", "parts are");
        output.say(&format!("{}: {parts} not listed either", input.name));
    }
    Exit::complete_if(examined.is_complete() && !failed)
}
