//! A hash table of Berkeley DB (`db_page.h`, `hash_page.c`): a page of facts, buckets that are chains of pages, and
//! chains of pages for what is too long for them.

use std::io;
use std::ops::ControlFlow;

use super::Flow;
use super::field::Order;
use super::pieces::{Pieces, Value};
use super::values::Values;
use crate::gap::{Gap, GapReason};
use crate::source::{fill, read_array, read_up_to};

const MAGIC: u32 = 0x0006_1561;
/// Where the magic number is.
const AT: usize = 12;
/// How much of the first page is read: up to the end of the table of places.
const META: usize = 96 + 4 * SPARES;
const SPARES: usize = 32;
/// How long the header of a page is.
const HEADER: usize = 26;
/// Pages of buckets, in the two ways in which they were written.
const HASH: [u8; 2] = [13, 2];
/// A page that nothing was put into yet.
const EMPTY: u8 = 0;
const OVERFLOW: u8 = 7;
/// The last page of a chain leads here.
const NONE: u32 = 0;

const IN_PAGE: u8 = 1;
const DUPLICATES: u8 = 2;
const OFF_PAGE: u8 = 3;

/// The order of the bytes of numbers, where the first page is that of a hash table; also of versions before 2,
/// whose magic number comes first.
fn magic(prefix: &[u8]) -> Option<(Order, bool)> {
    [Order::Little, Order::Big].into_iter().find_map(|order| {
        let is_at = |at| order.u32(prefix, at) == Some(MAGIC);
        // Its version keeps numbers from being taken for it.
        let is_old = is_at(0) && matches!(order.u32(prefix, 4), Some(1 | 2));
        let is_new = is_at(AT) && matches!(order.u32(prefix, AT + 4), Some(5..=10));
        (is_old || is_new).then_some((order, is_new))
    })
}

pub(super) fn begins(prefix: &[u8]) -> bool {
    magic(prefix).is_some()
}

/// What the first page tells.
struct Table {
    order: Order,
    page: u64,
    last_bucket: u32,
    /// How many pages lie before the buckets of each doubling.
    spares: Vec<u32>,
}

impl Table {
    fn of(order: Order, bytes: &[u8]) -> Option<Table> {
        let page = order.u32(bytes, 20)?;
        let is_size = (512..=65536).contains(&page) && page.is_power_of_two();
        let spares = (0..SPARES).map(|n| order.u32(bytes, 96 + 4 * n));
        is_size.then_some(Table {
            order,
            page: u64::from(page),
            last_bucket: order.u32(bytes, 72)?,
            spares: spares.collect::<Option<_>>()?,
        })
    }

    /// The first page of a bucket.
    fn first(&self, bucket: u32) -> Option<u32> {
        // The least power of two above it.
        let doubling = u64::from(bucket).checked_add(1)?.next_power_of_two();
        let spare = usize::try_from(doubling.trailing_zeros()).ok()?;
        bucket.checked_add(*self.spares.get(spare)?)
    }
}

pub(super) fn examine(values: &mut Values<'_, '_, '_>) -> Flow {
    let Some(bytes) = read_array::<META>(values.source, 0)? else {
        return values.wrong(GapReason::Truncated, "the first page is cut off", 0);
    };
    let Some((order, true)) = magic(&bytes) else {
        let words = "a hash table of Berkeley DB before version 2";
        return values.wrong(GapReason::Unsupported, words, 0);
    };
    // Encrypted pages, and those with a checksum, have a longer header.
    if (bytes.get(24), bytes.get(26)) != (Some(&0), Some(&0)) {
        let words = "a hash table of Berkeley DB that is encrypted or has checksums, or is in several files";
        return values.wrong(GapReason::Unsupported, words, 24);
    }
    let Some(table) = Table::of(order, &bytes) else {
        return values.wrong(GapReason::Malformed, "the first page is not sound", 0);
    };
    if !values.source.len().is_multiple_of(table.page) {
        let end = values.source.len();
        let words = "the database ends within a page";
        if values.wrong(GapReason::Truncated, words, end)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    values.follow(META as u64);
    values.paged(table.page);
    for bucket in 0..=table.last_bucket {
        let flow = match table.bucket(values, bucket)? {
            Ok(flow) => flow,
            Err(gap) => values.gap(&gap),
        };
        // Each bucket takes a page.
        if flow.is_break() || values.pages_left() == 0 {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What a page leads to, or why it cannot be read.
type Read<T> = io::Result<Result<T, Gap>>;

fn wrong<T>(reason: GapReason, words: &str, at: u64) -> Read<T> {
    Ok(Err(Gap::new(reason, words).at(at, 0)))
}

impl Table {
    fn place(&self, page: u32) -> u64 {
        u64::from(page) * self.page
    }

    /// Examines the values of a bucket.
    fn bucket(&self, values: &mut Values<'_, '_, '_>, bucket: u32) -> Read<ControlFlow<()>> {
        let Some(mut page) = self.first(bucket) else {
            values.take_page(0);
            return wrong(GapReason::Malformed, "a bucket has no place", 72);
        };
        loop {
            let at = self.place(page);
            let Some(bytes) = values.page(at, self.page)? else {
                return wrong(GapReason::Malformed, "pages are in the table twice", at);
            };
            if (bytes.len() as u64) < self.page {
                let words = "a page of the table is not there";
                return wrong(GapReason::Truncated, words, at);
            }
            let (count, next, kind) = (
                self.order.u16(&bytes, 20).unwrap_or(0),
                self.order.u32(&bytes, 16).unwrap_or(NONE),
                bytes.get(25).copied().unwrap_or(EMPTY),
            );
            let is_empty = kind == EMPTY && count == 0;
            let is_pairs = count % 2 == 0 && HEADER + 2 * usize::from(count) <= bytes.len();
            if !(is_empty || HASH.contains(&kind) && is_pairs) {
                let words = "a page of the table is none of buckets";
                return wrong(GapReason::Malformed, words, at);
            }
            for pair in 0..count / 2 {
                let flow = match self.pair(values, (&bytes, at), 2 * usize::from(pair))? {
                    Ok(flow) => flow,
                    Err(gap) => values.gap(&gap),
                };
                if flow.is_break() {
                    return Ok(Ok(flow));
                }
            }
            if next == NONE {
                return Ok(Ok(ControlFlow::Continue(())));
            }
            page = next;
        }
    }

    /// Examines the value of a pair of key and value.
    fn pair(
        &self,
        values: &mut Values<'_, '_, '_>,
        page: (&[u8], u64),
        index: usize,
    ) -> Read<ControlFlow<()>> {
        let key = match self.item(values, page, index)? {
            Ok(key) => key,
            Err(gap) => return Ok(Err(gap)),
        };
        let value = match self.item(values, page, index + 1)? {
            Ok(value) => value,
            Err(gap) => return Ok(Err(gap)),
        };
        let key = Value {
            source: values.source,
            pieces: &key,
        };
        let key = read_up_to(&key, 0, 4096)?;
        values.value(&key, &value).map(Ok)
    }

    /// Where an item of a page lies.
    fn item(
        &self,
        values: &mut Values<'_, '_, '_>,
        (bytes, at): (&[u8], u64),
        index: usize,
    ) -> Read<Pieces> {
        let malformed = |words| wrong(GapReason::Malformed, words, at);
        let place = |index: usize| self.order.u16(bytes, HEADER + 2 * index).map(usize::from);
        // An item ends where the one before it begins.
        let end = match index.checked_sub(1) {
            None => Some(bytes.len()),
            Some(before) => place(before),
        };
        let (Some(start), Some(end)) = (place(index), end) else {
            return malformed("an item of a page has no place");
        };
        let Some((kind, item)) = bytes.get(start..end).and_then(<[u8]>::split_first) else {
            return malformed("an item of a page has no place");
        };
        let lies = at.saturating_add(start as u64 + 1);
        match *kind {
            IN_PAGE => Ok(Ok(Pieces::one(lies, item.len() as u64))),
            OFF_PAGE => match (self.order.u32(item, 3), self.order.u32(item, 7)) {
                (Some(first), Some(len)) => self.overflow(values, (first, u64::from(len)), lies),
                _ => malformed("an item of a page is cut off"),
            },
            DUPLICATES => wrong(GapReason::Unsupported, "a key with several values", lies),
            _ => wrong(
                GapReason::Unsupported,
                "a value of a kind that is not read",
                lies,
            ),
        }
    }

    /// The pages that a long item lies in.
    fn overflow(
        &self,
        values: &mut Values<'_, '_, '_>,
        (first, len): (u32, u64),
        item: u64,
    ) -> Read<Pieces> {
        let (mut pieces, mut page) = (Pieces::default(), first);
        while page != NONE {
            let at = self.place(page);
            let mut header = [0; HEADER];
            if fill(values.source, at, &mut header)? < HEADER {
                return wrong(
                    GapReason::Truncated,
                    "a value goes on in a page that is not there",
                    item,
                );
            }
            if !values.take_page(HEADER as u64) {
                return wrong(GapReason::Malformed, "pages are in the table twice", at);
            }
            let there = self.order.u16(&header, 22).map_or(0, u64::from);
            if header[25] != OVERFLOW || there > self.page - HEADER as u64 {
                return wrong(GapReason::Malformed, "a page of a long value is none", at);
            }
            pieces.push(at + HEADER as u64, there);
            page = self.order.u32(&header, 16).unwrap_or(NONE);
        }
        if pieces.len() != len {
            return wrong(
                GapReason::Malformed,
                "a long value has another length than it says",
                item,
            );
        }
        Ok(Ok(pieces))
    }
}
