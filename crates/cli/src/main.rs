//! The `weighbridge` command; all of it is in the library.

use std::io;
use std::process::ExitCode;

use weighbridge_cli::Session;

fn main() -> ExitCode {
    let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
    let (session, args) = (Session::of_process(), std::env::args_os());
    weighbridge_cli::run_in(&session, args, &mut stdin, &mut stdout, &mut stderr).into()
}
