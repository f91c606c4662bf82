//! What expressions were found to be worth, for the next time that they are asked about.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ptr;

use ruff_python_ast::Expr;

use super::value::{Known, Spot, View};
use crate::knowledge::CallRow;

/// How many expressions of a file, and names of what it calls, are remembered, and how many values of each.
const MOST: usize = 20_000;
const MOST_VALUES: usize = 8;

/// What an expression's worth depends on, besides the calls that are looked into.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Key {
    expr: *const Expr,
    spot: Spot,
    block: usize,
    at: usize,
    is_direct: bool,
}

impl Key {
    /// The key of an expression that takes steps to tell; `None` of any other.
    pub(super) fn new(expr: &Expr, view: View) -> Option<Key> {
        let takes_steps = matches!(
            expr,
            Expr::Call(_)
                | Expr::Attribute(_)
                | Expr::Subscript(_)
                | Expr::BinOp(_)
                | Expr::BoolOp(_)
                | Expr::If(_)
        );
        takes_steps.then(|| Key {
            expr: ptr::from_ref(expr),
            spot: view.spot,
            block: view.block,
            at: view.at,
            is_direct: view.is_direct,
        })
    }
}

struct Entry<'a> {
    values: Vec<Known<'a>>,
    asks_bound: bool,
}

/// What was met on the way to a value.
#[derive(Clone, Copy, Default)]
pub(super) struct Met {
    /// A bound ended something: another way there may tell more.
    is_cut: bool,
    /// A parameter: it is what a call gives, where one is looked into.
    asks_bound: bool,
}

/// What is remembered of one file.
#[derive(Default)]
pub(super) struct Memory<'a> {
    entries: RefCell<HashMap<Key, Entry<'a>>>,
    met: Cell<Met>,
    rows: RefCell<HashMap<String, Option<&'static CallRow>>>,
}

impl<'a> Memory<'a> {
    /// The row of the tables for what is called, looked for once.
    pub(super) fn row(
        &self,
        name: &str,
        find: impl FnOnce() -> Option<&'static CallRow>,
    ) -> Option<&'static CallRow> {
        if let Some(known) = self.rows.borrow().get(name) {
            return *known;
        }
        let row = find();
        let mut rows = self.rows.borrow_mut();
        if rows.len() < MOST {
            rows.insert(name.to_owned(), row);
        }
        row
    }

    /// A bound ends something.
    pub(super) fn cut(&self) {
        self.met.set(Met {
            is_cut: true,
            ..self.met.get()
        });
    }

    /// A parameter is asked about.
    pub(super) fn ask_bound(&self) {
        self.met.set(Met {
            asks_bound: true,
            ..self.met.get()
        });
    }

    /// What is known; `is_bound` says whether a call is looked into.
    pub(super) fn recall(&self, key: &Key, is_bound: bool) -> Option<Vec<Known<'a>>> {
        let entries = self.entries.borrow();
        let entry = entries.get(key)?;
        if entry.asks_bound {
            if is_bound {
                return None;
            }
            self.ask_bound();
        }
        Some(entry.values.clone())
    }

    /// Begins to find a value; what had been met before.
    pub(super) fn begin(&self) -> Met {
        self.met.take()
    }

    /// Keeps the value, if it is one that will be found again.
    pub(super) fn end(&self, before: Met, key: Key, is_bound: bool, values: &[Known<'a>]) {
        let met = self.met.get();
        self.met.set(Met {
            is_cut: met.is_cut || before.is_cut,
            asks_bound: met.asks_bound || before.asks_bound,
        });
        let mut entries = self.entries.borrow_mut();
        let is_passing = met.is_cut || (met.asks_bound && is_bound);
        if !is_passing && values.len() <= MOST_VALUES && entries.len() < MOST {
            let entry = Entry {
                values: values.to_vec(),
                asks_bound: met.asks_bound,
            };
            entries.insert(key, entry);
        }
    }
}
