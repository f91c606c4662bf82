//! What is in a compressed content.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use super::count::{Body, Counted, Ended, IsRead};
use super::{Codec, Packing, count, name};
use crate::analysis::{Content, Walk};
use crate::gap::{Gap, GapReason};
use crate::observer::Role;
use crate::sniff;
use crate::source::{Source, read_up_to};

type Flow = io::Result<ControlFlow<()>>;

/// Tells what is wrong with what came out.
pub(crate) type Wrong<'w> = &'w dyn Fn(&Counted<'_>) -> Option<Gap>;

/// Examines what comes out of a compressed content.
pub(crate) fn examine(walk: &mut Walk<'_>, content: &Content<'_>, codec: Codec) -> Flow {
    if content.member.len() >= walk.limits.max_nesting {
        let detail = format!("archives within archives, {} deep", content.member.len());
        return Ok(walk.teller.gap(content, &Gap::limit("nesting", detail)));
    }
    let outer = content.member.last().map_or(walk.name, String::as_str);
    let mut member = content.member.to_vec();
    member.push(name::within(outer));
    let inner = Content {
        member: &member,
        name: None,
        role: Role::Any,
        followed: &Cell::new(false),
        ..*content
    };
    let read = unpack(walk, &inner, Packing::File(codec), None)?;
    let Some(read) = read.filter(|read| *read < content.source.len()) else {
        return Ok(read.map_or(ControlFlow::Break(()), |_| ControlFlow::Continue(())));
    };
    let behind = content.source.len() - read;
    let prefix = read_up_to(content.source, read, sniff::PREFIX)?;
    let detail = format!(
        "{behind} bytes behind the compressed data, first {}",
        sniff::describe(&prefix)
    );
    let gap = Gap::new(GapReason::Junk, detail).at(read, behind);
    Ok(walk.teller.gap(content, &gap))
}

/// Decompresses the source of a content, and examines what comes out in its place. `wrong`, if it is
/// anything, tells what is wrong with what came out whole. Gives how many bytes were read for it: all, where it did
/// not; `None` where the examination ends.
pub(crate) fn unpack(
    walk: &mut Walk<'_>,
    packed: &Content<'_>,
    packing: Packing,
    wrong: Option<Wrong<'_>>,
) -> io::Result<Option<u64>> {
    unpack_with(walk, packed, packing, wrong, None)
}

/// Examines what came out.
pub(crate) type Within<'w> = &'w mut dyn FnMut(&mut Walk<'_>, &Content<'_>) -> Flow;

/// As [`unpack`], and may hand what comes out to somebody else to examine.
pub(crate) fn unpack_with(
    walk: &mut Walk<'_>,
    packed: &Content<'_>,
    packing: Packing,
    wrong: Option<Wrong<'_>>,
    within: Option<Within<'_>>,
) -> io::Result<Option<u64>> {
    let (allowance, expanded_limit) = walk.budget.unpacking(packed.source.len());
    let watch = walk.watch;
    let is_ours = within.is_some() || packed.role != Role::Any || walk.deep;
    let mut is_read = |head: &[u8]| is_ours || walk.is_read(packed, head);
    let how = (watch, &mut is_read as IsRead<'_>);
    let counted = count(packed.source, packing, &allowance, wrong.is_some(), how);
    let held = match &counted.body {
        Body::Held(bytes) => bytes.len() as u64,
        Body::Long(_) => allowance.window,
    };
    walk.budget.take_expanded(packed.source.len(), counted.len);
    let spool = walk.budget.spool;
    walk.budget.spool = spool.saturating_sub(held);
    let (watched, long);
    let source: &dyn Source = match &counted.body {
        Body::Held(bytes) => {
            watched = watch.over(bytes);
            &watched
        }
        Body::Long(unpacked) => {
            long = &**unpacked;
            long
        }
    };
    let content = Content {
        source,
        base: None,
        // Where the data breaks off, that is what is told.
        lone: packed.lone && matches!(counted.ended, Ended::Whole),
        ..*packed
    };
    let flow = match within {
        Some(within) => within(walk, &content)?,
        None => walk.content(&content),
    };
    walk.budget.spool = spool;
    if flow.is_break() {
        return Ok(None);
    }
    if let Body::Long(unpacked) = &counted.body
        && unpacked.is_exhausted()
    {
        let detail = "going back in the compressed data has taken too much";
        if walk
            .teller
            .gap(&content, &Gap::limit("expanded-again", detail))
            .is_break()
        {
            return Ok(None);
        }
    }
    let gap = match &counted.ended {
        Ended::Whole => wrong.and_then(|wrong| wrong(&counted)),
        Ended::Full => {
            let detail = format!("only the first {} bytes were decompressed", counted.len);
            Some(Gap::limit(expanded_limit, detail))
        }
        Ended::Blind => {
            let detail = format!(
                "only the first {} bytes were decompressed: they begin like nothing that is read",
                counted.len
            );
            Some(Gap::limit("expansion-ratio", detail))
        }
        Ended::Fault(fault) => Some(fault.gap(walk.budget.window())),
    };
    let read = match counted.ended {
        Ended::Whole => counted.read,
        _ => packed.source.len(),
    };
    let gap = gap.map(|gap| gap.at(counted.len, 0));
    let flow = gap.map_or(ControlFlow::Continue(()), |gap| {
        walk.teller.gap(&content, &gap)
    });
    Ok(flow.is_continue().then_some(read))
}
