//! A configuration as a tree, whatever it is written in. Nodes lie in one list and know their parents, so
//! that no walk has to descend.

use crate::read::word::Word;

/// A value.
#[derive(Debug)]
pub(super) enum Content {
    /// A string, or what is written without quotes.
    Text(Word),
    List(Vec<usize>),
    Map(Vec<usize>),
    /// The same as another node.
    Alias(usize),
}

/// A value and its key.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) parent: Option<usize>,
    pub(super) key: Option<Word>,
    pub(super) content: Content,
}

/// The values of a file. A parent comes before its children.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    open: Vec<usize>,
    key: Option<Word>,
    /// Whether more was left out.
    pub(super) is_full: bool,
}

/// How many values of a file are kept.
pub(super) const MOST_VALUES: usize = 250_000;

impl Tree {
    fn add(&mut self, content: Content) -> usize {
        let index = self.nodes.len();
        let parent = self.open.last().copied();
        let key = self.key.take();
        self.nodes.push(Node {
            parent,
            key,
            content,
        });
        if let Some(Content::List(children) | Content::Map(children)) = parent
            .and_then(|parent| self.nodes.get_mut(parent))
            .map(|node| &mut node.content)
        {
            children.push(index);
        }
        index
    }

    /// The key of the value that comes next.
    pub(super) fn key(&mut self, key: Word) {
        self.key = Some(key);
    }

    /// A text. Numbers are kept only where they may be a revision, or stand at an id: vocabularies have nothing else.
    pub(super) fn text(&mut self, text: Word) -> usize {
        let is_number = text
            .text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let may_be_revision = |key: &Word| {
            let key = key.text.to_ascii_lowercase();
            ["rev", "commit", "tag", "value", "/"]
                .iter()
                .any(|part| key.contains(part))
        };
        let is_needless =
            is_number && !text.text.is_empty() && !self.key.as_ref().is_some_and(may_be_revision);
        if is_needless || self.nodes.len() >= MOST_VALUES {
            self.is_full |= !is_needless;
            self.key = None;
            return usize::MAX;
        }
        self.add(Content::Text(text))
    }

    pub(super) fn alias(&mut self, target: usize) -> usize {
        self.add(Content::Alias(target))
    }

    pub(super) fn begin(&mut self, is_map: bool) -> usize {
        if self.nodes.len() >= MOST_VALUES {
            self.is_full = true;
            self.key = None;
            self.open.push(usize::MAX);
            return usize::MAX;
        }
        let content = if is_map {
            Content::Map(Vec::new())
        } else {
            Content::List(Vec::new())
        };
        let index = self.add(content);
        self.open.push(index);
        index
    }

    pub(super) fn end(&mut self) {
        self.key = None;
        self.open.pop();
    }

    /// Whether what is open is a map.
    pub(super) fn in_map(&self) -> Option<bool> {
        let node = self.nodes.get(*self.open.last()?)?;
        Some(matches!(node.content, Content::Map(_)))
    }

    /// Whether a key waits for its value.
    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// A node, or the one that it is the same as.
    pub(super) fn resolved(&self, index: usize) -> Option<&Node> {
        let node = self.node(index)?;
        match node.content {
            Content::Alias(target) => self.node(target),
            _ => Some(node),
        }
    }

    pub(super) fn children(&self, index: usize) -> &[usize] {
        match self.resolved(index).map(|node| &node.content) {
            Some(Content::List(children) | Content::Map(children)) => children,
            _ => &[],
        }
    }

    /// The text of a node; that of an alias stands elsewhere.
    pub(super) fn text_of(&self, index: usize) -> Option<&Word> {
        match &self.resolved(index)?.content {
            Content::Text(word) => Some(word),
            _ => None,
        }
    }

    /// The child of a map under a key.
    pub(super) fn child(&self, index: usize, key: &str) -> Option<usize> {
        let mut children = self.children(index).iter().copied();
        children.find(|child| self.key_of(*child) == Some(key))
    }

    pub(super) fn key_of(&self, index: usize) -> Option<&str> {
        Some(&*self.node(index)?.key.as_ref()?.text)
    }

    /// Every text, in order.
    pub(super) fn into_texts(self) -> Vec<Word> {
        let texts = self
            .nodes
            .into_iter()
            .filter_map(|node| match node.content {
                Content::Text(word) => Some(word),
                _ => None,
            });
        texts.collect()
    }

    /// The named keys around a node, the nearest first; its own is not one of them.
    pub(super) fn around(&self, index: usize) -> impl Iterator<Item = &str> {
        let parent = |index: &usize| self.node(*index).and_then(|node| node.parent);
        std::iter::successors(parent(&index), parent)
            .filter_map(|index| self.key_of(index))
            .take(4)
    }
}
