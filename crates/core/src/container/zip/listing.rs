//! The members of an archive that is what it says, for those who take something out of it. An archive that
//! its loaders would read in different ways is refused.

use std::collections::HashSet;
use std::io;

use super::Archive;
use super::entry::Entries;
use crate::escape;
use crate::source::Source;

/// How a member is compressed, as the directory numbers it.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// A member.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) name: String,
    /// Where its data begins in the file, and how many bytes that takes there.
    pub(crate) data: u64,
    pub(crate) compressed: u64,
    /// How many bytes it has.
    pub(crate) size: u64,
    /// Whether it is deflated; else it is stored.
    pub(crate) is_deflated: bool,
}

/// Lists the members, in the order of the directory; at most so many. What is wrong is told in words.
///
/// # Errors
/// What reading the source reports.
pub(crate) fn list(source: &dyn Source, most: u64) -> io::Result<Result<Vec<Listed>, String>> {
    let Some(archive) = Archive::find(source)? else {
        return Ok(Err("it is a zip archive without a directory".to_owned()));
    };
    let [directory] = archive.directories.as_slice() else {
        let why = "it is a zip archive with several directories: loaders take different ones";
        return Ok(Err(why.to_owned()));
    };
    let mut entries = Entries::new(source, *directory);
    let mut listed = Vec::new();
    let mut names = HashSet::new();
    while let Some(entry) = entries.next()? {
        let Ok(name) = String::from_utf8(entry.name.clone()) else {
            return Ok(Err("the name of a member is no UTF-8".to_owned()));
        };
        let told = escape::visible(&name).into_owned();
        if listed.len() as u64 >= most {
            return Ok(Err(format!("it has more than {most} members")));
        }
        // PyTorch's reader does not mind the case.
        if !names.insert(name.to_ascii_lowercase()) {
            return Ok(Err(format!("the member {told} is there twice")));
        }
        if entry.is_encrypted() {
            return Ok(Err(format!("the member {told} is encrypted")));
        }
        let Some(local) = entry.local(source)? else {
            return Ok(Err(format!(
                "the member {told} is not where the directory says"
            )));
        };
        if let Some(what) = entry.disagreement(local) {
            let why = format!("the directory and the member {told} itself differ about {what}");
            return Ok(Err(why));
        }
        let end = local.data.checked_add(entry.compressed);
        if end.is_none_or(|end| end > source.len()) {
            return Ok(Err(format!("the member {told} is cut off")));
        }
        if entry.method != STORED && entry.method != DEFLATED {
            let why = format!("the member {told} is compressed by method {}", entry.method);
            return Ok(Err(why));
        }
        if entry.method == STORED && entry.compressed != entry.size {
            return Ok(Err(format!("the member {told} is stored in two sizes")));
        }
        listed.push(Listed {
            name,
            data: local.data,
            compressed: entry.compressed,
            size: entry.size,
            is_deflated: entry.method == DEFLATED,
        });
    }
    Ok(match entries.disagreement() {
        Some(why) => Err(why),
        None => Ok(listed),
    })
}
