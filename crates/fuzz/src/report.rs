//! What a person needs to see of a mismatch.

use crate::compare::Mismatch;
use crate::listing::{hex, listing};
use std::fmt::Write as _;

/// More events than these are not shown.
const SHOWN: usize = 60;

/// The stream in hexadecimal and as a listing, the reading, and both lists of events.
#[must_use]
pub fn render(index: u64, stream: &[u8], mismatch: &Mismatch) -> String {
    let mut text = String::new();
    let buffers = if mismatch.buffers {
        ", with out-of-band buffers"
    } else {
        ""
    };
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "stream {index}, reading {} fed from {}{buffers}: an event of CPython's is not among ours",
        mismatch.reading,
        mismatch.fed.join(", ")
    );
    let _ = writeln!(
        text,
        "hex {}\n{}CPython, ending with {:?}:",
        hex(stream),
        listing(stream),
        mismatch.end
    );
    for (number, event) in mismatch.theirs.iter().enumerate().take(SHOWN) {
        let sign = if number == mismatch.missing {
            "missing"
        } else {
            ""
        };
        let _ = writeln!(text, "  {sign:<8}{} {}", event.stream, event.text);
    }
    let _ = writeln!(text, "ours:");
    for event in mismatch.ours.iter().take(SHOWN) {
        let _ = writeln!(text, "          {} {}", event.stream, event.text);
    }
    text
}

/// The stream that makes the subject panic.
#[must_use]
pub fn panicked(index: u64, stream: &[u8]) -> String {
    format!(
        "stream {index}: our side panics\nhex {}\n{}",
        hex(stream),
        listing(stream)
    )
}
