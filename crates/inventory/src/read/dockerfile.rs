//! Dockerfiles: what is run, what is set, what is added, what is started.

use std::ops::Range;

use super::shell::{self, Context, Variables};
use super::word::Word;
use super::{Finds, config, environment, value};
use crate::kind::FileKind;
use crate::reference::Resolution;
use crate::source_file::SourceFile;

/// Reads a Dockerfile.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let mut stage = Stage {
        file,
        variables: Variables::new(),
        image: String::new(),
        entry: Vec::new(),
        out,
    };
    let mut at = 0;
    while at < file.text.len() {
        let (instruction, next) = instruction(file.text, at);
        stage.instruction(instruction);
        at = next;
    }
}

/// The next instruction, with its continued lines and here-documents, and where the one after it begins.
fn instruction(text: &str, start: usize) -> (Range<usize>, usize) {
    let mut at = start;
    let mut document: Option<String> = None;
    let mut first = true;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        at += line.len();
        let body = line.trim();
        if let Some(end) = &document {
            if body == end {
                break;
            }
            continue;
        }
        if first
            && let Some((_, tail)) = line.split_once("<<")
            && runs(body)
        {
            let end = tail.trim_start_matches('-').trim_matches(['"', '\'']);
            let end = end
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default();
            if !end.is_empty() {
                document = Some(end.to_owned());
                first = false;
                continue;
            }
        }
        // A comment or an empty line within does not end it.
        let is_continued =
            body.ends_with('\\') || (!first && (body.is_empty() || body.starts_with('#')));
        first = false;
        if !is_continued {
            break;
        }
    }
    (start..at, at)
}

fn runs(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    ["RUN", "COPY", "ADD"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

struct Stage<'s, 'f> {
    file: &'s SourceFile<'f>,
    variables: Variables,
    image: String,
    entry: Vec<Word>,
    out: &'s mut Finds,
}

impl Stage<'_, '_> {
    fn instruction(&mut self, span: Range<usize>) {
        let text = self.file.slice(&span);
        let trimmed = text.trim_start();
        if trimmed.starts_with('#') {
            return;
        }
        let begin = span.start + (text.len() - trimmed.len());
        let name = trimmed.split_whitespace().next().unwrap_or_default();
        let rest = begin + name.len()..span.end;
        match &*name.to_ascii_uppercase() {
            "FROM" => self.from(rest),
            "ENV" | "ARG" => self.set(rest),
            "RUN" => self.run(rest),
            "ENTRYPOINT" => {
                self.entry = self.words(&rest).unwrap_or_default();
                self.start(rest, true);
            }
            "CMD" => self.start(rest, false),
            "HEALTHCHECK" | "ONBUILD" => {
                let inner = self.file.slice(&rest);
                let at = ["CMD", "RUN"]
                    .iter()
                    .find_map(|word| Some(inner.find(word)? + word.len()));
                if let Some(at) = at {
                    self.run(rest.start + at..rest.end);
                }
            }
            "ADD" => self.add(rest),
            _ => {}
        }
    }

    /// The words of an instruction, as a shell has them.
    fn lexed(&self, span: &Range<usize>) -> Vec<Word> {
        let mut lexer = shell::Lexer::new(self.file.text, span.clone());
        let mut words = Vec::new();
        while let Some(command) = lexer.next(&self.variables) {
            words.extend(command.words);
        }
        words
    }

    /// The words of `["program", "argument"]`.
    fn words(&self, span: &Range<usize>) -> Option<Vec<Word>> {
        let text = self.file.slice(span);
        let is_list = text.trim_start().starts_with('[');
        is_list.then(|| config::strings(self.file.text, span))
    }

    fn from(&mut self, rest: Range<usize>) {
        let words = self.lexed(&rest);
        self.entry.clear();
        let Some(image) = words.iter().find(|word| !word.text.starts_with("--")) else {
            return;
        };
        self.image.clone_from(&image.text);
        config::image(image, self.out);
    }

    /// `NAME=value …`, and the old `ENV NAME value`.
    fn set(&mut self, rest: Range<usize>) {
        let words = self.lexed(&rest);
        let mut given: Vec<(String, Word)> = words
            .iter()
            .filter_map(|word| shell::assigned(word).map(|(name, value)| (name.to_owned(), value)))
            .collect();
        if given.is_empty()
            && let [name, value] = &*words
        {
            given.push((name.text.clone(), value.clone()));
        }
        for (name, value) in &given {
            if value.is_known() {
                let variable = shell::Variable {
                    text: value.text.clone(),
                    resolution: Resolution::Constant,
                };
                self.variables.insert(name.clone(), variable);
            }
        }
        environment::judge(given, self.out);
    }

    fn run(&mut self, rest: Range<usize>) {
        if let Some(words) = self.words(&rest) {
            self.argv(&words, false);
            return;
        }
        let text = self.file.slice(&rest);
        // A here-document alone is the script.
        let trimmed = text.trim_start();
        let is_document = trimmed.starts_with("<<");
        let skipped = match trimmed.find('\n').filter(|_| is_document) {
            Some(end) => text.len() - trimmed.len() + end,
            None => 0,
        };
        let text = text.get(skipped..).unwrap_or_default();
        // Options of the instruction itself, and comments between its lines.
        let text = blanked(text);
        let start = rest.start + skipped;
        let file = self.file.nested(FileKind::Shell, &text);
        let variables = &mut self.variables;
        self.out.within(
            |at| start + at,
            |out| shell::read_with(&file, variables, None, out),
        );
    }

    /// What is started: the entry point and its arguments.
    fn start(&mut self, rest: Range<usize>, is_entry: bool) {
        let Some(words) = self.words(&rest) else {
            let text = self.file.slice(&rest).to_owned();
            let file = self.file.nested(FileKind::Shell, &text);
            let (variables, image) = (&mut self.variables, &*self.image);
            self.out.within(
                |at| rest.start + at,
                |out| shell::read_with(&file, variables, Some(image), out),
            );
            return;
        };
        if is_entry {
            self.argv(&words, true);
        } else {
            let is_argument = words.first().is_some_and(|word| word.text.starts_with('-'));
            let mut whole = if is_argument {
                self.entry.clone()
            } else {
                Vec::new()
            };
            whole.extend(words);
            self.argv(&whole, true);
        }
    }

    fn argv(&mut self, words: &[Word], in_image: bool) {
        let words: Vec<Word> = words.iter().cloned().map(shell::expanded).collect();
        let context = Context {
            variables: &self.variables,
            image: in_image.then_some(&*self.image),
        };
        shell::run_words(self.file, &words, &context, self.out);
    }

    fn add(&mut self, rest: Range<usize>) {
        for word in self.lexed(&rest) {
            if let Some(mut found) = value::address(&word).or_else(|| value::weights(&word)) {
                "ADD".clone_into(&mut found.call);
                self.out.reference(found);
            }
        }
    }
}

/// Lines that are comments, blanked out: they do not end what is continued.
fn blanked(text: &str) -> String {
    let line = |line: &str| {
        let is_comment = line.trim_start().starts_with('#');
        if is_comment {
            // A backslash, so that the next line goes on.
            let end = line.len() - line.trim_end_matches(['\n', '\r']).len();
            let blank = line.len().saturating_sub(end + 1);
            let mut text = " ".repeat(blank);
            text.push('\\');
            text.push_str(line.get(line.len() - end..).unwrap_or_default());
            text
        } else {
            line.to_owned()
        }
    };
    text.split_inclusive('\n').map(line).collect()
}
