//! A large blob in a cache is read in constant memory. Alone in its process, for it measures that.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write as _;

use weighbridge_inventory::{Integrity, Inventory};

/// The most memory that this process ever had, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[test]
fn a_large_blob_takes_no_memory() {
    let name = format!("weighbridge-disk-{}-large", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let repository = folder.join("models--acme--base");
    let snapshot = repository.join("snapshots/0123456789abcdef0123456789abcdef01234567");
    fs::create_dir_all(&snapshot).unwrap();
    fs::create_dir_all(repository.join("blobs")).unwrap();
    let blob = "0".repeat(64);
    std::os::unix::fs::symlink(format!("../../blobs/{blob}"), snapshot.join("weights.gguf"))
        .unwrap();
    let mut file = fs::File::create(repository.join("blobs").join(blob)).unwrap();
    file.write_all(b"GGUF").unwrap();
    file.set_len(1 << 30).unwrap();
    drop(file);
    let before = peak();
    let inventory = Inventory::of(&folder).unwrap();
    let grown = peak() - before;
    fs::remove_dir_all(&folder).unwrap();
    let file = &inventory.models[0].files[0];
    assert_eq!(file.bytes, Some(1 << 30));
    assert!(matches!(file.integrity, Integrity::Changed { .. }));
    assert!(grown < 32 << 20, "{grown} bytes");
}
