//! Control over a scan that is under way: ending it early, and how far it is.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use weighbridge_pickle::Source;

use crate::gap::{Gap, GapReason};

/// Ends scans from another thread. Clones are the same token; one token may serve many scans.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that is not cancelled.
    #[must_use]
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Ends every scan that goes by this token, within some milliseconds. Cannot be taken back.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Up to where the file was come to, in bytes; never falls. What lies before may have been passed
    /// over, as the elements of tensors are.
    pub reached: u64,
    /// The length of the file in bytes.
    pub total: u64,
}

/// What may end a scan early, and who is told how far it is.
///
/// ```
/// use std::time::Duration;
/// use weighbridge::{CancelToken, Control, Input, ScanError, Scanner};
///
/// let token = CancelToken::new();
/// let control = Control::new()
///     .with_token(token.clone())
///     .with_timeout(Duration::from_secs(30));
/// token.cancel();
/// let ended = Scanner::new().scan(Input::bytes("upload.pkl", b"\x80\x04N."), &control);
/// let Err(ScanError::Cancelled(partial)) = ended else { panic!() };
/// assert!(!partial.coverage.complete);
/// ```
#[derive(Clone, Default)]
pub struct Control<'c> {
    token: Option<CancelToken>,
    deadline: Option<Instant>,
    progress: Option<&'c dyn Fn(Progress)>,
    goes_on: Option<&'c dyn Fn() -> bool>,
}

impl<'c> Control<'c> {
    /// Nothing ends the scan, and nobody is told.
    #[must_use]
    pub fn new() -> Control<'c> {
        Control::default()
    }

    /// The same, ended when this token is cancelled.
    #[must_use]
    pub fn with_token(self, token: CancelToken) -> Control<'c> {
        Control {
            token: Some(token),
            ..self
        }
    }

    /// The same, ended at this moment.
    #[must_use]
    pub fn with_deadline(self, deadline: Instant) -> Control<'c> {
        Control {
            deadline: Some(deadline),
            ..self
        }
    }

    /// The same, ended this much later than now.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Control<'c> {
        // What cannot be reached is no deadline.
        let deadline = Instant::now().checked_add(timeout);
        Control { deadline, ..self }
    }

    /// The same, telling how far the scan is: about once a megabyte, on the thread that scans.
    #[must_use]
    pub fn with_progress(self, progress: &'c dyn Fn(Progress)) -> Control<'c> {
        Control {
            progress: Some(progress),
            ..self
        }
    }

    /// The same, cancelled once this says that it shall not go on: asked about twenty times a second,
    /// on the thread that scans.
    #[must_use]
    pub fn with_check(self, goes_on: &'c dyn Fn() -> bool) -> Control<'c> {
        Control {
            goes_on: Some(goes_on),
            ..self
        }
    }
}

impl Control<'_> {
    /// The same, telling nobody how far it is: for a part of a task that others tell of.
    pub(crate) fn without_progress(&self) -> Control<'_> {
        Control {
            progress: None,
            ..self.clone()
        }
    }
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("token", &self.token)
            .field("deadline", &self.deadline)
            .field("progress", &self.progress.is_some())
            .field("check", &self.goes_on.is_some())
            .finish()
    }
}

/// Why a scan ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interruption {
    Cancelled,
    Deadline,
}

impl Interruption {
    /// What that leaves open.
    pub(crate) fn gap(self) -> Gap {
        match self {
            Interruption::Cancelled => {
                let detail = "the scan was cancelled; what was left was not examined";
                Gap::new(GapReason::Cancelled, detail)
            }
            Interruption::Deadline => {
                let detail = "the time was up; what was left was not examined";
                Gap::limit("deadline", detail)
            }
        }
    }
}

/// How far a scan goes on between two times of telling how far it is, in bytes.
const STEP: u64 = 1 << 20;

/// How long the caller is not asked again whether to go on.
const PAUSE: Duration = Duration::from_millis(50);

/// Watches over the scan of one file. What takes time asks it every few thousand instructions and
/// for each chunk of bytes.
pub(crate) struct Watch<'c> {
    control: &'c Control<'c>,
    deadline: Option<Instant>,
    total: u64,
    reached: Cell<u64>,
    told: Cell<u64>,
    interruption: Cell<Option<Interruption>>,
    asked: Cell<Instant>,
}

impl<'c> Watch<'c> {
    /// Begins to watch over a file of `total` bytes, which may take `max_time`.
    pub(crate) fn new(
        control: &'c Control<'c>,
        max_time: Option<Duration>,
        total: u64,
    ) -> Watch<'c> {
        let own = max_time.and_then(|time| Instant::now().checked_add(time));
        Watch {
            control,
            deadline: [own, control.deadline].into_iter().flatten().min(),
            total,
            reached: Cell::new(0),
            told: Cell::new(0),
            interruption: Cell::new(None),
            asked: Cell::new(Instant::now()),
        }
    }

    /// Whether the scan has to end; once it has, it always has.
    pub(crate) fn is_over(&self) -> bool {
        self.is_ended(self.asked.get().elapsed() >= PAUSE)
    }

    /// The same, asking the caller however soon after the last time: for what cannot be taken back.
    pub(crate) fn is_over_now(&self) -> bool {
        self.is_ended(true)
    }

    fn is_ended(&self, ask: bool) -> bool {
        if self.interruption.get().is_some() {
            return true;
        }
        let token = self.control.token.as_ref();
        if token.is_some_and(CancelToken::is_cancelled) || ask && !self.goes_on() {
            self.interruption.set(Some(Interruption::Cancelled));
        } else if self.deadline.is_some_and(|at| Instant::now() >= at) {
            self.interruption.set(Some(Interruption::Deadline));
        }
        self.interruption.get().is_some()
    }

    /// What the caller says.
    fn goes_on(&self) -> bool {
        self.asked.set(Instant::now());
        self.control.goes_on.is_none_or(|goes_on| goes_on())
    }

    /// Why the scan has to end, if it has.
    pub(crate) fn interruption(&self) -> Option<Interruption> {
        self.interruption.get()
    }

    /// Notes that the scan has come to an offset in the file, where that is known.
    pub(crate) fn reach(&self, offset: Option<u64>) {
        let reached = offset.unwrap_or(0).min(self.total).max(self.reached.get());
        self.reached.set(reached);
        if reached - self.told.get() >= STEP {
            self.tell();
        }
    }

    /// Notes that all of the file was examined.
    pub(crate) fn finish(&self) {
        self.reached.set(self.total);
        self.tell();
    }

    /// A source that cannot be read any more once the scan has to end.
    pub(crate) fn over<'s>(&'s self, source: &'s dyn Source) -> Watched<'s> {
        Watched {
            source,
            watch: self,
        }
    }

    fn tell(&self) {
        self.told.set(self.reached.get());
        if let Some(progress) = self.control.progress {
            progress(Progress {
                reached: self.reached.get(),
                total: self.total,
            });
        }
    }
}

/// A source that cannot be read any more once the scan has to end.
pub(crate) struct Watched<'s> {
    source: &'s dyn Source,
    watch: &'s Watch<'s>,
}

impl Source for Watched<'_> {
    fn len(&self) -> u64 {
        self.source.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_over() {
            return Err(io::Error::other("the scan was ended"));
        }
        self.source.read_at(offset, buf)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        self.source.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_earlier_of_two_deadlines_counts() {
        let control = Control::new().with_timeout(Duration::ZERO);
        let watch = Watch::new(&control, Some(Duration::from_secs(3600)), 1);
        assert!(watch.is_over());
        assert_eq!(watch.interruption(), Some(Interruption::Deadline));
        let control = Control::new().with_timeout(Duration::MAX);
        assert!(!Watch::new(&control, None, 1).is_over());
        assert!(Watch::new(&control, Some(Duration::ZERO), 1).is_over());
    }

    #[test]
    fn progress_never_falls_and_ends_at_the_end() {
        let told = RefCell::new(Vec::new());
        let tell = |progress: Progress| told.borrow_mut().push((progress.reached, progress.total));
        let control = Control::new().with_progress(&tell);
        let watch = Watch::new(&control, None, 5 * STEP);
        for offset in [Some(10), Some(2 * STEP), None, Some(STEP), Some(9 * STEP)] {
            watch.reach(offset);
        }
        watch.finish();
        let total = 5 * STEP;
        assert_eq!(
            *told.borrow(),
            [(2 * STEP, total), (total, total), (total, total)]
        );
    }

    #[test]
    fn the_caller_is_asked_now_and_then() {
        let asked = Cell::new(0);
        let goes_on = || {
            asked.set(asked.get() + 1);
            asked.get() < 2
        };
        let control = Control::new().with_check(&goes_on);
        let watch = Watch::new(&control, None, 1);
        let begin = Instant::now();
        while !watch.is_over() {
            assert!(begin.elapsed() < Duration::from_secs(20));
        }
        assert!(begin.elapsed() >= 2 * PAUSE);
        assert_eq!(asked.get(), 2);
        assert_eq!(watch.interruption(), Some(Interruption::Cancelled));
    }

    #[test]
    fn what_is_over_cannot_be_read() {
        let token = CancelToken::new();
        let control = Control::new().with_token(token.clone());
        let watch = Watch::new(&control, None, 5);
        let bytes = b"words".to_vec();
        let watched = watch.over(&bytes);
        assert_eq!(watched.read_at(0, &mut [0; 9]).unwrap(), 5);
        token.cancel();
        assert!(watched.read_at(0, &mut [0; 9]).is_err());
        assert_eq!(watch.interruption(), Some(Interruption::Cancelled));
    }
}
