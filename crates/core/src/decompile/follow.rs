//! One instruction after the other: what it does to the stack, and what is written for it.

use weighbridge_pickle::{Executed, Layout, Op, Value};

use super::item::{Brackets, CLOSE, Container, Expression, Item, NEXT, OPEN, SHOWN_ITEMS, more};
use super::program::Program;
use super::script::name_of;
use super::stack::{Scene, missing};
use super::{globals, literal};

const BUILD_NOTE: &str = "  # without this method, its __dict__ and slots are updated";
const INST_NOTE: &str = "  # or __new__ alone, for a class without __getinitargs__";

impl Program<'_, '_> {
    /// Follows an instruction that the machine has executed.
    pub(super) fn follow(&mut self, executed: &Executed, scene: Scene<'_>) {
        match executed.op {
            Op::MARK => self.stack.mark(),
            Op::POP => {
                let popped = self.stack.pop_item_or_mark();
                self.discard(popped, "popped", scene);
            }
            Op::POP_MARK => {
                let popped = self.stack.above_mark();
                self.discard(popped, "popped", scene);
            }
            Op::DUP => self.stack.duplicate(&mut self.script, scene),
            Op::EMPTY_TUPLE => self.stack.push(Item::Empty(Brackets::Tuple)),
            Op::EMPTY_LIST => self.stack.push(Item::Empty(Brackets::List)),
            Op::EMPTY_DICT => self.stack.push(Item::Empty(Brackets::Dict)),
            Op::EMPTY_SET => self.stack.push(Item::Empty(Brackets::Set)),
            Op::TUPLE1 | Op::TUPLE2 | Op::TUPLE3 => {
                let n = 1 + usize::from(executed.op.byte() - Op::TUPLE1.byte());
                let items = self.stack.topmost(n);
                self.collect(Brackets::Tuple, items, scene);
            }
            Op::TUPLE => self.collect_from_mark(Brackets::Tuple, scene),
            Op::LIST => self.collect_from_mark(Brackets::List, scene),
            Op::DICT => self.collect_from_mark(Brackets::Dict, scene),
            Op::FROZENSET => self.collect_from_mark(Brackets::FrozenSet, scene),
            Op::APPEND | Op::SETITEM => {
                let items = self
                    .stack
                    .topmost(if executed.op == Op::APPEND { 1 } else { 2 });
                self.add(executed.op, items, scene);
            }
            Op::APPENDS | Op::SETITEMS | Op::ADDITEMS => {
                let items = self.stack.above_mark();
                self.add(executed.op, items, scene);
            }
            Op::PUT | Op::BINPUT | Op::LONG_BINPUT | Op::MEMOIZE => self.store(executed, scene),
            Op::GET | Op::BINGET | Op::LONG_BINGET => {
                self.stack.fetch(executed.memo, &mut self.script);
            }
            Op::GLOBAL | Op::STACK_GLOBAL => self.import(executed.op, scene),
            Op::REDUCE | Op::NEWOBJ | Op::NEWOBJ_EX | Op::OBJ | Op::INST => {
                self.call(executed.op, scene);
            }
            Op::BUILD => self.build(scene),
            Op::PROTO | Op::FRAME | Op::STOP => {}
            _ => self.object(executed, scene),
        }
    }

    /// The opcodes that push what comes from outside, and the scalars.
    fn object(&mut self, executed: &Executed, scene: Scene<'_>) {
        match executed.op {
            Op::BINPERSID => {
                let id = self.stack.pop();
                let id = self.express(id, scene).text;
                self.assign(&format!("persistent_load({OPEN}{id}{CLOSE})"));
            }
            Op::PERSID => {
                let id = executed.top.and_then(|top| scene.view.persistent_id(top));
                let id = id.map_or("''".to_owned(), |id| scene.scalar(id));
                self.assign(&format!("persistent_load({id})"));
            }
            Op::EXT1 | Op::EXT2 | Op::EXT4 => {
                let code = executed.top.and_then(|top| scene.view.extension_code(top));
                self.assign(&format!("extension({})", code.unwrap_or_default()));
            }
            Op::NEXT_BUFFER => self.assign("next(buffers)"),
            Op::READONLY_BUFFER => {
                let buffer = self.stack.pop();
                let buffer = self.express(buffer, scene).text;
                self.assign(&format!("memoryview({OPEN}{buffer}{CLOSE}).toreadonly()"));
            }
            op => {
                let value = executed.top;
                if matches!(op, Op::INT | Op::LONG | Op::FLOAT) {
                    self.tell_others(executed, scene);
                }
                let item = value.map_or_else(missing, |value| scalar(op, value, scene));
                self.stack.push(item);
            }
        }
    }

    fn tell_others(&mut self, executed: &Executed, scene: Scene<'_>) {
        let Some(value) = executed.top else { return };
        let others = literal::others(scene.view, value, executed.readings, scene.reading);
        if let Some(others) = others {
            let at = executed.offset;
            self.script.comment(&format!("at {at}: {others}"));
        }
    }

    pub(super) fn express(&mut self, item: Item, scene: Scene<'_>) -> Expression {
        self.stack.expression(item, &mut self.script, scene)
    }

    fn assign(&mut self, expression: &str) {
        let number = self.script.assign(expression);
        self.stack.push_name(number);
    }

    /// Shows what goes away without having been used, unless it has a name and so was shown.
    pub(super) fn discard(
        &mut self,
        items: impl IntoIterator<Item = Item>,
        why: &str,
        scene: Scene<'_>,
    ) {
        for item in items {
            if matches!(item, Item::Name(_) | Item::Text(_) | Item::Slot(_)) {
                continue;
            }
            let expression = self.express(item, scene);
            if expression.text.starts_with('_') {
                continue;
            }
            self.script
                .statement(&format!("{}  # {why}", expression.text));
        }
    }

    fn collect_from_mark(&mut self, kind: Brackets, scene: Scene<'_>) {
        let items = self.stack.above_mark();
        self.collect(kind, items, scene);
    }

    fn collect(&mut self, kind: Brackets, items: Vec<Item>, scene: Scene<'_>) {
        let item = self.stack.container(kind, items, &mut self.script, scene);
        self.stack.push(item);
    }

    fn store(&mut self, executed: &Executed, scene: Scene<'_>) {
        let is_fetched = self.shared.is_fetched();
        if let Some(index) = executed.memo.filter(|_| is_fetched) {
            self.stack.store(index, &mut self.script, scene);
        }
    }

    fn import(&mut self, op: Op, scene: Scene<'_>) {
        let spelled = if op == Op::STACK_GLOBAL {
            self.stack.topmost(2)
        } else {
            Vec::new()
        };
        let called = globals::import(self, spelled, scene);
        self.stack.push(called);
    }

    /// REDUCE, OBJ, INST, NEWOBJ and NEWOBJ_EX.
    fn call(&mut self, op: Op, scene: Scene<'_>) {
        let mut keywords = String::new();
        let (callee, args) = match op {
            Op::INST => {
                let items = self.stack.above_mark();
                let called = globals::import(self, Vec::new(), scene);
                (called, self.arguments(items, scene))
            }
            Op::OBJ => {
                let mut items = self.stack.above_mark().into_iter();
                let callee = items.next().unwrap_or_else(missing);
                let items = items.collect();
                (callee, self.arguments(items, scene))
            }
            _ => {
                if op == Op::NEWOBJ_EX {
                    let item = self.stack.pop();
                    keywords = self.keywords(item, scene);
                }
                let args = self.stack.pop();
                let args = self.spread(args, scene);
                (self.stack.pop(), args)
            }
        };
        let callee = self.express(callee, scene).text;
        let mut parts = Vec::new();
        let is_new = matches!(op, Op::NEWOBJ | Op::NEWOBJ_EX);
        if is_new {
            parts.push(callee.clone());
        }
        parts.extend([args, keywords].into_iter().filter(|part| !part.is_empty()));
        let note = if parts.is_empty() && matches!(op, Op::OBJ | Op::INST) {
            INST_NOTE
        } else {
            ""
        };
        let method = if is_new { ".__new__" } else { "" };
        let parts = parts.join(&NEXT.to_string());
        self.assign(&format!("{callee}{method}({OPEN}{parts}{CLOSE}){note}"));
    }

    /// Items as arguments.
    fn arguments(&mut self, items: Vec<Item>, scene: Scene<'_>) -> String {
        let mut container = Container::new(Brackets::Tuple, scene.full);
        self.stack
            .fill(&mut container, items, &mut self.script, scene);
        container.into_arguments()
    }

    /// A tuple as arguments.
    fn spread(&mut self, args: Item, scene: Scene<'_>) -> String {
        match args {
            Item::Empty(Brackets::Tuple) => String::new(),
            Item::Open(container) if container.kind == Brackets::Tuple => {
                container.into_arguments()
            }
            args => format!("*{}", self.express(args, scene).text),
        }
    }

    fn keywords(&mut self, item: Item, scene: Scene<'_>) -> String {
        match item {
            Item::Empty(Brackets::Dict) => String::new(),
            item => format!("**{}", self.express(item, scene).text),
        }
    }

    fn build(&mut self, scene: Scene<'_>) {
        let state = self.stack.pop();
        let state = self.express(state, scene).text;
        let target = self.target(scene);
        let note = if std::mem::replace(&mut self.build_is_noted, true) {
            ""
        } else {
            BUILD_NOTE
        };
        let call = format!("{target}.__setstate__({OPEN}{state}{CLOSE}){note}");
        self.script.statement(&call);
    }

    /// The name of what is on top of the stack, which stays there.
    fn target(&mut self, scene: Scene<'_>) -> String {
        let top = self.stack.pop();
        let top = match top {
            Item::Name(_) | Item::Text(_) => top,
            top => {
                let text = self.express(top, scene);
                match text.text.strip_prefix('_').and_then(|n| n.parse().ok()) {
                    Some(number) => Item::Name(number),
                    None => Item::Name(self.script.assign(&text.text)),
                }
            }
        };
        let name = match &top {
            Item::Name(number) => name_of(*number),
            Item::Text(text) => text.to_string(),
            _ => String::new(),
        };
        self.stack.push(top);
        name
    }

    /// APPEND, APPENDS, SETITEM, SETITEMS and ADDITEMS.
    fn add(&mut self, op: Op, items: Vec<Item>, scene: Scene<'_>) {
        let wanted = match op {
            Op::APPEND | Op::APPENDS => Brackets::List,
            Op::ADDITEMS => Brackets::Set,
            _ => Brackets::Dict,
        };
        match self.stack.pop() {
            Item::Empty(kind) if kind == wanted => self.collect(kind, items, scene),
            Item::Open(mut container) if container.kind == wanted => {
                self.stack
                    .fill(&mut container, items, &mut self.script, scene);
                self.stack.push(Item::Open(container));
            }
            target => {
                self.stack.push(target);
                self.add_to_object(op, items, scene);
            }
        }
    }

    /// Items for what is no container, or for one that is written down already.
    fn add_to_object(&mut self, op: Op, items: Vec<Item>, scene: Scene<'_>) {
        let target = self.target(scene);
        if op == Op::APPENDS {
            let list = self
                .stack
                .container(Brackets::List, items, &mut self.script, scene);
            let list = self.express(list, scene).text;
            let call = format!("{target}.extend({OPEN}{list}{CLOSE})");
            return self.script.statement(&call);
        }
        let is_dict = matches!(op, Op::SETITEM | Op::SETITEMS);
        let method = if op == Op::APPEND { "append" } else { "add" };
        let (mut shown, mut left_out) = (0, 0);
        let mut items = items.into_iter();
        while let Some(item) = items.next() {
            let item = self.express(item, scene);
            let mut plain = item.plain;
            let statement = if is_dict {
                let Some(value) = items.next() else { break };
                let value = self.express(value, scene);
                plain &= value.plain;
                format!("{target}[{OPEN}{}{CLOSE}] = {}", item.text, value.text)
            } else {
                format!("{target}.{method}({OPEN}{}{CLOSE})", item.text)
            };
            if plain && shown >= SHOWN_ITEMS && !scene.full {
                left_out += 1;
                continue;
            }
            shown += u64::from(plain);
            self.script.statement(&statement);
        }
        if left_out > 0 {
            self.script
                .statement(&format!("{target}.update({})", more(left_out)));
        }
    }
}

/// A scalar: decoded when it is shown, where it can wait for that.
fn scalar(op: Op, value: Value, scene: Scene<'_>) -> Item {
    if matches!(op.layout(), Layout::Counted(_)) && !scene.view.lasts(value) {
        Item::Text(scene.scalar(value).into())
    } else {
        Item::Scalar(value)
    }
}
