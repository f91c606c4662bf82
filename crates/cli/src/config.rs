//! What the user allows and ignores: options of the command line, and `weighbridge.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use weighbridge::{Allow, Permit, Scanner, ScannerBuilder, escape};

use crate::args::ScanArgs;
use crate::output::Output;

/// The file that is taken from the current folder where none is named.
const FILE: &str = "weighbridge.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Rules whose findings are left out, by code or name.
    #[serde(default)]
    ignore: Vec<String>,
    /// Globals that the user vouches for.
    #[serde(default)]
    allow: BTreeMap<String, Vouched>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a reason, or a table with `permit` and `reason`"
)]
enum Vouched {
    Reason(String),
    Table(Permitted),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permitted {
    permit: Vec<String>,
    reason: String,
}

/// A scanner as the user wants it; the error is a line for people.
pub(crate) fn scanner(args: &ScanArgs, output: &mut Output<'_>) -> Result<Scanner, String> {
    let mut builder = Scanner::builder();
    if let Some(path) = file(args) {
        output.say(&format!("using {}", escape::path(&path)));
        builder =
            read(&path, builder).map_err(|error| format!("{}: {error}", escape::path(&path)))?;
    }
    for text in &args.allow {
        let allow = Allow::parse(text, None).map_err(|error| format!("--allow: {error}"))?;
        builder = builder.allow(allow);
    }
    for rule in &args.ignore {
        builder = builder
            .ignore(rule)
            .map_err(|error| format!("--ignore: {error}"))?;
    }
    Ok(builder.build())
}

fn file(args: &ScanArgs) -> Option<PathBuf> {
    let usual = || Some(PathBuf::from(FILE)).filter(|path| path.is_file());
    args.config.clone().or_else(usual)
}

fn read(path: &Path, mut builder: ScannerBuilder) -> Result<ScannerBuilder, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let config: Config = toml::from_str(&text).map_err(|error| error.to_string())?;
    for (path, vouched) in &config.allow {
        builder = builder.allow(
            vouched
                .allow(path)
                .map_err(|error| format!("[allow]: {error}"))?,
        );
    }
    for rule in &config.ignore {
        builder = builder
            .ignore(rule)
            .map_err(|error| format!("ignore: {error}"))?;
    }
    Ok(builder)
}

impl Vouched {
    fn allow(&self, path: &str) -> Result<Allow, String> {
        let (permit, reason) = match self {
            Vouched::Reason(reason) => (Permit::ALL.to_vec(), reason),
            Vouched::Table(table) => {
                let permit = table.permit.iter().map(|word| Allow::permit_named(word));
                let permit = permit.collect::<Result<Vec<_>, _>>();
                (
                    permit.map_err(|error| format!("{path}: {error}"))?,
                    &table.reason,
                )
            }
        };
        if reason.trim().is_empty() {
            return Err(format!("{path}: a reason is wanted"));
        }
        Allow::new(path, &permit, Some(reason)).map_err(|error| error.to_string())
    }
}
