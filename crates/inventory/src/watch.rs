//! Ending an inventory early, and telling how far it is.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use weighbridge::{CancelToken, Control, GapReason, Interruption, Location, ReportedGap};

/// How long the caller is neither asked nor told again.
const PAUSE: Duration = Duration::from_millis(20);

/// What the thread that waits for an inventory and those that make it know of each other. Those that make
/// it look at the token alone.
#[derive(Default)]
pub(crate) struct Watch {
    /// Cancelled once it has to end.
    over: CancelToken,
    why: OnceLock<Interruption>,
    read: AtomicUsize,
    total: AtomicUsize,
}

impl Watch {
    /// The token that ends it.
    pub(crate) fn token(&self) -> CancelToken {
        self.over.clone()
    }

    /// Notes how many more files there are.
    pub(crate) fn add_total(&self, files: usize) {
        self.total.fetch_add(files, Ordering::Relaxed);
    }

    /// Notes that one more file was read.
    pub(crate) fn add_read(&self) {
        self.read.fetch_add(1, Ordering::Relaxed);
    }

    /// Why it had to end.
    pub(crate) fn interruption(&self) -> Interruption {
        self.why.get().copied().unwrap_or(Interruption::Cancelled)
    }

    /// What that leaves open.
    pub(crate) fn gap(&self, at: Location) -> ReportedGap {
        match self.interruption() {
            Interruption::Deadline => {
                let detail = "the time was up; what was left was not read";
                ReportedGap::limit("deadline", at, detail.to_owned())
            }
            _ => {
                let detail = "it was cancelled; what was left was not read";
                ReportedGap::new(GapReason::Cancelled, at, detail.to_owned())
            }
        }
    }

    /// Does the work on another thread, while this one asks whether it is to go on and tells how far it is:
    /// nobody else has to ask, and who asks and is told is called on no other thread.
    pub(crate) fn over<T: Send>(
        &self,
        control: &Control<'_>,
        own: Option<&CancelToken>,
        work: impl Fn() -> T + Sync,
    ) -> T {
        self.ask(control, own);
        let done = thread::scope(|scope| {
            let (give, take) = mpsc::channel();
            // Nobody takes it only where this thread panics.
            let work = &work;
            let other = move || drop(give.send(work()));
            thread::Builder::new().spawn_scoped(scope, other).ok()?;
            loop {
                match take.recv_timeout(PAUSE) {
                    Ok(done) => return Some(done),
                    Err(RecvTimeoutError::Timeout) => self.ask(control, own),
                    // It panicked, and so will the scope.
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            }
        });
        // Where there is no other thread to be had, this one does it, and nothing ends it.
        let done = done.unwrap_or_else(work);
        self.tell(control);
        done
    }

    fn ask(&self, control: &Control<'_>, own: Option<&CancelToken>) {
        if self.over.is_cancelled() {
            return;
        }
        let is_cancelled = own.is_some_and(CancelToken::is_cancelled);
        let cancelled = is_cancelled.then_some(Interruption::Cancelled);
        match cancelled.or_else(|| control.interruption()) {
            Some(why) => {
                self.why.get_or_init(|| why);
                self.over.cancel();
            }
            None => self.tell(control),
        }
    }

    /// Nothing is told before it is known how many files there are.
    fn tell(&self, control: &Control<'_>) {
        let total = self.total.load(Ordering::Relaxed);
        if total > 0 && !self.over.is_cancelled() {
            let read = self.read.load(Ordering::Relaxed).min(total);
            control.tell(read as u64, total as u64);
        }
    }
}
