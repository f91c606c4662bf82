//! The threads that scan: as many as there are cores but one, started when there is work. They are
//! none of libuv's, which serve the file system and cryptography of everybody in the process.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::outcome::Outcome;

static POOL: Pool = Pool {
    desk: Mutex::new(Desk {
        jobs: VecDeque::new(),
        threads: 0,
        idle: 0,
    }),
    work: Condvar::new(),
};

struct Pool {
    desk: Mutex<Desk>,
    work: Condvar,
}

/// What lies between those who want work done and those who do it.
struct Desk {
    jobs: VecDeque<Ticket>,
    threads: usize,
    idle: usize,
}

/// Work, and who waits for its outcome.
struct Job {
    work: Box<dyn FnOnce() -> Outcome + Send>,
    settle: Box<dyn FnOnce(Outcome) + Send>,
}

/// A job that waits for a thread, until somebody takes it.
#[derive(Clone)]
pub(crate) struct Ticket(Arc<Mutex<Option<Job>>>);

impl Ticket {
    fn take(&self) -> Option<Job> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Gives the job this outcome, unless a thread is at it.
    pub(crate) fn settle(&self, outcome: Outcome) {
        if let Some(job) = self.take() {
            (job.settle)(outcome);
        }
    }

    /// Does the job. Whatever happens, who waits gets an outcome.
    fn serve(&self) {
        if let Some(job) = self.take() {
            let outcome = catch_unwind(AssertUnwindSafe(job.work));
            (job.settle)(outcome.unwrap_or_else(|_| Outcome::panicked()));
        }
    }
}

impl Pool {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What each thread does.
    fn serve(&self) {
        let mut desk = self.desk();
        loop {
            if let Some(ticket) = desk.jobs.pop_front() {
                drop(desk);
                ticket.serve();
                desk = self.desk();
            } else {
                desk.idle += 1;
                desk = self.work.wait(desk).unwrap_or_else(PoisonError::into_inner);
                desk.idle -= 1;
            }
        }
    }
}

/// How many threads there are at most.
pub(crate) fn size() -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    cores.saturating_sub(1).max(1)
}

/// Has a job done, after those that came before.
pub(crate) fn submit(
    work: impl FnOnce() -> Outcome + Send + 'static,
    settle: impl FnOnce(Outcome) + Send + 'static,
) -> Ticket {
    let ticket = Ticket(Arc::new(Mutex::new(Some(Job {
        work: Box::new(work),
        settle: Box::new(settle),
    }))));
    let mut desk = POOL.desk();
    desk.jobs.push_back(ticket.clone());
    if desk.jobs.len() > desk.idle && desk.threads < size() {
        let name = format!("weighbridge-{}", desk.threads);
        let spawned = thread::Builder::new().name(name).spawn(|| POOL.serve());
        match spawned {
            Ok(_) => desk.threads += 1,
            // One thread is enough.
            Err(_) if desk.threads > 0 => {}
            Err(error) => {
                desk.jobs.clear();
                ticket.settle(Outcome::failed(&format!(
                    "no thread can be started: {error}"
                )));
            }
        }
    }
    POOL.work.notify_one();
    ticket
}
