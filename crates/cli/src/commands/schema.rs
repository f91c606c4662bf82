//! `weighbridge schema`: the JSON schemas of what other commands print.

use crate::args::SchemaArgs;
use crate::exit::Exit;
use crate::output::Output;

/// The name and the text of every schema, in the order of their names.
pub(crate) fn schemas() -> Vec<(&'static str, &'static str)> {
    let crates = [weighbridge::SCHEMAS, weighbridge_inventory::SCHEMAS];
    let mut all = crates.concat();
    all.sort_unstable();
    all
}

/// Runs the command.
pub(crate) fn run(args: &SchemaArgs, output: &mut Output<'_>) -> Exit {
    let Some(wanted) = &args.name else {
        for (name, _) in schemas() {
            let _ = output.line(name);
        }
        return Exit::Complete;
    };
    let schemas = schemas();
    let found = schemas.iter().find(|(name, _)| name == wanted);
    let Some((_, text)) = found else {
        output.say(&format!(
            "there is no schema {wanted:?}; `weighbridge schema` lists them"
        ));
        return Exit::Incomplete;
    };
    let _ = output.line(text.trim_end());
    Exit::Complete
}
