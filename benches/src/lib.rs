//! What the benches share: the corpus, the peer, and figures.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python that is measured against: `$PYTHON`, else `python3`.
#[must_use]
pub fn python() -> String {
    std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// A script of the benches.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Writes the corpus, where it is not there yet, and returns its folder.
///
/// # Errors
/// When Python is missing or fails.
pub fn corpus() -> io::Result<PathBuf> {
    written("bench-corpus", &["corpus.py", "write"])
}

/// Writes the models, where they are not there yet, and returns their folder. They take 2.6 GB.
///
/// # Errors
/// When Python is missing or fails.
pub fn models() -> io::Result<PathBuf> {
    written("bench-models", &["models.py"])
}

/// The folder that a script wrote.
fn written(folder: &str, script_and_words: &[&str]) -> io::Result<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    let folder = target.join(folder);
    let (name, words) = script_and_words.split_first().unwrap_or((&"", &[]));
    let status = Command::new(python())
        .arg(script(name))
        .args(words)
        .arg(&folder)
        .status()?;
    if status.success() {
        Ok(folder)
    } else {
        Err(io::Error::other(format!("{name} failed")))
    }
}

/// Seconds that `pickle.loads` takes on a file, `count` times in one process.
///
/// # Errors
/// When Python is missing or fails.
pub fn pickle_loads(file: &Path, count: usize) -> io::Result<Vec<f64>> {
    let output = Command::new(python())
        .arg(script("corpus.py"))
        .arg("time")
        .arg(file)
        .arg(count.to_string())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
}

/// The middle of some figures, and how far they spread.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// The smallest.
    pub min: f64,
    /// The middle one.
    pub median: f64,
    /// The largest.
    pub max: f64,
}

impl Figures {
    /// Of at least one figure.
    #[must_use]
    pub fn of(mut figures: Vec<f64>) -> Figures {
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
        Figures {
            min: at(0),
            median: at(figures.len() / 2),
            max: at(figures.len().max(1) - 1),
        }
    }
}
