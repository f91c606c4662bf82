//! Checkpoints, opened: their tensors, for `node/lib/tensors.js` to make typed arrays of.

use std::sync::{Arc, Mutex, PoisonError};

use napi::Env;
use napi::bindgen_prelude::{Either, Object, Result, Uint8Array};
use napi_derive::napi;
use serde_json::{Value, json};
use weighbridge::output::json_line;
use weighbridge::{Control, Opening, Tensor};

use crate::content::{Content, Kind};
use crate::options::{Bound, deadline, limits_of};
use crate::outcome::{Outcome, told};
use crate::progress::Tell;
use crate::scanner::{is_running, until};
use crate::task::Task;

/// From which number on JavaScript would round.
const EXACT: u64 = 1 << 53;

type Open = Mutex<Option<Arc<weighbridge::Checkpoint>>>;

/// A checkpoint, once it is open.
#[napi]
#[derive(Default)]
pub struct Checkpoint(Arc<Open>);

#[allow(
    clippy::needless_pass_by_value,
    reason = "JavaScript's strings are copied"
)]
#[napi]
impl Checkpoint {
    /// One that is not open.
    #[napi(constructor)]
    pub fn new() -> Checkpoint {
        Checkpoint::default()
    }

    /// Begins to open it. Gives the promise of the outcome.
    #[napi]
    pub fn start<'env>(
        &self,
        env: &'env Env,
        task: &Task,
        content: &Content,
        limits: Vec<Bound>,
        timeout: Option<f64>,
    ) -> Result<Object<'env>> {
        let opening = Opening::default().with_limits(limits_of(limits)?);
        let (place, content, at) = (Arc::clone(&self.0), content.take(), deadline(timeout));
        task.begin(env, move |going| {
            let control = until(Control::new(), at);
            Tell::nobody().run(control, going, |control| {
                open(&place, content, &opening, control).by(at)
            })
        })
    }

    /// Opens it on this thread.
    #[napi(catch_unwind)]
    pub fn open(
        &self,
        env: Env,
        content: &Content,
        limits: Vec<Bound>,
        timeout: Option<f64>,
    ) -> Result<Outcome> {
        let opening = Opening::default().with_limits(limits_of(limits)?);
        let at = deadline(timeout);
        let goes_on = || is_running(env);
        let control = until(Control::new(), at).with_check(&goes_on);
        Ok(open(&self.0, content.take(), &opening, &control).by(at))
    }

    /// Everything in it that is no tensor, as JSON.
    #[napi]
    pub fn extras(&self) -> Option<String> {
        self.checkpoint()?.values().map(str::to_owned)
    }

    /// What is known of a tensor, as JSON.
    #[napi]
    pub fn info(&self, name: String) -> Option<String> {
        let checkpoint = self.checkpoint()?;
        let tensor = checkpoint.named(&name)?;
        Some(json_line(&json!({
            "name": name,
            "dtype": tensor.dtype().as_str(),
            "shape": numbers(tensor.shape()),
            "strides": numbers(tensor.strides()),
            "bytes": number(tensor.bytes()),
        })))
    }

    /// A copy of the elements of a tensor, in the order of its indices: of all of them, or of those from one
    /// index of the first dimension up to another.
    #[napi(catch_unwind)]
    pub fn read(&self, name: String, range: Option<Vec<f64>>) -> Either<Uint8Array, Outcome> {
        let checkpoint = self.checkpoint();
        let tensor = checkpoint.as_deref().and_then(|checkpoint| {
            Some((
                checkpoint,
                part(checkpoint.named(&name)?, range.as_deref())?,
            ))
        });
        let Some((checkpoint, tensor)) = tensor else {
            return Either::B(Outcome::failed("there is no such tensor"));
        };
        let mut bytes = Vec::new();
        let len = usize::try_from(tensor.bytes()).unwrap_or(usize::MAX);
        if bytes.try_reserve_exact(len).is_err() {
            return Either::B(Outcome::long());
        }
        let read = checkpoint.read(&tensor, &mut |block| {
            bytes.extend_from_slice(block);
            Ok(())
        });
        match read {
            Ok(()) => Either::A(bytes.into()),
            Err(error) => Either::B(Outcome::io(&error, Some(checkpoint.name().as_ref()))),
        }
    }

    /// Lets the file go.
    #[napi]
    pub fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn checkpoint(&self) -> Option<Arc<weighbridge::Checkpoint>> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.clone()
    }
}

/// A tensor, or the part of it from one index of the first dimension up to another.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is no index is one that is refused"
)]
fn part(tensor: &Tensor, range: Option<&[f64]>) -> Option<Tensor> {
    match range {
        None => Some(tensor.clone()),
        Some(&[start, end]) => tensor.narrowed(start as u64, end as u64),
        Some(_) => None,
    }
}

/// Opens a content, and says what it holds.
fn open(place: &Open, content: Kind, opening: &Opening, control: &Control<'_>) -> Outcome {
    let checkpoint = match content.checkpoint(opening, control) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return Outcome::checkpoint(&error),
    };
    let formats = checkpoint.formats().iter().map(|format| format.as_str());
    let refused: Value = serde_json::from_str(&told(checkpoint.refused())).unwrap_or_default();
    let held = json!({
        "names": checkpoint.names().collect::<Vec<_>>(),
        "formats": formats.collect::<Vec<_>>(),
        "metadata": checkpoint.metadata(),
        "refused": refused,
    });
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(checkpoint));
    Outcome::done(json_line(&held))
}

/// Digits in a string where JavaScript would round.
fn number(number: u64) -> Value {
    match number {
        ..EXACT => number.into(),
        _ => number.to_string().into(),
    }
}

fn numbers(all: &[u64]) -> Value {
    all.iter().map(|&one| number(one)).collect()
}
