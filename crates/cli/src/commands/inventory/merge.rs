//! `weighbridge inventory merge`: the inventories of many trees as one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weighbridge::escape;
use weighbridge_inventory::Inventory;

/// How long a file may be: five million references take less.
const LONGEST: u64 = 4 << 30;

/// The inventories in these files as one; in which order the files are named makes no difference. The
/// error is a line for people.
pub(super) fn merge(files: &[PathBuf]) -> Result<Inventory, String> {
    let mut inventories = Vec::new();
    for file in files {
        let wrong = |words: String| format!("{}: {words}", escape::path(file));
        let text = read(file).map_err(wrong)?;
        let inventory = Inventory::from_json(text).map_err(|error| wrong(error.to_string()))?;
        if !inventories.iter().any(|(_, known)| *known == inventory) {
            inventories.push((name(file), inventory));
        }
    }
    // Two trees of one name are told apart by the files that they are in.
    let mut holders: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for tree in inventories.iter().flat_map(|(_, one)| &one.repositories) {
        *holders.entry(Arc::clone(tree)).or_default() += 1;
    }
    let is_alone = |tree: &Arc<str>| holders.get(tree) == Some(&1);
    let inventories =
        inventories
            .into_iter()
            .map(|(name, one)| match one.repositories.iter().all(is_alone) {
                true => one,
                false => one.named(&name),
            });
    Inventory::merge(inventories).map_err(|error| error.to_string())
}

/// What a file is called, without the ending that all have.
fn name(file: &Path) -> String {
    let path = escape::path(file);
    let name = path.strip_prefix("./").unwrap_or(&path);
    name.strip_suffix(".json").unwrap_or(name).to_owned()
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let opened = File::open(file);
    let read = opened.and_then(|file| file.take(LONGEST + 1).read_to_end(&mut text));
    read.map_err(|error| format!("it cannot be read: {error}"))?;
    if text.len() as u64 > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    Ok(text)
}
