//! What goes for one call alone: who may end it, and who is told how far it is.

use std::time::Duration;

use pyo3::prelude::*;
use weighbridge::{Control, Progress};

use crate::given::Raised;

/// What goes for one call alone.
#[derive(Default)]
pub(crate) struct Call {
    pub(crate) name: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) token: Option<weighbridge::CancelToken>,
    pub(crate) progress: Option<Py<PyAny>>,
}

impl Call {
    /// Does something that may take long, without the interpreter. Signals end it, and what their
    /// handlers or the callback raise is kept in `raised`.
    pub(crate) fn run<T: Send>(
        &self,
        py: Python<'_>,
        raised: &Raised,
        work: impl FnOnce(&Control<'_>) -> T + Send,
    ) -> T {
        py.detach(|| {
            let goes_on = || raised.goes_on();
            let mut control = Control::new().with_check(&goes_on);
            if let Some(token) = &self.token {
                control = control.with_token(token.clone());
            }
            if let Some(timeout) = self.timeout {
                control = control.with_timeout(timeout);
            }
            let tell = |progress: Progress| {
                let Some(callback) = &self.progress else {
                    return;
                };
                let told = Python::attach(|py| {
                    callback
                        .call1(py, (progress.reached, progress.total))
                        .map(drop)
                });
                if let Err(error) = told {
                    raised.note(error);
                }
            };
            if self.progress.is_some() {
                control = control.with_progress(&tell);
            }
            work(&control)
        })
    }
}
