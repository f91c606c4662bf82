//! Frames of lz4: the frame format 1.6, as `lz4.frame` reads it.

use std::hash::Hasher as _;
use std::io::Read as _;

use lz4_flex::block::decompress_into_with_dict;
use twox_hash::XxHash32;

use super::input::Input;
use super::stream::{DAMAGED, Fault, Stream, WRONG_SUM};

/// What a frame begins with.
pub(super) const MAGIC: &[u8] = b"\x04\x22\x4d\x18";

/// How far back a block may refer.
const WINDOW: usize = 64 * 1024;
/// The bit of a block's size that says that it is not compressed.
const STORED: u32 = 1 << 31;

/// Begins to read a frame: its header.
pub(super) fn open(input: &mut Input<'_>) -> Result<Box<dyn Stream>, Fault> {
    input.array::<4>()?;
    let [flags, sizes] = input.array()?;
    let mut header = vec![flags, sizes];
    let has = |bit: u8| flags & 1 << bit != 0;
    let len = if has(3) {
        let field = input.array::<8>()?;
        header.extend(field);
        Some(u64::from_le_bytes(field))
    } else {
        None
    };
    if has(0) {
        header.extend(input.array::<4>()?);
    }
    let [sum] = input.array()?;
    let size = sizes >> 4;
    if flags >> 6 != 1 || has(1) || sizes & 0x8f != 0 || !(4..=7).contains(&size) {
        return Err(Fault::Malformed("an lz4 frame of an unknown version"));
    }
    if xxh32(&header).to_le_bytes()[1] != sum {
        return Err(Fault::Malformed("the header of an lz4 frame is damaged"));
    }
    if has(0) {
        return Err(Fault::Unsupported("it was compressed with a dictionary"));
    }
    Ok(Box::new(Frame {
        most: 1 << (8 + 2 * u32::from(size)),
        linked: !has(5),
        block_sums: has(4),
        sum: has(2).then(|| XxHash32::with_seed(0)),
        len,
        written: 0,
        packed: Vec::new(),
        window: Vec::new(),
        out: Vec::new(),
        taken: 0,
        ended: false,
    }))
}

struct Frame {
    /// How long a block may be: 4 MiB at most.
    most: usize,
    /// Whether blocks refer to those before.
    linked: bool,
    block_sums: bool,
    sum: Option<XxHash32>,
    len: Option<u64>,
    written: u64,
    packed: Vec<u8>,
    window: Vec<u8>,
    /// A decompressed block, and how much of it was handed on.
    out: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl Stream for Frame {
    fn read(&mut self, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Fault> {
        while self.taken == self.out.len() {
            if self.ended {
                return Ok(0);
            }
            self.block(input)?;
        }
        let rest = self.out.get(self.taken..).unwrap_or_default();
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        self.taken += n;
        Ok(n)
    }
}

impl Frame {
    /// Reads the next block, or the end.
    fn block(&mut self, input: &mut Input<'_>) -> Result<(), Fault> {
        let size = u32::from_le_bytes(input.array()?);
        if size == 0 {
            return self.end(input);
        }
        let len = usize::try_from(size & !STORED).unwrap_or(usize::MAX);
        if len > self.most {
            return Err(Fault::Malformed(DAMAGED));
        }
        self.packed.resize(len, 0);
        if input.read_exact(&mut self.packed).is_err() {
            return Err(input.fault(DAMAGED));
        }
        if self.block_sums && u32::from_le_bytes(input.array()?) != xxh32(&self.packed) {
            return Err(Fault::Malformed(WRONG_SUM));
        }
        self.taken = 0;
        if size & STORED != 0 {
            std::mem::swap(&mut self.out, &mut self.packed);
        } else {
            self.out.resize(self.most, 0);
            let n = decompress_into_with_dict(&self.packed, &mut self.out, &self.window);
            self.out.truncate(*n.as_ref().unwrap_or(&0));
            n.map_err(|_| Fault::Malformed(DAMAGED))?;
        }
        if self.linked {
            self.window.extend_from_slice(&self.out);
            let old = self.window.len().saturating_sub(WINDOW);
            self.window.drain(..old);
        }
        if let Some(sum) = &mut self.sum {
            sum.write(&self.out);
        }
        self.written += self.out.len() as u64;
        Ok(())
    }

    fn end(&mut self, input: &mut Input<'_>) -> Result<(), Fault> {
        self.ended = true;
        if let Some(sum) = &self.sum
            && u32::from_le_bytes(input.array()?) != sum.finish_32()
        {
            return Err(Fault::Malformed(WRONG_SUM));
        }
        if self.len.is_some_and(|len| len != self.written) {
            return Err(Fault::Malformed("it is not as long as its header says"));
        }
        Ok(())
    }
}

fn xxh32(bytes: &[u8]) -> u32 {
    XxHash32::oneshot(0, bytes)
}
