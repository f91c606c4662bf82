//! `weighbridge completions` knows every command, whatever the shell.
#![allow(clippy::unwrap_used)]

use std::io::empty;

use weighbridge_cli::Exit;

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let command = ["weighbridge", "completions", shell].map(Into::into);
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let exit = weighbridge_cli::run(command, &mut empty(), &mut stdout, &mut stderr);
        assert_eq!((exit, stderr.as_slice()), (Exit::Complete, &b""[..]));
        let script = String::from_utf8(stdout).unwrap();
        for name in [
            "scan",
            "trace",
            "disasm",
            "decompile",
            "globals",
            "inspect",
            "schema",
        ] {
            assert!(script.contains(name), "{shell} does not know {name}");
        }
    }
}
