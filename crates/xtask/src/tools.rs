//! The programs that the suites start.

use std::path::{Path, PathBuf};

/// What to install when a program is missing.
const INSTALL: &[(&str, &str)] = &[
    ("cargo", "Rust 1.95, with rustup"),
    ("chromium", "Chromium, or Google Chrome (Debian: chromium)"),
    ("git", "git (Debian: git)"),
    ("node", "Node.js 20 or newer (Debian: nodejs)"),
    ("npm", "npm, which comes with Node.js (Debian: npm)"),
    ("python3", "Python 3.8 or newer (Debian: python3)"),
];

/// Fails, with its name and what to install, if a program is missing.
pub(crate) fn need(program: &str) -> Result<(), String> {
    if find(program).is_some() {
        return Ok(());
    }
    let install = INSTALL
        .iter()
        .find(|(name, _)| *name == program)
        .map_or(program, |row| row.1);
    Err(format!("{program} is missing. Install {install}."))
}

/// The first of these programs that there is; fails with the name of the first and what to install.
pub(crate) fn need_one<'p>(programs: &[&'p str]) -> Result<&'p str, String> {
    let found = programs.iter().find(|program| find(program).is_some());
    match (found, programs) {
        (Some(found), _) => Ok(found),
        (None, [first, ..]) => need(first).map(|()| *first),
        (None, []) => Err("no program is named".to_owned()),
    }
}

/// The path of a program.
fn find(program: &str) -> Option<PathBuf> {
    if Path::new(program).components().count() > 1 {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|dir| {
            let plain = dir.join(program);
            let windows = plain.with_extension(std::env::consts::EXE_EXTENSION);
            [plain, windows, dir.join(format!("{program}.cmd"))]
        })
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::{find, need, need_one};

    #[test]
    fn a_missing_program_is_named() {
        assert!(find("no-such-program").is_none());
        assert_eq!(
            need("no-such-program"),
            Err("no-such-program is missing. Install no-such-program.".to_owned())
        );
        assert!(find("cargo").is_some());
        assert_eq!(need_one(&["no-such-program", "cargo"]), Ok("cargo"));
        assert_eq!(
            need_one(&["no-such-program", "nor-this"]),
            Err("no-such-program is missing. Install no-such-program.".to_owned())
        );
    }
}
