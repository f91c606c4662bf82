//! One stream, decompiled: whatever it holds, the text is bounded by it and nothing in it is hidden.

use std::ops::ControlFlow;

use weighbridge::{Detail, Options, decompile, escape};

/// How many bytes of statements a byte of the stream may make.
const STATEMENTS: usize = 200;
/// How many bytes of comments there may be for one of the stream, and besides.
const COMMENTS: (usize, usize) = (400, 1 << 20);

/// Decompiles the stream, whole and cut.
///
/// # Panics
///
/// When the text is longer than the stream accounts for, or holds what does not show.
pub fn decompiled(bytes: &[u8]) {
    for detail in [Detail::Short, Detail::Full] {
        let (mut statements, mut comments) = (0, 0);
        let options = Options::default();
        decompile(&bytes, "fuzz.pkl", &options, detail, &mut |line| {
            assert!(
                !line.chars().any(escape::is_hidden),
                "something hidden in {line:?}"
            );
            if line.starts_with('#') {
                comments += line.len();
            } else {
                statements += line.len();
            }
            assert!(!line.contains("missing()"), "an item is missing: {line}");
            ControlFlow::Continue(())
        });
        assert!(
            statements <= STATEMENTS * bytes.len(),
            "{statements} bytes of statements for {}",
            bytes.len()
        );
        assert!(
            comments <= COMMENTS.0 * bytes.len() + COMMENTS.1,
            "{comments} bytes of comments for {}",
            bytes.len()
        );
    }
}
