//! How much memory is taken for each tensor, where a checkpoint has many: it is counted, so that it is the
//! same on every machine.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use weighbridge::convert::{Request, convert_path};
use weighbridge::{Checkpoint, Control, Input, Opening, Scanner, diff};
use weighbridge_testkit::torch::{Storage, Style, legacy_checkpoint, state_dict, zip_checkpoint};

/// As many as make what is taken once not count.
const TENSORS: usize = 20_000;

/// The most that is held at a time, in bytes for each tensor.
fn held(work: impl FnOnce()) -> u64 {
    let counted = allocation_counter::measure(work);
    counted.bytes_max / TENSORS as u64
}

/// A checkpoint of small tensors, each with a storage of its own.
fn checkpoint(style: Style, directory: &Path) -> PathBuf {
    let storage = |at: usize| Storage::of_floats(&at.to_string(), &[0.5; 2]);
    let storages: Vec<Storage> = (0..TENSORS).map(storage).collect();
    let names: Vec<String> = (0..TENSORS)
        .map(|at| format!("layers.{at}.weight"))
        .collect();
    let tensors = names.iter().zip(&storages);
    let tensors: Vec<(&str, &[u64], &Storage)> = tensors
        .map(|(name, storage)| (name.as_str(), &[2, 1][..], storage))
        .collect();
    let pickle = state_dict(style, &tensors);
    let bytes = match style {
        Style::Zip => zip_checkpoint("m", &pickle, &storages).bytes(),
        Style::Legacy => legacy_checkpoint(&pickle, &storages),
    };
    let path = directory.join("m.pt");
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_tensor_more_takes_little_more_memory() {
    let directory = tempfile::tempdir().unwrap();
    let opening = Opening::default();
    // To scan it, to open it, to convert it, to compare it.
    for (style, bounds) in [
        (Style::Zip, [850, 1150, 1150, 1150]),
        (Style::Legacy, [1700, 1850, 1850, 1850]),
    ] {
        let path = checkpoint(style, directory.path());
        let out = directory.path().join("m.safetensors");
        let taken = [
            held(|| drop(Scanner::new().scan(Input::path(&path), &Control::new()))),
            held(|| drop(Checkpoint::open(&path, &opening).unwrap())),
            held(|| {
                let request = Request::default().with_force(true);
                let done = convert_path(&path, Some(&out), &request, &opening, &Control::new());
                assert_eq!(done.unwrap().conversion.tensors.len(), TENSORS);
            }),
            held(|| {
                let open = |path: &Path| Checkpoint::open(path, &opening).unwrap();
                let difference = diff(&open(&path), &open(&out), &Control::new());
                assert!(difference.unwrap().is_none());
            }),
        ];
        // Vectors that double have up to twice the room that they need, so that much of it is no memory.
        let is_bounded = taken
            .iter()
            .zip(bounds)
            .all(|(taken, bound)| *taken <= bound);
        assert!(is_bounded, "{style:?}: {taken:?} bytes for each tensor");
    }
}
