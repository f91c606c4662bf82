//! Files that were cut or damaged: never a panic, and the same however they are read.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use support::{call_of, records};
use weighbridge_testkit::torch::{Storage, Style, legacy_checkpoint, state_dict, zip_checkpoint};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let storage = Storage::of_floats("0", &[1.0, 2.0]);
    let zip = state_dict(Style::Zip, &[("weight", &[2], &storage)]);
    let legacy = state_dict(Style::Legacy, &[("weight", &[2], &storage)]);
    let storages = [storage];
    let nested = ZipBuilder::new()
        .entry(Entry::deflated("b.pkl", &call_of("x")))
        .zip64_end();
    let outer = ZipBuilder::new()
        .entry(Entry::stored("a.zip", &nested.bytes()).zip64())
        .entry(Entry::deflated("c.pkl", &call_of("y")).with_descriptor());
    let artifact =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/torch-zip-module.pt");
    vec![
        ("zip", zip_checkpoint("m", &zip, &storages).bytes()),
        ("legacy", legacy_checkpoint(&legacy, &storages)),
        ("nested", outer.bytes()),
        (
            "prefixed",
            ZipBuilder::new()
                .entry(Entry::stored("a", &zip))
                .prefix(&call_of("z"))
                .bytes(),
        ),
        ("artifact", std::fs::read(artifact).unwrap()),
    ]
}

#[test]
fn what_is_cut_is_never_complete() {
    for (name, seed) in seeds() {
        assert!(records(&seed).1.is_complete(), "{name}");
        let step = if cfg!(debug_assertions) { 3 } else { 1 };
        for end in (0..seed.len()).step_by(step) {
            let (_, examined) = records(&seed[..end]);
            // Up to the end of the first pickle, a file is that pickle.
            let pickles = ["legacy", "prefixed"].contains(&name);
            assert!(
                !examined.is_complete() || pickles && end < 420,
                "{name} cut at {end}"
            );
        }
    }
}

#[test]
fn damage_is_survived() {
    for (_, seed) in seeds() {
        // Without optimization, a sample.
        let step = if cfg!(debug_assertions) { 7 } else { 1 };
        for at in (0..seed.len()).step_by(step) {
            for bit in 0..8 {
                let mut damaged = seed.clone();
                damaged[at] ^= 1 << bit;
                records(&damaged);
            }
            let mut damaged = seed.clone();
            damaged[at] = 0xff;
            records(&damaged);
        }
    }
}
