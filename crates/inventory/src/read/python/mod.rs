//! Python by a real parser: what is called is followed through imports and assignments, arguments through
//! constants, defaults, dictionaries and the like, see `eval`. What nests too deep for a tree goes to the
//! lexical reader, and so does what the parser gave up on.

mod arguments;
mod calls;
mod clients;
mod commands;
mod config;
mod eval;
mod invoke;
mod memory;
mod modules;
mod names;
mod nesting;
mod options;
mod parameters;
mod requests;
mod scope;
mod stars;
mod strings;
mod text;
mod value;
mod walk;
mod wrappers;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use eval::Evaluator;
use memory::Memory;
use modules::{Arena, Module};

use super::{Finds, lexical};
use crate::source_file::SourceFile;

/// The longest text that is parsed, in bytes: a longer one holds data, and its tree would take 32 MB and more.
const LONGEST: usize = 1 << 19;
/// How many bytes of other modules are parsed for the sake of one.
const ROOM: usize = 1 << 19;

/// Reads a file.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let trees = Arena::new();
    let module = (file.text.len() <= LONGEST)
        .then(|| Module::new(file.path, file.text, &trees, file.limits.max_nesting))
        .flatten();
    let Some(module) = module else {
        lexical::read(file, out);
        return;
    };
    let first_error = module.first_error;
    let evaluator = Evaluator {
        file,
        trees: &trees,
        modules: RefCell::new(vec![module]),
        missing: RefCell::new(HashSet::new()),
        stars: RefCell::new(HashMap::new()),
        bound: RefCell::new(Vec::new()),
        room: Cell::new(ROOM),
        steps: Cell::new(0),
        waiting: Cell::new(0),
        memory: Memory::default(),
    };
    let before = out.references.len();
    calls::read(&evaluator, out);
    if let Some(at) = first_error {
        supplement(file, at, before, out);
    }
}

/// Adds what the lexical reader finds from the line of an error on, and the parser did not.
fn supplement(file: &SourceFile<'_>, error: usize, before: usize, out: &mut Finds) {
    let until = file.text.get(..error).unwrap_or_default();
    let line = until.rfind('\n').map_or(0, |at| at + 1);
    let found = out.references.len();
    lexical::read(file, out);
    let lexical = out.references.split_off(found);
    for reference in lexical {
        let known = out.references.get(before..found).unwrap_or_default();
        let is_known = known.iter().any(|known| {
            known.id == reference.id && known.span.start.abs_diff(reference.span.start) < 200
        });
        if reference.span.start >= line && reference.id.is_some() && !is_known {
            out.reference(reference);
        }
    }
}
