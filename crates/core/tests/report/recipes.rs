//! The inputs of the goldens that are archives.

use weighbridge_testkit::tar::{self, Tar};
use weighbridge_testkit::zip::{Entry, FLAG_ENCRYPTED, FLAG_UTF8, ZipBuilder};
use weighbridge_testkit::{pkasm, torch};

use crate::goldens::folder;
use crate::support::call_of;
use crate::tensors;

/// The input of a golden, by the name of its file without the ending.
pub(crate) fn build(name: &str) -> Vec<u8> {
    match name {
        "zip-members" => members(),
        "zip-hidden-member" => hidden_member(),
        "zip-encrypted" => {
            one(Entry::stored("a.pkl", &call_of("inert"))
                .both(|header| header.flags |= FLAG_ENCRYPTED))
        }
        "zip-method" => one(Entry::raw("a.pkl", 9, b"words".to_vec(), b"words")),
        "zip-deflated" => one(Entry::deflated("a.pkl", &call_of("inert"))),
        "zip-nested" => nested(),
        "zip-not-utf8" => one(Entry::stored("x", &call_of("inert"))
            .both(|header| header.name = b"caf\xe9.pkl".to_vec())),
        "zip-behind-pickle" => ZipBuilder::new()
            .prefix(b"\x80\x02N.")
            .entry(Entry::stored("a.pkl", &call_of("inert")))
            .bytes(),
        "zip-bytes-of-no-member" => bytes_of_no_member(),
        "tar-hazards" => hazards(),
        "hostile" => hostile(),
        other => tensors::build(other).unwrap_or_else(|| panic!("there is no recipe for {other}")),
    }
}

fn one(entry: Entry) -> Vec<u8> {
    ZipBuilder::new().entry(entry).bytes()
}

fn members() -> Vec<u8> {
    ZipBuilder::new()
        .entry(Entry::stored("a.pkl", b"\x80\x02N."))
        .entry(Entry::stored("b.pkl", &call_of("inert")))
        .entry(Entry::stored("c.txt", b"words"))
        .entry(Entry::stored("d.pkl", b"\x80\x02X\xff"))
        .bytes()
}

/// A pickle where the elements of a tensor should be.
fn hidden_member() -> Vec<u8> {
    let storage = torch::Storage::raw("0", 4, &call_of("inert"));
    torch::zip_checkpoint("m", b"\x80\x02N.", &[storage]).bytes()
}

/// A member without a record in the directory, and a pickle behind the end.
fn bytes_of_no_member() -> Vec<u8> {
    ZipBuilder::new()
        .entry(Entry::stored("a.pkl", b"\x80\x02N."))
        .entry(Entry::deflated("b.pkl", &call_of("orphan")).orphan())
        .suffix(&call_of("behind"))
        .bytes()
}

/// Links, names and members that are dangerous to unpack.
fn hazards() -> Vec<u8> {
    let behind = Tar::new().file("b.pkl", &call_of("behind"));
    Tar::new()
        .file("a.pkl", b"\x80\x02N.")
        .file("/etc/name", b"\x80\x02N.")
        .entry(&tar::Entry::link("out", "../.."))
        .file("out/name", b"\x80\x02N.")
        .entry(&tar::Entry::hard_link("key", "/home/somebody/key"))
        .entry(&tar::Entry::new("pipe", b'6', b""))
        .raw(&[0; tar::BLOCK])
        .raw(&behind.bytes())
        .bytes()
}

fn nested() -> Vec<u8> {
    let inner = one(Entry::stored("c.pkl", &call_of("inert")));
    let middle = one(Entry::stored("b.zip", &inner));
    one(Entry::stored("a.zip", &middle))
}

/// The name of the member of the hostile archive.
pub(crate) const HOSTILE_MEMBER: &[u8] = b"k\x1b[31m\r\n\0\xe2\x80\xae::set-output name=x::y\r\n::error::z<script>w</script>|`v`[u](javascript:t)\xffhf_0inert1word2inert3word4inert5";

fn hostile() -> Vec<u8> {
    let pickle = pkasm::assemble_file(&folder().join("recipes/hostile.pkasm"));
    let name = |header: &mut weighbridge_testkit::zip::Header| {
        header.name = HOSTILE_MEMBER.to_vec();
        header.flags |= FLAG_UTF8;
    };
    ZipBuilder::new()
        .entry(Entry::stored("x", &pickle.unwrap().bytes).both(name))
        .entry(Entry::stored("y", b"words").both(name))
        .bytes()
}
