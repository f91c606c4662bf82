//! From nodes to bytes: repetition and the lengths of frames.

use super::parse::Node;
use super::{Assembly, Error, Placed};

/// How many nodes are written one by one at most; plain repetition copies and does not count.
const MAX_STEPS: u64 = 1 << 24;

const FRAME: u8 = 0x95;
/// The opcode byte and the eight bytes of the length.
const FRAME_LEN: usize = 9;

/// Writes the nodes out.
pub(super) fn emit(nodes: &[Node], max_bytes: usize, listing: bool) -> Result<Assembly, Error> {
    let assembly = Assembly {
        streams: vec![0],
        ..Assembly::default()
    };
    let mut emitter = Emitter {
        assembly,
        frames: Vec::new(),
        steps: 0,
        max_bytes,
        listing,
    };
    emitter.all(nodes)?;
    emitter.close_frames(0);
    Ok(emitter.assembly)
}

struct Emitter {
    assembly: Assembly,
    /// The offsets at which the content of each open `FRAME auto` begins.
    frames: Vec<usize>,
    steps: u64,
    max_bytes: usize,
    listing: bool,
}

impl Emitter {
    fn all(&mut self, nodes: &[Node]) -> Result<(), Error> {
        for node in nodes {
            self.one(node)?;
        }
        Ok(())
    }

    fn one(&mut self, node: &Node) -> Result<(), Error> {
        self.steps += 1;
        match node {
            Node::Bytes {
                line,
                mnemonic,
                bytes,
            } => self.write(*line, *mnemonic, bytes),
            Node::FrameAuto { line } => {
                let mut bytes = [0; FRAME_LEN];
                bytes[0] = FRAME;
                self.write(*line, Some("FRAME"), &bytes)?;
                self.frames.push(self.assembly.bytes.len());
                Ok(())
            }
            Node::EndFrame { line } => match self.frames.len() {
                0 => Err(Error::at(*line, "END_FRAME without an open `FRAME auto`")),
                open => {
                    self.close_frames(open - 1);
                    Ok(())
                }
            },
            Node::Stream { line } => {
                self.allow(*line, 0)?;
                self.close_frames(0);
                self.assembly.streams.push(self.assembly.bytes.len());
                Ok(())
            }
            Node::Repeat { line, count, body } => self.repeat(*line, *count, body),
        }
    }

    /// Fails if so many more bytes are too many.
    fn allow(&self, line: usize, more: usize) -> Result<(), Error> {
        let room = self.max_bytes - self.assembly.bytes.len();
        if more > room {
            let message = format!("writes more than {} bytes", self.max_bytes);
            return Err(Error::at(line, message));
        }
        if self.steps > MAX_STEPS {
            let message = format!("repeats more than {MAX_STEPS} instructions one by one");
            return Err(Error::at(line, message));
        }
        Ok(())
    }

    fn write(
        &mut self,
        line: usize,
        mnemonic: Option<&'static str>,
        bytes: &[u8],
    ) -> Result<(), Error> {
        self.allow(line, bytes.len())?;
        let offset = self.assembly.bytes.len();
        if let (true, Some(mnemonic)) = (self.listing, mnemonic) {
            let placed = Placed {
                offset,
                len: bytes.len(),
                mnemonic,
                line,
            };
            self.assembly.instructions.push(placed);
        }
        self.assembly.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn repeat(&mut self, line: usize, count: u64, body: &[Node]) -> Result<(), Error> {
        if self.listing || !body.iter().all(is_plain) {
            for _ in 0..count {
                // A body without bytes must not run for ever.
                self.steps += 1;
                self.allow(line, 0)?;
                self.all(body)?;
            }
            return Ok(());
        }
        if count == 0 || body.is_empty() {
            return Ok(());
        }
        let begin = self.assembly.bytes.len();
        self.all(body)?;
        let once = self.assembly.bytes.len() - begin;
        let more = u64::try_from(once)
            .ok()
            .and_then(|once| once.checked_mul(count - 1))
            .and_then(|more| usize::try_from(more).ok())
            .unwrap_or(usize::MAX);
        self.allow(line, more)?;
        let end = begin + once + more;
        while self.assembly.bytes.len() < end {
            let have = self.assembly.bytes.len();
            let take = (have - begin).min(end - have);
            self.assembly.bytes.extend_from_within(begin..begin + take);
        }
        Ok(())
    }

    /// Writes the lengths of the open frames, until only so many are left open.
    fn close_frames(&mut self, left: usize) {
        for begin in self.frames.drain(left..) {
            let len = (self.assembly.bytes.len() - begin) as u64;
            self.assembly.bytes[begin - 8..begin].copy_from_slice(&len.to_le_bytes());
        }
    }
}

/// Whether a node always writes the same bytes, wherever it stands.
fn is_plain(node: &Node) -> bool {
    match node {
        Node::Bytes { .. } => true,
        Node::Repeat { body, .. } => body.iter().all(is_plain),
        Node::FrameAuto { .. } | Node::EndFrame { .. } | Node::Stream { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::pkasm::{Assembler, assemble};

    #[test]
    fn repetition_copies() {
        let bytes = assemble(".repeat 3\nMARK\n.repeat 2\n.bytes 4e 30\n.end\n.end\nSTOP")
            .unwrap()
            .bytes;
        assert_eq!(bytes, b"(N0N0(N0N0(N0N0.");
        assert_eq!(assemble(".repeat 0\nNONE\n.end\nSTOP").unwrap().bytes, b".");
        assert_eq!(
            assemble(".repeat 1000001\nNONE\n.end").unwrap().bytes.len(),
            1_000_001
        );
    }

    #[test]
    fn listing_repeats_too() {
        let source = "PROTO 4\n.repeat 2\nNONE\n.bytes 30\n.end\nSTOP";
        let assembly = Assembler::new().listing().assemble(source).unwrap();
        let listed: Vec<_> = assembly
            .instructions
            .iter()
            .map(|placed| (placed.offset, placed.len, placed.mnemonic, placed.line))
            .collect();
        assert_eq!(
            listed,
            [
                (0, 2, "PROTO", 1),
                (2, 1, "NONE", 3),
                (4, 1, "NONE", 3),
                (6, 1, "STOP", 6)
            ]
        );
        assert_eq!(assembly.bytes, assemble(source).unwrap().bytes);
        assert!(assemble(source).unwrap().instructions.is_empty());
    }

    #[test]
    fn frames_measure_themselves() {
        let bytes =
            assemble("FRAME auto\nNONE\nFRAME auto\nSTOP\nEND_FRAME\nNONE\nEND_FRAME\nSTOP")
                .unwrap()
                .bytes;
        assert_eq!(bytes, b"\x95\x0c\0\0\0\0\0\0\0N\x95\x01\0\0\0\0\0\0\0.N.");
        let bytes = assemble("FRAME auto\nSTOP\n.stream\nFRAME auto\nNONE\nSTOP").unwrap();
        assert_eq!(
            bytes.bytes,
            b"\x95\x01\0\0\0\0\0\0\0.\x95\x02\0\0\0\0\0\0\0N."
        );
        assert_eq!(bytes.streams, [0, 10]);
        let bytes = assemble(".repeat 2\nFRAME auto\nNONE\nEND_FRAME\n.end")
            .unwrap()
            .bytes;
        assert_eq!(bytes, b"\x95\x01\0\0\0\0\0\0\0N".repeat(2));
    }

    #[test]
    fn output_and_work_are_bounded() {
        for source in [
            ".repeat 1000000000000\nNONE\n.end",
            ".repeat 0xffffffffffffffff\n.repeat 0xffffffffffffffff\nNONE\n.end\n.end",
            ".repeat 1000000\nFRAME auto\n.repeat 1000000\nNONE\n.end\nEND_FRAME\n.end",
            ".repeat 1000000000000\n.stream\n.end",
        ] {
            let result = Assembler::new().max_bytes(1 << 20).assemble(source);
            let message = result.map_or_else(|error| error.to_string(), |_| String::new());
            assert!(message.contains("more than"), "{source}: {message:?}");
        }
        assert!(
            Assembler::new()
                .max_bytes(3)
                .assemble("BININT2 1\nSTOP")
                .is_err()
        );
        assert!(
            Assembler::new()
                .max_bytes(4)
                .assemble("BININT2 1\nSTOP")
                .is_ok()
        );
    }
}
