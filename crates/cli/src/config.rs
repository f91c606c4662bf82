//! What the user allows and ignores: options of the command line, and `weighbridge.toml`.

mod file;

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use weighbridge::{Allow, Scanner, escape};
use weighbridge_inventory::ApplicationEntry;

use crate::args::ScanArgs;
use crate::output::Output;

/// The file that is taken from the current directory where none is named.
const FILE: &str = "weighbridge.toml";
/// How much is read of it.
const LARGEST: u64 = 1 << 20;

/// What a file says.
#[derive(Debug, Default)]
struct Config {
    allow: Vec<Allow>,
    /// Rules, by code or name.
    ignore: Vec<String>,
    /// The applications that an inventory tells apart.
    applications: Vec<ApplicationEntry>,
}

/// The applications that a file names; the error is a line for people.
pub(crate) fn applications(
    named: Option<&Path>,
    output: &mut Output<'_>,
) -> Result<Vec<ApplicationEntry>, String> {
    let Some((name, config)) = read(named)? else {
        return Ok(Vec::new());
    };
    output.say(&format!("using {name}"));
    Ok(config.applications)
}

/// The applications that `[[application]]` of this file names; the error is a line for people. For front
/// ends that take no command line.
///
/// # Errors
///
/// Where the file cannot be read, or says something else than a configuration.
pub fn applications_in(path: &Path) -> Result<Vec<ApplicationEntry>, String> {
    let config = read(Some(path))?;
    Ok(config
        .map(|(_, config)| config.applications)
        .unwrap_or_default())
}

/// A scanner as the user wants it; the error is a line for people.
pub(crate) fn scanner(args: &ScanArgs, output: &mut Output<'_>) -> Result<Scanner, String> {
    let mut allowed = Vec::new();
    for text in &args.allow {
        let path = text.split(':').next().unwrap_or_default();
        let allow = whole(path).and_then(|()| {
            let allow = Allow::parse(text, None);
            allow.map_err(|error| error.to_string())
        });
        allowed.push(allow.map_err(|words| format!("--allow: {words}"))?);
    }
    let mut builder = Scanner::builder()
        .limits(args.limits.limits())
        .deep(args.deep)
        .hash(args.hash);
    if let Some((name, config)) = read(args.config.as_deref())? {
        output.say(&format!("using {name}"));
        // What the command line says of a global goes before what the file says of it.
        for allow in config.allow {
            if allowed.iter().all(|known| known.path() != allow.path()) {
                builder = builder.allow(allow);
            }
        }
        for rule in &config.ignore {
            let ignored = builder.ignore(rule);
            builder = ignored.map_err(|error| format!("{name}: ignore: {error}"))?;
        }
    }
    for allow in allowed {
        builder = builder.allow(allow);
    }
    for rule in &args.ignore {
        builder = builder
            .ignore(rule)
            .map_err(|error| format!("--ignore: {error}"))?;
    }
    Ok(builder.build())
}

/// Refuses a path that is meant as a pattern; the error says so.
fn whole(path: &str) -> Result<(), String> {
    if path.contains(['*', '?']) {
        return Err(format!(
            "{path:?} looks like a pattern, and there are none: each global is named in full"
        ));
    }
    Ok(())
}

/// The named file, or the usual one where there is one, and what it says.
fn read(named: Option<&Path>) -> Result<Option<(String, Config)>, String> {
    let path = named.unwrap_or(Path::new(FILE));
    let name = escape::path(path);
    // Nobody named it, so a pipe of that name may wait for nobody.
    if named.is_none() && path.exists() && !path.is_file() {
        return Err(format!("{name}: this is no file"));
    }
    let text = match read_text(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => return Ok(None),
        Err(error) => return Err(format!("{name}: it cannot be read: {error}")),
    };
    match file::parse(&text) {
        Ok(config) => Ok(Some((name, config))),
        Err(wrong) => {
            let line = text.get(..wrong.at).unwrap_or(&text).matches('\n').count() + 1;
            Err(format!("{name}: line {line}: {}", wrong.words))
        }
    }
}

/// What is in a file that may have come with what is scanned.
fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?
        .take(LARGEST + 1)
        .read_to_string(&mut text)?;
    if read as u64 > LARGEST {
        return Err(io::Error::other("no configuration is larger than 1 MiB"));
    }
    Ok(text)
}
