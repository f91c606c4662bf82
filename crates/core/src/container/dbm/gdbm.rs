//! A database of GDBM: a directory of buckets, each with the places of keys and values.

use std::io;
use std::ops::ControlFlow;

use super::Flow;
use super::field::Order;
use super::pieces::Pieces;
use super::values::Values;
use crate::gap::GapReason;
use crate::source::{read_array, read_up_to};

/// Magic numbers of databases with places of eight bytes, the second with an extended header.
const WIDE: [u32; 2] = [0x1357_9acf, 0x1357_9ad1];
/// Those of databases with places of four bytes, or of whatever size the machine had that wrote them.
const NARROW: [u32; 3] = [0x1357_9ace, 0x1357_9acd, 0x1357_9ad0];

const HEADER: usize = 40;
/// Where the entries of a bucket begin, and how long one is.
const TABLE: usize = 112;
const ENTRY: usize = 24;
/// How long a bucket may be.
const LONGEST: u64 = 16 << 20;
/// How much of the directory is read at a time.
const WINDOW: u64 = 64 << 10;

/// The order that numbers have, and whether places take eight bytes.
fn magic(prefix: &[u8]) -> Option<(Order, bool)> {
    [Order::Little, Order::Big].into_iter().find_map(|order| {
        let magic = order.u32(prefix, 0)?;
        let is_wide = WIDE.contains(&magic);
        (is_wide || NARROW.contains(&magic)).then_some((order, is_wide))
    })
}

pub(super) fn begins(prefix: &[u8]) -> bool {
    magic(prefix).is_some()
}

/// What the header tells.
struct Header {
    order: Order,
    /// Where the directory begins and ends.
    start: u64,
    end: u64,
    bucket: u64,
    entries: u64,
}

impl Header {
    fn of(order: Order, bytes: &[u8]) -> Option<Header> {
        let start = order.u64(bytes, 8)?;
        Some(Header {
            order,
            start,
            end: start.checked_add(u64::from(order.u32(bytes, 16)?))?,
            bucket: u64::from(order.u32(bytes, 24)?),
            entries: u64::from(order.u32(bytes, 28)?),
        })
    }

    /// Whether the entries of a bucket fit into it.
    fn is_sound(&self) -> bool {
        let table = self.entries.saturating_mul(ENTRY as u64);
        let room = self.bucket.checked_sub(TABLE as u64);
        self.bucket <= LONGEST && room.is_some_and(|room| table <= room)
    }
}

pub(super) fn examine(values: &mut Values<'_, '_, '_>) -> Flow {
    let Some(bytes) = read_array::<HEADER>(values.source, 0)? else {
        return values.wrong(GapReason::Truncated, "the header is cut off", 0);
    };
    let Some((order, true)) = magic(&bytes) else {
        let words = "a database of GDBM with places of four bytes";
        return values.wrong(GapReason::Unsupported, words, 0);
    };
    let header = Header::of(order, &bytes).filter(Header::is_sound);
    let Some(header) = header else {
        return values.wrong(GapReason::Malformed, "the header is not sound", 0);
    };
    if header.end > values.source.len() {
        let words = "the directory of the database is cut off";
        return values.wrong(GapReason::Truncated, words, header.start);
    }
    values.follow(HEADER as u64 + (header.end - header.start));
    values.paged(header.bucket);
    let (mut at, mut last) = (header.start, None);
    while at < header.end {
        let wanted = usize::try_from((header.end - at).min(WINDOW)).unwrap_or(0);
        let places = read_up_to(values.source, at, wanted)?;
        for place in places.chunks_exact(8) {
            let Some(place) = order.u64(place, 0) else {
                break;
            };
            // A bucket has one place or several, one behind the other.
            if last.replace(place) != Some(place) && bucket(values, &header, place)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        at += wanted as u64;
    }
    Ok(ControlFlow::Continue(()))
}

/// Examines the values of a bucket.
fn bucket(values: &mut Values<'_, '_, '_>, header: &Header, at: u64) -> Flow {
    let Some(bytes) = values.page(at, header.bucket)? else {
        let words = "buckets are in the directory more often than there is room for";
        return values.wrong(GapReason::Malformed, words, at);
    };
    if (bytes.len() as u64) < header.bucket {
        let words = "a bucket of the database is not there";
        return values.wrong(GapReason::Truncated, words, at);
    }
    let table = bytes.get(TABLE..).unwrap_or_default();
    let entries = usize::try_from(header.entries).unwrap_or(usize::MAX);
    for entry in table.chunks_exact(ENTRY).take(entries) {
        if self::entry(values, header.order, entry)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Examines the value that an entry of a bucket leads to.
fn entry(values: &mut Values<'_, '_, '_>, order: Order, entry: &[u8]) -> Flow {
    let field = |at| order.u32(entry, at);
    let (Some(hash), Some(place), Some(key_len), Some(len)) =
        (field(0), order.u64(entry, 8), field(16), field(20))
    else {
        return Ok(ControlFlow::Continue(()));
    };
    // Nobody looks at an entry without a hash.
    if hash == u32::MAX {
        return Ok(ControlFlow::Continue(()));
    }
    let key = read_key(values, place, key_len)?;
    values.follow(u64::from(key_len));
    let at = place.saturating_add(u64::from(key_len));
    values.value(&key, &Pieces::one(at, u64::from(len)))
}

/// The beginning of a key.
fn read_key(values: &Values<'_, '_, '_>, at: u64, len: u32) -> io::Result<Vec<u8>> {
    let wanted = usize::try_from(len).unwrap_or(0).min(4096);
    read_up_to(values.source, at, wanted)
}
