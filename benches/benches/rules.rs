//! What judging costs: a whole scan (sniffing, the machine, every rule, the search for payloads in
//! strings, the report) against the machine alone in the same run; and how many small pickles one
//! core scans in a second through the library.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use weighbridge::{Scanner, Verdict};
use weighbridge_benches::{Figures, corpus};
use weighbridge_pickle::{Effect, Machine, Next, Observer, Options, View};

/// Listens to nothing.
struct Deaf;

impl Observer for Deaf {
    fn effect(&mut self, _: &Effect<'_>, _: &View<'_>) -> Next {
        Next::Continue
    }
}

const ROUNDS: usize = 25;

/// Small pickles as services see them: a dict, an object of the standard library, one that is refused.
const SMALL: &[(&str, Verdict, &[u8])] = &[
    (
        "dict",
        Verdict::Clean,
        b"\x80\x04\x95\x1d\0\0\0\0\0\0\0}\x94(\x8c\x02id\x94K\x07\x8c\x05score\x94G?\xe0\0\0\0\0\0\0u.",
    ),
    (
        "object",
        Verdict::Clean,
        b"\x80\x04\x95\x29\0\0\0\0\0\0\0\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93\x94)R\x94\x8c\x01a\x94K\x01s.",
    ),
    (
        "refused",
        Verdict::Malicious,
        b"cos\nsystem\n(S'inert words'\ntR.",
    ),
];

fn main() -> io::Result<()> {
    let scanner = Scanner::new();
    println!(
        "pickle        MB   machine ms (min-max)      scan ms (min-max)   scan/machine (medians)"
    );
    let folder = corpus()?;
    for name in [
        "dicts",
        "dicts-p2",
        "ints",
        "floats",
        "text",
        "objects",
        "documents",
        "digests",
    ] {
        let bytes = std::fs::read(folder.join(format!("{name}.pkl")))?;
        let mut machine = Machine::new();
        let (mut alone, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            black_box(machine.run(&bytes.as_slice(), &Options::default(), &mut Deaf));
            alone.push(begin.elapsed().as_secs_f64() * 1e3);
            let begin = Instant::now();
            black_box(scanner.scan_bytes(name, &bytes));
            whole.push(begin.elapsed().as_secs_f64() * 1e3);
        }
        let (alone, whole) = (Figures::of(alone), Figures::of(whole));
        println!(
            "{name:9} {:6.1} {:9.2} ({:.2}-{:.2}) {:12.2} ({:.2}-{:.2}) {:12.2}",
            bytes.len() as f64 / 1e6,
            alone.median,
            alone.min,
            alone.max,
            whole.median,
            whole.min,
            whole.max,
            whole.median / alone.median,
        );
    }
    println!("small pickle   bytes   scans a second and core (min-max)");
    for (name, verdict, bytes) in SMALL {
        assert_eq!(scanner.scan_bytes(name, bytes).verdict, *verdict, "{name}");
        let rates = Figures::of((0..ROUNDS).map(|_| rate(&scanner, bytes)).collect());
        println!(
            "{name:12} {:7} {:12.0} ({:.0}-{:.0})",
            bytes.len(),
            rates.median,
            rates.min,
            rates.max
        );
    }
    Ok(())
}

fn rate(scanner: &Scanner, bytes: &[u8]) -> f64 {
    const SCANS: u32 = 4000;
    let begin = Instant::now();
    for _ in 0..SCANS {
        black_box(scanner.scan_bytes("small.pkl", black_box(bytes)));
    }
    f64::from(SCANS) / begin.elapsed().as_secs_f64()
}
