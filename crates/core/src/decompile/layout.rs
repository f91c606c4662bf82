//! From an expression to lines.

use super::item::{CLOSE, NEXT, OPEN};

/// How long a line may grow before it is broken, in characters.
const WIDTH: usize = 96;
/// From how many characters before that on a line that is filled is full.
const FILLED: usize = 12;
/// By how much an inner line is indented.
const INDENT: usize = 4;

/// Breaks a statement where it is long: brackets that do not fit a line get a line for each item, or
/// as many items a line as fit where they hold no brackets of their own.
pub(super) fn lines(statement: &str) -> Vec<String> {
    let mut widths = widths(statement).into_iter();
    let mut lines = Lines::default();
    let mut groups: Vec<Group> = Vec::new();
    let mut before = ' ';
    for c in statement.chars() {
        match c {
            OPEN => {
                let group = widths.next().unwrap_or_default();
                let group = Group::of(group, groups.len(), before);
                groups.push(group);
                if group != Group::Flat {
                    lines.end(depth(&groups));
                }
            }
            NEXT => match groups.last() {
                Some(Group::Broken) => lines.end_item(depth(&groups)),
                Some(Group::Filled) if lines.width >= WIDTH - FILLED => {
                    lines.end_item(depth(&groups));
                }
                _ => [',', ' '].into_iter().for_each(|c| lines.push(c)),
            },
            CLOSE => {
                if groups.pop().is_some_and(|group| group != Group::Flat) {
                    lines.end(depth(&groups));
                }
            }
            c => lines.push(c),
        }
        before = c;
    }
    lines.done.push(lines.line);
    lines.done
}

/// How a pair of brackets is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    /// On the line.
    Flat,
    /// As many items a line as fit.
    Filled,
    /// An item a line.
    Broken,
}

impl Group {
    fn of(measured: Measured, depth: usize, before: char) -> Group {
        if measured.width + depth * INDENT <= WIDTH {
            Group::Flat
        } else if measured.inner || before == '{' {
            Group::Broken
        } else {
            Group::Filled
        }
    }
}

fn depth(groups: &[Group]) -> usize {
    groups.iter().filter(|&&group| group != Group::Flat).count()
}

#[derive(Default)]
struct Lines {
    done: Vec<String>,
    line: String,
    width: usize,
}

impl Lines {
    fn push(&mut self, c: char) {
        self.line.push(c);
        self.width += 1;
    }

    fn end_item(&mut self, depth: usize) {
        self.push(',');
        self.end(depth);
    }

    fn end(&mut self, depth: usize) {
        self.done.push(std::mem::take(&mut self.line));
        self.line = " ".repeat(depth * INDENT);
        self.width = self.line.len();
    }
}

#[derive(Clone, Copy, Default)]
struct Measured {
    /// How many characters it takes on one line.
    width: usize,
    /// Whether there are brackets in it.
    inner: bool,
}

/// How wide each pair of brackets is, in the order of the opening ones.
fn widths(statement: &str) -> Vec<Measured> {
    let mut measured: Vec<Measured> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for c in statement.chars() {
        match c {
            OPEN => {
                if let Some(&(_, outer)) = open.last()
                    && let Some(outer) = measured.get_mut(outer)
                {
                    outer.inner = true;
                }
                open.push((at, measured.len()));
                measured.push(Measured::default());
            }
            CLOSE => {
                if let Some((from, index)) = open.pop()
                    && let Some(group) = measured.get_mut(index)
                {
                    group.width = at - from;
                }
            }
            NEXT => at += 2,
            _ => at += 1,
        }
    }
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(text: &str) -> String {
        let text = text
            .replace('[', &format!("[{OPEN}"))
            .replace(']', &format!("{CLOSE}]"))
            .replace(", ", &NEXT.to_string());
        lines(&text).join("\n")
    }

    #[test]
    fn short_statements_stay_on_a_line() {
        assert_eq!(laid_out("_0 = [1, [2, 3], []]"), "_0 = [1, [2, 3], []]");
    }

    #[test]
    fn long_brackets_are_broken_from_the_outside() {
        let word = "w".repeat(60);
        let text = format!("_0 = [{word}, [1, 2], {word}, x]");
        let broken = format!("_0 = [\n    {word},\n    [1, 2],\n    {word},\n    x\n]");
        assert_eq!(laid_out(&text), broken);
    }

    #[test]
    fn many_short_items_fill_lines() {
        let numbers: Vec<String> = (1000..1040).map(|number| number.to_string()).collect();
        let text = laid_out(&format!("_0 = [{}]", numbers.join(", ")));
        assert_eq!(text.lines().count(), 5);
        assert!(text.lines().all(|line| line.len() <= WIDTH + 8), "{text}");
    }
}
