//! What joblib wrote before 0.10 (`joblib/numpy_pickle_compat.py`): a header `ZF` with a length in front of zlib data,
//! and arrays in files of their own beside the pickle, which names them.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, Value, View};

use super::joblib;
use crate::analysis::{Content, Walk};
use crate::container::packed::{Codec, Counted, Packing, unpack};
use crate::escape;
use crate::format::safetensors::names::escapes;
use crate::gap::{Gap, GapReason};
use crate::observer::{Oddity, OddityKind, Role};
use crate::source::Part;

/// The first bytes.
const PREFIX: &[u8] = b"ZF0x";
/// How long the header is: the prefix and the longest length.
const LEN: usize = 2 + 19;
/// How many names of files are looked at.
const NAMES: usize = 4096;

/// A header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Where the data begins: Python 2 wrote one character more.
    data: u64,
    /// How long the data is once it is decompressed.
    len: u64,
}

impl Header {
    /// The header of a content that begins so.
    pub(crate) fn of(prefix: &[u8]) -> Option<Header> {
        let header = prefix
            .get(..LEN)
            .filter(|header| header.starts_with(PREFIX))?;
        let digits = std::str::from_utf8(header.get(PREFIX.len()..)?).ok()?;
        let digits = digits.trim_end_matches(' ').trim_end_matches('L');
        let len = u64::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'))?;
        let is_longer = prefix.get(LEN) == Some(&b' ');
        Some(Header {
            data: (LEN + usize::from(is_longer)) as u64,
            len,
        })
    }
}

/// Examines what is behind a header.
pub(crate) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    header: &Header,
) -> io::Result<ControlFlow<()>> {
    if content.member.len() >= walk.limits.max_nesting {
        let detail = format!("archives within archives, {} deep", content.member.len());
        return Ok(walk.teller.gap(content, &Gap::limit("nesting", detail)));
    }
    let there = content.source.len().saturating_sub(header.data);
    let mut member = content.member.to_vec();
    member.push("<decompressed>".to_owned());
    let inner = Content {
        source: &Part::new(content.source, header.data, there),
        member: &member,
        name: None,
        base: None,
        // What is no pickle is what `ZNDArrayWrapper` reads: elements as they are.
        role: Role::Resource,
        followed: &Cell::new(false),
        ..*content
    };
    let wrong = |counted: &Counted<'_>| {
        (counted.len != header.len).then(|| {
            let detail = format!(
                "{} bytes come out, where the header says {}",
                counted.len, header.len
            );
            Gap::new(GapReason::Malformed, detail)
        })
    };
    let read = unpack(walk, &inner, Packing::File(Codec::Zlib), Some(&wrong))?;
    let Some(behind) = read.map(|read| there.saturating_sub(read)) else {
        return Ok(ControlFlow::Break(()));
    };
    if behind == 0 {
        return Ok(ControlFlow::Continue(()));
    }
    let detail = format!("{behind} bytes behind the compressed data");
    let at = content.source.len() - behind;
    let gap = Gap::new(GapReason::Junk, detail).at(at, behind);
    Ok(walk.teller.gap(content, &gap))
}

/// The files that a pickle names for its arrays.
#[derive(Default)]
pub(crate) struct Externals {
    found: Vec<External>,
    is_over: bool,
}

struct External {
    name: Option<String>,
    offset: u64,
    len: u64,
}

impl Externals {
    /// Takes note of a state that is given.
    pub(crate) fn built(
        &mut self,
        effect: &Effect<'_>,
        (target, state): (Value, Value),
        view: &View<'_>,
    ) {
        let Some(name) = joblib::external(target, state, view) else {
            return;
        };
        if self.found.len() >= NAMES {
            self.is_over = true;
        } else if !self.found.iter().any(|known| known.name == name) {
            self.found.push(External {
                name,
                offset: effect.offset,
                len: effect.len,
            });
        }
    }

    /// Examines the files, as far as they are at hand.
    pub(crate) fn examine(self, walk: &mut Walk<'_>, content: &Content<'_>) -> ControlFlow<()> {
        for external in &self.found {
            external.examine(walk, content)?;
        }
        if self.is_over {
            let gap = Gap::limit("members", format!("more than {NAMES} files with arrays"));
            return walk.teller.gap(content, &gap);
        }
        ControlFlow::Continue(())
    }
}

impl External {
    fn examine(&self, walk: &mut Walk<'_>, content: &Content<'_>) -> ControlFlow<()> {
        let gap = |words: String| Gap::new(GapReason::Unsupported, words).at(self.offset, self.len);
        let Some(name) = &self.name else {
            let words = "the file that an array is in cannot be told".to_owned();
            return walk.teller.gap(content, &gap(words));
        };
        let told = escape::cut(name, 200);
        if escapes(name) {
            let detail =
                format!("loading opens the file “{told}”, which lies outside of the folder");
            walk.teller.oddity(
                content,
                &Oddity {
                    kind: OddityKind::EscapingArray,
                    subject: &told,
                    detail: &detail,
                    offset: self.offset,
                    len: self.len,
                    pointer: None,
                },
            )?;
        }
        let folder = walk.folder.filter(|_| is_of_file(content));
        let beside = folder.map(|folder| folder.open(name));
        let Some(Ok(Some(source))) = beside else {
            let words = format!("an array is in the file “{told}”, which was not examined");
            return walk.teller.gap(content, &gap(words));
        };
        if !walk.budget.take_member() {
            let gap = Gap::limit("members", format!("“{told}” was not looked into"));
            return walk.teller.gap(content, &gap);
        }
        let source = walk.watch.over(&*source);
        let member = [escape::cut(name, escape::NAME).into_owned()];
        walk.content(&Content {
            source: &source,
            member: &member,
            name: None,
            base: None,
            role: Role::Any,
            lone: true,
            embedded: content.embedded,
            followed: &Cell::new(false),
        })
    }
}

/// Whether a content is the file itself, or what comes out of it: then its neighbors are at hand.
fn is_of_file(content: &Content<'_>) -> bool {
    match content.member {
        [] => true,
        [only] => only == "<decompressed>",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_both_pythons_are_read() {
        let header = |text: &[u8]| Header::of(text).map(|header| (header.data, header.len));
        assert_eq!(header(b"ZF0x143              x\x5e"), Some((21, 0x143)));
        assert_eq!(header(b"ZF0x154               x\x5e"), Some((22, 0x154)));
        assert_eq!(header(b"ZF0xfL               x\x5e"), Some((21, 15)));
        assert_eq!(header(b"ZF0x+43              x\x5e"), None);
        assert_eq!(header(b"ZF0x14"), None);
        assert_eq!(header(b"ZFish and chips, with salt"), None);
    }
}
