//! The files of an archive that is what it says, for those who take something out of it.

use std::io;

use super::entries::{Entries, Kind};
use crate::escape;
use crate::source::Source;

/// A file: its name, where its data begins, and how many bytes it has.
pub(crate) type Listed = (String, u64, u64);

/// Lists the files that lie in the archive as they are; at most so many. What is wrong is told in words.
///
/// # Errors
/// What reading the source reports.
pub(crate) fn list(source: &dyn Source, most: u64) -> io::Result<Result<Vec<Listed>, String>> {
    let mut entries = Entries::new(source);
    let mut listed: Vec<Listed> = Vec::new();
    while let Some(entry) = entries.next()? {
        if let Some(gap) = entries.gaps.first() {
            return Ok(Err(format!(
                "programs read the archive in different ways: {}",
                gap.detail
            )));
        }
        if entry.is_behind || entry.kind != Kind::File || entry.sparse.is_some() {
            continue;
        }
        let name = escape::lossless(&entry.name);
        if listed.len() as u64 >= most {
            return Ok(Err(format!("it has more than {most} members")));
        }
        if listed.iter().take(64).any(|(other, ..)| *other == name) {
            let name = escape::visible(&name);
            return Ok(Err(format!("the member {name} is there twice")));
        }
        listed.push((name, entry.data, entry.stored));
    }
    Ok(Ok(listed))
}
