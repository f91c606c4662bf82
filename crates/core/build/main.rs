//! Turns the reviewed tables in `data/` into statics, so that nothing is parsed at run time.

mod credentials;
mod emit;
mod groups;
mod rules;
mod signature;
mod weights_only;

use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=data");
    let data = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("data");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let (mut dangerous, mut known) = (Vec::new(), Vec::new());
    let mut hash = Sha256::new();
    for (path, text) in texts(&data.join("dangerous"))? {
        hash.update(&text);
        let file: groups::DangerFile = parse(&path, &text)?;
        dangerous.extend(file.group);
    }
    for (path, text) in texts(&data.join("known"))? {
        hash.update(&text);
        let file: groups::KnownFile = parse(&path, &text)?;
        known.extend(file.group);
    }
    let path = data.join("rules.toml");
    let text = fs::read_to_string(&path)?;
    hash.update(&text);
    let rules: rules::File = parse(&path, &text)?;
    let path = data.join("credentials.toml");
    let text = fs::read_to_string(&path)?;
    hash.update(&text);
    let credentials: credentials::File = parse(&path, &text)?;
    let mut versions = Vec::new();
    for (path, text) in texts(&data.join("weights-only"))? {
        hash.update(&text);
        versions.push(parse(&path, &text)?);
    }
    let hash: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    fs::write(
        out.join("knowledge.rs"),
        emit::knowledge(&dangerous, &known, &hash)?,
    )?;
    fs::write(
        out.join("weights_only.rs"),
        weights_only::statics(versions)?,
    )?;
    fs::write(out.join("rules.rs"), rules::statics(&rules))?;
    fs::write(
        out.join("credentials.rs"),
        credentials::statics(&credentials),
    )?;
    Ok(())
}

/// The tables in a folder, in the order of their names.
fn texts(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| Ok((path.clone(), fs::read_to_string(path)?));
    paths.into_iter().map(read).collect()
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| format!("{}: {error}", path.display()).into())
}
