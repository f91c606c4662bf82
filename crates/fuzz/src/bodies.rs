//! Fuzz bodies: plain functions of bytes that must not panic, run on stable with fixed seeds, or by a fuzzer.

use crate::generate::Generator;
use std::panic::catch_unwind;

/// A fuzz body.
pub type Body = fn(&[u8]);

/// Every body by name.
pub const ALL: &[(&str, Body)] = &[("reader", reader), ("machine", machine)];

// TO BE FILLED IN, when the API stands.

/// Reads every instruction.
pub fn reader(_bytes: &[u8]) {}

/// Runs the machine with every observer.
pub fn machine(_bytes: &[u8]) {}

/// Runs a body over the generator's streams `first..first + executions`. Gives back the first stream that panics.
///
/// # Errors
///
/// The number of the stream, and the stream.
pub fn run(
    body: Body,
    generator: &Generator,
    first: u64,
    executions: u64,
) -> Result<(), (u64, Vec<u8>)> {
    for index in first..first.saturating_add(executions) {
        let stream = generator.stream(index);
        if catch_unwind(|| body(&stream)).is_err() {
            return Err((index, stream));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ALL, run};
    use crate::generate::Generator;

    #[test]
    fn no_body_panics() {
        let generator = Generator::new(11, Vec::new());
        for (name, body) in ALL {
            assert_eq!(run(*body, &generator, 0, 20_000), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_panic_is_found() {
        let body = |bytes: &[u8]| assert!(!bytes.contains(&0x93));
        let (_, stream) = run(body, &Generator::new(11, Vec::new()), 0, 1000).unwrap_err();
        assert!(stream.contains(&0x93));
    }
}
