//! Effects: what loading a pickle would do, in order.

use super::value::Value;
use super::view::View;
use crate::opcode::Op;
use crate::readings::Readings;
use crate::text::Text;

/// One thing that loading would do, and where the stream says so.
///
/// Effects are reported in the order of execution, and stay reported whatever happens to their
/// result or to the rest of the stream.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Effect<'e> {
    /// What it would do.
    pub kind: EffectKind<'e>,
    /// Offset of the instruction, in bytes from the start of the source.
    pub offset: u64,
    /// Length of the instruction in bytes.
    pub len: u64,
    /// Where a loader that reads the file itself gets the next byte: behind the instruction or, where
    /// that lies in a frame, behind the frame, which the pure-Python unpickler has read as a whole.
    pub file_offset: u64,
    /// Which pickle of the source it is in, from 0.
    pub stream: u32,
    /// The readings under which it happens.
    pub readings: Readings,
    /// Whether it happens where the memo is carried over from the pickles before, rather than fresh
    /// for each.
    pub carried: bool,
    /// Whether nothing but a seek would reach the pickle: it lies behind bytes that are none.
    pub unreached: bool,
}

/// The kinds of [`Effect`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EffectKind<'e> {
    /// A global is imported: `find_class(module, name)`.
    Import {
        /// GLOBAL, INST or STACK_GLOBAL.
        via: Op,
        /// What `find_class` is given; `None` where the string comes from an object, so that only
        /// execution would tell.
        module: Option<Text<'e>>,
        /// As `module`.
        name: Option<Text<'e>>,
        /// The global, as later effects refer to it.
        global: Value,
    },
    /// Something is called.
    Call {
        /// REDUCE, OBJ, INST, NEWOBJ or NEWOBJ_EX.
        via: Op,
        /// What is called.
        callee: Value,
        /// The arguments: a tuple, or what stands in its place.
        args: Value,
        /// The keyword arguments of NEWOBJ_EX.
        keywords: Option<Value>,
        /// The object that the call leaves, as later effects refer to it.
        result: Value,
    },
    /// An object is given its state: `__setstate__`, or its `__dict__` and slots are set.
    Build {
        /// The object.
        target: Value,
        /// The state.
        state: Value,
    },
    /// Items are set on something that is no plain dict.
    SetItem {
        /// The object.
        target: Value,
        /// Keys and values in turn.
        items: &'e [Value],
    },
    /// Items are appended to something that is no plain list.
    Append {
        /// The object.
        target: Value,
        /// The items.
        items: &'e [Value],
    },
    /// Items are added to something that is no plain set.
    Add {
        /// The object.
        target: Value,
        /// The items.
        items: &'e [Value],
    },
    /// `persistent_load` is asked for an object.
    PersistentId {
        /// PERSID or BINPERSID.
        via: Op,
        /// The id.
        id: Value,
    },
    /// A global is taken from the extension registry.
    Extension {
        /// EXT1, EXT2 or EXT4.
        via: Op,
        /// The code.
        code: i64,
    },
    /// A key or a member of a set is hashed, and that takes long or much of the stack: a tuple
    /// hashes all that it holds, each as often as it is there.
    Hash {
        /// The key.
        key: Value,
        /// How many objects have been hashed in this pickle up to now, about.
        steps: u64,
        /// How deep tuples lie in each other, counted up to [`HASH_DEPTH`].
        depth: u64,
    },
    /// An entry is put so far behind those that the memo has that its array takes much memory: the C
    /// unpickler up to 3.14 makes room for twice as many entries as the index says.
    Memo {
        /// The index.
        index: u64,
    },
    /// The pickle ends.
    Stop {
        /// Its value.
        value: Value,
    },
    /// Something could not be examined, or no unpickler would go on.
    Gap(Gap),
}

/// At this depth CPython may run out of stack while it hashes a tuple: a crash, not an exception
/// (`Objects/tupleobject.c`, `tuple_hash`, calls itself without looking at the stack).
pub const HASH_DEPTH: u64 = 5000;

/// A place from which on nothing was examined.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// Why.
    pub reason: GapReason,
    /// Which limit, where one was reached.
    pub limit: Option<Limit>,
    /// The same in words.
    pub detail: String,
}

/// Why there is a [`Gap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// The source ends within the stream.
    Truncated,
    /// Every reading raises here.
    Malformed,
    /// Bytes that are no pickle.
    Junk,
    /// A limit was reached.
    LimitReached,
    /// The source could not be read.
    Io,
}

impl GapReason {
    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            GapReason::Truncated => "truncated",
            GapReason::Malformed => "malformed",
            GapReason::Junk => "junk",
            GapReason::LimitReached => "limit-reached",
            GapReason::Io => "io",
        }
    }
}

/// A limit of [`Limits`](super::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Instructions.
    Instructions,
    /// Items on the stack, and marks.
    Stack,
    /// Memo entries.
    Memo,
    /// Words for containers and objects.
    Objects,
    /// Places at which readings diverge.
    Forks,
    /// Pickles in one source.
    Streams,
    /// Pickles within pickles.
    Nesting,
    /// Work spent on bytes that no loader reaches.
    Resync,
    /// Bytes of values that are looked at again and again.
    Text,
}

impl Limit {
    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Limit::Instructions => "instructions",
            Limit::Stack => "stack",
            Limit::Memo => "memo",
            Limit::Objects => "objects",
            Limit::Forks => "forks",
            Limit::Streams => "streams",
            Limit::Nesting => "nesting",
            Limit::Resync => "resync",
            Limit::Text => "text",
        }
    }
}

/// What the machine does after an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Goes on.
    Continue,
    /// Skips this many bytes from [`Effect::file_offset`] on, which the loader reads itself, such as an
    /// inline array.
    Skip(u64),
    /// Runs the pickle that begins right behind the instruction, as a loader that calls `load()` again
    /// on the same file would, and then goes on behind it.
    Stream,
    /// Ends.
    Halt,
}

/// A string or bytes operand.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StringOperand {
    /// The string; [`View::span`], [`View::bytes`] and [`View::text`] tell what it is.
    pub value: Value,
    /// Offset of the instruction, in bytes from the start of the source.
    pub offset: u64,
    /// Length of the instruction in bytes.
    pub len: u64,
}

/// An instruction that was executed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Executed {
    /// Offset of the opcode, in bytes from the start of the source.
    pub offset: u64,
    /// Its opcode.
    pub op: Op,
    /// The memo index that it stored to or fetched from; `None` where it does neither, and for an
    /// index of more than 63 bits.
    pub memo: Option<u64>,
    /// What is on top of the stack now, above the topmost mark.
    pub top: Option<Value>,
    /// The readings that got as far as this.
    pub readings: Readings,
}

/// An instruction with an opcode that is watched.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Watched {
    /// Offset of the opcode, in bytes from the start of the source.
    pub offset: u64,
    /// The opcode.
    pub op: Op,
    /// Which pickle of the source it is in, from 0.
    pub stream: u32,
    /// The readings that got here.
    pub readings: Readings,
    /// What SETITEM and SETITEMS set items on.
    pub target: Option<Value>,
    /// How many keys and values they set.
    pub items: u64,
}

/// A run of instructions that is about to begin, with a fresh memo.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Begin {
    /// Offset of the first opcode, in bytes from the start of the source.
    pub offset: u64,
    /// Which pickle of the source it is, from 0.
    pub stream: u32,
    /// The readings that get here.
    pub readings: Readings,
    /// Whether nothing but a seek would reach the pickle.
    pub unreached: bool,
    /// Whether these are readings that part from the run before: they go on with what that run had
    /// at the place where they part.
    pub parted: bool,
}

/// Says whether a string is worth telling of: from its first bytes as they lie in the source (at most
/// [`SUSPECT_PREFIX`]) and its length in bytes.
pub type Suspect = fn(prefix: &[u8], len: u64) -> bool;

/// Strings shorter than this, in bytes, are never told of.
pub const SUSPECT_MIN: usize = 16;
/// How much of a string is looked at to say whether it is worth telling of.
pub const SUSPECT_PREFIX: usize = 4096;

/// Listens to the machine. All analyses are observers of the one machine.
pub trait Observer {
    /// Whether [`Observer::instruction`], [`Observer::executed`] and [`Observer::begin`] are wanted; it makes the machine several times slower.
    const INSTRUCTIONS: bool = false;

    /// Which strings and bytes of [`SUSPECT_MIN`] bytes and more [`Observer::string`] is told of. It
    /// is asked about each of them in the hot loop, so it had better reject most at a glance. Strings
    /// that are written with escapes are told of without asking.
    const SUSPECT: Option<Suspect> = None;

    /// Told of every instruction before it is executed.
    fn instruction(&mut self, offset: u64, op: Op, view: &View<'_>) {
        let _ = (offset, op, view);
    }

    /// Told of instructions with the opcodes that [`Options::watched`](super::Options::watched) names,
    /// before their effects; of SETITEM and SETITEMS, only of those whose target is no plain dict. Says whether to be told of the next with the same opcode in this
    /// pickle as well; the machine is faster where it is not.
    fn watched(&mut self, watched: &Watched, view: &View<'_>) -> bool {
        let _ = (watched, view);
        false
    }

    /// Told of every instruction after it was executed, and after its effects. Where a pickle is run
    /// again with a carried memo, only effects are told.
    fn executed(&mut self, executed: &Executed, view: &View<'_>) {
        let _ = (executed, view);
    }

    /// Told of every run before its first instruction.
    fn begin(&mut self, begin: &Begin) {
        let _ = begin;
    }

    /// Told of strings and bytes that [`Observer::SUSPECT`] picks, whatever becomes of them; of the
    /// same one more than once where readings part.
    fn string(&mut self, string: &StringOperand, view: &View<'_>) {
        let _ = (string, view);
    }

    /// Told of every effect. Values are valid only during the call; ask the view about them.
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next;

    /// Asked about entries of the memo while garbage is collected: whether an instruction to come may get
    /// this one. Where none does, what only the memo holds is garbage as well.
    fn is_fetched(&self, index: u64) -> bool {
        let _ = index;
        true
    }

    /// Asked every few thousand instructions, and where a pickle is begun or looked for, whether the
    /// run is no longer wanted; it then ends as with [`Next::Halt`].
    fn is_cancelled(&mut self, offset: u64) -> bool {
        let _ = offset;
        false
    }
}
