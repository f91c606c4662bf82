//! What a value is.

/// What a value is, as far as the stream tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `None`.
    None,
    /// A bool.
    Bool,
    /// An int.
    Int,
    /// A float.
    Float,
    /// A str.
    Str,
    /// A Python 2 string: str or bytes, as the loader's encoding says.
    EightBitStr,
    /// Bytes.
    Bytes,
    /// A bytearray.
    ByteArray,
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A dict.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
    /// An imported global.
    Global,
    /// What a call returned.
    Result,
    /// What `persistent_load` returned.
    Persistent,
    /// A global from the extension registry.
    Extension,
    /// An out-of-band buffer or a memoryview.
    Buffer,
}

impl Kind {
    /// The word that shapes use for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::None => "none",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Str => "str",
            Kind::EightBitStr => "8-bit-str",
            Kind::Bytes => "bytes",
            Kind::ByteArray => "bytearray",
            Kind::Tuple => "tuple",
            Kind::List => "list",
            Kind::Dict => "dict",
            Kind::Set => "set",
            Kind::FrozenSet => "frozenset",
            Kind::Global => "global",
            Kind::Result => "result",
            Kind::Persistent => "persistent",
            Kind::Extension => "extension",
            Kind::Buffer => "buffer",
        }
    }
}
