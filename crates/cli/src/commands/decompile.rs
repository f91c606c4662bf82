//! `weighbridge decompile`: what loading a file does, as text that reads like Python.

use std::io::Read;

use weighbridge::{Detail, Options};

use crate::args::DecompileArgs;
use crate::exit::Exit;
use crate::input;
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(args: &DecompileArgs, stdin: &mut dyn Read, output: &mut Output<'_>) -> Exit {
    let input = match input::open(&args.file, stdin) {
        Ok(input) => input,
        Err(words) => {
            output.say(&words);
            return Exit::Incomplete;
        }
    };
    let detail = if args.full {
        Detail::Full
    } else {
        Detail::Short
    };
    let examined = weighbridge::decompile(
        input.source.as_ref(),
        &input.name,
        &Options::default(),
        detail,
        &mut |line| output.line(line),
    );
    Exit::complete_if(examined.is_complete())
}
