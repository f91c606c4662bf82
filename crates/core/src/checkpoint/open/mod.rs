//! From the content of a file to its tensors: one reader for each format, chosen as the format's own
//! loaders choose, by content alone.

mod legacy;
mod numpy;
mod pickle;
mod safetensors;
mod tar;
mod zip;

use std::path::PathBuf;
use std::sync::Arc;

use super::collect::{Asked, Collected};
use super::error::Trouble;
use super::room::Room;
use super::spool::{Bytes, unpack};
use super::tensor::{Dimensions, Extent, Refused, Tensor};
use super::values::Values;
use crate::container::packed::Codec;
use crate::control::Watch;
use crate::element_type::ElementType;
use crate::format::Format;
use crate::format::{npy, torch_legacy, torch_tar};
use crate::limits::Limits;
use crate::objects::Bounds;
use crate::source::{Part, Source, read_up_to};

/// How often a file may be compressed.
const LAYERS: usize = 4;
/// How many scalars a list keeps.
const SCALARS: usize = 1 << 20;
/// The first bytes that tell what a content is.
const PREFIX: usize = 4096;

/// What was found, in all files of a checkpoint.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) formats: Vec<Format>,
    /// The files that were opened, where they have paths, and how long they are together.
    pub(super) paths: Vec<PathBuf>,
    pub(super) source_len: u64,
    /// Whether tensors of PyTorch were in them.
    pub(super) is_torch: bool,
    pub(super) files: Vec<Bytes>,
    pub(super) storages: Vec<Extent>,
    pub(super) tensors: Vec<Tensor>,
    /// What the tensors take, in bytes, and the dimensions that tensors to come may share.
    held: usize,
    dimensions: Vec<Dimensions>,
    pub(super) refused: Vec<Refused>,
    pub(super) metadata: Vec<(String, String)>,
    /// Everything in pickles that is no tensor, as JSON.
    pub(super) values: Option<Values>,
}

/// What opening may take, and how.
#[derive(Clone, Copy)]
pub(super) struct How<'l> {
    pub(super) limits: &'l Limits,
    /// Whether files that come out of compressed data are mapped.
    pub(super) is_mapped: bool,
    /// Whether only the tensors are wanted.
    pub(super) is_bare: bool,
    /// What it may take of memory.
    pub(super) room: Room,
    pub(super) watch: &'l Watch<'l>,
}

impl How<'_> {
    /// What following a pickle may take.
    fn bounds<'b>(&'b self, is_over: &'b dyn Fn() -> bool) -> Bounds<'b> {
        Bounds {
            machine: self.room.within(&self.limits.pickle),
            items: self.room.items,
            scalars: SCALARS,
            is_over,
        }
    }

    /// How many bytes of text the plain values may take, where they are wanted.
    pub(super) fn values(&self) -> Option<usize> {
        (!self.is_bare).then_some(self.room.text)
    }

    /// Whether the caller has ended it.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        match self.watch.is_over() {
            true => Err(Trouble::Cancelled),
            false => Ok(()),
        }
    }
}

/// Where a storage was found: its extent, and the type of its elements where it has one.
type Found = Result<(Extent, Option<ElementType>), String>;

impl Contents {
    /// Opens a file, and adds what it holds.
    pub(super) fn open(&mut self, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
        let opened = self.unpacked(bytes, how);
        // What is read no further because the caller ended it is not what is wrong.
        how.check()?;
        opened
    }

    fn unpacked(&mut self, bytes: Bytes, how: How<'_>) -> Result<(), Trouble> {
        self.source_len += bytes.len();
        let mut bytes = bytes;
        for _ in 0..LAYERS {
            how.check()?;
            let prefix = read_up_to(&bytes, 0, PREFIX)?;
            let is_plain = crate::format::safetensors::begins(&prefix) || zip::begins(&prefix);
            let codec = match is_plain {
                true => None,
                false => Codec::of(&bytes, &prefix, Limits::MAX_WINDOW)?,
            };
            let Some(codec) = codec else {
                return self.read(bytes, &prefix, how);
            };
            self.note(codec.format());
            bytes = unpack(&bytes, codec, how)?;
        }
        Err(Trouble::unreadable(format!(
            "it is compressed more than {LAYERS} times"
        )))
    }

    fn read(&mut self, bytes: Bytes, prefix: &[u8], how: How<'_>) -> Result<(), Trouble> {
        if crate::format::safetensors::begins(prefix) {
            return safetensors::read(self, bytes, how);
        }
        if zip::begins(prefix) {
            return zip::read(self, &bytes, how);
        }
        if prefix.starts_with(npy::MAGIC) {
            return numpy::read(self, bytes, "tensor", how);
        }
        if torch_legacy::begins(&bytes)? {
            return legacy::read(self, bytes, how);
        }
        let first = crate::container::tar::first_name(prefix);
        if first.is_some_and(|name| torch_tar::begins(&name)) {
            return tar::read(self, bytes, how);
        }
        if prefix.is_empty() {
            return Err(Trouble::unreadable("it is empty"));
        }
        pickle::read(self, bytes, how)
    }

    pub(super) fn note(&mut self, format: Format) {
        if !self.formats.contains(&format) {
            self.formats.push(format);
        }
    }

    fn add_file(&mut self, bytes: Bytes) -> u32 {
        self.files.push(bytes);
        number(self.files.len() - 1)
    }

    /// The file of that number.
    pub(super) fn file(&self, number: u32) -> Option<&Bytes> {
        self.files.get(usize::try_from(number).ok()?)
    }

    /// Adds the tensors of a pickle, whose bytes are in `file`. `keyed` looks storages up that are asked
    /// for by a key.
    fn add(
        &mut self,
        mut collected: Collected,
        file: u32,
        how: How<'_>,
        keyed: &mut dyn FnMut(&mut Contents, &super::collect::Storage) -> Found,
    ) -> Result<(), Trouble> {
        let found = self.find(&mut collected, file, how, keyed)?;
        self.place(collected, (found, file), how.room)
    }

    /// Looks up what a pickle asks for, and lets go of it.
    fn find(
        &mut self,
        collected: &mut Collected,
        file: u32,
        how: How<'_>,
        keyed: &mut dyn FnMut(&mut Contents, &super::collect::Storage) -> Found,
    ) -> Result<Vec<Found>, Trouble> {
        let is_torch = |asked: &Asked| matches!(asked, Asked::Key(_) | Asked::File { .. });
        self.is_torch |= collected.asked.iter().any(is_torch);
        let mut found: Vec<Found> = Vec::with_capacity(collected.asked.len());
        for asked in std::mem::take(&mut collected.asked) {
            how.check()?;
            let one = match asked {
                Asked::Key(storage) => keyed(self, &storage),
                Asked::View(view) => view_of(found.get(view.of), view.offset, view.size),
                Asked::Held { at, len } => self.held(file, at, len),
                Asked::Text { at, len } => self.text(file, at, len)?,
                Asked::Decoded(bytes) => Ok((self.memory(bytes), None)),
                Asked::File { at, len } => self.nested(file, (at, len), how)?,
            };
            found.push(one);
        }
        // Arrays have their byte order themselves, and each a storage of its own.
        for pending in collected.tensors.iter().filter(|pending| pending.is_big) {
            let unit = pending.dtype.map_or(1, unit_of);
            if let Some(Ok((extent, _))) = found.get_mut(pending.asked()) {
                extent.unit = unit;
            }
        }
        Ok(found)
    }

    /// Adds the tensors of a pickle, whose storages were found.
    fn place(
        &mut self,
        collected: Collected,
        (found, file): (Vec<Found>, u32),
        room: Room,
    ) -> Result<(), Trouble> {
        let first = number(self.storages.len());
        for refused in collected.refused {
            self.refuse(refused, room)?;
        }
        self.tensors.reserve(collected.tensors.len());
        for pending in collected.tensors {
            match pending.place(&found, first) {
                Ok(tensor) => self.push(tensor, room)?,
                Err((name, why)) => {
                    let (name, is_lie) = (name.to_string(), true);
                    self.refuse(Refused { name, why, is_lie }, room)?;
                }
            }
        }
        let nothing = Extent {
            file,
            offset: 0,
            len: 0,
            unit: 1,
        };
        let extents = found
            .into_iter()
            .map(|found| found.map_or(nothing, |(extent, _)| extent));
        self.storages.extend(extents);
        self.values.get_or_insert(collected.values);
        Ok(())
    }

    /// Adds a tensor.
    fn push(&mut self, mut tensor: Tensor, room: Room) -> Result<(), Trouble> {
        tensor.dimensions.share(&mut self.dimensions);
        let taken = Tensor::RECORD + tensor.name.len() + tensor.dimensions.held();
        self.tensors.push(tensor);
        self.hold(taken, room)
    }

    /// Adds a tensor that is not taken.
    fn refuse(&mut self, refused: Refused, room: Room) -> Result<(), Trouble> {
        let taken = Tensor::RECORD + refused.name.len() + refused.why.len();
        self.refused.push(refused);
        self.hold(taken, room)
    }

    fn hold(&mut self, taken: usize, room: Room) -> Result<(), Trouble> {
        self.held = self.held.saturating_add(taken);
        match self.held > room.tensors {
            true => Err(room.too_many()),
            false => Ok(()),
        }
    }

    fn held(&self, file: u32, offset: u64, len: u64) -> Found {
        let end = offset.checked_add(len);
        let there = self.file(file).map_or(0, |file| file.len());
        if end.is_none_or(|end| end > there) {
            return Err(format!(
                "its elements end behind the file, which has {there} bytes"
            ));
        }
        let extent = Extent {
            file,
            offset,
            len,
            unit: 1,
        };
        Ok((extent, None))
    }

    /// Bytes that are held in memory, as a file of their own.
    fn memory(&mut self, bytes: Vec<u8>) -> Extent {
        let len = bytes.len() as u64;
        Extent {
            file: self.add_file(Arc::new(bytes)),
            offset: 0,
            len,
            unit: 1,
        }
    }

    /// The bytes that the characters of a text are.
    fn text(&mut self, file: u32, at: u64, len: u64) -> Result<Found, Trouble> {
        let Some(source) = self.file(file) else {
            return Ok(Err("its file is not there".to_owned()));
        };
        let text = read_up_to(source, at, usize::try_from(len).unwrap_or(0))?;
        let bytes = std::str::from_utf8(&text).ok().and_then(|text| {
            let bytes = text.chars().map(|c| u8::try_from(c).ok());
            bytes.collect::<Option<Vec<u8>>>()
        });
        Ok(match bytes {
            Some(bytes) => Ok((self.memory(bytes), None)),
            None => Err("its elements are text that is no bytes".to_owned()),
        })
    }

    /// The storage that a file within a pickle holds.
    fn nested(&mut self, file: u32, (at, len): (u64, u64), how: How<'_>) -> Result<Found, Trouble> {
        let Some(outer) = self.file(file).cloned() else {
            return Ok(Err("its file is not there".to_owned()));
        };
        let inner = Part::new(&outer, at, len);
        if !torch_legacy::begins(&inner)? {
            return Ok(Err("its storage is no file of PyTorch's".to_owned()));
        }
        Ok(legacy::storage(&inner, how)?.map(|(extent, element)| {
            let extent = Extent {
                file,
                offset: extent.offset + at,
                ..extent
            };
            (extent, Some(element))
        }))
    }
}

/// How the number of a file or a storage is kept; what cannot be counted is not there.
fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How many bytes are reversed together to turn the order of an element's bytes.
fn unit_of(element: ElementType) -> u8 {
    u8::try_from(element.unit()).unwrap_or(1)
}

/// A part of a storage.
fn view_of(of: Option<&Found>, offset: i64, size: i64) -> Found {
    let lie = || "its storage is a part of another that is not there".to_owned();
    let (extent, element) = match of {
        Some(Ok((extent, Some(element)))) => (*extent, *element),
        Some(Err(why)) => return Err(why.clone()),
        _ => return Err(lie()),
    };
    let bytes = |count: i64| u64::try_from(count).ok()?.checked_mul(element.bytes());
    let (offset, len) = bytes(offset).zip(bytes(size)).ok_or_else(lie)?;
    if offset.checked_add(len).is_none_or(|end| end > extent.len) {
        return Err(lie());
    }
    let part = Extent {
        offset: extent.offset + offset,
        len,
        ..extent
    };
    Ok((part, Some(element)))
}

/// A range of a file that many may read, as a file of its own.
#[derive(Clone)]
struct Range {
    bytes: Bytes,
    offset: u64,
    len: u64,
}

impl Source for Range {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        Part::new(&self.bytes, self.offset, self.len).read_at(offset, buf)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        let from = usize::try_from(self.offset).ok()?;
        let len = usize::try_from(self.len).ok()?;
        self.bytes.as_slice()?.get(from..from.checked_add(len)?)
    }
}
