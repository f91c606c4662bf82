//! Conversion, and comparison.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use napi::Env;
use napi::bindgen_prelude::{Function, Object, Result};
use napi_derive::napi;
use weighbridge::convert::{self, Request, Tied};
use weighbridge::{Checkpoint, Control, ElementType, Opening};

use crate::content::{Content, Kind, Place, path_of};
use crate::options::{Bound, deadline, limits_of, wrong};
use crate::outcome::Outcome;
use crate::progress::{Tell, Told};
use crate::scanner::{is_running, until};
use crate::task::Task;

/// What is to be converted, and how.
#[napi(object, object_to_js = false)]
pub struct Conversion {
    /// The source.
    pub source: Place,
    /// Where the file goes.
    pub out: Option<Place>,
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
    pub extras: Option<Place>,
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
            .with_extras(self.extras.map(path_of).transpose()?);
        if let Some(key) = self.key {
            request = request.with_key(key);
        }
        for Entry { key, value } in self.metadata {
            request = request.with_metadata(key, value);
        }
        Ok(Asked {
            source: path_of(self.source)?,
            out: self.out.map(path_of).transpose()?,
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
    let compared = Compared::of(first, second, limits, timeout)?;
    let tell = Tell::of(progress)?;
    task.begin(env, move |going| {
        let control = until(Control::new(), compared.at);
        tell.run(control, going, |control| compared.diff(control))
    })
}

/// Compares on this thread.
///
/// # Errors
/// Where a bound is wrong.
#[napi(catch_unwind)]
pub fn diff_sync(
    env: Env,
    first: &Content,
    second: &Content,
    limits: Vec<Bound>,
    timeout: Option<f64>,
) -> Result<Outcome> {
    let compared = Compared::of(first, second, limits, timeout)?;
    let goes_on = || is_running(env);
    let control = until(Control::new(), compared.at).with_check(&goes_on);
    Ok(compared.diff(&control))
}

/// What is to be compared.
struct Compared {
    first: Kind,
    second: Kind,
    opening: Opening,
    at: Option<Instant>,
}

impl Compared {
    fn of(
        first: &Content,
        second: &Content,
        limits: Vec<Bound>,
        timeout: Option<f64>,
    ) -> Result<Compared> {
        let opening = Opening::default().with_limits(limits_of(limits)?);
        Ok(Compared {
            first: first.take(),
            second: second.take(),
            opening: opening.with_tensors_only(true),
            at: deadline(timeout),
        })
    }

    fn diff(self, control: &Control<'_>) -> Outcome {
        let Compared {
            first,
            second,
            opening,
            at,
        } = self;
        let open = |kind: Kind| {
            let opened = kind.checkpoint(&opening, control);
            opened.map_err(|error| Outcome::checkpoint(&error))
        };
        let compare = || {
            let (first, second) = (open(first)?, open(second)?);
            let done = weighbridge::diff(&first, &second, control);
            done.map_err(|error| Outcome::not_compared(&error))
        };
        match compare() {
            Ok(difference) => Outcome::done(difference.to_json()),
            Err(outcome) => outcome.by(at),
        }
    }
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
