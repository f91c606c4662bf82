//! Writing a file, and reading it back.

use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use super::ConvertError;
use super::cast::cast;
use super::place::{Partial, Places, written};
use super::plan::{Plan, Planned, Shard};
use crate::checkpoint::Checkpoint;
use crate::control::Watch;

/// How much is read back at a time.
const BACK: usize = 128 << 10;

/// What is to be written to a file.
pub(super) struct Task<'t> {
    pub(super) checkpoint: &'t Checkpoint,
    pub(super) plan: &'t Plan<'t>,
    pub(super) shard: &'t Shard,
    pub(super) header: &'t [u8],
}

/// Why a block went no further: which side failed.
enum Failed {
    Target(io::Error),
    Differs,
    Cancelled,
}

impl Task<'_> {
    /// Gives the tensors' bytes as they are to be in the file. What `take` says of a block ends it.
    fn each(
        &self,
        watch: &Watch<'_>,
        done: &mut u64,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Failed>,
    ) -> Result<(), (&Planned<'_>, Result<io::Error, Failed>)> {
        let mut turned = Vec::new();
        for planned in self
            .shard
            .tensors
            .iter()
            .filter_map(|&at| self.plan.tensors.get(at))
        {
            let mut failed = None;
            let read = self.checkpoint.read(planned.tensor, &mut |block| {
                let taken = if watch.is_over() {
                    Err(Failed::Cancelled)
                } else if planned.dtype == planned.tensor.dtype() {
                    take(block)
                } else {
                    cast(block, planned.tensor.dtype(), planned.dtype, &mut turned);
                    take(&turned)
                };
                *done += block.len() as u64;
                watch.reach(Some(*done));
                taken.map_err(|why| {
                    failed = Some(why);
                    io::Error::other("it goes no further")
                })
            });
            match (read, failed) {
                (Ok(()), _) => {}
                (Err(_), Some(failed)) => return Err((planned, Err(failed))),
                (Err(error), None) => return Err((planned, Ok(error))),
            }
        }
        Ok(())
    }

    fn error(
        &self,
        path: &Path,
        (planned, why): (&Planned<'_>, Result<io::Error, Failed>),
    ) -> ConvertError {
        let tensor = planned.tensor.name().to_owned();
        match why {
            Ok(why) => ConvertError::Read { tensor, why },
            Err(Failed::Target(why)) => written(path, why),
            Err(Failed::Differs) => ConvertError::Differs { tensor },
            Err(Failed::Cancelled) => ConvertError::Cancelled,
        }
    }
}

/// Writes a file under another name beside its place, syncs it and compares it with the source.
pub(super) fn write(
    task: &Task<'_>,
    path: &Path,
    watch: &Watch<'_>,
    done: &mut u64,
) -> Result<Partial, ConvertError> {
    let mut partial = Partial::create(path)?;
    let file = partial.file.as_file_mut();
    file.write_all(task.header)
        .map_err(|why| written(path, why))?;
    let put = task.each(watch, done, &mut |block| {
        file.write_all(block).map_err(Failed::Target)
    });
    put.map_err(|failed| task.error(path, failed))?;
    // While the disk takes it, it is compared with what was read.
    let syncing = file.try_clone().map_err(|why| written(path, why))?;
    std::thread::scope(|scope| {
        let synced = scope.spawn(move || syncing.sync_all());
        let compared = compare(task, path, file, watch, done);
        let synced = synced
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("syncing ended early")));
        compared?;
        synced.map_err(|why| written(path, why))
    })?;
    Ok(partial)
}

/// Reads a file back and compares it with the source.
fn compare(
    task: &Task<'_>,
    path: &Path,
    file: &mut std::fs::File,
    watch: &Watch<'_>,
    done: &mut u64,
) -> Result<(), ConvertError> {
    let mut back = vec![0; BACK];
    let mut is_same = |file: &mut std::fs::File, block: &[u8]| -> Result<(), Failed> {
        for part in block.chunks(BACK) {
            let back = back.get_mut(..part.len()).unwrap_or_default();
            file.read_exact(back).map_err(Failed::Target)?;
            if back != part {
                return Err(Failed::Differs);
            }
        }
        Ok(())
    };
    file.rewind().map_err(|why| written(path, why))?;
    if is_same(file, task.header).is_err() {
        let why = io::Error::other("its header is not the same when it is read back");
        return Err(written(path, why));
    }
    let compared = task.each(watch, done, &mut |block| is_same(file, block));
    compared.map_err(|failed| task.error(path, failed))?;
    let end = file.read(&mut [0]).map_err(|why| written(path, why))?;
    match end {
        0 => Ok(()),
        _ => Err(written(
            path,
            io::Error::other("it is longer than what was written"),
        )),
    }
}

/// Writes the index of several files, as `transformers` has it.
pub(super) fn index(
    plan: &Plan<'_>,
    places: &Places,
    path: &Path,
) -> Result<Partial, ConvertError> {
    let mut map = std::collections::BTreeMap::new();
    for (shard, file) in plan.shards.iter().zip(&places.files) {
        let file = file.file_name().unwrap_or_default().to_string_lossy();
        for planned in shard.tensors.iter().filter_map(|&at| plan.tensors.get(at)) {
            map.insert(planned.name, file.clone());
        }
    }
    let total: u64 = plan.shards.iter().map(|shard| shard.bytes).sum();
    let index = serde_json::json!({ "metadata": { "total_size": total }, "weight_map": map });
    let mut partial = Partial::create(path)?;
    let file = partial.file.as_file_mut();
    let text = serde_json::to_string_pretty(&index).unwrap_or_default() + "\n";
    let put = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    put.map_err(|why| written(path, why))?;
    Ok(partial)
}
