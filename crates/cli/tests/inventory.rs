//! `weighbridge inventory` and `weighbridge bom`.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::empty;
use std::path::{Path, PathBuf};

use weighbridge_cli::Exit;

/// A folder that is removed at the end.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, files: &[(&str, &str)]) -> Tree {
        let folder = std::env::temp_dir().join(format!(
            "weighbridge-inventory-{}-{name}",
            std::process::id()
        ));
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Tree(folder)
    }

    /// Runs a command; `DIR` stands for the folder.
    fn run(&self, line: &str) -> (Exit, String, String) {
        let folder = self.0.to_str().unwrap();
        let args = line
            .split(' ')
            .map(|word| word.replace("DIR", folder).into());
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let exit = weighbridge_cli::run(args, &mut empty(), &mut stdout, &mut stderr);
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(folder, "DIR");
        (exit, text(stdout), text(stderr))
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const LOAD: &str = "from transformers import AutoModel\n\
                    model = AutoModel.from_pretrained(\"acme/base\")\n\
                    other = AutoModel.from_pretrained(\"acme/code\", trust_remote_code=True)\n";

fn shop(name: &str) -> Tree {
    Tree::new(
        name,
        &[
            (
                "search/pyproject.toml",
                "[project]\ndependencies = [\"torch==2.5.1\"]\n",
            ),
            ("search/load.py", LOAD),
            (
                "weighbridge.toml",
                "[[application]]\npath = \"search\"\nowner = \"us\"\ncriticality = \"high\"\n",
            ),
        ],
    )
}

#[test]
fn the_table_is_by_application() {
    let tree = shop("table");
    let (exit, out, talk) = tree.run("weighbridge inventory --config DIR/weighbridge.toml DIR");
    assert_eq!(exit, Exit::Findings, "{talk}");
    let table = "\
DIR/search, owner us, criticality high: 1 critical, 2 high, 1 medium, 1 low
  critical SRC110 torch 2.5.1 has CVE-2025-32434: torch.load runs code in spite
                  of weights_only=True, on the path of old tar files (2.6.0 is
                  the first without): search/pyproject.toml:2:17
  high     SRC103 code of acme/code is run (trust_remote_code):
                  search/load.py:3:36
  high     SRC110 torch 2.5.1 has CVE-2026-24747: The unpickler of weights_only
                  corrupts memory: items are set on what is no dictionary
                  (2.10.0 is the first without): search/pyproject.toml:2:17
  medium   SRC101 acme/code is loaded without a revision
                  (AutoModel.from_pretrained): search/load.py:3:36
  low      SRC101 acme/base is loaded without a revision
                  (AutoModel.from_pretrained): search/load.py:2:36
  huggingface model
    acme/base  not pinned                     search/load.py:2
    acme/code  not pinned, trust_remote_code  search/load.py:3

2 references in 1 application; 3 files listed
5 findings: 1 critical, 2 high, 1 medium, 1 low
";
    assert_eq!(out, table);
}

#[test]
fn the_table_shows_what_is_the_same_once() {
    let mut load = String::from("from transformers import AutoModel\n");
    for name in ["a", "b", "c", "d", "e", "a"] {
        load += &format!("AutoModel.from_pretrained(\"acme/{name}\")\n");
    }
    let tree = Tree::new("same", &[("load.py", &load)]);
    let (_, out, _) = tree.run("weighbridge inventory DIR");
    let table = "\
DIR: 6 low
  low      SRC101 acme/a is loaded without a revision
                  (AutoModel.from_pretrained): load.py:2:28 and 1 more
  low      SRC101 acme/b is loaded without a revision
                  (AutoModel.from_pretrained): load.py:3:28
  low      SRC101 acme/c is loaded without a revision
                  (AutoModel.from_pretrained): load.py:4:28
  low      SRC101 and 2 more, which --format json lists
  huggingface model
    acme/a  not pinned  load.py:2 and 1 more
    acme/b  not pinned  load.py:3
    acme/c  not pinned  load.py:4
    acme/d  not pinned  load.py:5
    acme/e  not pinned  load.py:6

6 references in 1 application; 1 file listed
6 findings: 6 low
";
    assert_eq!(out, table);
}

#[test]
fn what_fails_is_up_to_the_caller() {
    let tree = shop("fails");
    let exit = |options: &str| tree.run(&format!("weighbridge inventory {options} DIR")).0;
    assert_eq!(exit("--fail-on never"), Exit::Complete);
    assert_eq!(exit("--fail-on critical"), Exit::Findings);
    assert_eq!(
        exit("--exclude load.py --exclude pyproject.toml"),
        Exit::Complete
    );
    assert_eq!(exit("--include *.md"), Exit::Complete);
    assert_eq!(exit("--exclude {"), Exit::Incomplete);
    let (exit, out, talk) = tree.run("weighbridge inventory DIR/none");
    assert_eq!((exit, &*out), (Exit::Incomplete, ""));
    assert_eq!(
        talk,
        "weighbridge: DIR/none: there is no such file; check the path\n"
    );
}

#[test]
fn json_and_bills_are_written_whole() {
    let tree = shop("written");
    let (exit, out, _) = tree.run("weighbridge inventory --fail-on never --format json DIR");
    assert_eq!(exit, Exit::Complete);
    assert!(out.starts_with("{\"schema_version\":1,") && out.ends_with("}\n"));
    for spec in ["1.6", "1.7"] {
        let file = tree.0.join(format!("bom-{spec}.json"));
        let (exit, out, talk) = tree.run(&format!(
            "weighbridge bom --spec {spec} -o DIR/bom-{spec}.json DIR/search"
        ));
        assert_eq!((exit, &*out, &*talk), (Exit::Complete, "", ""));
        let bom = fs::read_to_string(&file).unwrap();
        assert!(
            bom.contains(&format!("\"specVersion\":\"{spec}\""))
                && bom.contains("pkg:huggingface/acme/base")
        );
        assert!(!Path::new(&format!("{}.partial", file.display())).exists());
    }
}

#[test]
fn inventories_are_merged_in_any_order() {
    let tree = shop("merged");
    for name in ["search", "."] {
        let file = if name == "." { "all" } else { name };
        let line = format!(
            "weighbridge inventory --fail-on never --format json -o DIR/{file}.json DIR/{name}"
        );
        assert_eq!(tree.run(&line).0, Exit::Complete);
    }
    let (exit, out, _) = tree.run("weighbridge inventory merge DIR/search.json DIR/all.json");
    assert_eq!(exit, Exit::Complete);
    assert!(
        out.contains("\"repositories\":[\"DIR/.\",\"DIR/search\"]"),
        "{out}"
    );
    let (_, other, _) = tree.run("weighbridge inventory merge DIR/all.json DIR/search.json");
    assert_eq!(out, other);
    // What was merged is merged again, and what is the same counts once.
    fs::write(tree.0.join("both.json"), &out).unwrap();
    for files in ["both.json", "both.json DIR/both.json"] {
        let (_, again, _) = tree.run(&format!("weighbridge inventory merge DIR/{files}"));
        assert_eq!(again, out);
    }
    let (_, table, _) = tree.run("weighbridge inventory --fail-on never DIR/search");
    let (exit, again, _) = tree.run("weighbridge inventory merge --format table DIR/search.json");
    assert_eq!((exit, again), (Exit::Complete, table));
    for (format, begin) in [
        ("sarif", "{\"$schema\":"),
        ("cyclonedx", "{\"bomFormat\":"),
        ("html", "<!DOCTYPE html>"),
    ] {
        let line =
            format!("weighbridge inventory merge --format {format} DIR/search.json DIR/all.json");
        let (exit, out, _) = tree.run(&line);
        assert_eq!(exit, Exit::Complete);
        assert!(out.starts_with(begin) && out.ends_with('\n'), "{out}");
    }
    let (exit, _, talk) = tree.run("weighbridge inventory merge DIR/weighbridge.toml");
    assert_eq!(exit, Exit::Incomplete);
    assert_eq!(
        talk,
        "weighbridge: DIR/weighbridge.toml: this is no inventory: line 1, column 1: an object is expected\n"
    );
}

#[test]
fn trees_of_one_name_are_named_by_their_files() {
    let tree = shop("named");
    let all = tree.0.join("all.json");
    assert_eq!(
        tree.run("weighbridge inventory --fail-on never --format json -o DIR/all.json DIR")
            .0,
        Exit::Complete
    );
    let text = fs::read_to_string(&all).unwrap();
    fs::write(
        &all,
        text.replace(&format!("\"{}\"", tree.0.display()), "\".\""),
    )
    .unwrap();
    let text = fs::read_to_string(&all).unwrap();
    fs::write(
        tree.0.join("more.json"),
        text.replace("acme/base", "acme/more"),
    )
    .unwrap();
    let (exit, out, talk) = tree.run("weighbridge inventory merge DIR/more.json DIR/all.json");
    assert_eq!((exit, &*talk), (Exit::Complete, ""));
    assert!(
        out.contains("\"repositories\":[\"DIR/all\",\"DIR/more\"]"),
        "{out}"
    );
}
