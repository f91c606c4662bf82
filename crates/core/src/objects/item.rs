//! A part of a tree, in four bytes: a pickle has millions of them.

use weighbridge_pickle::Value;

/// A part of a tree: a node, a scalar, or what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item(u32);

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The node of that number.
    Node(u32),
    /// The scalar of that number.
    Scalar(u32),
    /// A small whole number.
    Number(u32),
    /// What comes from outside, or was not kept.
    Opaque,
}

/// What is on the stack: a scalar is not kept before something holds it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    Scalar(Value),
    Item(Item),
}

impl Slot {
    pub(super) const OPAQUE: Slot = Slot::Item(Item::OPAQUE);

    pub(super) fn is_scalar(self) -> bool {
        match self {
            Slot::Scalar(_) => true,
            Slot::Item(item) => matches!(item.part(), Part::Scalar(_) | Part::Number(_)),
        }
    }
}

/// How many bits a number has, below those that say what it is the number of.
const BITS: u32 = 30;
const PAYLOAD: u32 = (1 << BITS) - 1;
const SCALAR: u32 = 1 << BITS;
const NUMBER: u32 = 2 << BITS;

impl Item {
    pub(crate) const OPAQUE: Item = Item(u32::MAX);

    /// The node of that number.
    pub(crate) fn node(at: usize) -> Item {
        Item::of(at, 0)
    }

    pub(super) fn scalar(at: usize) -> Item {
        Item::of(at, SCALAR)
    }

    /// A whole number, if it is small.
    pub(super) fn number(number: i64) -> Option<Item> {
        let number = u32::try_from(number).ok()?;
        (number <= PAYLOAD).then_some(Item(NUMBER | number))
    }

    /// What cannot be counted is not known.
    fn of(at: usize, kind: u32) -> Item {
        match u32::try_from(at) {
            Ok(at) if at <= PAYLOAD => Item(kind | at),
            _ => Item::OPAQUE,
        }
    }

    pub(super) fn part(self) -> Part {
        let payload = self.0 & PAYLOAD;
        match self.0 & !PAYLOAD {
            0 => Part::Node(payload),
            SCALAR => Part::Scalar(payload),
            NUMBER => Part::Number(payload),
            _ => Part::Opaque,
        }
    }

    /// The number of the node, if it is one.
    pub(crate) fn id(self) -> Option<u32> {
        match self.part() {
            Part::Node(id) => Some(id),
            Part::Scalar(_) | Part::Number(_) | Part::Opaque => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_what_it_was_made_of() {
        assert_eq!(Item::node(7).part(), Part::Node(7));
        assert_eq!(Item::node(7).id(), Some(7));
        assert_eq!(Item::scalar(7).part(), Part::Scalar(7));
        assert_eq!(Item::scalar(7).id(), None);
        assert_eq!(Item::number(0).unwrap().part(), Part::Number(0));
        let most = i64::from(PAYLOAD);
        assert_eq!(Item::number(most).unwrap().part(), Part::Number(PAYLOAD));
        assert_eq!(Item::number(most + 1), None);
        assert_eq!(Item::number(-1), None);
        assert_eq!(Item::OPAQUE.part(), Part::Opaque);
        assert_eq!(Item::node(1 << BITS), Item::OPAQUE);
        assert_eq!(Item::scalar(usize::MAX), Item::OPAQUE);
    }
}
