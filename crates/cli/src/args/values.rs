//! Values of options, with errors that say what is wanted.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};

/// More would only wait for each other.
const MOST_JOBS: usize = 1024;

/// Reads a path; an empty one names nothing.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|text: OsString| {
        if text.is_empty() {
            return Err("it is empty; perhaps a variable of the shell is not set");
        }
        Ok(PathBuf::from(text))
    })
}

/// `format=pt`.
pub(super) fn entry(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it takes a key and a value, such as format=pt".to_owned()),
    }
}

/// `0`, `4096`.
pub(super) fn number(text: &str) -> Result<u64, String> {
    let wanted = || "it takes a whole number".to_owned();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wanted());
    }
    text.parse().map_err(|_| wanted())
}

/// As [`number`].
pub(super) fn count(text: &str) -> Result<usize, String> {
    let number = number(text)?;
    usize::try_from(number).map_err(|_| "it takes a smaller number".to_owned())
}

/// `1`, `8`.
pub(super) fn jobs(text: &str) -> Result<usize, String> {
    match count(text) {
        Ok(number @ 1..=MOST_JOBS) => Ok(number),
        _ => Err(format!("it takes a whole number from 1 to {MOST_JOBS}")),
    }
}

/// Reads a size: `2GB`, `500 MiB`, `4096`.
///
/// # Errors
/// What is wanted, where it is none.
pub fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return Err("it takes a size, such as 2GB, 500MiB or 4096".to_owned()),
    };
    let number: Option<u64> = number.parse().ok();
    number
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| "it takes a whole number and a unit, such as 2GB or 500MiB".to_owned())
}

/// `30s`, `5m`, `500ms`, `30`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let millis: u64 = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err("it takes a time, such as 30s, 5m or 500ms".to_owned()),
    };
    let number: Option<u64> = number.parse().ok();
    let time = number
        .and_then(|number| number.checked_mul(millis))
        .map(Duration::from_millis)
        .ok_or_else(|| "it takes a whole number and a unit, such as 30s or 5m".to_owned())?;
    // Elsewhere, none means no end.
    if time.is_zero() {
        return Err("that is no time at all; without the option there is no end".to_owned());
    }
    Ok(time)
}

/// A number, and the unit behind it.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    (number, unit.trim())
}

#[cfg(test)]
mod tests {
    use super::{Duration, count, jobs, number, size, time};

    #[test]
    fn sizes_and_times_are_read_with_their_units() {
        for (text, expected) in [
            ("4096", Some(4096)),
            ("2GB", Some(2_000_000_000)),
            ("3 mib", Some(3 << 20)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551615k", None),
            ("2XB", None),
            ("-1", None),
            ("1.5GB", None),
            ("", None),
        ] {
            assert_eq!(size(text).ok(), expected, "{text}");
        }
        assert_eq!(time("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(time("30"), Ok(Duration::from_secs(30)));
        assert_eq!(time("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        for text in ["soon", "", "-5s", "0", "0h", "18446744073709551615h"] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_digits() {
        assert_eq!(number("18446744073709551615"), Ok(u64::MAX));
        for text in ["", "-1", "+1", "1.0", "x", "18446744073709551616"] {
            assert!(number(text).is_err() && count(text).is_err(), "{text}");
        }
        assert_eq!((count("0"), jobs("1")), (Ok(0), Ok(1)));
        assert!(jobs("0").is_err() && jobs("1025").is_err());
    }
}
