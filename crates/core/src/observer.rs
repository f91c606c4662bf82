//! Listening to what loading a file would do.

use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, OpSet, Source, Value, View, Watched};

use crate::format::Format;
use crate::gap::Gap;

/// Where in a file something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place<'a> {
    /// The names of the members that lead to it, from the outermost archive inwards; empty for the
    /// file itself.
    pub member: &'a [String],
    /// The last of these names as it stands in the archive.
    pub name: Option<&'a [u8]>,
    /// Its length in bytes.
    pub size: u64,
    /// Where the content begins in the file, where it lies there as it is (not compressed).
    pub base: Option<u64>,
    /// What it is for.
    pub role: Role,
    /// Whether it is, or lies within, a value of a pickle that nobody is known to load.
    pub embedded: bool,
}

/// What a content is for, as far as what it lies in says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Nothing says what it is for.
    Any,
    /// The pickle that `torch.load` begins with, in a zip archive.
    TorchPickle,
    /// The pickles of `torch.save` before PyTorch 1.6.
    TorchLegacy,
    /// The pickle of the object in a tar archive of `torch.save`.
    TorchTarPickle,
    /// The tensors in such an archive: pickles, with their sizes between.
    TorchTarTensors,
    /// The storages in such an archive: pickles, with their elements between.
    TorchTarStorages,
    /// A pickle of a TorchScript archive, which PyTorch's own unpickler reads.
    ScriptPickle,
    /// The pickle of instructions in a TorchScript archive for mobile devices.
    ScriptBytecode,
    /// Source code of TorchScript.
    ScriptCode,
    /// The program of an archive of `torch.export`: JSON.
    ExportProgram,
    /// What describes the objects of an archive of skops: JSON.
    SkopsSchema,
    /// Anything that a program may ask an archive of `torch.package` for.
    PackageResource,
    /// A file that an archive only carries along.
    Resource,
    /// The configuration of a model of NeMo.
    NemoConfig,
    /// The elements of a tensor or an array: bytes that no loader interprets.
    Elements,
    /// A short text about a PyTorch archive.
    TorchNote,
}

impl Role {
    /// Whether a loader that knows what it is for takes it for a pickle, whatever it is.
    pub(crate) fn is_pickle(self) -> bool {
        matches!(
            self,
            Role::TorchPickle
                | Role::ScriptPickle
                | Role::ScriptBytecode
                | Role::TorchTarPickle
                | Role::TorchTarTensors
                | Role::TorchTarStorages
        )
    }
}

/// Something in a value of a pickle, or in a member, that a program loads or runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payload<'a> {
    /// What kind it is.
    pub kind: PayloadKind,
    /// The same in words.
    pub what: &'a str,
    /// What it is in, in words.
    pub holder: &'a str,
    /// The encodings that it is wrapped in, the outermost first.
    pub layers: &'a [&'static str],
    /// Where the value begins, in bytes from the start of the content.
    pub offset: u64,
    /// How many bytes the value takes.
    pub len: u64,
}

/// Kinds of payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PayloadKind {
    /// A pickle that imports or calls something. Its effects are told as those of a content of its own.
    Pickle,
    /// Compiled Python code.
    Code,
    /// A program.
    Executable,
}

/// A tensor, or an array, that a format describes outside of pickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredTensor<'a> {
    /// Its name; empty where there is only one without a name.
    pub name: &'a str,
    /// The type of its elements, as the format names it.
    pub dtype: &'a str,
    /// The size of each dimension.
    pub shape: &'a [u64],
    /// Where its elements begin, in bytes from the start of the content.
    pub offset: u64,
    /// How many bytes they take; `None` where they are objects in a pickle.
    pub len: Option<u64>,
}

/// A class or a function that a format other than a pickle names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named<'a> {
    /// Its module.
    pub module: &'a str,
    /// Its name in the module.
    pub name: &'a str,
    /// Whether an object of it is made and given a state.
    pub is_built: bool,
    /// Where it is named, in bytes from the start of the content.
    pub offset: u64,
    /// How many bytes that takes.
    pub len: u64,
}

/// Something about a header or an index that loaders let through, or read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Oddity<'a> {
    /// What kind it is.
    pub kind: OddityKind,
    /// What it is about: the same for what should be told only once or a few times.
    pub subject: &'a str,
    /// The same in words.
    pub detail: &'a str,
    /// Where it is, in bytes from the start of the content.
    pub offset: u64,
    /// How many bytes it is about; 0 where that is not known.
    pub len: u64,
    /// Where it is in a content that is JSON as a whole.
    pub pointer: Option<&'a str>,
}

/// Kinds of oddities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OddityKind {
    /// Unpacking writes out of the directory that is unpacked to.
    WritesOutside,
    /// Unpacking does so through a link that the archive made before.
    WritesThroughLink,
    /// Unpacking makes a link that leads out of that directory.
    LinksOutside,
    /// Unpacking makes a device or a pipe.
    SpecialFile,
    /// Programs differ about whether an entry of an archive is there at all.
    BehindEnd,
    /// A key is twice in an object.
    DuplicateKey,
    /// The header is written in a form that the reference reads and that no writer writes.
    UnusualForm,
    /// A tensor has a field that no loader reads.
    UnknownField,
    /// A name has characters that hide, or is made to look like another one.
    DeceptiveName,
    /// A name would lead out of a folder, if a file were named so.
    EscapingName,
    /// A shape that no array can have.
    AbsurdShape,
    /// Tensors that do not begin where their elements could be read in place.
    Misaligned,
    /// Tensors without elements.
    EmptyTensor,
    /// Metadata that take much space.
    LargeMetadata,
    /// A string looks like a credential.
    Credential,
    /// A file that is something else as well.
    Polyglot,
    /// A file that is not what its name says.
    Misnamed,
    /// An index and its shards do not go together, so that loaders differ.
    ShardMismatch,
    /// An index names what is not there.
    ShardMissing,
    /// An index names a file outside of its folder.
    EscapingShard,
    /// An index names a file that is no shard of its kind.
    ForeignShard,
    /// The sizes that an index tells are not those of its shards.
    WrongTotal,
    /// Code of TorchScript uses an operator that reads or writes files.
    ScriptFiles,
    /// Code of TorchScript may use such an operator under another name.
    ScriptFilesPerhaps,
    /// A model uses operators of a library of machine code that is not known.
    ForeignOperator,
    /// A model has objects of a class of machine code that is not known.
    ForeignClass,
    /// An archive brings code that its loader runs.
    ArchiveCode,
    /// A program asks for a function that no exported program has.
    ExportTarget,
    /// An expression of an exported program is not plain, and Python evaluates it.
    ExportExpression,
    /// A kind of object that the loader makes in a way that is not known.
    SkopsLoader,
    /// An array lies in a file outside of the folder.
    EscapingArray,
    /// A file that is named like data is a pickle, or an archive with pickles.
    MisleadingName,
    /// A file is another archive than its name says.
    UnusualName,
}

impl Place<'_> {
    /// The offset in the file of an offset in the content.
    #[must_use]
    pub fn physical(&self, offset: u64) -> Option<u64> {
        self.base?.checked_add(offset)
    }
}

/// The pickles of one content, as far as they were followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PickleSpan {
    /// Where the first begins.
    pub start: u64,
    /// Where the last that reached its STOP ends; `start` where none did.
    pub end: u64,
    /// How many were begun.
    pub streams: u32,
    /// From where on the content is something else, which needs no pickle to be read.
    pub explained: Option<u64>,
}

/// Listens while a file is examined. Rules, traces and listings all are observers.
///
/// Every method may end the examination with [`ControlFlow::Break`].
pub trait Observer {
    /// Told what a content is read as, before anything else about it or, for joblib's, where the first
    /// array is. A content that several loaders read differently is told of once for each.
    fn format(&mut self, place: &Place<'_>, format: Format) -> ControlFlow<()> {
        let _ = (place, format);
        ControlFlow::Continue(())
    }

    /// Told of everything that loading would do, in the order of execution. Gaps are told apart.
    fn effect(
        &mut self,
        place: &Place<'_>,
        effect: &Effect<'_>,
        view: &View<'_>,
    ) -> ControlFlow<()>;

    /// Told of what could not be examined.
    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()>;

    /// Asked before the pickles of a content are followed: the opcodes that [`Observer::watched`] is to
    /// be told of there.
    fn watches(&self, place: &Place<'_>) -> OpSet {
        let _ = place;
        OpSet::NONE
    }

    /// Told of instructions with such an opcode, before their effects. Says whether to be told of the
    /// next with the same opcode in this pickle as well; the scan is faster where it is not.
    fn watched(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        watched: &Watched,
        view: &View<'_>,
    ) -> bool {
        let _ = (place, source, watched, view);
        false
    }

    /// Told, after their effects, where the pickles of a content were.
    fn pickle(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        span: PickleSpan,
    ) -> ControlFlow<()> {
        let _ = (place, source, span);
        ControlFlow::Continue(())
    }

    /// Told of values and members that hold something that a program loads or runs.
    fn payload(&mut self, place: &Place<'_>, payload: &Payload<'_>) -> ControlFlow<()> {
        let _ = (place, payload);
        ControlFlow::Continue(())
    }

    /// Told of every tensor that a format describes outside of pickles.
    fn tensor(&mut self, place: &Place<'_>, tensor: &StoredTensor<'_>) -> ControlFlow<()> {
        let _ = (place, tensor);
        ControlFlow::Continue(())
    }

    /// Told of every entry of a format's metadata.
    fn metadata(&mut self, place: &Place<'_>, key: &str, value: &str) -> ControlFlow<()> {
        let _ = (place, key, value);
        ControlFlow::Continue(())
    }

    /// Told of what is odd about a header or an index.
    fn oddity(&mut self, place: &Place<'_>, oddity: &Oddity<'_>) -> ControlFlow<()> {
        let _ = (place, oddity);
        ControlFlow::Continue(())
    }

    /// Told of classes and functions that a format other than a pickle has its loader import.
    fn named(&mut self, place: &Place<'_>, named: &Named<'_>) -> ControlFlow<()> {
        let _ = (place, named);
        ControlFlow::Continue(())
    }

    /// Asked after each call: which of its arguments the callee unpickles. Their bytes are then
    /// examined as a content of their own.
    fn unpickled(&mut self) -> Vec<Value> {
        Vec::new()
    }
}
