//! Golden tests: what a function makes of every input of a folder is compared with the file beside
//! the input.
//!
//! `WEIGHBRIDGE_BLESS=1` in the environment (`cargo xtask bless`) writes the goldens instead of
//! comparing them; look at the difference before you commit it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::line_diff::line_diff;

/// The environment variable that turns a comparison into a rewrite.
pub const BLESS: &str = "WEIGHBRIDGE_BLESS";

/// Runs `render` on every file under `dir` (and its folders) whose name ends in `.{ext}`, in
/// sorted order, and compares what it returns with the file of the same name that ends in
/// `.golden`. Gives the number of inputs.
///
/// # Panics
///
/// If any input differs from its golden, has none, or makes `render` panic; if a golden has no
/// input; if there is no input at all. The message tells of all of them.
#[track_caller]
#[allow(clippy::panic, reason = "a golden test fails by panicking")]
pub fn run_dir(dir: &Path, ext: &str, render: impl FnMut(&Path) -> String) -> usize {
    run_dir_as(dir, ext, "golden", render)
}

/// As [`run_dir`], for a second kind of output of the same inputs: the goldens end in
/// `.{golden_ext}`, a word without dots.
///
/// # Panics
///
/// As [`run_dir`].
#[track_caller]
#[allow(clippy::panic, reason = "a golden test fails by panicking")]
pub fn run_dir_as(
    dir: &Path,
    ext: &str,
    golden_ext: &str,
    render: impl FnMut(&Path) -> String,
) -> usize {
    let bless = std::env::var_os(BLESS).is_some_and(|value| value == "1");
    match (Folder {
        dir,
        ext,
        golden_ext,
    })
    .run(bless, render)
    {
        Ok(count) => count,
        Err(message) => panic!("{message}"),
    }
}

struct Folder<'a> {
    dir: &'a Path,
    ext: &'a str,
    golden_ext: &'a str,
}

impl Folder<'_> {
    fn run(&self, bless: bool, mut render: impl FnMut(&Path) -> String) -> Result<usize, String> {
        let inputs = self.files(self.ext)?;
        if inputs.is_empty() {
            return Err(format!(
                "{}: no *.{} to compare",
                self.dir.display(),
                self.ext
            ));
        }
        let mut orphans = self.files(self.golden_ext)?;
        let mut failures = Vec::new();
        for input in &inputs {
            let golden = input.with_extension(self.golden_ext);
            orphans.remove(&golden);
            let Ok(got) = catch_unwind(AssertUnwindSafe(|| render(input))) else {
                failures.push(format!("{}: panicked (see above)", input.display()));
                continue;
            };
            let outcome = if bless {
                write(&golden, &got)
            } else {
                compare(&golden, &got)
            };
            failures.extend(outcome.err());
        }
        for orphan in orphans {
            if bless {
                fs::remove_file(&orphan).map_err(|error| told(&orphan, &error))?;
            } else {
                failures.push(format!("{}: a golden without its input", orphan.display()));
            }
        }
        if failures.is_empty() {
            return Ok(inputs.len());
        }
        Err(format!(
            "{} failure(s) in {} inputs\n\n{}\n\nIf the new output is right: {BLESS}=1 (cargo xtask bless), then read the diff.",
            failures.len(),
            inputs.len(),
            failures.join("\n\n"),
        ))
    }

    /// The files under the folder with an extension.
    fn files(&self, ext: &str) -> Result<BTreeSet<PathBuf>, String> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.dir.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).map_err(|error| told(&folder, &error))?;
            for entry in entries {
                let entry = entry.map_err(|error| told(&folder, &error))?;
                let path = entry.path();
                let kind = entry.file_type().map_err(|error| told(&path, &error))?;
                if kind.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|found| found == ext) {
                    found.insert(path);
                }
            }
        }
        Ok(found)
    }
}

fn told(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn write(golden: &Path, got: &str) -> Result<(), String> {
    match fs::read(golden) {
        Ok(have) if have == got.as_bytes() => Ok(()),
        _ => fs::write(golden, got).map_err(|error| told(golden, &error)),
    }
}

fn compare(golden: &Path, got: &str) -> Result<(), String> {
    let expected = match fs::read(golden) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let shown = line_diff("", got);
            return Err(format!(
                "{}: there is no such golden; it would be\n{shown}",
                golden.display()
            ));
        }
        Err(error) => return Err(told(golden, &error)),
    };
    if expected == got.as_bytes() {
        return Ok(());
    }
    let diff = line_diff(&String::from_utf8_lossy(&expected), got);
    Err(format!(
        "{}: expected (-), got (+)\n{diff}",
        golden.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::{Folder, run_dir};
    use std::fs;
    use std::path::{Path, PathBuf};

    /// A folder of its own, removed at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let dir = std::env::temp_dir()
                .join(format!("weighbridge-golden-{}-{name}", std::process::id()));
            fs::create_dir_all(dir.join("inner")).unwrap();
            for (file, text) in files {
                fs::write(dir.join(file), text).unwrap();
            }
            Self(dir)
        }

        fn run(&self, bless: bool) -> Result<usize, String> {
            let folder = Folder {
                dir: &self.0,
                ext: "in",
                golden_ext: "golden",
            };
            folder.run(bless, upper)
        }

        fn read(&self, file: &str) -> String {
            fs::read_to_string(self.0.join(file)).unwrap()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _removed = fs::remove_dir_all(&self.0);
        }
    }

    fn upper(path: &Path) -> String {
        let text = fs::read_to_string(path).unwrap();
        assert!(text != "panic\n", "as asked");
        text.to_uppercase()
    }

    #[test]
    fn equal_goldens_pass() {
        let scratch = Scratch::new(
            "equal",
            &[
                ("a.in", "x\n"),
                ("a.golden", "X\n"),
                ("inner/b.in", "y"),
                ("inner/b.golden", "Y"),
            ],
        );
        assert_eq!(scratch.run(false), Ok(2));
        assert_eq!(run_dir(&scratch.0, "in", upper), 2);
    }

    #[test]
    fn differences_missing_orphans_and_panics_are_all_told() {
        let scratch = Scratch::new(
            "wrong",
            &[
                ("a.in", "x\n"),
                ("a.golden", "y\n"),
                ("b.in", "z\n"),
                ("inner/c.golden", ""),
                ("d.in", "panic\n"),
            ],
        );
        let message = scratch.run(false).unwrap_err();
        for part in [
            "4 failure(s) in 3 inputs",
            "- y\n+ X\n",
            "b.golden: there is no such golden",
            "c.golden: a golden without its input",
            "d.in: panicked",
        ] {
            assert!(message.contains(part), "{part}\n---\n{message}");
        }
    }

    #[test]
    fn no_input_fails() {
        let scratch = Scratch::new("none", &[]);
        assert!(scratch.run(false).unwrap_err().contains("no *.in"));
        let missing = scratch.0.join("missing");
        let folder = Folder {
            dir: &missing,
            ext: "in",
            golden_ext: "golden",
        };
        assert!(folder.run(false, upper).is_err());
    }

    #[test]
    fn blessing_writes_all_and_removes_orphans() {
        let scratch = Scratch::new(
            "bless",
            &[
                ("a.in", "x\n"),
                ("a.golden", "y\n"),
                ("inner/b.in", "z\n"),
                ("c.golden", ""),
            ],
        );
        assert_eq!(scratch.run(true), Ok(2));
        assert_eq!(
            (scratch.read("a.golden"), scratch.read("inner/b.golden")),
            ("X\n".into(), "Z\n".into())
        );
        assert!(!scratch.0.join("c.golden").exists());
        assert_eq!(scratch.run(false), Ok(2));
    }
}
