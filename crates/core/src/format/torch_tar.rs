//! What `torch.save` wrote before PyTorch 0.1.10 (`torch/serialization.py`, `legacy_load`): a tar
//! archive of `sys_info`, `pickle`, `tensors` and `storages`.
//!
//! The last two hold a pickle with a count, and then for each a pickle with facts, behind which the
//! loader reads bytes from the file itself: for a storage its count of elements (`i64`) and the elements,
//! for a tensor its number of dimensions in eight bytes, sizes, strides and an offset (`i64` each). Behind
//! the storages there is one more pickle, a list of views.

use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{Effect, Encoding, Kind, Source, Unpickler, Value, View};

use super::joblib::Inline;
use super::torch_legacy::element_size;
use crate::observer::Role;
use crate::source::read_array;

/// What a member is for, by its name.
pub(crate) fn role(name: &[u8]) -> Role {
    match name {
        b"pickle" => Role::TorchTarPickle,
        b"tensors" => Role::TorchTarTensors,
        b"storages" => Role::TorchTarStorages,
        _ => Role::Any,
    }
}

/// Whether an archive whose first member has this name is one of `torch.save`.
pub(crate) fn begins(name: &[u8]) -> bool {
    matches!(name, b"sys_info" | b"pickle" | b"tensors" | b"storages")
}

/// What the loader reads between the pickles of a member.
#[derive(Debug)]
pub(super) struct Between {
    role: Role,
    /// How many there are, once the first pickle is read.
    count: Option<u64>,
}

impl Between {
    pub(super) fn new(role: Role) -> Between {
        Between { role, count: None }
    }

    /// What the loader reads behind a pickle.
    pub(super) fn stopped(
        &mut self,
        effect: &Effect<'_>,
        value: Value,
        view: &View<'_>,
        source: &dyn Source,
    ) -> Option<Inline> {
        if !matches!(self.role, Role::TorchTarStorages | Role::TorchTarTensors) {
            return None;
        }
        let stream = u64::from(effect.stream);
        if stream == 0 {
            self.count = match view.int(value, Unpickler::C) {
                Some(Integer::Small(count)) => u64::try_from(count).ok(),
                _ => None,
            };
            return None;
        }
        if self.count.is_none_or(|count| stream > count) {
            return None;
        }
        if effect.file_offset != effect.offset.saturating_add(effect.len) {
            return Some(Inline::Unclear("a pickle ends before its frame"));
        }
        let at = effect.file_offset;
        let len = match self.role {
            Role::TorchTarStorages => storage(at, value, view, source),
            _ => tensor(at, source),
        };
        Some(match len {
            Ok((before, len)) if ends_within(source, at, before, len) => Inline::Elements {
                at: at.saturating_add(before),
                len,
                before,
            },
            Ok(_) => Inline::Unclear("it is cut off"),
            Err(why) => Inline::Unclear(why),
        })
    }

    /// How many pickles the loader reads.
    pub(super) fn wanted(&self) -> Option<u64> {
        let more = match self.role {
            Role::TorchTarStorages => 2,
            Role::TorchTarTensors => 1,
            _ => return None,
        };
        Some(self.count?.saturating_add(more))
    }
}

fn ends_within(source: &dyn Source, at: u64, before: u64, len: u64) -> bool {
    let end = at.checked_add(before).and_then(|at| at.checked_add(len));
    end.is_some_and(|end| end <= source.len())
}

/// How many bytes tell of a storage, and how many are its elements.
fn storage(
    at: u64,
    facts: Value,
    view: &View<'_>,
    source: &dyn Source,
) -> Result<(u64, u64), &'static str> {
    let parts = view.children(facts);
    let ([_, _, class], Kind::Tuple) = (parts.as_slice(), view.kind(facts)) else {
        return Err("its facts are not what PyTorch writes");
    };
    let element = view.global(*class).and_then(|class| {
        let module = view.text(class.module, Encoding::Utf8)?;
        let known = matches!(module.as_bytes(), b"torch" | b"torch.cuda");
        let name = view.text(class.name, Encoding::Utf8).filter(|_| known)?;
        element_size(name.as_str()?)
    });
    let element = element.ok_or("its type is not known")?;
    let count = read_array(source, at).map_err(|_| "it cannot be read")?;
    let count = count.map(i64::from_le_bytes).ok_or("it is cut off")?;
    let bytes = u64::try_from(count)
        .ok()
        .and_then(|count| count.checked_mul(element));
    Ok((8, bytes.ok_or("its size is impossible")?))
}

/// How many bytes tell of a tensor; it has none of its own.
fn tensor(at: u64, source: &dyn Source) -> Result<(u64, u64), &'static str> {
    let dimensions = read_array(source, at).map_err(|_| "it cannot be read")?;
    let dimensions = dimensions.map(u64::from_le_bytes).ok_or("it is cut off")?;
    // Today's loader reads four bytes and passes over the other four.
    let dimensions = u32::try_from(dimensions).map_err(|_| "its size is impossible")?;
    Ok((8 + 16 * u64::from(dimensions) + 8, 0))
}
