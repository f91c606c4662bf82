//! Scopes and what their names are bound to. See `walk` for how they come about.

use std::collections::HashMap;
use std::ops::Range;

use ruff_python_ast::{
    Expr, ExprCall, ExprDict, ExprStringLiteral, Parameters, StmtClassDef, StmtFunctionDef,
};

/// What a name is bound to.
#[derive(Clone, Debug)]
pub(super) enum What<'a> {
    /// Something of another module: its dotted name from the top; whether `as` renamed it.
    Import(String, bool),
    /// A value.
    Value(&'a Expr),
    /// Each of a number of values: `for name in values`.
    Each(&'a Expr),
    /// One of several: `first, second = value`.
    Part(&'a Expr, usize),
    /// One of several of each: `for key, value in values`.
    EachPart(&'a Expr, usize),
    /// What a context manager gives.
    Entered(&'a Expr),
    /// A parameter: its default and its annotation.
    Parameter(Option<&'a Expr>, Option<&'a Expr>),
    /// `**options`.
    Options,
    /// A field that is declared without a value: its annotation.
    Declared(&'a Expr),
    /// A function or a class, by its scope.
    Function(usize),
    Class(usize),
}

/// A binding of a name.
#[derive(Clone, Debug)]
pub(super) struct Binding<'a> {
    pub(super) at: usize,
    pub(super) block: usize,
    /// The scope that its value is told in.
    pub(super) scope: usize,
    pub(super) what: What<'a>,
}

/// What a scope is the one of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner<'a> {
    Module,
    Function(&'a StmtFunctionDef),
    Lambda(&'a Parameters),
    Class(&'a StmtClassDef),
    Comprehension,
}

impl Owner<'_> {
    /// Whether it is a method that takes no object.
    pub(super) fn is_static(self) -> bool {
        let Owner::Function(function) = self else {
            return false;
        };
        let is_static =
            |expr: &Expr| matches!(expr, Expr::Name(name) if name.id.as_str() == "staticmethod");
        function
            .decorator_list
            .iter()
            .any(|decorator| is_static(&decorator.expression))
    }
}

/// A scope and its names.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) parent: Option<usize>,
    pub(super) owner: Owner<'a>,
    /// The block of the outer scope that it stands in.
    pub(super) outer_block: usize,
    pub(super) names: HashMap<&'a str, Vec<Binding<'a>>>,
    /// Of a function: what it returns, and the block that it does so in.
    pub(super) returns: Vec<(&'a Expr, usize)>,
    /// Of a class: what its methods put into `self`.
    pub(super) attributes: HashMap<&'a str, Vec<Binding<'a>>>,
}

/// An expression and where it stands.
#[derive(Debug)]
pub(super) struct Site<'a, T> {
    pub(super) node: &'a T,
    pub(super) scope: usize,
    pub(super) block: usize,
}

impl<T> Clone for Site<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Site<'_, T> {}

/// The scopes of a module, and what in it is asked about.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    pub(super) scopes: Vec<Scope<'a>>,
    /// The block around each block; the first is that of the module.
    pub(super) blocks: Vec<usize>,
    pub(super) calls: Vec<Site<'a, ExprCall>>,
    pub(super) dicts: Vec<Site<'a, ExprDict>>,
    pub(super) strings: Vec<&'a ExprStringLiteral>,
    /// The classes that have a field of that name with a value.
    pub(super) fields: HashMap<&'a str, Vec<usize>>,
    /// Modules of `from module import *`.
    pub(super) stars: Vec<String>,
    /// Options of command lines, by the attribute that they fill: the indices of their calls.
    pub(super) options: HashMap<String, Vec<usize>>,
    /// `os.environ["NAME"] = value`, and such: the target's key and the value.
    pub(super) settings: Vec<(&'a Expr, Site<'a, Expr>)>,
}

impl Scopes<'_> {
    /// The bytes of a scope's function or class; nothing for any other scope.
    pub(super) fn range(&self, scope: usize) -> Range<usize> {
        let range = match self.scopes.get(scope).map(|scope| scope.owner) {
            Some(Owner::Function(function)) => function.range,
            Some(Owner::Class(class)) => class.range,
            _ => return 0..0,
        };
        usize::from(range.start())..usize::from(range.end())
    }
}
