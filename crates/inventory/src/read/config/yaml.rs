//! YAML by its parser; by lines where it is broken, or a template of something else.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::tree::Tree;
use crate::read::word::Word;

/// How deep it may nest for the parser.
const DEEPEST: usize = 500;

/// Reads every document of a text into one tree.
pub(super) fn read(text: &str) -> Tree {
    by_parser(text).unwrap_or_else(|| super::lines::read(text))
}

fn by_parser(text: &str) -> Option<Tree> {
    // The mark at the beginning is none of the parser's text.
    let begin = text.len() - text.trim_start_matches('\u{feff}').len();
    let body = text.get(begin..)?;
    if flow_depth(body) > DEEPEST {
        return None;
    }
    let index = CharIndex::new(body);
    let mut tree = Tree::default();
    let mut anchors = HashMap::new();
    tree.begin(false);
    for event in Parser::new_from_str(body) {
        let (event, span) = event.ok()?;
        if tree.depth() > DEEPEST {
            return None;
        }
        let place = |marker: usize| begin + index.byte(marker);
        match event {
            Event::MappingStart(anchor, _) => {
                key_if_missing(&mut tree, place(span.start.index()));
                let node = tree.begin(true);
                anchors.insert(anchor, node);
            }
            Event::SequenceStart(anchor, _) => {
                key_if_missing(&mut tree, place(span.start.index()));
                let node = tree.begin(false);
                anchors.insert(anchor, node);
            }
            Event::MappingEnd | Event::SequenceEnd => tree.end(),
            Event::Scalar(value, style, anchor, _) => {
                let start = place(span.start.index());
                let end = place(span.end.index());
                let word = scalar(text, start..end, &value, style);
                if tree.in_map() == Some(true) && !tree.has_key() {
                    tree.key(word);
                } else {
                    let node = tree.text(word);
                    anchors.insert(anchor, node);
                }
            }
            Event::Alias(anchor) => {
                if tree.in_map() == Some(true) && !tree.has_key() {
                    tree.key(Word::at(place(span.start.index())));
                } else if let Some(&node) = anchors.get(&anchor) {
                    tree.alias(node);
                } else {
                    tree.text(Word::at(place(span.start.index())));
                }
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
    }
    tree.end();
    Some(tree)
}

/// A key that is a list or a map itself is none that is known. What follows it is then taken for a key, and
/// the rest of that map for nothing.
fn key_if_missing(tree: &mut Tree, at: usize) {
    if tree.in_map() == Some(true) && !tree.has_key() {
        tree.key(Word::at(at));
    }
}

fn scalar(text: &str, span: Range<usize>, value: &str, style: ScalarStyle) -> Word {
    let written = text.get(span.clone()).unwrap_or_default();
    // The mark of a block and its line are none of its text.
    let lead = match style {
        ScalarStyle::Literal | ScalarStyle::Folded if written.starts_with(['|', '>']) => {
            written.find('\n').map_or(0, |end| end + 1)
        }
        _ => 0,
    };
    Word::aligned(text, span.start + lead..span.end, value)
}

/// How deep brackets nest, at most: one in a string counts as well.
fn flow_depth(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// From characters to bytes.
struct CharIndex<'t> {
    text: &'t str,
    /// The byte of every [`STEP`]th character.
    steps: Vec<usize>,
}

const STEP: usize = 64;

impl<'t> CharIndex<'t> {
    fn new(text: &'t str) -> CharIndex<'t> {
        let steps = text.char_indices().step_by(STEP).map(|(at, _)| at);
        CharIndex {
            text,
            steps: steps.collect(),
        }
    }

    fn byte(&self, character: usize) -> usize {
        let Some(&step) = self.steps.get(character / STEP) else {
            return self.text.len();
        };
        let rest = self.text.get(step..).unwrap_or_default();
        let found = rest.char_indices().nth(character % STEP);
        found.map_or(self.text.len(), |(at, _)| step + at)
    }
}
