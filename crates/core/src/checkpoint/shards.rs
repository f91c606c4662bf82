//! Models in several files, with an index that says which tensor is in which.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::error::{CheckpointError, Trouble};
use super::open::Contents;
use super::tensor::{Refused, Tensor};
use super::{Opening, escape};
use crate::control::Watch;
use crate::format::Format;
use crate::format::safetensors::index::{Index, LONGEST as LONGEST_INDEX};
use crate::source::{Source as _, read_up_to};

/// What the names of indices end with.
const INDEX: &str = ".index.json";
/// The files that a directory is looked through for, in the order in which `transformers` looks.
const NAMES: &[&str] = &[
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "diffusion_pytorch_model.safetensors",
    "diffusion_pytorch_model.safetensors.index.json",
    "diffusion_pytorch_model.bin",
];

/// The file that a path means: itself, or what a directory holds.
pub(super) fn locate(path: &Path) -> Result<PathBuf, CheckpointError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let mut files = NAMES.iter().map(|name| path.join(name));
    files
        .find(|file| file.is_file())
        .ok_or_else(|| CheckpointError::Unreadable {
            name: path.to_string_lossy().into_owned(),
            why: format!(
                "this is a directory, and it holds none of {}; give the file",
                NAMES.join(", ")
            ),
        })
}

/// Whether a file is an index, by its name: nothing else says what it is for.
pub(super) fn is_index(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_ascii_lowercase());
    name.is_some_and(|name| name.ends_with(INDEX))
}

/// The tensors that an index names, by the shards that they are in.
type Shards = BTreeMap<String, Vec<String>>;

/// The files that [`Checkpoint::open`](super::Checkpoint::open) opens for a path.
pub(crate) fn files(path: &Path, opening: &Opening) -> Result<Vec<PathBuf>, CheckpointError> {
    let path = locate(path)?;
    if !is_index(&path) {
        return Ok(vec![path]);
    }
    let shards = shards(&path, opening)?;
    Ok(shards
        .keys()
        .map(|shard| path.with_file_name(shard))
        .collect())
}

fn shards(path: &Path, opening: &Opening) -> Result<Shards, CheckpointError> {
    let mut shards = Shards::new();
    for (tensor, shard) in read(path, opening)? {
        shards.entry(shard).or_default().push(tensor);
    }
    for shard in shards.keys() {
        if shard.is_empty() || shard.contains(['/', '\\', '\0']) || matches!(&**shard, "." | "..") {
            let name = path.to_string_lossy().into_owned();
            let shard = escape::visible(shard);
            let why = format!("it names the file {shard:?}, which is not beside it");
            return Err(CheckpointError::Unreadable { name, why });
        }
    }
    Ok(shards)
}

/// Opens every shard that an index names.
pub(super) fn open(
    contents: &mut Contents,
    path: &Path,
    opening: &Opening,
    watch: &Watch<'_>,
) -> Result<(), CheckpointError> {
    contents.note(Format::ShardIndex);
    for (shard, tensors) in shards(path, opening)? {
        let (file, from) = (path.with_file_name(&shard), contents.tensors.len());
        let source = opening.source(&file)?;
        let opened = contents.open(source, opening.how(watch));
        opened.map_err(|trouble| trouble.of(&file.to_string_lossy()))?;
        contents.paths.push(file);
        let there = contents.tensors.get(from..).unwrap_or_default();
        let there = there.iter().map(Tensor::name);
        let refused = contents.refused.iter().map(|refused| refused.name.as_str());
        let known: HashSet<&str> = there.chain(refused).collect();
        let missing = tensors.into_iter().filter(|name| !known.contains(&**name));
        let missing: Vec<Refused> = missing
            .map(|name| Refused {
                name,
                why: format!("the index says that it is in {shard:?}, and it is not"),
                is_lie: true,
            })
            .collect();
        contents.refused.extend(missing);
    }
    Ok(())
}

/// The names of tensors, and the shards that they are in.
fn read(path: &Path, opening: &Opening) -> Result<Vec<(String, String)>, CheckpointError> {
    let name = path.to_string_lossy();
    let source = opening.source(path)?;
    if source.len() > LONGEST_INDEX {
        let why = format!("an index of more than {LONGEST_INDEX} bytes");
        return Err(Trouble::Limit(why).of(&name));
    }
    let len = usize::try_from(source.len()).unwrap_or(0);
    let bytes = read_up_to(&source, 0, len).map_err(|error| Trouble::Io(error).of(&name))?;
    let unreadable = |why: String| Trouble::Unreadable(why).of(&name);
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable("it is no UTF-8".to_owned()))?;
    let index =
        Index::read(text).map_err(|(why, at)| unreadable(format!("{why}, at byte {at}")))?;
    if let Some((_, key)) = index.duplicates.first() {
        let key = escape::visible(key);
        return Err(unreadable(format!(
            "{key:?} is twice in an object: readers differ about it"
        )));
    }
    let entries = index.entries.iter();
    Ok(entries
        .map(|entry| (entry.name.to_string(), entry.shard.to_string()))
        .collect())
}
