//! Hashes of files: read once, in constant memory.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use weighbridge::{CancelToken, Source};

use super::model::Integrity;

/// The hash that a store gives a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// The SHA-256 of its bytes.
    Sha256(String),
    /// The first digits of that.
    Sha256Prefix(String),
    /// The SHA-1 of git: of `blob`, the length, NUL and the bytes.
    GitSha1(String),
    /// The MD5 of its bytes.
    Md5(String),
    /// One of these SHA-256 or SHA-1 of git, if any: the file is a copy.
    Among(Arc<Vec<String>>),
    /// The same, of a copy where there should be a link.
    OddAmong(Arc<Vec<String>>),
    /// The store does not tell; why.
    Nothing(&'static str),
}

impl Expected {
    /// The hash that a name is; as blobs of Hugging Face are named.
    pub(super) fn of_blob(name: &str) -> Option<Expected> {
        match name.len() {
            64 if is_hex(name) => Some(Expected::Sha256(name.to_owned())),
            40 if is_hex(name) => Some(Expected::GitSha1(name.to_owned())),
            _ => None,
        }
    }

    /// As it is written.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Expected::Sha256(text)
            | Expected::Sha256Prefix(text)
            | Expected::GitSha1(text)
            | Expected::Md5(text) => Some(text),
            Expected::Among(_) | Expected::OddAmong(_) | Expected::Nothing(_) => None,
        }
    }

    /// What has to be computed to compare with it.
    pub(super) fn kinds(&self) -> Kinds {
        Kinds {
            git: matches!(
                self,
                Expected::GitSha1(_) | Expected::Among(_) | Expected::OddAmong(_)
            ),
            md5: matches!(self, Expected::Md5(_)),
        }
    }
}

/// Which hashes are computed besides SHA-256.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kinds {
    git: bool,
    md5: bool,
}

impl Kinds {
    pub(super) fn and(self, other: Kinds) -> Kinds {
        Kinds {
            git: self.git || other.git,
            md5: self.md5 || other.md5,
        }
    }
}

/// The hashes of a content.
#[derive(Debug)]
pub(super) struct Hashes {
    pub(super) sha256: String,
    git: Option<String>,
    md5: Option<String>,
}

/// Whether these are hexadecimal digits as hashes are written.
pub(super) fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// How much is read at a time.
const CHUNK: usize = 256 << 10;

/// The hashes of a content. `None` where the caller ended it.
///
/// # Errors
///
/// Where it cannot be read to its end.
pub(super) fn of(
    source: &dyn Source,
    kinds: Kinds,
    token: Option<&CancelToken>,
) -> io::Result<Option<Hashes>> {
    let mut sha256 = Sha256::new();
    let mut git = kinds.git.then(|| {
        let mut git = Sha1::new();
        git.update(format!("blob {}\0", source.len()));
        git
    });
    let mut md5 = kinds.md5.then(Md5::new);
    let mut chunk = vec![0; CHUNK];
    let mut offset = 0;
    while offset < source.len() {
        if token.is_some_and(CancelToken::is_cancelled) {
            return Ok(None);
        }
        let read = source.read_at(offset, &mut chunk)?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        sha256.update(part);
        if let Some(git) = &mut git {
            git.update(part);
        }
        if let Some(md5) = &mut md5 {
            md5.update(part);
        }
        offset += read as u64;
    }
    Ok(Some(Hashes {
        sha256: hex(&sha256.finalize()),
        git: git.map(|git| hex(&git.finalize())),
        md5: md5.map(|md5| hex(&md5.finalize())),
    }))
}

/// Whether a content is what is expected.
pub(super) fn judge(expected: &Expected, hashes: &Hashes) -> Integrity {
    let Hashes { sha256, git, md5 } = hashes;
    let (is_same, wanted, found) = match expected {
        Expected::Sha256(wanted) => (wanted == sha256, wanted, sha256.clone()),
        Expected::Sha256Prefix(begin) => (sha256.starts_with(&**begin), begin, sha256.clone()),
        Expected::GitSha1(wanted) => (
            git.as_ref() == Some(wanted),
            wanted,
            git.clone().unwrap_or_default(),
        ),
        Expected::Md5(wanted) => (
            md5.as_ref() == Some(wanted),
            wanted,
            md5.clone().unwrap_or_default(),
        ),
        Expected::Among(names) | Expected::OddAmong(names) => {
            let is_there = |name: &String| name == sha256 || Some(name) == git.as_ref();
            return match names.iter().any(is_there) {
                true => Integrity::Intact,
                false => {
                    Integrity::not_checked("this is a copy, and no blob beside it has its hash")
                }
            };
        }
        Expected::Nothing(reason) => return Integrity::not_checked(reason),
    };
    match is_same {
        true => Integrity::Intact,
        false => Integrity::Changed {
            expected: wanted.clone(),
            found,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_git_and_of_sha256sum() {
        let check = |expected: Expected| {
            let hashes = of(&&b"what is up, doc?"[..], expected.kinds(), None);
            judge(&expected, &hashes.unwrap().unwrap())
        };
        let git = "bd9dbf5aae1a3862dd1526723246b20206e5fc37";
        assert_eq!(check(Expected::of_blob(git).unwrap()), Integrity::Intact);
        let md5 = "0123456789abcdef0123456789abcdef".to_owned();
        let Integrity::Changed { expected, found } = check(Expected::Md5(md5)) else {
            panic!("it is another one");
        };
        assert_eq!((expected.len(), found.len()), (32, 32));
        assert_eq!(Expected::of_blob(&git.to_uppercase()), None);
    }
}
