//! `weighbridge scan`: what to think of files, and why.

mod baseline;
mod destination;
mod files;
mod pool;
mod queue;
mod sink;
mod status;
mod text;
mod totals;

use std::io::Read;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::thread;
use std::time::Instant;

use weighbridge::{Control, Input, MappedSource, OpenError, Report, ScanError, Scanner, escape};

use crate::args::{ColorChoice, ScanArgs, ScanFormat};
use crate::config;
use crate::exit::Exit;
use crate::input;
use crate::output::Output;
use crate::session::Session;
use baseline::Baseline;
use destination::Destination;
use files::Filter;
use queue::{Job, Queue};
use sink::{Scanned, Sink};
use status::Status;
use totals::{Policy, Totals};

/// Runs the command.
pub(crate) fn run(
    args: &ScanArgs,
    session: &Session,
    stdin: &mut dyn Read,
    output: &mut Output<'_>,
) -> Exit {
    prepare(args, session, stdin, output).unwrap_or_else(|words| {
        output.say(&words);
        Exit::Incomplete
    })
}

/// Reads what the arguments name, scans, and writes what they ask for; the error is a line for people.
fn prepare(
    args: &ScanArgs,
    session: &Session,
    stdin: &mut dyn Read,
    output: &mut Output<'_>,
) -> Result<Exit, String> {
    let filter = Filter::new(&args.include, &args.exclude)?;
    let known = args.baseline.as_deref().map(Baseline::read).transpose()?;
    let scan = Scan {
        args,
        session,
        scanner: config::scanner(args, output)?,
        known: known.unwrap_or_default(),
    };
    let mut found = args.write_baseline.is_some().then(Baseline::default);
    let exit = match &args.output {
        None => scan.run(&filter, &mut found, stdin, output),
        Some(path) => {
            let mut file = Destination::create(path)?;
            let mut redirected = output.redirected(&mut file);
            let exit = scan.run(&filter, &mut found, stdin, &mut redirected);
            let written = redirected.finish();
            file.put_in_place()?;
            exit.or(written)
        }
    };
    if let (Some(found), Some(path)) = (found, &args.write_baseline) {
        // Half a baseline would let the other half fail later on.
        if exit == Exit::Interrupted {
            return Err("interrupted; the baseline was not written".to_owned());
        }
        let findings = crate::words::count(found.len(), "finding", "findings");
        found.write(path)?;
        output.say(&format!("{findings} written to {}", escape::path(path)));
    }
    Ok(exit)
}

struct Scan<'s> {
    args: &'s ScanArgs,
    session: &'s Session,
    scanner: Scanner,
    known: Baseline,
}

/// What came of a job.
enum Done {
    Scanned(Box<Scanned>),
    /// A line for people, and a report for programs where a file could not be opened.
    Unread(String, Option<Box<Report>>),
}

impl Scan<'_> {
    fn run(
        &self,
        filter: &Filter,
        found: &mut Option<Baseline>,
        stdin: &mut dyn Read,
        output: &mut Output<'_>,
    ) -> Exit {
        let Scan { args, session, .. } = self;
        let token = &session.token;
        let timeout = args.limits.timeout;
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut totals = Totals::new(Policy::new(args));
        let mut status = Status::new(session.progress && !args.quiet);
        let mut sink = Sink::new(args, self.colors(), session.width);
        let mut queue = Queue::new(&args.paths, filter, stdin);
        let is_over = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let mut all = false;
        let next = || {
            // What is not begun when the time is up is not even looked for.
            if token.is_cancelled() || is_over() {
                return None;
            }
            let job = queue.next();
            all = job.is_none();
            job
        };
        let mut closed = false;
        let take = |done: Done| {
            let flow = match done {
                Done::Unread(words, report) => {
                    totals.add_unread();
                    status.clear(output);
                    output.say(&words);
                    report.map_or(ControlFlow::Continue(()), |report| {
                        sink.unopened(&report, output)
                    })
                }
                Done::Scanned(scanned) => {
                    totals.add(&scanned.report, &self.known);
                    if let Some(found) = found.as_mut() {
                        found.add(&scanned.report);
                    }
                    status.clear(output);
                    sink.report(&scanned, &self.known, output)
                }
            };
            status.show(totals.files(), output);
            closed = flow.is_break();
            flow
        };
        pool::in_order(
            self.workers(),
            next,
            |job: Job| self.work(&job, deadline),
            take,
        );
        status.clear(output);
        if closed {
            return totals.exit;
        }
        // Whether anybody reads it is known when the output is finished.
        let _ = sink.finish(&totals.words(), output);
        self.conclude(&totals, all, output)
    }

    /// Says what the reports do not tell, and how the run ended.
    fn conclude(&self, totals: &Totals, all: bool, output: &mut Output<'_>) -> Exit {
        if let Some(words) = totals.baseline_words().filter(|_| !self.args.quiet) {
            output.say(&words);
        }
        if self.session.token.is_cancelled() {
            output.say("interrupted; what was left was not examined");
            return Exit::Interrupted;
        }
        if !all {
            output.say("--timeout: the time was up; what was left was not examined");
            return totals.exit.or(Exit::Incomplete);
        }
        totals.exit
    }

    /// Scans what a job is about.
    fn work(&self, job: &Job, deadline: Option<Instant>) -> Done {
        let mut control = Control::new().with_token(self.session.token.clone());
        if let Some(deadline) = deadline {
            control = control.with_deadline(deadline);
        }
        let (scanned, named) = match job {
            Job::Unread(words) => return Done::Unread(words.clone(), None),
            Job::File { path, named } => (self.file(path, &control), *named),
            Job::Input(input) => {
                let given = Input::source(&input.name, input.source.as_ref());
                (self.scanner.scan(given, &control), true)
            }
        };
        match scanned {
            Ok(report) => Done::Scanned(Box::new(Scanned { report, named })),
            Err(ScanError::Open(error)) => {
                let report = match job {
                    Job::File { path, .. } => Some(self.scanner.unopened(path, &error)),
                    _ => None,
                };
                Done::Unread(unread(job, &error), report.map(Box::new))
            }
            Err(ended) => {
                let words = ended.to_string();
                let partial = ended.into_partial();
                partial.map_or(Done::Unread(words, None), |report| {
                    Done::Scanned(Box::new(Scanned { report, named }))
                })
            }
        }
    }

    fn file(&self, path: &Path, control: &Control<'_>) -> Result<Report, ScanError> {
        if !self.args.mmap {
            return self.scanner.scan(Input::path(path), control);
        }
        let source = MappedSource::open(path)?;
        self.scanner.scan(Input::opened(path, &source), control)
    }

    fn workers(&self) -> usize {
        let jobs = self
            .args
            .jobs
            .or_else(|| thread::available_parallelism().ok());
        jobs.map_or(1, NonZeroUsize::get)
    }

    fn colors(&self) -> bool {
        match self.args.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                self.session.colors
                    && self.args.output.is_none()
                    && self.args.format == ScanFormat::Text
            }
        }
    }
}

/// A line for people about a file that cannot be opened.
fn unread(job: &Job, error: &OpenError) -> String {
    let name = match job {
        Job::File { path, .. } => escape::path(path),
        Job::Input(input) => input.name.clone(),
        Job::Unread(_) => String::new(),
    };
    format!("{name}: {}", input::advise(error))
}
