//! Bare pickles and joblib's: the arrays that lie in them.

use weighbridge_pickle::{Next, View};

use super::{Contents, How};
use crate::checkpoint::collect::collect;
use crate::checkpoint::error::{Trouble, shown};
use crate::checkpoint::room::Room;
use crate::checkpoint::spool::Bytes;
use crate::format::Format;
use crate::objects::{Followed, Made, follow_sparing};
use crate::sniff;
use crate::source::{Source, read_up_to};

pub(super) fn read(contents: &mut Contents, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
    let made = match first((&bytes, 0), how) {
        Ok(made) => made,
        Err(followed) => {
            let begin = read_up_to(&bytes, 0, sniff::PREFIX)?;
            let what = format!("what begins with {}", sniff::describe(&begin));
            return Err(broken(&followed, &what, how.room));
        }
    };
    let collected = View::of_scalars(&bytes, |view| collect(&made, view, how))?;
    drop(made);
    contents.note(Format::Pickle);
    let file = contents.add_file(bytes);
    contents.add(collected, file, how, &mut |_, storage| {
        Err(format!(
            "its storage {:?} is asked for from the program that loads the file",
            shown(&storage.key)
        ))
    })
}

/// What the first pickle of a source makes, from an offset on. Loaders read no more.
pub(super) fn first(from: (&dyn Source, u64), how: How<'_>) -> Result<Made, Followed> {
    let mut first = None;
    let is_over = || how.watch.is_over();
    let followed = follow_sparing(from, &how.bounds(&is_over), &mut |made, _| {
        first = Some(made);
        Next::Halt
    });
    first.ok_or(followed)
}

/// Why a pickle did not reach its end.
pub(super) fn broken(followed: &Followed, what: &str, room: Room) -> Trouble {
    if followed.is_over {
        return room.makes_more(what, followed.gap.as_deref());
    }
    let why = followed.gap.as_deref().unwrap_or("it has no end");
    Trouble::unreadable(format!("no loader of tensors would read {what}: {why}"))
}
