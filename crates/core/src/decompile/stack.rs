//! The stack and the memo of a pickle, with expressions in the place of values.

use std::collections::HashMap;

use weighbridge_pickle::{Reading, Value, View};

use super::item::{Brackets, Container, DEPTH, Expression, Item, empty};
use super::literal;
use super::script::{Script, name_of};

/// Longer literals get a name where they are used more than once, so that the text grows no faster
/// than the file.
const CHEAP: usize = 40;

/// How values are shown at an instruction.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) reading: Reading,
    /// Whether long strings and long containers are shown whole.
    pub(super) full: bool,
}

impl Scene<'_> {
    pub(super) fn scalar(&self, value: Value) -> String {
        literal::scalar(self.view, value, self.reading, self.full)
    }
}

/// Where a container is that the memo refers to.
#[derive(Clone, Copy, Debug)]
enum Slot {
    /// On the stack, and without a name as yet.
    At(usize),
    Named(u32),
}

/// The stack, the marks and the memo.
#[derive(Debug, Default)]
pub(super) struct Stack {
    items: Vec<Item>,
    marks: Vec<usize>,
    /// Only what is fetched later.
    memo: HashMap<u64, Item>,
    slots: Vec<Slot>,
}

impl Stack {
    pub(super) fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    pub(super) fn push_name(&mut self, number: u32) {
        self.items.push(Item::Name(number));
    }

    /// Takes the top item. The machine has seen to it that there is one.
    pub(super) fn pop(&mut self) -> Item {
        self.items.pop().unwrap_or_else(missing)
    }

    pub(super) fn mark(&mut self) {
        self.marks.push(self.items.len());
    }

    /// Takes everything above the topmost mark.
    pub(super) fn above_mark(&mut self) -> Vec<Item> {
        let mark = self.marks.pop().unwrap_or_default();
        self.items.split_off(mark.min(self.items.len()))
    }

    /// Takes the `n` topmost items.
    pub(super) fn topmost(&mut self, n: usize) -> Vec<Item> {
        self.items.split_off(self.items.len().saturating_sub(n))
    }

    /// POP: the top item, or the topmost mark where nothing lies above it.
    pub(super) fn pop_item_or_mark(&mut self) -> Option<Item> {
        if self.marks.last() == Some(&self.items.len()) {
            self.marks.pop();
            return None;
        }
        self.items.pop()
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> Vec<Item> {
        self.marks.clear();
        std::mem::take(&mut self.items)
    }

    /// An item as an expression; what the memo refers to, and what nests deep, gets a name.
    pub(super) fn expression(
        &mut self,
        item: Item,
        script: &mut Script<'_, '_>,
        scene: Scene<'_>,
    ) -> Expression {
        match item {
            Item::Scalar(value) => Expression::plain(scene.scalar(value)),
            Item::Text(text) => Expression::name(text.into_string()),
            Item::Name(number) => Expression::name(name_of(number)),
            Item::Empty(kind) => empty(kind),
            Item::Open(container) if container.slot.is_some() || container.depth() >= DEPTH => {
                Expression::name(name_of(self.close(*container, script)))
            }
            Item::Open(container) => container.into_expression(),
            Item::Slot(slot) => {
                let item = self.fetched(slot, script);
                self.expression(item, script, scene)
            }
        }
    }

    /// Writes a container down under a name.
    fn close(&mut self, container: Container, script: &mut Script<'_, '_>) -> u32 {
        let slot = container.slot.and_then(|slot| usize::try_from(slot).ok());
        let number = script.assign(&container.into_expression().text);
        if let Some(slot) = slot.and_then(|slot| self.slots.get_mut(slot)) {
            *slot = Slot::Named(number);
        }
        number
    }

    /// The item as something that can be written any number of times: a name, or a short literal.
    pub(super) fn handle(
        &mut self,
        item: Item,
        script: &mut Script<'_, '_>,
        scene: Scene<'_>,
    ) -> Item {
        match item {
            Item::Name(_) | Item::Slot(_) => item,
            Item::Empty(kind) if !kind.grows() => item,
            Item::Scalar(value) => {
                let text = scene.scalar(value);
                if text.len() <= CHEAP {
                    item
                } else {
                    Item::Name(script.assign(&text))
                }
            }
            Item::Text(text) if text.len() <= 2 * CHEAP => Item::Text(text),
            Item::Text(text) => Item::Name(script.assign(&text)),
            Item::Empty(kind) => Item::Name(script.assign(&empty(kind).text)),
            Item::Open(container) => Item::Name(self.close(*container, script)),
        }
    }

    /// DUP.
    pub(super) fn duplicate(&mut self, script: &mut Script<'_, '_>, scene: Scene<'_>) {
        let top = self.pop();
        let top = self.handle(top, script, scene);
        self.items.push(top.clone());
        self.items.push(top);
    }

    /// Stores the top item in the memo, to be fetched later.
    pub(super) fn store(&mut self, index: u64, script: &mut Script<'_, '_>, scene: Scene<'_>) {
        let at = self.items.len().saturating_sub(1);
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        let (top, entry) = match self.pop() {
            Item::Empty(kind) if kind.grows() => {
                let mut container = Container::new(kind, scene.full);
                container.slot = Some(next);
                self.slots.push(Slot::At(at));
                (Item::Open(Box::new(container)), Item::Slot(next))
            }
            Item::Open(mut container) if container.kind.grows() => {
                let slot = *container.slot.get_or_insert(next);
                if slot == next {
                    self.slots.push(Slot::At(at));
                }
                (Item::Open(container), Item::Slot(slot))
            }
            top => {
                let top = self.handle(top, script, scene);
                (top.clone(), top)
            }
        };
        self.items.push(top);
        self.memo.insert(index, entry);
    }

    /// Fetches an entry from the memo.
    pub(super) fn fetch(&mut self, index: Option<u64>, script: &mut Script<'_, '_>) {
        let entry = index.and_then(|index| self.memo.get(&index)).cloned();
        let item = match (entry, index) {
            (Some(Item::Slot(slot)), _) => self.fetched(slot, script),
            (Some(item), _) => item,
            (None, Some(index)) => Item::Text(format!("from_memo({index})").into()),
            (None, None) => Item::Text("from_memo()".into()),
        };
        self.items.push(item);
    }

    /// What a slot holds: by name from now on, since it is used once more.
    fn fetched(&mut self, slot: u32, script: &mut Script<'_, '_>) -> Item {
        let index = usize::try_from(slot).unwrap_or(usize::MAX);
        match self.slots.get(index).copied() {
            Some(Slot::Named(number)) => Item::Name(number),
            Some(Slot::At(at)) => self.close_at(at, slot, script),
            None => missing(),
        }
    }

    /// Writes down the open container at a place of the stack, and leaves its name there.
    fn close_at(&mut self, at: usize, slot: u32, script: &mut Script<'_, '_>) -> Item {
        let Some(item) = self.items.get_mut(at) else {
            return missing();
        };
        match std::mem::replace(item, missing()) {
            Item::Open(container) if container.slot == Some(slot) => {
                let name = Item::Name(self.close(*container, script));
                if let Some(item) = self.items.get_mut(at) {
                    *item = name.clone();
                }
                name
            }
            other => {
                *item = other;
                missing()
            }
        }
    }

    /// A container of items.
    pub(super) fn container(
        &mut self,
        kind: Brackets,
        items: Vec<Item>,
        script: &mut Script<'_, '_>,
        scene: Scene<'_>,
    ) -> Item {
        if items.is_empty() {
            return Item::Empty(kind);
        }
        let mut container = Container::new(kind, scene.full);
        self.fill(&mut container, items, script, scene);
        Item::Open(Box::new(container))
    }

    /// Adds items to a container: keys and values in turn for a dict.
    pub(super) fn fill(
        &mut self,
        container: &mut Container,
        items: Vec<Item>,
        script: &mut Script<'_, '_>,
        scene: Scene<'_>,
    ) {
        let mut items = items.into_iter();
        while let Some(item) = items.next() {
            let scalar = matches!(item, Item::Scalar(_));
            if container.kind == Brackets::Dict {
                let value = items.next().unwrap_or(Item::Empty(Brackets::Tuple));
                if container.is_full() && scalar && matches!(value, Item::Scalar(_)) {
                    container.leave_out();
                    continue;
                }
                let key = self.expression(item, script, scene);
                let value = self.expression(value, script, scene);
                container.push_pair(&key, &value);
            } else if container.is_full() && scalar {
                container.leave_out();
            } else {
                let item = self.expression(item, script, scene);
                container.push(&item);
            }
        }
    }
}

/// What stands for an item that the machine has and this stack has not.
pub(super) fn missing() -> Item {
    Item::Text("missing()".into())
}
