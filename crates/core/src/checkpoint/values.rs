//! Everything in a pickle that is no tensor, as JSON: plain values as they are, tensors by name, and what
//! is neither by what makes it.

use std::cell::Cell;
use std::io;

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::{Value as Json, json};
use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{Encoding, Kind, Unpickler, Value, View};

use super::collect::Collected;
use crate::json;
use crate::objects::keys::Entries;
use crate::objects::rebuilt::attributes;
use crate::objects::scalars::word;
use crate::objects::{Call, Item, Made, Node, Tree};

/// How deep values are told.
const DEEPEST: usize = 64;
/// How many bytes of a string are told.
const LONGEST: u64 = 1 << 16;
/// How many bytes of text are made where none is held, to know whether there is more than tensors.
const UNHELD: usize = 64 << 20;
/// How many bytes of text it takes to look at a pair of a dict, whether it is told or not.
const PAIR: usize = 16;
/// What is told in the place of all that is more than is told.
const MORE: &str = "there is more than is told";
/// The largest whole number that every reader of JSON has.
const EXACT: i64 = (1 << 53) - 1;
/// Classes whose objects are told as the dict or list that they are.
const PLAIN: &[&str] = &[
    "collections.OrderedDict",
    "collections.defaultdict",
    "builtins.dict",
];

/// What a pickle gives besides tensors.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// All of it, as JSON, if that is wanted.
    pub(super) json: Option<String>,
    /// Whether it is more than tensors in dicts and lists.
    pub(super) is_more: bool,
}

/// The values that a pickle gives, in about as many bytes of text as `most` says. Tensors are told by their
/// names. Where it is `None`, as much as tells whether there is more than tensors is made and not held.
pub(super) fn told(
    made: &Made,
    view: &View<'_>,
    collected: &Collected,
    most: Option<usize>,
) -> Values {
    let teller = Teller {
        tree: &made.tree,
        view,
        collected,
        left: Cell::new(most.unwrap_or(UNHELD)),
        is_more: Cell::new(false),
    };
    let mut text = Text {
        held: most.map(|_| Vec::new()),
        left: &teller.left,
    };
    // Writing to memory, or to nowhere, does not fail.
    let _written = json::write(&mut text, &teller.item(made.root, DEEPEST));
    Values {
        json: text.held.and_then(|text| String::from_utf8(text).ok()),
        is_more: teller.is_more.get(),
    }
}

/// Text that is held, or only counted.
struct Text<'c> {
    held: Option<Vec<u8>>,
    /// How many bytes more are told.
    left: &'c Cell<usize>,
}

impl io::Write for Text<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        spend(self.left, bytes.len());
        if let Some(held) = &mut self.held {
            held.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn spend(left: &Cell<usize>, bytes: usize) {
    left.set(left.get().saturating_sub(bytes));
}

/// Writes values as they are come to: as a tree of JSON, they would take many times as much.
struct Teller<'t> {
    tree: &'t Tree,
    view: &'t View<'t>,
    collected: &'t Collected,
    left: Cell<usize>,
    is_more: Cell<bool>,
}

impl<'t> Teller<'t> {
    fn item(&self, item: Item, depth: usize) -> Told<'_, 't> {
        Told {
            teller: self,
            item,
            depth,
        }
    }

    fn dict(&self, pairs: &'t [(Item, Item)], depth: usize) -> Dict<'_, 't> {
        Dict {
            teller: self,
            pairs,
            depth,
        }
    }

    fn list(&self, items: &'t [Item], depth: usize) -> List<'_, 't> {
        List {
            teller: self,
            items,
            depth,
        }
    }

    /// Whether no more is told: then there is more than tensors, for all that is known.
    fn is_full(&self) -> bool {
        let is_full = self.left.get() == 0;
        self.is_more.set(self.is_more.get() || is_full);
        is_full
    }

    /// The items up to where no more is told.
    fn while_room<T>(&self, items: impl Iterator<Item = T>) -> impl Iterator<Item = Option<T>> {
        let mut is_over = false;
        items.map_while(move |item| {
            if is_over {
                return None;
            }
            is_over = self.is_full();
            Some((!is_over).then_some(item))
        })
    }

    /// What is told of something that is no tensor and no container.
    fn more<S: Serializer>(&self, told: &Json, serializer: S) -> Result<S::Ok, S::Error> {
        self.is_more.set(true);
        told.serialize(serializer)
    }
}

/// An item. Never deeper than [`DEEPEST`].
struct Told<'w, 't> {
    teller: &'w Teller<'t>,
    item: Item,
    depth: usize,
}

impl Serialize for Told<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Told { teller, item, .. } = *self;
        if teller.is_full() {
            return omitted(MORE).serialize(serializer);
        }
        if let Some(value) = teller.tree.scalar(item) {
            return teller.more(&scalar(value, teller.view), serializer);
        }
        let Some(id) = item.id() else {
            return teller.more(&omitted("it is not known"), serializer);
        };
        let depth = self.depth.checked_sub(1);
        if let Some(name) = teller.collected.name_of(id) {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("$tensor", name)?;
            if let Some((given, depth)) = attributes(teller.tree, item).zip(depth) {
                map.serialize_entry("state", &teller.item(given, depth))?;
            }
            return map.end();
        }
        let Some(depth) = depth else {
            return teller.more(&omitted("it lies too deep"), serializer);
        };
        match teller.tree.node(item) {
            Some(Node::Tuple(items) | Node::List(items)) => {
                teller.list(items, depth).serialize(serializer)
            }
            Some(Node::Dict(pairs)) => teller.dict(pairs, depth).serialize(serializer),
            Some(Node::Global(name)) => teller.more(&json!({ "$global": name }), serializer),
            Some(Node::Call(call)) => object(teller, call, depth, serializer),
            Some(Node::Persistent(id)) => {
                teller.is_more.set(true);
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("$persistent", &teller.item(id, depth))?;
                map.end()
            }
            Some(Node::Bytes(_, len)) => teller.more(&json!({ "$bytes": len }), serializer),
            None => teller.more(&Json::Null, serializer),
        }
    }
}

fn omitted(why: &str) -> Json {
    json!({ "$omitted": why })
}

struct List<'w, 't> {
    teller: &'w Teller<'t>,
    items: &'t [Item],
    depth: usize,
}

impl Serialize for List<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for item in self.teller.while_room(self.items.iter()) {
            match item {
                Some(item) => seq.serialize_element(&self.teller.item(*item, self.depth))?,
                None => seq.serialize_element(&omitted(MORE))?,
            }
        }
        seq.end()
    }
}

struct Dict<'w, 't> {
    teller: &'w Teller<'t>,
    pairs: &'t [(Item, Item)],
    depth: usize,
}

impl Serialize for Dict<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Dict { teller, depth, .. } = *self;
        // Of many pairs of one key, one is told, and all are looked at.
        spend(&teller.left, PAIR * self.pairs.len());
        let word = |key: Item| word(teller.tree, key, teller.view);
        // A dict that is told by names must not look like what is told by a sign.
        let is_named =
            |(key, _): &(Item, Item)| word(*key).is_some_and(|key| !key.starts_with('$'));
        // A long key that is there again and again is read once.
        let entries = Entries::of(teller.tree, self.pairs, teller.view);
        if entries.pairs.iter().all(is_named) {
            let mut map = serializer.serialize_map(None)?;
            for pair in teller.while_room(entries.pairs.into_iter()) {
                match pair {
                    Some((key, value)) => {
                        let key = word(key).unwrap_or_default();
                        map.serialize_entry(&key, &teller.item(value, depth))?;
                    }
                    None => map.serialize_entry("$omitted", MORE)?,
                }
            }
            return map.end();
        }
        teller.is_more.set(true);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("$items", &Pairs(self))?;
        map.end()
    }
}

struct Pairs<'d, 'w, 't>(&'d Dict<'w, 't>);

impl Serialize for Pairs<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Dict { teller, depth, .. } = *self.0;
        let mut seq = serializer.serialize_seq(None)?;
        for pair in teller.while_room(self.0.pairs.iter()) {
            match pair {
                Some((key, value)) => {
                    let pair = (teller.item(*key, depth), teller.item(*value, depth));
                    seq.serialize_element(&pair)?;
                }
                None => seq.serialize_element(&omitted(MORE))?,
            }
        }
        seq.end()
    }
}

fn object<S: Serializer>(
    teller: &Teller<'_>,
    call: Call<'_>,
    depth: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let name = teller.tree.global(call.callee);
    let args = teller.tree.tuple(call.args).unwrap_or_default();
    let is_plain = name.is_some_and(|name| PLAIN.contains(&name))
        && call.items.is_empty()
        && !args
            .iter()
            .any(|arg| matches!(teller.tree.node(*arg), Some(Node::List(_))));
    if is_plain {
        return teller.dict(call.pairs, depth).serialize(serializer);
    }
    teller.is_more.set(true);
    let mut map = serializer.serialize_map(None)?;
    match name {
        Some(name) => map.serialize_entry("$call", name)?,
        None => map.serialize_entry("$call", &teller.item(call.callee, depth))?,
    }
    map.serialize_entry("args", &teller.item(call.args, depth))?;
    if let Some(state) = call.state {
        map.serialize_entry("state", &teller.item(state, depth))?;
    }
    if !call.items.is_empty() {
        map.serialize_entry("items", &teller.list(call.items, depth))?;
    }
    if !call.pairs.is_empty() {
        map.serialize_entry("pairs", &teller.dict(call.pairs, depth))?;
    }
    map.end()
}

fn scalar(value: Value, view: &View<'_>) -> Json {
    match view.kind(value) {
        Kind::None => Json::Null,
        Kind::Bool => view.bool(value).into(),
        Kind::Int => match view.int(value, Unpickler::C314) {
            Some(Integer::Small(number)) if (-EXACT..=EXACT).contains(&number) => number.into(),
            Some(Integer::Small(number)) => number.to_string().into(),
            _ => json!({ "$omitted": "a whole number of more than 64 bits" }),
        },
        Kind::Float => match view.float(value, Unpickler::C314) {
            Some(number) if number.is_finite() => number.into(),
            Some(number) => json!({ "$float": number.to_string() }),
            None => Json::Null,
        },
        Kind::Bytes => json!({ "$bytes": view.count(value) }),
        Kind::Str | Kind::EightBitStr if view.count(value) > LONGEST => {
            json!({ "$omitted": format!("a string of {} bytes", view.count(value)) })
        }
        Kind::Str | Kind::EightBitStr => {
            let text = view.text(value, Encoding::Utf8);
            let text = text.or_else(|| view.text(value, Encoding::Latin1));
            text.map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned())
                .into()
        }
        kind => json!({ "$omitted": kind.as_str() }),
    }
}
