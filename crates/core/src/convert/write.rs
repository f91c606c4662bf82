//! Writing a file, and reading it back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::cast::cast;
use super::place::{Partial, Places, written};
use super::plan::{Plan, Shard};
use super::{ConvertError, ConvertedTensor, header};
use crate::checkpoint::Checkpoint;
use crate::control::Watch;

/// How much is read back at a time.
const BACK: usize = 128 << 10;

/// What is to be written to a file.
pub(super) struct Task<'t> {
    pub(super) checkpoint: &'t Checkpoint,
    pub(super) plan: &'t Plan,
    pub(super) shard: &'t Shard,
    /// How long the header is.
    pub(super) header_len: u64,
}

/// Why a block went no further: which side failed.
enum Failed {
    Target(io::Error),
    Differs,
    Cancelled,
}

impl Task<'_> {
    /// Writes the header, which is never held as a whole.
    fn header(&self, out: impl io::Write) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(BACK, out);
        header::put(&mut out, self.plan, self.shard, self.header_len)
    }

    /// Gives the tensors' bytes as they are to be in the file. What `take` says of a block ends it.
    fn each(
        &self,
        watch: &Watch<'_>,
        done: &mut u64,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Failed>,
    ) -> Result<(), (&ConvertedTensor, Result<io::Error, Failed>)> {
        let mut turned = Vec::new();
        for planned in self.plan.within(self.shard) {
            let mut failed = None;
            let read = self.checkpoint.read(&planned.tensor, &mut |block| {
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
        (planned, why): (&ConvertedTensor, Result<io::Error, Failed>),
    ) -> ConvertError {
        let tensor = planned.source().to_owned();
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
    task.header(&mut *file).map_err(|why| written(path, why))?;
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

/// What was written to a file, to be compared with what is to be in it.
struct Back<'f> {
    file: &'f mut File,
    buffer: Vec<u8>,
}

impl Back<'_> {
    fn compare(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        for part in bytes.chunks(BACK) {
            let back = self.buffer.get_mut(..part.len()).unwrap_or_default();
            self.file.read_exact(back).map_err(Failed::Target)?;
            if back != part {
                return Err(Failed::Differs);
            }
        }
        Ok(())
    }
}

impl io::Write for Back<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.compare(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(_) => Err(io::Error::other("it is not the same")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a file back and compares it with the source.
fn compare(
    task: &Task<'_>,
    path: &Path,
    file: &mut File,
    watch: &Watch<'_>,
    done: &mut u64,
) -> Result<(), ConvertError> {
    file.rewind().map_err(|why| written(path, why))?;
    let buffer = vec![0; BACK];
    let mut back = Back { file, buffer };
    if task.header(&mut back).is_err() {
        let why = io::Error::other("its header is not the same when it is read back");
        return Err(written(path, why));
    }
    let compared = task.each(watch, done, &mut |block| back.compare(block));
    compared.map_err(|failed| task.error(path, failed))?;
    let end = back.file.read(&mut [0]).map_err(|why| written(path, why))?;
    match end {
        0 => Ok(()),
        _ => Err(written(
            path,
            io::Error::other("it is longer than what was written"),
        )),
    }
}

/// Writes the index of several files, as `transformers` has it.
pub(super) fn index(plan: &Plan, places: &Places, path: &Path) -> Result<Partial, ConvertError> {
    let mut partial = Partial::create(path)?;
    let file = partial.file.as_file_mut();
    let mut out = BufWriter::with_capacity(BACK, &mut *file);
    let put = serde_json::to_writer_pretty(&mut out, &Index { plan, places })
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    drop(out);
    put.and_then(|()| file.sync_all())
        .map_err(|why| written(path, why))?;
    Ok(partial)
}

/// Which tensor is in which file.
struct Index<'i> {
    plan: &'i Plan,
    places: &'i Places,
}

impl Serialize for Index<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let total: u64 = self.plan.shards.iter().map(|shard| shard.bytes).sum();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("metadata", &BTreeMap::from([("total_size", total)]))?;
        map.serialize_entry("weight_map", &WeightMap(self))?;
        map.end()
    }
}

struct WeightMap<'i>(&'i Index<'i>);

impl Serialize for WeightMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tensors: Vec<&ConvertedTensor> = self.0.plan.tensors.iter().collect();
        tensors.sort_unstable_by_key(|tensor| tensor.name());
        serializer.collect_map(tensors.into_iter().map(|tensor| {
            let file = self.0.places.files.get(tensor.file());
            let file = file.and_then(|file| file.file_name()).unwrap_or_default();
            (tensor.name(), file.to_string_lossy())
        }))
    }
}
