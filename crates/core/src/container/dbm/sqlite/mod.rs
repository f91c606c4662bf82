//! A database of SQLite with the table of `dbm.sqlite3`: `Dict(key, value)`.
//!
//! What SQLite makes of a query is told by its schema: another table, a view, an index or a trigger may give other
//! values than those of the table, so that only the schema that Python writes is taken for read.

mod record;
mod tree;

use std::io;
use std::ops::ControlFlow;

use super::Flow;
use super::field::Order;
use super::values::Values;
use crate::escape;
use crate::gap::{Gap, GapReason};
use crate::source::{fill, read_array};
use record::{Column, Record};
use tree::{Next, Tree};

pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const HEADER: usize = 100;
/// The least that a page may hold.
const LEAST: u64 = 480;
/// The statement that makes the table, with one space for any white space.
const TABLE: &str = "CREATE TABLE Dict ( key BLOB UNIQUE NOT NULL, value BLOB NOT NULL )";
/// The index that SQLite makes for its keys.
const INDEX: &[u8] = b"sqlite_autoindex_Dict_1";
/// What SQLite keeps beside a database: pages that replace those of the database.
const JOURNALS: [&str; 2] = ["-wal", "-journal"];
/// How much of a text of the schema is read.
const TEXT: u64 = 4096;

/// How the pages of a database are laid out.
#[derive(Clone, Copy, Debug)]
struct Layout {
    page: u64,
    /// How many bytes of a page are used.
    usable: u64,
}

pub(super) fn examine(values: &mut Values<'_, '_, '_>) -> Flow {
    let Some(header) = read_array::<HEADER>(values.source, 0)? else {
        return values.wrong(GapReason::Truncated, "the header is cut off", 0);
    };
    let Some(layout) = layout(&header) else {
        let words = "the size of the pages is none that SQLite takes";
        return values.wrong(GapReason::Malformed, words, 16);
    };
    // An empty database has no encoding yet.
    if !matches!(Order::Big.u32(&header, 56), Some(0 | 1)) {
        let words = "a database whose text is no UTF-8";
        return values.wrong(GapReason::Unsupported, words, 56);
    }
    if !values.source.len().is_multiple_of(layout.page) {
        let words = "the database ends within a page";
        let end = values.source.len();
        if values.wrong(GapReason::Truncated, words, end)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    if journals(values)?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    values.paged(layout.page);
    let mut schema = Schema::default();
    if schema.read(values, layout)?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    match schema.root {
        Some(root) => table(values, layout, root),
        None => {
            let words = "a database of SQLite without the table that shelves have";
            values.wrong(GapReason::Unsupported, words, 0)
        }
    }
}

fn layout(header: &[u8]) -> Option<Layout> {
    let page = match Order::Big.u16(header, 16)? {
        1 => 65536,
        size if size >= 512 && size.is_power_of_two() => u64::from(size),
        _ => return None,
    };
    let usable = page.checked_sub(u64::from(*header.get(20)?))?;
    (usable >= LEAST).then_some(Layout { page, usable })
}

/// Tells of journals beside the database.
fn journals(values: &mut Values<'_, '_, '_>) -> Flow {
    let Some(folder) = values
        .walk
        .folder
        .filter(|_| values.content.member.is_empty())
    else {
        return Ok(ControlFlow::Continue(()));
    };
    let name = values.walk.name;
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    for ending in JOURNALS {
        let words = match folder.open(&format!("{name}{ending}")) {
            Ok(None) => continue,
            Ok(Some(journal)) if journal.is_empty() => continue,
            Ok(Some(_)) => "has pages that replace those of the database".to_owned(),
            Err(error) => format!("cannot be read: {error}"),
        };
        let words = format!("the journal beside it, named as it is with {ending}, {words}");
        if values.wrong(GapReason::Unsupported, &words, 0)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What the schema tells.
#[derive(Default)]
struct Schema {
    /// The first page of the table of values.
    root: Option<u32>,
}

impl Schema {
    fn read(&mut self, values: &mut Values<'_, '_, '_>, layout: Layout) -> Flow {
        let mut tree = Tree::new(layout, 1);
        loop {
            let record = match tree.next(values)? {
                Next::Record(record) => record,
                Next::End => return Ok(ControlFlow::Continue(())),
                Next::Wrong(flow) if flow.is_break() => return Ok(flow),
                Next::Wrong(_) => continue,
            };
            let [Some(kind), Some(name), _, Some(root), sql] =
                [0, 1, 2, 3, 4].map(|index| record.columns.get(index).copied())
            else {
                let words = "an entry of the schema has too few columns";
                if values.wrong(GapReason::Malformed, words, 0)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                continue;
            };
            let kind = text(values, &record, kind)?;
            let name = text(values, &record, name)?;
            let sql = match sql {
                Some(sql) => text(values, &record, sql)?,
                None => Vec::new(),
            };
            let is_table = kind == b"table" && name == b"Dict" && words(&sql) == TABLE;
            if is_table && self.root.is_none() {
                self.root = number(values, &record, root)?;
                continue;
            }
            if kind == b"index" && name == INDEX && sql.is_empty() {
                continue;
            }
            let told = |text: &[u8]| escape::cut(&escape::lossless(text), 100).into_owned();
            let detail = format!(
                "the database has the {} “{}”, which is none of a shelf's",
                told(&kind),
                told(&name)
            );
            if values.wrong(GapReason::Unsupported, &detail, 0)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
}

/// A statement, with one space for any white space.
fn words(sql: &[u8]) -> String {
    let sql = String::from_utf8_lossy(sql);
    let words: Vec<&str> = sql.split_ascii_whitespace().collect();
    words.join(" ")
}

/// Examines every row of the table.
fn table(values: &mut Values<'_, '_, '_>, layout: Layout, root: u32) -> Flow {
    let mut tree = Tree::new(layout, root);
    loop {
        let record = match tree.next(values)? {
            Next::Record(record) => record,
            Next::End => return Ok(ControlFlow::Continue(())),
            Next::Wrong(flow) if flow.is_break() => return Ok(flow),
            Next::Wrong(_) => continue,
        };
        let key = match record.columns.first() {
            Some(key) => text(values, &record, *key)?,
            None => Vec::new(),
        };
        // Nothing and numbers are no pickles; a text is taken for one, though Python raises.
        let value = record.columns.get(1).filter(|value| value.is_bytes);
        if let Some(value) = value {
            let pieces = record.pieces.part(value.at, value.len);
            if values.value(&key, &pieces)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
}

/// A short text or blob of a record.
fn text(values: &Values<'_, '_, '_>, record: &Record, column: Column) -> io::Result<Vec<u8>> {
    if !column.is_bytes {
        return Ok(Vec::new());
    }
    let wanted = usize::try_from(column.len.min(TEXT)).unwrap_or(0);
    record.read(values.source, column.at, wanted)
}

/// The number of a page.
fn number(values: &Values<'_, '_, '_>, record: &Record, column: Column) -> io::Result<Option<u32>> {
    if column.is_bytes {
        return Ok(None);
    }
    let wanted = usize::try_from(column.len).unwrap_or(0);
    let bytes = record.read(values.source, column.at, wanted)?;
    // One has no bytes of its own.
    let start = u64::from(column.is_one);
    let number = bytes
        .iter()
        .fold(start, |number, byte| number << 8 | u64::from(*byte));
    Ok(u32::try_from(number).ok())
}

/// Whether a content has all of a page.
fn whole_page(values: &Values<'_, '_, '_>, at: u64, layout: Layout) -> io::Result<bool> {
    let mut last = [0];
    let end = at.saturating_add(layout.page - 1);
    Ok(fill(values.source, end, &mut last)? == 1)
}

/// Why a page or a row cannot be read.
fn malformed(words: &str, at: u64) -> Gap {
    Gap::new(GapReason::Malformed, words).at(at, 0)
}
