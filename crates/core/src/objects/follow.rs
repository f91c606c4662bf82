//! The machine's observer that builds the tree.

use std::collections::HashMap;

use weighbridge_pickle::{
    self as machine, Begin, Effect, EffectKind, Executed, Machine, Next, Observer, Op, Source,
    Value, View,
};

use super::{Call, Item, Node, Tree};
use crate::format::joblib::{Arrays, Inline};
use crate::limits::Limits;

/// Follows the pickles of a source from an offset on, one after the other. Lists keep as many scalars as
/// `scalars` says.
pub(crate) fn follow(
    from: (&dyn Source, u64),
    limits: &Limits,
    scalars: usize,
    each: Each<'_>,
) -> Followed {
    let options = machine::Options::default().without_resync();
    run(options, from, limits, scalars, each)
}

/// As [`follow`], the first pickle only.
pub(crate) fn follow_one(
    from: (&dyn Source, u64),
    limits: &Limits,
    scalars: usize,
    each: Each<'_>,
) -> Followed {
    let options = machine::Options::default().only_first();
    run(options, from, limits, scalars, each)
}

fn run(
    options: machine::Options,
    (source, start): (&dyn Source, u64),
    limits: &Limits,
    scalars: usize,
    each: Each<'_>,
) -> Followed {
    let options = options.with_limits(limits.pickle.clone()).with_start(start);
    let mut follower = Follower::new(source, scalars, each);
    Machine::new().run(source, &options, &mut follower);
    Followed {
        is_over: follower.is_over,
        gap: follower.gap,
    }
}

/// How following ended.
pub(crate) struct Followed {
    /// Whether there was more than is kept.
    pub(crate) is_over: bool,
    /// What no unpickler would go on from, or was not followed.
    pub(crate) gap: Option<String>,
}

/// A pickle that was followed to its STOP.
pub(crate) struct Made<'m, 'v> {
    pub(crate) tree: &'m Tree,
    /// What it gives.
    pub(crate) root: Item,
    pub(crate) view: &'m View<'v>,
    /// Where a loader that reads the file itself goes on.
    pub(crate) end: u64,
    /// Whether unpicklers read it in different ways.
    pub(crate) is_parted: bool,
}

/// Told of each pickle; says whether the next is to be followed.
type Each<'f> = &'f mut dyn FnMut(&Made<'_, '_>) -> Next;

/// How many items of all containers, calls and memos of one pickle are kept.
const MOST: usize = 4 << 20;

/// Follows the machine. Where readings part, the first goes on.
pub(crate) struct Follower<'f> {
    source: &'f dyn Source,
    each: Each<'f>,
    tree: Tree,
    stack: Stack,
    /// The stacks of loads that wait for a pickle within.
    suspended: Vec<Stack>,
    import: Option<String>,
    arrays: Arrays,
    /// The elements that the loader reads at this BUILD.
    inline: Option<(u64, u64)>,
    /// Whether another pickle begins behind this instruction.
    is_nested: bool,
    is_ignored: bool,
    is_parted: bool,
    is_over: bool,
    gap: Option<String>,
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
    fn new(source: &'f dyn Source, scalars: usize, each: Each<'f>) -> Follower<'f> {
        Follower {
            source,
            each,
            tree: Tree::keeping(scalars),
            stack: Stack::default(),
            suspended: Vec::new(),
            import: None,
            arrays: Arrays::default(),
            inline: None,
            is_nested: false,
            is_ignored: false,
            is_parted: false,
            is_over: false,
            gap: None,
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
                let inline = self.inline.take();
                self.tree.build(self.stack.top(), state, inline);
            }
            Op::BINPERSID => {
                let id = self.stack.pop();
                self.push(Node::Persistent(id));
            }
            Op::BYTEARRAY8 => {
                let span = executed.top.and_then(|top| view.span(top));
                match span {
                    Some((at, len)) => self.push(Node::Bytes(at, len)),
                    None => self.stack.items.push(Item::Opaque),
                }
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
                let named = (op == Op::NEWOBJ_EX).then(|| self.stack.pop());
                let mut args = self.stack.pop();
                if let Some(named) = named {
                    args = self.with_named(args, named);
                }
                (self.stack.pop(), args)
            }
        };
        self.push(Node::Call(Box::new(Call {
            callee,
            args,
            state: None,
            earlier: Vec::new(),
            pairs: Vec::new(),
            items: Vec::new(),
            inline: None,
        })));
    }

    /// Arguments with those that have names, as a dict behind the others.
    fn with_named(&mut self, args: Item, named: Item) -> Item {
        match (self.tree.tuple(args), self.tree.node(named)) {
            (Some(args), Some(Node::Dict(pairs))) if !pairs.is_empty() => {
                let all = args.iter().copied().chain([named]).collect();
                self.tree.add(Node::Tuple(all))
            }
            _ => args,
        }
    }

    /// What a loader of joblib reads itself at a BUILD.
    fn built(&mut self, effect: &Effect<'_>, built: (Value, Value), view: &View<'_>) -> Next {
        match self.arrays.built(effect, built, view, self.source) {
            Some(Inline::Elements { at, len, before }) => {
                self.inline = Some((at, len));
                Next::Skip(before.saturating_add(len))
            }
            Some(Inline::Pickle) => {
                self.is_nested = true;
                Next::Stream
            }
            Some(Inline::Unclear(_)) | None => Next::Continue,
        }
    }

    fn stop(&mut self, end: u64, view: &View<'_>) -> Next {
        let root = self.stack.pop();
        match self.suspended.pop() {
            Some(outer) => {
                self.stack = outer;
                Next::Continue
            }
            None => (self.each)(&Made {
                tree: &self.tree,
                root,
                view,
                end,
                is_parted: self.is_parted,
            }),
        }
    }
}

impl Observer for Follower<'_> {
    const INSTRUCTIONS: bool = true;

    fn begin(&mut self, begin: &Begin) {
        self.is_ignored = begin.parted || begin.unreached;
        self.is_parted |= begin.parted;
        if !begin.parted {
            self.tree = Tree::keeping(self.tree.scalars);
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
            EffectKind::Stop { .. } => {
                let end = effect.offset.saturating_add(effect.len);
                return self.stop(end, view);
            }
            EffectKind::Gap(gap) => self.gap = Some(gap.detail.clone()),
            _ => {}
        }
        Next::Continue
    }
}
