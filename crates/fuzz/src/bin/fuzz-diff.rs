//! Compares the machine with CPython's unpicklers over generated streams, as long as you like.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use weighbridge_fuzz::campaign::{Campaign, Outcome};
use weighbridge_fuzz::generate::Generator;
use weighbridge_fuzz::oracle::{Interpreter, Mode, Oracle, real_pickles};
use weighbridge_fuzz::subject;

const USAGE: &str = "usage: fuzz-diff N [--seed S] [--from INDEX] [--python PATH] [--pyodide DIRECTORY]
                 [--mode single|carried|fresh] [--buffers] [--jobs J] [--batch B] [--reports R] [--oracle-only]

N streams, each of which CPython's own unpicklers and the machine are given.
--python      the interpreter of the oracle, and of the real pickles that are mutated (default python3)
--pyodide     ask the CPython of this installed npm package instead; needs node
--from        the number of the first stream (default 0)
--reports     minimize and show so many failures (default 5)
--oracle-only run the oracle alone, to measure it";

/// Streams for one process; starting the one in Node takes seconds.
const NATIVE_BATCH: u64 = 2000;
const PYODIDE_BATCH: u64 = 10_000;

struct Options {
    streams: u64,
    seed: u64,
    from: u64,
    python: PathBuf,
    pyodide: Option<PathBuf>,
    mode: Mode,
    buffers: bool,
    jobs: usize,
    reports: usize,
    batch: Option<u64>,
    oracle_only: bool,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        streams: 0,
        seed: 1,
        from: 0,
        python: PathBuf::from("python3"),
        pyodide: None,
        mode: Mode::Single,
        buffers: false,
        jobs: 2,
        reports: 5,
        batch: None,
        oracle_only: false,
    };
    let mut streams = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seed" => options.seed = arguments.next()?.parse().ok()?,
            "--from" => options.from = arguments.next()?.parse().ok()?,
            "--python" => options.python = arguments.next()?.into(),
            "--pyodide" => options.pyodide = Some(arguments.next()?.into()),
            "--mode" => options.mode = Mode::named(&arguments.next()?)?,
            "--buffers" => options.buffers = true,
            "--jobs" => options.jobs = arguments.next()?.parse().ok()?,
            "--reports" => options.reports = arguments.next()?.parse().ok()?,
            "--batch" => {
                options.batch = Some(arguments.next()?.parse().ok().filter(|batch| *batch > 0)?);
            }
            "--oracle-only" => options.oracle_only = true,
            number if streams.is_none() => streams = Some(number.replace('_', "").parse().ok()?),
            _ => return None,
        }
    }
    options.streams = streams?;
    Some(options)
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(options) {
        Ok(outcome) => {
            for report in &outcome.reports {
                println!("{report}");
            }
            let tally = outcome.tally;
            println!(
                "{} readings compared, {} events of CPython's",
                tally.readings, tally.events
            );
            println!(
                "{} more of ours in streams that end with STOP, {} behind an error of CPython's",
                tally.extra, tally.behind_the_end
            );
            println!(
                "{} streams that CPython did not survive, not compared",
                outcome.crashed
            );
            println!("{} passed, {} failed", outcome.passed, outcome.failed);
            ExitCode::from(u8::from(outcome.failed > 0))
        }
        Err(message) => {
            eprintln!("fuzz-diff: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(options: Options) -> Result<Outcome, String> {
    let subject = if options.oracle_only {
        None
    } else {
        subject::machine()
    };
    if subject.is_none() && !options.oracle_only {
        return Err("nothing to compare with: subject.rs has no machine yet (--reports     minimize and show so many failures (default 5)
--oracle-only runs the oracle alone)".to_owned());
    }
    let pickles = real_pickles(&options.python).map_err(|error| error.to_string())?;
    let native = options.pyodide.is_none();
    let interpreter = options
        .pyodide
        .map_or(Interpreter::Python(options.python), Interpreter::Pyodide);
    let campaign = Campaign {
        generator: Generator::new(options.seed, pickles),
        oracle: Oracle {
            mode: options.mode,
            buffers: options.buffers,
            ..Oracle::new(interpreter)
        },
        subject,
        batch: options
            .batch
            .unwrap_or(if native { NATIVE_BATCH } else { PYODIDE_BATCH })
            .min(options.streams.div_ceil(2).max(1)),
        jobs: options.jobs,
        reports: options.reports,
    };
    let start = Instant::now();
    let progress = |outcome: &Outcome| {
        let done = outcome.passed + outcome.failed;
        let rate = done as f64 / start.elapsed().as_secs_f64();
        eprintln!(
            "{done} of {}: {} failed, {rate:.0} a second",
            options.streams, outcome.failed
        );
    };
    let end = options.from.saturating_add(options.streams);
    // The subject may panic; what it says then is in the report.
    std::panic::set_hook(Box::new(|_| {}));
    campaign
        .run(options.from..end, progress)
        .map_err(|error| error.to_string())
}
