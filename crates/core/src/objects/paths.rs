//! From the tree of a pickle to the names by which a program gets at what is in it.

use std::borrow::Cow;
use std::collections::HashMap;

use weighbridge_pickle::View;

use super::scalars::{number, word};
use super::{Call, Item, Node, Tree};

/// How long a name may be, in bytes: what lies deeper is not visited.
const LONGEST: usize = 64 << 10;
/// How many places are visited.
const VISITS: usize = 4 << 20;
/// The parts of a module of PyTorch that its own names for parameters leave out.
const LEFT_OUT: &[&str] = &["_parameters", "_buffers", "_modules"];
/// Classes that make a dict of the pairs that they are given.
const DICTS: &[&str] = &["collections.OrderedDict", "builtins.dict"];

/// What the visitor says of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    /// It is what is looked for; nothing within it is visited.
    Found,
    /// What lies within it is visited.
    Within,
}

/// Goes through all that a root leads to, and tells of each place by its name. What is shared comes once
/// for each of its names if something is found in it, and else only once. Tells whether every place was
/// visited.
pub(crate) fn walk(
    tree: &Tree,
    root: Item,
    view: &View<'_>,
    visit: &mut dyn FnMut(&str, Item) -> Visit,
) -> bool {
    let mut walk = Walk {
        tree,
        view,
        steps: vec![Step::Visit(root, 0, Cow::Borrowed(""))],
    };
    let mut states = vec![State::New; tree.nodes().len()];
    let mut path = String::new();
    let mut found = 0_usize;
    let mut visits = 0;
    let mut is_whole = true;
    while let Some(step) = walk.steps.pop() {
        let (item, len, part) = match step {
            Step::Visit(item, len, part) => (item, len, part),
            Step::Leave(id, before) => {
                if let Some(state) = states.get_mut(id) {
                    *state = if found > before {
                        State::New
                    } else {
                        State::Barren
                    };
                }
                continue;
            }
        };
        let Item::Node(id) = item else { continue };
        let id = usize::try_from(id).unwrap_or(usize::MAX);
        if states.get(id) != Some(&State::New) {
            continue;
        }
        visits += 1;
        path.truncate(len);
        if !part.is_empty() && !path.is_empty() {
            path.push('.');
        }
        path.push_str(&part);
        if visits > VISITS || path.len() > LONGEST {
            is_whole = false;
            continue;
        }
        if visit(&path, item) == Visit::Found {
            found += 1;
            continue;
        }
        if let Some(state) = states.get_mut(id) {
            *state = State::OnPath;
        }
        walk.steps.push(Step::Leave(id, found));
        walk.enter(item, path.len());
    }
    is_whole
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// It is being visited: a cycle leads back to it.
    OnPath,
    /// Nothing that is looked for lies within it.
    Barren,
}

enum Step<'t> {
    /// An item, how much of the name is that of what it lies in, and what comes to it.
    Visit(Item, usize, Cow<'t, str>),
    /// The node was visited; so many had been found before.
    Leave(usize, usize),
}

struct Walk<'t> {
    tree: &'t Tree,
    view: &'t View<'t>,
    steps: Vec<Step<'t>>,
}

impl Walk<'_> {
    /// Goes on with what lies within a node, whose name has so many bytes.
    fn enter(&mut self, item: Item, len: usize) {
        let from = self.steps.len();
        match self.tree.node(item) {
            Some(Node::Tuple(items) | Node::List(items)) => self.numbered(items, len),
            Some(Node::Dict(pairs)) => self.named(pairs, len),
            Some(Node::Call(call)) => self.object(call, len),
            _ => {}
        }
        // What comes first is taken first.
        if let Some(new) = self.steps.get_mut(from..) {
            new.reverse();
        }
    }

    fn visit(&mut self, item: Item, len: usize, part: String) {
        self.steps.push(Step::Visit(item, len, Cow::Owned(part)));
    }

    fn numbered(&mut self, items: &[Item], len: usize) {
        for (at, item) in items.iter().enumerate() {
            if matches!(item, Item::Node(_)) {
                self.visit(*item, len, at.to_string());
            }
        }
    }

    /// Goes on with the values of a dict, which keeps the last of those with the same key.
    fn named(&mut self, pairs: &[(Item, Item)], len: usize) {
        if !pairs
            .iter()
            .any(|(_, value)| matches!(value, Item::Node(_)))
        {
            return;
        }
        let keys: Vec<Option<String>> = pairs.iter().map(|(key, _)| self.key(*key)).collect();
        let entries = keys.iter().enumerate();
        let last: HashMap<&str, usize> = entries
            .filter_map(|(at, key)| Some((key.as_deref()?, at)))
            .collect();
        for (at, ((_, value), key)) in pairs.iter().zip(&keys).enumerate() {
            let part = match key.as_deref() {
                Some(key) if last.get(key) != Some(&at) => continue,
                Some(key) if LEFT_OUT.contains(&key) => "",
                Some(key) => key,
                None => "?",
            };
            if matches!(value, Item::Node(_)) {
                self.visit(*value, len, part.to_owned());
            }
        }
    }

    /// A key as a part of a name.
    fn key(&self, key: Item) -> Option<String> {
        let Item::Scalar(value) = key else {
            return None;
        };
        word(key, self.view).or_else(|| number(value, self.view).map(|key| key.to_string()))
    }

    fn object(&mut self, call: &Call, len: usize) {
        match self.pairs_of(call) {
            Some(pairs) => self.named(&pairs, len),
            None => self
                .steps
                .push(Step::Visit(call.args, len, Cow::Borrowed(""))),
        }
        match call.state.and_then(|state| self.tree.tuple(state)) {
            // `__dict__` and slots.
            Some(parts @ [_, _]) => {
                for part in parts {
                    self.steps.push(Step::Visit(*part, len, Cow::Borrowed("")));
                }
            }
            _ => {
                let state = call.state.into_iter();
                let state = state.map(|state| Step::Visit(state, len, Cow::Borrowed("")));
                self.steps.extend(state);
            }
        }
        self.numbered(&call.items, len);
        self.named(&call.pairs, len);
    }

    /// The pairs that a dict is made of, as Python 2 gives those of an `OrderedDict`.
    fn pairs_of(&self, call: &Call) -> Option<Vec<(Item, Item)>> {
        let name = self.tree.global(call.callee)?;
        if !DICTS.contains(&name) {
            return None;
        }
        let [pairs] = self.tree.tuple(call.args)? else {
            return None;
        };
        let (Node::List(pairs) | Node::Tuple(pairs)) = self.tree.node(*pairs)? else {
            return None;
        };
        let pair = |pair: &Item| match self.tree.node(*pair)? {
            Node::List(pair) | Node::Tuple(pair) => match pair.as_slice() {
                [key, value] => Some((*key, *value)),
                _ => None,
            },
            _ => None,
        };
        pairs.iter().map(pair).collect()
    }
}
