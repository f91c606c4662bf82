//! PyTorch checkpoints, written without PyTorch: as zip archives (`torch.save` since 1.6) and in
//! the legacy format before that. The layouts are those of `torch/serialization.py` (`_save`,
//! `_legacy_save`) and `caffe2/serialize/inline_container.cc`.

use std::collections::HashMap;

use crate::zip::{Entry, FLAG_UTF8, ZipBuilder};

/// The number that the first pickle of a legacy file holds.
pub const LEGACY_MAGIC: u128 = 0x1950_a86a_20f9_469c_fc6c;
/// The number that the second pickle of a legacy file holds.
pub const LEGACY_PROTOCOL: u16 = 1001;

/// The raw content of a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Storage {
    /// The key under which persistent ids refer to it.
    pub key: String,
    /// The number of elements.
    pub count: u64,
    /// The elements.
    pub bytes: Vec<u8>,
}

impl Storage {
    /// A storage of single-precision floats.
    #[must_use]
    pub fn of_floats(key: &str, values: &[f32]) -> Self {
        Self {
            key: key.to_owned(),
            count: values.len() as u64,
            bytes: values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        }
    }

    /// A storage of any bytes that claims any number of elements.
    #[must_use]
    pub fn raw(key: &str, count: u64, bytes: &[u8]) -> Self {
        Self {
            key: key.to_owned(),
            count,
            bytes: bytes.to_vec(),
        }
    }
}

/// How a pickle refers to its storages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Persistent ids of five items, in the `data.pkl` of a zip archive.
    Zip,
    /// Persistent ids of six items, in the fourth pickle of a legacy file.
    Legacy,
}

/// A zip checkpoint: `{root}/data.pkl`, `{root}/byteorder`, `{root}/data/{key}`, `{root}/version`,
/// stored and aligned to 64 bytes. More entries, or lies, can be added to the builder.
#[must_use]
pub fn zip_checkpoint(root: &str, pickle: &[u8], storages: &[Storage]) -> ZipBuilder {
    let member = |name: &str, data: &[u8]| {
        Entry::stored(&format!("{root}/{name}"), data)
            .both(|header| header.flags |= FLAG_UTF8)
            .with_descriptor()
            .aligned(64)
    };
    let mut builder = ZipBuilder::new()
        .entry(member("data.pkl", pickle))
        .entry(member("byteorder", b"little"));
    for storage in storages {
        builder = builder.entry(member(&format!("data/{}", storage.key), &storage.bytes));
    }
    builder.entry(member("version", b"3\n")).zip64_end()
}

/// A legacy file: the five pickles ([`legacy_pickles`]), then each storage as a count (`i64`,
/// little-endian) and its bytes.
#[must_use]
pub fn legacy_checkpoint(pickle: &[u8], storages: &[Storage]) -> Vec<u8> {
    let mut file = legacy_pickles(pickle, storages).concat();
    for storage in storages {
        file.extend_from_slice(&storage.count.to_le_bytes());
        file.extend_from_slice(&storage.bytes);
    }
    file
}

/// The five pickles of a legacy file: magic number, protocol version, facts about the system, the
/// object, the keys of the storages. To lie in one of them, replace it and join them yourself.
#[must_use]
pub fn legacy_pickles(pickle: &[u8], storages: &[Storage]) -> [Vec<u8>; 5] {
    let mut magic = Writer::new();
    magic
        .op(0x8a)
        .short_counted(&LEGACY_MAGIC.to_le_bytes()[..10]);
    let mut protocol = Writer::new();
    protocol.op(b'M').raw(&LEGACY_PROTOCOL.to_le_bytes());

    let mut system = Writer::new();
    system.op(b'}').put().op(b'(');
    system
        .text("protocol_version")
        .put()
        .op(b'M')
        .raw(&LEGACY_PROTOCOL.to_le_bytes());
    system.text("little_endian").put().op(0x88);
    system.text("type_sizes").put().op(b'}').put().op(b'(');
    for (name, size) in [("short", 2), ("int", 4), ("long", 4)] {
        system.text(name).put().op(b'K').op(size);
    }
    system.op(b'u').op(b'u');

    let mut keys = Writer::new();
    keys.op(b']').put();
    if let [only] = storages {
        keys.text(&only.key).put().op(b'a');
    } else if !storages.is_empty() {
        keys.op(b'(');
        for storage in storages {
            keys.text(&storage.key).put();
        }
        keys.op(b'e');
    }
    [
        magic.stop(),
        protocol.stop(),
        system.stop(),
        pickle.to_vec(),
        keys.stop(),
    ]
}

/// The pickle of an `OrderedDict` with one contiguous float tensor for each name, shape and
/// storage, as `torch.save` writes it: protocol 2, `torch._utils`
/// `_rebuild_tensor_v2` and a persistent id for the storage.
#[must_use]
pub fn state_dict(style: Style, tensors: &[(&str, &[u64], &Storage)]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer
        .global("collections", "OrderedDict")
        .op(b')')
        .op(b'R')
        .put()
        .op(b'(');
    for (name, shape, storage) in tensors {
        writer.text(name).put();
        writer.global("torch._utils", "_rebuild_tensor_v2").op(b'(');
        writer
            .op(b'(')
            .constant("storage")
            .global("torch", "FloatStorage");
        writer
            .text(&storage.key)
            .put()
            .constant("cpu")
            .number(storage.count);
        if style == Style::Legacy {
            writer.op(b'N');
        }
        writer.op(b't').put().op(b'Q');
        let strides: Vec<u64> = (1..=shape.len())
            .map(|from| {
                shape[from..]
                    .iter()
                    .fold(1, |all: u64, size| all.wrapping_mul(*size))
            })
            .collect();
        writer.number(0).tuple(shape).tuple(&strides).op(0x89);
        writer
            .global("collections", "OrderedDict")
            .op(b')')
            .op(b'R')
            .put();
        writer.op(b't').put().op(b'R').put();
    }
    writer.op(b'u').stop()
}

/// Writes a pickle of protocol 2, numbering the memo as `pickle` does.
struct Writer {
    out: Vec<u8>,
    /// How many indices of the memo are taken.
    memo: u32,
    /// The indices of what is written once and fetched from the memo afterwards.
    known: HashMap<Vec<u8>, u32>,
}

impl Writer {
    fn new() -> Self {
        Self {
            out: vec![0x80, 2],
            memo: 0,
            known: HashMap::new(),
        }
    }

    fn op(&mut self, byte: u8) -> &mut Self {
        self.raw(&[byte])
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.out.extend_from_slice(bytes);
        self
    }

    /// A length of one byte, then the bytes.
    fn short_counted(&mut self, bytes: &[u8]) -> &mut Self {
        self.op(u8::try_from(bytes.len()).unwrap_or(u8::MAX))
            .raw(bytes)
    }

    /// BINUNICODE.
    fn text(&mut self, text: &str) -> &mut Self {
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.op(b'X').raw(&len.to_le_bytes()).raw(text.as_bytes())
    }

    /// BINPUT or LONG_BINPUT with the next index.
    fn put(&mut self) -> &mut Self {
        let index = self.memo;
        self.memo += 1;
        self.indexed([b'q', b'r'], index)
    }

    /// An opcode whose operand is an index of the memo, in its short or its long form.
    fn indexed(&mut self, [short, long]: [u8; 2], index: u32) -> &mut Self {
        match u8::try_from(index) {
            Ok(index) => self.op(short).op(index),
            Err(_) => self.op(long).raw(&index.to_le_bytes()),
        }
    }

    /// GLOBAL, or BINGET if it was written before.
    fn global(&mut self, module: &str, name: &str) -> &mut Self {
        self.once([b"c", module.as_bytes(), b"\n", name.as_bytes(), b"\n"].concat())
    }

    /// A text that is one object in the program that pickles.
    fn constant(&mut self, text: &str) -> &mut Self {
        let mut writer = Self::new();
        writer.out.clear();
        writer.text(text);
        self.once(writer.out)
    }

    /// An instruction and its PUT; a BINGET if it was written before.
    fn once(&mut self, instruction: Vec<u8>) -> &mut Self {
        if let Some(index) = self.known.get(&instruction) {
            return self.indexed([b'h', b'j'], *index);
        }
        self.raw(&instruction).put();
        self.known.insert(instruction, self.memo - 1);
        self
    }

    /// BININT1, BININT2, BININT or LONG1.
    fn number(&mut self, value: u64) -> &mut Self {
        if let Ok(byte) = u8::try_from(value) {
            self.op(b'K').op(byte)
        } else if let Ok(short) = u16::try_from(value) {
            self.op(b'M').raw(&short.to_le_bytes())
        } else if let Ok(int) = i32::try_from(value) {
            self.op(b'J').raw(&int.to_le_bytes())
        } else {
            let mut bytes = value.to_le_bytes().to_vec();
            bytes.push(0);
            while bytes[bytes.len() - 1] == 0 && bytes[bytes.len() - 2] & 0x80 == 0 {
                bytes.pop();
            }
            self.op(0x8a).short_counted(&bytes)
        }
    }

    /// A tuple of numbers, memoized unless it is empty.
    fn tuple(&mut self, values: &[u64]) -> &mut Self {
        let end = match values.len() {
            0 => return self.op(b')'),
            1 => 0x85,
            2 => 0x86,
            3 => 0x87,
            _ => {
                self.op(b'(');
                b't'
            }
        };
        for value in values {
            self.number(*value);
        }
        self.op(end).put()
    }

    fn stop(&mut self) -> Vec<u8> {
        self.op(b'.');
        std::mem::take(&mut self.out)
    }
}
