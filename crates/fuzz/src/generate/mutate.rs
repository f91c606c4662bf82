//! Mutations of streams that exist.

use super::opcodes::{self, Layout};
use crate::listing::{Item, walk};
use crate::random::Random;

/// Mutated streams grow no longer than this.
const LONGEST: usize = 4096;

const WORDS: &[u64] = &[
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
];

/// `stream` after a few mutations; `other` is what may be spliced in.
pub(crate) fn mutated(random: &mut Random, stream: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = stream.to_vec();
    let most = if random.percent(70) { 2 } else { 8 };
    for _ in 0..random.between(1, most) {
        mutate(random, &mut bytes, other);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn mutate(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = random.below(bytes.len());
    match random.below(100) {
        0..10 => change(bytes, at, |byte| byte ^ (1 << random.below(8))),
        10..18 => change(bytes, at, |_| random.byte()),
        18..24 => change(bytes, at, |_| {
            random.choose(b"\n\r\0 '\"\\_+-.0123456789LxX\x1a")
        }),
        24..40 => swap_opcode(random, bytes),
        40..52 => operand(random, bytes),
        52..60 => insert_opcode(random, bytes),
        60..68 => drop(bytes.drain(span(random, bytes))),
        68..76 => {
            let copy = bytes[span(random, bytes)].to_vec();
            let to = boundary(random, bytes);
            bytes.splice(to..to, copy);
        }
        76..88 => {
            let part = other[span(random, other)].to_vec();
            let to = boundary(random, bytes);
            bytes.splice(to..to, part);
        }
        88..92 => {
            let word = random.choose(WORDS).to_le_bytes();
            let width = random.choose(&[1, 2, 4, 8]);
            for (place, byte) in bytes.iter_mut().skip(at).zip(&word[..width]) {
                *place = *byte;
            }
        }
        92..95 => bytes.truncate(at),
        95..98 => {
            let head = boundary(random, bytes);
            bytes.truncate(head);
            bytes.extend_from_slice(&other[boundary(random, other)..]);
        }
        _ => bytes.extend_from_slice(other),
    }
}

fn change(bytes: &mut [u8], at: usize, to: impl FnOnce(u8) -> u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = to(*byte);
    }
}

/// Where an opcode begins, or the end; now and then any place.
fn boundary(random: &mut Random, bytes: &[u8]) -> usize {
    if random.percent(15) {
        return random.below(bytes.len() + 1);
    }
    let items = walk(bytes);
    items
        .get(random.below(items.len() + 1))
        .map_or(bytes.len(), |item| item.offset)
}

/// A few opcodes on end, or any bytes.
fn span(random: &mut Random, bytes: &[u8]) -> std::ops::Range<usize> {
    let (a, b) = (boundary(random, bytes), boundary(random, bytes));
    let (low, high) = (a.min(b), a.max(b));
    low..high.min(low + 200)
}

fn item(random: &mut Random, bytes: &[u8]) -> Option<Item> {
    let items = walk(bytes);
    items.get(random.below(items.len())).copied()
}

/// Another opcode in the place of one, often one that is laid out alike.
fn swap_opcode(random: &mut Random, bytes: &mut [u8]) {
    let Some(item) = item(random, bytes) else {
        return;
    };
    let layout = opcodes::layout(item.opcode);
    let mut opcode = random.choose(opcodes::ALL);
    for _ in 0..8 {
        if random.percent(20) || opcodes::layout(opcode) == layout {
            break;
        }
        opcode = random.choose(opcodes::ALL);
    }
    bytes[item.offset] = opcode;
}

fn insert_opcode(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = boundary(random, bytes);
    let opcode = random.choose(opcodes::ALL);
    let operand: Vec<u8> = match opcodes::layout(opcode) {
        Some(Layout::Fixed(width)) => (0..width).map(|_| random.byte() % 8).collect(),
        Some(Layout::Lines(count)) => b"1\n".repeat(count),
        Some(Layout::Counted(width)) => vec![0; width],
        Some(Layout::None) | None => Vec::new(),
    };
    bytes.splice(at..at, [vec![opcode], operand].concat());
}

/// A boundary value in the place of an operand, or of the length of one.
fn operand(random: &mut Random, bytes: &mut [u8]) {
    let Some(item) = item(random, bytes) else {
        return;
    };
    let (Some(Layout::Fixed(width)) | Some(Layout::Counted(width))) = opcodes::layout(item.opcode)
    else {
        return;
    };
    let near = item.len.wrapping_sub(1 + width) as u64;
    let word = match random.below(3) {
        0 => near.wrapping_add(1),
        1 => near.wrapping_sub(1),
        _ => random.choose(WORDS),
    };
    for (place, byte) in bytes[item.offset + 1..]
        .iter_mut()
        .zip(&word.to_le_bytes()[..width])
    {
        *place = *byte;
    }
}
