//! `weighbridge inventory` and `weighbridge bom`: which models and AI services source trees use.

mod merge;
mod models;
mod table;

use std::io::Write as _;
use std::path::Path;

use weighbridge_inventory::{BomVersion, Inventory};

use super::scan::destination::Destination;
use crate::args::{
    BomArgs, BomSpec, FailOn, InventoryArgs, InventoryCommand, InventoryFormat, TreeArgs,
};
use crate::config;
use crate::exit::Exit;
use crate::output::Output;
use crate::session::Session;

/// Runs `weighbridge inventory`.
pub(crate) fn run(args: &InventoryArgs, session: &Session, output: &mut Output<'_>) -> Exit {
    if let Some(InventoryCommand::Merge(args)) = &args.command {
        let merged = merge::merge(&args.files).and_then(|merged| {
            let file = begin(args.file())?;
            let show = shown_as(args.format, session);
            write(file, &merged, &show, session, output)
        });
        return ended(merged, output);
    }
    let show = shown_as(args.format, session);
    of_trees(&args.trees, args.fail_on, session, &show, output)
}

/// Writes an inventory. Where nobody reads it any more is noticed when the output is finished.
type Show<'s> = &'s dyn Fn(&Inventory, &mut Output<'_>);

/// Writes inventories in a format.
fn shown_as(format: InventoryFormat, session: &Session) -> impl Fn(&Inventory, &mut Output<'_>) {
    move |inventory, output| {
        let _ = match format {
            InventoryFormat::Table => output.text(&table::text(inventory, session.width)),
            InventoryFormat::Json => output.stream(|data| {
                inventory.write_json(data)?;
                data.write_all(b"\n")
            }),
            InventoryFormat::Sarif => output.text(&inventory.to_sarif()),
            InventoryFormat::Cyclonedx => {
                output.stream(|data| inventory.write_cyclonedx(BomVersion::V1_6, data))
            }
            InventoryFormat::Html => output.text(&inventory.to_html()),
        };
    }
}

/// Runs `weighbridge bom`.
pub(crate) fn bom(args: &BomArgs, session: &Session, output: &mut Output<'_>) -> Exit {
    let version = match args.spec {
        BomSpec::V1_6 => BomVersion::V1_6,
        BomSpec::V1_7 => BomVersion::V1_7,
    };
    let show = |inventory: &Inventory, output: &mut Output<'_>| {
        let _ = output.stream(|data| inventory.write_cyclonedx(version, data));
    };
    of_trees(&args.trees, FailOn::Never, session, &show, output)
}

fn of_trees(
    args: &TreeArgs,
    fail_on: FailOn,
    session: &Session,
    show: Show<'_>,
    output: &mut Output<'_>,
) -> Exit {
    let written = prepare(args, session, output).and_then(|(inventory, file)| {
        let told = tell(&inventory, fail_on, session, output);
        Ok(told.or(write(file, &inventory, show, session, output)?))
    });
    ended(written, output)
}

/// How it ended; an error is a line for people.
fn ended(done: Result<Exit, String>, output: &mut Output<'_>) -> Exit {
    done.unwrap_or_else(|words| {
        output.say(&words);
        Exit::Incomplete
    })
}

/// Begins the file that is written to, if there is one.
fn begin(file: Option<&Path>) -> Result<Option<Destination>, String> {
    let file = file.map(Destination::create).transpose();
    file.map_err(|words| format!("--output: {words}"))
}

/// Writes the answer.
fn write(
    file: Option<Destination>,
    inventory: &Inventory,
    show: Show<'_>,
    session: &Session,
    output: &mut Output<'_>,
) -> Result<Exit, String> {
    let Some(mut file) = file else {
        show(inventory, output);
        return Ok(Exit::Complete);
    };
    let mut redirected = output.redirected(&mut file);
    show(inventory, &mut redirected);
    let written = redirected.finish();
    // Half a file serves nobody.
    if written != Exit::Complete || session.token.is_cancelled() {
        return Ok(written.or(Exit::Incomplete));
    }
    file.put_in_place()?;
    Ok(Exit::Complete)
}

/// Reads the trees; the error is a line for people.
fn prepare(
    args: &TreeArgs,
    session: &Session,
    output: &mut Output<'_>,
) -> Result<(Inventory, Option<Destination>), String> {
    if let Some(missing) = args.paths.iter().find(|path| !path.exists()) {
        let missing = weighbridge::escape::path(missing);
        return Err(format!("{missing}: there is no such file; check the path"));
    }
    let applications = config::applications(args.config.as_deref(), output)?;
    let options = args.options();
    let options = options
        .with_applications(applications)
        .with_token(session.token.clone());
    // Whether there is a place for what comes of it is known before the work.
    let file = begin(args.file())?;
    let inventory = match Inventory::of_all(&args.paths, &options) {
        Ok(inventory) => inventory,
        // Its gaps tell that it was cut short.
        Err(error) => error.into_partial(),
    };
    Ok((inventory, file))
}

/// Says what was not read, and how it ends.
fn tell(
    inventory: &Inventory,
    fail_on: FailOn,
    session: &Session,
    output: &mut Output<'_>,
) -> Exit {
    for gap in &inventory.gaps {
        let at = table::place(&gap.location);
        output.say(&format!("{at}: not everything was read: {}", gap.detail));
    }
    let mut findings = inventory.findings.iter();
    let fails = fail_on
        .severity()
        .is_some_and(|least| findings.any(|found| found.severity >= least));
    let exit = if fails {
        Exit::Findings
    } else {
        Exit::Complete
    };
    let exit = exit.or(Exit::complete_if(inventory.gaps.is_empty()));
    if session.token.is_cancelled() {
        output.say("interrupted; what was left was not read");
        return Exit::Interrupted;
    }
    exit
}
