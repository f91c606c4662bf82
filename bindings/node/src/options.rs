//! Options: what `node/lib/options.js` makes of JavaScript's values, as a scanner.

use std::time::{Duration, Instant};

use napi::bindgen_prelude::{BigInt, Result};
use napi::{Error, Status};
use napi_derive::napi;
use weighbridge::{Allow, Limits, Scanner};

/// What goes for every scan of a scanner.
#[napi(object, object_to_js = false)]
pub struct Settings {
    pub allow: Vec<Vouched>,
    pub ignore: Vec<String>,
    pub deep: bool,
    pub hash: bool,
    pub limits: Vec<Bound>,
}

/// A global that the user vouches for: `module.name` or `module.name:import,call`.
#[napi(object, object_to_js = false)]
pub struct Vouched {
    pub global: String,
    pub reason: Option<String>,
}

/// A bound, by the name that the library gives it.
#[napi(object, object_to_js = false)]
pub struct Bound {
    pub name: String,
    pub bound: BigInt,
}

/// What goes for one call alone.
#[napi(object, object_to_js = false)]
pub struct Call {
    /// What is wanted: `scan`, `survey`, `trace`, `disassemble`, `decompile`, `decompile-full`,
    /// `inspect`, `header` or `globals`.
    pub what: String,
    /// What the content is called in messages.
    pub name: Option<String>,
    /// In milliseconds.
    pub timeout: Option<f64>,
}

impl Settings {
    /// The scanner that is asked for, and its options.
    pub(crate) fn scanner(self) -> Result<(Scanner, weighbridge::Options)> {
        let limits = limits_of(self.limits)?;
        let mut builder = Scanner::builder()
            .limits(limits.clone())
            .deep(self.deep)
            .hash(self.hash);
        for Vouched { global, reason } in self.allow {
            let allow = Allow::parse(&global, reason.as_deref());
            builder = builder.allow(allow.map_err(|e| wrong("allow", e))?);
        }
        for rule in self.ignore {
            builder = builder.ignore(&rule).map_err(|e| wrong("ignore", e))?;
        }
        let options = weighbridge::Options::default()
            .with_limits(limits)
            .with_deep(self.deep);
        Ok((builder.build(), options))
    }
}

/// The bounds that are asked for.
pub(crate) fn limits_of(bounds: Vec<Bound>) -> Result<Limits> {
    let mut limits = Limits::default();
    for Bound { name, bound } in bounds {
        let (negative, value, exact) = bound.get_u64();
        if negative || !exact || !limits.set(&name, value) {
            return Err(wrong(&name, "is no bound from 0 to 2**64 - 1"));
        }
    }
    Ok(limits)
}

pub(crate) fn wrong(name: &str, words: impl std::fmt::Display) -> Error {
    Error::new(Status::InvalidArg, format!("{name}: {words}"))
}

/// When the time of a call that begins now is up.
pub(crate) fn deadline(milliseconds: Option<f64>) -> Option<Instant> {
    let time = Duration::try_from_secs_f64(milliseconds? / 1000.0).ok()?;
    Instant::now().checked_add(time)
}
