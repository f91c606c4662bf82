//! The header of a file of safetensors, as the reference writes it.

use std::io::{self, Write as _};

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::plan::{Plan, Shard};
use super::{ConvertError, ConvertedTensor};
use crate::element_type::ElementType;
use crate::safetensors::Header;

/// How many bytes the length of the JSON takes.
const LENGTH: u64 = 8;
/// What the length of a header is a multiple of, in bytes.
const ALIGNMENT: u64 = 8;

/// Writes the bytes before the tensors: the length of the JSON, the JSON, and spaces up to a multiple of
/// eight. `len` is what [`len`] says of them.
pub(super) fn put(
    out: &mut impl io::Write,
    plan: &Plan,
    shard: &Shard,
    len: u64,
) -> io::Result<()> {
    out.write_all(&(len - LENGTH).to_le_bytes())?;
    let mut out = Counted(LENGTH, out);
    write(&mut out, plan, shard)?;
    let rest = usize::try_from(len.saturating_sub(out.0)).unwrap_or(0);
    out.write_all(b"       ".get(..rest).unwrap_or_default())?;
    out.flush()
}

/// How many bytes that are, of which none is held.
pub(super) fn len(plan: &Plan, shard: &Shard) -> Result<u64, ConvertError> {
    let mut counted = Counted(0, io::sink());
    let written = write(&mut counted, plan, shard);
    written.map_err(|error| ConvertError::Request(error.to_string()))?;
    let len = counted.0.next_multiple_of(ALIGNMENT);
    if len > Header::MAX_LEN {
        let why = format!(
            "the names take a header of {len} bytes; loaders take {}",
            Header::MAX_LEN
        );
        return Err(ConvertError::Request(why));
    }
    Ok(LENGTH + len)
}

fn write(out: &mut impl io::Write, plan: &Plan, shard: &Shard) -> io::Result<()> {
    serde_json::to_writer(out, &Tensors { plan, shard }).map_err(io::Error::from)
}

/// Counts what is written to another.
struct Counted<W>(u64, W);

impl<W: io::Write> io::Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.1.write(bytes)?;
        self.0 += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.flush()
    }
}

struct Tensors<'p> {
    plan: &'p Plan,
    shard: &'p Shard,
}

impl Serialize for Tensors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let metadata = &self.plan.metadata;
        if !metadata.is_empty() {
            let mut sorted: Vec<_> = metadata.iter().map(|(key, value)| (key, value)).collect();
            sorted.sort();
            map.serialize_entry("__metadata__", &Entries(&sorted))?;
        }
        let mut begin = 0;
        for planned in self.plan.within(self.shard) {
            let end = begin + planned.bytes();
            map.serialize_entry(planned.name(), &Entry(planned, begin, end))?;
            begin = end;
        }
        map.end()
    }
}

struct Entries<'e>(&'e [(&'e String, &'e String)]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

struct Entry<'e>(&'e ConvertedTensor, u64, u64);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Entry(planned, begin, end) = *self;
        let mut shape = planned.shape().to_vec();
        // safetensors counts the halves of a byte.
        if let (ElementType::F4E2M1FnX2, Some(last)) = (planned.dtype, shape.last_mut()) {
            *last *= 2;
        }
        let dtype = planned
            .dtype
            .safetensors()
            .map_or("", |dtype| dtype.as_str());
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("dtype", dtype)?;
        map.serialize_entry("shape", &shape)?;
        map.serialize_entry("data_offsets", &[begin, end])?;
        map.end()
    }
}
