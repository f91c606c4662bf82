//! Which models and services source trees use.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use napi::Env;
use napi::bindgen_prelude::{Function, Object, Result};
use napi_derive::napi;
use weighbridge::Control;
use weighbridge_inventory::{
    ApplicationEntry, BomVersion, Environment, Inventory, InventoryError, InventoryLimits,
    InventoryOptions,
};

use crate::content::{Place, path_of};
use crate::options::{Bound, deadline, wrong};
use crate::outcome::Outcome;
use crate::progress::{Tell, Told};
use crate::scanner::{is_running, until};
use crate::task::Task;

/// What is to be read, and how.
#[napi(object, object_to_js = false)]
pub struct Reading {
    /// What is wanted: `json`, `cyclonedx-1.6` or `cyclonedx-1.7`.
    pub what: String,
    /// The trees.
    pub paths: Vec<Place>,
    /// Patterns of files that are read.
    pub include: Vec<String>,
    /// Patterns of files that are left out.
    pub exclude: Vec<String>,
    /// How many threads read.
    pub threads: Option<u32>,
    /// Applications that the caller names.
    pub applications: Vec<Named>,
    /// A `weighbridge.toml` with more of them.
    pub config: Option<Place>,
    /// Whether models on the disk are read.
    pub scan: bool,
    /// Whether the caches of the user are.
    pub caches: bool,
    /// Bounds.
    pub limits: Vec<Bound>,
    /// In milliseconds.
    pub timeout: Option<f64>,
}

/// An application that the caller names.
#[napi(object, object_to_js = false)]
pub struct Named {
    /// Its folder.
    pub path: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How much depends on it.
    pub criticality: Option<String>,
}

/// The same, understood.
struct Asked {
    write: fn(&Inventory) -> String,
    paths: Vec<PathBuf>,
    options: InventoryOptions,
    at: Option<Instant>,
}

impl Reading {
    fn asked(self) -> Result<Asked> {
        let mut options = InventoryOptions::default().with_patterns(self.include, self.exclude);
        options.threads = self
            .threads
            .and_then(|count| NonZeroUsize::new(count as usize));
        options.is_scanned = self.scan;
        options.caches = self.caches.then(Environment::of_process);
        if let Some(config) = self.config {
            let named = weighbridge_cli::applications_in(&path_of(config)?);
            options.applications = named.map_err(|words| wrong("config", words))?;
        }
        // What the caller says of a folder goes before what the file says of it.
        let named = self.applications.into_iter();
        options
            .applications
            .extend(named.map(|named| ApplicationEntry {
                path: named.path,
                owner: named.owner,
                criticality: named.criticality,
            }));
        for Bound { name, bound } in self.limits {
            let (negative, value, exact) = bound.get_u64();
            if negative || !exact || !options.limits.set(&name, value) {
                return Err(wrong(&name, "is no bound from 0 to 2**64 - 1"));
            }
        }
        Ok(Asked {
            write: match self.what.as_str() {
                "json" => Inventory::to_json,
                "cyclonedx-1.6" => |inventory| inventory.to_cyclonedx(BomVersion::V1_6),
                "cyclonedx-1.7" => |inventory| inventory.to_cyclonedx(BomVersion::V1_7),
                _ => return Err(wrong("what", "there is no such form")),
            },
            paths: self.paths.into_iter().map(path_of).collect::<Result<_>>()?,
            options,
            at: deadline(self.timeout),
        })
    }
}

impl Asked {
    fn read(&self, control: &Control<'_>) -> Outcome {
        for path in &self.paths {
            if let Err(error) = fs::metadata(path) {
                return Outcome::io(&error, Some(path));
            }
        }
        match Inventory::of_all_under(&self.paths, &self.options, control) {
            Ok(inventory) => Outcome::done((self.write)(&inventory)),
            Err(InventoryError::DeadlineExceeded(partial)) => {
                Outcome::timeout(Some(partial.to_json()))
            }
            Err(error) => Outcome::cancelled(Some(error.into_partial().to_json())),
        }
    }
}

/// The names of the bounds of an inventory, as the library has them.
#[napi]
pub fn inventory_limit_names() -> Vec<&'static str> {
    InventoryLimits::NAMES.to_vec()
}

/// Begins to read trees. Gives the promise of the outcome.
///
/// # Errors
/// Where an option is wrong.
#[napi]
pub fn start_inventory<'env>(
    env: &'env Env,
    task: &Task,
    reading: Reading,
    progress: Option<Function<'env, Told, ()>>,
) -> Result<Object<'env>> {
    let (asked, tell) = (reading.asked()?, Tell::of(progress)?);
    task.begin(env, move |going| {
        let control = until(Control::new(), asked.at);
        tell.run(control, going, |control| asked.read(control))
    })
}

/// Reads trees; this thread waits.
///
/// # Errors
/// Where an option is wrong.
#[napi(catch_unwind)]
pub fn inventory_sync(env: Env, reading: Reading) -> Result<Outcome> {
    let asked = reading.asked()?;
    let goes_on = || is_running(env);
    let control = until(Control::new(), asked.at).with_check(&goes_on);
    Ok(asked.read(&control))
}
