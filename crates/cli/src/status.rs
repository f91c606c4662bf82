//! What a terminal shows while something long is under way: one line, written over and over.

use std::time::{Duration, Instant};

use crate::output::Output;

/// How long it may take before anything is shown.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the line is written anew.
const INTERVAL: Duration = Duration::from_millis(100);

/// The line.
pub(crate) struct Status {
    next: Option<Instant>,
    shown: bool,
}

impl Status {
    pub(crate) fn new(wanted: bool) -> Status {
        Status {
            next: wanted.then(|| Instant::now() + PATIENCE),
            shown: false,
        }
    }

    /// Shows how far it is, if it is time to.
    pub(crate) fn show(&mut self, output: &mut Output<'_>, words: impl FnOnce() -> String) {
        if self.next.is_some_and(|next| Instant::now() >= next) {
            self.next = Some(Instant::now() + INTERVAL);
            self.shown = true;
            output.show(&format!("\r\x1b[2K{}", words()));
        }
    }

    /// Takes the line away, before something else is written.
    pub(crate) fn clear(&mut self, output: &mut Output<'_>) {
        if std::mem::take(&mut self.shown) {
            output.show("\r\x1b[2K");
        }
    }
}
