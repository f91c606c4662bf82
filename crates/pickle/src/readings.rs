//! Readings: the ways in which loaders read the same bytes.
//!
//! Loaders differ, and each difference that an analysis ignores is a hole. A [`Reading`] names one
//! loader's behaviour; [`Readings`] is a set of them. The list is closed:
//!
//! * the [`Unpickler`]: CPython's C accelerator up to 3.13, in 3.14 and from 3.15, the first two on
//!   bytes and on a file object; the pure-Python unpickler up to 3.13, in 3.14 and from 3.15 (joblib,
//!   dill and pandas build on the pure-Python one);
//! * the text [`Encoding`] given for the 8-bit strings of Python 2;
//! * whether `persistent_load` is given.
//!
//! `fix_imports` is no reading of its own: an import carries its raw names, which are what a loader
//! with `fix_imports=False` imports, beside the mapped one.

/// An implementation of the unpickler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Unpickler {
    /// The C unpickler up to 3.13 on a bytes-like object: INT and LONG in base 0, and operands read
    /// straight across frame ends.
    C,
    /// The C unpickler up to 3.13 on a file object: where an operand straddles a frame end, what was
    /// left of the frame may be dropped, depending on the file's buffer (CPython issue 154848; it
    /// always is on an `io.BytesIO`).
    CFile,
    /// The C unpickler of 3.14 on a bytes-like object: as [`Unpickler::C`], INT and LONG in base 10.
    C314,
    /// The C unpickler of 3.14 on a file object: as [`Unpickler::CFile`], INT and LONG in base 10.
    C314File,
    /// The C unpickler from 3.15: base 10, frame ends enforced, only `00` and `01` are bools.
    /// (3.13.15 and 3.14.7 enforce frame ends too; they do nothing that this list does not cover.)
    C315,
    /// The pure-Python unpickler up to 3.13: base 0, frame ends enforced, short reads at the end of
    /// the file.
    Python,
    /// The pure-Python unpickler of 3.14: as [`Unpickler::Python`], INT and LONG in base 10.
    Python314,
    /// The pure-Python unpickler from 3.15: as [`Unpickler::Python314`], frames must be whole.
    Python315,
}

impl Unpickler {
    /// Every implementation.
    pub const ALL: [Unpickler; 8] = [
        Unpickler::C,
        Unpickler::CFile,
        Unpickler::C314,
        Unpickler::C314File,
        Unpickler::C315,
        Unpickler::Python,
        Unpickler::Python314,
        Unpickler::Python315,
    ];

    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Unpickler::C => "c",
            Unpickler::CFile => "c-file",
            Unpickler::C314 => "c-3.14",
            Unpickler::C314File => "c-3.14-file",
            Unpickler::C315 => "c-3.15",
            Unpickler::Python => "python",
            Unpickler::Python314 => "python-3.14",
            Unpickler::Python315 => "python-3.15",
        }
    }
}

/// What the loader was told about the 8-bit strings of Python 2 (`encoding=`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Encoding {
    /// The default: bytes above 0x7f raise.
    Ascii,
    /// Every byte is the character of the same number.
    Latin1,
    /// Strict UTF-8, torch's default.
    Utf8,
    /// 8-bit strings stay bytes.
    Bytes,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Encoding; 4] = [
        Encoding::Ascii,
        Encoding::Latin1,
        Encoding::Utf8,
        Encoding::Bytes,
    ];

    /// The name as a loader is given it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Encoding::Ascii => "ASCII",
            Encoding::Latin1 => "latin1",
            Encoding::Utf8 => "utf-8",
            Encoding::Bytes => "bytes",
        }
    }
}

/// One loader's behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reading {
    /// The implementation.
    pub unpickler: Unpickler,
    /// The encoding for 8-bit strings.
    pub encoding: Encoding,
    /// Whether `persistent_load` is given.
    pub persistent: bool,
}

impl Reading {
    const fn bit(self) -> u64 {
        1 << (self.unpickler as u8 * 8 + self.encoding as u8 * 2 + self.persistent as u8)
    }
}

/// A set of readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Readings(u64);

impl Readings {
    /// Every reading.
    pub const ALL: Readings = Readings(u64::MAX);
    /// No reading.
    pub const NONE: Readings = Readings(0);
    /// Readings that are given `persistent_load`.
    pub const PERSISTENT: Readings = Readings(0xaaaa_aaaa_aaaa_aaaa);

    /// The readings of one implementation.
    #[must_use]
    pub const fn of(unpickler: Unpickler) -> Readings {
        Readings(0xff << (unpickler as u8 * 8))
    }

    /// The readings with one encoding.
    #[must_use]
    pub const fn encoded(encoding: Encoding) -> Readings {
        Readings(0x0303_0303_0303_0303 << (encoding as u8 * 2))
    }

    /// Readings by a C unpickler.
    pub const C: Readings = Readings(0x00ff_ffff_ffff);
    /// Readings by a C unpickler on a file object that may drop what is left of a frame.
    pub const FRAME_DROPPING: Readings =
        Readings::of(Unpickler::CFile).or(Readings::of(Unpickler::C314File));
    /// Readings that raise where an operand straddles a frame end.
    pub const FRAME_STRICT: Readings = Readings::PYTHON.or(Readings::of(Unpickler::C315));
    /// Readings by a pure-Python unpickler.
    pub const PYTHON: Readings = Readings(0xffff_ff00_0000_0000);

    /// The union.
    #[inline]
    #[must_use]
    pub const fn or(self, other: Readings) -> Readings {
        Readings(self.0 | other.0)
    }

    /// The intersection.
    #[inline]
    #[must_use]
    pub const fn and(self, other: Readings) -> Readings {
        Readings(self.0 & other.0)
    }

    /// The readings that are not in `other`.
    #[inline]
    #[must_use]
    pub const fn without(self, other: Readings) -> Readings {
        Readings(self.0 & !other.0)
    }

    /// Whether the set is empty.
    #[inline]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set holds a reading.
    #[must_use]
    pub const fn contains(self, reading: Reading) -> bool {
        self.0 & reading.bit() != 0
    }

    /// Whether the two sets share a reading.
    #[must_use]
    pub const fn intersects(self, other: Readings) -> bool {
        self.0 & other.0 != 0
    }

    /// The set with one more reading.
    #[must_use]
    pub const fn with(self, reading: Reading) -> Readings {
        Readings(self.0 | reading.bit())
    }

    /// The reading to show values by, where one has to be chosen: of the first implementation, with
    /// UTF-8 before Latin-1 before ASCII before bytes. Of the empty set, that of the full one.
    #[must_use]
    pub fn preferred(self) -> Reading {
        let set = if self.is_empty() { Readings::ALL } else { self };
        // A byte each, the first one the lowest; within it two bits an encoding.
        let place = (set.0.trailing_zeros() / 8) as usize;
        let unpickler = Unpickler::ALL.get(place).copied().unwrap_or(Unpickler::C);
        let set = set.and(Readings::of(unpickler));
        let encoding = [Encoding::Utf8, Encoding::Latin1, Encoding::Ascii]
            .into_iter()
            .find(|&encoding| set.intersects(Readings::encoded(encoding)))
            .unwrap_or(Encoding::Bytes);
        let persistent = set
            .and(Readings::encoded(encoding))
            .intersects(Readings::PERSISTENT);
        Reading {
            unpickler,
            encoding,
            persistent,
        }
    }

    /// Every reading in the set, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Reading> {
        Unpickler::ALL.into_iter().flat_map(move |unpickler| {
            Encoding::ALL.into_iter().flat_map(move |encoding| {
                [false, true].into_iter().filter_map(move |persistent| {
                    let reading = Reading {
                        unpickler,
                        encoding,
                        persistent,
                    };
                    self.contains(reading).then_some(reading)
                })
            })
        })
    }

    /// The set as short names: `all`, an unpickler's name such as `c-3.15` where every encoding and
    /// both persistent choices are in, else `name+encoding` with `+persistent` or `+no-persistent`
    /// where only that one is. Where all unpicklers agree, `all` stands for their names.
    #[must_use]
    pub fn names(self) -> Vec<String> {
        let masks = Unpickler::ALL.map(|unpickler| self.0 >> (unpickler as u8 * 8) & 0xff);
        let mut names = Vec::new();
        if masks.iter().all(|&mask| mask == masks[0]) {
            self.name("all", Readings::ALL, &mut names);
        } else {
            for unpickler in Unpickler::ALL {
                self.name(unpickler.as_str(), Readings::of(unpickler), &mut names);
            }
        }
        names
    }

    /// Names those of the set that are among `own`, which go by `name`.
    fn name(self, name: &str, own: Readings, names: &mut Vec<String>) {
        let here = self.and(own);
        if here.is_empty() {
            return;
        }
        if let Some(suffix) = here.persistence(own) {
            names.push(format!("{name}{suffix}"));
            return;
        }
        for encoding in Encoding::ALL {
            let encoded = own.and(Readings::encoded(encoding));
            if let Some(suffix) = here.and(encoded).persistence(encoded) {
                names.push(format!("{name}+{}{suffix}", encoding.as_str()));
            }
        }
    }

    /// How to say which of `own` the set holds, where that is all of them, or all that are given
    /// `persistent_load`, or all that are not.
    fn persistence(self, own: Readings) -> Option<&'static str> {
        let with = own.and(Readings::PERSISTENT);
        if self == own {
            Some("")
        } else if self == with {
            Some("+persistent")
        } else if self == own.without(with) {
            Some("+no-persistent")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_one_is_the_first_of_the_set() {
        let order = [
            Encoding::Utf8,
            Encoding::Latin1,
            Encoding::Ascii,
            Encoding::Bytes,
        ];
        let place = |reading: &Reading| {
            let encoding = order.iter().position(|&one| one == reading.encoding);
            (reading.unpickler, encoding, !reading.persistent)
        };
        let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
        for round in 0..10_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            // Sparse sets, too.
            let set = Readings(bits & bits.rotate_left(round % 64) & bits.rotate_left(round % 7));
            let expected = if set.is_empty() { Readings::ALL } else { set }
                .iter()
                .min_by_key(place);
            assert_eq!(Some(set.preferred()), expected, "{set:?}");
        }
    }

    #[test]
    fn sets_partition_and_name_themselves() {
        let mut union = Readings::NONE;
        for encoding in Encoding::ALL {
            assert_eq!(Readings::encoded(encoding).iter().count(), 16);
            union = union.or(Readings::encoded(encoding));
        }
        assert_eq!(union, Readings::ALL);
        assert_eq!(Readings::ALL.iter().count(), 64);
        assert_eq!(Readings::C.or(Readings::PYTHON), Readings::ALL);
        assert_eq!(Readings::PERSISTENT.names(), ["all+persistent"]);
        let shown = Readings::of(Unpickler::C314)
            .or(Readings::of(Unpickler::Python))
            .preferred();
        assert_eq!(
            (shown.unpickler, shown.encoding),
            (Unpickler::C314, Encoding::Utf8)
        );
        let latin = Readings::encoded(Encoding::Latin1).and(Readings::of(Unpickler::C));
        assert_eq!(latin.names(), ["c+latin1"]);
        let bytes = Readings::encoded(Encoding::Bytes);
        assert_eq!(
            Readings::encoded(Encoding::Latin1).or(bytes).names(),
            ["all+latin1", "all+bytes"]
        );
        assert!(Readings::NONE.names().is_empty());
        assert_eq!(
            latin.and(Readings::PERSISTENT).names(),
            ["c+latin1+persistent"]
        );
        assert_eq!(
            Readings::ALL.without(Readings::C).names(),
            ["python", "python-3.14", "python-3.15"]
        );
    }
}
