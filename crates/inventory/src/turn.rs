//! Large files are read one at a time: a tree takes some sixty times the memory of its text.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a file is that waits for its turn, in bytes.
pub(crate) const LARGE: u64 = 256 << 10;

static TURN: Mutex<()> = Mutex::new(());

/// The turn of a file of this length, for as long as it is held; nothing where it is not large. Whoever holds
/// it waits for no other.
pub(crate) fn of(length: u64) -> Option<MutexGuard<'static, ()>> {
    (length > LARGE).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner))
}
