//! The `weighbridge` command; all of it is in the library.

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
    weighbridge_cli::run(std::env::args_os(), &mut stdin, &mut stdout, &mut stderr).into()
}
