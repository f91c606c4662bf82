//! Notebooks: the code of all cells as one text, as it is run; commands and variables of `!` and `%` lines
//! go to the readers of those.

use super::lexer::{Lexer, Style, TokenKind};
use super::{Finds, reader};
use crate::kind::FileKind;
use crate::source_file::SourceFile;

/// A text, and where each of its bytes stands in the file.
#[derive(Default)]
struct Mapped {
    text: String,
    places: Vec<usize>,
}

impl Mapped {
    fn push(&mut self, c: char, place: usize) {
        self.text.push(c);
        self.places.resize(self.text.len(), place);
    }

    /// The lines, with their ends; each with where it begins.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = 0;
        self.text.split_inclusive('\n').map(move |line| {
            at += line.len();
            (at - line.len(), line)
        })
    }

    fn add(&mut self, other: &Mapped, begin: usize, text: &str) {
        self.text.push_str(text);
        let places = other.places.get(begin..begin + text.len());
        self.places.extend_from_slice(places.unwrap_or_default());
        self.places.resize(self.text.len(), 0);
    }

    /// Reads it as a text within the file.
    fn read(&self, kind: FileKind, file: &SourceFile<'_>, out: &mut Finds) {
        let Some(read) = reader(kind).filter(|_| !self.text.trim().is_empty()) else {
            return;
        };
        let place = |at: usize| {
            let behind = || self.places.last().map_or(0, |last| last + 1);
            self.places.get(at).copied().unwrap_or_else(behind)
        };
        out.within(place, |out| read(&file.nested(kind, &self.text), out));
    }
}

/// Reads a notebook.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let mut code = Mapped::default();
    for cell in cells(file.text) {
        let first = cell.text.lines().next().unwrap_or_default().trim();
        if let Some(magic) = first.strip_prefix("%%") {
            if let Some(kind) = magic_kind(magic) {
                let mut rest = Mapped::default();
                for (begin, line) in cell.lines().skip(1) {
                    rest.add(&cell, begin, line);
                }
                if kind == FileKind::Python {
                    code.add(&rest, 0, &rest.text);
                    code.push('\n', 0);
                } else {
                    rest.read(kind, file, out);
                }
            }
            continue;
        }
        lines(&cell, &mut code, file, out);
        let behind = code.places.last().copied().unwrap_or_default();
        code.push('\n', behind);
    }
    code.read(FileKind::Python, file, out);
}

/// What a cell that begins with this magic is written in.
fn magic_kind(magic: &str) -> Option<FileKind> {
    let mut words = magic.split_whitespace();
    match words.next()? {
        "bash" | "sh" | "!" => Some(FileKind::Shell),
        "script" => words
            .any(|word| matches!(word, "bash" | "sh"))
            .then_some(FileKind::Shell),
        "time" | "timeit" | "capture" | "prun" => Some(FileKind::Python),
        "js" | "javascript" => Some(FileKind::JavaScript),
        "writefile" | "file" => FileKind::of_name(words.next_back()?.rsplit('/').next()?),
        _ => None,
    }
}

/// The lines of a cell: code is put to the code of the notebook, commands are read.
fn lines(cell: &Mapped, code: &mut Mapped, file: &SourceFile<'_>, out: &mut Finds) {
    let mut command: Option<(Mapped, FileKind)> = None;
    for (begin, line) in cell.lines() {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if let Some((mut text, kind)) = command.take() {
            // A command that went on.
            text.add(cell, begin, line);
            if content.trim_end().ends_with('\\') {
                command = Some((text, kind));
            } else {
                text.read(kind, file, out);
            }
            code.push('\n', begin);
            continue;
        }
        let Some((kind, skipped)) = magic(content) else {
            code.add(cell, begin, line);
            continue;
        };
        // What stood there is a statement still.
        let start = begin + indent;
        code.add(cell, begin, line.get(..indent).unwrap_or_default());
        for c in "pass\n".chars() {
            let place = cell.places.get(start).copied().unwrap_or_default();
            code.push(c, place);
        }
        let Some(kind) = kind else { continue };
        let mut text = Mapped::default();
        text.add(
            cell,
            start + skipped,
            content.get(skipped..).unwrap_or_default(),
        );
        if content.trim_end().ends_with('\\') {
            command = Some((text, kind));
        } else {
            text.read(kind, file, out);
        }
    }
    if let Some((text, kind)) = command {
        text.read(kind, file, out);
    }
}

/// What a line that is no Python is read as, and how many bytes of it come before that.
fn magic(line: &str) -> Option<(Option<FileKind>, usize)> {
    let begins = |prefix: &str| line.starts_with(prefix).then_some(prefix.len());
    let variable = || begins("%env ").or_else(|| begins("%set_env "));
    if let Some(skipped) = variable() {
        return Some((Some(FileKind::Environment), skipped));
    }
    let command = || {
        begins("!!")
            .or_else(|| begins("!"))
            .or_else(|| begins("%sx "))
    };
    if let Some(skipped) = command().or_else(|| begins("%system ")) {
        return Some((Some(FileKind::Shell), skipped));
    }
    let is_other = line.starts_with('%') || line.starts_with('?');
    is_other.then_some((None, 0))
}

/// The texts of the code cells. Only tokens are looked at, so a broken file still has cells.
fn cells(text: &str) -> Vec<Mapped> {
    let cells = cells_at(text, 3, "source");
    if cells.is_empty() && text.contains("\"worksheets\"") {
        // Before format 4 they were cells of sheets.
        return cells_at(text, 5, "input");
    }
    cells
}

/// The same of cells that stand so deep (in an object, in its list), whose text has this key.
fn cells_at(text: &str, cell: usize, source_key: &str) -> Vec<Mapped> {
    let list = cell + 1;
    let mut cells = Vec::new();
    let mut depth = 0_usize;
    let mut key: Option<&str> = None;
    let mut is_value = false;
    let (mut is_code, mut source) = (false, Mapped::default());
    for token in Lexer::new(text, Style::JavaScript) {
        let raw = text.get(token.span.clone()).unwrap_or_default();
        match token.kind {
            TokenKind::Sign(b'{' | b'[') => {
                depth += 1;
                if depth == cell {
                    (is_code, source) = (false, Mapped::default());
                }
                if depth != list {
                    is_value = false;
                }
            }
            TokenKind::Sign(b'}' | b']') => {
                if depth == cell && std::mem::take(&mut is_code) {
                    cells.push(std::mem::take(&mut source));
                }
                depth = depth.saturating_sub(1);
                is_value = false;
            }
            TokenKind::Sign(b':') => is_value = true,
            TokenKind::Sign(b',') if depth <= cell => is_value = false,
            TokenKind::Text(_) if depth == cell && !is_value => {
                key = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
            }
            TokenKind::Text(_) if depth == cell && key == Some("cell_type") => {
                is_code = raw == "\"code\"";
            }
            TokenKind::Text(_)
                if (depth == cell || depth == list) && key == Some(source_key) && is_value =>
            {
                decode(raw, token.span.start, &mut source);
            }
            _ => {}
        }
    }
    cells
}

/// Puts the text of a JSON string to another.
fn decode(raw: &str, start: usize, into: &mut Mapped) {
    let mut chars = raw.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let place = start + at;
        match c {
            '"' => return,
            '\\' => {
                let Some((_, escaped)) = chars.next() else {
                    return;
                };
                let c = match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' | 'f' => ' ',
                    'u' => {
                        let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&digits, 16).ok();
                        code.and_then(char::from_u32)
                            .unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    other => other,
                };
                into.push(c, place);
            }
            c => into.push(c, place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_places() {
        let text = r#"{"cells": [{"cell_type": "markdown", "source": ["no"]}, {"source": ["a = \"é\"\n", "b"], "outputs": [{"text": ["no"]}], "cell_type": "code"}, {"cell_type": "code", "metadata": {"source": "no"}, "source": "c\u00e9"}]}"#;
        let cells = cells(text);
        let texts: Vec<&str> = cells.iter().map(|cell| &*cell.text).collect();
        assert_eq!(texts, ["a = \"é\"\nb", "cé"]);
        let at = cells[0].places[cells[0].text.find('b').unwrap()];
        assert_eq!(&text[at..=at], "b");
        assert_eq!(cells[0].places.len(), cells[0].text.len());
        let old = r#"{"worksheets": [{"cells": [{"cell_type": "code", "input": ["a"], "outputs": [{"text": "no"}]}]}]}"#;
        assert_eq!(super::cells(old)[0].text, "a");
        assert!(super::cells("{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"x").is_empty());
    }

    #[test]
    fn lines_tell_what_they_are() {
        assert_eq!(magic("!hf download x"), Some((Some(FileKind::Shell), 1)));
        assert_eq!(magic("%env A=b"), Some((Some(FileKind::Environment), 5)));
        assert_eq!(magic("%pip install x"), Some((None, 0)));
        assert_eq!(magic("a % b"), None);
    }
}
