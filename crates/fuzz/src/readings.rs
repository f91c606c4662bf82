//! The readings: which unpickler, which text encoding, with `persistent_load` or without.

/// The unpicklers whose behavior differs, as the oracle names them.
///
/// `c` and `c-file` are `_pickle` up to 3.13 fed from bytes and from a file, which may drop what is
/// left of a frame that an operand straddles; `c-3.14` and `c-3.14-file` are the same with INT and
/// LONG in base 10; `c-3.15` adds exact booleans and strict frames. The three of pure Python part at
/// the same versions.
pub const UNPICKLERS: [&str; 8] = [
    "c",
    "c-file",
    "c-3.14",
    "c-3.14-file",
    "c-3.15",
    "python",
    "python-3.14",
    "python-3.15",
];

/// The text encodings for Python 2 strings.
pub const ENCODINGS: [&str; 4] = ["ASCII", "latin1", "utf-8", "bytes"];

const PERSISTENCE: [&str; 2] = ["persistent", "no-persistent"];

/// The number of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading(u8);

impl Reading {
    /// The reading with this name, such as `c+latin1+no-persistent`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut parts = name.split('+');
        let (unpickler, encoding, persistence) = (parts.next()?, parts.next()?, parts.next()?);
        let number = (place(&UNPICKLERS, unpickler)? * ENCODINGS.len()
            + place(&ENCODINGS, encoding)?)
            * PERSISTENCE.len();
        u8::try_from(number + place(&PERSISTENCE, persistence)?)
            .ok()
            .map(Self)
    }

    /// The unpickler, such as `c-stream`.
    #[must_use]
    pub fn unpickler(self) -> &'static str {
        UNPICKLERS[usize::from(self.0) / (ENCODINGS.len() * PERSISTENCE.len())]
    }

    /// The text encoding, such as `latin1`.
    #[must_use]
    pub fn encoding(self) -> &'static str {
        ENCODINGS[usize::from(self.0) / PERSISTENCE.len() % ENCODINGS.len()]
    }

    /// Whether `persistent_load` is given.
    #[must_use]
    pub fn persistent(self) -> bool {
        usize::from(self.0) % PERSISTENCE.len() == 0
    }

    /// Every reading.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..UNPICKLERS.len() * ENCODINGS.len() * PERSISTENCE.len())
            .filter_map(|number| u8::try_from(number).ok().map(Self))
    }
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}+{}+{}",
            self.unpickler(),
            self.encoding(),
            PERSISTENCE[usize::from(!self.persistent())]
        )
    }
}

fn place(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}

/// A set of readings: one bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings(u64);

impl Readings {
    /// No reading.
    pub const NONE: Self = Self(0);

    /// Every reading.
    pub const ALL: Self = Self(u64::MAX);

    /// The readings for which `holds` is true.
    #[must_use]
    pub fn those(holds: impl Fn(Reading) -> bool) -> Self {
        Reading::all()
            .filter(|reading| holds(*reading))
            .fold(Self::NONE, Self::with)
    }

    /// These readings and one more.
    #[must_use]
    pub fn with(self, reading: Reading) -> Self {
        Self(self.0 | 1 << reading.0)
    }

    /// Whether the reading is among these.
    #[must_use]
    pub fn contains(self, reading: Reading) -> bool {
        self.0 >> reading.0 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::{Reading, Readings};

    #[test]
    fn names_go_both_ways() {
        assert_eq!(Reading::all().count(), 64);
        for reading in Reading::all() {
            assert_eq!(Reading::named(&reading.to_string()), Some(reading));
            assert!(Readings::ALL.contains(reading));
        }
        assert_eq!(Reading::named("c+latin2+persistent"), None);
    }

    #[test]
    fn sets_by_what_holds() {
        let some = Readings::those(|reading| reading.unpickler() == "c" && !reading.persistent());
        assert_eq!(
            Reading::all()
                .filter(|reading| some.contains(*reading))
                .count(),
            4
        );
    }
}
