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

/// How deep values are told, and how many.
const DEEPEST: usize = 64;
const MOST: usize = 1 << 20;
/// How many bytes of a string are told.
const LONGEST: u64 = 1 << 16;
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

/// The values that a pickle gives. Tensors are told by their names. Where the text is not wanted, as much of
/// it as tells whether there is more than tensors is made and not held.
pub(super) fn told(made: &Made, view: &View<'_>, collected: &Collected, is_wanted: bool) -> Values {
    let teller = Teller {
        tree: &made.tree,
        view,
        collected,
        left: Cell::new(MOST),
        is_more: Cell::new(false),
    };
    let root = teller.item(made.root, DEEPEST);
    let json = is_wanted.then(|| json::line(&root));
    if !is_wanted {
        // Nothing fails to be thrown away.
        let _written = json::write(&mut io::sink(), &root);
    }
    Values {
        json,
        is_more: teller.is_more.get(),
    }
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
        let omitted = |why: &str| json!({ "$omitted": why });
        let Some(left) = teller.left.get().checked_sub(1) else {
            return teller.more(&omitted("there is more than is told"), serializer);
        };
        teller.left.set(left);
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

struct List<'w, 't> {
    teller: &'w Teller<'t>,
    items: &'t [Item],
    depth: usize,
}

impl Serialize for List<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = self.items.iter();
        serializer.collect_seq(items.map(|item| self.teller.item(*item, self.depth)))
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
        let word = |key: Item| word(teller.tree, key, teller.view);
        // A dict that is told by names must not look like what is told by a sign.
        let is_named =
            |(key, _): &(Item, Item)| word(*key).is_some_and(|key| !key.starts_with('$'));
        if self.pairs.iter().all(is_named) {
            let entries = Entries::of(teller.tree, self.pairs, teller.view);
            let mut map = serializer.serialize_map(None)?;
            for (key, value) in entries.pairs {
                let key = word(key).unwrap_or_default();
                map.serialize_entry(&key, &teller.item(value, depth))?;
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
        for (key, value) in self.0.pairs {
            seq.serialize_element(&(teller.item(*key, depth), teller.item(*value, depth)))?;
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
