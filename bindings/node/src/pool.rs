//! The threads that scan: as many as there are cores but one, started when there is work. They are
//! none of libuv's, which serve the file system and cryptography of everybody in the process.
//!
//! Work that nobody wants any more ends soon, but not at once: a scan may hold half a gigabyte, which the
//! system takes some hundred milliseconds to take back. Its thread is not waited for: another takes its
//! place, and it goes when it is done. So that memory does not grow with those who give up, no more
//! threads leave at a time than there are; further ones do end their work first.

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
        leaving: 0,
        started: 0,
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
    /// How many threads there are for jobs, and how many of them have none.
    threads: usize,
    idle: usize,
    /// How many threads end work that nobody wants, and go then.
    leaving: usize,
    /// How many threads were ever started.
    started: usize,
}

/// Work, and who waits for its outcome.
struct Job {
    work: Box<dyn FnOnce() -> Outcome + Send>,
    settle: Box<dyn FnOnce(Outcome) + Send>,
}

/// Where a job is.
enum Stage {
    /// It waits for a thread.
    Waiting(Job),
    /// A thread is at it.
    Running,
    /// A thread is at it that does nothing else any more.
    Leaving,
    /// It is done, or nobody does it.
    Over,
}

/// A job, for who submitted it.
#[derive(Clone)]
pub(crate) struct Ticket(Arc<Mutex<Stage>>);

impl Ticket {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the job, which gets to this stage, where it waits for a thread.
    fn take(&self, next: Stage) -> Option<Job> {
        let mut stage = self.stage();
        match &*stage {
            Stage::Waiting(_) => match std::mem::replace(&mut *stage, next) {
                Stage::Waiting(job) => Some(job),
                _ => None,
            },
            _ => None,
        }
    }

    /// Gives the job this outcome where it waits for a thread; the thread that is at it is not waited for.
    pub(crate) fn settle(&self, outcome: Outcome) {
        match self.take(Stage::Over) {
            Some(job) => (job.settle)(outcome),
            None => POOL.release(self),
        }
    }

    /// Does the job. Whatever happens, who waits gets an outcome.
    fn serve(&self) {
        if let Some(job) = self.take(Stage::Running) {
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
                let was = std::mem::replace(&mut *ticket.stage(), Stage::Over);
                if matches!(was, Stage::Leaving) {
                    desk.leaving -= 1;
                    if desk.threads >= size() {
                        return;
                    }
                    desk.threads += 1;
                }
            } else {
                desk.idle += 1;
                desk = self.work.wait(desk).unwrap_or_else(PoisonError::into_inner);
                desk.idle -= 1;
            }
        }
    }

    /// Has another thread take the place of the one that is at a job.
    fn release(&self, ticket: &Ticket) {
        let mut desk = self.desk();
        let mut stage = ticket.stage();
        if matches!(*stage, Stage::Running) && desk.leaving < size() {
            *stage = Stage::Leaving;
            desk.threads -= 1;
            desk.leaving += 1;
            drop(stage);
            // Where none can be started, the thread comes back when it is done.
            let _started = self.staff(&mut desk);
        }
    }

    /// Starts a thread where there is work for it.
    fn staff(&self, desk: &mut Desk) -> std::io::Result<()> {
        if desk.jobs.len() > desk.idle && desk.threads < size() {
            let name = format!("weighbridge-{}", desk.started);
            thread::Builder::new().name(name).spawn(|| POOL.serve())?;
            desk.threads += 1;
            desk.started += 1;
        }
        Ok(())
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
    let ticket = Ticket(Arc::new(Mutex::new(Stage::Waiting(Job {
        work: Box::new(work),
        settle: Box::new(settle),
    }))));
    let mut desk = POOL.desk();
    desk.jobs.push_back(ticket.clone());
    match POOL.staff(&mut desk) {
        // One thread is enough.
        Err(error) if desk.threads + desk.leaving == 0 => {
            desk.jobs.clear();
            drop(desk);
            ticket.settle(Outcome::failed(&format!(
                "no thread can be started: {error}"
            )));
        }
        _ => drop(desk),
    }
    POOL.work.notify_one();
    ticket
}
