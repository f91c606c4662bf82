//! `weighbridge scan`: what to think of files, and why.

mod baseline;
pub(crate) mod destination;
mod files;
mod pool;
mod queue;
mod results;
mod sink;
mod text;
mod totals;

use std::cell::Cell;
use std::io::Read;
use std::num::NonZeroUsize;
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
use crate::status::Status;
use crate::words;
use baseline::Baseline;
use files::Filter;
use queue::{Job, Queue};
use results::Results;
use sink::{Scanned, Sink};
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
    let mut filter = Filter::new(&args.include, &args.exclude)?;
    let stdins = args.paths.iter().filter(|path| input::is_stdin(path));
    if stdins.count() > 1 {
        return Err("- is given twice; the standard input can be read only once".to_owned());
    }
    let known = args.baseline.as_deref().map(Baseline::read).transpose()?;
    let scan = Scan {
        args,
        session,
        scanner: config::scanner(args, output)?,
        known,
    };
    // Whether there is a place for what comes of it is known before the work.
    let results = Results::begin(args)?;
    filter.leave_out(results.paths());
    Ok(results.take(&scan, &filter, stdin, output))
}

struct Scan<'s> {
    args: &'s ScanArgs,
    session: &'s Session,
    scanner: Scanner,
    known: Option<Baseline>,
}

/// What came of a job.
enum Done {
    Scanned(Box<Scanned>),
    /// Why, for people, and the report that says so too.
    Unread(String, Box<Report>),
}

/// How a run ended.
struct Ended {
    exit: Exit,
    /// Whether everything was begun, and whoever reads the reports has them all.
    all: bool,
}

impl Scan<'_> {
    fn run(
        &self,
        filter: &Filter,
        found: &mut Option<Baseline>,
        stdin: &mut dyn Read,
        output: &mut Output<'_>,
    ) -> Ended {
        let Scan { args, session, .. } = self;
        let token = &session.token;
        let known = self.known.as_ref();
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
        let closed = Cell::new(false);
        let take = |done: Done| {
            let scanned = match done {
                Done::Unread(why, report) => {
                    status.clear(output);
                    output.say(&format!("{}: {why}", escape::visible(&report.path)));
                    totals.add_unread(&report, known);
                    Box::new(Scanned {
                        report: *report,
                        named: true,
                    })
                }
                Done::Scanned(scanned) => {
                    totals.add(&scanned.report, known);
                    scanned
                }
            };
            if let Some(found) = found.as_mut() {
                found.add(&scanned.report);
            }
            status.clear(output);
            let flow = sink.report(&scanned, known, output);
            status.show(output, || {
                let files = words::count(totals.files(), "file", "files");
                format!("{files} scanned …")
            });
            closed.set(flow.is_break());
            flow
        };
        pool::in_order(
            self.workers(),
            next,
            |job: Job| self.work(&job, deadline),
            take,
        );
        if !all && !closed.get() {
            let why = match token.is_cancelled() {
                true => "interrupted before all of it was examined",
                false => "the time was up before all of it was examined",
            };
            for path in queue.left() {
                let report = self.unexamined(&path, why);
                totals.add_unread(&report, known);
                if sink.left(&report, output).is_break() {
                    break;
                }
            }
        }
        status.clear(output);
        if !closed.get() {
            // Whether anybody reads it is known when the output is finished.
            let _ = sink.finish(&totals.words(), output);
            self.conclude(&mut totals, all, output);
        }
        Ended {
            exit: totals.exit,
            all: all && !closed.get() && !token.is_cancelled(),
        }
    }

    /// Says what the reports do not tell.
    fn conclude(&self, totals: &mut Totals, all: bool, output: &mut Output<'_>) {
        if let Some(words) = totals.baseline_words().filter(|_| !self.args.quiet) {
            output.say(&words);
        }
        if self.session.token.is_cancelled() {
            output.say("interrupted; what was left was not examined");
            totals.exit = Exit::Interrupted;
        } else if !all {
            output.say("--timeout: the time was up; what was left was not examined");
            totals.exit = totals.exit.or(Exit::Incomplete);
        }
    }

    /// The report on something that is not examined.
    fn unexamined(&self, path: &Path, why: &str) -> Report {
        let mut report = self.scanner.unopened(path, &OpenError::NotFound);
        for gap in &mut report.coverage.gaps {
            why.clone_into(&mut gap.detail);
        }
        report
    }

    /// What is told of something that is not examined.
    fn unread(&self, path: &Path, why: String) -> Done {
        let report = self.unexamined(path, &why);
        Done::Unread(why, Box::new(report))
    }

    /// As [`Scan::unread`], of something that cannot be opened.
    fn unopened(&self, path: &Path, error: &OpenError) -> Done {
        let report = self.scanner.unopened(path, error);
        Done::Unread(input::advise(error), Box::new(report))
    }

    /// Scans what a job is about.
    fn work(&self, job: &Job, deadline: Option<Instant>) -> Done {
        let mut control = Control::new().with_token(self.session.token.clone());
        if let Some(deadline) = deadline {
            control = control.with_deadline(deadline);
        }
        let (scanned, named) = match job {
            Job::Unread(unread) => return self.unread(&unread.path, unread.why.clone()),
            Job::File { path, named } => (self.file(path, &control), *named),
            Job::Input(input) => {
                let given = Input::source(&input.name, input.source.as_ref());
                (self.scanner.scan(given, &control), true)
            }
        };
        match scanned {
            Ok(report) => Done::Scanned(Box::new(Scanned { report, named })),
            Err(ScanError::Open(error)) => self.unopened(job.path(), &error),
            Err(ended) => {
                let words = ended.to_string();
                match ended.into_partial() {
                    Some(report) => Done::Scanned(Box::new(Scanned { report, named })),
                    None => self.unread(job.path(), words),
                }
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
        self.args.jobs.unwrap_or_else(|| {
            let available = thread::available_parallelism();
            available.map_or(1, NonZeroUsize::get)
        })
    }

    fn colors(&self) -> bool {
        match self.args.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                self.session.colors
                    && self.args.file().is_none()
                    && self.args.format == ScanFormat::Text
            }
        }
    }
}
