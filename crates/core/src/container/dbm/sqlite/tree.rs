//! The pages of a table, and the rows in its leaves.

use std::io;
use std::ops::ControlFlow;

use super::record::{Record, varint};
use super::{Layout, malformed, whole_page};
use crate::container::dbm::field::Order;
use crate::container::dbm::pieces::Pieces;
use crate::container::dbm::values::Values;
use crate::gap::{Gap, GapReason};
use crate::source::read_array;

const INNER: u8 = 5;
const LEAF: u8 = 13;
/// The first page begins with the header of the database.
const FIRST: usize = 100;

/// What comes next in a table.
pub(super) enum Next {
    Record(Record),
    /// A page or a row that cannot be read was told of; it goes on unless that breaks.
    Wrong(ControlFlow<()>),
    End,
}

/// A table that is read in its order.
pub(super) struct Tree {
    layout: Layout,
    /// Pages that are still to be read, the next one last.
    ahead: Vec<u32>,
    leaf: Leaf,
}

/// The leaf at hand.
#[derive(Default)]
struct Leaf {
    bytes: Vec<u8>,
    /// Where it begins.
    at: u64,
    /// Where the places of its rows are, and how many are left.
    cells: usize,
    left: u16,
}

/// What a page leads to, or why it cannot be read.
type Read<T> = io::Result<Result<T, Gap>>;

impl Tree {
    pub(super) fn new(layout: Layout, root: u32) -> Tree {
        Tree {
            layout,
            ahead: vec![root],
            leaf: Leaf::default(),
        }
    }

    pub(super) fn next(&mut self, values: &mut Values<'_, '_, '_>) -> io::Result<Next> {
        loop {
            if self.leaf.left > 0 {
                return Ok(match self.row(values)? {
                    Ok(record) => Next::Record(record),
                    Err(gap) => Next::Wrong(values.gap(&gap)),
                });
            }
            let Some(page) = self.ahead.pop() else {
                return Ok(Next::End);
            };
            if let Err(gap) = self.page(values, page)? {
                return Ok(Next::Wrong(values.gap(&gap)));
            }
        }
    }

    /// Reads a page, and notes what it leads to.
    fn page(&mut self, values: &mut Values<'_, '_, '_>, page: u32) -> Read<()> {
        let Some(at) = u64::from(page).checked_sub(1).map(|n| n * self.layout.page) else {
            return Ok(Err(malformed("a page of the table has no number", 0)));
        };
        if !whole_page(values, at, self.layout)? {
            let words = "a page of the table is not there";
            return Ok(Err(Gap::new(GapReason::Truncated, words).at(at, 0)));
        }
        let Some(bytes) = values.page(at, self.layout.page)? else {
            return Ok(Err(malformed("pages of the table are in it twice", at)));
        };
        let header = if page == 1 { FIRST } else { 0 };
        let kind = bytes.get(header).copied();
        let count = Order::Big.u16(&bytes, header + 3).unwrap_or(0);
        match kind {
            Some(LEAF) if header + 8 + 2 * usize::from(count) > bytes.len() => {
                Ok(Err(malformed("a page of the table is not sound", at)))
            }
            Some(LEAF) => {
                self.leaf = Leaf {
                    bytes,
                    at,
                    cells: header + 8,
                    left: count,
                };
                Ok(Ok(()))
            }
            Some(INNER) => {
                let inner = children(&bytes, header, count);
                let Some(mut children) = inner else {
                    return Ok(Err(malformed("a page of the table is not sound", at)));
                };
                // A sound table has each page once.
                if (self.ahead.len() + children.len()) as u64 > values.pages_left() {
                    return Ok(Err(malformed("pages of the table are in it twice", at)));
                }
                self.ahead.append(&mut children);
                Ok(Ok(()))
            }
            _ => Ok(Err(malformed("a page of the table is not of a table", at))),
        }
    }

    /// Reads the next row of the leaf.
    fn row(&mut self, values: &mut Values<'_, '_, '_>) -> Read<Record> {
        let cells = self.leaf.cells;
        self.leaf.left -= 1;
        self.leaf.cells += 2;
        let unsound = || {
            Ok(Err(malformed(
                "a row of the table is not sound",
                self.leaf.at,
            )))
        };
        let Some((len, local, overflow)) = self.cell(cells) else {
            return unsound();
        };
        let mut pieces = Pieces::one(self.leaf.at.saturating_add(local.0), local.1);
        if let Some(first) = overflow
            && let Err(gap) = self.overflow(values, (&mut pieces, len), first)?
        {
            return Ok(Err(gap));
        }
        match Record::of(values.source, pieces)? {
            Some(record) => Ok(Ok(record)),
            None => unsound(),
        }
    }

    /// How long a row is, where its part in the leaf lies and how long that is, and the page with the rest.
    fn cell(&self, cells: usize) -> Option<(u64, (u64, u64), Option<u32>)> {
        let bytes = &self.leaf.bytes;
        let start = usize::from(Order::Big.u16(bytes, cells)?);
        let (len, taken) = varint(bytes.get(start..)?)?;
        let row = start + taken;
        let (_, taken) = varint(bytes.get(row..)?)?;
        let at = row + taken;
        let local = self.layout.local(len);
        let end = at.checked_add(usize::try_from(local).ok()?)?;
        if end as u64 > self.layout.usable {
            return None;
        }
        let overflow = if local < len {
            Some(Order::Big.u32(bytes, end)?)
        } else {
            None
        };
        Some((len, (at as u64, local), overflow))
    }

    /// Follows the pages that a long row goes on in.
    fn overflow(
        &self,
        values: &mut Values<'_, '_, '_>,
        (pieces, len): (&mut Pieces, u64),
        first: u32,
    ) -> Read<()> {
        let mut page = first;
        while pieces.len() < len {
            let Some(at) = u64::from(page).checked_sub(1).map(|n| n * self.layout.page) else {
                return Ok(Err(malformed("a row ends before its length", self.leaf.at)));
            };
            if !whole_page(values, at, self.layout)? {
                let words = "a row goes on in a page that is not there";
                return Ok(Err(
                    Gap::new(GapReason::Truncated, words).at(self.leaf.at, 0)
                ));
            }
            // What the page holds is read with the value.
            if !values.take_page(4) {
                return Ok(Err(malformed("pages of rows are in the table twice", at)));
            }
            let next = read_array(values.source, at)?.map_or(0, u32::from_be_bytes);
            let there = (self.layout.usable - 4).min(len - pieces.len());
            pieces.push(at + 4, there);
            page = next;
        }
        Ok(Ok(()))
    }
}

/// The pages below an inner page, the first one last.
fn children(bytes: &[u8], header: usize, count: u16) -> Option<Vec<u32>> {
    let mut children = vec![Order::Big.u32(bytes, header + 8)?];
    for cell in (0..usize::from(count)).rev() {
        let at = Order::Big.u16(bytes, header + 12 + 2 * cell)?;
        children.push(Order::Big.u32(bytes, usize::from(at))?);
    }
    Some(children)
}

impl Layout {
    /// How many bytes of a row lie in its leaf.
    fn local(self, len: u64) -> u64 {
        let most = self.usable - 35;
        if len <= most {
            return len;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let wanted = least + (len - least) % (self.usable - 4);
        if wanted <= most { wanted } else { least }
    }
}
