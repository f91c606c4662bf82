//! The arguments of a call, as far as its row of the knowledge asks for them.

use std::ops::Range;

use ruff_python_ast::{Expr, ExprCall};

use super::eval::Evaluator;
use super::value::{Known, View};
use crate::call::{Call, Given, Value};
use crate::knowledge::{self, Argument, CallRow, Language};
use crate::reference::{Resolution, Service};

/// How many references one call may be.
const MOST: usize = 32;

/// Arguments that are handed on to what loads.
const HANDED_ON: &[&str] = &[
    "api_params",
    "huggingface_pipeline_kwargs",
    "model_args",
    "model_kwargs",
];

/// The arguments of a call, each with what it may be.
pub(super) struct Arguments<'a> {
    pub(super) positional: Vec<Vec<Known<'a>>>,
    keywords: Vec<(String, Vec<Known<'a>>)>,
    is_whole: bool,
}

impl<'a> Arguments<'a> {
    /// The arguments of a call that its row asks for.
    pub(super) fn of(
        evaluator: &Evaluator<'a, '_>,
        row: &CallRow,
        call: &'a ExprCall,
        view: View,
    ) -> Arguments<'a> {
        Arguments::from(evaluator, row, call, 0, view)
    }

    /// The arguments that `functools.partial` keeps.
    pub(super) fn of_partial(
        evaluator: &Evaluator<'a, '_>,
        row: &CallRow,
        call: &'a ExprCall,
        view: View,
    ) -> Arguments<'a> {
        Arguments::from(evaluator, row, call, 1, view)
    }

    fn from(
        evaluator: &Evaluator<'a, '_>,
        row: &CallRow,
        call: &'a ExprCall,
        first: usize,
        view: View,
    ) -> Arguments<'a> {
        let mut arguments = Arguments {
            positional: Vec::new(),
            keywords: Vec::new(),
            is_whole: true,
        };
        let wanted = [row.id.as_ref(), row.revision.as_ref()];
        let positions = wanted
            .iter()
            .flatten()
            .filter_map(|argument| argument.position);
        let most = positions.max().map_or(0, |position| position + 1);
        for expr in call.arguments.args.iter().skip(first) {
            if expr.is_starred_expr() {
                arguments.is_whole = false;
                break;
            }
            let is_asked = arguments.positional.len() < most;
            arguments.positional.push(if is_asked {
                evaluator.ask(expr, view)
            } else {
                vec![Known::Unknown]
            });
        }
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(name) if is_asked(row, name.as_str()) => {
                    let values = evaluator.ask(&keyword.value, view);
                    arguments.keywords.push((name.as_str().to_owned(), values));
                }
                Some(name) if HANDED_ON.contains(&name.as_str()) => {
                    arguments.hand_on(evaluator, row, &keyword.value, view);
                }
                Some(name) => arguments
                    .keywords
                    .push((name.as_str().to_owned(), vec![Known::Unknown])),
                None => arguments.unpack(evaluator, &keyword.value, view),
            }
        }
        arguments.spread(evaluator, row);
        arguments
    }

    /// `model_kwargs={"trust_remote_code": True}`: what is handed on to the loader.
    fn hand_on(
        &mut self,
        evaluator: &Evaluator<'a, '_>,
        row: &CallRow,
        expr: &'a Expr,
        view: View,
    ) {
        for written in evaluator.ask(expr, view) {
            for (name, (view, expr)) in evaluator.items(&written) {
                if let Some(name) = name.filter(|name| is_asked(row, name)) {
                    self.keywords.push((name, evaluator.values(expr, view)));
                }
            }
        }
    }

    /// An id that is a list is each of its elements; of a command the first that is no option.
    fn spread(&mut self, evaluator: &Evaluator<'a, '_>, row: &CallRow) {
        let Some(id) = &row.id else { return };
        let named = self
            .keywords
            .iter_mut()
            .filter(|(name, _)| id.keywords.contains(name));
        let placed = id
            .position
            .and_then(|position| self.positional.get_mut(position));
        for values in named.map(|(_, values)| values).chain(placed) {
            let spread = values.iter().flat_map(|value| match value {
                Known::Written(..) => evaluator.elements(value),
                other => vec![other.clone()],
            });
            let mut spread: Vec<Known<'a>> = spread.collect();
            if row.service == Some(Service::Mcp) {
                spread.retain(|value| value.as_text().is_some_and(|text| !text.starts_with('-')));
                spread.truncate(1);
            }
            *values = spread;
        }
    }

    /// `**options`: of a dictionary that is known, or what a wrapper was given.
    fn unpack(&mut self, evaluator: &Evaluator<'a, '_>, expr: &'a Expr, view: View) {
        let values = evaluator.ask(expr, view);
        if let [written @ (Known::Written(_, Expr::Dict(_)) | Known::WrittenCall(..))] =
            values.as_slice()
        {
            for (name, (view, expr)) in evaluator.items(written) {
                match name {
                    Some(name) => self.keywords.push((name, evaluator.values(expr, view))),
                    None => self.is_whole = false,
                }
            }
            return;
        }
        self.is_whole = false;
        let bound = evaluator.bound.borrow();
        if let (Some(bound), Expr::Name(_)) = (bound.last(), expr) {
            self.keywords.extend(bound.options.iter().cloned());
        }
    }

    /// These, and those of a later call.
    pub(super) fn followed_by(mut self, others: Arguments<'a>) -> Arguments<'a> {
        self.positional.extend(others.positional);
        self.keywords
            .retain(|(name, _)| others.keywords.iter().all(|(other, _)| other != name));
        self.keywords.extend(others.keywords);
        self.is_whole &= others.is_whole;
        self
    }

    fn get(&self, argument: &Argument) -> Option<&[Known<'a>]> {
        let named = argument.keywords.iter().find_map(|name| {
            let found = self.keywords.iter().find(|(known, _)| known == name);
            found.map(|(_, values)| values)
        });
        let placed = || self.positional.get(argument.position?);
        named.or_else(placed).map(Vec::as_slice)
    }

    fn id(&self, row: &CallRow) -> &[Known<'a>] {
        row.id
            .as_ref()
            .and_then(|id| self.get(id))
            .unwrap_or_default()
    }

    /// Whether a wrapper was given the id.
    pub(super) fn has_wrapped(&self, row: &CallRow) -> bool {
        self.id(row).iter().any(|value| match value {
            Known::Text(given) => given.resolution == Resolution::Wrapper,
            _ => false,
        })
    }

    /// The call that fetched what is loaded here: `torch.load(hf_hub_download(…))`.
    pub(super) fn fetched(&self, row: &CallRow) -> Option<usize> {
        if row.hub != Some(crate::reference::Hub::Local) {
            return None;
        }
        self.id(row).iter().find_map(|value| match value {
            Known::Outside(told) if told.is_made && is_loader(&told.path) => told.made_at,
            _ => None,
        })
    }

    /// Whether what is given is a model that was loaded elsewhere.
    pub(super) fn is_loaded(&self, row: &CallRow) -> bool {
        let values = self.id(row);
        !values.is_empty()
            && values.iter().all(|value| match value {
                Known::Outside(told) => told.is_made && is_loader(&told.path),
                Known::Object(_) => true,
                _ => false,
            })
    }

    /// The calls that this may be: one for each value of the id.
    pub(super) fn calls<'c>(
        &self,
        row: &CallRow,
        shown: &'c str,
        span: Range<usize>,
    ) -> Vec<Call<'c>> {
        let count = self
            .id(row)
            .iter()
            .filter(|value| value.as_text().is_some())
            .count();
        let ways = count.clamp(1, MOST);
        (0..ways)
            .map(|way| Call {
                language: Language::Python,
                shown,
                span: span.clone(),
                positional: self
                    .positional
                    .iter()
                    .map(|values| one(values, way, ways, false))
                    .collect(),
                keywords: self
                    .keywords
                    .iter()
                    .map(|(name, values)| {
                        let id = row.id.as_ref();
                        let is_id = id.is_some_and(|id| id.keywords.contains(name));
                        (name.clone(), one(values, way, ways, !is_id))
                    })
                    .collect(),
                is_whole: self.is_whole,
            })
            .collect()
    }
}

/// The value of an argument, if the id is that one of so many: values that are as many belong together, of
/// others none is known to. What is nothing by default `may_be_nothing`.
fn one(values: &[Known<'_>], way: usize, ways: usize, may_be_nothing: bool) -> Given {
    let texts: Vec<&Known<'_>> = values
        .iter()
        .filter(|value| value.as_text().is_some())
        .collect();
    let chosen = match (values, texts.as_slice()) {
        ([only], _) => Some(only),
        (values, []) if may_be_nothing => {
            values.iter().find(|value| matches!(value, Known::Nothing))
        }
        (_, texts) if texts.len() == ways => texts.get(way).copied(),
        _ => None,
    };
    chosen.map_or(
        Given {
            value: Value::Unknown,
            resolution: Resolution::Unresolved,
            place: None,
        },
        Known::given,
    )
}

fn is_asked(row: &CallRow, name: &str) -> bool {
    let in_argument = |argument: &Option<Argument>| {
        argument
            .as_ref()
            .is_some_and(|argument| argument.keywords.iter().any(|known| known == name))
    };
    in_argument(&row.id)
        || in_argument(&row.fetches_with)
        || in_argument(&row.revision)
        || row.flags.iter().any(|flag| flag == name)
        || row.kind_from.as_deref() == Some(name)
        || (row.default_by.iter()).any(|by| by.keywords.iter().any(|known| known == name))
        || row
            .also
            .iter()
            .any(|also| also.keyword == name || also.revision.as_deref() == Some(name))
}

fn is_loader(path: &str) -> bool {
    knowledge::call(Language::Python, Some(path), path, |_| false).is_some()
}
