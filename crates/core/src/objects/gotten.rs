//! Which entries of its memo a pickle gets. Those of `torch.save` memoize every tuple and get only a few
//! names and classes.

use weighbridge_pickle::{Op, Reader, Source};

use crate::source::read_up_to;

/// How much is read at a time.
const WINDOW: usize = 256 << 10;
/// The highest index that is told apart, so that none makes the bits many.
const HIGHEST: u64 = 1 << 26;

/// Which entries of a memo are gotten.
pub(super) enum Gotten {
    /// Nobody knows: all of them may be.
    All,
    /// Those whose bits are set, and all whose index is too high.
    Some(Vec<u64>),
}

impl Gotten {
    /// What the pickle that begins at an offset gets, by its instructions one behind the other: a loader
    /// that reads some of the file itself may get more.
    pub(super) fn of((source, start): (&dyn Source, u64)) -> Gotten {
        let (mut bits, mut at) = (Vec::new(), start);
        loop {
            let Ok(window) = read_up_to(source, at, WINDOW) else {
                return Gotten::All;
            };
            let mut reader = Reader::with_base(&window, at);
            for instruction in reader.by_ref().map_while(Result::ok) {
                match (instruction.op, instruction.operand.unsigned()) {
                    (Op::BINGET | Op::LONG_BINGET, Some(index)) => set(&mut bits, index),
                    // Written as text, as protocol 0 has it.
                    (Op::GET, _) => return Gotten::All,
                    (Op::STOP, _) => return Gotten::Some(bits),
                    _ => {}
                }
            }
            // What ends behind the window begins the next; a single one that is longer is not read.
            match reader.position() {
                next if next > at => at = next,
                _ => return Gotten::All,
            }
        }
    }

    pub(super) fn has(&self, index: u64) -> bool {
        let Gotten::Some(bits) = self else {
            return true;
        };
        let word = usize::try_from(index / 64).ok().and_then(|at| bits.get(at));
        index >= HIGHEST || word.is_some_and(|word| word >> (index % 64) & 1 == 1)
    }
}

fn set(bits: &mut Vec<u64>, index: u64) {
    let Some(at) = usize::try_from(index / 64).ok().filter(|_| index < HIGHEST) else {
        return;
    };
    if bits.len() <= at {
        bits.resize(at + 1, 0);
    }
    if let Some(word) = bits.get_mut(at) {
        *word |= 1 << (index % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gotten_is_told_across_windows() {
        let mut pickle = b"\x80\x02h\x07".to_vec();
        for _ in 0..WINDOW / 2 {
            pickle.extend(b"K\x01");
        }
        pickle.extend(b"j\x00\x01\x00\x00j\xff\xff\xff\xff.h\x09");
        let gotten = Gotten::of((&pickle.as_slice(), 0));
        let told: Vec<u64> = (0..1000).filter(|at| gotten.has(*at)).collect();
        assert_eq!(told, [7, 256]);
        assert!(gotten.has(u64::from(u32::MAX)));
    }

    #[test]
    fn what_cannot_be_read_may_get_anything() {
        for pickle in [&b"\x80\x02g7\n."[..], b"\x80\x02\xff", b"K", b""] {
            assert!(matches!(Gotten::of((&pickle, 0)), Gotten::All));
        }
    }
}
