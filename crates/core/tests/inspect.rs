//! What models hold: of artifacts of the real libraries, and of files that want too much.
#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use support::schema::Schema;
use weighbridge::{FileSource, Inspection, Options, inspect};
use weighbridge_testkit::golden::BLESS;

/// The artifacts that are shown, each with its folder.
const SHOWN: &[&str] = &[
    "torch-zip.pt",
    "torch-zip-module.pt",
    "torch-zip-protocol4.pt",
    "torch-zip-training.pt",
    "torch-legacy.pt",
    "torch-legacy-module.pt",
    "torch-legacy-no-storage.pt",
    "npy/mixed.npy",
    "npy/plain.npz",
    "npy/compressed.npz",
    "joblib/matrix.joblib",
    "joblib/objects.joblib",
    "safetensors/types.safetensors",
    "safetensors/raw-types.safetensors",
    "safetensors/layers.safetensors",
    "safetensors/names.safetensors",
];

fn artifacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts")
}

fn inspected(name: &str) -> Inspection {
    let source = FileSource::open(&artifacts().join(name)).unwrap();
    inspect(&source, name, &Options::default())
}

fn of_bytes(bytes: &[u8]) -> Inspection {
    inspect(&bytes, "file", &Options::default())
}

/// An inspection in a few lines.
fn text(held: &Inspection) -> String {
    let mut text = format!(
        "{}: {}, by {}, {} tensors, {} elements, {} bytes, {} of metadata\n",
        held.path,
        held.formats.join(" "),
        held.producers.join(" "),
        held.tensor_count,
        held.elements,
        held.bytes,
        held.metadata.len()
    );
    for tensor in &held.tensors {
        let (shape, bytes, storage) = (&tensor.shape, tensor.bytes, tensor.storage.as_deref());
        let (name, dtype) = (&tensor.name, &tensor.dtype);
        writeln!(
            text,
            "  {name:?} {dtype} {shape:?} {bytes:?} {}",
            storage.unwrap_or("-")
        )
        .unwrap();
    }
    text
}

#[test]
fn artifacts_are_inspected_as_they_were() {
    let schema = Schema::load("inspect");
    let mut all = String::new();
    for name in SHOWN {
        let held = inspected(name);
        assert!(held.complete, "{name}");
        let value = serde_json::from_str(&held.to_json()).unwrap();
        schema.check(&schema.0, &value, "inspection").unwrap();
        all.push_str(&text(&held));
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspect.golden");
    if std::env::var_os(BLESS).is_some_and(|value| value == "1") {
        fs::write(&golden, &all).unwrap();
    }
    let known = fs::read_to_string(&golden).unwrap();
    assert!(
        all == known,
        "is\n{all}\nand was\n{known}\nIf the new one is right: {BLESS}=1"
    );
}

/// What the libraries themselves say of these files.
#[test]
fn tensors_are_those_that_the_scripts_wrote() {
    let held = inspected("safetensors/layers.safetensors");
    assert_eq!(
        (held.tensor_count, held.elements, held.bytes),
        (24, 24 * 16, 1536)
    );
    assert_eq!(held.tensors[0].dtype, "F32");
    assert!(
        held.metadata
            .contains(&("format".to_owned(), "np".to_owned()))
    );
    let held = inspected("npy/plain.npz");
    assert_eq!(held.bytes, 56);
    let held = inspected("npy/types.npy");
    assert_eq!((held.tensor_count, held.bytes), (98, 1980));
    // Whatever the protocol, and whether the arrays lie in the pickle or between the opcodes.
    for name in [
        "types-0",
        "types-2",
        "types-4",
        "types-5",
        "old-types-0",
        "old-types-5",
    ] {
        let held = inspected(&format!("joblib/{name}.joblib"));
        assert_eq!((held.tensor_count, held.bytes), (465, 22_200), "{name}");
    }
}

#[test]
fn what_wants_too_much_gets_little() {
    // Lists within lists; the same list twice in the next; a list in itself.
    let deep = [
        b"\x80\x02".to_vec(),
        vec![b']'; 200_000],
        vec![b'a'; 199_999],
        b".".to_vec(),
    ]
    .concat();
    let mut doubled = b"\x80\x02]".to_vec();
    for _ in 0..200 {
        doubled.extend(b"2]\x940(h\x00h\x00ee0]");
    }
    let cycle = b"\x80\x02]q\x00h\x00a.".to_vec();
    for bytes in [
        deep,
        doubled,
        cycle,
        b"\x80\x02)R.".to_vec(),
        b"\x80\x02(((0".to_vec(),
        b"\x80\x02h\x05.".to_vec(),
    ] {
        assert_eq!(of_bytes(&bytes).tensor_count, 0);
    }
}

/// More entries than the machine keeps of a dict.
#[test]
fn every_tensor_of_a_long_dict_is_found() {
    use weighbridge_testkit::torch::{Storage, Style, state_dict, zip_checkpoint};
    let storages: Vec<Storage> = (0..1000)
        .map(|key| Storage::of_floats(&key.to_string(), &[1.0, 2.0]))
        .collect();
    let names: Vec<String> = (0..1000).map(|key| format!("layer.{key}.weight")).collect();
    let shape: &[u64] = &[2];
    let tensors: Vec<(&str, &[u64], &Storage)> = names
        .iter()
        .zip(&storages)
        .map(|(name, storage)| (name.as_str(), shape, storage))
        .collect();
    let pickle = state_dict(Style::Zip, &tensors);
    let held = of_bytes(&zip_checkpoint("m", &pickle, &storages).bytes());
    let found: Vec<&str> = held
        .tensors
        .iter()
        .map(|tensor| tensor.name.as_str())
        .collect();
    assert_eq!(found, names);
    assert_eq!((held.elements, held.bytes), (2000, 8000));
}

/// Damaged files: never a panic.
#[test]
fn damage_is_survived() {
    for name in [
        "torch-zip-training.pt",
        "torch-legacy.pt",
        "joblib/matrix.joblib",
        "npy/plain.npz",
        "safetensors/types.safetensors",
    ] {
        let bytes = fs::read(artifacts().join(name)).unwrap();
        let step = bytes.len() / 60 + 1;
        for at in (0..bytes.len()).step_by(step) {
            of_bytes(&bytes[..at]);
            for bit in [0, 3, 7] {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                of_bytes(&damaged);
            }
        }
    }
}
