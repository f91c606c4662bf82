//! Telling JavaScript how far a call is.

use napi::bindgen_prelude::{FnArgs, Function, Result};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use weighbridge::{Control, Progress};

use crate::task::Going;

/// How many times a callback that does not keep up is told how far a call is.
const TOLD: usize = 64;

pub(crate) type Told = FnArgs<(f64, f64)>;
type Callback = ThreadsafeFunction<Told, (), Told, napi::Status, false, true, TOLD>;

/// Who is told, if anybody is.
pub(crate) struct Tell(Option<Callback>);

impl Tell {
    /// Tells this function.
    pub(crate) fn of(progress: Option<Function<'_, Told, ()>>) -> Result<Tell> {
        let callback = progress.map(|progress| {
            progress
                .build_threadsafe_function::<Told>()
                .weak::<true>()
                .max_queue_size::<TOLD>()
                .build()
        });
        Ok(Tell(callback.transpose()?))
    }

    /// Does something for as long as it is to go on, and tells how far it is.
    pub(crate) fn run<T>(
        &self,
        control: Control<'_>,
        going: &Going,
        work: impl FnOnce(&Control<'_>) -> T,
    ) -> T {
        let goes_on = || going.on();
        let told = |progress: Progress| {
            if let Some(tell) = &self.0 {
                let progress = (progress.reached as f64, progress.total as f64);
                tell.call(progress.into(), ThreadsafeFunctionCallMode::NonBlocking);
            }
        };
        let control = control.with_token(going.token.clone()).with_check(&goes_on);
        match self.0 {
            Some(_) => work(&control.with_progress(&told)),
            None => work(&control),
        }
    }
}
