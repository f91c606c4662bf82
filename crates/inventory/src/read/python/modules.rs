//! The modules of the tree that a file imports, read when something of them is asked for.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
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
    pub(super) names: Names,
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
            names: Names::default(),
            first_error: tree
                .errors()
                .first()
                .map(|error| usize::from(error.location.start())),
        }))
    }
}

/// A module of the tree that a dotted name begins with.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) path: Rc<str>,
    /// How many parts of the name lead to it.
    parts: usize,
}

impl Found {
    /// The rest of the name.
    pub(super) fn rest<'n>(&self, dotted: &'n str) -> impl Iterator<Item = &'n str> {
        parts(dotted).skip(self.parts)
    }
}

/// The modules that the names in a module begin with, each looked for once.
#[derive(Default)]
pub(super) struct Names {
    found: RefCell<HashMap<String, Option<Found>>>,
}

impl Names {
    /// The module that a dotted name of this module begins with.
    pub(super) fn find(
        &self,
        file: &SourceFile<'_>,
        module: &Module<'_>,
        dotted: &str,
    ) -> Option<Found> {
        if let Some(known) = self.found.borrow().get(dotted) {
            return known.clone();
        }
        let found = find(file, &module.path, dotted);
        let mut known = self.found.borrow_mut();
        known.insert(dotted.to_owned(), found.clone());
        found
    }
}

fn parts(dotted: &str) -> impl Iterator<Item = &str> {
    dotted.split('.').filter(|part| !part.is_empty())
}

/// A name that begins with a dot is told from the top of the tree, any other from the folders around the file.
fn find(file: &SourceFile<'_>, from: &str, dotted: &str) -> Option<Found> {
    let bases = if dotted.starts_with('.') {
        vec![""]
    } else {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let above = folder.rmatch_indices('/').take(6);
        let above = above.map(|(at, _)| folder.get(..at).unwrap_or_default());
        let top = (!folder.is_empty()).then_some("");
        std::iter::once(folder).chain(above).chain(top).collect()
    };
    let parts: Vec<&str> = parts(dotted).take(8).collect();
    for base in bases {
        for length in (1..=parts.len()).rev() {
            let begin = parts.get(..length).unwrap_or_default().join("/");
            let path = match base {
                "" => begin,
                base => format!("{base}/{begin}"),
            };
            for candidate in [format!("{path}.py"), format!("{path}/__init__.py")] {
                if candidate != from && file.tree.has(&candidate) {
                    return Some(Found {
                        path: candidate.into(),
                        parts: length,
                    });
                }
            }
        }
    }
    None
}
