//! The records of an extended header (POSIX.1-2008, `pax`): `LENGTH KEY=VALUE\n`.

use memchr::memmem;

/// What the extended headers of a member, or of all that follow, say; the rest is of no interest.
#[derive(Clone, Debug, Default)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) sparse: SparseKeys,
    /// What is wrong with it, if anything: then loaders differ.
    pub(super) fault: Option<&'static str>,
}

/// What is said of a sparse file, in any of the three versions.
#[derive(Clone, Debug, Default)]
pub(super) struct SparseKeys {
    /// 0.0: the parts, each with a record of its own.
    pub(super) offsets: Vec<u64>,
    pub(super) lens: Vec<u64>,
    /// 0.0 and 0.1.
    pub(super) size: Option<u64>,
    /// 0.1: the parts in one record.
    pub(super) map: Option<Vec<u8>>,
    /// 1.0.
    pub(super) real_size: Option<u64>,
    major: Vec<u8>,
    minor: Vec<u8>,
}

impl SparseKeys {
    /// Whether the map stands before the data.
    pub(super) fn is_before_data(&self) -> bool {
        self.major == b"1" && self.minor == b"0"
    }

    /// Whether there is anything about a sparse file.
    pub(super) fn is_any(&self) -> bool {
        self.map.is_some() || self.size.is_some() || self.is_before_data()
    }
}

impl Pax {
    /// Reads records, up to the first that is none.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while bytes.first().is_some_and(|&byte| byte != 0) {
            let Some((key, value, rest)) = record(bytes) else {
                self.fault = Some("a record of its extended header is none");
                return;
            };
            self.set(key, value);
            bytes = rest;
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        // `tarfile` before 3.13 looks for these everywhere.
        if memmem::find(value, b"GNU.sparse.").is_some() {
            self.fault = Some("a value in its extended header looks like a record");
        }
        let sparse = &mut self.sparse;
        match key {
            b"path" | b"GNU.sparse.name" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"GNU.sparse.map" => sparse.map = Some(value.to_vec()),
            b"GNU.sparse.major" => sparse.major = value.to_vec(),
            b"GNU.sparse.minor" => sparse.minor = value.to_vec(),
            b"size"
            | b"GNU.sparse.size"
            | b"GNU.sparse.realsize"
            | b"GNU.sparse.offset"
            | b"GNU.sparse.numbytes" => {
                let Some(number) = decimal(value) else {
                    self.fault = Some("a size in its extended header is no number");
                    return;
                };
                match key {
                    b"size" => self.size = Some(number),
                    b"GNU.sparse.size" => sparse.size = Some(number),
                    b"GNU.sparse.realsize" => sparse.real_size = Some(number),
                    b"GNU.sparse.offset" => sparse.offsets.push(number),
                    _ => sparse.lens.push(number),
                }
            }
            _ => {}
        }
    }
}

/// The first record: its key, its value, and what follows.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let digits = bytes.iter().position(|&byte| byte == b' ')?;
    let len = decimal(bytes.get(..digits)?)?;
    let (record, rest) = bytes.split_at_checked(usize::try_from(len).ok()?)?;
    let record = record.get(digits + 1..)?.strip_suffix(b"\n")?;
    let equals = record
        .iter()
        .position(|&byte| byte == b'=')
        .filter(|at| *at > 0)?;
    Some((record.get(..equals)?, record.get(equals + 1..)?, rest))
}

/// A number of digits and nothing else.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_up_to_the_first_that_is_none() {
        let mut pax = Pax::default();
        pax.read(b"12 path=a/b\n11 size=12\n9 other=\nno record");
        assert_eq!(pax.path.as_deref(), Some(&b"a/b"[..]));
        assert_eq!(pax.size, Some(12));
        assert!(pax.fault.is_some());
        for bytes in [&b"5 a=\n"[..], b"6 a==\n\0garbage", b""] {
            let mut pax = Pax::default();
            pax.read(bytes);
            assert_eq!(pax.fault, None, "{bytes:?}");
        }
        for bytes in [
            &b"4 a=\n"[..],
            b"6 a=\n",
            b"5 =a\n",
            b"0 a=\n",
            b"9 size=x\n",
            b"99 a=b\n",
        ] {
            let mut pax = Pax::default();
            pax.read(bytes);
            assert!(pax.fault.is_some(), "{bytes:?}");
        }
    }
}
