//! Trees that are made for a test and removed at its end.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use weighbridge_inventory::{Inventory, InventoryOptions};

/// A commit.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
/// Another.
pub(crate) const OTHER: &str = "89abcdef0123456789abcdef0123456789abcdef";
/// A pickle that calls `os.system` with inert words.
pub(crate) const DANGEROUS: &[u8] = b"cos\nsystem\n(S'inert words'\ntR.";
/// A pickle of an empty dictionary.
pub(crate) const HARMLESS: &[u8] = b"\x80\x02}.";
/// Tensors: none.
pub(crate) const TENSORS: &[u8] = b"\x02\0\0\0\0\0\0\0{}";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

pub(crate) fn git_sha1(content: &[u8]) -> String {
    let mut sha1 = Sha1::new();
    sha1.update(format!("blob {}\0", content.len()));
    sha1.update(content);
    hex(&sha1.finalize())
}

pub(crate) fn md5(content: &[u8]) -> String {
    hex(&md5::Md5::digest(content))
}

/// A folder that is removed at the end.
pub(crate) struct Tree(pub(crate) PathBuf);

impl Tree {
    pub(crate) fn new(name: &str) -> Tree {
        let name = format!("weighbridge-disk-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Tree(fs::canonicalize(folder).unwrap())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, target: impl AsRef<Path>, path: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    /// A file of a snapshot as the cache of Hugging Face has it: a blob, and a link to it.
    #[cfg(unix)]
    pub(crate) fn cached(&self, repository: &str, revision: &str, file: &str, blob: &Blob<'_>) {
        self.write(&format!("{repository}/blobs/{}", blob.name), blob.content);
        let up = "../".repeat(2 + file.matches('/').count());
        let link = format!("{repository}/snapshots/{revision}/{file}");
        self.link(format!("{up}blobs/{}", blob.name), &link);
    }

    pub(crate) fn options(threads: usize) -> InventoryOptions {
        InventoryOptions::default().with_threads(threads.try_into().unwrap())
    }

    /// The inventory; its JSON does not depend on the number of threads.
    pub(crate) fn inventory(&self) -> Inventory {
        let of = |threads| Inventory::of_all(&[&self.0], &Tree::options(threads)).unwrap();
        let (one, four) = (of(1), of(4));
        assert_eq!(one.to_json(), four.to_json());
        one
    }

    /// The inventory as JSON, with the folder written `TREE`.
    pub(crate) fn told(&self) -> Value {
        self.value(&self.inventory())
    }

    pub(crate) fn value(&self, inventory: &Inventory) -> Value {
        let folder = self.0.to_str().unwrap();
        serde_json::from_str(&inventory.to_json().replace(folder, "TREE")).unwrap()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A blob: its name is its hash.
pub(crate) struct Blob<'c> {
    pub(crate) name: String,
    pub(crate) content: &'c [u8],
}

/// A blob as LFS has it.
pub(crate) fn large(content: &[u8]) -> Blob<'_> {
    let name = sha256(content);
    Blob { name, content }
}

/// A blob as git has it.
pub(crate) fn small(content: &[u8]) -> Blob<'_> {
    let name = git_sha1(content);
    Blob { name, content }
}

/// `rule severity file: message` of each finding.
pub(crate) fn findings(told: &Value) -> Vec<String> {
    let findings = told["findings"].as_array().unwrap().iter();
    let line = |found: &Value| {
        format!(
            "{} {} {}: {}",
            found["rule"].as_str().unwrap(),
            found["severity"].as_str().unwrap(),
            found["location"]["file"].as_str().unwrap(),
            found["message"].as_str().unwrap(),
        )
    };
    findings.map(line).collect()
}

/// `file: detail` of each gap.
pub(crate) fn gaps(told: &Value) -> Vec<String> {
    let gaps = told["gaps"].as_array().unwrap().iter();
    let line = |gap: &Value| {
        let file = gap["location"]["file"].as_str().unwrap();
        format!("{file}: {}", gap["detail"].as_str().unwrap())
    };
    gaps.map(line).collect()
}

/// A file as it is told where nothing is special about it.
pub(crate) fn file(path: &str, content: &[u8], state: &str) -> Value {
    json!({
        "path": path,
        "bytes": content.len(),
        "sha256": sha256(content),
        "format": null,
        "verdict": null,
        "integrity": { "state": state, "expected": null, "found": null, "reason": null },
    })
}

/// The same, of a model file.
pub(crate) fn scanned(path: &str, content: &[u8], format: &str, verdict: &str) -> Value {
    let mut file = file(path, content, "intact");
    file["format"] = json!(format);
    file["verdict"] = json!(verdict);
    file
}

/// The same, with this reason why it was not checked.
pub(crate) fn because(mut file: Value, reason: &str) -> Value {
    file["integrity"]["state"] = json!("not-checked");
    file["integrity"]["reason"] = json!(reason);
    file
}

/// The same, changed.
pub(crate) fn changed(mut file: Value, expected: &str, found: &str) -> Value {
    let state = "changed";
    file["integrity"] =
        json!({ "state": state, "expected": expected, "found": found, "reason": null });
    file
}

/// A file that is not there.
pub(crate) fn missing(path: &str, expected: Option<&str>) -> Value {
    json!({
        "path": path,
        "bytes": null,
        "sha256": null,
        "format": null,
        "verdict": null,
        "integrity": { "state": "missing", "expected": expected, "found": null, "reason": null },
    })
}

/// A model as it is told: store, hub, path, id, revision, refs, files.
pub(crate) fn model(
    (store, hub): (&str, Option<&str>),
    path: &str,
    (id, revision): (Option<&str>, Option<&str>),
    refs: &[&str],
    files: &[Value],
) -> Value {
    json!({
        "repository": "TREE",
        "path": path,
        "store": store,
        "hub": hub,
        "kind": "model",
        "id": id,
        "revision": revision,
        "refs": refs,
        "absent": [],
        "files": files,
        "licenses": [],
        "base_models": [],
        "datasets": [],
        "used_by": [],
    })
}
