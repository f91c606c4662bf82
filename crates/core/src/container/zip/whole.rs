//! Whether what came out of a member is what its directory says.

use std::io;

use super::entry::Entry;
use crate::container::inflate::{Ended, Inflated};
use crate::control::Watch;
use crate::gap::{Gap, GapReason};
use crate::source::{Source, fill};

/// How many bytes in memory are summed between two looks at whether that is still wanted.
const SUMMED_AT_ONCE: usize = 4 << 20;

/// What is wrong with a member that was decompressed, if anything.
pub(super) fn expansion_gap(
    entry: &Entry,
    inflated: &Inflated,
    packed: u64,
    limit: &'static str,
    watch: &Watch<'_>,
) -> Option<Gap> {
    let len = inflated.bytes.len() as u64;
    let behind = packed.saturating_sub(inflated.read);
    let gap = match inflated.ended {
        Ended::Full => Gap::limit(
            limit,
            format!("only the first {len} bytes were decompressed"),
        ),
        Ended::Truncated => Gap::new(GapReason::Truncated, "the compressed data is cut off"),
        Ended::Malformed => Gap::new(GapReason::Malformed, "the compressed data is damaged"),
        Ended::Whole if len != entry.size => wrong_size(len, entry.size),
        Ended::Whole if behind > 0 => junk_behind(behind),
        Ended::Whole => compare_sum(&inflated.bytes, entry.crc, watch)
            .ok()
            .flatten()?,
    };
    Some(gap.at(len, 0))
}

pub(super) fn wrong_size(len: u64, said: u64) -> Gap {
    let detail = format!("{len} bytes, where the directory says {said}");
    Gap::new(GapReason::Malformed, detail)
}

pub(super) fn junk_behind(behind: u64) -> Gap {
    let detail = format!("{behind} bytes behind the compressed data");
    Gap::new(GapReason::Junk, detail)
}

pub(super) fn wrong_sum() -> Gap {
    Gap::new(GapReason::Malformed, "the checksum does not match")
}

/// What there is to say about the checksum of a content.
pub(crate) fn compare_sum(
    source: &dyn Source,
    expected: u32,
    watch: &Watch<'_>,
) -> io::Result<Option<Gap>> {
    let mut crc = flate2::Crc::new();
    if let Some(bytes) = source.as_slice() {
        let mut chunks = bytes.chunks(SUMMED_AT_ONCE);
        while let Some(chunk) = chunks.next().filter(|_| !watch.is_over()) {
            crc.update(chunk);
        }
    } else {
        let mut buffer = vec![0; 64 * 1024];
        let mut at = 0;
        while let n @ 1.. = fill(source, at, &mut buffer)? {
            crc.update(buffer.get(..n).unwrap_or_default());
            at += n as u64;
        }
    }
    Ok((crc.sum() != expected).then(wrong_sum))
}
