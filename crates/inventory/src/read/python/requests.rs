//! Requests of a service by its address: the model is in the body.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::calls::Reading;
use super::value::{Known, View};
use crate::read::{Found, value};
use crate::reference::Kind;
use crate::{id, knowledge, service};

/// Methods that send a body.
const METHODS: &[&str] = &["post", "request", "stream"];

/// Arguments that hold it.
const BODIES: &[&str] = &["json", "data", "content"];

impl<'a> Reading<'_, 'a, '_> {
    /// `requests.post("https://api.openai.com/…", json={"model": …})`.
    pub(super) fn request(&mut self, index: usize, call: &'a ExprCall, view: View) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        if !METHODS.contains(&method.attr.as_str()) {
            return;
        }
        let evaluator = self.evaluator;
        let keyword = |name: &str| {
            let found = call.arguments.find_keyword(name);
            found.map(|keyword| &keyword.value)
        };
        let Some(body) = BODIES.iter().find_map(|name| keyword(name)) else {
            return;
        };
        // `json.dumps({…})` is what it is given.
        let body = match body {
            Expr::Call(dump) => dump.arguments.args.first().unwrap_or(body),
            body => body,
        };
        let addresses = call.arguments.args.iter().take(2).chain(keyword("url"));
        let mut addresses = addresses.filter_map(|expr| {
            let values = evaluator.values(expr, view);
            let mut services = values.iter();
            let service = services.find_map(|value| service::of_address(value.as_text()?))?;
            Some((expr.range(), service))
        });
        let address = addresses.next();
        let Some((address, service)) = address else {
            return;
        };
        let range = call.range();
        let span = usize::from(range.start())..usize::from(range.end());
        let shown = evaluator.file.slice(&super::calls::callee_span(call));
        let written = evaluator.ask(body, view);
        let models = written
            .iter()
            .flat_map(|body| evaluator.item(body, Some("model")));
        for model in models.take(8) {
            let Known::Text(given) = &model else { continue };
            let judged = model
                .as_text()
                .and_then(|text| id::judge(text, knowledge::Form::Name));
            let Some(judged) = judged else { continue };
            let place = given.place.clone().unwrap_or_else(|| span.clone());
            self.add(
                Found {
                    id: Some(judged.id),
                    kind: Kind::Service,
                    ..value::used(service, place, shown, given.resolution)
                },
                index,
                span.start,
            );
            self.told
                .push(usize::from(address.start())..usize::from(address.end()));
        }
    }
}
