//! Assembles a `.pkasm` file and writes the pickle to standard output: `pkasm FILE`.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(file), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: pkasm FILE");
        return ExitCode::from(2);
    };
    let written = weighbridge_testkit::pkasm::assemble_file(Path::new(&file))
        .map_err(|error| error.to_string())
        .and_then(|assembly| {
            std::io::stdout()
                .write_all(&assembly.bytes)
                .map_err(|error| error.to_string())
        });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("pkasm: {message}");
            ExitCode::from(2)
        }
    }
}
