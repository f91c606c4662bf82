//! Large texts are parsed one at a time: a tree takes some sixty times the memory of its text.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a text is that waits for its turn, in bytes.
const LARGE: usize = 256 << 10;

static TURN: Mutex<()> = Mutex::new(());

/// The turn of a text of this length, for as long as it is held; nothing where it is not large. Whoever holds
/// it waits for no other.
pub(crate) fn of(length: usize) -> Option<MutexGuard<'static, ()>> {
    (length > LARGE).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner))
}
