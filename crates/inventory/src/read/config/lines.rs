//! YAML that its parser cannot read: keys and values by lines and indentation.

use super::tree::Tree;
use crate::read::word::Word;

/// Reads a text into a tree.
pub(super) fn read(text: &str) -> Tree {
    let mut reader = Reader {
        text,
        tree: Tree::default(),
        open: Vec::new(),
        waiting: None,
    };
    reader.tree.begin(false);
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    let lines: Vec<(usize, &str)> = text
        .get(at..)
        .unwrap_or_default()
        .split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line)
        })
        .collect();
    let mut next = 0;
    while let Some(&(start, line)) = lines.get(next) {
        next += 1;
        next += reader.line(start, line, lines.get(next..).unwrap_or_default());
    }
    reader.close(0);
    reader.tree
}

struct Reader<'t> {
    text: &'t str,
    tree: Tree,
    /// The maps and lists that are open, by their indentation.
    open: Vec<(usize, bool)>,
    /// The key that waits for what its next lines hold.
    waiting: Option<Word>,
}

impl Reader<'_> {
    /// Reads a line; gives how many of the next ones belong to it.
    fn line(&mut self, start: usize, line: &str, next: &[(usize, &str)]) -> usize {
        let body = line.trim_end();
        let mut rest = body.trim_start();
        if rest.is_empty()
            || rest.starts_with(['#', '%'])
            || rest.starts_with("{{")
            || rest.starts_with("---")
        {
            return 0;
        }
        let mut at = start + (body.len() - rest.len());
        let mut indent = at - start;
        while let Some(item) = rest
            .strip_prefix("- ")
            .or_else(|| (rest == "-").then_some(""))
        {
            self.enter(indent, false);
            let trimmed = item.trim_start();
            let skipped = rest.len() - trimmed.len();
            at += skipped;
            indent += skipped;
            rest = trimmed;
        }
        let Some((key, value)) = key_and_value(rest) else {
            let value = uncommented(rest);
            if self.open.last().is_some_and(|(_, is_map)| !is_map) && !value.is_empty() {
                self.value(at, value);
            }
            return 0;
        };
        self.enter(indent, true);
        let name = key.trim_end().trim_matches(['"', '\'']);
        let key = Word::aligned(self.text, at..at + key.len(), name);
        let begin = at + (rest.len() - value.len());
        let value = uncommented(value);
        if value.is_empty() {
            self.waiting = Some(key);
            return 0;
        }
        self.tree.key(key);
        if value.starts_with(['|', '>']) && value.len() <= 3 {
            return self.block(indent, next);
        }
        self.value(begin, value);
        0
    }

    /// The lines of a block, as far as they are indented.
    fn block(&mut self, indent: usize, next: &[(usize, &str)]) -> usize {
        let is_inside = |line: &&(usize, &str)| {
            let body = line.1.trim_start();
            body.is_empty() || line.1.len() - body.len() > indent
        };
        let count = next.iter().take_while(is_inside).count();
        let text: String = next
            .iter()
            .take(count)
            .map(|(_, line)| line.trim_start())
            .collect();
        let start = next.first().map_or(self.text.len(), |(start, _)| *start);
        let end = next.get(count).map_or(self.text.len(), |(start, _)| *start);
        let word = Word::aligned(self.text, start..end, &text);
        self.tree.text(word);
        count
    }

    /// A value on the line of its key.
    fn value(&mut self, at: usize, value: &str) {
        if let Some(inner) = value.strip_prefix('[') {
            self.tree.begin(false);
            let mut place = at + 1;
            for item in inner.trim_end_matches(']').split(',') {
                self.scalar(place, item);
                place += item.len() + 1;
            }
            self.tree.end();
        } else {
            self.scalar(at, value);
        }
    }

    fn scalar(&mut self, at: usize, value: &str) {
        let text = value.trim().trim_matches(['"', '\'']);
        let word = Word::aligned(self.text, at..at + value.len(), text);
        self.tree.text(word);
    }

    /// Enters the map or the list of this indentation.
    fn enter(&mut self, indent: usize, is_map: bool) {
        let is_outside =
            |open: &(usize, bool)| open.0 > indent || (open.0 == indent && open.1 != is_map);
        let waits = self.waiting.take();
        // A list may stand at the indentation of its key.
        let begins_list = waits.is_some()
            && !is_map
            && self
                .open
                .last()
                .is_some_and(|open| open.0 == indent && open.1);
        if !begins_list {
            while self.open.last().is_some_and(is_outside) {
                self.open.pop();
                self.tree.end();
            }
        }
        if self.open.last() == Some(&(indent, is_map)) {
            // An item that is a map ends the one before.
            return;
        }
        if let Some(key) = waits {
            self.tree.key(key);
        }
        self.tree.begin(is_map);
        self.open.push((indent, is_map));
    }

    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.open.pop();
            self.tree.end();
        }
    }
}

/// `key: value`, with the blanks before the value left out.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let end = match line.chars().next()? {
        quote @ ('"' | '\'') => {
            let close = line.get(1..)?.find(quote)? + 2;
            close + line.get(close..)?.find(':')?
        }
        _ => line
            .find(": ")
            .or_else(|| line.strip_suffix(':').map(str::len))?,
    };
    let key = line.get(..end)?;
    let fine = |c: char| c.is_alphanumeric() || "_-./\"' <".contains(c);
    let value = line.get(end + 1..)?.trim_start();
    (key.chars().all(fine) && key.len() <= 128).then_some((key, value))
}

/// Without a comment behind it.
fn uncommented(value: &str) -> &str {
    let end = if value.starts_with(['"', '\'']) {
        None
    } else {
        value.find(" #")
    };
    let value = end.and_then(|end| value.get(..end)).unwrap_or(value);
    if value.starts_with('#') {
        ""
    } else {
        value.trim_end()
    }
}
