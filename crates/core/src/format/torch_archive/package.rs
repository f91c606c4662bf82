//! Archives of `torch.package` (`torch/package/package_importer.py`): Python sources, which are run where one is
//! imported, and pickles and other resources that a program asks for by name.

use super::is_note;
use crate::observer::Role;

/// What a member is for.
pub(super) fn role(name: &[u8]) -> Role {
    match name {
        b".data/python_version" => Role::TorchNote,
        b".data/extern_modules" => Role::Resource,
        _ if is_note(name) => Role::TorchNote,
        _ if name.starts_with(b".data/") && name.ends_with(b".storage") => Role::Elements,
        _ => Role::PackageResource,
    }
}
