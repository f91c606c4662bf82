//! The members of an archive that is what it says, for those who take something out of it. An archive that
//! its loaders would read in different ways is refused.

use std::io;
use std::ops::Range;

use super::Archive;
use super::entry::{Entries, Entry};
use crate::by_name::ByName;
use crate::escape;
use crate::source::Source;

/// How a member is compressed, as the directory numbers it.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// A member.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Where its name is among all names.
    name: Range<u32>,
    pub(crate) stored: Stored,
}

/// How a member is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    /// Where its data begins in the file, and how many bytes that takes there.
    pub(crate) data: u64,
    pub(crate) compressed: u64,
    /// How many bytes it has.
    pub(crate) size: u64,
    /// Whether it is deflated; else it is stored.
    pub(crate) is_deflated: bool,
}

/// The members of an archive, in the order of the directory.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// One behind the other.
    names: String,
    members: Vec<Listed>,
    by_name: ByName,
}

impl Listing {
    pub(crate) fn members(&self) -> &[Listed] {
        &self.members
    }

    pub(crate) fn name(&self, member: &Listed) -> &str {
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let place = place(member.name.start)..place(member.name.end);
        self.names.get(place).unwrap_or_default()
    }

    /// The member of that name. PyTorch's reader does not mind the case.
    pub(crate) fn find(&self, name: &str) -> Option<&Listed> {
        let is_it = |at: usize| {
            let member = self.members.get(at);
            member.is_some_and(|member| self.name(member).eq_ignore_ascii_case(name))
        };
        let at = self.by_name.find(&name.to_ascii_lowercase(), is_it)?;
        self.members.get(at)
    }

    /// Adds a name, and tells where it is; `None` where it is there already, or names are too long.
    fn add(&mut self, name: &str) -> Option<Range<u32>> {
        if self.find(name).is_some() {
            return None;
        }
        let start = u32::try_from(self.names.len()).ok()?;
        let end = start.checked_add(u32::try_from(name.len()).ok()?)?;
        self.names.push_str(name);
        let lower = name.to_ascii_lowercase();
        self.by_name.add(&lower, self.members.len());
        Some(start..end)
    }
}

/// Lists the members; at most so many. What is wrong is told in words.
///
/// # Errors
/// What reading the source reports.
pub(crate) fn list(source: &dyn Source, most: u64) -> io::Result<Result<Listing, String>> {
    let mut listing = Listing::default();
    let listed = each(source, &mut |name, stored| {
        let told = || escape::visible(name).into_owned();
        if listing.members.len() as u64 >= most {
            return Err(format!("it has more than {most} members"));
        }
        let Some(name) = listing.add(name) else {
            return Err(format!("the member {} is there twice", told()));
        };
        listing.members.push(Listed { name, stored });
        Ok(())
    });
    Ok(listed?.map(|()| listing))
}

/// Tells of each member by its name, in the order of the directory; what `take` says of one ends it. What
/// is wrong is told in words, also of members that were told of.
///
/// # Errors
/// What reading the source reports.
pub(crate) fn each(
    source: &dyn Source,
    take: &mut dyn FnMut(&str, Stored) -> Result<(), String>,
) -> io::Result<Result<(), String>> {
    let Some(archive) = Archive::find(source)? else {
        return Ok(Err("it is a zip archive without a directory".to_owned()));
    };
    let [directory] = archive.directories.as_slice() else {
        let why = "it is a zip archive with several directories: loaders take different ones";
        return Ok(Err(why.to_owned()));
    };
    let mut entries = Entries::new(source, *directory);
    while let Some(entry) = entries.next()? {
        let Ok(name) = String::from_utf8(entry.name.clone()) else {
            return Ok(Err("the name of a member is no UTF-8".to_owned()));
        };
        let stored = match stored(source, &entry, &name)? {
            Ok(stored) => stored,
            Err(why) => return Ok(Err(why)),
        };
        if let Err(why) = take(&name, stored) {
            return Ok(Err(why));
        }
    }
    Ok(entries.disagreement().map_or(Ok(()), Err))
}

/// How a member is stored, if the directory and the member itself agree about that.
fn stored(source: &dyn Source, entry: &Entry, name: &str) -> io::Result<Result<Stored, String>> {
    let told = escape::visible(name);
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
    Ok(Ok(Stored {
        data: local.data,
        compressed: entry.compressed,
        size: entry.size,
        is_deflated: entry.method == DEFLATED,
    }))
}
