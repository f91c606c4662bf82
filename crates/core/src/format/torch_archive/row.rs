//! Archives of `torch.save` one behind the other (`torch/distributed/checkpoint/filesystem.py`): the tensors of a
//! distributed checkpoint, which its `.metadata` finds by their offsets.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use crate::analysis::{Content, Walk};
use crate::container::zip::{Archive, LOCAL};
use crate::gap::Gap;
use crate::observer::Role;
use crate::source::{Part, Source, read_array};

/// How many archives a row may have.
const LONGEST: usize = 8192;

/// Where each archive of a row begins and ends, if a content is one of two or more; `last` is where the last begins. They
/// are found from the end on: each begins where the one before ends.
pub(crate) fn of(source: &dyn Source, last: u64, max: u64) -> io::Result<Option<Vec<(u64, u64)>>> {
    if last == 0 || read_array(source, 0)?.as_ref() != Some(LOCAL) {
        return Ok(None);
    }
    let (mut start, mut end) = (last, source.len());
    let mut row = Vec::new();
    loop {
        if !ends_plainly(source, end)?
            || !is_torch(&Part::new(source, start, end - start), max)?
            || row.len() == LONGEST
        {
            return Ok(None);
        }
        row.push((start, end));
        if start == 0 {
            break;
        }
        end = start;
        let part = Part::new(source, 0, end);
        let Some(archive) = Archive::find(&part)? else {
            return Ok(None);
        };
        start = archive.overview(&part, max)?.last_start;
        if start >= end {
            return Ok(None);
        }
    }
    row.reverse();
    Ok(Some(row))
}

/// Whether an end record without a comment ends at an offset: PyTorch writes none.
fn ends_plainly(source: &dyn Source, end: u64) -> io::Result<bool> {
    let Some(at) = end.checked_sub(22) else {
        return Ok(false);
    };
    let record = read_array::<22>(source, at)?;
    Ok(record.is_some_and(|record| record.starts_with(b"PK\x05\x06") && record.ends_with(&[0; 2])))
}

/// Whether a content is an archive of `torch.save`.
fn is_torch(source: &dyn Source, max: u64) -> io::Result<bool> {
    Ok(match Archive::find(source)? {
        Some(archive) => archive.overview(source, max)?.layout.has_pickle,
        None => false,
    })
}

/// Examines each archive of a row as what it is on its own.
pub(crate) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    row: &[(u64, u64)],
) -> ControlFlow<()> {
    for &(start, end) in row {
        let len = end - start;
        if content.member.len() >= walk.limits.max_nesting || !walk.budget.take_member() {
            let detail = "archives one behind the other were not all looked into";
            let gap = Gap::limit("members", detail).at(start, content.source.len() - start);
            return walk.teller.gap(content, &gap);
        }
        let mut member = content.member.to_vec();
        member.push(format!("<archive at {start}>"));
        walk.content(&Content {
            source: &Part::new(content.source, start, len),
            member: &member,
            name: None,
            base: content.base.and_then(|base| base.checked_add(start)),
            role: Role::Any,
            lone: true,
            embedded: content.embedded,
            followed: &Cell::new(false),
        })?;
    }
    ControlFlow::Continue(())
}
