//! What an expression may be worth.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};

use crate::call::{Given, Value};
use crate::reference::{Resolution, Service};

/// The longest string that is put together, in bytes: no name and no address is longer.
pub(super) const LONGEST_TEXT: usize = 4096;

/// A scope of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) module: usize,
    pub(super) scope: usize,
}

/// Where an expression is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub(super) spot: Spot,
    pub(super) block: usize,
    /// The byte that it stands at.
    pub(super) at: usize,
    /// Whether it stands in the very call that is asked about.
    pub(super) is_direct: bool,
    pub(super) depth: usize,
}

/// Something that lies outside of the tree: a module, a class, a function; or what calling it gave.
#[derive(Clone, Debug)]
pub(super) struct Outside {
    /// Its dotted name.
    pub(super) path: String,
    /// Whether `as` or an assignment renamed it.
    pub(super) is_renamed: bool,
    /// Whether calling gave it.
    pub(super) is_made: bool,
    /// The byte of the call that made it, or what it is a method of, in the file that is read.
    pub(super) made_at: Option<usize>,
    /// The service that a client talks to, where its making tells.
    pub(super) service: Option<Service>,
}

/// What an expression may be worth.
#[derive(Clone, Debug)]
pub(super) enum Known<'a> {
    /// A string.
    Text(Given),
    Bool(bool),
    Nothing,
    /// A variable of the environment without a default.
    Variable,
    Outside(Rc<Outside>),
    /// A module of the tree.
    Module(usize),
    Function(Spot),
    Class(Spot),
    /// An object of a class.
    Object(Spot),
    /// A list, a dictionary and such, as it is written.
    Written(View, &'a Expr),
    /// `dict(…)`.
    WrittenCall(View, &'a ExprCall),
    /// The items of a dictionary: `settings.items()`.
    Items(View, &'a Expr),
    /// Its values: `settings.values()`.
    Values(View, &'a Expr),
    /// `functools.partial(…)`.
    Partial(View, &'a ExprCall),
    /// An open file.
    File(String),
    /// A part of a configuration file: its path and the keys from the top.
    Config(Rc<(String, Vec<String>)>),
    Unknown,
}

impl Known<'_> {
    /// A string that stands nowhere in the call; not known where it is too long to name anything.
    pub(super) fn text(text: impl Into<String>, resolution: Resolution) -> Self {
        let text = text.into();
        if text.len() > LONGEST_TEXT {
            return Known::Unknown;
        }
        Known::Text(Given {
            value: Value::Text(text),
            resolution,
            place: None,
        })
    }

    pub(super) fn outside(path: impl Into<String>) -> Self {
        Known::Outside(Rc::new(Outside {
            path: path.into(),
            is_renamed: false,
            is_made: false,
            made_at: None,
            service: None,
        }))
    }

    /// The string, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Known::Text(Given {
                value: Value::Text(text),
                ..
            }) => Some(text),
            _ => None,
        }
    }

    /// The same, found by way of something: what says most about it stays.
    pub(super) fn by(self, resolution: Resolution) -> Self {
        match self {
            Known::Text(mut given) => {
                let is_plain = matches!(
                    given.resolution,
                    Resolution::Literal | Resolution::Constant | Resolution::Alias
                );
                if is_plain {
                    given.resolution = resolution;
                }
                Known::Text(given)
            }
            other => other,
        }
    }

    /// The same, told elsewhere than in the call.
    pub(super) fn elsewhere(self) -> Self {
        match self {
            Known::Text(given) => Known::Text(Given {
                place: None,
                ..given
            }),
            other => other,
        }
    }

    /// As an argument.
    pub(super) fn given(&self) -> Given {
        let of = |value| Given {
            value,
            resolution: Resolution::Literal,
            place: None,
        };
        match self {
            Known::Text(given) => given.clone(),
            Known::Bool(value) => of(Value::Bool(*value)),
            Known::Nothing => of(Value::Nothing),
            _ => Given {
                resolution: Resolution::Unresolved,
                ..of(Value::Unknown)
            },
        }
    }
}
