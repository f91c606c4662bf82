//! From the tree of a pickle to the names by which a program gets at what is in it.

use weighbridge_pickle::View;

use super::keys::{self, Entries};
use super::rebuilt::attributes;
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
    /// It is what is looked for; within it, only what it has as attributes is visited.
    Found,
    /// What lies within it is visited.
    Within,
    /// Nothing more is visited.
    Enough,
}

/// Where something is.
pub(crate) struct Place<'p> {
    /// The keys, attributes and indices that lead to it, with dots between.
    pub(crate) name: &'p str,
    /// Whether it is what a module of PyTorch has besides its parameters, buffers and modules.
    pub(crate) is_aside: bool,
}

/// Goes through all that a root leads to, and tells of each place by its name. What is shared comes once
/// for each of its names if something is found in it, and else only once. Tells whether every place was
/// visited.
pub(crate) fn walk(
    tree: &Tree,
    root: Item,
    view: &View<'_>,
    visit: &mut dyn FnMut(&Place<'_>, Item) -> Visit,
) -> bool {
    let mut walk = Walk {
        tree,
        view,
        steps: Vec::new(),
        is_aside: false,
    };
    walk.visit(root, 0, Part::Nothing);
    let mut states = vec![State::New; tree.len()];
    let mut path = String::new();
    let mut found = 0_u32;
    let mut visits = 0;
    let mut is_whole = true;
    while let Some(step) = walk.steps.pop() {
        let (item, len, part) = match step {
            Step::Visit(item, len, part, is_aside) => {
                walk.is_aside = is_aside;
                (item, len, part)
            }
            Step::Leave(id, before) => {
                if let Some(state) = place(&mut states, id) {
                    *state = if found > before {
                        State::New
                    } else {
                        State::Barren
                    };
                }
                continue;
            }
        };
        let Some(id) = item.id() else { continue };
        if place(&mut states, id).copied() != Some(State::New) {
            continue;
        }
        visits += 1;
        path.truncate(usize::try_from(len).unwrap_or(usize::MAX));
        let part = walk.written(part);
        if !part.is_empty() && !path.is_empty() {
            path.push('.');
        }
        path.push_str(&part);
        if visits > VISITS || path.len() > LONGEST {
            is_whole = false;
            continue;
        }
        let at = Place {
            name: &path,
            is_aside: walk.is_aside,
        };
        let said = visit(&at, item);
        if said == Visit::Enough {
            return false;
        }
        if let Some(state) = place(&mut states, id) {
            *state = State::OnPath;
        }
        walk.steps.push(Step::Leave(id, found));
        let len = u32::try_from(path.len()).unwrap_or(u32::MAX);
        match said {
            Visit::Found => {
                found = found.saturating_add(1);
                walk.attributes(item, len);
            }
            _ => walk.enter(item, len),
        }
    }
    is_whole
}

fn place(states: &mut [State], id: u32) -> Option<&mut State> {
    states.get_mut(usize::try_from(id).ok()?)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// It is being visited: a cycle leads back to it.
    OnPath,
    /// Nothing that is looked for lies within it.
    Barren,
}

enum Step {
    /// An item, how much of the name is that of what it lies in, what comes to it, and whether it is aside.
    Visit(Item, u32, Part, bool),
    /// The node was visited; so many had been found before.
    Leave(u32, u32),
}

/// A part of a name, before it is written.
#[derive(Clone, Copy)]
enum Part {
    Nothing,
    Key(Item),
    Index(u32),
}

struct Walk<'t> {
    tree: &'t Tree,
    view: &'t View<'t>,
    steps: Vec<Step>,
    /// Whether what is gone into is aside.
    is_aside: bool,
}

impl Walk<'_> {
    /// Goes on with what lies within a node, whose name has so many bytes.
    fn enter(&mut self, item: Item, len: u32) {
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

    fn visit(&mut self, item: Item, len: u32, part: Part) {
        self.steps.push(Step::Visit(item, len, part, self.is_aside));
    }

    /// A part of a name.
    fn written(&self, part: Part) -> String {
        match part {
            Part::Nothing => String::new(),
            Part::Index(at) => at.to_string(),
            Part::Key(key) => {
                let key = keys::written(self.tree, key, self.view);
                let key = key.unwrap_or_else(|| "?".to_owned());
                match LEFT_OUT.contains(&key.as_str()) {
                    true => String::new(),
                    false => key,
                }
            }
        }
    }

    fn numbered(&mut self, items: &[Item], len: u32) {
        for (at, item) in (0..).zip(items) {
            if item.id().is_some() {
                self.visit(*item, len, Part::Index(at));
            }
        }
    }

    /// Goes on with the values of a dict: the last of those whose keys are equal.
    fn named(&mut self, pairs: &[(Item, Item)], len: u32) {
        if !pairs.iter().any(|(_, value)| value.id().is_some()) {
            return;
        }
        let entries = Entries::of(self.tree, pairs, self.view);
        let is_aside = self.is_aside;
        for (key, value) in entries.pairs {
            let part = Part::Key(key);
            if value.id().is_some() {
                let is_more = || !self.written(part).is_empty();
                self.is_aside = is_aside || entries.is_module && is_more();
                self.visit(value, len, part);
            }
        }
        self.is_aside = is_aside;
    }

    fn object(&mut self, call: Call<'_>, len: u32) {
        let mut pairs = Vec::new();
        match self.pairs_of(call) {
            Some(given) => pairs = given,
            None => self.visit(call.args, len, Part::Nothing),
        }
        self.given(call.earlier.iter().copied().chain(call.state), len);
        self.numbered(call.items, len);
        pairs.extend(call.pairs);
        self.named(&pairs, len);
    }

    /// Goes on with what an object is given as its state, one after the other: a dict of attributes, a pair
    /// of such and of slots, or what only its class knows.
    fn given(&mut self, states: impl Iterator<Item = Item>, len: u32) {
        let mut attributes = Vec::new();
        for state in states {
            let one = [state];
            let parts = match self.tree.tuple(state) {
                Some(parts @ [_, _]) => parts,
                _ => &one,
            };
            for part in parts {
                match self.tree.node(*part) {
                    Some(Node::Dict(pairs)) => attributes.extend(pairs),
                    _ => self.visit(*part, len, Part::Nothing),
                }
            }
        }
        self.named(&attributes, len);
    }

    /// Goes on with what a tensor has as attributes.
    fn attributes(&mut self, item: Item, len: u32) {
        let from = self.steps.len();
        let given = attributes(self.tree, item);
        self.given(given.into_iter(), len);
        if let Some(new) = self.steps.get_mut(from..) {
            new.reverse();
        }
    }

    /// The pairs that a dict is made of, as Python 2 gives those of an `OrderedDict`.
    fn pairs_of(&self, call: Call<'_>) -> Option<Vec<(Item, Item)>> {
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
            Node::List(pair) | Node::Tuple(pair) => match pair {
                [key, value] => Some((*key, *value)),
                _ => None,
            },
            _ => None,
        };
        pairs.iter().map(pair).collect()
    }
}
