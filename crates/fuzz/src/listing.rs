//! A rough disassembly for people who read a mismatch, and the opcode boundaries for the mutator.

use crate::generate::opcodes::{self, Layout};
use std::fmt::Write as _;

/// One opcode in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) offset: usize,
    pub(crate) opcode: u8,
    pub(crate) len: usize,
}

/// The opcodes of a stream, read linearly, on behind every STOP. A byte that is no opcode is an item of its own.
pub(crate) fn walk(bytes: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut offset = 0;
    while let Some(opcode) = bytes.get(offset) {
        let len = item_len(&bytes[offset..]);
        items.push(Item {
            offset,
            opcode: *opcode,
            len,
        });
        offset += len;
    }
    items
}

/// The length of the opcode that `bytes` begin with, cut at their end.
fn item_len(bytes: &[u8]) -> usize {
    let rest = &bytes[1..];
    let operand = match opcodes::layout(bytes[0]) {
        Some(Layout::None) | None => 0,
        Some(Layout::Fixed(width)) => width,
        Some(Layout::Lines(count)) => rest
            .split_inclusive(|byte| *byte == b'\n')
            .take(count)
            .map(<[u8]>::len)
            .sum(),
        Some(Layout::Counted(width)) => {
            let mut length = [0; 8];
            for (place, byte) in length[..width].iter_mut().zip(rest) {
                *place = *byte;
            }
            usize::try_from(u64::from_le_bytes(length))
                .unwrap_or(usize::MAX)
                .saturating_add(width)
        }
    };
    1 + operand.min(rest.len())
}

/// The stream, an opcode a line.
#[must_use]
pub fn listing(bytes: &[u8]) -> String {
    let mut text = String::new();
    for item in walk(bytes) {
        let operand = &bytes[item.offset + 1..item.offset + item.len];
        let shown = &operand[..operand.len().min(40)];
        let more = if shown.len() < operand.len() {
            "…"
        } else {
            ""
        };
        let name = opcodes::name(item.opcode);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:5}: {:02x} {name:<16} {}{more}",
            item.offset,
            item.opcode,
            shown.escape_ascii()
        );
    }
    text
}

/// The bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{hex, listing, walk};

    #[test]
    fn walks_over_everything() {
        let bytes = b"\x80\x04cos\nsystem\n\x8c\x02ab\xffX\xff\xff\xff\xff.";
        let items: Vec<_> = walk(bytes)
            .iter()
            .map(|item| (item.offset, item.len))
            .collect();
        assert_eq!(items, [(0, 2), (2, 11), (13, 4), (17, 1), (18, 6)]);
        assert_eq!(
            listing(b"I1\n."),
            "    0: 49 INT              1\\n\n    3: 2e STOP             \n"
        );
        assert_eq!(hex(b"\x00\xff"), "00ff");
    }
}
