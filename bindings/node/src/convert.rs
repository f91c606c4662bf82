//! Conversion, and comparison.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use napi::Env;
use napi::bindgen_prelude::{Function, Object, Result};
use napi_derive::napi;
use weighbridge::convert::{self, Request, Tied};
use weighbridge::{Checkpoint, Control, ElementType, Opening};

use crate::content::{Content, Kind};
use crate::options::{Bound, deadline, limits_of, wrong};
use crate::outcome::Outcome;
use crate::progress::{Tell, Told};
use crate::scanner::{is_running, until};
use crate::task::Task;

/// What is to be converted, and how.
#[napi(object, object_to_js = false)]
pub struct Conversion {
    /// The source.
    pub source: String,
    /// Where the file goes.
    pub out: Option<String>,
    /// Which tensors are taken.
    pub key: Option<String>,
    /// Entries of the metadata.
    pub metadata: Vec<Entry>,
    /// Digits, and perhaps a unit.
    pub shard_size: Option<String>,
    /// What floats become.
    pub dtype: Option<String>,
    /// Whether tied tensors are written under each name.
    pub duplicate: bool,
    /// Whether what cannot be held is left out.
    pub skip: bool,
    /// Whether files are replaced.
    pub force: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Where plain values go.
    pub extras: Option<String>,
    /// Bounds.
    pub limits: Vec<Bound>,
    /// In milliseconds.
    pub timeout: Option<f64>,
}

/// An entry of metadata.
#[napi(object, object_to_js = false)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The same, understood.
struct Asked {
    source: PathBuf,
    out: Option<PathBuf>,
    request: Request,
    opening: Opening,
    at: Option<Instant>,
}

impl Conversion {
    fn asked(self) -> Result<Asked> {
        let size = self.shard_size.map(|text| weighbridge_cli::size(&text));
        let size = size
            .transpose()
            .map_err(|words| wrong("shardSize", words))?;
        let tied = if self.duplicate {
            Tied::Duplicate
        } else {
            Tied::Alias
        };
        let mut request = Request::default()
            .with_shard_size(size)
            .with_dtype(self.dtype.as_deref().and_then(ElementType::from_name))
            .with_tied(tied)
            .with_skip(self.skip)
            .with_force(self.force)
            .with_dry_run(self.dry_run)
            .with_extras(self.extras.map(PathBuf::from));
        if let Some(key) = self.key {
            request = request.with_key(key);
        }
        for Entry { key, value } in self.metadata {
            request = request.with_metadata(key, value);
        }
        Ok(Asked {
            source: self.source.into(),
            out: self.out.map(PathBuf::from),
            request,
            opening: Opening::default().with_limits(limits_of(self.limits)?),
            at: deadline(self.timeout),
        })
    }
}

impl Asked {
    fn convert(&self, control: &Control<'_>) -> Outcome {
        let out = self.out.as_deref();
        let done = convert::convert_path(&self.source, out, &self.request, &self.opening, control);
        match done {
            Ok(done) => Outcome::done(done.to_json()),
            Err(error) => Outcome::not_converted(&error).by(self.at),
        }
    }
}

/// Begins a conversion. Gives the promise of its outcome.
///
/// # Errors
/// Where an option is wrong.
#[napi]
pub fn start_convert<'env>(
    env: &'env Env,
    task: &Task,
    conversion: Conversion,
    progress: Option<Function<'env, Told, ()>>,
) -> Result<Object<'env>> {
    // What it is told last, before the files get to their places, may still end it.
    let (asked, tell) = (conversion.asked()?, Tell::of(progress)?.heard());
    task.begin(env, move |going| {
        let control = until(Control::new(), asked.at);
        tell.run(control, going, |control| asked.convert(control))
    })
}

/// Converts on this thread.
///
/// # Errors
/// Where an option is wrong.
#[napi(catch_unwind)]
pub fn convert_sync(env: Env, conversion: Conversion) -> Result<Outcome> {
    let asked = conversion.asked()?;
    let goes_on = || is_running(env);
    let control = until(Control::new(), asked.at).with_check(&goes_on);
    Ok(asked.convert(&control))
}

/// Begins a comparison. Gives the promise of its outcome.
///
/// # Errors
/// Where a bound is wrong.
#[napi]
pub fn start_diff<'env>(
    env: &'env Env,
    task: &Task,
    first: &Content,
    second: &Content,
    limits: Vec<Bound>,
    timeout: Option<f64>,
    progress: Option<Function<'env, Told, ()>>,
) -> Result<Object<'env>> {
    let opening = Opening::default()
        .with_limits(limits_of(limits)?)
        .with_tensors_only(true);
    let (first, second, tell) = (first.take(), second.take(), Tell::of(progress)?);
    let at = deadline(timeout);
    task.begin(env, move |going| {
        let done = tell.run(until(Control::new(), at), going, |control| {
            let first = first.checkpoint(&opening, control);
            let first = first.map_err(|error| Outcome::checkpoint(&error))?;
            let second = second.checkpoint(&opening, control);
            let second = second.map_err(|error| Outcome::checkpoint(&error))?;
            let done = weighbridge::diff(&first, &second, control);
            done.map_err(|error| Outcome::not_compared(&error))
        });
        match done {
            Ok(difference) => Outcome::done(difference.to_json()),
            Err(outcome) => outcome.by(at),
        }
    })
}

impl Kind {
    /// The checkpoint that it is.
    pub(crate) fn checkpoint(
        self,
        opening: &Opening,
        control: &Control<'_>,
    ) -> std::result::Result<Checkpoint, weighbridge::CheckpointError> {
        match self {
            Kind::Path(path) => Checkpoint::open_with(&path, opening, control),
            Kind::Bytes(bytes) => {
                Checkpoint::from_source_with(Arc::new(bytes), "bytes", opening, control)
            }
        }
    }
}
