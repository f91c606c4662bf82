//! Work on many things at a time, with the results in order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many batches for each worker may wait for their turn.
const AHEAD: u64 = 4;
/// How many things a batch holds at most. The first batches are smaller, so that few things are spread
/// over all workers; later, a thing is often done sooner than a worker is woken.
const BATCH: u64 = 16;
/// How many batches are given before they grow by one.
const GROWTH: u64 = 16;

/// Works on everything that `next` gives, on at most `workers` threads, and hands the results to
/// `take` in the order in which `next` gave the things. What is not yet taken is bounded; threads are
/// begun as they are needed and end before this returns.
pub(super) fn in_order<J: Send, D: Send>(
    workers: usize,
    mut next: impl FnMut() -> Option<J>,
    work: impl Fn(J) -> D + Sync,
    mut take: impl FnMut(D) -> ControlFlow<()>,
) {
    let (job_sender, job_receiver) = mpsc::channel();
    let (done_sender, done_receiver) = mpsc::channel();
    let job_receiver = Mutex::new(job_receiver);
    let over = AtomicBool::new(false);
    let crew = Crew {
        jobs: &job_receiver,
        over: &over,
        work: &work,
    };
    let ahead = AHEAD.saturating_mul(workers as u64);
    thread::scope(|scope| {
        // Dropped at the end of this closure, so that idle workers go home.
        let job_sender = job_sender;
        let (mut given, mut taken, mut running) = (0, 0, 0);
        let mut waiting = BTreeMap::new();
        loop {
            while given - taken < ahead {
                let size = BATCH.min(1 + given / GROWTH);
                let batch: Vec<J> = (0..size).map_while(|_| next()).collect();
                if batch.is_empty() {
                    break;
                }
                // The receiver lives as long as this function.
                let _ = job_sender.send((given, batch));
                given += 1;
                if running < workers {
                    running += 1;
                    let done_sender = done_sender.clone();
                    scope.spawn(move || crew.work(&done_sender));
                }
            }
            if given == taken {
                break;
            }
            let Ok((number, done)) = done_receiver.recv() else {
                break;
            };
            waiting.insert(number, done);
            while let Some(batch) = waiting.remove(&taken) {
                taken += 1;
                if Vec::into_iter(batch).try_for_each(&mut take).is_break() {
                    over.store(true, Ordering::Relaxed);
                    return;
                }
            }
        }
    });
}

/// What all workers share.
struct Crew<'c, J, W> {
    jobs: &'c Mutex<Receiver<(u64, Vec<J>)>>,
    /// Whether nobody takes results any more.
    over: &'c AtomicBool,
    work: &'c W,
}

impl<J, W> Clone for Crew<'_, J, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<J, W> Copy for Crew<'_, J, W> {}

impl<J, W> Crew<'_, J, W> {
    /// Works until there is nothing left to do.
    fn work<D>(self, done: &Sender<(u64, Vec<D>)>)
    where
        W: Fn(J) -> D,
    {
        loop {
            let job = {
                let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
                jobs.recv()
            };
            let Ok((number, batch)) = job else { return };
            let batch = batch.into_iter();
            let wanted = batch.take_while(|_| !self.over.load(Ordering::Relaxed));
            if done
                .send((number, wanted.map(self.work).collect()))
                .is_err()
            {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::time::Duration;

    #[test]
    fn results_come_in_order_and_few_wait() {
        let (given, taken) = (Cell::new(0), Cell::new(0));
        let next = || {
            assert!(given.get() - taken.get() < 4 * AHEAD * BATCH);
            (given.get() < 1000).then(|| given.replace(given.get() + 1))
        };
        let work = |number: u64| {
            thread::sleep(Duration::from_micros(number * 7919 % 300));
            number
        };
        in_order(4, next, work, |number| {
            assert_eq!(number, taken.replace(taken.get() + 1));
            ControlFlow::Continue(())
        });
        assert_eq!(taken.get(), 1000);
    }

    #[test]
    fn it_ends_when_nobody_takes_any_more() {
        let mut number = 0;
        let next = || {
            number += 1;
            Some(number)
        };
        let mut taken = 0;
        in_order(
            3,
            next,
            |number| number,
            |_| {
                taken += 1;
                if taken == 5 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        assert_eq!(taken, 5);
    }
}
