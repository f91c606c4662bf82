//! What names stand for, and the calls of a file.

use std::collections::{HashMap, HashSet};

use oxc_ast::ast::{Argument, Expression, StringLiteral, TSEnumDeclaration, TemplateLiteral};

/// What is imported under a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Imported<'a> {
    Named(&'a str),
    Default,
    All,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Binding<'a> {
    Import(&'a str, Imported<'a>),
    /// What it is assigned once.
    Value(&'a Expression<'a>),
    /// A property of that, and what is taken where it is missing.
    Property(&'a Expression<'a>, &'a str, Option<&'a Expression<'a>>),
    Parameter(Parameter<'a>),
    Function(usize),
    Class(usize),
    Enum(&'a TSEnumDeclaration<'a>),
    /// Declared without a value.
    Empty,
    /// More than one thing.
    Many,
}

/// A parameter of a function.
#[derive(Clone, Copy)]
pub(super) struct Parameter<'a> {
    pub(super) function: usize,
    pub(super) index: usize,
    /// The property of an object that is taken apart.
    pub(super) property: Option<&'a str>,
    pub(super) default: Option<&'a Expression<'a>>,
    /// The name of its type.
    pub(super) class: Option<&'a str>,
}

/// A scope, and the one around it.
#[derive(Default)]
pub(super) struct Scope<'a> {
    pub(super) parent: Option<usize>,
    pub(super) names: HashMap<&'a str, Binding<'a>>,
    /// The class whose members it holds.
    pub(super) class: Option<usize>,
}

/// A function, and the only thing that it gives back.
pub(super) struct FunctionInfo<'a> {
    pub(super) scope: usize,
    pub(super) returns: Option<&'a Expression<'a>>,
}

/// A class and its members.
#[derive(Default)]
pub(super) struct ClassInfo<'a> {
    pub(super) scope: usize,
    pub(super) fields: HashMap<&'a str, (&'a Expression<'a>, usize)>,
    /// Fields by the names of their types.
    pub(super) types: HashMap<&'a str, &'a str>,
    /// Methods, by where they begin.
    pub(super) methods: HashMap<&'a str, u32>,
}

/// A call, or `new`.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) callee: &'a Expression<'a>,
    pub(super) arguments: &'a [Argument<'a>],
    pub(super) span: (u32, u32),
    pub(super) scope: usize,
}

/// A string that stands on its own.
#[derive(Clone, Copy)]
pub(super) enum Text<'a> {
    Plain(&'a StringLiteral<'a>),
    Template(&'a TemplateLiteral<'a>),
}

/// A file, as far as names and calls go.
#[derive(Default)]
pub(super) struct Program<'a> {
    pub(super) scopes: Vec<Scope<'a>>,
    pub(super) functions: Vec<FunctionInfo<'a>>,
    /// Functions by where they begin.
    pub(super) function_at: HashMap<u32, usize>,
    pub(super) classes: Vec<ClassInfo<'a>>,
    pub(super) class_at: HashMap<u32, usize>,
    pub(super) sites: Vec<Site<'a>>,
    pub(super) texts: Vec<(Text<'a>, usize)>,
    pub(super) modules: HashSet<&'a str>,
    /// Strings that are part of the syntax, by where they begin.
    pub(super) skipped: HashSet<u32>,
    pub(super) current: usize,
    pub(super) left: Vec<usize>,
}

impl<'a> Program<'a> {
    pub(super) fn lookup(&self, name: &str, scope: usize) -> Option<(Binding<'a>, usize)> {
        let mut at = Some(scope);
        while let Some(scope) = at.and_then(|at| self.scopes.get(at)) {
            if let Some(binding) = scope.names.get(name) {
                return Some((*binding, at.unwrap_or_default()));
            }
            at = scope.parent;
        }
        None
    }

    /// The class that a scope lies in.
    pub(super) fn class_of(&self, scope: usize) -> Option<&ClassInfo<'a>> {
        let parent = |at: &usize| self.scopes.get(*at).and_then(|scope| scope.parent);
        let mut scopes = std::iter::successors(Some(scope), parent);
        let class = scopes.find_map(|at| self.scopes.get(at)?.class)?;
        self.classes.get(class)
    }
}

/// The package that a module is of, wherever it is fetched from: `npm:openai@4`,
/// `https://cdn.jsdelivr.net/npm/@huggingface/transformers@3/+esm`.
pub(super) fn module_name(source: &str) -> &str {
    let rest = source
        .strip_prefix("npm:")
        .or_else(|| source.strip_prefix("jsr:"));
    let rest = rest.or_else(|| {
        let (_, rest) = source.split_once("://")?;
        let (_, path) = rest.split_once('/')?;
        Some(
            path.strip_prefix("npm/")
                .or_else(|| path.strip_prefix("v135/"))
                .unwrap_or(path),
        )
    });
    let Some(rest) = rest else {
        return source;
    };
    // The version stands behind the second `@` of a scoped name.
    let skipped = usize::from(rest.starts_with('@'));
    let end = rest
        .get(skipped..)
        .and_then(|rest| rest.find('@'))
        .map(|end| end + skipped);
    let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    name.trim_end_matches("/+esm").trim_end_matches("+esm")
}
