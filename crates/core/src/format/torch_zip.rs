//! The zip archives of `torch.save` (`torch/serialization.py`, `_save`; `PyTorchStreamWriter`): one
//! folder with a `data.pkl`, a storage `data/N` for each tensor, and a few small texts.

use super::torch_archive::{self, Kinds};
use crate::observer::Role;

/// What is known of the layout of an archive from its names alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// The folder of the first entry, with its slash: the reader takes the archive's name from it.
    root: Option<Vec<u8>>,
    /// Whether there is a `data.pkl` in that folder.
    pub(crate) has_pickle: bool,
    /// What else it is, each of which has a loader of its own.
    pub(crate) kinds: Kinds,
}

impl Layout {
    /// Takes a name into account; in the order of the directory.
    pub(crate) fn note(&mut self, name: &[u8]) {
        if self.root.is_none() {
            let end = name
                .iter()
                .position(|&byte| byte == b'/')
                .map_or(0, |slash| slash + 1);
            self.root = name.get(..end).map(<[u8]>::to_vec);
        }
        self.has_pickle |= self.inner(name).is_some_and(is_main);
        for name in self.names(name) {
            self.kinds.note(&name);
        }
    }

    /// The names by which loaders that do not mind the case find a member: without the folder, and as it is.
    fn names(&self, name: &[u8]) -> std::vec::IntoIter<Vec<u8>> {
        let inner = self.inner(name).filter(|inner| inner.len() < name.len());
        let names = inner.into_iter().chain([name]);
        names
            .map(<[u8]>::to_ascii_lowercase)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Whether a member is the pickle that loaders begin with.
    pub(crate) fn is_main(&self, name: &[u8]) -> bool {
        self.has_pickle && self.inner(name).is_some_and(is_main)
    }

    /// Whether a member is code that a loader runs.
    pub(crate) fn is_code(&self, name: &[u8]) -> bool {
        self.names(name).any(|name| self.kinds.is_code(&name))
    }

    /// The name without the folder.
    fn inner<'n>(&self, name: &'n [u8]) -> Option<&'n [u8]> {
        name.strip_prefix(self.root.as_deref()?)
    }

    /// What a member is for, by its name.
    pub(crate) fn role(&self, name: &[u8]) -> Role {
        let role = self.of_torch(name);
        // `torch.load` gives what has constants of TorchScript to the loader of that.
        if role == Role::Any || role == Role::TorchPickle && self.kinds.is_script() {
            let other = self.names(name).find_map(|name| self.kinds.role(&name));
            return other.unwrap_or(role);
        }
        role
    }

    /// What a member is for in an archive of `torch.save`.
    fn of_torch(&self, name: &[u8]) -> Role {
        let Some(name) = self.inner(name).filter(|_| self.has_pickle) else {
            return Role::Any;
        };
        match name {
            _ if torch_archive::is_note(name) => Role::TorchNote,
            _ if is_main(name) => Role::TorchPickle,
            _ if torch_archive::is_numbered(name, b"data/") => Role::Elements,
            _ => Role::Any,
        }
    }
}

/// Whether a name without the folder is that of the pickle; the reader does not mind the case.
fn is_main(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"data.pkl")
}

/// Whether a short text about the archive is one.
pub(crate) fn is_note(bytes: &[u8]) -> bool {
    bytes.len() <= 64
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_follow_the_first_folder() {
        let mut layout = Layout::default();
        assert_eq!(layout.role(b"m/data/0"), Role::Any);
        layout.note(b"m/data.pkl");
        layout.note(b"other/version");
        assert!(layout.has_pickle);
        assert_eq!(layout.role(b"m/data/0"), Role::Elements);
        assert_eq!(layout.role(b"m/data/0x"), Role::Any);
        assert_eq!(layout.role(b"m/DATA.pkl"), Role::TorchPickle);
        assert_eq!(layout.role(b"m/data/"), Role::Any);
        assert_eq!(layout.role(b"other/data/0"), Role::Any);
        assert_eq!(layout.role(b"m/.data/serialization_id"), Role::TorchNote);
        assert!(is_note(b"3\n") && !is_note(b"\x80\x02"));
    }
}
