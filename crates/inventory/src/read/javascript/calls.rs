//! From the calls of a file to references.

use std::ops::Range;

use oxc_ast::ast::{Argument, Expression};
use oxc_span::GetSpan;
use weighbridge::Confidence;

use super::arguments::{Arguments, nth};
use super::objects::property;
use super::origin::{self, OriginOf};
use super::scopes::{Binding, Program, Site};
use super::values::{CallSite, Values};
use crate::call::{self, Call, Value};
use crate::knowledge::{self, CallRow, Language};
use crate::read::{Finds, Found};
use crate::reference::{Origin, Resolution, Service};
use crate::service;
use crate::source_file::SourceFile;

/// How many calls of a wrapper are followed.
const MOST_SITES: usize = 100;

/// Tells what the calls and the addresses of a file refer to.
pub(super) fn judge<'a>(file: &SourceFile<'_>, program: &Program<'a>, out: &mut Finds) {
    let mut judge = Judge {
        file,
        program,
        taken: Vec::new(),
        out,
    };
    for site in &program.sites {
        judge.site(site);
    }
    judge.taken.sort_by_key(|span| span.start);
    judge.texts();
}

pub(super) struct Judge<'j, 'f, 'a> {
    pub(super) file: &'j SourceFile<'f>,
    pub(super) program: &'j Program<'a>,
    /// Where strings are arguments of a call that is known.
    pub(super) taken: Vec<Range<usize>>,
    pub(super) out: &'j mut Finds,
}

pub(super) fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

impl<'a> Judge<'_, '_, 'a> {
    fn site(&mut self, site: &Site<'a>) {
        let values = Values::new(self.program, None);
        let Some((row, origin)) = self.row(&values, site) else {
            self.request(&values, site);
            return;
        };
        let confidence = if origin.module.is_some() {
            Confidence::High
        } else {
            Confidence::Medium
        };
        let span = self.span(site);
        let mut told = self.found(&values, site, row, &origin, confidence);
        let asked = values.asked.get();
        let is_known = told.iter().any(|found| found.id.is_some());
        let wrapped = asked
            .map(|function| self.wrapped(function, site, row, &origin))
            .unwrap_or_default();
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
    pub(super) fn span(&self, site: &Site<'a>) -> Range<usize> {
        let start = match site.callee.span().start {
            start if start >= site.span.0 => start,
            _ => site.span.0,
        };
        range((start, site.span.1))
    }

    fn row(
        &self,
        values: &Values<'_, 'a>,
        site: &Site<'a>,
    ) -> Option<(&'static CallRow, OriginOf<'a>)> {
        let origin = origin::of(values, site.callee, site.scope, 0)?;
        let mentions = |module: &'static str| origin::mentions(self.program, module);
        let names = origin.names.iter().filter(|name| !name.is_empty());
        let row = match origin.module {
            Some(module) => names.clone().find_map(|name| {
                knowledge::call(Language::Javascript, Some(module), name, mentions)
            }),
            // A name alone is not enough; a method may be.
            None => {
                let mut methods = names.filter(|name| name.contains('.'));
                methods.find_map(|name| knowledge::call(Language::Javascript, None, name, mentions))
            }
        };
        Some((row?, origin))
    }

    /// The references of a call: one for each value that its id may have.
    fn found(
        &self,
        values: &Values<'_, 'a>,
        site: &Site<'a>,
        row: &'static CallRow,
        origin: &OriginOf<'a>,
        confidence: Confidence,
    ) -> Vec<Found> {
        let callee = site.callee.span();
        let shown = self.file.slice(&range((callee.start, callee.end)));
        let arguments = Arguments::of(values, site);
        let mut all: Vec<Found> = Vec::new();
        for index in 0..arguments.alternatives().max(1) {
            let call = Call {
                language: Language::Javascript,
                shown,
                span: self.span(site),
                positional: arguments
                    .positional
                    .iter()
                    .map(|values| nth(values, index))
                    .collect(),
                keywords: arguments
                    .keywords
                    .iter()
                    .map(|(name, values)| (name.clone(), nth(values, index)))
                    .collect(),
                is_whole: arguments.is_whole,
            };
            let Some(mut found) = call::judge(&call, row, confidence) else {
                continue;
            };
            if origin.is_alias && found.resolution == Resolution::Literal && row.id.is_some() {
                found.resolution = Resolution::Alias;
            }
            self.of_client(values, site, origin, &mut found);
            let is_new = all
                .iter()
                .all(|other| other.id != found.id || other.revision != found.revision);
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
    fn of_client(
        &self,
        values: &Values<'_, 'a>,
        site: &Site<'a>,
        origin: &OriginOf<'a>,
        found: &mut Found,
    ) {
        if found.origin != Origin::Service(Service::OpenAi) {
            return;
        }
        let client = origin.client.unwrap_or((site.arguments, site.scope));
        let address = client
            .0
            .iter()
            .filter_map(Argument::as_expression)
            .find_map(|argument| {
                let (object, scope) = values.object(argument, client.1, 0)?;
                let keys = ["baseURL", "baseUrl", "base_url", "basePath", "endpoint"];
                let nested = property(object, "configuration")
                    .and_then(|inner| values.object(inner, scope, 1));
                let value = keys
                    .iter()
                    .find_map(|key| property(object, key))
                    .map(|value| (value, scope));
                let value = value.or_else(|| {
                    let (inner, scope) = nested?;
                    keys.iter()
                        .find_map(|key| property(inner, key))
                        .map(|value| (value, scope))
                })?;
                values
                    .of(value.0, value.1)
                    .into_iter()
                    .find_map(|given| match given.value {
                        Value::Text(text) => Some(text),
                        _ => None,
                    })
            });
        if let Some(address) = address.filter(|address| address.contains("://")) {
            found.origin =
                Origin::Service(service::of_address(&address).unwrap_or(Service::LocalServer));
        }
    }

    /// The same call through the function that it stands in: once for each place that calls that.
    fn wrapped(
        &self,
        function: usize,
        site: &Site<'a>,
        row: &'static CallRow,
        origin: &OriginOf<'a>,
    ) -> Vec<Found> {
        let callers = self
            .program
            .sites
            .iter()
            .filter(|caller| self.calls(caller, function));
        let mut all = Vec::new();
        for caller in callers.take(MOST_SITES) {
            let through = CallSite {
                function,
                arguments: caller.arguments,
                scope: caller.scope,
            };
            let values = Values::new(self.program, Some(through));
            for mut found in self.found(&values, site, row, origin, Confidence::High) {
                // A default is told where it stands.
                if found.id.is_none() || found.resolution == Resolution::DefaultArgument {
                    continue;
                }
                let callee = caller.callee.span();
                found.call = self
                    .file
                    .slice(&range((callee.start, callee.end)))
                    .to_owned();
                let whole = self.span(caller);
                if found.span.start < whole.start || found.span.end > whole.end {
                    found.span = whole;
                }
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
            Expression::Identifier(name) => {
                match self.program.lookup(name.name.as_str(), caller.scope) {
                    Some((Binding::Function(found), _)) => found == function,
                    Some((Binding::Value(value), _)) => {
                        by_start(value.get_inner_expression().span().start)
                    }
                    Some((Binding::Class(class), _)) => {
                        let class = self.program.classes.get(class);
                        class
                            .and_then(|class| class.methods.get("constructor"))
                            .is_some_and(|start| by_start(*start))
                    }
                    _ => false,
                }
            }
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let methods = self
                    .program
                    .classes
                    .iter()
                    .filter_map(|class| class.methods.get(name));
                methods.into_iter().any(|start| by_start(*start))
            }
            _ => false,
        }
    }
}
