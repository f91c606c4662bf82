//! What is in an archive: every file is looked into.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;
use std::vec;

use super::Fault;
use super::files::File;
use super::header::{Header, START, Start};
use super::streams::{Folder, Method, Streams, Substream};
use crate::analysis::{Content, Walk};
use crate::container::packed::{self, Allowance, Body, Counted, Ended, IsRead, count};
use crate::container::paths::{Escape, Links};
use crate::container::ranges::Ranges;
use crate::container::zip::compare_sum;
use crate::gap::{Gap, GapReason};
use crate::observer::{Oddity, Role};
use crate::source::{Part, Source, read_array, read_up_to};

/// How long a header may be, packed or not.
const HEADER: u64 = 16 << 20;
/// How often a header may be packed.
const LAYERS: usize = 4;
/// Up to this size, files are read for their checksum, whatever they are.
const SUMMED: u64 = 1 << 20;

type Flow = io::Result<ControlFlow<()>>;

/// Examines every file of an archive, and says what of its bytes belongs to none.
pub(crate) fn examine(walk: &mut Walk<'_>, content: &Content<'_>) -> Flow {
    if content.member.len() >= walk.limits.max_nesting {
        let detail = format!("archives within archives, {} deep", content.member.len());
        return Ok(walk.teller.gap(content, &Gap::limit("nesting", detail)));
    }
    let mut archive = Archive {
        walk,
        content,
        ranges: Ranges::default(),
    };
    match archive.header()? {
        Ok((streams, files)) => {
            let folders = archive.folders(&streams, files)?;
            if folders.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Err(gap) => {
            if archive.gap(content, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    let ranges = archive.ranges.uncovered(0, content.source.len());
    walk.uncovered(content, &ranges, "of the archive belong to no file")
}

struct Archive<'a, 'w, 'c> {
    walk: &'a mut Walk<'w>,
    content: &'a Content<'c>,
    ranges: Ranges,
}

/// What a header leads to, or why it leads nowhere.
type Read<T> = io::Result<Result<T, Gap>>;

impl Archive<'_, '_, '_> {
    fn gap(&mut self, content: &Content<'_>, gap: &Gap) -> ControlFlow<()> {
        self.walk.teller.gap(content, gap)
    }

    /// Reads the header, however often it is packed.
    fn header(&mut self) -> Read<(Streams, Vec<File>)> {
        let source = self.content.source;
        let Some(start) = read_array::<START>(source, 0)? else {
            return Ok(Err(Gap::new(GapReason::Truncated, "its header is cut off")));
        };
        self.ranges.add(0, START as u64);
        let start = Start::read(&start);
        if !start.is_sound {
            let words = "the checksum of where its header is does not match";
            if self
                .gap(self.content, &Gap::new(GapReason::Malformed, words))
                .is_break()
            {
                return Ok(Err(Gap::new(GapReason::Malformed, words)));
            }
        }
        // An archive without anything has no header.
        if (start.offset, start.size, start.crc) == (0, 0, 0) {
            return Ok(Ok((Streams::default(), Vec::new())));
        }
        let at = start.offset.saturating_add(START as u64);
        if start.size > HEADER {
            return Ok(Err(too_long(start.size).at(at, 0)));
        }
        let mut bytes = read_up_to(source, at, usize::try_from(start.size).unwrap_or(0))?;
        if (bytes.len() as u64) < start.size {
            return Ok(Err(
                Gap::new(GapReason::Truncated, "its header is cut off").at(at, 0)
            ));
        }
        self.ranges.add(at, at + start.size);
        let sum = compare_sum(&bytes, start.crc, self.walk.watch)?;
        if let Some(gap) = sum {
            let words = "the checksum of its header does not match";
            let gap = Gap {
                detail: words.to_owned(),
                ..gap.at(at, start.size)
            };
            if self.gap(self.content, &gap).is_break() {
                return Ok(Err(gap));
            }
        }
        for _ in 0..LAYERS {
            match Header::read(&bytes, self.walk.budget.members) {
                Ok(Header::Plain(streams, files)) => return Ok(Ok((streams, files))),
                Ok(Header::Packed(streams)) => match self.unpacked_header(&streams)? {
                    Ok(unpacked) => bytes = unpacked,
                    Err(gap) => return Ok(Err(gap.at(at, start.size))),
                },
                Err(fault) => return Ok(Err(self.fault(fault).at(at, start.size))),
            }
        }
        let words = "its header is packed too often";
        Ok(Err(Gap::new(GapReason::Malformed, words).at(at, start.size)))
    }

    fn fault(&self, fault: Fault) -> Gap {
        match fault {
            Fault::Truncated => Gap::new(
                GapReason::Malformed,
                "its header ends before what it tells of",
            ),
            Fault::Malformed(words) => Gap::new(GapReason::Malformed, words),
            Fault::Unsupported(words) => Gap::new(GapReason::Unsupported, words),
            Fault::Members => {
                let detail = format!("more than {} members", self.walk.limits.max_members);
                Gap::limit("members", detail)
            }
        }
    }

    /// The header that is packed as a file would be.
    fn unpacked_header(&mut self, streams: &Streams) -> Read<Vec<u8>> {
        let malformed = |words: &str| Ok(Err(Gap::new(GapReason::Malformed, words)));
        let ([folder], [packed]) = (streams.folders.as_slice(), streams.sizes.as_slice()) else {
            return malformed("its packed header is not one folder");
        };
        let [Substream { size, crc }] = folder.parts.as_slice() else {
            return malformed("its packed header is not one file");
        };
        let at = streams.position.saturating_add(START as u64);
        self.ranges.add(
            at,
            at.saturating_add(*packed).min(self.content.source.len()),
        );
        if *size > HEADER {
            return Ok(Err(too_long(*size)));
        }
        let part = Part::new(self.content.source, at, *packed);
        let bytes = match (&folder.method, folder.method.packing(*size)) {
            (Method::Copy, _) => read_up_to(&part, 0, usize::try_from(*size).unwrap_or(0))?,
            (_, Some(packing)) => {
                let allowance = Allowance {
                    max: HEADER,
                    held: HEADER,
                    ..self.walk.budget.unpacking(*packed).0
                };
                let mut whole = |_: &[u8]| true;
                let how = (self.walk.watch, &mut whole as IsRead<'_>);
                let counted = count(&part, packing, &allowance, false, how);
                self.walk.budget.take_expanded(*packed, counted.len);
                match (counted.ended, counted.body) {
                    (Ended::Fault(fault), _) => {
                        return Ok(Err(fault.gap(self.walk.budget.window())));
                    }
                    (_, Body::Held(bytes)) => bytes,
                    (_, Body::Long(_)) => return Ok(Err(too_long(counted.len))),
                }
            }
            (method, None) => return Ok(Err(unread(method, *packed))),
        };
        if bytes.len() as u64 != *size {
            return malformed("its packed header has another size than it says");
        }
        if let Some(crc) = crc
            && compare_sum(&bytes, *crc, self.walk.watch)?.is_some()
        {
            return malformed("the checksum of its packed header does not match");
        }
        Ok(Ok(bytes))
    }

    /// Examines all folders.
    fn folders(&mut self, streams: &Streams, files: Vec<File>) -> Flow {
        let parts: usize = streams
            .folders
            .iter()
            .map(|folder| folder.parts.len())
            .sum();
        let with_data = files.iter().filter(|file| file.has_data).count();
        if parts != with_data {
            let detail = format!("{with_data} files have data, and there is data for {parts}");
            let gap = Gap::new(GapReason::Malformed, detail);
            if self.gap(self.content, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if self.paths(&files).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let names = files
            .into_iter()
            .filter(|file| file.has_data)
            .map(|file| file.name);
        let mut names: vec::IntoIter<String> = names.collect::<Vec<_>>().into_iter();
        let mut at = streams.position.saturating_add(START as u64);
        let mut sizes = streams.sizes.iter();
        for folder in &streams.folders {
            let sizes = sizes.by_ref().take(folder.packed);
            let len = sizes.fold(0u64, |sum, size| sum.saturating_add(*size));
            let end = at.saturating_add(len);
            self.ranges.add(at, end.min(self.content.source.len()));
            if self.folder(folder, (at, len), &mut names)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            at = end;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Tells of names that lead out of the directory.
    fn paths(&mut self, files: &[File]) -> ControlFlow<()> {
        let links = Links::new();
        for file in files {
            let name = file.name.as_bytes();
            let Some((escape, words)) = Escape::of(links.lead(name, true), name, None) else {
                continue;
            };
            let oddity = Oddity {
                kind: escape.kind(),
                subject: escape.subject(),
                detail: &words,
                offset: 0,
                len: 0,
                pointer: None,
            };
            self.walk.teller.oddity(self.content, &oddity)?;
        }
        ControlFlow::Continue(())
    }

    /// Examines the files in a folder, whose packed bytes lie at an offset.
    fn folder(
        &mut self,
        folder: &Folder,
        (at, len): (u64, u64),
        names: &mut vec::IntoIter<String>,
    ) -> Flow {
        let path = |name: Option<String>| {
            let mut path = self.content.member.to_vec();
            path.push(name.unwrap_or_else(|| "<data without a file>".to_owned()));
            path
        };
        let paths: Vec<_> = folder.parts.iter().map(|_| path(names.next())).collect();
        let Some(first) = paths.first() else {
            let range = (at, at.saturating_add(len).min(self.content.source.len()));
            let words = "of the archive are packed, and belong to no file";
            return self.walk.uncovered(self.content, &[range], words);
        };
        let packed = Part::new(self.content.source, at, len);
        let base = self.content.base.and_then(|base| base.checked_add(at));
        let whole = Content {
            source: &packed,
            member: first,
            name: None,
            base,
            role: Role::Any,
            lone: false,
            embedded: self.content.embedded,
            followed: &Cell::new(false),
        };
        if packed.len() < len {
            let detail = format!("{} of {len} bytes are there", packed.len());
            let gap = Gap::new(GapReason::Truncated, detail).at(packed.len(), 0);
            if self.gap(&whole, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if matches!(folder.method, Method::Copy) {
            if len != folder.size {
                let detail = format!("stored in {len} bytes, but {} long", folder.size);
                let gap = Gap::new(GapReason::Malformed, detail);
                if self.gap(&whole, &gap).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            return parts(self.walk, &whole, folder, &paths);
        }
        let Some(packing) = folder.method.packing(folder.size) else {
            return Ok(self.gap(&whole, &unread(&folder.method, len)));
        };
        let wrong = |counted: &Counted<'_>| {
            let behind = packed.len().saturating_sub(counted.read);
            if counted.len != folder.size {
                let said = folder.size;
                let detail = format!("{} bytes, where the header says {said}", counted.len);
                Some(Gap::new(GapReason::Malformed, detail))
            } else if behind > 0 {
                let detail = format!("{behind} bytes behind the compressed data");
                Some(Gap::new(GapReason::Junk, detail))
            } else {
                None
            }
        };
        let mut within =
            |walk: &mut Walk<'_>, content: &Content<'_>| parts(walk, content, folder, &paths);
        let wrong = Some(&wrong as packed::Wrong<'_>);
        let read = packed::unpack_with(self.walk, &whole, packing, wrong, Some(&mut within))?;
        Ok(match read {
            Some(_) => ControlFlow::Continue(()),
            None => ControlFlow::Break(()),
        })
    }
}

/// Examines the files in what came out of a folder.
fn parts(walk: &mut Walk<'_>, whole: &Content<'_>, folder: &Folder, paths: &[Vec<String>]) -> Flow {
    let mut at = 0u64;
    for (part, path) in folder.parts.iter().zip(paths) {
        let source = Part::new(whole.source, at, part.size);
        let base = whole.base.and_then(|base| base.checked_add(at));
        at = at.saturating_add(part.size);
        let content = Content {
            source: &source,
            member: path,
            base,
            followed: &Cell::new(false),
            ..*whole
        };
        if !walk.budget.take_member() {
            let detail = format!("more than {} members", walk.limits.max_members);
            return Ok(walk.teller.gap(&content, &Gap::limit("members", detail)));
        }
        if walk.teller.is_over(&content, 0) || walk.member(&content).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if summed(walk, &content, *part)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Compares the checksum of a file, where that is worth reading it.
fn summed(walk: &mut Walk<'_>, content: &Content<'_>, part: Substream) -> Flow {
    let there = content.source.len();
    let is_read = content.followed.get() || there <= SUMMED || walk.deep;
    // What is missing is told of the folder.
    let Some(crc) = part.crc.filter(|_| is_read && there == part.size) else {
        return Ok(ControlFlow::Continue(()));
    };
    let gap = compare_sum(content.source, crc, walk.watch)?;
    Ok(gap.map_or(ControlFlow::Continue(()), |gap| {
        walk.teller.gap(content, &gap.at(there, 0))
    }))
}

/// Why a folder is not read.
fn unread(method: &Method, len: u64) -> Gap {
    match method {
        Method::Encrypted => Gap::new(GapReason::Encrypted, format!("{len} encrypted bytes")),
        Method::Other(words) => Gap::new(GapReason::Unsupported, format!("packed by {words}")),
        _ => Gap::new(GapReason::Unsupported, "packed in a way that is not read"),
    }
}

fn too_long(len: u64) -> Gap {
    Gap::limit("header-bytes", format!("a header of {len} bytes"))
}
