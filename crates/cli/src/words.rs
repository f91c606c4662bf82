//! Trace records as lines for people.

use weighbridge::escape;
use weighbridge::{TraceEffect, TracePlace, TraceRecord};

/// How many readings are named before the rest is counted.
const READINGS: usize = 4;
/// How many characters of one string out of a file a line shows.
const SHOWN: usize = 400;

/// Where a content is: the file's name, and the members that lead to it.
pub(crate) fn content(name: &str, member: Option<&[String]>) -> String {
    let mut words = name.to_owned();
    for member in member.unwrap_or_default() {
        words.push_str(" ▸ ");
        words.push_str(&step(member));
    }
    words
}

/// A name in a chain of names: a triangle in it is no step of the chain.
pub(crate) fn step(member: &str) -> String {
    shown(member).replace('▸', "\\u25b8")
}

/// A record as one aligned line.
pub(crate) fn line(record: &TraceRecord) -> String {
    let (effect, words) = effect(&record.effect);
    format!(
        "{:>10}  {effect:<13}  {words}{}",
        record.place.offset,
        circumstances(&record.place)
    )
}

/// The effect's name, and what it is in words.
fn effect(effect: &TraceEffect) -> (&'static str, String) {
    match effect {
        TraceEffect::Import {
            module,
            name,
            resolved,
            ..
        } => (
            "import",
            import(module.as_deref(), name.as_deref(), resolved.as_deref()),
        ),
        TraceEffect::Call {
            callee,
            args_preview,
            ..
        } => ("call", call(callee, args_preview)),
        TraceEffect::Build {
            target,
            state_preview,
            ..
        } => (
            "build",
            format!(
                "set the state of {} to {}",
                shown(target),
                shown(state_preview)
            ),
        ),
        TraceEffect::SetItem {
            target,
            items_preview,
            ..
        } => (
            "setitem",
            format!("set items of {} to {}", shown(target), shown(items_preview)),
        ),
        TraceEffect::Append {
            target,
            items_preview,
            ..
        } => (
            "append",
            format!("append to {} {}", shown(target), shown(items_preview)),
        ),
        TraceEffect::Add {
            target,
            items_preview,
            ..
        } => (
            "add",
            format!("add to {} {}", shown(target), shown(items_preview)),
        ),
        TraceEffect::PersistentId { id_preview, .. } => (
            "persistent-id",
            format!("ask the loader for {}", shown(id_preview)),
        ),
        TraceEffect::Extension { code, .. } => (
            "extension",
            format!("take number {code} from copyreg's extension registry"),
        ),
        TraceEffect::Hash {
            key_preview, steps, ..
        } => (
            "hash",
            format!("hash {} ({steps} objects by now)", shown(key_preview)),
        ),
        TraceEffect::Stop { value_preview, .. } => (
            "stop",
            format!("the pickle ends; its value is {}", shown(value_preview)),
        ),
        TraceEffect::Gap { reason, detail, .. } => {
            ("gap", format!("NOT EXAMINED, {}", gap(reason, detail)))
        }
        _ => ("?", String::new()),
    }
}

/// A global that is imported, and how the file writes it where that differs.
pub(crate) fn import(module: Option<&str>, name: Option<&str>, resolved: Option<&str>) -> String {
    let part = |part: Option<&str>| part.map_or("<computed>".to_owned(), shown);
    let written = format!("{}.{}", part(module), part(name));
    match resolved.map(shown) {
        Some(resolved) if resolved != written => format!("{resolved} (written {written})"),
        _ => written,
    }
}

/// A call as Python writes it.
pub(crate) fn call(callee: &str, args: &str) -> String {
    let args = shown(args);
    let args = match args.strip_suffix(",)") {
        Some(args) if args.starts_with('(') => format!("{args})"),
        _ if args.starts_with('(') => args,
        _ => format!("(*{args})"),
    };
    format!("{}{args}", shown(callee))
}

/// A gap: why, and the same in words.
pub(crate) fn gap(reason: &str, detail: &str) -> String {
    format!("{reason}: {}", shown(detail))
}

/// A string out of a file, escaped and cut.
pub(crate) fn shown(text: &str) -> String {
    escape::capped(text, SHOWN).into_owned()
}

/// When it happens, where that is not always.
fn circumstances(place: &TracePlace) -> String {
    let mut words = Vec::new();
    // Where a persistent id was asked for, that loaders without `persistent_load` are out goes
    // without saying.
    if !matches!(place.readings.as_slice(), [all] if all == "all" || all == "all+persistent") {
        let names: Vec<&str> = place
            .readings
            .iter()
            .take(READINGS)
            .map(String::as_str)
            .collect();
        let mut only = format!("only under readings {}", names.join(", "));
        if place.readings.len() > READINGS {
            only.push_str(&format!(" and {} more", place.readings.len() - READINGS));
        }
        words.push(only);
    }
    if place.carried {
        words.push("only with the memo of the pickles before".to_owned());
    }
    if place.unreached {
        words.push("behind bytes that loaders stop at".to_owned());
    }
    if words.is_empty() {
        String::new()
    } else {
        format!("  [{}]", words.join("; "))
    }
}

/// A number and what it counts.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A path, for people.
pub(crate) fn path(path: &std::path::Path) -> String {
    escape::visible(&path.to_string_lossy()).into_owned()
}

/// A number of bytes, for people: `1.5 MB`.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    let (mut scaled, mut unit) = (number, None);
    // In tenths, so that one digit is left behind the point.
    let mut tenths = 0;
    for next in UNITS {
        if scaled < 1000 {
            break;
        }
        tenths = scaled % 1000 / 100;
        scaled /= 1000;
        unit = Some(next);
    }
    match unit {
        None => count(number, "byte", "bytes"),
        Some(unit) => format!("{scaled}.{tenths} {unit}"),
    }
}
