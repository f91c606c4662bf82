//! From the tree of a pickle to the names by which a program gets at what is in it.

use std::borrow::Cow;
use std::collections::HashMap;

use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{Kind, Unpickler, View};

use super::rebuilt::attributes;
use super::scalars::word;
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
    walk.visit(root, 0, "");
    let mut states = vec![State::New; tree.nodes().len()];
    let mut path = String::new();
    let mut found = 0_usize;
    let mut visits = 0;
    let mut is_whole = true;
    while let Some(step) = walk.steps.pop() {
        let (item, len, part) = match step {
            Step::Visit(item, len, part, is_aside) => {
                walk.is_aside = is_aside;
                (item, len, part)
            }
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
        let place = Place {
            name: &path,
            is_aside: walk.is_aside,
        };
        let said = visit(&place, item);
        if said == Visit::Enough {
            return false;
        }
        if let Some(state) = states.get_mut(id) {
            *state = State::OnPath;
        }
        walk.steps.push(Step::Leave(id, found));
        match said {
            Visit::Found => {
                found += 1;
                walk.attributes(item, path.len());
            }
            _ => walk.enter(item, path.len()),
        }
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

enum Step {
    /// An item, how much of the name is that of what it lies in, what comes to it, and whether it is aside.
    Visit(Item, usize, Cow<'static, str>, bool),
    /// The node was visited; so many had been found before.
    Leave(usize, usize),
}

/// A key of a dict. Keys are equal where Python's are.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    None,
    Word(String),
    /// A number, a bool or a float that is whole.
    Number(i64),
    /// The bits of another float.
    Float(u64),
}

impl Key {
    /// The key, and how it is written as a part of a name.
    fn of(key: Item, view: &View<'_>) -> Option<(Key, String)> {
        let Item::Scalar(value) = key else {
            return None;
        };
        match view.kind(value) {
            Kind::None => Some((Key::None, "None".to_owned())),
            Kind::Bool => match view.bool(value)? {
                true => Some((Key::Number(1), "True".to_owned())),
                false => Some((Key::Number(0), "False".to_owned())),
            },
            Kind::Int => match view.int(value, Unpickler::C314)? {
                Integer::Small(number) => Some((Key::Number(number), number.to_string())),
                _ => None,
            },
            Kind::Float => {
                let float = view.float(value, Unpickler::C314)?;
                let whole = (float.fract() == 0.0).then(|| format!("{float:.0}").parse().ok());
                let bits = Key::Float(float.to_bits());
                let key = whole.flatten().map_or(bits, Key::Number);
                Some((key, format!("{float:?}")))
            }
            _ => {
                let word = word(key, view)?;
                let part = match LEFT_OUT.contains(&word.as_str()) {
                    true => String::new(),
                    false => word.clone(),
                };
                Some((Key::Word(word), part))
            }
        }
    }
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

    fn visit(&mut self, item: Item, len: usize, part: impl Into<Cow<'static, str>>) {
        let step = Step::Visit(item, len, part.into(), self.is_aside);
        self.steps.push(step);
    }

    fn numbered(&mut self, items: &[Item], len: usize) {
        for (at, item) in items.iter().enumerate() {
            if matches!(item, Item::Node(_)) {
                self.visit(*item, len, at.to_string());
            }
        }
    }

    /// Goes on with the values of a dict: the last of those whose keys are equal.
    fn named(&mut self, pairs: &[(Item, Item)], len: usize) {
        if !pairs
            .iter()
            .any(|(_, value)| matches!(value, Item::Node(_)))
        {
            return;
        }
        let mut entries: Vec<(String, Item)> = Vec::with_capacity(pairs.len());
        let mut known: HashMap<Key, usize> = HashMap::with_capacity(pairs.len());
        for (key, value) in pairs {
            let Some((key, part)) = Key::of(*key, self.view) else {
                entries.push(("?".to_owned(), *value));
                continue;
            };
            let at = *known.entry(key).or_insert(entries.len());
            match entries.get_mut(at) {
                Some((_, kept)) => *kept = *value,
                None => entries.push((part, *value)),
            }
        }
        let is_module = known.contains_key(&Key::Word("_parameters".to_owned()));
        let is_aside = self.is_aside;
        for (part, value) in entries {
            if matches!(value, Item::Node(_)) {
                self.is_aside = is_aside || (is_module && !part.is_empty());
                self.visit(value, len, part);
            }
        }
        self.is_aside = is_aside;
    }

    fn object(&mut self, call: &Call, len: usize) {
        let mut pairs = Vec::new();
        match self.pairs_of(call) {
            Some(given) => pairs = given,
            None => self.visit(call.args, len, ""),
        }
        self.given(call.earlier.iter().copied().chain(call.state), len);
        self.numbered(&call.items, len);
        pairs.extend(&call.pairs);
        self.named(&pairs, len);
    }

    /// Goes on with what an object is given as its state, one after the other: a dict of attributes, a pair
    /// of such and of slots, or what only its class knows.
    fn given(&mut self, states: impl Iterator<Item = Item>, len: usize) {
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
                    _ => self.visit(*part, len, ""),
                }
            }
        }
        self.named(&attributes, len);
    }

    /// Goes on with what a tensor has as attributes.
    fn attributes(&mut self, item: Item, len: usize) {
        let from = self.steps.len();
        let given = attributes(self.tree, item);
        self.given(given.into_iter(), len);
        if let Some(new) = self.steps.get_mut(from..) {
            new.reverse();
        }
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
