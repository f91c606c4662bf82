//! From the calls of a file to references.

use std::ops::Range;

use oxc_ast::ast::{Argument, Expression, ObjectPropertyKind};
use weighbridge::Confidence;

use super::origin::{self, OriginOf};
use super::scopes::{Binding, Program, Site, Text};
use super::values::{CallSite, Values, property, unknown};
use crate::call::{self, Call, Given, Value};
use crate::knowledge::{self, CallRow, Language};
use crate::read::keys;
use crate::read::{Finds, Found};
use crate::reference::{Kind, Origin, Resolution, Service};
use crate::source_file::SourceFile;
use crate::{id, service};

/// How many calls of a wrapper are followed.
const MOST_SITES: usize = 100;

/// Tells what the calls and the addresses of a file refer to.
pub(super) fn judge<'a>(file: &SourceFile<'_>, program: &Program<'a>, out: &mut Finds) {
    let mut judge = Judge { file, program, taken: Vec::new(), out };
    for site in &program.sites {
        judge.site(site);
    }
    judge.taken.sort_by_key(|span| span.start);
    judge.texts();
}

struct Judge<'j, 'f, 'a> {
    file: &'j SourceFile<'f>,
    program: &'j Program<'a>,
    /// Where strings are arguments of a call that is known.
    taken: Vec<Range<usize>>,
    out: &'j mut Finds,
}

fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

impl<'a> Judge<'_, '_, 'a> {
    fn site(&mut self, site: &Site<'a>) {
        let values = Values::new(self.program, None);
        let Some((row, origin)) = self.row(&values, site) else {
            self.request(&values, site);
            return;
        };
        let confidence = if origin.module.is_some() { Confidence::High } else { Confidence::Medium };
        let span = self.span(site);
        let mut told = self.found(&values, site, row, &origin, confidence);
        let asked = values.asked.get();
        let is_known = told.iter().any(|found| found.id.is_some());
        let wrapped = asked.map(|function| self.wrapped(function, site, row, &origin)).unwrap_or_default();
        // What a wrapper is given is told where it is called.
        if !is_known && !wrapped.is_empty() {
            told.clear();
        }
        if !told.is_empty() || !wrapped.is_empty() {
            self.taken.push(span);
        }
        for found in told.into_iter().chain(wrapped) {
            self.out.reference(found);
        }
    }

    /// From the name to the closing bracket.
    fn span(&self, site: &Site<'a>) -> Range<usize> {
        let start = match oxc_span::GetSpan::span(site.callee).start {
            start if start >= site.span.0 => start,
            _ => site.span.0,
        };
        range((start, site.span.1))
    }

    fn row(&self, values: &Values<'_, 'a>, site: &Site<'a>) -> Option<(&'static CallRow, OriginOf<'a>)> {
        let origin = origin::of(values, site.callee, site.scope, 0)?;
        let mentions = |module: &'static str| origin::mentions(self.program, module);
        let names = origin.names.iter().filter(|name| !name.is_empty());
        let row = match origin.module {
            Some(module) => names.clone().find_map(|name| knowledge::call(Language::Javascript, Some(module), name, mentions)),
            // A name alone is not enough; a method may be.
            None => {
                let mut methods = names.filter(|name| name.contains('.'));
                methods.find_map(|name| knowledge::call(Language::Javascript, None, name, mentions))
            }
        };
        Some((row?, origin))
    }

    /// The references of a call: one for each value that its id may have.
    fn found(&self, values: &Values<'_, 'a>, site: &Site<'a>, row: &'static CallRow, origin: &OriginOf<'a>, confidence: Confidence) -> Vec<Found> {
        let callee = oxc_span::GetSpan::span(site.callee);
        let shown = self.file.slice(&range((callee.start, callee.end)));
        let arguments = Arguments::of(values, site);
        let mut all: Vec<Found> = Vec::new();
        for index in 0..arguments.alternatives().max(1) {
            let call = Call {
                language: Language::Javascript,
                shown,
                span: self.span(site),
                positional: arguments.positional.iter().map(|values| nth(values, index)).collect(),
                keywords: arguments.keywords.iter().map(|(name, values)| (name.clone(), nth(values, index))).collect(),
                is_whole: arguments.is_whole,
            };
            let Some(mut found) = call::judge(&call, row, confidence) else {
                continue;
            };
            if origin.is_alias && found.resolution == Resolution::Literal && row.id.is_some() {
                found.resolution = Resolution::Alias;
            }
            self.of_client(values, site, origin, &mut found);
            let is_new = all.iter().all(|other| other.id != found.id || other.revision != found.revision);
            if is_new {
                all.push(found);
            }
        }
        // Where one of several is known, the others are no news.
        if all.iter().any(|found| found.id.is_some()) {
            all.retain(|found| found.id.is_some());
        }
        all
    }

    /// A client that was made for another address is of that service.
    fn of_client(&self, values: &Values<'_, 'a>, site: &Site<'a>, origin: &OriginOf<'a>, found: &mut Found) {
        if found.origin != Origin::Service(Service::OpenAi) {
            return;
        }
        let client = origin.client.unwrap_or((site.arguments, site.scope));
        let address = client.0.iter().filter_map(Argument::as_expression).find_map(|argument| {
            let (object, scope) = values.object(argument, client.1, 0)?;
            let keys = ["baseURL", "baseUrl", "base_url", "basePath", "endpoint"];
            let nested = property(object, "configuration").and_then(|inner| values.object(inner, scope, 1));
            let value = keys.iter().find_map(|key| property(object, key)).map(|value| (value, scope));
            let value = value.or_else(|| {
                let (inner, scope) = nested?;
                keys.iter().find_map(|key| property(inner, key)).map(|value| (value, scope))
            })?;
            values.of(value.0, value.1).into_iter().find_map(|given| match given.value {
                Value::Text(text) => Some(text),
                _ => None,
            })
        });
        if let Some(address) = address.filter(|address| address.contains("://")) {
            found.origin = Origin::Service(service::of_address(&address).unwrap_or(Service::LocalServer));
        }
    }

    /// The same call through the function that it stands in: once for each place that calls that.
    fn wrapped(&self, function: usize, site: &Site<'a>, row: &'static CallRow, origin: &OriginOf<'a>) -> Vec<Found> {
        let callers = self.program.sites.iter().filter(|caller| self.calls(caller, function));
        let mut all = Vec::new();
        for caller in callers.take(MOST_SITES) {
            let through = CallSite { function, arguments: caller.arguments, scope: caller.scope };
            let values = Values::new(self.program, Some(through));
            for mut found in self.found(&values, site, row, origin, Confidence::High) {
                // A default is told where it stands.
                if found.id.is_none() || found.resolution == Resolution::DefaultArgument {
                    continue;
                }
                let callee = oxc_span::GetSpan::span(caller.callee);
                found.call = self.file.slice(&range((callee.start, callee.end))).to_owned();
                found.span = self.span(caller);
                found.resolution = Resolution::Wrapper;
                all.push(found);
            }
        }
        all
    }

    /// Whether a call is one of this function.
    fn calls(&self, caller: &Site<'a>, function: usize) -> bool {
        let by_start = |start: u32| self.program.function_at.get(&start) == Some(&function);
        match caller.callee.get_inner_expression() {
            Expression::Identifier(name) => match self.program.lookup(name.name.as_str(), caller.scope) {
                Some((Binding::Function(found), _)) => found == function,
                Some((Binding::Value(value), _)) => by_start(oxc_span::GetSpan::span(value.get_inner_expression()).start),
                Some((Binding::Class(class), _)) => {
                    let class = self.program.classes.get(class);
                    class.and_then(|class| class.methods.get("constructor")).is_some_and(|start| by_start(*start))
                }
                _ => false,
            },
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let methods = self.program.classes.iter().filter_map(|class| class.methods.get(name));
                methods.into_iter().any(|start| by_start(*start))
            }
            _ => false,
        }
    }

    /// A request of a service by its address: the model is in the body.
    fn request(&mut self, values: &Values<'_, 'a>, site: &Site<'a>) {
        let mut arguments = site.arguments.iter().filter_map(Argument::as_expression);
        let Some(first) = arguments.next() else {
            return;
        };
        let is_text = matches!(
            first.get_inner_expression(),
            Expression::StringLiteral(_) | Expression::TemplateLiteral(_) | Expression::Identifier(_) | Expression::BinaryExpression(_)
        );
        if !is_text || site.arguments.len() < 2 {
            return;
        }
        let address = values.of(first, site.scope).into_iter().find_map(|given| match given.value {
            Value::Text(text) => Some(text),
            _ => None,
        });
        let Some(service) = address.and_then(|address| service::of_address(&address)) else {
            return;
        };
        let Some(model) = arguments.find_map(|argument| body_model(values, argument, site.scope)) else {
            return;
        };
        let callee = oxc_span::GetSpan::span(site.callee);
        let shown = self.file.slice(&range((callee.start, callee.end)));
        for given in values.of(model.0, model.1) {
            let Value::Text(text) = given.value else {
                continue;
            };
            let Some(judged) = id::judge(&text, knowledge::Form::Name) else {
                continue;
            };
            let span = self.span(site);
            self.taken.push(span.clone());
            self.out.reference(Found {
                id: Some(judged.id),
                kind: Kind::Service,
                ..keys::used(service, span, shown, given.resolution)
            });
        }
    }

    /// Strings that are addresses of models or of services, and stand in no call that is told already.
    fn texts(&mut self) {
        for (text, scope) in &self.program.texts {
            let (start, end) = match text {
                Text::Plain(text) => (text.span.start, text.span.end),
                Text::Template(text) => (text.span.start, text.span.end),
            };
            let span = range((start, end));
            let before = self.taken.partition_point(|taken| taken.start <= span.start);
            let is_taken = self.taken.iter().take(before).rev().take(16).any(|taken| taken.contains(&span.start));
            if is_taken || self.program.skipped.contains(&start) {
                continue;
            }
            let value = match text {
                Text::Plain(text) => text.value.to_string(),
                Text::Template(text) => {
                    let values = Values::new(self.program, None);
                    let Some(value) = values.template(text, *scope) else {
                        continue;
                    };
                    value
                }
            };
            if value.contains(char::is_whitespace) || !value.contains("://") {
                continue;
            }
            let word = crate::read::word::Word::aligned(self.file.text, span.clone(), &value);
            if let Some(found) = keys::address(&word) {
                self.out.reference(Found { span, resolution: Resolution::Url, ..found });
            } else if let Some(service) = service::of_address(&value).filter(|service| *service != Service::LocalServer) {
                self.out.reference(keys::used(service, span, "url", Resolution::Url));
            }
        }
    }
}

/// The value of `model` in the body of a request: `{ body: JSON.stringify({ model: … }) }`.
fn body_model<'a>(values: &Values<'_, 'a>, argument: &'a Expression<'a>, scope: usize) -> Option<(&'a Expression<'a>, usize)> {
    let mut at = (argument, scope);
    for _ in 0..4 {
        let (object, scope) = values.object(at.0, at.1, 0)?;
        if let Some(model) = property(object, "model").or_else(|| property(object, "modelId")) {
            return Some((model, scope));
        }
        let inner = ["body", "data", "json", "payload"].iter().find_map(|key| property(object, key))?;
        at = (inner, scope);
    }
    None
}

fn nth(values: &[Given], index: usize) -> Given {
    values.get(index).or_else(|| values.last()).cloned().unwrap_or_else(unknown)
}

/// Arguments with every value that each may have.
struct Arguments {
    positional: Vec<Vec<Given>>,
    keywords: Vec<(String, Vec<Given>)>,
    is_whole: bool,
}

impl Arguments {
    fn of<'a>(values: &Values<'_, 'a>, site: &Site<'a>) -> Arguments {
        let mut arguments = Arguments { positional: Vec::new(), keywords: Vec::new(), is_whole: true };
        for argument in site.arguments {
            let Some(expression) = argument.as_expression() else {
                arguments.is_whole = false;
                break;
            };
            let is_object = matches!(expression.get_inner_expression(), Expression::ObjectExpression(_) | Expression::Identifier(_));
            match values.object(expression, site.scope, 0).filter(|_| is_object) {
                Some((object, scope)) => {
                    arguments.object(values, object, scope, 0);
                    arguments.positional.push(vec![unknown()]);
                }
                None => arguments.positional.push(values.of(expression, site.scope)),
            }
        }
        arguments
    }

    /// The keys of an object, and of objects that are values of some of them.
    fn object<'a>(&mut self, values: &Values<'_, 'a>, object: &'a oxc_ast::ast::ObjectExpression<'a>, scope: usize, depth: usize) {
        for entry in &object.properties {
            let property = match entry {
                ObjectPropertyKind::ObjectProperty(property) => property,
                ObjectPropertyKind::SpreadProperty(spread) => {
                    match values.object(&spread.argument, scope, 1).filter(|_| depth < 3) {
                        Some((inner, scope)) => self.object(values, inner, scope, depth + 1),
                        None => self.is_whole = false,
                    }
                    continue;
                }
            };
            let Some(name) = property.key.static_name() else {
                continue;
            };
            let is_object = matches!(property.value.get_inner_expression(), Expression::ObjectExpression(_));
            if is_object && depth == 0 && name == "repo" {
                if let Some((inner, scope)) = values.object(&property.value, scope, 1) {
                    self.object(values, inner, scope, depth + 1);
                }
                continue;
            }
            let mut given = values.of(&property.value, scope);
            if name == "repo" {
                given.iter_mut().for_each(repository);
            }
            self.keywords.push((name.into_owned(), given));
        }
    }

    fn alternatives(&self) -> usize {
        let all = self.positional.iter().chain(self.keywords.iter().map(|(_, values)| values));
        all.map(Vec::len).max().unwrap_or_default()
    }
}

/// `spaces/owner/name`, as the client of the hub takes it.
fn repository(given: &mut Given) {
    if let Value::Text(text) = &mut given.value {
        let is_prefixed = ["datasets/", "spaces/", "models/"].iter().any(|prefix| text.starts_with(prefix));
        if is_prefixed {
            text.insert_str(0, "hf://");
        }
    }
}
