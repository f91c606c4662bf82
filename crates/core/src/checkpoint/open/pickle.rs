//! Bare pickles and joblib's: the arrays that lie in them.

use weighbridge_pickle::Next;

use super::zip::SCALARS;
use super::{Contents, How};
use crate::checkpoint::collect::collect;
use crate::checkpoint::error::Trouble;
use crate::checkpoint::spool::Bytes;
use crate::format::Format;
use crate::objects::{Followed, follow};
use crate::sniff;
use crate::source::read_up_to;

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    let mut made = None;
    let followed = follow((&bytes, 0), how.limits, SCALARS, &mut |pickle| {
        made = Some(collect(pickle));
        // The loader reads one.
        Next::Halt
    });
    let Some(collected) = made else {
        let begin = read_up_to(&bytes, 0, sniff::PREFIX)?;
        let what = format!("what begins with {}", sniff::describe(&begin));
        return Err(broken(&followed, &what));
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
    Trouble::unreadable(format!("no loader of tensors would read {what}: {why}"))
}
