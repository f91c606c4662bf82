//! What wraps pickles besides the archives of `torch.save`: distributed checkpoints, TorchScript, torch.export,
//! torch.package, TorchServe, skops, old joblib, and names that lie.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod distributed;
mod export;
mod honest;
mod joblib_old;
mod mutate;
mod names;
mod package;
mod pickles;
mod script;
mod skops;

use weighbridge::{Report, Scanner};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

/// A pickle of a call.
const CALL: &[u8] = b"\x80\x02cos\nsystem\nX\x0b\0\0\0inert words\x85R.";

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("file", bytes)
}

/// An archive of these members, within a folder.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipBuilder::new();
    for (name, data) in members {
        zip = zip.entry(Entry::stored(&format!("m/{name}"), data));
    }
    zip.bytes()
}
