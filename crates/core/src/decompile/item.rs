//! What the stack of a pickle holds, as Python expressions that grow.
//!
//! Within an expression [`OPEN`], [`NEXT`] and [`CLOSE`] stand where a line may be broken; literals
//! never hold these characters, since every control character in them is escaped.

use weighbridge_pickle::Value;

/// Behind an opening bracket.
pub(super) const OPEN: char = '\u{1}';
/// Between two items.
pub(super) const NEXT: char = '\u{2}';
/// Before a closing bracket.
pub(super) const CLOSE: char = '\u{3}';

/// How many items of plain data a container shows where not everything is wanted.
pub(super) const SHOWN_ITEMS: u64 = 64;
/// How deep an expression may nest before its inner parts get names: Python's own parser gives up at
/// some depth, and text would be copied once for each level.
pub(super) const DEPTH: u8 = 16;

/// Something on the stack, or in the memo.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A scalar that is decoded when it is shown.
    Scalar(Value),
    /// A short expression: the name of a global, or a literal that had to be decoded at once.
    Text(Box<str>),
    /// An object that has a name: `_7`.
    Name(u32),
    /// A container without items.
    Empty(Brackets),
    /// A container that nothing else refers to yet.
    Open(Box<Container>),
    /// In the memo: a container that may still be open.
    Slot(u32),
}

/// Kinds of containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brackets {
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
}

impl Brackets {
    /// Whether items can be added once it is made.
    pub(super) fn grows(self) -> bool {
        !matches!(self, Brackets::Tuple | Brackets::FrozenSet)
    }

    fn empty(self) -> &'static str {
        match self {
            Brackets::Tuple => "()",
            Brackets::List => "[]",
            Brackets::Dict => "{}",
            Brackets::Set => "set()",
            Brackets::FrozenSet => "frozenset()",
        }
    }

    fn around(self) -> (&'static str, &'static str) {
        match self {
            Brackets::Tuple => ("(", ")"),
            Brackets::List => ("[", "]"),
            Brackets::Dict | Brackets::Set => ("{", "}"),
            Brackets::FrozenSet => ("frozenset({", "})"),
        }
    }
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) text: String,
    /// Whether it is data through and through: it names nothing.
    pub(super) plain: bool,
    /// How deep its brackets nest.
    pub(super) depth: u8,
}

impl Expression {
    pub(super) fn plain(text: String) -> Expression {
        Expression {
            text,
            plain: true,
            depth: 0,
        }
    }

    pub(super) fn name(text: String) -> Expression {
        Expression {
            text,
            plain: false,
            depth: 0,
        }
    }
}

/// A container with the text of its items.
#[derive(Clone, Debug)]
pub(super) struct Container {
    pub(super) kind: Brackets,
    /// By what the memo refers to it.
    pub(super) slot: Option<u32>,
    /// The items, with [`NEXT`] between them.
    body: String,
    /// How many items are in the body.
    items: u64,
    /// How many of these are plain data.
    shown: u64,
    /// How many items behind them are left out.
    left_out: u64,
    plain: bool,
    depth: u8,
    /// How many items of plain data are shown.
    limit: u64,
}

impl Container {
    pub(super) fn new(kind: Brackets, full: bool) -> Container {
        Container {
            kind,
            slot: None,
            body: String::new(),
            items: 0,
            shown: 0,
            left_out: 0,
            plain: true,
            depth: 1,
            limit: if full { u64::MAX } else { SHOWN_ITEMS },
        }
    }

    pub(super) fn depth(&self) -> u8 {
        self.depth
    }

    /// Whether an item of plain data would be left out.
    pub(super) fn is_full(&self) -> bool {
        self.shown >= self.limit
    }

    /// Adds an item of plain data without its text.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Adds an item.
    pub(super) fn push(&mut self, item: &Expression) {
        if item.plain && self.is_full() {
            return self.leave_out();
        }
        self.begin(item.plain);
        self.body.push_str(&item.text);
        self.note(item);
    }

    /// Adds a key and its value.
    pub(super) fn push_pair(&mut self, key: &Expression, value: &Expression) {
        let plain = key.plain && value.plain;
        if plain && self.is_full() {
            return self.leave_out();
        }
        self.begin(plain);
        self.body.push_str(&key.text);
        self.body.push_str(": ");
        self.body.push_str(&value.text);
        self.note(key);
        self.note(value);
    }

    fn begin(&mut self, plain: bool) {
        self.tell_left_out();
        self.separate();
        self.items += 1;
        self.shown += u64::from(plain);
    }

    fn separate(&mut self) {
        if self.items > 0 {
            self.body.push(NEXT);
        }
    }

    fn note(&mut self, item: &Expression) {
        self.plain &= item.plain;
        self.depth = self.depth.max(item.depth.saturating_add(1));
    }

    fn tell_left_out(&mut self) {
        if self.left_out > 0 {
            self.separate();
            self.items += 1;
            self.body.push_str(match self.kind {
                Brackets::Dict => "**",
                _ => "*",
            });
            self.body.push_str(&more(self.left_out));
            self.left_out = 0;
        }
    }

    /// The items as those of a call.
    pub(super) fn into_arguments(mut self) -> String {
        self.tell_left_out();
        self.body
    }

    /// The container as an expression.
    pub(super) fn into_expression(mut self) -> Expression {
        self.tell_left_out();
        if self.items == 0 {
            return empty(self.kind);
        }
        let (left, right) = self.kind.around();
        let comma = if self.kind == Brackets::Tuple && self.items == 1 {
            ","
        } else {
            ""
        };
        Expression {
            text: format!("{left}{OPEN}{}{comma}{CLOSE}{right}", self.body),
            plain: self.plain,
            depth: self.depth,
        }
    }
}

/// A container without items.
pub(super) fn empty(kind: Brackets) -> Expression {
    Expression::plain(kind.empty().to_owned())
}

/// What stands for items, or for bytes of a string, that are left out.
pub(super) fn more(n: u64) -> String {
    format!("more({n})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(container: Container) -> String {
        let text = container.into_expression().text;
        text.replace([OPEN, CLOSE], "").replace(NEXT, ", ")
    }

    #[test]
    fn plain_data_is_cut_and_names_are_not() {
        let mut list = Container::new(Brackets::List, false);
        for number in 0..SHOWN_ITEMS + 5 {
            list.push(&Expression::plain(number.to_string()));
        }
        list.push(&Expression::name("_3".to_owned()));
        list.push(&Expression::plain("9".to_owned()));
        let text = flat(list);
        assert!(text.starts_with("[0, 1, "), "{text}");
        assert!(text.ends_with("62, 63, *more(5), _3, *more(1)]"), "{text}");
    }

    #[test]
    fn brackets_are_those_of_python() {
        let one = Expression::plain("1".to_owned());
        let with_one = |kind| {
            let mut container = Container::new(kind, false);
            container.push(&one);
            flat(container)
        };
        assert_eq!(with_one(Brackets::Tuple), "(1,)");
        assert_eq!(with_one(Brackets::Set), "{1}");
        assert_eq!(with_one(Brackets::FrozenSet), "frozenset({1})");
        let mut dict = Container::new(Brackets::Dict, true);
        assert_eq!(flat(dict.clone()), "{}");
        dict.push_pair(&one, &one);
        assert_eq!(flat(dict), "{1: 1}");
    }
}
