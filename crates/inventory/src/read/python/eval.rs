//! What expressions may be worth, as far as the text tells. Nothing is run: names, attributes, dictionaries,
//! defaults and the like are followed, a bounded number of steps deep.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ruff_python_ast::{BoolOp, Expr, ExprStringLiteral, Operator};

use super::config;
use super::memory::{Key, Memory};
use super::modules::{Module, Trees};
use super::stars::Star;
use super::text;
use super::value::{Known, Spot, View};
use crate::call::{Given, Value};
use crate::reference::Resolution;
use crate::source_file::SourceFile;

/// How deep values are followed.
const DEEPEST: usize = 24;
/// How many expressions may wait for each other. What is written somewhere is looked at from there, so that
/// the depth of a view alone ends no circle: `for a in b` with `b = [a]`.
const MOST_WAITING: usize = 64;
/// How many steps one argument may take.
const STEPS: usize = 3000;
/// How many values one expression may have.
pub(super) const MOST_VALUES: usize = 64;

/// The arguments of a call of a function, while what the function calls is asked about.
pub(super) struct Bound<'a> {
    /// The scope of the function.
    pub(super) spot: Spot,
    pub(super) arguments: Vec<(String, Vec<Known<'a>>)>,
    /// What its `**options` take.
    pub(super) options: Vec<(String, Vec<Known<'a>>)>,
    /// Whether one was used.
    pub(super) is_used: Cell<bool>,
}

/// Evaluates the expressions of a file.
pub(super) struct Evaluator<'a, 'f> {
    pub(super) file: &'f SourceFile<'f>,
    pub(super) trees: &'a Trees,
    pub(super) modules: RefCell<Vec<Rc<Module<'a>>>>,
    /// Files that could not be read as modules.
    pub(super) missing: RefCell<HashSet<String>>,
    /// What the stars of each module name.
    pub(super) stars: RefCell<HashMap<usize, Rc<Vec<Star>>>>,
    pub(super) bound: RefCell<Vec<Rc<Bound<'a>>>>,
    /// How many bytes of other modules may still be read.
    pub(super) room: Cell<usize>,
    pub(super) steps: Cell<usize>,
    /// How many expressions wait for each other.
    pub(super) waiting: Cell<usize>,
    pub(super) memory: Memory<'a>,
}

impl<'a> Evaluator<'a, '_> {
    pub(super) fn module(&self, index: usize) -> Option<Rc<Module<'a>>> {
        self.modules.borrow().get(index).cloned()
    }

    /// What an expression may be worth; as many steps as one argument may take.
    pub(super) fn ask(&self, expr: &'a Expr, view: View) -> Vec<Known<'a>> {
        self.steps.set(STEPS);
        self.values(expr, view)
    }

    /// What an expression may be worth: one value at least.
    pub(super) fn values(&self, expr: &'a Expr, view: View) -> Vec<Known<'a>> {
        let steps = self.steps.get();
        if steps == 0 || view.depth > DEEPEST || self.waiting.get() == MOST_WAITING {
            self.memory.cut();
            return vec![Known::Unknown];
        }
        self.steps.set(steps - 1);
        let Some(key) = Key::new(expr, view) else {
            return self.worth(expr, view);
        };
        let is_bound = !self.bound.borrow().is_empty();
        if let Some(values) = self.memory.recall(&key, is_bound) {
            return values;
        }
        let before = self.memory.begin();
        let values = self.worth(expr, view);
        self.memory.end(before, key, is_bound, &values);
        values
    }

    /// The same, found anew.
    fn worth(&self, expr: &'a Expr, view: View) -> Vec<Known<'a>> {
        let waiting = self.waiting.get();
        self.waiting.set(waiting + 1);
        let view = View {
            depth: view.depth + 1,
            ..view
        };
        let mut values = match expr {
            Expr::StringLiteral(text) => vec![literal(text, view)],
            Expr::BooleanLiteral(told) => vec![Known::Bool(told.value)],
            Expr::NoneLiteral(_) => vec![Known::Nothing],
            Expr::Name(name) => self.name(name.id.as_str(), view),
            Expr::Attribute(told) => self.attribute_of(&told.value, told.attr.as_str(), view),
            Expr::Call(call) => self.call(call, view),
            Expr::Subscript(told) => self.subscript(&told.value, &told.slice, view),
            Expr::FString(told) => self.formatted(told, view),
            Expr::BinOp(told) => self.binary(&told.left, told.op, &told.right, view),
            Expr::If(told) => self.any([&*told.body, &*told.orelse], view),
            Expr::BoolOp(told) if told.op == BoolOp::Or => {
                let mut values = self.any(&told.values, view);
                // What is not set falls through to the next.
                let count = values.len();
                values.retain(|value| !matches!(value, Known::Variable));
                if values.len() < count {
                    values = values
                        .into_iter()
                        .map(|value| value.by(Resolution::EnvironmentDefault))
                        .collect();
                }
                values.retain(|value| !matches!(value, Known::Nothing | Known::Bool(false)));
                values
            }
            Expr::BoolOp(told) => self.any(told.values.last(), view),
            Expr::Named(told) => self.values(&told.value, view),
            Expr::Await(told) => self.values(&told.value, view),
            Expr::Dict(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) => {
                vec![Known::Written(view, expr)]
            }
            Expr::ListComp(told) => self.values(&told.elt, view),
            _ => vec![Known::Unknown],
        };
        self.waiting.set(waiting);
        values.truncate(MOST_VALUES);
        if values.is_empty() {
            values.push(Known::Unknown);
        }
        values
    }

    fn any(&self, exprs: impl IntoIterator<Item = &'a Expr>, view: View) -> Vec<Known<'a>> {
        let all = exprs.into_iter().take(MOST_VALUES);
        all.flat_map(|expr| self.values(expr, view)).collect()
    }

    /// `value[index]`.
    fn subscript(&self, value: &'a Expr, index: &'a Expr, view: View) -> Vec<Known<'a>> {
        let keys = self.values(index, view);
        let key = match keys.as_slice() {
            [only] => only.as_text().map(str::to_owned),
            _ => None,
        };
        let position = match index {
            Expr::NumberLiteral(number) => number.value.as_int().and_then(|int| int.as_usize()),
            _ => None,
        };
        let values = self.values(value, view);
        let mut found = Vec::new();
        for value in values {
            match (&value, &key, position) {
                (Known::Written(..), None, Some(position)) => {
                    found.extend(self.elements(&value).into_iter().nth(position));
                }
                (Known::Outside(told), ..) if told.path == "os.environ" => {
                    found.push(Known::Variable);
                }
                (Known::Outside(_) | Known::Text(_), ..) => found.push(Known::Unknown),
                _ => found.extend(self.item(&value, key.as_deref())),
            }
        }
        found
    }

    /// The item of that key; all of them where the key is not known.
    pub(super) fn item(&self, value: &Known<'a>, key: Option<&str>) -> Vec<Known<'a>> {
        match value {
            Known::Written(_, Expr::Dict(_)) | Known::WrittenCall(..) => {
                let items = self.items(value);
                let has = key.is_some_and(|key| {
                    items.iter().any(|(known, _)| known.as_deref() == Some(key))
                });
                let wanted = items.into_iter().filter(|(known, _)| match (known, key) {
                    (Some(known), Some(key)) if has => known == key,
                    (None, Some(_)) => !has,
                    (_, None) => true,
                    _ => false,
                });
                let values = wanted.flat_map(|(_, (view, expr))| self.values(expr, view));
                values
                    .map(|value| value.by(Resolution::Dictionary))
                    .collect()
            }
            Known::Written(..) => self.elements(value),
            Known::Config(part) => match key {
                Some(key) => vec![self.config(part, key)],
                None => vec![Known::Unknown],
            },
            _ => vec![Known::Unknown],
        }
    }

    /// The items of a dictionary, with their keys where those are known.
    pub(super) fn items(&self, value: &Known<'a>) -> Vec<(Option<String>, (View, &'a Expr))> {
        match value {
            Known::Written(view, Expr::Dict(told)) | Known::Items(view, Expr::Dict(told)) => {
                let key = |expr: Option<&'a Expr>| match expr {
                    Some(Expr::StringLiteral(text)) => Some(text.value.to_str().to_owned()),
                    Some(expr) => {
                        let known = self.values(expr, *view);
                        known.first().and_then(Known::as_text).map(str::to_owned)
                    }
                    None => None,
                };
                let items = told.items.iter().take(4 * MOST_VALUES);
                items
                    .map(|item| (key(item.key.as_ref()), (*view, &item.value)))
                    .collect()
            }
            Known::WrittenCall(view, call) => {
                let named = call.arguments.keywords.iter();
                named
                    .map(|keyword| {
                        let name = keyword.arg.as_ref().map(|name| name.as_str().to_owned());
                        (name, (*view, &keyword.value))
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a loop over a value goes through.
    pub(super) fn elements(&self, value: &Known<'a>) -> Vec<Known<'a>> {
        let (view, expr) = match value {
            Known::Written(view, expr) => (view, *expr),
            Known::Values(view, expr) => return self.item(&Known::Written(*view, expr), None),
            _ => return vec![Known::Unknown],
        };
        match expr {
            Expr::List(told) => self.any(&told.elts, *view),
            Expr::Tuple(told) => self.any(&told.elts, *view),
            Expr::Set(told) => self.any(&told.elts, *view),
            Expr::Dict(told) => self.any(
                told.items.iter().filter_map(|item| item.key.as_ref()),
                *view,
            ),
            _ => vec![Known::Unknown],
        }
    }

    /// The values of a dictionary, or its keys and values by an index.
    pub(super) fn part_of_each(&self, value: &Known<'a>, index: usize) -> Vec<Known<'a>> {
        match value {
            Known::Items(view, expr) if index == 1 => self.item(&Known::Written(*view, expr), None),
            Known::Items(view, expr) => self.elements(&Known::Written(*view, expr)),
            _ => {
                let rows = self.elements(value);
                rows.iter()
                    .flat_map(|row| self.elements(row).into_iter().nth(index))
                    .collect()
            }
        }
    }

    pub(super) fn config(&self, part: &(String, Vec<String>), key: &str) -> Known<'a> {
        let mut keys = part.1.clone();
        keys.push(key.to_owned());
        match config::value(self.file.tree, &part.0, &keys) {
            Some(text) => Known::text(text, Resolution::ConfigValue),
            None if keys.len() < 12 => Known::Config(Rc::new((part.0.clone(), keys))),
            None => Known::Unknown,
        }
    }

    fn binary(&self, left: &'a Expr, op: Operator, right: &'a Expr, view: View) -> Vec<Known<'a>> {
        let lefts = self.values(left, view);
        match op {
            Operator::Add | Operator::Div => {
                let rights = self.values(right, view);
                let pairs = lefts
                    .iter()
                    .take(8)
                    .flat_map(|left| rights.iter().take(8).map(move |right| (left, right)));
                pairs
                    .map(|pair| {
                        let joined = match (pair.0.as_text(), pair.1.as_text(), op) {
                            (Some(begin), Some(end), Operator::Add) => {
                                Some(format!("{begin}{end}"))
                            }
                            // A path.
                            (Some(begin), Some(end), _) => Some(format!("{begin}/{end}")),
                            (Some(begin), None, Operator::Add) => {
                                Some(format!("{begin}{}", text::hole(right)))
                            }
                            (None, Some(end), Operator::Add) => {
                                Some(format!("{}{end}", text::hole(left)))
                            }
                            _ => None,
                        };
                        joined.map_or(Known::Unknown, |text| {
                            Known::text(text, Resolution::FormattedString)
                        })
                    })
                    .collect()
            }
            Operator::Mod => {
                let template = lefts.first().and_then(Known::as_text).map(str::to_owned);
                template.map_or(vec![Known::Unknown], |template| {
                    vec![self.percent(&template, right, view)]
                })
            }
            _ => vec![Known::Unknown],
        }
    }
}

/// The value of a string; its place is that of its first part's text.
pub(super) fn literal<'a>(text: &'a ExprStringLiteral, view: View) -> Known<'a> {
    let place = text
        .value
        .iter()
        .next()
        .filter(|_| view.is_direct)
        .map(|part| {
            let range = part.content_range();
            let end = if text.value.is_implicit_concatenated() {
                text.range.end()
            } else {
                range.end()
            };
            usize::from(range.start())..usize::from(end)
        });
    Known::Text(Given {
        value: Value::Text(text.value.to_str().to_owned()),
        resolution: Resolution::Literal,
        place,
    })
}
