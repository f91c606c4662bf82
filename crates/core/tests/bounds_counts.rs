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

/// A checkpoint of so many small tensors, each with a storage of its own.
fn checkpoint(style: Style, count: usize, directory: &Path) -> PathBuf {
    let storage = |at: usize| Storage::of_floats(&at.to_string(), &[0.5; 2]);
    let storages: Vec<Storage> = (0..count).map(storage).collect();
    let names: Vec<String> = (0..count).map(|at| format!("layers.{at}.weight")).collect();
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
        let path = checkpoint(style, TENSORS, directory.path());
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

/// How many tensors are to be converted and compared in little memory, and what little is, in bytes. A process
/// takes some more: what it is itself, and what the allocator has no use for.
const MANY: usize = 100_000;
const LITTLE: u64 = 48_000_000;

/// A file of safetensors with so many small tensors.
fn safetensors(count: usize, blanks: usize) -> Vec<u8> {
    let entry = |at: usize| {
        let (from, to) = (4 * at, 4 * at + 4);
        format!(
            r#""layers.{at}.weight":{{"dtype":"F32","shape":[1,1],"data_offsets":[{from},{to}]}}"#
        )
    };
    let entries: Vec<String> = (0..count).map(entry).collect();
    let header = format!("{{{}{}}}", entries.join(","), " ".repeat(blanks));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.resize(file.len() + 4 * count, 0);
    file
}

#[test]
fn a_hundred_thousand_tensors_take_little_memory() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| directory.path().join(name));
    std::fs::write(&one, safetensors(MANY, 0)).unwrap();
    let (opening, control) = (Opening::default().with_tensors_only(true), Control::new());
    let converted = allocation_counter::measure(|| {
        let done = convert_path(&one, Some(&other), &Request::default(), &opening, &control);
        assert_eq!(done.unwrap().conversion.tensors.len(), MANY);
    });
    let compared = allocation_counter::measure(|| {
        let open = |path: &Path| Checkpoint::open(path, &opening).unwrap();
        let difference = diff(&open(&one), &open(&other), &control);
        assert!(difference.unwrap().is_none());
    });
    let taken = [converted.bytes_max, compared.bytes_max];
    let is_little = taken.iter().all(|taken| *taken <= LITTLE);
    assert!(is_little, "{taken:?} bytes");
}

#[test]
fn more_tensors_than_are_held_are_refused_by_the_limit() {
    let opened = |file, tensors_only| {
        let opening = Opening::default().with_tensors_only(tensors_only);
        let opened = Checkpoint::from_bytes(file, "m", &opening);
        opened.map_err(|error| error.to_string())
    };
    let why = "the names, shapes and places of its tensors take more than the 22 MiB that are held";
    let many = safetensors(200_000, 0);
    assert_eq!(opened(many.clone(), true).unwrap_err(), format!("m: {why}"));
    // Who loads them has room for their names.
    assert_eq!(opened(many, false).unwrap().tensors().len(), 200_000);
    // A header may be long without many tensors.
    let long = safetensors(1, 25 << 20);
    let len = 8 + u64::from_le_bytes(*long.first_chunk().unwrap());
    let why =
        format!("its header takes {len} bytes, which is more than the 25165824 that are read");
    assert_eq!(opened(long.clone(), true).unwrap_err(), format!("m: {why}"));
    assert_eq!(opened(long, false).unwrap().tensors().len(), 1);
}
