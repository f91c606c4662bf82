//! How long a thread worked: unlike what a wall clock says, that does not grow with what else the
//! machine does.

use std::time::{Duration, Instant};

/// The time that one thread works, from now on.
#[derive(Debug)]
pub struct Worked {
    begin: Instant,
    worked: Option<Duration>,
}

impl Worked {
    /// Begins to count the time of this thread.
    #[must_use]
    pub fn begin() -> Worked {
        Worked {
            begin: Instant::now(),
            worked: of_this_thread(),
        }
    }

    /// The time that this thread, which has to be the same, has worked since; where the system does
    /// not tell, that of the wall clock.
    #[must_use]
    pub fn time(&self) -> Duration {
        match (of_this_thread(), self.worked) {
            (Some(now), Some(begin)) => now.saturating_sub(begin),
            _ => self.begin.elapsed(),
        }
    }
}

/// Linux tells it in nanoseconds, as the first number (Documentation/scheduler/sched-stats.rst).
fn of_this_thread() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
