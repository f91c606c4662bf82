//! What a terminal shows while a long scan is under way: one line, written over and over.

use std::time::{Duration, Instant};

use crate::output::Output;
use crate::words;

/// How long a scan may take before anything is shown.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the line is written anew.
const INTERVAL: Duration = Duration::from_millis(100);

/// The line. How many files there are is not known before the last one is met, so it counts.
pub(super) struct Status {
    next: Option<Instant>,
    shown: bool,
}

impl Status {
    pub(super) fn new(wanted: bool) -> Status {
        Status {
            next: wanted.then(|| Instant::now() + PATIENCE),
            shown: false,
        }
    }

    /// Shows how many files are done, if it is time to.
    pub(super) fn show(&mut self, files: u64, output: &mut Output<'_>) {
        if self.next.is_some_and(|next| Instant::now() >= next) {
            self.next = Some(Instant::now() + INTERVAL);
            self.shown = true;
            let files = words::count(files, "file", "files");
            output.show(&format!("\r\x1b[2K{files} scanned …"));
        }
    }

    /// Takes the line away, before something else is written.
    pub(super) fn clear(&mut self, output: &mut Output<'_>) {
        if std::mem::take(&mut self.shown) {
            output.show("\r\x1b[2K");
        }
    }
}
