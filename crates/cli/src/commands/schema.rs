//! `weighbridge schema`: the JSON schemas of what other commands print.

use weighbridge::SCHEMAS;

use crate::args::SchemaArgs;
use crate::exit::Exit;
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(args: &SchemaArgs, output: &mut Output<'_>) -> Exit {
    let Some(wanted) = &args.name else {
        for (name, _) in SCHEMAS {
            let _ = output.line(name);
        }
        return Exit::Complete;
    };
    let found = SCHEMAS.iter().find(|(name, _)| name == wanted);
    let Some((_, text)) = found else {
        output.say(&format!(
            "there is no schema {wanted:?}; `weighbridge schema` lists them"
        ));
        return Exit::Incomplete;
    };
    let _ = output.line(text.trim_end());
    Exit::Complete
}
