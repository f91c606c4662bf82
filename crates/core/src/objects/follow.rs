//! The machine's observer that builds the tree.

use weighbridge_pickle::{
    self as machine, Begin, Effect, EffectKind, Executed, Machine, Next, Observer, Op, Source,
    Value, View,
};

use super::gotten::Gotten;
use super::item::Slot;
use super::memo::Memo;
use super::{Item, Node, Tree};
use crate::format::joblib::{Arrays, Inline};

/// What following may take.
pub(crate) struct Bounds<'b> {
    pub(crate) machine: machine::Limits,
    /// How many items of all containers, calls and memos of one pickle are kept.
    pub(crate) items: usize,
    /// How many scalars a list keeps.
    pub(crate) scalars: usize,
    /// Whether it is no longer wanted.
    pub(crate) is_over: &'b dyn Fn() -> bool,
}

/// Follows the pickles of a source from an offset on, one after the other.
pub(crate) fn follow(from: (&dyn Source, u64), bounds: &Bounds<'_>, each: Each<'_>) -> Followed {
    run(
        machine::Options::default().without_resync(),
        from,
        bounds,
        (&Gotten::All, each),
    )
}

/// As [`follow`], for a pickle that memoizes much and gets little of it, as those of `torch.save` do:
/// what is not gotten is not held. A source is read once more before, and followed again where it
/// turns out otherwise.
pub(crate) fn follow_sparing(
    from: (&dyn Source, u64),
    bounds: &Bounds<'_>,
    each: Each<'_>,
) -> Followed {
    let options = || machine::Options::default().without_resync();
    let gotten = Gotten::of(from);
    let followed = run(options(), from, bounds, (&gotten, &mut *each));
    match followed.is_missed {
        true => run(options(), from, bounds, (&Gotten::All, each)),
        false => followed,
    }
}

/// As [`follow`], the first pickle only.
pub(crate) fn follow_one(
    from: (&dyn Source, u64),
    bounds: &Bounds<'_>,
    each: Each<'_>,
) -> Followed {
    let options = machine::Options::default().only_first();
    run(options, from, bounds, (&Gotten::All, each))
}

fn run(
    options: machine::Options,
    (source, start): (&dyn Source, u64),
    bounds: &Bounds<'_>,
    (gotten, each): (&Gotten, Each<'_>),
) -> Followed {
    let options = options
        .with_limits(bounds.machine.clone())
        .with_start(start);
    let mut follower = Follower::new(source, bounds, each);
    follower.gotten = gotten;
    Machine::new().run(source, &options, &mut follower);
    Followed {
        is_missed: follower.is_missed,
        is_over: follower.is_over,
        gap: follower.gap,
    }
}

/// How following ended.
pub(crate) struct Followed {
    /// Whether an entry of the memo was gotten that was taken for one that is not.
    is_missed: bool,
    /// Whether there was more than is kept.
    pub(crate) is_over: bool,
    /// What no unpickler would go on from, or was not followed.
    pub(crate) gap: Option<String>,
}

/// A pickle that was followed to its STOP.
pub(crate) struct Made {
    pub(crate) tree: Tree,
    /// What it gives.
    pub(crate) root: Item,
    /// Where a loader that reads the file itself goes on.
    pub(crate) end: u64,
    /// Whether unpicklers read it in different ways.
    pub(crate) is_parted: bool,
}

/// Told of each pickle; says whether the next is to be followed.
type Each<'f> = &'f mut dyn FnMut(Made, &View<'_>) -> Next;

/// Follows the machine. Where readings part, the first goes on.
pub(crate) struct Follower<'f> {
    source: &'f dyn Source,
    each: Each<'f>,
    is_cancelled: &'f dyn Fn() -> bool,
    tree: Tree,
    /// How many items it keeps.
    most: usize,
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
    /// Which entries of memos are kept, and whether one was gotten that is none of them.
    gotten: &'f Gotten,
    is_missed: bool,
    is_over: bool,
    gap: Option<String>,
}

#[derive(Default)]
struct Stack {
    items: Vec<Slot>,
    marks: Vec<usize>,
    memo: Memo,
}

impl Stack {
    fn push(&mut self, item: Item) {
        self.items.push(Slot::Item(item));
    }

    fn pop(&mut self) -> Slot {
        self.items.pop().unwrap_or(Slot::OPAQUE)
    }

    fn above_mark(&mut self) -> Vec<Slot> {
        let mark = self.marks.pop().unwrap_or(0);
        self.items.split_off(mark.min(self.items.len()))
    }

    fn topmost(&mut self, n: usize) -> Vec<Slot> {
        self.items.split_off(self.items.len().saturating_sub(n))
    }

    /// What is on top, if it is no scalar.
    fn top(&self) -> Item {
        match self.items.last() {
            Some(Slot::Item(item)) => *item,
            Some(Slot::Scalar(_)) | None => Item::OPAQUE,
        }
    }
}

impl<'f> Follower<'f> {
    fn new(source: &'f dyn Source, bounds: &Bounds<'f>, each: Each<'f>) -> Follower<'f> {
        Follower {
            source,
            each,
            is_cancelled: bounds.is_over,
            tree: Tree::keeping(bounds.scalars),
            most: bounds.items,
            stack: Stack::default(),
            suspended: Vec::new(),
            import: None,
            arrays: Arrays::default(),
            inline: None,
            is_nested: false,
            is_ignored: false,
            is_parted: false,
            gotten: &Gotten::All,
            is_missed: false,
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
            Op::DUP => {
                let top = self.kept_top();
                self.stack.push(top);
            }
            Op::EMPTY_TUPLE => self.tuple(&[]),
            Op::EMPTY_LIST | Op::EMPTY_SET => {
                let list = self.tree.add_list();
                self.stack.push(list);
            }
            Op::EMPTY_DICT => {
                let dict = self.tree.add_dict();
                self.stack.push(dict);
            }
            Op::TUPLE1 | Op::TUPLE2 | Op::TUPLE3 => {
                let n = 1 + usize::from(op.byte() - Op::TUPLE1.byte());
                let items = self.stack.topmost(n);
                self.tuple(&items);
            }
            Op::TUPLE => {
                let items = self.stack.above_mark();
                self.tuple(&items);
            }
            Op::LIST | Op::FROZENSET => {
                let items = self.stack.above_mark();
                let list = self.tree.add_list();
                self.tree.extend(list, &items);
                self.stack.push(list);
            }
            Op::DICT => {
                let items = self.stack.above_mark();
                let dict = self.tree.add_dict();
                self.tree.extend_pairs(dict, &items);
                self.stack.push(dict);
            }
            Op::APPEND | Op::APPENDS | Op::ADDITEMS => {
                let items = match op {
                    Op::APPEND => self.stack.topmost(1),
                    _ => self.stack.above_mark(),
                };
                self.tree.extend(self.stack.top(), &items);
            }
            Op::SETITEM | Op::SETITEMS => {
                let items = match op {
                    Op::SETITEM => self.stack.topmost(2),
                    _ => self.stack.above_mark(),
                };
                self.tree.extend_pairs(self.stack.top(), &items);
            }
            Op::PUT | Op::BINPUT | Op::LONG_BINPUT | Op::MEMOIZE => {
                if let Some(index) = executed.memo.filter(|index| self.gotten.has(*index)) {
                    self.tree.kept += 1;
                    let top = self.kept_top();
                    self.stack.memo.put(index, top);
                }
            }
            Op::GET | Op::BINGET | Op::LONG_BINGET => {
                self.is_missed |= executed.memo.is_some_and(|index| !self.gotten.has(index));
                let known = executed.memo.and_then(|index| self.stack.memo.get(index));
                self.stack.push(known.unwrap_or(Item::OPAQUE));
            }
            Op::GLOBAL | Op::STACK_GLOBAL => {
                if op == Op::STACK_GLOBAL {
                    self.stack.topmost(2);
                }
                let global = self.imported();
                self.stack.push(global);
            }
            Op::REDUCE | Op::NEWOBJ | Op::NEWOBJ_EX | Op::OBJ | Op::INST => self.call(op),
            Op::BUILD => {
                let state = self.stack.pop();
                let state = self.tree.keep(state);
                let inline = self.inline.take();
                self.tree.build(self.stack.top(), state, inline);
            }
            Op::BINPERSID => {
                let id = self.stack.pop();
                let id = self.tree.keep(id);
                let persistent = self.tree.add_persistent(id);
                self.stack.push(persistent);
            }
            Op::BYTEARRAY8 => {
                let span = executed.top.and_then(|top| view.span(top));
                let bytes = span.map(|span| self.tree.add_bytes(span));
                self.stack.push(bytes.unwrap_or(Item::OPAQUE));
            }
            Op::READONLY_BUFFER | Op::PROTO | Op::FRAME | Op::STOP => {}
            _ => {
                let lasting = executed.top.filter(|&top| view.lasts(top));
                let slot = lasting.map_or(Slot::OPAQUE, Slot::Scalar);
                self.stack.items.push(slot);
            }
        }
    }

    /// What is on top, kept once however often it is used from now on.
    fn kept_top(&mut self) -> Item {
        let Some(top) = self.stack.items.last_mut() else {
            return Item::OPAQUE;
        };
        let item = self.tree.keep(*top);
        *top = Slot::Item(item);
        item
    }

    fn tuple(&mut self, items: &[Slot]) {
        let tuple = self.tree.add_tuple(items);
        self.stack.push(tuple);
    }

    /// The global that was imported by this instruction.
    fn imported(&mut self) -> Item {
        match self.import.take() {
            Some(name) => self.tree.add_global(name),
            None => Item::OPAQUE,
        }
    }

    fn call(&mut self, op: Op) {
        let (callee, args) = match op {
            Op::INST => {
                let items = self.stack.above_mark();
                (self.imported(), self.tree.add_tuple(&items))
            }
            Op::OBJ => {
                let items = self.stack.above_mark();
                let (callee, args) = items.split_first().unwrap_or((&Slot::OPAQUE, &[]));
                (self.tree.keep(*callee), self.tree.add_tuple(args))
            }
            _ => {
                let named = (op == Op::NEWOBJ_EX).then(|| self.stack.pop());
                let args = self.stack.pop();
                let mut args = self.tree.keep(args);
                if let Some(Slot::Item(named)) = named {
                    args = self.with_named(args, named);
                }
                let callee = self.stack.pop();
                (self.tree.keep(callee), args)
            }
        };
        let call = self.tree.add_call(callee, args);
        self.stack.push(call);
    }

    /// Arguments with those that have names, as a dict behind the others.
    fn with_named(&mut self, args: Item, named: Item) -> Item {
        match (self.tree.tuple(args), self.tree.node(named)) {
            (Some(args), Some(Node::Dict(pairs))) if !pairs.is_empty() => {
                let all: Vec<Slot> = args
                    .iter()
                    .copied()
                    .chain([named])
                    .map(Slot::Item)
                    .collect();
                self.tree.add_tuple(&all)
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
        if let Some(outer) = self.suspended.pop() {
            self.stack = outer;
            return Next::Continue;
        }
        let root = self.tree.keep(root);
        // What was only in the memo is not asked for any more.
        self.stack = Stack::default();
        let made = Made {
            tree: self.tree.take(),
            root,
            end,
            is_parted: self.is_parted,
        };
        (self.each)(made, view)
    }
}

impl Observer for Follower<'_> {
    const INSTRUCTIONS: bool = true;

    fn begin(&mut self, begin: &Begin) {
        self.is_ignored = begin.parted || begin.unreached;
        self.is_parted |= begin.parted;
        if !begin.parted {
            self.tree.take();
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
        if self.tree.kept > self.most {
            (self.is_over, self.is_ignored) = (true, true);
        }
        self.is_ignored |= self.is_missed;
    }

    fn is_fetched(&self, index: u64) -> bool {
        self.gotten.has(index)
    }

    fn is_cancelled(&mut self, _offset: u64) -> bool {
        // The machine would go on with what is not kept.
        self.is_over || self.is_missed || (self.is_cancelled)()
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
            EffectKind::Gap(gap) => {
                self.gap = Some(gap.detail.clone());
                self.is_over |= gap.limit.is_some();
            }
            _ => {}
        }
        Next::Continue
    }
}
