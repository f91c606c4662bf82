//! Telling JavaScript how far a call is.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use napi::Status;
use napi::bindgen_prelude::{FnArgs, Function, Result};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use weighbridge::{Control, Progress};

use crate::task::Going;

/// How many times a callback that does not keep up is told how far a call is.
const TOLD: usize = 64;

pub(crate) type Told = FnArgs<(f64, f64)>;
type Callback = ThreadsafeFunction<Told, (), Told, napi::Status, false, true, TOLD>;

/// How long it is waited for before it is asked whether anybody is still there.
const PAUSE: Duration = Duration::from_millis(20);

/// Who is told, if anybody is.
pub(crate) struct Tell {
    callback: Option<Callback>,
    /// Whether work goes on behind its end only once that was told.
    is_heard: bool,
}

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
        Ok(Tell {
            callback: callback.transpose()?,
            is_heard: false,
        })
    }

    /// Tells nobody.
    pub(crate) fn nobody() -> Tell {
        Tell {
            callback: None,
            is_heard: false,
        }
    }

    /// The same, for work that waits at its end until JavaScript was told that it is there: what the
    /// callback says to that may end it.
    pub(crate) fn heard(self) -> Tell {
        Tell {
            is_heard: true,
            ..self
        }
    }

    fn tell(&self, callback: &Callback, progress: Progress, going: &Going) {
        let at = (progress.reached as f64, progress.total as f64);
        let mode = ThreadsafeFunctionCallMode::NonBlocking;
        if !self.is_heard || progress.reached < progress.total {
            callback.call(at.into(), mode);
            return;
        }
        let (heard, hears) = mpsc::channel();
        let status = callback.call_with_return_value(at.into(), mode, move |_, _| {
            // Nobody waits any more where everything ends.
            let _waits = heard.send(());
            Ok(())
        });
        // Where JavaScript goes away, it never is; nor where it is too far behind to be told.
        while status == Status::Ok
            && going.on()
            && hears.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout)
        {}
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
            if let Some(callback) = &self.callback {
                self.tell(callback, progress, going);
            }
        };
        let control = control.with_token(going.token.clone()).with_check(&goes_on);
        match self.callback {
            Some(_) => work(&control.with_progress(&told)),
            None => work(&control),
        }
    }
}
