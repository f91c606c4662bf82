//! What `weighbridge inventory` says of models on the disk.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// A folder that is removed at the end: a tree, and a home with a cache.
struct Machine(PathBuf);

impl Machine {
    fn new(name: &str) -> Machine {
        let name = format!("weighbridge-machine-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let write = |path: &str, text: &[u8]| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let load = "from transformers import AutoModel\nAutoModel.from_pretrained('acme/base')\n";
        write("src/app.py", load.as_bytes());
        write("src/weights.pkl", b"\x80\x02}.");
        let repository = format!("home/hub/models--acme--base/snapshots/{COMMIT}");
        write(&format!("{repository}/words.txt"), b"other words");
        let blob = folder
            .join("home/hub/models--acme--base/blobs")
            .join("0".repeat(40));
        fs::create_dir_all(blob.parent().unwrap()).unwrap();
        fs::rename(folder.join(&repository).join("words.txt"), &blob).unwrap();
        let link = folder.join(repository).join("words.txt");
        std::os::unix::fs::symlink(format!("../../blobs/{}", "0".repeat(40)), link).unwrap();
        Machine(folder)
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weighbridge"));
        command.current_dir(self.0.join("src")).args(args);
        command
            .env_clear()
            .env("HF_HUB_CACHE", self.0.join("home/hub"));
        let output = command.output().unwrap();
        let folder = self.0.to_str().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(folder, "DIR");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn caches_are_read_where_that_is_asked_for() {
    let machine = Machine::new("caches");
    let (status, out, talk) = machine.run(&["inventory", "."]);
    assert_eq!((status, &*talk), (Some(0), ""), "{out}");
    assert!(
        out.contains(
            "models on the disk\n  ./weights.pkl  file model  1 file, 4 bytes, clean; used by 0 references\n"
        ),
        "{out}"
    );
    let (status, out, talk) = machine.run(&["inventory", "--caches"]);
    assert_eq!((status, &*talk), (Some(1), ""), "{out}");
    let path = format!("DIR/home/hub/models--acme--base/snapshots/{COMMIT}");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "models on the disk");
    assert_eq!(
        lines[1],
        format!(
            "  {path}  huggingface-cache model  acme/base@0123456789ab  1 file, 11 bytes, 1 changed; used by 0 references"
        )
    );
    let begin = format!(
        "  high SRC111 cached-content-changed at {path}/words.txt:1:1: words.txt of acme/base@{COMMIT} does not have the hash "
    );
    assert!(lines[2].starts_with(&begin), "{out}");
    let (status, out, _) = machine.run(&["inventory", "--caches", "--no-scan", "."]);
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("not checked; used by 1 reference\n"), "{out}");
}

#[test]
fn a_bill_has_what_is_in_the_caches() {
    let machine = Machine::new("bill");
    let (status, out, talk) = machine.run(&["bom", "--caches", "."]);
    assert_eq!((status, &*talk), (Some(0), ""));
    assert!(
        out.contains("\"value\":\"changed\"") && out.contains("\"SRC111\""),
        "{out}"
    );
}
