//! The records of a trace, as `docs/schema/trace.schema.json` describes them.

use serde::{Deserialize, Serialize};

use crate::json;

/// One thing that loading a file would do, or a gap, and where the file says so.
///
/// Serialized, the fields of both parts stand side by side in one object, with the name of the
/// effect first; every field is always present, absent ones as `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraceRecord {
    /// What it would do.
    #[serde(flatten)]
    pub effect: TraceEffect,
    /// Where, and when.
    #[serde(flatten)]
    pub place: TracePlace,
}

impl TraceRecord {
    /// The record as one line of JSON, without the line end; characters that would not show in a
    /// terminal, or that it would obey, are written `\uXXXX`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::line(self)
    }
}

/// What loading would do.
///
/// *Shapes* tell kinds only, such as `(str, list[3])`; *previews* are Python-like text, escaped and
/// cut where it grows long. Names longer than 1000 characters are cut; `…` and their length follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TraceEffect {
    /// A global is imported: `find_class(module, name)`.
    Import {
        /// What `find_class` is given; `None` where only execution would tell.
        module: Option<String>,
        /// As `module`.
        name: Option<String>,
        /// The global after the mapping of Python 2 names.
        resolved: Option<String>,
        /// The opcode.
        via: String,
        /// Whether the name holds a dot and is followed attribute by attribute.
        dotted: bool,
        /// `module` in UTF-8 with surrogates passed through, as hexadecimal digits, where it holds
        /// lone surrogates.
        module_hex: Option<String>,
        /// As `module_hex`.
        name_hex: Option<String>,
    },
    /// Something is called.
    Call {
        /// The opcode.
        via: String,
        /// What is called: a global, or where another object comes from.
        callee: String,
        /// The arguments.
        args_shape: String,
        /// The arguments.
        args_preview: String,
    },
    /// An object is given its state.
    Build {
        /// The object.
        target: String,
        /// The state.
        state_shape: String,
        /// The state.
        state_preview: String,
    },
    /// Items are set on something that is no plain dict.
    #[serde(rename = "setitem")]
    SetItem {
        /// The object.
        target: String,
        /// Keys and values in turn.
        items_shape: String,
        /// Keys and values in turn.
        items_preview: String,
    },
    /// Items are appended to something that is no plain list.
    Append {
        /// The object.
        target: String,
        /// The items.
        items_shape: String,
        /// The items.
        items_preview: String,
    },
    /// Items are added to something that is no plain set.
    Add {
        /// The object.
        target: String,
        /// The items.
        items_shape: String,
        /// The items.
        items_preview: String,
    },
    /// `persistent_load` is asked for an object.
    PersistentId {
        /// The id.
        id_shape: String,
        /// The id.
        id_preview: String,
    },
    /// A global is taken from the extension registry.
    Extension {
        /// The code.
        code: i64,
        /// The opcode.
        via: String,
    },
    /// A key is hashed that holds so much that it takes long, or much of the stack.
    Hash {
        /// The key.
        key_shape: String,
        /// The key.
        key_preview: String,
        /// How many objects have been hashed in this pickle up to now, about.
        steps: u64,
        /// How deep tuples lie in each other, counted up to 5000.
        depth: u64,
    },
    /// An entry is put far behind those that the memo has.
    Memo {
        /// The index.
        index: u64,
    },
    /// The pickle ends.
    Stop {
        /// Its value.
        value_shape: String,
        /// Its value.
        value_preview: String,
    },
    /// Something could not be examined, or no unpickler would go on.
    Gap {
        /// Why, as a fixed word.
        reason: String,
        /// Which limit, where one was reached.
        limit: Option<String>,
        /// The same in words.
        detail: String,
    },
}

/// Where something happens, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TracePlace {
    /// Which pickle of the content, from 0; `None` outside of pickles.
    pub stream: Option<u32>,
    /// Offset of the instruction, in bytes from the start of the innermost content.
    pub offset: u64,
    /// Length of the instruction in bytes.
    pub len: u64,
    /// The readings under which it happens; `["all"]` mostly.
    pub readings: Vec<String>,
    /// The members that lead to the content, from the outermost archive inwards; `None` for the file
    /// itself.
    pub member: Option<Vec<String>>,
    /// Whether it happens only where the memo is carried over from the pickles before.
    pub carried: bool,
    /// Whether nothing but a seek would reach the pickle.
    pub unreached: bool,
    /// The offset in the file, where the content lies there as it is.
    pub physical_offset: Option<u64>,
}
