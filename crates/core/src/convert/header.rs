//! The header of a file of safetensors, as the reference writes it.

use std::io;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::ConvertError;
use super::plan::{Plan, Planned, Shard};
use crate::element_type::ElementType;
use crate::safetensors::Header;

/// How many bytes the length of the JSON takes.
const LENGTH: u64 = 8;
/// What the length of a header is a multiple of, in bytes.
const ALIGNMENT: usize = 8;

/// The bytes before the tensors: the length of the JSON, the JSON, and spaces up to a multiple of eight.
pub(super) fn of(plan: &Plan<'_>, shard: &Shard) -> Result<Vec<u8>, ConvertError> {
    let len = len(plan, shard)?;
    let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
    bytes.extend((len - LENGTH).to_le_bytes());
    write(&mut bytes, plan, shard)?;
    while !bytes.len().is_multiple_of(ALIGNMENT) {
        bytes.push(b' ');
    }
    Ok(bytes)
}

/// How many bytes that are, of which none is held.
pub(super) fn len(plan: &Plan<'_>, shard: &Shard) -> Result<u64, ConvertError> {
    let mut counted = Counted(0);
    write(&mut counted, plan, shard)?;
    let len = counted.0.next_multiple_of(ALIGNMENT as u64);
    if len > Header::MAX_LEN {
        let why = format!(
            "the names take a header of {len} bytes; loaders take {}",
            Header::MAX_LEN
        );
        return Err(ConvertError::Request(why));
    }
    Ok(LENGTH + len)
}

fn write(out: &mut impl io::Write, plan: &Plan<'_>, shard: &Shard) -> Result<(), ConvertError> {
    let written = serde_json::to_writer(out, &Tensors { plan, shard });
    written.map_err(|error| ConvertError::Request(error.to_string()))
}

/// Counts what is written.
struct Counted(u64);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Tensors<'p> {
    plan: &'p Plan<'p>,
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
        for planned in self
            .shard
            .tensors
            .iter()
            .filter_map(|&at| self.plan.tensors.get(at))
        {
            let end = begin + planned.bytes();
            map.serialize_entry(planned.name, &Entry(planned, begin, end))?;
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

struct Entry<'e>(&'e Planned<'e>, u64, u64);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Entry(planned, begin, end) = *self;
        let mut shape = planned.tensor.shape().to_vec();
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
