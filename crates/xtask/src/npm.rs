//! Programs and libraries from npm, installed under `target/node`. After the installation they run
//! offline.

use std::fs;
use std::path::PathBuf;

use crate::process::Program;
use crate::summary::Suite;
use crate::workspace;

/// Packages that are installed together.
pub(crate) struct Installation<'i> {
    /// The name of the folder.
    pub(crate) folder: String,
    /// What it holds, in words.
    pub(crate) title: String,
    /// The packages with their versions.
    pub(crate) packages: &'i [&'i str],
    /// The package that is there once all of them are.
    pub(crate) probe: &'i str,
}

impl Installation<'_> {
    /// Installs what is not there.
    pub(crate) fn ensure(&self, suite: &mut Suite<'_>) {
        if self.is_there() {
            suite.check(&format!("{} is there", self.title), Ok(Vec::new()));
        } else if suite.run(&self.install()) {
            suite.check(&self.title, self.settle());
        }
    }

    /// Whether it was installed.
    pub(crate) fn is_there(&self) -> bool {
        self.modules()
            .join(self.probe)
            .join("package.json")
            .is_file()
    }

    /// The folder of the packages.
    pub(crate) fn modules(&self) -> PathBuf {
        self.place().join("node_modules")
    }

    fn place(&self) -> PathBuf {
        workspace::target().join("node").join(&self.folder)
    }

    /// Where it is put together, so that what stands in its place is whole.
    fn unfinished(&self) -> PathBuf {
        let folder = format!(".{}", self.folder);
        workspace::target().join("node").join(folder)
    }

    fn install(&self) -> Program {
        let prefix = self.unfinished().display().to_string();
        let options = [
            "install",
            "--prefix",
            prefix.as_str(),
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ];
        Program::new("npm").with(options).with(self.packages)
    }

    /// Moves it to its place.
    fn settle(&self) -> Result<Vec<String>, String> {
        let place = self.place();
        if place.exists() {
            fs::remove_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
        }
        fs::rename(self.unfinished(), &place)
            .map_err(|error| format!("{}: {error}", place.display()))?;
        if self.is_there() {
            Ok(Vec::new())
        } else {
            Err(format!(
                "{}: no {} after npm install",
                place.display(),
                self.probe
            ))
        }
    }
}
