//! Databases of keys and values as Python's `dbm` opens them: `shelve` keeps a pickle in each value.
//!
//! Whoever opens one gets the values that its own tables lead to; what else is in the pages is read by nobody.

mod berkeley;
mod dumb;
mod field;
mod gdbm;
mod pieces;
mod sqlite;
mod values;

use std::io;
use std::ops::ControlFlow;

use crate::analysis::{Content, Walk};
use crate::format::Format;
use crate::gap::Gap;
use crate::sniff;
use values::Values;

pub(crate) use dumb::padding;

/// What a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// SQLite's: `dbm.sqlite3`.
    Sqlite,
    /// GNU's: `dbm.gnu`.
    Gdbm,
    /// A hash table of Berkeley DB: `dbm.ndbm`.
    Berkeley,
    /// The directory of `dbm.dumb`, whose values are in another file.
    Dumb,
}

type Flow = io::Result<ControlFlow<()>>;

impl Kind {
    /// What a content that begins so is.
    pub(crate) fn of(prefix: &[u8]) -> Option<Kind> {
        if prefix.starts_with(sqlite::MAGIC) {
            Some(Kind::Sqlite)
        } else if gdbm::begins(prefix) {
            Some(Kind::Gdbm)
        } else if berkeley::begins(prefix) {
            Some(Kind::Berkeley)
        } else {
            dumb::begins(prefix).then_some(Kind::Dumb)
        }
    }

    pub(crate) fn format(self) -> Format {
        match self {
            Kind::Sqlite => Format::Sqlite,
            Kind::Gdbm => Format::Gdbm,
            Kind::Berkeley => Format::BerkeleyDb,
            Kind::Dumb => Format::DumbDbm,
        }
    }

    /// How it begins, in words.
    pub(crate) fn words(self) -> Option<&'static str> {
        match self {
            Kind::Sqlite => Some(sniff::SQLITE),
            Kind::Gdbm => Some(sniff::GDBM),
            Kind::Berkeley => Some(sniff::BERKELEY),
            Kind::Dumb => None,
        }
    }
}

/// What a beginning is like, in words.
pub(crate) fn words(prefix: &[u8]) -> Option<&'static str> {
    Kind::of(prefix).and_then(Kind::words)
}

/// Examines every value of a database.
pub(crate) fn examine(walk: &mut Walk<'_>, content: &Content<'_>, kind: Kind) -> Flow {
    if content.member.len() >= walk.limits.max_nesting {
        let detail = format!("databases within archives, {} deep", content.member.len());
        return Ok(walk.teller.gap(content, &Gap::limit("nesting", detail)));
    }
    if kind == Kind::Dumb {
        return dumb::examine(walk, content);
    }
    let mut values = Values::of(walk, content);
    let flow = match kind {
        Kind::Sqlite => sqlite::examine(&mut values)?,
        Kind::Gdbm => gdbm::examine(&mut values)?,
        Kind::Berkeley | Kind::Dumb => berkeley::examine(&mut values)?,
    };
    values.count();
    Ok(values.over(flow))
}
