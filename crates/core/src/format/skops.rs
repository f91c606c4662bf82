//! Archives of skops (`skops/io/`): arrays, and a `schema.json` that says which classes and functions loading imports
//! and makes objects of. `skops.io.load` itself asks for a list of trusted names; with one taken from the file, as
//! `get_untrusted_types` gives it, it loads anything.

use std::ops::ControlFlow;

use crate::analysis::{Content, Walk};
use crate::escape;
use crate::format::torch_archive::tell;
use crate::gap::{Gap, GapReason};
use crate::observer::{Named, OddityKind, Role};
use crate::safetensors::json::{Event, JsonProblem, Reader};

/// The member that describes the objects.
pub(crate) const SCHEMA: &[u8] = b"schema.json";

/// What a member is for.
pub(crate) fn role(name: &[u8]) -> Option<Role> {
    match name {
        SCHEMA => Some(Role::SkopsSchema),
        _ if name.ends_with(b".bin") => Some(Role::Resource),
        _ => None,
    }
}

/// Kinds of nodes that make plain values, or name something.
const LOADERS: &[&str] = &[
    "BytearrayNode",
    "BytesNode",
    "CachedNode",
    "DTypeNode",
    "DefaultDictNode",
    "DictNode",
    "FunctionNode",
    "JsonNode",
    "ListNode",
    "MaskedArrayNode",
    "NdArrayNode",
    "PartialNode",
    "RandomGeneratorNode",
    "RandomStateNode",
    "SetNode",
    "SliceNode",
    "SparseMatrixNode",
    "TupleNode",
    "TypeNode",
];
/// Kinds of nodes that make an object of the class that they name and give it a state.
const BUILDERS: &[&str] = &[
    "LossNode",
    "ObjectNode",
    "QuantileForestNode",
    "TreeNode",
    "_DictWithDeprecatedKeysNode",
];

/// What an object of the schema says of itself.
#[derive(Default)]
struct Node {
    /// The module, under each key that names one.
    module: Option<String>,
    class: Option<String>,
    loader: Option<String>,
    begins: usize,
}

/// Examines a schema.
pub(crate) fn schema(walk: &mut Walk<'_>, content: &Content<'_>, bytes: &[u8]) -> ControlFlow<()> {
    let malformed = |words: String, at: usize| {
        let at = at as u64;
        Gap::new(GapReason::Malformed, words).at(at, content.source.len().saturating_sub(at))
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        let gap = malformed("the schema is no UTF-8".to_owned(), 0);
        return walk.teller.gap(content, &gap);
    };
    let mut nodes = Nodes {
        reader: Reader::new(text),
        open: Vec::new(),
        key: None,
        twice: None,
    };
    loop {
        match nodes.next() {
            Ok(Some(node)) => tell_of(walk, content, &node, nodes.reader.at())?,
            Ok(None) => break,
            Err(problem) => {
                let gap = malformed(
                    format!("the schema is no JSON: {problem}"),
                    nodes.reader.at(),
                );
                return walk.teller.gap(content, &gap);
            }
        }
    }
    match nodes.twice {
        Some(at) => {
            let words =
                "an object of the schema names its class twice: readers take the first or the last";
            walk.teller.gap(content, &malformed(words.to_owned(), at))
        }
        None => ControlFlow::Continue(()),
    }
}

/// Goes through the objects of a schema.
struct Nodes<'a> {
    reader: Reader<'a>,
    open: Vec<Option<Node>>,
    key: Option<Key>,
    /// Where an object names something twice.
    twice: Option<usize>,
}

#[derive(Clone, Copy)]
enum Key {
    Module,
    Class,
    Loader,
}

impl Nodes<'_> {
    /// The next object that is at its end and names anything.
    fn next(&mut self) -> Result<Option<Node>, JsonProblem> {
        while let Some(event) = self.reader.next()? {
            let key = self.key.take();
            match event {
                Event::BeginObject => self.open.push(Some(Node {
                    begins: self.reader.start(),
                    ..Node::default()
                })),
                Event::BeginArray => self.open.push(None),
                Event::EndObject | Event::EndArray => {
                    let ended = self.open.pop().flatten();
                    if let Some(node) = ended.filter(Node::names_anything) {
                        return Ok(Some(node));
                    }
                }
                Event::Key(name) => {
                    self.key = [
                        ("__module__", Key::Module),
                        ("__class__", Key::Class),
                        ("__loader__", Key::Loader),
                    ]
                    .into_iter()
                    .find_map(|(word, key)| name.is(word).then_some(key));
                }
                Event::Str(value) => self.take(key, value.decode().into_owned()),
                // A name that is no string is none that can be imported: it is told as one.
                Event::Number(_) | Event::Bool(_) | Event::Null => self.take(key, "?".to_owned()),
            }
        }
        Ok(None)
    }

    fn take(&mut self, key: Option<Key>, value: String) {
        let (Some(key), Some(Some(node))) = (key, self.open.last_mut()) else {
            return;
        };
        let slot = match key {
            Key::Module => &mut node.module,
            Key::Class => &mut node.class,
            Key::Loader => &mut node.loader,
        };
        if slot.replace(value).is_some() {
            self.twice = Some(self.reader.start());
        }
    }
}

impl Node {
    fn names_anything(&self) -> bool {
        self.module.is_some() || self.class.is_some() || self.loader.is_some()
    }
}

/// Tells what a node imports and how it makes an object of that.
fn tell_of(walk: &mut Walk<'_>, content: &Content<'_>, node: &Node, end: usize) -> ControlFlow<()> {
    let len = end - node.begins;
    let word = |part: &Option<String>| part.clone().unwrap_or_default();
    let (module, name, loader) = (word(&node.module), word(&node.class), word(&node.loader));
    let is_built = BUILDERS.contains(&&*loader);
    walk.teller.named(
        content,
        &Named {
            module: &module,
            name: &name,
            is_built,
            offset: node.begins as u64,
            len: len as u64,
        },
    )?;
    if is_built || LOADERS.contains(&&*loader) {
        return ControlFlow::Continue(());
    }
    let told = escape::cut(&loader, 200);
    let detail = format!(
        "an object of {} is made as a {told}, which calls what the file says in a way that is not known",
        escape::cut(&format!("{module}.{name}"), 200)
    );
    tell(
        walk,
        content,
        (OddityKind::SkopsLoader, &told),
        (node.begins, len),
        &detail,
    )
}
