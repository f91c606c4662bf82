//! Frames of zstd (RFC 8878).

use std::io::Read as _;

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::input::Input;
use super::stream::{DAMAGED, Fault, Stream, WRONG_SUM};

/// What a frame begins with.
pub(super) const MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";

/// A last block without content, and room for a checksum. With it, the decoder gives away what it
/// would keep for blocks that do not come.
const LAST: &[u8] = &[1, 0, 0, 0, 0, 0, 0];

/// Begins to read a frame, holding at most `window` bytes of what came out.
pub(super) fn open(input: &mut Input<'_>, window: u64) -> Result<Box<dyn Stream>, Fault> {
    let mut frame = FrameDecoder::new();
    frame.set_max_window_size(window);
    match frame.init(&mut *input) {
        Ok(()) => Ok(Box::new(Frame {
            frame,
            written: 0,
            fault: None,
        })),
        Err(FrameDecoderError::WindowSizeTooBig { .. }) => Err(Fault::Window),
        Err(FrameDecoderError::DictNotProvided { .. }) => {
            Err(Fault::Unsupported("it was compressed with a dictionary"))
        }
        Err(_) => Err(input.fault(DAMAGED)),
    }
}

struct Frame {
    frame: FrameDecoder,
    written: u64,
    /// What is to be said once all that came out was handed on.
    fault: Option<Fault>,
}

impl Stream for Frame {
    fn read(&mut self, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            let n = self.frame.read(out)?;
            self.written += n as u64;
            if n > 0 {
                return Ok(n);
            }
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            if self.frame.is_finished() {
                return self.finish();
            }
            let one = BlockDecodingStrategy::UptoBlocks(1);
            if self.frame.decode_blocks(&mut *input, one).is_err() {
                self.fault = Some(input.fault(DAMAGED));
                // Whether that works or not: there is the fault to tell.
                let one = BlockDecodingStrategy::UptoBlocks(1);
                let _ = self.frame.decode_blocks(LAST, one);
            }
        }
    }
}

impl Frame {
    fn finish(&self) -> Result<usize, Fault> {
        let said = self.frame.get_checksum_from_data();
        let len = self.frame.content_size();
        if said.is_some() && said != self.frame.get_calculated_checksum() {
            return Err(Fault::Malformed(WRONG_SUM));
        }
        if len != 0 && len != self.written {
            return Err(Fault::Malformed("it is not as long as its header says"));
        }
        Ok(0)
    }
}
