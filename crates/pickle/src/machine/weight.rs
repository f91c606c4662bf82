//! How heavy a value is: a number in twelve bits.

use super::arena::Arena;
use super::value::Value;

/// How many objects somebody meets who walks through a value, each as often as it is there: six bits
/// of exponent, six bits behind the leading one, rounded to the nearest.
///
/// It is exact up to 128. A sum to which something adds less than one part in 128 stays what it was,
/// so a long chain weighs less than it is long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weight(u16);

/// Bits behind the leading one.
const FRACTION: u32 = 6;

impl Weight {
    pub(crate) const ONE: Weight = Weight(0);

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // Parts above twelve bits are cut before.
    pub(crate) const fn of(number: u64) -> Weight {
        if number <= 1 {
            return Weight::ONE;
        }
        let exponent = number.ilog2();
        if exponent <= FRACTION {
            let rest = (number << (FRACTION - exponent)) & ((1 << FRACTION) - 1);
            return Weight::from_bits(((exponent as u64) << FRACTION | rest) as u16);
        }
        let shift = exponent - FRACTION;
        // Rounding up may carry into the exponent, as it should.
        let rounded = (number >> (shift - 1)).saturating_add(1) >> 1;
        let parts = ((exponent as u64) << FRACTION) + (rounded - (1 << FRACTION));
        if parts > 0xfff {
            Weight(0xfff)
        } else {
            Weight::from_bits(parts as u16)
        }
    }

    pub(crate) const fn from_bits(bits: u16) -> Weight {
        Weight(bits & 0xfff)
    }

    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    /// The number.
    #[inline]
    pub(crate) const fn get(self) -> u64 {
        if self.0 == Weight::ONE.0 {
            return 1;
        }
        let exponent = (self.0 >> FRACTION) as u32;
        let digits = 1 << FRACTION | (self.0 as u64 & ((1 << FRACTION) - 1));
        if exponent >= FRACTION {
            digits << (exponent - FRACTION)
        } else {
            digits >> (FRACTION - exponent)
        }
    }
}

impl Arena {
    /// How many objects somebody meets who walks through all of these, each as often as it is there.
    pub(super) fn weight_of(&self, items: &[Value]) -> u64 {
        let nodes = items.iter().filter(|item| item.is_node());
        nodes.fold(0, |sum: u64, &node| {
            sum.saturating_add(self.header(node).weight().get())
        })
    }

    /// How many objects somebody meets who walks through a value, each as often as it is there.
    pub(crate) fn weight(&self, value: Value) -> u64 {
        if value.is_node() {
            self.header(value).weight().get()
        } else {
            1
        }
    }

    /// Makes an object as much heavier as what it is given.
    pub(crate) fn load(&mut self, target: Value, items: &[Value]) {
        if target.is_node() && Value::any_node(items) {
            let header = self.header(target);
            let weight = header.weight().get().saturating_add(self.weight_of(items));
            self.set_header(target, header.with_weight(Weight::of(weight)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_exact_and_large_ones_near() {
        for number in 1..=128 {
            assert_eq!(Weight::of(number).get(), number);
        }
        for number in (7..64).map(|bits| (1u64 << bits) | (1 << (bits - 3)) | 5) {
            let near = Weight::of(number).get();
            assert!(near.abs_diff(number) <= number / 128, "{number} {near}");
        }
        assert_eq!(Weight::of(0), Weight::ONE);
        assert!(Weight::of(u64::MAX).get() > u64::MAX / 128 * 126);
    }

    #[test]
    fn what_is_small_beside_it_adds_nothing() {
        let mut weight = Weight::ONE;
        for _ in 0..1_000_000 {
            weight = Weight::of(weight.get() + 1);
        }
        assert!(weight.get() <= 512, "{weight:?}");
    }
}
