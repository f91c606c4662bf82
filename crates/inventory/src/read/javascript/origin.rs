//! Where a name comes from: the module, the name it has there, and the client that it is a method of.

use oxc_ast::ast::{Argument, ChainElement, Expression};

use super::scopes::{Binding, Imported, Program, module_name};
use super::values::Values;
use crate::knowledge::{self, Language};

/// Where an expression comes from.
#[derive(Clone, Default)]
pub(super) struct OriginOf<'a> {
    /// The module; `None` where only the name is known.
    pub(super) module: Option<&'a str>,
    /// The dotted names that it may have there.
    pub(super) names: Vec<String>,
    /// What the client was made with, and where.
    pub(super) client: Option<(&'a [Argument<'a>], usize)>,
    /// Whether another name than its own was used.
    pub(super) is_alias: bool,
}

const DEEPEST: usize = 12;

/// The origin of an expression; `None` where it is something of the file itself.
pub(super) fn of<'a>(
    values: &Values<'_, 'a>,
    expression: &'a Expression<'a>,
    scope: usize,
    depth: usize,
) -> Option<OriginOf<'a>> {
    if depth >= DEEPEST {
        return None;
    }
    match expression.get_inner_expression() {
        Expression::Identifier(name) => of_name(values, name.name.as_str(), scope, depth),
        Expression::AwaitExpression(awaited) => of(values, &awaited.argument, scope, depth + 1),
        Expression::AssignmentExpression(assignment) => {
            of(values, &assignment.right, scope, depth + 1)
        }
        Expression::LogicalExpression(logical) => of(values, &logical.left, scope, depth + 1)
            .filter(|origin| origin.module.is_some())
            .or_else(|| of(values, &logical.right, scope, depth + 1)),
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => {
                made(values, &call.callee, &call.arguments, scope, depth)
            }
            element => {
                let member = element.as_member_expression()?;
                let key = member.static_property_name()?;
                of_member(values, member.object(), key, scope, depth)
            }
        },
        Expression::ImportExpression(import) => match &import.source {
            Expression::StringLiteral(source) => {
                Some(of_module(module_name(source.value.as_str())))
            }
            _ => None,
        },
        Expression::StaticMemberExpression(member) => {
            let key = member.property.name.as_str();
            of_member(values, &member.object, key, scope, depth)
        }
        Expression::ComputedMemberExpression(member) => match &member.expression {
            Expression::StringLiteral(key) => {
                of_member(values, &member.object, key.value.as_str(), scope, depth)
            }
            _ => None,
        },
        Expression::PrivateFieldExpression(member) => {
            let key = member.field.name.as_str();
            of_member(values, &member.object, key, scope, depth)
        }
        Expression::NewExpression(new) => {
            let class = of(values, &new.callee, scope, depth + 1)?;
            Some(instance(class, &new.arguments, scope))
        }
        Expression::CallExpression(call) => {
            made(values, &call.callee, &call.arguments, scope, depth)
        }
        _ => None,
    }
}

/// What is made of a class: its methods go by the class, or by the name that it usually has.
fn instance<'a>(class: OriginOf<'a>, arguments: &'a [Argument<'a>], scope: usize) -> OriginOf<'a> {
    let usual = class.names.iter().map(|name| lower_first(last(name)));
    let usual: Vec<String> = usual.collect();
    let mut names = class.names;
    names.extend(usual);
    OriginOf {
        module: class.module,
        names,
        client: Some((arguments, scope)),
        is_alias: false,
    }
}

/// What a call gives: a module, a provider, or what a function of the file gives back.
fn made<'a>(
    values: &Values<'_, 'a>,
    callee: &'a Expression<'a>,
    arguments: &'a [Argument<'a>],
    scope: usize,
    depth: usize,
) -> Option<OriginOf<'a>> {
    if let Expression::Identifier(name) = callee
        && name.name.as_str() == "require"
        && let Some(Expression::StringLiteral(source)) =
            arguments.first().and_then(Argument::as_expression)
    {
        return Some(of_module(module_name(source.value.as_str())));
    }
    if let Expression::Identifier(name) = callee
        && let Some((Binding::Function(function), _)) =
            values.program.lookup(name.name.as_str(), scope)
    {
        let function = values.program.functions.get(function)?;
        return of(values, function.returns?, function.scope, depth + 1);
    }
    let origin = of(values, callee, scope, depth + 1)?;
    let module = origin.module?;
    let is_factory = origin
        .names
        .iter()
        .any(|name| last(name).starts_with("create") || last(name).ends_with("Client"));
    // `createOpenAI({…})` gives what the module exports ready-made.
    let names = if is_factory {
        providers(module)
    } else {
        Vec::new()
    };
    (!names.is_empty()).then_some(OriginOf {
        module: Some(module),
        names,
        client: Some((arguments, scope)),
        is_alias: false,
    })
}

fn of_module(module: &str) -> OriginOf<'_> {
    let mut names = vec![String::new()];
    names.extend(default_name(module).map(str::to_owned));
    OriginOf {
        module: Some(module),
        names,
        ..OriginOf::default()
    }
}

fn of_name<'a>(
    values: &Values<'_, 'a>,
    name: &'a str,
    scope: usize,
    depth: usize,
) -> Option<OriginOf<'a>> {
    // Whatever it is: its methods may tell.
    let named = || OriginOf {
        names: vec![name.to_owned()],
        ..OriginOf::default()
    };
    let Some((binding, scope)) = values.program.lookup(name, scope) else {
        return Some(named());
    };
    match binding {
        Binding::Import(module, Imported::Named(own)) => Some(OriginOf {
            module: Some(module),
            names: vec![own.to_owned()],
            is_alias: own != name,
            ..OriginOf::default()
        }),
        Binding::Import(module, Imported::Default) => {
            let usual = default_name(module).map(str::to_owned);
            Some(OriginOf {
                module: Some(module),
                names: std::iter::once(name.to_owned()).chain(usual).collect(),
                ..OriginOf::default()
            })
        }
        Binding::Import(module, Imported::All) => Some(of_module(module)),
        Binding::Value(value) => {
            let mut origin = of(values, value, scope, depth + 1)?;
            let is_made = matches!(
                value.get_inner_expression(),
                Expression::NewExpression(_)
                    | Expression::CallExpression(_)
                    | Expression::AwaitExpression(_)
            );
            origin.is_alias |= !is_made;
            origin.module.is_some().then_some(origin)
        }
        Binding::Property(value, key, _) => {
            let origin = of_member_of(&of(values, value, scope, depth + 1)?, key);
            origin.module.is_some().then_some(OriginOf {
                is_alias: origin.is_alias || key != name,
                ..origin
            })
        }
        Binding::Parameter(parameter) => match parameter.class {
            Some(class) => {
                of_name(values, class, scope, depth + 1).filter(|origin| origin.module.is_some())
            }
            None => Some(named()),
        },
        Binding::Empty | Binding::Many => Some(named()),
        Binding::Function(_) | Binding::Class(_) | Binding::Enum(_) => None,
    }
}

fn of_member<'a>(
    values: &Values<'_, 'a>,
    object: &'a Expression<'a>,
    key: &'a str,
    scope: usize,
    depth: usize,
) -> Option<OriginOf<'a>> {
    if let Some((value, scope, _)) = values.field(object, key, scope, depth)
        && let Some(origin) = of(values, value, scope, depth + 1)
    {
        return Some(origin);
    }
    if matches!(object.get_inner_expression(), Expression::ThisExpression(_)) {
        let class = values.program.class_of(scope);
        if let Some(class) = class
            && let Some(name) = class.types.get(key)
            && let Some(origin) = of_name(values, name, class.scope, depth + 1)
        {
            return Some(origin);
        }
        if class.is_some_and(|class| class.methods.contains_key(key)) {
            return None;
        }
        return Some(OriginOf {
            names: vec![key.to_owned()],
            ..OriginOf::default()
        });
    }
    Some(of_member_of(&of(values, object, scope, depth + 1)?, key))
}

fn of_member_of<'a>(origin: &OriginOf<'a>, key: &str) -> OriginOf<'a> {
    let names = origin.names.iter().map(|name| match &**name {
        "" => key.to_owned(),
        // `(await import("openai")).default`
        name if key == "default" => name.to_owned(),
        name => format!("{name}.{key}"),
    });
    OriginOf {
        names: names.collect(),
        ..origin.clone()
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

/// What the default export of a module is called in the tables.
fn default_name(module: &str) -> Option<&'static str> {
    let rows = knowledge::tables().defaults.iter();
    let mut rows = rows.filter(|row| row.module == module);
    rows.next().map(|row| &*row.name)
}

/// The names without a dot that a module has rows for and that are no classes.
fn providers(module: &str) -> Vec<String> {
    let rows = knowledge::tables().calls.iter();
    let rows = rows.filter(|row| {
        row.language == Language::Javascript && row.modules.iter().any(|known| known == module)
    });
    let names = rows
        .flat_map(|row| &row.names)
        .filter(|name| !name.contains('.') && name.starts_with(|c: char| c.is_ascii_lowercase()));
    names.take(1).cloned().collect()
}

/// Whether a module is imported anywhere in the file.
pub(super) fn mentions(program: &Program<'_>, module: &str) -> bool {
    let is_within = |known: &str| {
        known
            .strip_prefix(module)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    program.modules.iter().any(|known| is_within(known))
}
