//! A long comparison: batches of generated streams through the oracle and through the subject, on a few threads.

use crate::compare::{Mismatch, Tally, compare};
use crate::generate::Generator;
use crate::minimize::minimize;
use crate::oracle::{Answer, Oracle, OracleError};
use crate::report;
use crate::subject::Subject;
use std::ops::Range;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// What is compared with what.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Makes the streams.
    pub generator: Generator,
    /// Says what CPython does with them.
    pub oracle: Oracle,
    /// Says what we think that it does; without one, only the oracle is run.
    pub subject: Option<Subject>,
    /// Streams for one oracle process.
    pub batch: u64,
    /// Oracle processes at a time.
    pub jobs: usize,
    /// So many failures are minimized and reported; the others are only counted.
    pub reports: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Streams of which every event of CPython's is among ours.
    pub passed: u64,
    /// The others.
    pub failed: u64,
    /// Streams, counted among the passed, that CPython itself did not survive.
    pub crashed: u64,
    /// The events.
    pub tally: Tally,
    /// The first failures, minimized, for people.
    pub reports: Vec<String>,
}

impl Campaign {
    /// Goes over the streams with these numbers. `progress` is called after each batch.
    ///
    /// # Errors
    ///
    /// When the oracle cannot be asked.
    pub fn run(
        &self,
        streams: Range<u64>,
        progress: impl Fn(&Outcome) + Sync,
    ) -> Result<Outcome, OracleError> {
        let next = AtomicU64::new(streams.start);
        let broken = AtomicBool::new(false);
        let total = Mutex::new(Outcome::default());
        let shown = AtomicUsize::new(0);
        let work = || {
            while !broken.load(Ordering::Relaxed) {
                let first = next.fetch_add(self.batch, Ordering::Relaxed);
                if first >= streams.end {
                    break;
                }
                let batch = self.batch(
                    first..first.saturating_add(self.batch).min(streams.end),
                    &shown,
                );
                let batch = batch.inspect_err(|_| broken.store(true, Ordering::Relaxed))?;
                let mut total = locked(&total);
                total.add(batch);
                progress(&total);
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs.max(1)).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        })?;
        Ok(total
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// One oracle process's worth.
    fn batch(&self, numbers: Range<u64>, shown: &AtomicUsize) -> Result<Outcome, OracleError> {
        let streams: Vec<Vec<u8>> = numbers
            .clone()
            .map(|index| self.generator.stream(index))
            .collect();
        let mut outcome = Outcome::default();
        for ((index, stream), answer) in numbers.zip(&streams).zip(self.oracle.ask(&streams)?) {
            match self.verdict(stream, &answer) {
                Ok(tally) => {
                    outcome.passed += 1;
                    outcome.crashed += u64::from(answer == Answer::Crash);
                    outcome.tally.add(tally);
                }
                Err(failure) => {
                    outcome.failed += 1;
                    if shown.fetch_add(1, Ordering::Relaxed) < self.reports {
                        outcome.reports.push(self.explain(index, stream, &failure)?);
                    }
                }
            }
        }
        Ok(outcome)
    }

    fn verdict(&self, stream: &[u8], answer: &Answer) -> Result<Tally, Failure> {
        let Some(subject) = self.subject else {
            return Ok(Tally::default());
        };
        let ours =
            catch_unwind(|| subject(stream, self.oracle.mode)).map_err(|_| Failure::Panic)?;
        match answer {
            Answer::Runs(runs) => compare(&ours, runs).map_err(Failure::Mismatch),
            Answer::Crash => Ok(Tally::default()),
        }
    }

    /// The failure of the shortest stream that still has one of its kind.
    fn explain(&self, index: u64, stream: &[u8], failure: &Failure) -> Result<String, OracleError> {
        let panics = matches!(failure, Failure::Panic);
        let same = |result: &Result<Tally, Failure>| {
            result
                .as_ref()
                .is_err_and(|other| matches!(other, Failure::Panic) == panics)
        };
        let all = |candidates: &[Vec<u8>]| -> Result<Vec<Result<Tally, Failure>>, OracleError> {
            let answers = self.oracle.ask(candidates)?;
            Ok(candidates
                .iter()
                .zip(&answers)
                .map(|(stream, answer)| self.verdict(stream, answer))
                .collect())
        };
        let shortest = minimize(stream, |candidates| {
            Ok(all(candidates)?.iter().map(same).collect())
        })?;
        let again = all(std::slice::from_ref(&shortest))?.pop();
        Ok(match again {
            Some(Err(Failure::Mismatch(mismatch))) => report::render(index, &shortest, &mismatch),
            _ => report::panicked(index, &shortest),
        })
    }
}

impl Outcome {
    fn add(&mut self, other: Outcome) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.crashed += other.crashed;
        self.tally.add(other.tally);
        self.reports.extend(other.reports);
    }
}

/// Why a stream failed.
enum Failure {
    Mismatch(Box<Mismatch>),
    Panic,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
