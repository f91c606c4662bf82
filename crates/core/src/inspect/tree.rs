//! What loading a pickle would make, as a tree: the machine tells what it executes, and this keeps what
//! it makes of it. Nothing is called; a call stays a node with its arguments.

use std::collections::HashMap;

use weighbridge_pickle::{
    Begin, Effect, EffectKind, Executed, Next, Observer, Op, Source, Value, View,
};

use crate::format::joblib::{Arrays, Inline};

/// How many items of all containers, calls and memos of one pickle are kept.
const MOST: usize = 4 << 20;
/// How many scalars a list keeps: lists of numbers and words tell nothing of tensors.
const SCALARS: usize = 64;

/// A part of the tree.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    /// A scalar that lies in the source; the view decodes it.
    Scalar(Value),
    Node(u32),
    /// What comes from outside, or was not kept.
    Opaque,
}

#[derive(Debug)]
pub(super) enum Node {
    Tuple(Vec<Item>),
    /// A list or a set.
    List(Vec<Item>),
    Dict(Vec<(Item, Item)>),
    /// A global by its resolved name.
    Global(Box<str>),
    Call(Box<Call>),
    /// What `persistent_load` gives for an id.
    Persistent(Item),
}

/// A call, and what is done with its result.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) callee: Item,
    pub(super) args: Item,
    /// The state that it was given last.
    pub(super) state: Option<Item>,
    pub(super) pairs: Vec<(Item, Item)>,
    pub(super) items: Vec<Item>,
}

/// The nodes of one pickle.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    kept: usize,
}

impl Tree {
    pub(super) fn node(&self, item: Item) -> Option<&Node> {
        match item {
            Item::Node(id) => self.nodes.get(usize::try_from(id).ok()?),
            Item::Scalar(_) | Item::Opaque => None,
        }
    }

    pub(super) fn call(&self, item: Item) -> Option<&Call> {
        match self.node(item)? {
            Node::Call(call) => Some(call),
            _ => None,
        }
    }

    pub(super) fn tuple(&self, item: Item) -> Option<&[Item]> {
        match self.node(item)? {
            Node::Tuple(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn global(&self, item: Item) -> Option<&str> {
        match self.node(item)? {
            Node::Global(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn add(&mut self, node: Node) -> Item {
        self.kept += match &node {
            Node::Tuple(items) => 1 + items.len(),
            _ => 1,
        };
        match u32::try_from(self.nodes.len()) {
            Ok(id) => {
                self.nodes.push(node);
                Item::Node(id)
            }
            Err(_) => Item::Opaque,
        }
    }

    fn node_mut(&mut self, item: Item) -> Option<&mut Node> {
        match item {
            Item::Node(id) => self.nodes.get_mut(usize::try_from(id).ok()?),
            Item::Scalar(_) | Item::Opaque => None,
        }
    }

    fn extend(&mut self, target: Item, items: Vec<Item>) {
        let added = items.len();
        match self.node_mut(target) {
            Some(Node::List(kept)) => {
                for item in items {
                    if kept.len() < SCALARS || !matches!(item, Item::Scalar(_)) {
                        kept.push(item);
                    }
                }
            }
            Some(Node::Call(call)) => call.items.extend(items),
            _ => return,
        }
        self.kept += added;
    }

    fn extend_pairs(&mut self, target: Item, items: &[Item]) {
        let pairs = items.chunks_exact(2).filter_map(|pair| match pair {
            [key, value] => Some((*key, *value)),
            _ => None,
        });
        match self.node_mut(target) {
            Some(Node::Dict(kept)) => kept.extend(pairs),
            Some(Node::Call(call)) => call.pairs.extend(pairs),
            _ => return,
        }
        self.kept += items.len();
    }
}

/// Told of each pickle once it is followed to its STOP: its tree, and what it gives.
type Each<'f> = &'f mut dyn FnMut(&Tree, Item, &View<'_>);

/// Follows the machine. Where readings part, the first goes on.
pub(super) struct Follower<'f> {
    source: &'f dyn Source,
    each: Each<'f>,
    tree: Tree,
    stack: Stack,
    /// The stacks of loads that wait for a pickle within.
    suspended: Vec<Stack>,
    import: Option<String>,
    arrays: Arrays,
    /// Whether another pickle begins behind this instruction.
    is_nested: bool,
    is_ignored: bool,
    /// Whether there was more than is kept.
    pub(super) is_over: bool,
}

#[derive(Default)]
struct Stack {
    items: Vec<Item>,
    marks: Vec<usize>,
    memo: HashMap<u64, Item>,
}

impl Stack {
    fn pop(&mut self) -> Item {
        self.items.pop().unwrap_or(Item::Opaque)
    }

    fn above_mark(&mut self) -> Vec<Item> {
        let mark = self.marks.pop().unwrap_or(0);
        self.items.split_off(mark.min(self.items.len()))
    }

    fn topmost(&mut self, n: usize) -> Vec<Item> {
        self.items.split_off(self.items.len().saturating_sub(n))
    }

    fn top(&self) -> Item {
        self.items.last().copied().unwrap_or(Item::Opaque)
    }
}

impl<'f> Follower<'f> {
    pub(super) fn new(source: &'f dyn Source, each: Each<'f>) -> Follower<'f> {
        Follower {
            source,
            each,
            tree: Tree::default(),
            stack: Stack::default(),
            suspended: Vec::new(),
            import: None,
            arrays: Arrays::default(),
            is_nested: false,
            is_ignored: false,
            is_over: false,
        }
    }

    fn follow(&mut self, executed: &Executed, view: &View<'_>) {
        let op = executed.op;
        match op {
            Op::MARK => self.stack.marks.push(self.stack.items.len()),
            Op::POP if self.stack.marks.last() == Some(&self.stack.items.len()) => {
                self.stack.marks.pop();
            }
            Op::POP => drop(self.stack.items.pop()),
            Op::POP_MARK => drop(self.stack.above_mark()),
            Op::DUP => self.stack.items.push(self.stack.top()),
            Op::EMPTY_TUPLE => self.push(Node::Tuple(Vec::new())),
            Op::EMPTY_LIST | Op::EMPTY_SET => self.push(Node::List(Vec::new())),
            Op::EMPTY_DICT => self.push(Node::Dict(Vec::new())),
            Op::TUPLE1 | Op::TUPLE2 | Op::TUPLE3 => {
                let n = 1 + usize::from(op.byte() - Op::TUPLE1.byte());
                let items = self.stack.topmost(n);
                self.push(Node::Tuple(items));
            }
            Op::TUPLE => {
                let items = self.stack.above_mark();
                self.push(Node::Tuple(items));
            }
            Op::LIST | Op::FROZENSET => {
                let items = self.stack.above_mark();
                self.push(Node::List(Vec::new()));
                self.tree.extend(self.stack.top(), items);
            }
            Op::DICT => {
                let items = self.stack.above_mark();
                self.push(Node::Dict(Vec::new()));
                self.tree.extend_pairs(self.stack.top(), &items);
            }
            Op::APPEND | Op::APPENDS | Op::ADDITEMS => {
                let items = match op {
                    Op::APPEND => self.stack.topmost(1),
                    _ => self.stack.above_mark(),
                };
                self.tree.extend(self.stack.top(), items);
            }
            Op::SETITEM | Op::SETITEMS => {
                let items = match op {
                    Op::SETITEM => self.stack.topmost(2),
                    _ => self.stack.above_mark(),
                };
                self.tree.extend_pairs(self.stack.top(), &items);
            }
            Op::PUT | Op::BINPUT | Op::LONG_BINPUT | Op::MEMOIZE => {
                if let Some(index) = executed.memo {
                    self.tree.kept += 1;
                    self.stack.memo.insert(index, self.stack.top());
                }
            }
            Op::GET | Op::BINGET | Op::LONG_BINGET => {
                let known = executed.memo.and_then(|index| self.stack.memo.get(&index));
                let item = known.copied().unwrap_or(Item::Opaque);
                self.stack.items.push(item);
            }
            Op::GLOBAL | Op::STACK_GLOBAL => {
                if op == Op::STACK_GLOBAL {
                    self.stack.topmost(2);
                }
                let global = self.imported();
                self.stack.items.push(global);
            }
            Op::REDUCE | Op::NEWOBJ | Op::NEWOBJ_EX | Op::OBJ | Op::INST => self.call(op),
            Op::BUILD => {
                let state = self.stack.pop();
                if let Some(Node::Call(call)) = self.tree.node_mut(self.stack.top()) {
                    call.state = Some(state);
                }
            }
            Op::BINPERSID => {
                let id = self.stack.pop();
                self.push(Node::Persistent(id));
            }
            Op::READONLY_BUFFER | Op::PROTO | Op::FRAME | Op::STOP => {}
            _ => {
                let lasting = executed.top.filter(|&top| view.lasts(top));
                self.stack
                    .items
                    .push(lasting.map_or(Item::Opaque, Item::Scalar));
            }
        }
    }

    fn push(&mut self, node: Node) {
        let item = self.tree.add(node);
        self.stack.items.push(item);
    }

    /// The global that was imported by this instruction.
    fn imported(&mut self) -> Item {
        match self.import.take() {
            Some(name) => self.tree.add(Node::Global(name.into())),
            None => Item::Opaque,
        }
    }

    fn call(&mut self, op: Op) {
        let (callee, args) = match op {
            Op::INST => {
                let items = self.stack.above_mark();
                (self.imported(), self.tree.add(Node::Tuple(items)))
            }
            Op::OBJ => {
                let mut items = self.stack.above_mark().into_iter();
                let callee = items.next().unwrap_or(Item::Opaque);
                (callee, self.tree.add(Node::Tuple(items.collect())))
            }
            _ => {
                if op == Op::NEWOBJ_EX {
                    self.stack.pop();
                }
                let args = self.stack.pop();
                (self.stack.pop(), args)
            }
        };
        self.push(Node::Call(Box::new(Call {
            callee,
            args,
            state: None,
            pairs: Vec::new(),
            items: Vec::new(),
        })));
    }

    /// What a loader of joblib reads itself at a BUILD.
    fn built(&mut self, effect: &Effect<'_>, built: (Value, Value), view: &View<'_>) -> Next {
        match self.arrays.built(effect, built, view, self.source) {
            Some(Inline::Elements { len, before, .. }) => Next::Skip(before.saturating_add(len)),
            Some(Inline::Pickle) => {
                self.is_nested = true;
                Next::Stream
            }
            Some(Inline::Unclear(_)) | None => Next::Continue,
        }
    }

    fn stop(&mut self, view: &View<'_>) {
        let root = self.stack.pop();
        match self.suspended.pop() {
            Some(outer) => self.stack = outer,
            None => (self.each)(&self.tree, root, view),
        }
    }
}

impl Observer for Follower<'_> {
    const INSTRUCTIONS: bool = true;

    fn begin(&mut self, begin: &Begin) {
        self.is_ignored = begin.parted || begin.unreached;
        if !begin.parted {
            self.tree = Tree::default();
            self.stack = Stack::default();
            self.suspended.clear();
        }
    }

    fn executed(&mut self, executed: &Executed, view: &View<'_>) {
        if self.is_ignored {
            return;
        }
        self.follow(executed, view);
        self.import = None;
        if std::mem::take(&mut self.is_nested) {
            self.suspended.push(std::mem::take(&mut self.stack));
        }
        if self.tree.kept > MOST {
            (self.is_over, self.is_ignored) = (true, true);
        }
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        if let EffectKind::Build { target, state } = &effect.kind {
            return self.built(effect, (*target, *state), view);
        }
        if self.is_ignored || effect.carried {
            return Next::Continue;
        }
        match &effect.kind {
            EffectKind::Import { global, .. } => {
                let parts = view.global(*global);
                self.import = parts.and_then(|parts| view.resolved(&parts, effect.readings));
            }
            EffectKind::Stop { .. } => self.stop(view),
            _ => {}
        }
        Next::Continue
    }
}
