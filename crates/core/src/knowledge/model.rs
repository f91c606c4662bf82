//! What a reviewed global is known for. The tables in `data/` become statics of these types.

use std::fmt;

use crate::finding::Severity;

/// What a dangerous global does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EffectClass {
    /// Runs code that comes as words or as an object.
    CodeExecution,
    /// Starts, replaces or ends processes.
    Process,
    /// Imports by a name that it is given.
    DynamicImport,
    /// Loads or calls machine code.
    NativeCode,
    /// Reads files.
    FileRead,
    /// Writes files.
    FileWrite,
    /// Removes or moves files.
    FileDelete,
    /// Talks to other machines.
    Network,
    /// Loads another format that can run code.
    Deserialization,
    /// Gives access to what objects are made of.
    AttributeAccess,
    /// Reads or changes the state of the process.
    Environment,
    /// Uses up memory or time.
    DenialOfService,
}

impl EffectClass {
    /// Every class.
    pub const ALL: [EffectClass; 12] = [
        EffectClass::CodeExecution,
        EffectClass::Process,
        EffectClass::DynamicImport,
        EffectClass::NativeCode,
        EffectClass::FileRead,
        EffectClass::FileWrite,
        EffectClass::FileDelete,
        EffectClass::Network,
        EffectClass::Deserialization,
        EffectClass::AttributeAccess,
        EffectClass::Environment,
        EffectClass::DenialOfService,
    ];

    /// The fixed name used in data files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            EffectClass::CodeExecution => "code-execution",
            EffectClass::Process => "process",
            EffectClass::DynamicImport => "dynamic-import",
            EffectClass::NativeCode => "native-code",
            EffectClass::FileRead => "file-read",
            EffectClass::FileWrite => "file-write",
            EffectClass::FileDelete => "file-delete",
            EffectClass::Network => "network",
            EffectClass::Deserialization => "deserialization",
            EffectClass::AttributeAccess => "attribute-access",
            EffectClass::Environment => "environment",
            EffectClass::DenialOfService => "denial-of-service",
        }
    }
}

impl fmt::Display for EffectClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a group of dangerous globals does, and how much that weighs.
#[derive(Debug)]
pub(crate) struct Danger {
    pub(crate) effect: EffectClass,
    /// Completes "`os.system` …".
    pub(crate) reason: &'static str,
    /// How severe it is to import one that is never called.
    pub(crate) import: Severity,
    /// How severe it is to call one.
    pub(crate) call: Severity,
    /// Whether it makes code objects and classes of the file's own.
    pub(crate) code: bool,
}

/// What a group of known globals may be used for. That one is listed says that it may be imported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permissions {
    /// Arguments of `cls.__new__`.
    pub(crate) new: Calls,
    /// Arguments of the class or function itself.
    pub(crate) call: Calls,
    /// The state that a fresh result may be given.
    pub(crate) build: Option<Type>,
    /// Whether a fresh result takes items under keys.
    pub(crate) items: bool,
    /// Whether a fresh result takes items one after another.
    pub(crate) append: bool,
    /// Whether a fresh result takes items as a set does.
    pub(crate) add: bool,
    /// What a call of a function gives.
    pub(crate) returns: Returns,
    /// Which attributes may be walked to.
    pub(crate) attributes: Attributes,
    /// What a call of it is read as instead.
    pub(crate) forwards: Option<Forward>,
    /// What its state says of memory.
    pub(crate) layout: Option<Layout>,
}

/// States that say how memory is laid out, and are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// NumPy's data types.
    DataType,
    /// NumPy's arrays.
    Array,
}

/// A function whose call is read as something else that its arguments say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forward {
    /// `(cls, *args)`: NEWOBJ.
    Newobj,
    /// `(cls, args, kwargs)`: NEWOBJ_EX.
    NewobjEx,
    /// `(cls, base, state)`: `base.__new__(cls, state)` and `base.__init__`.
    Reconstructor,
    /// `(object, name)`: a walk to an attribute.
    Getattr,
    /// `(function, *args)`: a function that calls that one, once it is called itself.
    Partial,
    /// `(object, name, value)`: sets an attribute.
    Setattr,
    /// `(*names)`: walks to attributes, or calls of methods, once it is called itself.
    Attrgetter,
    /// `(word)`: finds a class of `types` or `builtins`.
    ClassByName,
}

/// A reviewed global.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) module: &'static str,
    pub(crate) name: &'static str,
}

/// Which calls are permitted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Calls {
    No,
    Any,
    With(&'static [Signature]),
}

/// Arguments that a callee may be given.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) params: &'static [Type],
    /// How many of them there must be.
    pub(crate) required: usize,
    /// What further arguments may be.
    pub(crate) rest: Option<Type>,
}

/// What a call gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Returns {
    /// A fresh object of the class that is called.
    Itself,
    /// A fresh object of that class.
    Fresh(Name),
    /// An object of the class that is called, which the whole program may share. Only NEWOBJ
    /// and `copyreg`'s constructors give one that may be changed.
    Shared,
    /// Something that is not fresh, or has no permissions.
    Value,
}

/// Which attributes may be walked to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Attributes {
    None,
    /// Members of an enumeration: every name without a leading underscore.
    Members,
    Named(&'static [&'static str]),
}

/// What an argument or a state may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    None,
    Bool,
    Int,
    /// An int from 0 up to this one.
    IntMax(i64),
    Float,
    Str,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    /// A dict of which every key is known to be a str, and the values under these words are of these
    /// types.
    DictWith(&'static [(&'static str, Type)]),
    Set,
    FrozenSet,
    /// Exactly this word.
    Word(&'static str),
    /// This text, with the same names wherever it says `%s`.
    Template(&'static str),
    /// A str or bytes, of no more bytes than that.
    TextMax(usize),
    /// A str of no other letters than these, and of no more than so many.
    Letters(&'static str, usize),
    /// A tuple of these.
    TupleOf(&'static [Type]),
    /// A tuple of any number of one type.
    TupleAll(&'static Type),
    /// A list of one type.
    ListAll(&'static Type),
    /// Any known global.
    Global,
    /// A known global that can be instantiated.
    Class,
    /// That very global.
    This(Name),
    /// A fresh object of any known class.
    Instance,
    /// A fresh object of that class.
    Of(Name),
    /// What `persistent_load` gave.
    Persistent,
    /// An out-of-band buffer.
    Buffer,
    /// Bytes that the callee unpickles.
    Pickle,
    Any,
    /// Nothing at all.
    Never,
    OneOf(&'static [Type]),
}

/// A row of the tables: which group of which kind a global belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Row {
    Known(u16),
    Danger(u16),
}
