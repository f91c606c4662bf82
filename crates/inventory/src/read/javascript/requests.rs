//! Services and models by their addresses: requests, and strings that are nothing else.

use oxc_ast::ast::{Argument, Expression};
use oxc_span::GetSpan;

use super::calls::{Judge, range};
use super::objects::property;
use super::scopes::{Site, Text};
use super::values::Values;
use crate::call::Value;
use crate::read::word::Word;
use crate::read::{Found, value};
use crate::reference::{Kind, Resolution, Service};
use crate::{id, knowledge, service};

impl<'a> Judge<'_, '_, 'a> {
    /// A request of a service by its address: the model is in the body.
    pub(super) fn request(&mut self, values: &Values<'_, 'a>, site: &Site<'a>) {
        let mut arguments = site.arguments.iter().filter_map(Argument::as_expression);
        let Some(first) = arguments.next() else {
            return;
        };
        let is_text = matches!(
            first.get_inner_expression(),
            Expression::StringLiteral(_)
                | Expression::TemplateLiteral(_)
                | Expression::Identifier(_)
                | Expression::BinaryExpression(_)
        );
        if !is_text || site.arguments.len() < 2 {
            return;
        }
        let address =
            values
                .of(first, site.scope)
                .into_iter()
                .find_map(|given| match given.value {
                    Value::Text(text) => Some(text),
                    _ => None,
                });
        let Some(service) = address.and_then(|address| service::of_address(&address)) else {
            return;
        };
        let Some(model) = arguments.find_map(|argument| body_model(values, argument, site.scope))
        else {
            return;
        };
        let callee = site.callee.span();
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
                ..value::used(service, span, shown, given.resolution)
            });
        }
    }

    /// Strings that are addresses of models or of services, and stand in no call that is told already.
    pub(super) fn texts(&mut self) {
        for (text, scope) in &self.program.texts {
            let (start, end) = match text {
                Text::Plain(text) => (text.span.start, text.span.end),
                Text::Template(text) => (text.span.start, text.span.end),
            };
            let span = range((start, end));
            let before = self
                .taken
                .partition_point(|taken| taken.start <= span.start);
            let is_taken = self
                .taken
                .iter()
                .take(before)
                .rev()
                .take(16)
                .any(|taken| taken.contains(&span.start));
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
            let word = Word::aligned(self.file.text, span.clone(), &value);
            if let Some(found) = value::address(&word) {
                self.out.reference(Found {
                    resolution: Resolution::Url,
                    ..found
                });
            } else if let Some(service) =
                service::of_address(&value).filter(|service| *service != Service::LocalServer)
            {
                self.out
                    .reference(value::used(service, span, "url", Resolution::Url));
            }
        }
    }
}

/// The value of `model` in the body of a request: `{ body: JSON.stringify({ model: … }) }`.
fn body_model<'a>(
    values: &Values<'_, 'a>,
    argument: &'a Expression<'a>,
    scope: usize,
) -> Option<(&'a Expression<'a>, usize)> {
    let mut at = (argument, scope);
    for _ in 0..4 {
        let (object, scope) = values.object(at.0, at.1, 0)?;
        if let Some(model) = property(object, "model").or_else(|| property(object, "modelId")) {
            return Some((model, scope));
        }
        let inner = ["body", "data", "json", "payload"]
            .iter()
            .find_map(|key| property(object, key))?;
        at = (inner, scope);
    }
    None
}
