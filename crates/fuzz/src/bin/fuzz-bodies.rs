//! Runs every fuzz body over generated streams, as long as you like.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use weighbridge_fuzz::bodies::{ALL, run};
use weighbridge_fuzz::generate::Generator;
use weighbridge_fuzz::listing::{hex, listing};
use weighbridge_fuzz::oracle::real_pickles;

const USAGE: &str = "usage: fuzz-bodies N [--seed S] [--python PATH] [--jobs J]

N executions of every body; python3 writes the real pickles that are mutated";

/// Executions between two looks at the clock.
const CHUNK: u64 = 20_000;

fn main() -> ExitCode {
    let Some((executions, seed, python, jobs)) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let pickles = match real_pickles(python.as_ref()) {
        Ok(pickles) => pickles,
        Err(error) => {
            eprintln!("fuzz-bodies: {error}");
            return ExitCode::from(2);
        }
    };
    let generator = Generator::new(seed, pickles);
    let mut failed = 0;
    for (name, body) in ALL {
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
            let workers: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(work)).collect();
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
    println!("{} passed, {failed} failed", ALL.len() - failed);
    ExitCode::from(u8::from(failed > 0))
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<(u64, u64, String, usize)> {
    let executions = arguments.next()?.replace('_', "").parse().ok()?;
    let (mut seed, mut python, mut jobs) = (1, "python3".to_owned(), 2);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seed" => seed = arguments.next()?.parse().ok()?,
            "--python" => python = arguments.next()?,
            "--jobs" => jobs = arguments.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some((executions, seed, python, jobs))
}
