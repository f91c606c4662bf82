//! Runs every fuzz body over generated streams, as long as you like.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use weighbridge_fuzz::bodies::{ALL, run};
use weighbridge_fuzz::generate::Generator;
use weighbridge_fuzz::listing::{hex, listing};
use weighbridge_fuzz::oracle::real_pickles;

const USAGE: &str = "usage: fuzz-bodies N [--body NAME] [--seed S] [--python PATH] [--jobs J]

N executions of every body, or of one; python3 writes the real pickles that are mutated";

/// Executions between two looks at the clock.
const CHUNK: u64 = 20_000;

struct Options {
    executions: u64,
    /// The only body to run.
    body: Option<String>,
    seed: u64,
    python: String,
    jobs: usize,
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let executions = options.executions;
    let chosen = |name: &str| options.body.as_ref().is_none_or(|body| body == name);
    let bodies: Vec<_> = ALL.iter().filter(|(name, _)| chosen(name)).collect();
    if bodies.is_empty() {
        eprintln!("fuzz-bodies: no body of that name");
        return ExitCode::from(2);
    }
    let pickles = match real_pickles(options.python.as_ref()) {
        Ok(pickles) => pickles,
        Err(error) => {
            eprintln!("fuzz-bodies: {error}");
            return ExitCode::from(2);
        }
    };
    let generator = Generator::new(options.seed, pickles);
    let mut failed = 0;
    for (name, body) in &bodies {
        let start = Instant::now();
        let next = AtomicU64::new(0);
        let work = || loop {
            let first = next.fetch_add(CHUNK, Ordering::Relaxed);
            if first >= executions {
                return Ok(());
            }
            run(*body, &generator, first, CHUNK.min(executions - first))?;
        };
        let found: Vec<(u64, Vec<u8>)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..options.jobs.max(1))
                .map(|_| scope.spawn(work))
                .collect();
            workers
                .into_iter()
                .filter_map(|worker| worker.join().ok()?.err())
                .collect()
        });
        for (index, stream) in &found {
            println!(
                "{name} panics at stream {index}\nhex {}\n{}",
                hex(stream),
                listing(stream)
            );
        }
        failed += usize::from(!found.is_empty());
        let rate = executions as f64 / start.elapsed().as_secs_f64();
        eprintln!("{name}: {executions} executions, {rate:.0} a second");
    }
    println!("{} passed, {failed} failed", bodies.len() - failed);
    ExitCode::from(u8::from(failed > 0))
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        executions: arguments.next()?.replace('_', "").parse().ok()?,
        body: None,
        seed: 1,
        python: "python3".to_owned(),
        jobs: 2,
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--body" => options.body = Some(arguments.next()?),
            "--seed" => options.seed = arguments.next()?.parse().ok()?,
            "--python" => options.python = arguments.next()?,
            "--jobs" => options.jobs = arguments.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}
