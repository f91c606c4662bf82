//! `weighbridge globals`: the imports of a file, each with what is known of it.

use std::io::Read;

use weighbridge::{Globals, ListedGlobal, Scanner};

use crate::args::{GlobalsArgs, GlobalsFormat};
use crate::exit::Exit;
use crate::output::Output;
use crate::{input, words};

/// Names are aligned up to this width; longer ones stick out.
const NAME: usize = 48;

/// Runs the command.
pub(crate) fn run(args: &GlobalsArgs, stdin: &mut dyn Read, output: &mut Output<'_>) -> Exit {
    let input = match input::open(&args.file, stdin) {
        Ok(input) => input,
        Err(words) => {
            output.say(&words);
            return Exit::Incomplete;
        }
    };
    let report = Scanner::new().scan_source(&input.name, input.source.as_ref());
    let globals = Globals::of(&report);
    match args.format {
        // A reader that goes away is noticed when the output is finished.
        GlobalsFormat::Json => drop(output.line(globals.to_json())),
        GlobalsFormat::Text => table(&globals, output),
    }
    if !globals.complete {
        output.say(&format!(
            "{}: not everything could be examined, so there may be more; `weighbridge scan` says what",
            input.name
        ));
    }
    Exit::complete_if(globals.complete)
}

fn table(globals: &Globals, output: &mut Output<'_>) {
    let name = |listed: &ListedGlobal| {
        let global = &listed.global;
        words::shown(&global.resolved)
    };
    let names: Vec<String> = globals.globals.iter().map(name).collect();
    let wide = names
        .iter()
        .map(|name| name.chars().count().min(NAME))
        .max();
    let wide = wide.unwrap_or_default();
    let counts = globals.globals.iter().map(|listed| listed.global.count);
    let digits = counts.max().unwrap_or_default().to_string().len();
    for (listed, name) in globals.globals.iter().zip(names) {
        let global = &listed.global;
        let line = format!(
            "{:<9}  {name:<wide$}  {:>digits$}×  {}{}",
            global.class,
            global.count,
            place(listed),
            harm(listed)
        );
        if output.line(line).is_break() {
            return;
        }
    }
}

/// Where it is imported first.
fn place(listed: &ListedGlobal) -> String {
    let mut place = format!("at {}", listed.global.offset);
    for (index, member) in listed.global.member.iter().enumerate() {
        place.push_str(if index == 0 { " in " } else { " ▸ " });
        place.push_str(&words::step(member));
    }
    place
}

/// What harm it does.
fn harm(listed: &ListedGlobal) -> String {
    match (listed.effect, listed.reason) {
        (Some(effect), Some(reason)) => format!("  {effect}: {reason}"),
        _ => String::new(),
    }
}
