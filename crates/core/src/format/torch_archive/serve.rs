//! Archives for TorchServe (`.mar`; `model-archiver`): a manifest, a handler in Python that the server imports, a model
//! and whatever else it needs.

use crate::observer::Role;

/// What the server may give to pip.
const REQUIREMENTS: &[u8] = b"requirements.txt";

/// What a member is for.
pub(super) fn role(name: &[u8]) -> Option<Role> {
    let is_text = [&b".json"[..], b".txt", b".py", b".yaml", b".properties"];
    let is_text = is_text.iter().any(|ending| name.ends_with(ending));
    is_text.then_some(Role::Resource)
}

/// Whether a member is code that the server runs, or says what it installs.
pub(super) fn is_code(name: &[u8]) -> bool {
    name.ends_with(b".py") || name.ends_with(REQUIREMENTS)
}
