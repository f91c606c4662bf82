//! Versions, as far as it takes to tell which one of two is the newer one, and what a requirement allows.

use std::cmp::Ordering;

/// The numbers of a version, and whether it is one before the release that they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    numbers: Vec<u64>,
    is_early: bool,
}

/// More numbers than any version has.
const LONGEST: usize = 8;

impl Version {
    /// Reads `2.4.0`, `v1.0rc1`, `2.4.0+cu121`.
    pub(super) fn parse(text: &str) -> Option<Version> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        // What follows the plus is which build it is.
        let text = text.split(['+', '!']).next().unwrap_or_default();
        let mut numbers = Vec::new();
        let mut rest = text;
        loop {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = rest.split_at(digits);
            if digits > 0 {
                numbers.push(number.parse().ok()?);
            }
            rest = after;
            match after.strip_prefix('.') {
                Some(more) if digits > 0 && numbers.len() < LONGEST => {
                    rest = more;
                }
                _ => break,
            }
        }
        let rest = rest
            .trim_start_matches(['.', '-', '_'])
            .to_ascii_lowercase();
        let early = ["a", "b", "c", "rc", "dev", "pre", "alpha", "beta"];
        let is_early = early.iter().any(|word| rest.starts_with(word));
        (!numbers.is_empty()).then_some(Version { numbers, is_early })
    }

    /// The first version behind all that share the numbers before this place: of 2.4.1 at 1 it is 2.5.
    pub(super) fn behind(&self, place: usize) -> Version {
        let mut numbers: Vec<u64> = self.numbers.iter().copied().take(place + 1).collect();
        numbers.resize(place + 1, 0);
        if let Some(last) = numbers.last_mut() {
            *last = last.saturating_add(1);
        }
        Version {
            numbers,
            is_early: false,
        }
    }

    /// How many numbers it has.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The place of the first number that is not 0; the last one where all are.
    pub(super) fn first_number(&self) -> usize {
        let first = self.numbers.iter().position(|&number| number > 0);
        first.unwrap_or(self.numbers.len().saturating_sub(1))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        let count = self.numbers.len().max(other.numbers.len());
        let padded = |version: &Version| {
            let mut numbers = version.numbers.clone();
            numbers.resize(count, 0);
            numbers
        };
        let numbers = padded(self).cmp(&padded(other));
        numbers.then(other.is_early.cmp(&self.is_early))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The newest version that a requirement allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Newest {
    /// This one and no other.
    Exactly(Version),
    /// This one or older ones.
    UpTo(Version),
    /// Older ones than this.
    Before(Version),
}

impl Newest {
    /// Whether it has what began with one version (with any, where there is none) and ended with another.
    pub(super) fn is_within(&self, introduced: Option<&Version>, fixed: Option<&Version>) -> bool {
        let is_begun = introduced.is_none_or(|introduced| match self {
            Newest::Exactly(version) | Newest::UpTo(version) => version >= introduced,
            Newest::Before(version) => version > introduced,
        });
        let is_left = fixed.is_none_or(|fixed| match self {
            Newest::Exactly(version) | Newest::UpTo(version) => version < fixed,
            Newest::Before(version) => version <= fixed,
        });
        is_begun && is_left
    }

    /// The bound of one clause: an operator and its version; `None` where it is no upper bound.
    fn of_clause(operator: &str, text: &str) -> Option<Newest> {
        let text = text.trim();
        let stem = text.trim_end_matches(".*");
        let is_any = stem.len() < text.len();
        let version = Version::parse(stem)?;
        let last = version.len().saturating_sub(1);
        match operator {
            // One number and a star, or an equals sign of conda, stand for all that begin so.
            "" | "==" | "=" if is_any => Some(Newest::Before(version.behind(last))),
            "=" if version.len() < 3 => Some(Newest::Before(version.behind(last))),
            "" | "=" | "==" | "===" => Some(Newest::Exactly(version)),
            "<" => Some(Newest::Before(version)),
            "<=" => Some(Newest::UpTo(version)),
            "~=" => Some(Newest::Before(version.behind(last.saturating_sub(1)))),
            "~" => Some(Newest::Before(version.behind(last.min(1)))),
            "^" => Some(Newest::Before(version.behind(version.first_number()))),
            _ => None,
        }
    }

    /// What `>=2.4,<2.6` allows; `None` where the newest of all is allowed.
    pub(super) fn of_requirement(text: &str) -> Option<Newest> {
        let mut newest: Option<Newest> = None;
        for clause in text.split(',') {
            let clause = clause.trim();
            let is_sign = |c: char| "<>=!~^".contains(c);
            let end = clause.find(|c| !is_sign(c)).unwrap_or(clause.len());
            let (operator, version) = clause.split_at(end);
            let Some(bound) = Newest::of_clause(operator, version) else {
                continue;
            };
            let is_lower = newest
                .as_ref()
                .is_none_or(|newest| bound.version() < newest.version());
            if is_lower || matches!(bound, Newest::Exactly(_)) {
                newest = Some(bound);
            }
        }
        newest
    }

    fn version(&self) -> &Version {
        let (Newest::Exactly(version) | Newest::UpTo(version) | Newest::Before(version)) = self;
        version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_have_an_order() {
        let sorted = ["1.9", "1.10.0rc1", "1.10", "2.4.0+cu121", "2.4.1", "v2.5"];
        for pair in sorted.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert_eq!(version("1.0").cmp(&version("1.0.0")), Ordering::Equal);
        assert_eq!(Version::parse("main"), None);
        assert_eq!(Version::parse(&"9".repeat(40)), None);
    }

    #[test]
    fn requirements_allow_versions() {
        let is_old = |text: &str| {
            let newest = Newest::of_requirement(text);
            newest.is_some_and(|newest| newest.is_within(None, Some(&version("2.6.0"))))
        };
        for text in [
            "==2.5.1",
            "2.5.1",
            "~=2.5.0",
            "<2.6",
            ">=2,<2.6",
            "==2.5.*",
            "=2.5",
            "<=2.5.1",
            "^0.4",
            "~2.4",
            "==2.6.0rc1",
            "2.5.*",
        ] {
            assert!(is_old(text), "{text}");
        }
        for text in [
            "==2.6.0",
            ">=2.0",
            "^2.4",
            "~=2.4",
            "<3",
            "",
            "!=2.5",
            "*",
            "==2.6.0+cpu",
            "<=2.6",
        ] {
            assert!(!is_old(text), "{text}");
        }
        let newest = Newest::of_requirement("<3").unwrap();
        assert!(!newest.is_within(Some(&version("3.0.0")), None));
    }
}
