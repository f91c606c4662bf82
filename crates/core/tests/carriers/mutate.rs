//! Hostile files that were cut or damaged are never clean.

use weighbridge::Verdict;
use weighbridge_testkit::packed::zlib;
use weighbridge_testkit::zip::{Entry, ZipBuilder};

use crate::{CALL, archive, scan};

/// One hostile file of each kind. In each, the harm is in the last place that is looked into.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let plain = archive(&[("data.pkl", b"\x80\x02N."), ("version", b"3\n")]);
    let evil = archive(&[("data.pkl", CALL), ("version", b"3\n")]);
    let object = b"\x80\x02c__torch__\nNet\n)\x81}b.";
    let header = format!("ZF{:<19}", format!("{:#x}", CALL.len()));
    vec![
        ("distributed", [evil, plain].concat()),
        (
            "script",
            archive(&[
                ("data.pkl", object),
                ("constants.pkl", b"\x80\x02)."),
                ("code/a.py", b"  _0 = torch.save(x, \"f\")\n"),
            ]),
        ),
        (
            "export",
            archive(&[
                ("archive_format", b"pt2"),
                ("models/model.json", br#"{"expr_str": "exec"}"#),
            ]),
        ),
        (
            "package",
            archive(&[(".data/python_version", b"3"), ("mine.py", b"words")]),
        ),
        (
            "skops",
            archive(&[
                ("a.npy", b""),
                (
                    "schema.json",
                    br#"{"__module__": "os", "__class__": "system", "__loader__": "TypeNode"}"#,
                ),
            ]),
        ),
        ("server", mar()),
        (
            "paddle",
            // `{name: (name, array)}`, the array made by a call of something else.
            [
                b"\x80\x02}X\x01\0\0\0wX\x03\0\0\0w_0",
                &CALL[2..CALL.len() - 1],
                b"\x86s.",
            ]
            .concat(),
        ),
        ("joblib-old", [header.as_bytes(), &zlib(CALL)].concat()),
    ]
}

/// An archive for TorchServe, whose model is no PyTorch archive of its own.
fn mar() -> Vec<u8> {
    ZipBuilder::new()
        .entry(Entry::stored("MAR-INF/MANIFEST.json", b"{}"))
        .entry(Entry::deflated("model.pkl", CALL))
        .bytes()
}

#[test]
fn what_is_cut_is_never_clean() {
    for (name, seed) in seeds() {
        assert_ne!(scan(&seed).verdict, Verdict::Clean, "{name}");
        for len in 0..seed.len() {
            assert_ne!(
                scan(&seed[..len]).verdict,
                Verdict::Clean,
                "{name} cut at {len}"
            );
        }
    }
}

/// A flipped bit may take the harm away: where a name, a key or an operator is another one. Checksums tell.
#[test]
fn a_flipped_bit_never_makes_it_clean() {
    for (name, seed) in seeds() {
        for at in 0..seed.len() {
            for bit in 0..8 {
                let mut damaged = seed.clone();
                damaged[at] ^= 1 << bit;
                assert_ne!(
                    scan(&damaged).verdict,
                    Verdict::Clean,
                    "{name}: bit {bit} of {at}"
                );
            }
        }
    }
}
