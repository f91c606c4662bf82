//! Scanning many files at once, and giving the reports in the order of the paths.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{process, thread};

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyIterator, PyString};
use weighbridge::{CancelToken, Control, Input, ScanError, Scanner};

use crate::call::{Keyword, progress_of, timeout_of, token_of};
use crate::errors;
use crate::given::path_of;
use crate::options::shown;
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
    /// How many paths were taken, and how many reports were given.
    taken: usize,
    given: usize,
    /// What the paths raised, after the reports before.
    raised: Option<PyErr>,
}

/// What lies between both sides.
struct Desk {
    scanner: Scanner,
    /// Ends all work; nobody else has it.
    token: CancelToken,
    /// The user's, which may serve others.
    users: CancelToken,
    timeout: Option<Duration>,
    /// The process with the threads; 0 before there are any. In a child that was forked meanwhile the locks
    /// may be held by threads that are none of its own.
    process: AtomicU32,
    papers: Mutex<Papers>,
    work: Condvar,
    done: Condvar,
}

#[derive(Default)]
struct Papers {
    jobs: VecDeque<(usize, PathBuf)>,
    reports: BTreeMap<usize, Told>,
    closed: bool,
}

/// A report, and whether the time for it was up.
struct Told {
    report: weighbridge::Report,
    is_late: bool,
}

/// What goes for scanning many files, besides the scanner.
pub(crate) struct Terms {
    workers: usize,
    timeout: Option<Duration>,
    token: CancelToken,
    progress: Option<Py<PyAny>>,
}

impl Terms {
    /// What these keywords ask for.
    pub(crate) fn of(
        workers: Keyword<'_, '_>,
        timeout: Keyword<'_, '_>,
        cancel: Keyword<'_, '_>,
        progress: Keyword<'_, '_>,
    ) -> PyResult<Terms> {
        let workers = match workers {
            None => thread::available_parallelism().map_or(1, usize::from),
            Some(workers) => threads(workers, "workers")?,
        };
        Ok(Terms {
            workers,
            timeout: timeout_of(timeout)?,
            token: token_of(cancel)?.map(|token| token.0).unwrap_or_default(),
            progress: progress_of(progress)?,
        })
    }
}

impl Desk {
    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the threads are those of a process that this one was forked from.
    fn is_foreign(&self) -> bool {
        let process = self.process.load(Ordering::Relaxed);
        process != 0 && process != process::id()
    }

    /// Ends all work.
    fn close(&self) {
        self.token.cancel();
        if self.is_foreign() {
            return;
        }
        let mut papers = self.papers();
        papers.closed = true;
        papers.jobs.clear();
        self.work.notify_all();
    }

    /// What a worker does: scan until there is nothing more to come.
    fn serve(&self) {
        let goes_on = || !self.users.is_cancelled();
        let control = Control::new()
            .with_token(self.token.clone())
            .with_check(&goes_on);
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
            let control = match self.timeout {
                Some(timeout) => control.clone().with_timeout(timeout),
                None => control.clone(),
            };
            let (report, is_late) = match self.scanner.scan(Input::path(&path), &control) {
                Ok(report) => (report, false),
                Err(ScanError::Open(error)) => (self.scanner.unopened(&path, &error), false),
                Err(ScanError::DeadlineExceeded(report)) => (*report, true),
                // Nobody waits for it any more.
                Err(_) => return,
            };
            self.papers()
                .reports
                .insert(number, Told { report, is_late });
            self.done.notify_all();
        }
    }
}

/// A number of threads.
pub(crate) fn threads(value: &Bound<'_, PyAny>, key: &str) -> PyResult<usize> {
    match value.extract::<usize>() {
        Ok(count @ 1..=MOST) if !value.is_instance_of::<PyBool>() => Ok(count),
        _ => {
            let words = format!("{key}: {} is no number from 1 to {MOST}", shown(value));
            Err(errors::option(value.py(), &words))
        }
    }
}

impl ScanMany {
    pub(crate) fn new(
        scanner: &Scanner,
        paths: &Bound<'_, PyAny>,
        terms: Terms,
    ) -> PyResult<ScanMany> {
        let is_one = paths.is_instance_of::<PyString>() || is_content(paths);
        if is_one || paths.hasattr("__fspath__")? {
            let words = "paths are wanted, not one; use scan() for one, or a list";
            return Err(PyTypeError::new_err(words));
        }
        Ok(ScanMany {
            consumer: Mutex::new(Consumer {
                paths: Some(paths.try_iter()?.unbind()),
                progress: terms.progress,
                workers: terms.workers,
                taken: 0,
                given: 0,
                raised: None,
            }),
            desk: Arc::new(Desk {
                scanner: scanner.clone(),
                token: CancelToken::new(),
                users: terms.token,
                timeout: terms.timeout,
                process: AtomicU32::new(0),
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
        if self.desk.is_foreign() {
            let words = "this iterator was made before the process forked; make another one";
            return Err(PyRuntimeError::new_err(words));
        }
        let Ok(mut consumer) = self.consumer.try_lock() else {
            return Err(PyValueError::new_err(
                "another thread is waiting for this iterator",
            ));
        };
        let report = consumer.next(py, &self.desk);
        if report.is_err() {
            consumer.end();
            self.desk.close();
        }
        report
    }

    /// Ends the scans that are under way; there are no more reports then.
    fn close(&self) {
        self.desk.close();
        // Who is about to take a report sees that there are none.
        if let Ok(mut consumer) = self.consumer.try_lock() {
            consumer.end();
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
    /// There are no more reports.
    fn end(&mut self) {
        self.paths = None;
        self.given = self.taken;
    }

    fn next(&mut self, py: Python<'_>, desk: &Arc<Desk>) -> PyResult<Option<Report>> {
        if desk.token.is_cancelled() {
            self.end();
        }
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
        let Told { report, is_late } = loop {
            py.check_signals()?;
            if desk.token.is_cancelled() || desk.users.is_cancelled() {
                return Err(errors::cancelled(py, "the scans were cancelled"));
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
        if is_late {
            let report = Bound::new(py, Report::new(report))?.into_any().unbind();
            return Err(errors::interrupted(py, "ScanTimeout", report));
        }
        if let Some(progress) = &self.progress {
            progress.call1(py, (self.given,))?;
        }
        Ok(Some(Report::new(report)))
    }

    /// Starts the workers once. Threads do not survive a fork.
    fn start(&mut self, desk: &Arc<Desk>) -> PyResult<()> {
        let process = process::id();
        if desk.process.swap(process, Ordering::Relaxed) == process || self.paths.is_none() {
            return Ok(());
        }
        for number in 0..self.workers {
            let desk = Arc::clone(desk);
            let spawned = thread::Builder::new()
                .name(format!("weighbridge-{number}"))
                .spawn(move || desk.serve());
            match spawned {
                Ok(_) => {}
                // Fewer do, more slowly.
                Err(_) if number > 0 => break,
                Err(error) => return Err(error.into()),
            }
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
                Some(path) => path.and_then(|path| one_path(&path)),
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

/// Whether an object is content rather than a path.
pub(crate) fn is_content(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyBytes>() || object.is_instance_of::<PyByteArray>()
}

/// One of the paths.
fn one_path(path: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    let is_path = path.is_instance_of::<PyString>() || path.hasattr("__fspath__")?;
    if is_path && !is_content(path) {
        return path_of(path);
    }
    let name = path.get_type().name()?;
    let words = format!("a path is wanted, not {name}; use scan() for what is no file");
    Err(PyTypeError::new_err(words))
}
