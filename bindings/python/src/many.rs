//! Scanning many files at once, and giving the reports in the order of the paths.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{process, thread};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyIterator};
use weighbridge::{CancelToken, Control, Input, Scanner};

use crate::errors;
use crate::report::Report;

/// How many threads there are at most.
const MOST: usize = 256;
/// How many paths each thread may be ahead of whoever takes the reports.
const AHEAD: usize = 4;
/// How often signals are looked for.
const PAUSE: Duration = Duration::from_millis(20);

/// The reports on many files, in the order of their paths.
#[pyclass(frozen, module = "weighbridge")]
pub(crate) struct ScanMany {
    consumer: Mutex<Consumer>,
    desk: Arc<Desk>,
}

/// The side that takes reports: the threads of Python.
struct Consumer {
    paths: Option<Py<PyIterator>>,
    progress: Option<Py<PyAny>>,
    workers: usize,
    started: Option<u32>,
    /// How many paths were taken, and how many reports were given.
    taken: usize,
    given: usize,
    /// What the paths raised, after the reports before.
    raised: Option<PyErr>,
}

/// What lies between both sides.
struct Desk {
    scanner: Scanner,
    token: CancelToken,
    papers: Mutex<Papers>,
    work: Condvar,
    done: Condvar,
}

#[derive(Default)]
struct Papers {
    jobs: VecDeque<(usize, PathBuf)>,
    reports: BTreeMap<usize, weighbridge::Report>,
    closed: bool,
}

impl Desk {
    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all work.
    fn close(&self) {
        self.token.cancel();
        let mut papers = self.papers();
        papers.closed = true;
        papers.jobs.clear();
        self.work.notify_all();
    }

    /// What a worker does: scan until there is nothing more to come.
    fn serve(&self) {
        let control = Control::new().with_token(self.token.clone());
        loop {
            let mut papers = self.papers();
            let (number, path) = loop {
                if let Some(job) = papers.jobs.pop_front() {
                    break job;
                }
                if papers.closed {
                    return;
                }
                papers = self
                    .work
                    .wait(papers)
                    .unwrap_or_else(PoisonError::into_inner);
            };
            drop(papers);
            let report = match self.scanner.scan(Input::path(&path), &control) {
                Ok(report) => report,
                Err(weighbridge::ScanError::Open(error)) => self.scanner.unopened(&path, &error),
                // Nobody waits for it any more.
                Err(_) => return,
            };
            self.papers().reports.insert(number, report);
            self.done.notify_all();
        }
    }
}

/// A number of threads.
pub(crate) fn threads(value: &Bound<'_, PyAny>, key: &str) -> PyResult<usize> {
    match value.extract::<usize>() {
        Ok(count @ 1..=MOST) if !value.is_instance_of::<PyBool>() => Ok(count),
        _ => {
            let words = format!("{key}: {} is no number from 1 to {MOST}", value.repr()?);
            Err(errors::option(value.py(), &words))
        }
    }
}

impl ScanMany {
    pub(crate) fn new(
        scanner: &Scanner,
        paths: &Bound<'_, PyAny>,
        workers: Option<&Bound<'_, PyAny>>,
        token: Option<CancelToken>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<ScanMany> {
        let workers = match workers {
            None => thread::available_parallelism().map_or(1, usize::from),
            Some(workers) => threads(workers, "workers")?,
        };
        if paths.is_instance_of::<pyo3::types::PyString>()
            || paths.is_instance_of::<pyo3::types::PyBytes>()
        {
            let words = "paths are wanted, not one; use scan() for one, or a list";
            return Err(pyo3::exceptions::PyTypeError::new_err(words));
        }
        Ok(ScanMany {
            consumer: Mutex::new(Consumer {
                paths: Some(paths.try_iter()?.unbind()),
                progress: progress.map(Bound::unbind),
                workers,
                started: None,
                taken: 0,
                given: 0,
                raised: None,
            }),
            desk: Arc::new(Desk {
                scanner: scanner.clone(),
                token: token.unwrap_or_default(),
                papers: Mutex::default(),
                work: Condvar::new(),
                done: Condvar::new(),
            }),
        })
    }
}

#[pymethods]
impl ScanMany {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Report>> {
        let Ok(mut consumer) = self.consumer.try_lock() else {
            return Err(PyValueError::new_err(
                "another thread is waiting for this iterator",
            ));
        };
        let report = consumer.next(py, &self.desk);
        if report.is_err() {
            consumer.paths = None;
            consumer.given = consumer.taken;
            self.desk.close();
        }
        report
    }

    /// Ends the scans that are under way; there are no more reports then.
    fn close(&self) {
        self.desk.close();
        if let Ok(mut consumer) = self.consumer.try_lock() {
            consumer.paths = None;
            consumer.given = consumer.taken;
        }
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_args))]
    fn __exit__(&self, _args: &Bound<'_, pyo3::types::PyTuple>) {
        self.close();
    }
}

impl Drop for ScanMany {
    fn drop(&mut self) {
        self.desk.close();
    }
}

impl Consumer {
    fn next(&mut self, py: Python<'_>, desk: &Arc<Desk>) -> PyResult<Option<Report>> {
        self.start(desk)?;
        self.fill(py, desk);
        if self.given == self.taken {
            return match self.raised.take() {
                Some(error) => Err(error),
                None => {
                    desk.close();
                    Ok(None)
                }
            };
        }
        let report = loop {
            py.check_signals()?;
            if desk.token.is_cancelled() {
                return Err(errors::scan(py, "the scans were cancelled"));
            }
            let waited = py.detach(|| {
                let mut papers = desk.papers();
                if let Some(report) = papers.reports.remove(&self.given) {
                    return Some(report);
                }
                let waited = desk.done.wait_timeout(papers, PAUSE);
                papers = waited.unwrap_or_else(PoisonError::into_inner).0;
                papers.reports.remove(&self.given)
            });
            if let Some(report) = waited {
                break report;
            }
        };
        self.given += 1;
        if let Some(progress) = &self.progress {
            progress.call1(py, (self.given,))?;
        }
        Ok(Some(Report::new(report)))
    }

    /// Starts the workers once. Threads do not survive a fork.
    fn start(&mut self, desk: &Arc<Desk>) -> PyResult<()> {
        match self.started {
            Some(process) if process == process::id() => return Ok(()),
            Some(_) => {
                let words = "this iterator was made before the process forked; make another one";
                return Err(PyRuntimeError::new_err(words));
            }
            None => self.started = Some(process::id()),
        }
        for number in 0..self.workers {
            let desk = Arc::clone(desk);
            thread::Builder::new()
                .name(format!("weighbridge-{number}"))
                .spawn(move || desk.serve())?;
        }
        Ok(())
    }

    /// Takes as many paths as the workers may be ahead.
    fn fill(&mut self, py: Python<'_>, desk: &Desk) {
        while self.taken - self.given < self.workers * AHEAD {
            let Some(paths) = &self.paths else { return };
            let path = match paths.clone_ref(py).into_bound(py).next() {
                None => {
                    self.paths = None;
                    return;
                }
                Some(path) => path.and_then(|path| path.extract::<PathBuf>()),
            };
            match path {
                Ok(path) => {
                    desk.papers().jobs.push_back((self.taken, path));
                    desk.work.notify_one();
                    self.taken += 1;
                }
                Err(error) => {
                    self.paths = None;
                    self.raised = Some(error);
                    return;
                }
            }
        }
    }
}
