//! Scanning.

use std::time::Instant;

use napi::Env;
use napi::bindgen_prelude::{Function, Object, Result};
use napi_derive::napi;
use weighbridge::{Control, Input, ScanError};

use crate::content::{Content, Kind, Place, path_of};
use crate::options::{Call, Settings, deadline};
use crate::outcome::Outcome;
use crate::progress::{Tell, Told};
use crate::task::Task;
use crate::views;

/// Scans with the same options.
#[napi]
pub struct Scanner(Configured);

/// A scanner of the library, and what is left of its options.
#[derive(Clone)]
pub(crate) struct Configured {
    pub(crate) scanner: weighbridge::Scanner,
    pub(crate) options: weighbridge::Options,
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "JavaScript's strings are copied"
)]
#[napi]
impl Scanner {
    /// A scanner with these options.
    #[napi(constructor)]
    pub fn new(settings: Settings) -> Result<Scanner> {
        let (scanner, options) = settings.scanner()?;
        Ok(Scanner(Configured { scanner, options }))
    }

    /// Scans bytes in place, on this thread.
    #[napi(catch_unwind)]
    pub fn scan_bytes(
        &self,
        env: Env,
        bytes: &[u8],
        name: String,
        timeout: Option<f64>,
    ) -> Outcome {
        let goes_on = || is_running(env);
        let control = until(Control::new(), deadline(timeout)).with_check(&goes_on);
        self.0.scan(Input::bytes(&name, bytes), &control)
    }

    /// Scans a file, on this thread.
    #[napi(catch_unwind)]
    pub fn scan_path(
        &self,
        env: Env,
        path: Place,
        name: Option<String>,
        timeout: Option<f64>,
    ) -> Result<Outcome> {
        let goes_on = || is_running(env);
        let control = until(Control::new(), deadline(timeout)).with_check(&goes_on);
        let path = Kind::Path(path_of(path)?);
        Ok(self.0.scan_kind(&path, name.as_deref(), &control))
    }

    /// Gives another view of a content, on this thread.
    #[napi(catch_unwind)]
    pub fn view(
        &self,
        env: Env,
        content: &Content,
        what: String,
        name: Option<String>,
        timeout: Option<f64>,
    ) -> Outcome {
        let (goes_on, at) = (|| is_running(env), deadline(timeout));
        let control = until(Control::new(), at).with_check(&goes_on);
        let (content, name) = (content.take(), name.as_deref());
        views::view(&what, &self.0, &content, name, &control, (at, &goes_on))
    }

    /// Nothing yet, for a stream: as many bytes can be pushed as may be held.
    #[napi]
    pub fn spool(&self) -> Content {
        let limits = &self.0.options.limits;
        Content::spool(limits.max_spool_bytes.min(limits.max_bytes))
    }

    /// Begins a call. Gives the promise of its outcome.
    #[napi]
    pub fn start<'env>(
        &self,
        env: &'env Env,
        task: &Task,
        content: &Content,
        call: Call,
        progress: Option<Function<'env, Told, ()>>,
    ) -> Result<Object<'env>> {
        let tell = Tell::of(progress)?;
        let (configured, content) = (self.0.clone(), content.take());
        let at = deadline(call.timeout);
        task.begin(env, move |going| {
            tell.run(until(Control::new(), at), going, |control| {
                let name = call.name.as_deref();
                match call.what.as_str() {
                    "scan" => configured.scan_kind(&content, name, control),
                    "survey" => configured.survey(&content, name, control),
                    what => {
                        let is_wanted = || going.on() && !going.token.is_cancelled();
                        let wanted = (at, &is_wanted as &dyn Fn() -> bool);
                        views::view(what, &configured, &content, name, control, wanted)
                    }
                }
            })
        })
    }
}

/// Whether JavaScript goes on behind a call on its own thread: not where the thread is a worker that
/// was terminated. Nothing tells of that, but properties cannot be set any more.
pub(crate) fn is_running(env: Env) -> bool {
    Object::new(&env).is_ok_and(|mut object| object.set("running", true).is_ok())
}

/// The same control, ended at a moment.
pub(crate) fn until(control: Control<'_>, at: Option<Instant>) -> Control<'_> {
    match at {
        Some(at) => control.with_deadline(at),
        None => control,
    }
}

impl Configured {
    fn scan(&self, input: Input<'_>, control: &Control<'_>) -> Outcome {
        match self.scanner.scan(input, control) {
            Ok(report) => Outcome::done(report.to_json()),
            Err(error) => Outcome::ended(error),
        }
    }

    fn scan_kind(&self, content: &Kind, name: Option<&str>, control: &Control<'_>) -> Outcome {
        match (content, name) {
            (Kind::Path(path), None) => self.scan(Input::path(path), control),
            (_, name) => match content.open() {
                Ok(source) => self.scan(Input::source(name.unwrap_or_default(), &*source), control),
                Err(error) => Outcome::open(&error),
            },
        }
    }

    /// As a scan of one file among many: one that cannot be opened has a report, too.
    fn survey(&self, content: &Kind, name: Option<&str>, control: &Control<'_>) -> Outcome {
        let Kind::Path(path) = content else {
            return self.scan_kind(content, name, control);
        };
        match self.scanner.scan(Input::path(path), control) {
            Err(ScanError::Open(error)) => {
                Outcome::done(self.scanner.unopened(path, &error).to_json())
            }
            Ok(report) => Outcome::done(report.to_json()),
            Err(error) => Outcome::ended(error),
        }
    }
}
