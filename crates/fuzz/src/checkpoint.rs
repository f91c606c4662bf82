//! The fuzz body of checkpoints: whatever a pickle says of its tensors, nothing outside of their storages is
//! read.

use weighbridge::{Checkpoint, Opening};
use weighbridge_testkit::torch::{Storage, Style, legacy_checkpoint, state_dict, zip_checkpoint};

/// What every byte of the storages is, and no other byte of the pickles.
const FILL: u8 = 0xf7;
/// How many elements a storage has, and how many bytes.
const COUNT: u64 = 100;
const LEN: usize = 400;
/// Up to how many bytes of a tensor are read.
const READ: u64 = 1 << 16;
/// How many bytes of a pickle are changed at most.
const CHANGES: usize = 6;

/// Opens a checkpoint in which some bytes of the pickle are others: the input says which, three bytes at
/// a time, and begins with what format it is of.
///
/// # Panics
///
/// When a tensor has elements outside of the storages, or not as many as it says.
pub fn checkpoint(bytes: &[u8]) {
    let Some((&first, changes)) = bytes.split_first() else {
        return;
    };
    let is_legacy = first & 1 == 1;
    let style = if is_legacy { Style::Legacy } else { Style::Zip };
    let storages = ["0", "1"].map(|key| Storage::raw(key, COUNT, &[FILL; LEN]));
    let [one, two] = &storages;
    let tensors: [(&str, &[u64], &Storage); 3] = [
        ("a", &[4, 5, 5], one),
        ("b.c", &[100], two),
        ("d", &[0, 7], one),
    ];
    let mut pickle = state_dict(style, &tensors);
    for change in changes.chunks_exact(3).take(CHANGES) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % pickle.len();
        pickle[at] = change[2];
    }
    for byte in pickle.iter_mut().filter(|byte| **byte == FILL) {
        *byte = 0;
    }
    let file = match is_legacy {
        true => legacy_checkpoint(&pickle, &storages),
        false => zip_checkpoint("a", &pickle, &storages).bytes(),
    };
    let Ok(checkpoint) = Checkpoint::from_bytes(file, "x", &Opening::default()) else {
        return;
    };
    for tensor in checkpoint.tensors() {
        let Some(span) = checkpoint.in_place(tensor) else {
            continue;
        };
        assert!(span.iter().all(|&byte| byte == FILL), "{tensor:?}");
        if tensor.bytes() <= READ {
            let elements = checkpoint.to_vec(tensor).unwrap_or_default();
            assert_eq!(elements.len() as u64, tensor.bytes(), "{tensor:?}");
            assert!(elements.iter().all(|&byte| byte == FILL), "{tensor:?}");
        }
    }
    let values = checkpoint
        .values()
        .map(serde_json::from_str::<serde_json::Value>);
    assert!(
        values.is_none_or(|values| values.is_ok()),
        "values are no JSON"
    );
}
