//! NumPy's `.npy` files (`numpy/lib/_format_impl.py`): a header that is a Python literal, then the
//! elements, or a pickle where they are objects. `np.load` reads one array; a program that calls it
//! again on the same file reads the next.

mod header;
mod literal;

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use crate::analysis::{Content, Walk};
use crate::gap::{Gap, GapReason};
use crate::observer::{Role, StoredTensor};
use crate::source::{Part, read_up_to};
pub(crate) use header::Header;

use header::HeaderError;

/// The first bytes.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// How long a header may be; NumPy itself stops at 10,000 unless it is told to trust the file.
pub(crate) const LONGEST: u64 = 1 << 20;

/// Examines the arrays of a content, one behind the other.
pub(crate) fn examine(walk: &mut Walk<'_>, content: &Content<'_>) -> io::Result<ControlFlow<()>> {
    if content.member.len() >= walk.limits.max_nesting {
        let detail = format!("contents within contents, {} deep", content.member.len());
        return Ok(walk.teller.gap(content, &Gap::limit("nesting", detail)));
    }
    let len = content.source.len();
    let mut at = 0;
    while at < len {
        if walk.teller.is_over(content, at) {
            return Ok(ControlFlow::Break(()));
        }
        if !read_up_to(content.source, at, MAGIC.len())?.starts_with(MAGIC) {
            let detail = format!("{} bytes behind an array", len - at);
            let gap = Gap::new(GapReason::Junk, detail).at(at, len - at);
            return Ok(walk.teller.gap(content, &gap));
        }
        let rest = Part::new(content.source, at, len - at);
        let flow = match Header::read(&rest, LONGEST)? {
            Ok(header) => array(walk, content, at, &header, &mut at),
            Err(error) => unreadable(walk, content, at, &error, &mut at),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Examines what is behind a header at `start`; `at` becomes where it ends.
fn array(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    start: u64,
    header: &Header,
    at: &mut u64,
) -> ControlFlow<()> {
    let data = start.saturating_add(header.len);
    walk.teller.examined(header.len);
    let tensor = StoredTensor {
        name: "",
        dtype: &header.dtype,
        shape: &header.shape,
        offset: data,
        len: header.bytes(),
    };
    walk.teller.tensor(content, &tensor)?;
    let there = content.source.len().saturating_sub(data);
    let Some(bytes) = header.bytes() else {
        *at = content.source.len();
        return part(walk, content, ("objects", Role::Any), data, there);
    };
    *at = data.saturating_add(bytes);
    part(
        walk,
        content,
        ("elements", Role::Elements),
        data,
        bytes.min(there),
    )?;
    if bytes > there {
        let detail = format!("an array of {bytes} bytes, and {there} are left");
        let gap = Gap::new(GapReason::Truncated, detail).at(data, there);
        return walk.teller.gap(content, &gap);
    }
    ControlFlow::Continue(())
}

/// A header that is not what NumPy writes: what follows may be anything.
fn unreadable(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    start: u64,
    error: &HeaderError,
    at: &mut u64,
) -> ControlFlow<()> {
    let len = content.source.len();
    *at = len;
    let gap = Gap::new(error.reason, error.detail.clone()).at(start, error.len.min(len - start));
    walk.teller.gap(content, &gap)?;
    let data = start.saturating_add(error.len).min(len);
    part(walk, content, ("objects", Role::Any), data, len - data)
}

/// Examines what is behind a header as a content of its own.
fn part(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    (name, role): (&str, Role),
    at: u64,
    len: u64,
) -> ControlFlow<()> {
    if len == 0 && role == Role::Elements {
        return ControlFlow::Continue(());
    }
    let mut member = content.member.to_vec();
    member.push(format!("<{name} at {at}>"));
    let followed = Cell::new(false);
    walk.content(&Content {
        source: &Part::new(content.source, at, len),
        member: &member,
        name: None,
        base: content.base.and_then(|base| base.checked_add(at)),
        role,
        lone: role == Role::Any,
        embedded: content.embedded,
        followed: &followed,
    })
}
