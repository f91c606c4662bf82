//! The machine with its effects collected, against CPython's `pickle.loads` of the same bytes in the
//! same run. Rounds of both take turns, so that a machine whose speed drifts drifts for both.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use weighbridge_benches::{Figures, corpus, pickle_loads};
use weighbridge_pickle::{Effect, Machine, Next, Observer, Options, Reader, View};

/// Collects what every effect is about, as a report would.
#[derive(Default)]
struct Collect(Vec<(u64, String)>);

impl Observer for Collect {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        use weighbridge_pickle::EffectKind::{Build, Call, Import};
        let name = match effect.kind {
            Import { global, .. } => view.name(global, effect.readings),
            Call { callee, .. } => view.name(callee, effect.readings),
            Build { target, .. } => view.name(target, effect.readings),
            _ => String::new(),
        };
        self.0.push((effect.offset, name));
        Next::Continue
    }
}

const ROUNDS: usize = 5;
const EACH: usize = 5;

fn main() -> io::Result<()> {
    let folder = corpus()?;
    println!(
        "pickle      opcodes    MB   machine ms (min-max)   reader ms   loads ms (min-max)   loads/machine (min-max)"
    );
    for name in ["dicts", "dicts-p2", "ints", "floats", "text"] {
        let file = folder.join(format!("{name}.pkl"));
        let bytes = std::fs::read(&file)?;
        let mut machine = Machine::new();
        let (mut ours, mut readers, mut theirs, mut ratios) = (vec![], vec![], vec![], vec![]);
        let mut opcodes = 0;
        for _ in 0..ROUNDS {
            let mut round = Vec::new();
            for _ in 0..EACH {
                let begin = Instant::now();
                let mut collect = Collect::default();
                opcodes = machine
                    .run(&bytes, &Options::default(), &mut collect)
                    .instructions;
                black_box(&collect.0);
                round.push(begin.elapsed().as_secs_f64());
                let begin = Instant::now();
                black_box(Reader::new(&bytes).filter(Result::is_ok).count());
                readers.push(begin.elapsed().as_secs_f64());
            }
            let peer = pickle_loads(&file, EACH)?;
            ratios.push(Figures::of(peer.clone()).median / Figures::of(round.clone()).median);
            ours.extend(round);
            theirs.extend(peer);
        }
        let [ours, readers, theirs] = [ours, readers, theirs].map(Figures::of);
        let ratios = Figures::of(ratios);
        let ms = |figure: f64| figure * 1e3;
        println!(
            "{name:9} {opcodes:9} {:5.1} {:10.2} ({:.2}-{:.2}) {:11.2} {:10.1} ({:.1}-{:.1}) {:14.1} ({:.1}-{:.1})",
            bytes.len() as f64 / 1e6,
            ms(ours.median),
            ms(ours.min),
            ms(ours.max),
            ms(readers.median),
            ms(theirs.median),
            ms(theirs.min),
            ms(theirs.max),
            ratios.median,
            ratios.min,
            ratios.max,
        );
    }
    Ok(())
}
