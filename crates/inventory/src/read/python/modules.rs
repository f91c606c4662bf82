//! The modules of the tree that a file imports, read when something of them is asked for.

use std::cell::OnceCell;
use std::rc::Rc;

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::Parsed;

use super::nesting;
use super::scope::Scopes;
use crate::source_file::SourceFile;

/// How many modules are read for the sake of one file.
const MOST: usize = 12;

/// A list that grows while what it holds is borrowed.
pub(super) struct Arena<T> {
    value: OnceCell<(T, Box<Arena<T>>)>,
}

impl<T> Arena<T> {
    pub(super) fn new() -> Arena<T> {
        Arena {
            value: OnceCell::new(),
        }
    }

    /// Keeps a value; `None` where it holds too many.
    pub(super) fn keep(&self, value: T) -> Option<&T> {
        let mut end = self;
        for _ in 0..=MOST {
            match end.value.get() {
                Some((_, next)) => end = next,
                None => return Some(&end.value.get_or_init(|| (value, Box::new(Arena::new()))).0),
            }
        }
        None
    }
}

/// A module that was read.
pub(super) struct Module<'a> {
    /// Its path from the top of the tree.
    pub(super) path: String,
    pub(super) scopes: Scopes<'a>,
    /// Where the parser met the first error.
    pub(super) first_error: Option<usize>,
}

pub(super) type Trees = Arena<Parsed<ModModule>>;

impl<'a> Module<'a> {
    /// Reads a module; `None` where it nests too deep.
    pub(super) fn new(
        path: &str,
        text: &str,
        trees: &'a Trees,
        most: usize,
    ) -> Option<Rc<Module<'a>>> {
        if !nesting::is_shallow(text, most) {
            return None;
        }
        let parsed = ruff_python_parser::parse_unchecked_source(text, PySourceType::Python);
        let tree = trees.keep(parsed)?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let package: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        Some(Rc::new(Module {
            path: path.to_owned(),
            scopes: Scopes::new(tree.suite(), &package),
            first_error: tree
                .errors()
                .first()
                .map(|error| usize::from(error.location.start())),
        }))
    }
}

/// The path of the module of the tree that a dotted name begins with, and the rest of the name. A name
/// that begins with a dot is told from the top of the tree, any other from the folders around the file.
pub(super) fn find<'n>(
    file: &SourceFile<'_>,
    from: &str,
    dotted: &'n str,
) -> Option<(String, Vec<&'n str>)> {
    let (bases, dotted) = match dotted.strip_prefix('.') {
        Some(rest) => (vec![""], rest),
        None => {
            let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut bases: Vec<&str> = folder
                .rmatch_indices('/')
                .map(|(at, _)| folder.get(..at).unwrap_or_default())
                .take(6)
                .collect();
            bases.insert(0, folder);
            if !folder.is_empty() {
                bases.push("");
            }
            (bases, dotted)
        }
    };
    let parts: Vec<&str> = dotted.split('.').filter(|part| !part.is_empty()).collect();
    let named = |base: &str, path: &str| match base {
        "" => path.to_owned(),
        base => format!("{base}/{path}"),
    };
    for base in bases {
        for length in (1..=parts.len().min(8)).rev() {
            let (begin, rest) = parts.split_at(length);
            let path = named(base, &begin.join("/"));
            for candidate in [format!("{path}.py"), format!("{path}/__init__.py")] {
                if candidate != from && file.tree.has(&candidate) {
                    return Some((candidate, rest.to_vec()));
                }
            }
        }
    }
    None
}
