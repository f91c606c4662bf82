//! The command line of Weighbridge as a function: [`run`]. The `weighbridge` binary calls it with the
//! process's own streams; other front ends may call it with theirs.
//!
//! Data goes to the standard output, talk to the standard error. Every string that comes out of a
//! file is escaped before it is shown.

mod args;
mod commands;
mod config;
mod exit;
mod input;
mod loads;
mod near;
mod output;
mod session;
mod status;
mod words;
mod wrap;

use std::ffi::OsString;
use std::io::{Read, Write};

use args::{Cli, Command};
use output::Output;

pub use args::size;
pub use config::applications_in;
pub use exit::Exit;
pub use session::Session;

/// Runs a command line, with the program's name as the first argument.
///
/// Nothing about the arguments or the files makes this panic or hang; a closed pipe on `stdout` ends
/// it quietly.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Exit {
    run_in(&Session::default(), args, stdin, stdout, stderr)
}

/// As [`run`], in a session that tells of the terminal and may end the run early.
pub fn run_in(
    session: &Session,
    args: impl IntoIterator<Item = OsString>,
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Exit {
    let mut output = Output::new(stdout, stderr);
    let args: Vec<OsString> = args.into_iter().collect();
    let exit = match args::parse(&args, session.width) {
        Ok(Cli {
            command: Command::Scan(args),
        }) => commands::scan::run(&args, session, stdin, &mut output),
        Ok(Cli {
            command: Command::Trace(args),
        }) => commands::trace::run(&args, stdin, &mut output),
        Ok(Cli {
            command: Command::Disasm(args),
        }) => commands::disasm::run(&args, stdin, &mut output),
        Ok(Cli {
            command: Command::Decompile(args),
        }) => commands::decompile::run(&args, stdin, &mut output),
        Ok(Cli {
            command: Command::Globals(args),
        }) => commands::globals::run(&args, stdin, &mut output),
        Ok(Cli {
            command: Command::Inspect(args),
        }) => commands::inspect::run(&args, stdin, &mut output),
        Ok(Cli {
            command: Command::Convert(args),
        }) => commands::convert::run(&args, session, &mut output),
        Ok(Cli {
            command: Command::Diff(args),
        }) => commands::diff::run(&args, session, &mut output),
        Ok(Cli {
            command: Command::Inventory(args),
        }) => commands::inventory::run(&args, session, &mut output),
        Ok(Cli {
            command: Command::Bom(args),
        }) => commands::inventory::bom(&args, session, &mut output),
        Ok(Cli {
            command: Command::Rules(args),
        }) => commands::rules::run(&args, session.width, &mut output),
        Ok(Cli {
            command: Command::Schema(args),
        }) => commands::schema::run(&args, &mut output),
        Ok(Cli {
            command: Command::Completions(args),
        }) => commands::completions::run(&args, &mut output),
        Err(error) => args::refuse(&error, &args, &mut output),
    };
    exit.or(output.finish())
}
