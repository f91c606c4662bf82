//! Indexes of shards: JSON files such as `model.safetensors.index.json` that tell which tensor is in
//! which file (`metadata.total_size`, `weight_map`). A loader opens each of these files beside the
//! index.

mod read;
mod shards;

use std::ops::ControlFlow;

use super::{ENDING, names};
use crate::analysis::{Content, Walk};
use crate::gap::{Gap, GapReason};
use crate::observer::{Oddity, OddityKind};
use crate::source::read_up_to;
pub(crate) use read::Index;

use read::Entry;

/// How long an index may be.
pub(crate) const LONGEST: u64 = 32 << 20;
/// What an index is called.
const INDEX_ENDING: &str = ".index.json";
const WEIGHT_MAP: &str = "weight_map";

/// Whether a content that begins so is an index: an object that has a weight map, or whose name says
/// that it has one.
pub(crate) fn begins(prefix: &[u8], name: &str) -> bool {
    let json = prefix.trim_ascii_start();
    let quoted = b"\"weight_map\"";
    json.first() == Some(&b'{')
        && (memchr::memmem::find(json, quoted).is_some()
            || name.to_ascii_lowercase().ends_with(INDEX_ENDING))
}

/// Examines an index.
pub(crate) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
) -> std::io::Result<ControlFlow<()>> {
    let len = content.source.len();
    let most = LONGEST.min(walk.budget.window().0);
    if len > most {
        let detail = format!("an index of shards is longer than {most} bytes");
        let gap = Gap::limit("window-bytes", detail).at(0, len);
        return Ok(walk.teller.gap(content, &gap));
    }
    let bytes = read_up_to(content.source, 0, usize::try_from(len).unwrap_or(0))?;
    let malformed = |detail: String, at: usize| {
        let at = at as u64;
        Gap::new(GapReason::Malformed, detail).at(at, len.saturating_sub(at))
    };
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => {
            let gap = malformed(
                "an index of shards is no UTF-8".to_owned(),
                error.valid_up_to(),
            );
            return Ok(walk.teller.gap(content, &gap));
        }
    };
    let index = match Index::read(text) {
        Ok(index) => index,
        Err((why, at)) => {
            let gap = malformed(format!("an index of shards: {why}"), at);
            return Ok(walk.teller.gap(content, &gap));
        }
    };
    walk.teller.examined(len);
    Ok(audit(walk, content, &index))
}

fn audit(walk: &mut Walk<'_>, content: &Content<'_>, index: &Index<'_>) -> ControlFlow<()> {
    for (pointer, key) in &index.duplicates {
        let detail = format!(
            "{} is twice in an object: readers take the first, the last, or none",
            names::told(key)
        );
        tell(
            walk,
            content,
            (OddityKind::DuplicateKey, key),
            pointer,
            &detail,
        )?;
    }
    let name = content
        .member
        .last()
        .map_or(walk.name, String::as_str)
        .to_ascii_lowercase();
    let of_safetensors = name.ends_with(&format!("{ENDING}{INDEX_ENDING}"));
    for (shard, first) in index.shards() {
        let pointer = first.pointer();
        let told = names::told(shard);
        if names::escapes(shard) {
            let detail = format!(
                "the index names the file {told}, which lies outside of its folder: loading opens it"
            );
            tell(
                walk,
                content,
                (OddityKind::EscapingShard, shard),
                &pointer,
                &detail,
            )?;
        }
        if names::deceives(shard) {
            let detail = format!(
                "the name of the file {told} has characters that hide, or looks like another one"
            );
            tell(
                walk,
                content,
                (OddityKind::DeceptiveName, shard),
                &pointer,
                &detail,
            )?;
        }
        let lower = shard.to_ascii_lowercase();
        if of_safetensors && !lower.ends_with(ENDING) || lower.ends_with(INDEX_ENDING) {
            let detail =
                format!("the index names {told}, which is no file of its kind by its name");
            tell(
                walk,
                content,
                (OddityKind::ForeignShard, shard),
                &pointer,
                &detail,
            )?;
        }
    }
    for entry in index
        .entries
        .iter()
        .filter(|entry| names::deceives(&entry.name))
    {
        let detail = format!(
            "the name {} of a tensor has characters that hide, or looks like another one",
            names::told(&entry.name)
        );
        tell(
            walk,
            content,
            (OddityKind::DeceptiveName, &entry.name),
            &entry.pointer(),
            &detail,
        )?;
    }
    match walk.folder {
        // What lies in an archive has its neighbors there.
        Some(folder) if content.member.is_empty() => shards::compare(walk, content, index, folder),
        _ => ControlFlow::Continue(()),
    }
}

fn tell(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    (kind, subject): (OddityKind, &str),
    pointer: &str,
    detail: &str,
) -> ControlFlow<()> {
    let oddity = Oddity {
        kind,
        subject,
        detail,
        offset: 0,
        len: 0,
        pointer: Some(pointer),
    };
    walk.teller.oddity(content, &oddity)
}

impl Entry<'_> {
    /// Where the entry is in the index.
    fn pointer(&self) -> String {
        read::pointer(&[WEIGHT_MAP, &self.name])
    }
}
