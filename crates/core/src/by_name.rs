//! Where something is by its name, which is kept with it and nowhere else.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

/// The numbers of things that have names, by the hashes of the names: eight bytes for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByName {
    hasher: RandomState,
    /// Where two names have the same hash, the later lies under the next.
    numbers: HashMap<u32, u32>,
}

impl ByName {
    /// The number of the thing of that name; `is_it` tells whether that of a number is.
    pub(crate) fn find(&self, name: &str, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let mut hash = self.hash(name);
        while let Some(number) = self.numbers.get(&hash) {
            let number = usize::try_from(*number).ok()?;
            if is_it(number) {
                return Some(number);
            }
            hash = hash.wrapping_add(1);
        }
        None
    }

    /// Takes note of a name that is not known yet.
    pub(crate) fn add(&mut self, name: &str, number: usize) {
        // What cannot be counted is not found.
        let Ok(number) = u32::try_from(number) else {
            return;
        };
        let mut hash = self.hash(name);
        while self.numbers.contains_key(&hash) {
            hash = hash.wrapping_add(1);
        }
        self.numbers.insert(hash, number);
    }

    #[allow(clippy::cast_possible_truncation, reason = "any part of it will do")]
    fn hash(&self, name: &str) -> u32 {
        self.hasher.hash_one(name) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_number_though_hashes_collide() {
        // So many that some hashes of 32 bits are the same.
        let names: Vec<String> = (0..200_000).map(|at| format!("layers.{at}")).collect();
        let mut known = ByName::default();
        for (at, name) in names.iter().enumerate() {
            assert_eq!(known.find(name, |at| names[at] == *name), None);
            known.add(name, at);
        }
        for (at, name) in names.iter().enumerate() {
            assert_eq!(known.find(name, |at| names[at] == *name), Some(at));
        }
    }
}
