//! Deterministic streams: grown from the grammar of pickles, or real pickles mutated.
//!
//! Stream `index` of a run depends on the seed, the index and the real pickles only, so any one can be made again.

mod builder;
mod chaos;
mod grammar;
mod literals;
mod memo;
mod mutate;
pub(crate) mod opcodes;
mod values;

use crate::random::Random;

/// Longer streams are not mutated: the oracle's time is better spent on many short ones.
const LONGEST_SEED: usize = 2048;

/// Of 100 streams, how many are grown; the others are mutated.
const GROWN: usize = 60;

/// Makes streams.
#[derive(Clone, Debug)]
pub struct Generator {
    seed: u64,
    pickles: Vec<Vec<u8>>,
}

impl Generator {
    /// A generator for one seed. `pickles` are real ones to mutate; the long ones among them are left out.
    #[must_use]
    pub fn new(seed: u64, mut pickles: Vec<Vec<u8>>) -> Self {
        pickles.retain(|pickle| !pickle.is_empty() && pickle.len() <= LONGEST_SEED);
        Self { seed, pickles }
    }

    /// The stream with this number.
    #[must_use]
    pub fn stream(&self, index: u64) -> Vec<u8> {
        let mut random = Random::new(self.seed, index);
        if self.pickles.is_empty() || random.percent(GROWN) {
            let stream = grammar::stream(&mut random);
            return if random.percent(15) {
                mutate::mutated(&mut random, &stream, &stream)
            } else {
                stream
            };
        }
        let first = self.pickles[random.below(self.pickles.len())].clone();
        let second = if random.percent(50) {
            grammar::stream(&mut random)
        } else {
            self.pickles[random.below(self.pickles.len())].clone()
        };
        mutate::mutated(&mut random, &first, &second)
    }
}

#[cfg(test)]
mod tests {
    use super::{Generator, opcodes};
    use crate::listing;

    #[test]
    fn repeats_itself() {
        let streams = |seed| {
            let generator = Generator::new(seed, vec![b"\x80\x04N.".to_vec()]);
            (0..50)
                .map(|index| generator.stream(index))
                .collect::<Vec<_>>()
        };
        assert_eq!(streams(1), streams(1));
        assert_ne!(streams(1), streams(2));
    }

    #[test]
    fn uses_every_opcode() {
        let generator = Generator::new(3, Vec::new());
        let mut seen = [0_u32; 256];
        for index in 0..3000 {
            for item in listing::walk(&generator.stream(index)) {
                seen[usize::from(item.opcode)] += 1;
            }
        }
        let rare: Vec<_> = opcodes::ALL
            .iter()
            .filter(|opcode| seen[usize::from(**opcode)] < 50)
            .map(|opcode| opcodes::name(*opcode))
            .collect();
        assert!(rare.is_empty(), "hardly ever used: {rare:?}");
    }
}
