//! Where the bytes of a value of a pickle are.

use weighbridge_pickle::{Kind, Value, View};

use super::collect::Asked;
use crate::objects::scalars::{text as text_of, word};
use crate::objects::{Item, Node, Tree};

/// How many bytes are decoded that do not lie in the file as they are.
const DECODED: u64 = 256 << 20;
/// From which length on a view cuts what it decodes, in bytes.
const CUT: usize = 1 << 20;

/// Where the bytes of a value are. In the state of an array, NumPy takes the characters of a text for
/// bytes, and no bytearray.
pub(super) fn held((item, is_state): (Item, bool), tree: &Tree, view: &View<'_>) -> Option<Asked> {
    if let Some(value) = tree.scalar(item) {
        return match view.kind(value) {
            Kind::Str if is_state => encoded(value, view),
            _ => scalar(value, view),
        };
    }
    match tree.node(item)? {
        Node::Bytes(at, len) if !is_state => Some(Asked::Held { at, len }),
        // Python 3 writes bytes so below protocol 3.
        Node::Call(call) if tree.global(call.callee)? == "_codecs.encode" => {
            let [text, encoding] = tree.tuple(call.args)? else {
                return None;
            };
            let encoding = word(tree, *encoding, view)?;
            if !matches!(encoding.as_str(), "latin1" | "latin-1") {
                return None;
            }
            encoded(tree.scalar(*text)?, view)
        }
        // As is nothing.
        Node::Call(call) if tree.global(call.callee)? == "builtins.bytes" => {
            let is_empty = tree.tuple(call.args)?.is_empty();
            is_empty.then(|| Asked::Decoded(Vec::new()))
        }
        _ => None,
    }
}

fn scalar(value: Value, view: &View<'_>) -> Option<Asked> {
    match view.kind(value) {
        Kind::Bytes | Kind::EightBitStr => match view.span(value) {
            Some((at, len)) => Some(Asked::Held { at, len }),
            None => whole(value, view).map(Asked::Decoded),
        },
        _ => None,
    }
}

/// Bytes with escapes, unless they are cut.
fn whole(value: Value, view: &View<'_>) -> Option<Vec<u8>> {
    let bytes = view.bytes(value)?;
    (bytes.len() < CUT).then(|| bytes.into_owned())
}

/// Text each character of which is a byte.
fn encoded(text: Value, view: &View<'_>) -> Option<Asked> {
    if let Some((at, len)) = view.span(text) {
        return (len <= DECODED).then_some(Asked::Text { at, len });
    }
    let text = text_of(text, view)?;
    if text.len() >= CUT {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    bytes.map(Asked::Decoded)
}
