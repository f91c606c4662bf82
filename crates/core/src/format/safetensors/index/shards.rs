//! Comparing an index with the files that it names.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use super::read::{self, Index};
use super::{ENDING, WEIGHT_MAP, names, tell};
use crate::analysis::{Content, Walk};
use crate::gap::{Gap, GapReason};
use crate::observer::OddityKind;
use crate::safetensors::Header;
use crate::source::{Folder, Source, read_up_to};

/// What is found of one file.
enum Shard {
    Missing,
    /// It is not safetensors, or its own scan tells what is wrong with it.
    Unread,
    /// Its tensors, and how many bytes they take.
    Read(HashSet<String>, u64),
}

/// Looks at the header of each file that is named and lies beside the index.
pub(super) fn compare(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    index: &Index<'_>,
    folder: Folder<'_>,
) -> ControlFlow<()> {
    let mut places: HashMap<&str, &str> = HashMap::new();
    for entry in &index.entries {
        places.insert(&entry.name, &entry.shard);
    }
    let mut total = Some(0_u64);
    for (shard, first) in index.shards() {
        if walk.teller.is_over(content, 0) {
            return ControlFlow::Break(());
        }
        if !walk.budget.take_member() {
            let detail = "files that an index names were left out";
            return walk.teller.gap(content, &Gap::limit("members", detail));
        }
        let read = match open(walk, folder, shard) {
            Ok(read) => read,
            Err(words) => {
                let detail = format!("{}, which the index names: {words}", names::told(shard));
                let gap = Gap::new(GapReason::Io, detail);
                walk.teller.gap(content, &gap)?;
                Shard::Unread
            }
        };
        match read {
            Shard::Missing if !names::escapes(shard) && !shard.contains(['/', '\\']) => {
                let detail = format!(
                    "the index names {}, which is not beside it",
                    names::told(shard)
                );
                tell(
                    walk,
                    content,
                    (OddityKind::ShardMissing, shard),
                    &first.pointer(),
                    &detail,
                )?;
                total = None;
            }
            Shard::Missing | Shard::Unread => total = None,
            Shard::Read(tensors, bytes) => {
                total = total.and_then(|total| total.checked_add(bytes));
                compare_one(walk, content, &places, shard, &tensors)?;
            }
        }
    }
    match (total, index.total_size) {
        (Some(there), Some(said)) if there != said => {
            let detail =
                format!("the index says that the tensors take {said} bytes, and they take {there}");
            let pointer = read::pointer(&["metadata", "total_size"]);
            tell(
                walk,
                content,
                (OddityKind::WrongTotal, "total_size"),
                &pointer,
                &detail,
            )
        }
        _ => ControlFlow::Continue(()),
    }
}

fn compare_one(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    places: &HashMap<&str, &str>,
    shard: &str,
    tensors: &HashSet<String>,
) -> ControlFlow<()> {
    let told = names::told(shard);
    let mut there: Vec<&String> = tensors.iter().collect();
    there.sort_unstable();
    for name in there {
        let detail = match places.get(name.as_str()) {
            Some(&place) if place == shard => continue,
            Some(&place) => format!(
                "tensor {} is in {told}, and the index says that it is in {}: loaders differ in which they take",
                names::told(name),
                names::told(place)
            ),
            None => format!(
                "tensor {} is in {told}, and the index does not name it: only some loaders take it",
                names::told(name)
            ),
        };
        let pointer = read::pointer(&[WEIGHT_MAP, name]);
        tell(
            walk,
            content,
            (OddityKind::ShardMismatch, shard),
            &pointer,
            &detail,
        )?;
    }
    let mut missing: Vec<&str> = places
        .iter()
        .filter(|(name, place)| **place == shard && !tensors.contains(**name))
        .map(|(name, _)| *name)
        .collect();
    missing.sort_unstable();
    for name in missing {
        let detail = format!(
            "tensor {} is not in {told}, where the index says it is",
            names::told(name)
        );
        let pointer = read::pointer(&[WEIGHT_MAP, name]);
        tell(
            walk,
            content,
            (OddityKind::ShardMissing, shard),
            &pointer,
            &detail,
        )?;
    }
    ControlFlow::Continue(())
}

/// Reads the header of a file; the error is in words.
fn open(walk: &Walk<'_>, folder: Folder<'_>, name: &str) -> Result<Shard, String> {
    let Some(source) = folder.open(name).map_err(|error| error.to_string())? else {
        return Ok(Shard::Missing);
    };
    if !name.to_ascii_lowercase().ends_with(ENDING) {
        return Ok(Shard::Unread);
    }
    read(&walk.watch.over(&*source)).map_err(|error| error.to_string())
}

fn read(source: &dyn Source) -> std::io::Result<Shard> {
    let prefix = read_up_to(source, 0, 8)?;
    let len = match Header::len_of(&prefix) {
        Ok(len) if len <= super::super::LONGEST => len,
        _ => return Ok(Shard::Unread),
    };
    let bytes = read_up_to(source, 0, usize::try_from(len).unwrap_or(0))?;
    let Ok(header) = Header::parse_prefix(&bytes, source.len()) else {
        return Ok(Shard::Unread);
    };
    let tensors = header
        .tensors()
        .iter()
        .map(|tensor| tensor.name().to_owned());
    Ok(Shard::Read(
        tensors.collect(),
        source.len() - header.data_start(),
    ))
}
