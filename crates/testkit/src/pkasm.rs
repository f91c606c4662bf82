//! The assembler for `.pkasm` files: pickles written as text, one instruction a line.
//!
//! ```
//! let assembly = weighbridge_testkit::pkasm::assemble("\
//!     ## title: a list of one text
//!     PROTO 4
//!     EMPTY_LIST
//!     SHORT_BINUNICODE 'inert words'
//!     APPEND
//!     STOP
//! ")?;
//! assert_eq!(assembly.bytes, b"\x80\x04]\x8c\x0binert wordsa.");
//! assert_eq!(assembly.get("title"), Some("a list of one text"));
//! # Ok::<(), weighbridge_testkit::pkasm::Error>(())
//! ```
//!
//! The mnemonics are the names that `pickletools` gives the opcodes; their bytes and operand
//! layouts stand in a table of this module's own. `docs/testing.md` describes the whole language.

mod emit;
mod header;
mod literal;
mod mnemonic;
mod parse;

use std::fmt;
use std::path::Path;

pub use mnemonic::{MNEMONICS, Mnemonic, Operand};

/// How many bytes [`assemble`] writes at most, unless [`Assembler::max_bytes`] says otherwise.
pub const DEFAULT_MAX_BYTES: usize = 64 << 20;

/// What a `.pkasm` source was assembled to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assembly {
    /// The pickle.
    pub bytes: Vec<u8>,
    /// The `# key: value` comments of the header, in order; a key may occur several times.
    pub metadata: Vec<(String, String)>,
    /// The offsets at which streams begin: 0, and the place of each `.stream`.
    pub streams: Vec<usize>,
    /// Where each instruction went. Filled only under [`Assembler::listing`]; what `.bytes`,
    /// `.raw` and `.text` write is not listed.
    pub instructions: Vec<Placed>,
}

impl Assembly {
    /// The value of a header key; the first one if there are several.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.metadata
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }
}

/// Where an instruction went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placed {
    /// The offset of its opcode byte.
    pub offset: usize,
    /// Its length in bytes, opcode and operand.
    pub len: usize,
    /// Its mnemonic.
    pub mnemonic: &'static str,
    /// The line of the source that wrote it, counted from 1.
    pub line: usize,
}

/// Why a `.pkasm` source could not be assembled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    line: Option<usize>,
    message: String,
}

impl Error {
    pub(crate) fn at(line: usize, message: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            message: message.into(),
        }
    }

    /// The line of the source, counted from 1, or `None` if the file could not be read.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "line {line}: {}", self.message),
            None => out.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

/// The assembler with its options.
#[derive(Clone, Copy, Debug)]
pub struct Assembler {
    max_bytes: usize,
    listing: bool,
}

impl Default for Assembler {
    fn default() -> Self {
        Self {
            max_bytes: DEFAULT_MAX_BYTES,
            listing: false,
        }
    }
}

impl Assembler {
    /// The assembler that [`assemble`] uses.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes at most so many bytes; more is an error.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Also fills [`Assembly::instructions`].
    #[must_use]
    pub fn listing(mut self) -> Self {
        self.listing = true;
        self
    }

    /// Assembles a source text.
    ///
    /// # Errors
    ///
    /// The first line that is no instruction, or whose operand does not fit.
    pub fn assemble(self, source: &str) -> Result<Assembly, Error> {
        let nodes = parse::parse(source)?;
        let mut assembly = emit::emit(&nodes, self.max_bytes, self.listing)?;
        assembly.metadata = header::read(source);
        Ok(assembly)
    }

    /// Assembles a file.
    ///
    /// # Errors
    ///
    /// As [`Assembler::assemble`], with the path in the message; or the file cannot be read.
    pub fn assemble_file(self, path: &Path) -> Result<Assembly, Error> {
        let source = std::fs::read_to_string(path).map_err(|error| Error {
            line: None,
            message: format!("{}: {error}", path.display()),
        })?;
        self.assemble(&source).map_err(|error| Error {
            line: error.line,
            message: format!("{}: {}", path.display(), error.message),
        })
    }
}

/// Assembles a source text with the default options.
///
/// # Errors
///
/// The first line that is no instruction, or whose operand does not fit.
pub fn assemble(source: &str) -> Result<Assembly, Error> {
    Assembler::new().assemble(source)
}

/// Assembles a file with the default options.
///
/// # Errors
///
/// As [`assemble`], with the path in the message; or the file cannot be read.
pub fn assemble_file(path: &Path) -> Result<Assembly, Error> {
    Assembler::new().assemble_file(path)
}
