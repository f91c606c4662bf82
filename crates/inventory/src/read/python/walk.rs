//! One walk over a module: its scopes, what their names are bound to, and what in it is asked about.

use std::collections::HashMap;

use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{
    Alias, Comprehension, ExceptHandler, Expr, ExprAttribute, Parameters, Pattern, Stmt,
    StmtClassDef, StmtFunctionDef, StmtImportFrom,
};
use ruff_text_size::Ranged;

use super::options;
use super::scope::{Binding, Owner, Scope, Scopes, Site, What};

/// Where the walk is.
#[derive(Clone, Copy)]
struct At {
    scope: usize,
    block: usize,
}

impl<'a> Scopes<'a> {
    /// The scopes of a module. `package` is the dotted name of the folder that it lies in.
    pub(super) fn new(body: &'a [Stmt], package: &[&str]) -> Scopes<'a> {
        let mut scopes = Scopes {
            blocks: vec![0],
            ..Scopes::default()
        };
        let scope = scopes.open(None, Owner::Module, 0);
        let mut bodies = vec![(body, At { scope, block: 0 })];
        while let Some((body, at)) = bodies.pop() {
            for stmt in body {
                // A docstring, or a string that stands for a comment.
                let is_text =
                    matches!(stmt, Stmt::Expr(told) if told.value.is_string_literal_expr());
                if !is_text {
                    scopes.statement(stmt, at, package, &mut bodies);
                }
            }
        }
        for scope in &mut scopes.scopes {
            for bindings in scope
                .names
                .values_mut()
                .chain(scope.attributes.values_mut())
            {
                bindings.sort_by_key(|binding| binding.at);
            }
        }
        for (index, scope) in scopes.scopes.iter().enumerate() {
            if matches!(scope.owner, Owner::Class(_)) {
                let has_value = |bindings: &&Vec<Binding<'a>>| {
                    bindings
                        .iter()
                        .any(|binding| matches!(binding.what, What::Value(_)))
                };
                for (name, _) in scope
                    .names
                    .iter()
                    .filter(|(_, bindings)| has_value(bindings))
                {
                    scopes.fields.entry(name).or_default().push(index);
                }
            }
        }
        scopes.calls.sort_by_key(|site| site.node.range_start);
        for (index, site) in scopes.calls.iter().enumerate() {
            if let Some((name, _)) = options::option(site.node) {
                scopes.options.entry(name).or_default().push(index);
            }
        }
        scopes.strings.sort_by_key(|string| string.range.start());
        scopes
    }

    fn open(&mut self, parent: Option<usize>, owner: Owner<'a>, outer_block: usize) -> usize {
        self.scopes.push(Scope {
            parent,
            owner,
            outer_block,
            names: HashMap::new(),
            returns: Vec::new(),
            attributes: HashMap::new(),
        });
        self.scopes.len() - 1
    }

    fn block(&mut self, outer: usize) -> usize {
        self.blocks.push(outer);
        self.blocks.len() - 1
    }

    fn bind(&mut self, name: &'a str, place: usize, at: At, what: What<'a>) {
        if let Some(scope) = self.scopes.get_mut(at.scope) {
            scope.names.entry(name).or_default().push(Binding {
                at: place,
                block: at.block,
                scope: at.scope,
                what,
            });
        }
    }

    /// Binds a target of an assignment.
    fn assign(&mut self, target: &'a Expr, at: At, what: What<'a>) {
        let place = usize::from(target.range().start());
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), place, at, what),
            Expr::Attribute(attribute) => self.assign_attribute(attribute, at, what),
            Expr::Tuple(tuple) => self.assign_parts(&tuple.elts, at, &what),
            Expr::List(list) => self.assign_parts(&list.elts, at, &what),
            Expr::Subscript(subscript) => {
                if let What::Value(value) = what {
                    let site = Site {
                        node: value,
                        scope: at.scope,
                        block: at.block,
                    };
                    self.settings.push((&subscript.slice, site));
                }
            }
            _ => {}
        }
    }

    /// `self.name = value` belongs to the class of the method.
    fn assign_attribute(&mut self, target: &'a ExprAttribute, at: At, what: What<'a>) {
        if !matches!(&*target.value, Expr::Name(name) if matches!(name.id.as_str(), "self" | "cls"))
        {
            return;
        }
        let class = self.scopes.get(at.scope).and_then(|scope| scope.parent);
        if let Some(scope) = class.and_then(|class| self.scopes.get_mut(class))
            && matches!(scope.owner, Owner::Class(_))
        {
            scope
                .attributes
                .entry(target.attr.as_str())
                .or_default()
                .push(Binding {
                    at: usize::from(target.range.start()),
                    block: at.block,
                    scope: at.scope,
                    what,
                });
        }
    }

    fn assign_parts(&mut self, parts: &'a [Expr], at: At, what: &What<'a>) {
        for (index, part) in parts.iter().enumerate() {
            let place = usize::from(part.range().start());
            let Expr::Name(name) = part else { continue };
            let part = match what {
                What::Value(Expr::Tuple(values)) => values.elts.get(index).map(What::Value),
                What::Value(value) => Some(What::Part(value, index)),
                What::Each(values) => Some(What::EachPart(values, index)),
                _ => None,
            };
            if let Some(part) = part {
                self.bind(name.id.as_str(), place, at, part);
            }
        }
    }

    fn statement(
        &mut self,
        stmt: &'a Stmt,
        at: At,
        package: &[&str],
        bodies: &mut Vec<(&'a [Stmt], At)>,
    ) {
        let inner = |scopes: &mut Self| At {
            block: scopes.block(at.block),
            ..at
        };
        match stmt {
            Stmt::FunctionDef(function) => self.function(function, at, bodies),
            Stmt::ClassDef(class) => self.class(class, at, bodies),
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.import(alias, at);
                }
            }
            Stmt::ImportFrom(from) => self.import_from(from, at, package),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, at, What::Value(&assign.value));
                }
            }
            Stmt::AnnAssign(assign) => {
                let what = match &assign.value {
                    Some(value) => What::Value(value),
                    None => What::Declared(&assign.annotation),
                };
                self.assign(&assign.target, at, what);
            }
            Stmt::For(told) => {
                self.assign(&told.target, at, What::Each(&told.iter));
                bodies.push((&told.body, inner(self)));
                bodies.push((&told.orelse, inner(self)));
            }
            Stmt::While(told) => {
                bodies.push((&told.body, inner(self)));
                bodies.push((&told.orelse, inner(self)));
            }
            Stmt::If(told) => {
                bodies.push((&told.body, inner(self)));
                for clause in &told.elif_else_clauses {
                    bodies.push((&clause.body, inner(self)));
                }
            }
            Stmt::With(told) => {
                for item in &told.items {
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, at, What::Entered(&item.context_expr));
                    }
                }
                bodies.push((&told.body, at));
            }
            Stmt::Return(told) => {
                if let (Some(value), Some(scope)) = (&told.value, self.scopes.get_mut(at.scope)) {
                    scope.returns.push((value, at.block));
                }
            }
            Stmt::Match(told) => {
                for case in &told.cases {
                    bodies.push((&case.body, inner(self)));
                }
            }
            Stmt::Try(told) => {
                bodies.push((&told.body, inner(self)));
                for ExceptHandler::ExceptHandler(handler) in &told.handlers {
                    bodies.push((&handler.body, inner(self)));
                }
                bodies.push((&told.orelse, inner(self)));
                bodies.push((&told.finalbody, at));
            }
            _ => {}
        }
        self.expressions(stmt, at);
    }

    fn function(
        &mut self,
        function: &'a StmtFunctionDef,
        at: At,
        bodies: &mut Vec<(&'a [Stmt], At)>,
    ) {
        let scope = self.open(Some(at.scope), Owner::Function(function), at.block);
        let place = usize::from(function.name.range.start());
        self.bind(function.name.as_str(), place, at, What::Function(scope));
        let block = self.block(at.block);
        let inside = At { scope, block };
        self.parameters(&function.parameters, inside);
        bodies.push((&function.body, inside));
    }

    fn parameters(&mut self, parameters: &'a Parameters, at: At) {
        for parameter in parameters.iter_non_variadic_params() {
            let what = What::Parameter(
                parameter.default.as_deref(),
                parameter.parameter.annotation.as_deref(),
            );
            let place = usize::from(parameter.range.start());
            self.bind(parameter.parameter.name.as_str(), place, at, what);
        }
        if let Some(options) = &parameters.kwarg {
            let place = usize::from(options.range.start());
            self.bind(options.name.as_str(), place, at, What::Options);
        }
    }

    fn class(&mut self, class: &'a StmtClassDef, at: At, bodies: &mut Vec<(&'a [Stmt], At)>) {
        let scope = self.open(Some(at.scope), Owner::Class(class), at.block);
        let place = usize::from(class.name.range.start());
        self.bind(class.name.as_str(), place, at, What::Class(scope));
        let block = self.block(at.block);
        bodies.push((&class.body, At { scope, block }));
    }

    fn import(&mut self, alias: &'a Alias, at: At) {
        let place = usize::from(alias.range.start());
        let whole = alias.name.as_str();
        match &alias.asname {
            Some(name) => {
                let is_renamed = name.as_str() != whole;
                self.bind(
                    name.as_str(),
                    place,
                    at,
                    What::Import(whole.to_owned(), is_renamed),
                );
            }
            // `import a.b` binds `a`.
            None => {
                let first = whole.split('.').next().unwrap_or(whole);
                self.bind(first, place, at, What::Import(first.to_owned(), false));
            }
        }
    }

    fn import_from(&mut self, from: &'a StmtImportFrom, at: At, package: &[&str]) {
        let level = usize::try_from(from.level).unwrap_or(usize::MAX);
        let above = package.len().saturating_sub(level.saturating_sub(1));
        let mut parts: Vec<&str> = match level {
            0 => Vec::new(),
            // The path of the tree: see `super::modules`.
            _ => std::iter::once("")
                .chain(package.iter().take(above).copied())
                .collect(),
        };
        parts.extend(from.module.as_ref().map(|module| module.as_str()));
        let module = parts.join(".");
        for alias in &from.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.stars.push(module.clone());
                continue;
            }
            let bound = alias
                .asname
                .as_ref()
                .map_or(name, |renamed| renamed.as_str());
            let place = usize::from(alias.range.start());
            self.bind(
                bound,
                place,
                at,
                What::Import(format!("{module}.{name}"), bound != name),
            );
        }
    }

    /// The calls, dictionaries and strings of a statement, without the statements in it.
    fn expressions(&mut self, stmt: &'a Stmt, at: At) {
        let mut children = Children(Vec::new());
        source_order::walk_stmt(&mut children, stmt);
        let mut open: Vec<(&'a Expr, At)> = children.0.into_iter().map(|expr| (expr, at)).collect();
        while let Some((expr, at)) = open.pop() {
            let site_scope = (at.scope, at.block);
            let inside = match expr {
                Expr::Lambda(lambda) => {
                    let scope = self.open(
                        Some(at.scope),
                        lambda
                            .parameters
                            .as_deref()
                            .map_or(Owner::Comprehension, Owner::Lambda),
                        at.block,
                    );
                    let inside = At { scope, ..at };
                    if let Some(parameters) = &lambda.parameters {
                        self.parameters(parameters, inside);
                    }
                    inside
                }
                Expr::ListComp(told) => self.comprehension(&told.generators, at),
                Expr::SetComp(told) => self.comprehension(&told.generators, at),
                Expr::DictComp(told) => self.comprehension(&told.generators, at),
                Expr::Generator(told) => self.comprehension(&told.generators, at),
                Expr::Named(told) => {
                    self.assign(&told.target, at, What::Value(&told.value));
                    at
                }
                Expr::Call(node) => {
                    let (scope, block) = site_scope;
                    self.calls.push(Site { node, scope, block });
                    at
                }
                Expr::Dict(node) => {
                    let (scope, block) = site_scope;
                    self.dicts.push(Site { node, scope, block });
                    at
                }
                Expr::StringLiteral(node) => {
                    self.strings.push(node);
                    at
                }
                _ => at,
            };
            let mut children = Children(Vec::new());
            source_order::walk_expr(&mut children, expr);
            open.extend(children.0.into_iter().map(|expr| (expr, inside)));
        }
    }

    fn comprehension(&mut self, generators: &'a [Comprehension], at: At) -> At {
        let scope = self.open(Some(at.scope), Owner::Comprehension, at.block);
        let inside = At { scope, ..at };
        for generator in generators {
            self.assign(&generator.target, inside, What::Each(&generator.iter));
        }
        inside
    }
}

/// The expressions right below a node; statements below it are left out.
struct Children<'a>(Vec<&'a Expr>);

impl<'a> SourceOrderVisitor<'a> for Children<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.push(expr);
    }

    fn visit_annotation(&mut self, _expr: &'a Expr) {}

    fn visit_stmt(&mut self, _stmt: &'a Stmt) {}

    fn visit_body(&mut self, _body: &'a [Stmt]) {}

    fn visit_pattern(&mut self, _pattern: &'a Pattern) {}
}
