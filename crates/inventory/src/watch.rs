//! Ending an inventory early, and telling how far it is.

use std::cell::Cell;
use std::time::{Duration, Instant};

use weighbridge::{CancelToken, Control, GapReason, Interruption, Location, ReportedGap};

/// How long the caller is neither asked nor told again.
const PAUSE: Duration = Duration::from_millis(20);

/// Watches over one inventory, on the thread that asked for it: the caller's check and the one who is told
/// are called on no other. The other threads look at a token.
pub(crate) struct Watch<'c> {
    control: &'c Control<'c>,
    token: Option<&'c CancelToken>,
    /// Cancelled once it has to end.
    over: CancelToken,
    why: Cell<Option<Interruption>>,
    asked: Cell<Option<Instant>>,
    /// How many files are listed in all, and how many were read of the trees before.
    total: u64,
    before: u64,
}

impl<'c> Watch<'c> {
    /// Begins to watch.
    pub(crate) fn new(control: &'c Control<'c>, token: Option<&'c CancelToken>) -> Watch<'c> {
        Watch {
            control,
            token,
            over: CancelToken::new(),
            why: Cell::new(None),
            asked: Cell::new(None),
            total: 0,
            before: 0,
        }
    }

    /// Says how many files there are.
    pub(crate) fn set_total(&mut self, files: usize) {
        self.total = files as u64;
    }

    /// Whether it has to end, while nothing is to be told; once it has, it always has.
    pub(crate) fn is_over(&self) -> bool {
        if self.is_due() {
            self.ask();
        }
        self.over.is_cancelled()
    }

    /// Whether it goes on; tells that so many files of this tree were read.
    pub(crate) fn goes_on(&self, read: usize) -> bool {
        if self.is_due() && !self.ask() {
            self.control.tell(self.before + read as u64, self.total);
        }
        !self.over.is_cancelled()
    }

    /// Notes that a tree of so many files was read.
    pub(crate) fn finish(&mut self, files: usize) {
        if !self.over.is_cancelled() {
            self.before += files as u64;
            self.control.tell(self.before, self.total);
        }
    }

    /// What other threads look at.
    pub(crate) fn over(&self) -> &CancelToken {
        &self.over
    }

    /// Why it has to end, if it has.
    pub(crate) fn interruption(&self) -> Option<Interruption> {
        self.why.get()
    }

    /// What that leaves open.
    pub(crate) fn gap(&self, at: Location) -> Option<ReportedGap> {
        Some(match self.why.get()? {
            Interruption::Deadline => {
                let detail = "the time was up; what was left was not read";
                ReportedGap::limit("deadline", at, detail.to_owned())
            }
            _ => {
                let detail = "it was cancelled; what was left was not read";
                ReportedGap::new(GapReason::Cancelled, at, detail.to_owned())
            }
        })
    }

    fn is_due(&self) -> bool {
        let asked = self.asked.get();
        asked.is_none_or(|asked| asked.elapsed() >= PAUSE)
    }

    /// Asks whether it has to end.
    fn ask(&self) -> bool {
        self.asked.set(Some(Instant::now()));
        if self.why.get().is_none() {
            let is_cancelled = self.token.is_some_and(CancelToken::is_cancelled);
            let cancelled = is_cancelled.then_some(Interruption::Cancelled);
            self.why
                .set(cancelled.or_else(|| self.control.interruption()));
        }
        let is_over = self.why.get().is_some();
        if is_over {
            self.over.cancel();
        }
        is_over
    }
}
