//! Everything in a pickle that is no tensor, as JSON: plain values as they are, tensors by name, and what
//! is neither by what makes it.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};
use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{Encoding, Kind, Unpickler, Value, View};

use crate::json;
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

/// The values that a pickle gives. Tensors are told by the names in `names`, by their nodes.
pub(super) fn json(made: &Made<'_, '_>, names: &HashMap<u32, String>) -> String {
    let mut teller = Teller {
        tree: made.tree,
        view: made.view,
        names,
        left: MOST,
    };
    json::line(&teller.item(made.root, DEEPEST))
}

struct Teller<'t> {
    tree: &'t Tree,
    view: &'t View<'t>,
    names: &'t HashMap<u32, String>,
    left: usize,
}

impl Teller<'_> {
    /// Never deeper than [`DEEPEST`].
    fn item(&mut self, item: Item, depth: usize) -> Json {
        let Some(left) = self.left.checked_sub(1) else {
            return json!({ "$omitted": "there is more than is told" });
        };
        self.left = left;
        let id = match item {
            Item::Scalar(value) => return scalar(value, self.view),
            Item::Opaque => return json!({ "$omitted": "it is not known" }),
            Item::Node(id) => id,
        };
        if let Some(name) = self.names.get(&id) {
            let given = attributes(self.tree, item).zip(depth.checked_sub(1));
            return match given {
                Some((given, depth)) => {
                    json!({ "$tensor": name, "state": self.item(given, depth) })
                }
                None => json!({ "$tensor": name }),
            };
        }
        let Some(depth) = depth.checked_sub(1) else {
            return json!({ "$omitted": "it lies too deep" });
        };
        match self.tree.node(item) {
            Some(Node::Tuple(items) | Node::List(items)) => self.list(items, depth),
            Some(Node::Dict(pairs)) => self.dict(pairs, depth),
            Some(Node::Global(name)) => json!({ "$global": name }),
            Some(Node::Call(call)) => self.object(call, depth),
            Some(Node::Persistent(id)) => json!({ "$persistent": self.item(*id, depth) }),
            Some(Node::Bytes(_, len)) => json!({ "$bytes": len }),
            None => Json::Null,
        }
    }

    fn list(&mut self, items: &[Item], depth: usize) -> Json {
        items.iter().map(|item| self.item(*item, depth)).collect()
    }

    fn dict(&mut self, pairs: &[(Item, Item)], depth: usize) -> Json {
        let keys: Option<Vec<String>> =
            pairs.iter().map(|(key, _)| word(*key, self.view)).collect();
        // A dict that is told by names must not look like what is told by a sign.
        let keys = keys.filter(|keys| !keys.iter().any(|key| key.starts_with('$')));
        match keys {
            Some(keys) => {
                let mut object = Map::new();
                for (key, (_, value)) in keys.into_iter().zip(pairs) {
                    object.insert(key, self.item(*value, depth));
                }
                Json::Object(object)
            }
            None => {
                let items = pairs.iter();
                let items = items.map(|(key, value)| {
                    Json::Array(vec![self.item(*key, depth), self.item(*value, depth)])
                });
                json!({ "$items": items.collect::<Vec<_>>() })
            }
        }
    }

    fn object(&mut self, call: &Call, depth: usize) -> Json {
        let name = self.tree.global(call.callee);
        let args = self.tree.tuple(call.args).unwrap_or_default();
        let is_plain = name.is_some_and(|name| PLAIN.contains(&name))
            && call.items.is_empty()
            && !args
                .iter()
                .any(|arg| matches!(self.tree.node(*arg), Some(Node::List(_))));
        if is_plain {
            return self.dict(&call.pairs, depth);
        }
        let mut object = Map::new();
        let callee = match name {
            Some(name) => Json::from(name),
            None => self.item(call.callee, depth),
        };
        object.insert("$call".to_owned(), callee);
        object.insert("args".to_owned(), self.item(call.args, depth));
        if let Some(state) = call.state {
            object.insert("state".to_owned(), self.item(state, depth));
        }
        if !call.items.is_empty() {
            object.insert("items".to_owned(), self.list(&call.items, depth));
        }
        if !call.pairs.is_empty() {
            object.insert("pairs".to_owned(), self.dict(&call.pairs, depth));
        }
        Json::Object(object)
    }
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
