//! One walk over the tree of a file, for its names and its calls.

use std::borrow::Cow;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, ArrowFunctionBody, AssignmentTarget, BindingPattern, Class, ClassElement, Expression,
    FormalParameters, Function, ImportDeclarationSpecifier, JSXAttributeValue,
    MethodDefinitionKind, Program as Parsed, Statement, StringLiteral, TSLiteral, TSType,
    TSTypeAnnotation, TSTypeName, VariableDeclarator,
};
use oxc_ast_visit::Visit;

use super::scopes::{
    Binding, ClassInfo, FunctionInfo, Imported, Parameter, Program, Scope, Site, Text, module_name,
};

/// Collects a file.
pub(super) fn collect<'a>(parsed: &Parsed<'a>) -> Program<'a> {
    let mut program = Program::default();
    program.scopes.push(Scope::default());
    program.visit_program(parsed);
    program
}

impl<'a> Program<'a> {
    fn push(&mut self) -> usize {
        let parent = Some(self.current);
        self.scopes.push(Scope {
            parent,
            ..Scope::default()
        });
        self.left.push(self.current);
        self.current = self.scopes.len() - 1;
        self.current
    }

    fn bind_in(&mut self, scope: usize, name: &'a str, binding: Binding<'a>) {
        let Some(scope) = self.scopes.get_mut(scope) else {
            return;
        };
        let known = scope.names.entry(name);
        known
            .and_modify(|known| *known = Binding::Many)
            .or_insert(binding);
    }

    fn bind(&mut self, name: &'a str, binding: Binding<'a>) {
        self.bind_in(self.current, name, binding);
    }

    fn import(
        &mut self,
        source: &'a StringLiteral<'a>,
        specifiers: &'a [ImportDeclarationSpecifier<'a>],
    ) {
        let module = module_name(source.value.as_str());
        self.modules.insert(module);
        self.skipped.insert(source.span.start);
        for specifier in specifiers {
            let (local, imported) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(named) => {
                    let name = named.imported.name().as_str();
                    let imported = if name == "default" {
                        Imported::Default
                    } else {
                        Imported::Named(name)
                    };
                    (&named.local, imported)
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => {
                    (&default.local, Imported::Default)
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(all) => {
                    (&all.local, Imported::All)
                }
            };
            self.bind(local.name.as_str(), Binding::Import(module, imported));
        }
    }

    fn declare(&mut self, declarator: &'a VariableDeclarator<'a>) {
        let name = match &declarator.id {
            BindingPattern::BindingIdentifier(name) => name.name.as_str(),
            BindingPattern::ObjectPattern(pattern) => {
                let Some(init) = &declarator.init else {
                    return;
                };
                for property in &pattern.properties {
                    let key = property.key.static_name();
                    if let (Some(Cow::Borrowed(key)), Some((name, default))) =
                        (key, leaf(&property.value))
                    {
                        self.bind(name, Binding::Property(init, key, default));
                    }
                }
                return;
            }
            _ => return,
        };
        let binding = match &declarator.init {
            Some(Expression::NullLiteral(_)) | None => match declarator
                .type_annotation
                .as_ref()
                .and_then(|kind| class_of_type(kind))
            {
                Some(class) => Binding::Parameter(Parameter {
                    function: usize::MAX,
                    index: 0,
                    property: None,
                    default: None,
                    class: Some(class),
                }),
                None => Binding::Empty,
            },
            Some(init) => Binding::Value(init),
        };
        self.bind(name, binding);
    }

    fn assign(&mut self, target: &'a AssignmentTarget<'a>, right: &'a Expression<'a>) {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                let name = name.name.as_str();
                let Some((binding, scope)) = self.lookup(name, self.current) else {
                    return;
                };
                let now = match binding {
                    Binding::Empty => Binding::Value(right),
                    // What is asked for before it is there stays what its type says.
                    Binding::Parameter(parameter)
                        if parameter.class.is_some() && parameter.function == usize::MAX =>
                    {
                        Binding::Value(right)
                    }
                    _ => Binding::Many,
                };
                if let Some(scope) = self.scopes.get_mut(scope) {
                    scope.names.insert(name, now);
                }
            }
            AssignmentTarget::StaticMemberExpression(member)
                if matches!(member.object, Expression::ThisExpression(_)) =>
            {
                let parent = |at: &usize| self.scopes.get(*at).and_then(|scope| scope.parent);
                let mut scopes = std::iter::successors(Some(self.current), parent);
                let class = scopes.find_map(|at| self.scopes.get(at)?.class);
                let current = self.current;
                if let Some(class) = class.and_then(|class| self.classes.get_mut(class)) {
                    class
                        .fields
                        .entry(member.property.name.as_str())
                        .or_insert((right, current));
                }
            }
            _ => {}
        }
    }

    fn function(
        &mut self,
        start: u32,
        params: &'a FormalParameters<'a>,
        returns: Option<&'a Expression<'a>>,
    ) {
        let scope = self.push();
        let function = self.functions.len();
        self.functions.push(FunctionInfo { scope, returns });
        self.function_at.insert(start, function);
        for (index, parameter) in params.items.iter().enumerate() {
            let class = parameter
                .type_annotation
                .as_ref()
                .and_then(|kind| class_of_type(kind));
            let default = parameter.initializer.as_deref();
            let of = |property, default| Parameter {
                function,
                index,
                property,
                default,
                class,
            };
            match &parameter.pattern {
                BindingPattern::ObjectPattern(pattern) => {
                    for property in &pattern.properties {
                        let key = property.key.static_name();
                        if let (Some(Cow::Borrowed(key)), Some((name, default))) =
                            (key, leaf(&property.value))
                        {
                            self.bind(
                                name,
                                Binding::Parameter(Parameter {
                                    class: None,
                                    ..of(Some(key), default)
                                }),
                            );
                        }
                    }
                }
                pattern => {
                    if let Some((name, inner)) = leaf(pattern) {
                        let default = default.or(inner);
                        self.bind(name, Binding::Parameter(of(None, default)));
                        // `constructor(private model = "…")`
                        if parameter.accessibility.is_some() || parameter.readonly {
                            self.field(name, default, class);
                        }
                    }
                }
            }
        }
    }

    /// A parameter of a constructor that is a field as well.
    fn field(
        &mut self,
        name: &'a str,
        default: Option<&'a Expression<'a>>,
        class_name: Option<&'a str>,
    ) {
        let parent = self.scopes.get(self.current).and_then(|scope| scope.parent);
        let class = parent.and_then(|parent| self.scopes.get(parent)?.class);
        let current = self.current;
        let Some(class) = class.and_then(|class| self.classes.get_mut(class)) else {
            return;
        };
        if let Some(default) = default {
            class.fields.insert(name, (default, current));
        } else if let Some(class_name) = class_name {
            class.types.insert(name, class_name);
        }
    }

    fn class(&mut self, class: &'a Class<'a>) {
        let index = self.classes.len();
        if let Some(id) = &class.id {
            self.bind(id.name.as_str(), Binding::Class(index));
        }
        let scope = self.push();
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.class = Some(index);
        }
        self.class_at.insert(class.span.start, index);
        let mut info = ClassInfo {
            scope,
            ..ClassInfo::default()
        };
        for element in &class.body.body {
            match element {
                ClassElement::PropertyDefinition(property) => {
                    let Some(Cow::Borrowed(name)) = property.key.static_name() else {
                        continue;
                    };
                    if let Some(value) = &property.value {
                        info.fields.insert(name, (value, scope));
                    } else if let Some(kind) = property
                        .type_annotation
                        .as_ref()
                        .and_then(|kind| class_of_type(kind))
                    {
                        info.types.insert(name, kind);
                    }
                }
                ClassElement::MethodDefinition(method)
                    if method.kind != MethodDefinitionKind::Set =>
                {
                    if let Some(Cow::Borrowed(name)) = method.key.static_name() {
                        info.methods.insert(name, method.value.span.start);
                    }
                }
                _ => {}
            }
        }
        self.classes.push(info);
    }

    fn site(
        &mut self,
        callee: &'a Expression<'a>,
        arguments: &'a [Argument<'a>],
        start: u32,
        end: u32,
    ) {
        let scope = self.current;
        self.sites.push(Site {
            callee,
            arguments,
            span: (start, end),
            scope,
        });
    }
}

impl<'a> Visit<'a> for Program<'a> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        match kind {
            AstKind::ImportDeclaration(import) => {
                let specifiers = import
                    .specifiers
                    .as_ref()
                    .map_or(&[][..], |specifiers| specifiers);
                self.import(&import.source, specifiers);
            }
            AstKind::VariableDeclarator(declarator) => self.declare(declarator),
            AstKind::AssignmentExpression(assignment) => {
                self.assign(&assignment.left, &assignment.right);
            }
            AstKind::Function(function) => {
                if let Some(id) = &function.id {
                    let index = self.functions.len();
                    self.bind(id.name.as_str(), Binding::Function(index));
                }
                self.function(function.span.start, &function.params, returned(function));
            }
            AstKind::ArrowFunctionExpression(arrow) => {
                let returns = match &arrow.body {
                    ArrowFunctionBody::FunctionBody(body) => only_return(&body.statements),
                    body => body.as_expression(),
                };
                self.function(arrow.span.start, &arrow.params, returns);
            }
            AstKind::Class(class) => self.class(class),
            AstKind::BlockStatement(_) => {
                self.push();
            }
            AstKind::TSEnumDeclaration(declared) => {
                self.bind(declared.id.name.as_str(), Binding::Enum(declared));
            }
            AstKind::CallExpression(call) => self.site(
                &call.callee,
                &call.arguments,
                call.span.start,
                call.span.end,
            ),
            AstKind::NewExpression(call) => self.site(
                &call.callee,
                &call.arguments,
                call.span.start,
                call.span.end,
            ),
            AstKind::StringLiteral(text) => self.texts.push((Text::Plain(text), self.current)),
            AstKind::TemplateLiteral(text) => self.texts.push((Text::Template(text), self.current)),
            other => self.skipped.extend(part_of_syntax(other)),
        }
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        let is_scope = matches!(
            kind,
            AstKind::Function(_)
                | AstKind::ArrowFunctionExpression(_)
                | AstKind::Class(_)
                | AstKind::BlockStatement(_)
        );
        if is_scope && let Some(outer) = self.left.pop() {
            self.current = outer;
        }
    }
}

/// Where a string begins that is no value: a module, a type, an attribute, a statement of its own.
fn part_of_syntax(kind: AstKind<'_>) -> Option<u32> {
    match kind {
        AstKind::ExportFromDeclaration(export) => Some(export.source.span.start),
        AstKind::ExportAllDeclaration(export) => Some(export.source.span.start),
        AstKind::Directive(directive) => Some(directive.expression.span.start),
        AstKind::JSXAttribute(attribute) => match &attribute.value {
            Some(JSXAttributeValue::StringLiteral(text)) => Some(text.span.start),
            _ => None,
        },
        AstKind::ExpressionStatement(statement) => match &statement.expression {
            Expression::StringLiteral(text) => Some(text.span.start),
            _ => None,
        },
        AstKind::TSLiteralType(literal) => match &literal.literal {
            TSLiteral::StringLiteral(text) => Some(text.span.start),
            _ => None,
        },
        _ => None,
    }
}

/// The name that a pattern binds, and its default.
fn leaf<'a>(pattern: &'a BindingPattern<'a>) -> Option<(&'a str, Option<&'a Expression<'a>>)> {
    match pattern {
        BindingPattern::BindingIdentifier(name) => Some((name.name.as_str(), None)),
        BindingPattern::AssignmentPattern(assigned) => match &assigned.left {
            BindingPattern::BindingIdentifier(name) => {
                Some((name.name.as_str(), Some(&assigned.right)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn class_of_type<'a>(kind: &'a TSTypeAnnotation<'a>) -> Option<&'a str> {
    match &kind.type_annotation {
        TSType::TSTypeReference(reference) => match &reference.type_name {
            TSTypeName::IdentifierReference(name) => Some(name.name.as_str()),
            _ => None,
        },
        _ => None,
    }
}

fn returned<'a>(function: &'a Function<'a>) -> Option<&'a Expression<'a>> {
    only_return(&function.body.as_ref()?.statements)
}

/// What the last statement gives back.
fn only_return<'a>(statements: &'a [Statement<'a>]) -> Option<&'a Expression<'a>> {
    match statements.last()? {
        Statement::ReturnStatement(statement) => statement.argument.as_ref(),
        _ => None,
    }
}
