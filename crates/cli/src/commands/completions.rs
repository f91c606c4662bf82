//! `weighbridge completions`: what a shell needs to complete command lines.

use clap::CommandFactory as _;

use crate::args::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(args: &CompletionsArgs, output: &mut Output<'_>) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "weighbridge", &mut script);
    // A reader that goes away is noticed when the output is finished.
    let _ = output.line(String::from_utf8_lossy(&script).trim_end());
    Exit::Complete
}
