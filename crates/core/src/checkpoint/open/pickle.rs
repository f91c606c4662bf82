//! Bare pickles and joblib's: the arrays that lie in them.

use super::zip::SCALARS;
use super::{Contents, How};
use crate::checkpoint::collect::collect;
use crate::checkpoint::error::Trouble;
use crate::checkpoint::spool::Bytes;
use crate::format::Format;
use crate::objects::{Followed, follow};

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    let mut made = None;
    let followed = follow((&bytes, 0), how.limits, SCALARS, &mut |pickle| {
        if made.is_none() {
            made = Some(collect(pickle));
        }
    });
    let Some(collected) = made else {
        return Err(broken(&followed, "what it begins with as a pickle"));
    };
    contents.note(Format::Pickle);
    let file = contents.add_file(bytes);
    contents.add(collected?, file, how, &mut |_, storage| {
        Err(format!(
            "its storage {:?} is asked for from the program that loads the file",
            crate::escape::visible(&storage.key)
        ))
    })
}

/// Why a pickle did not reach its end.
pub(super) fn broken(followed: &Followed, what: &str) -> Trouble {
    if followed.is_over {
        return Trouble::Limit(format!("{what} makes more than is followed"));
    }
    let why = followed.gap.as_deref().unwrap_or("it has no end");
    Trouble::unreadable(format!("no loader would read {what}: {why}"))
}
