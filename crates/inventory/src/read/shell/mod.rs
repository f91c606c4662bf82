//! Shell: what scripts, steps and recipes run.

mod command;
mod expand;
mod lex;
mod loops;
mod options;

use std::ops::Range;

use super::Finds;
use super::word::Word;
use crate::kind::FileKind;
use crate::reference::Resolution;
use crate::source_file::SourceFile;
use loops::Loops;

pub(crate) use command::run as run_words;
pub(crate) use lex::{Lexer, Variable, Variables, name_of};

/// Reads a script.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    read_with(file, &mut Variables::new(), None, out);
}

/// Reads a script in which these variables are known, and that is run in a container of this image.
pub(crate) fn read_with(
    file: &SourceFile<'_>,
    variables: &mut Variables,
    image: Option<&str>,
    out: &mut Finds,
) {
    // Substitutions are read again; those within them at most so often.
    let mut budget = file.text.len().saturating_mul(4) + 4096;
    let before = out.references.len();
    let whole = 0..file.text.len();
    let mut ranges = vec![whole];
    while let Some(range) = ranges.pop() {
        let Some(left) = budget.checked_sub(range.len()) else {
            break;
        };
        budget = left;
        let mut loops = Loops::new(range.len());
        let mut lexer = Lexer::new(file.text, range);
        lexer.is_make = file.kind == FileKind::Makefile;
        while let Some(command) = lexer.next(variables) {
            if !loops.turn(&command.words, &mut lexer, variables) {
                continue;
            }
            let Some(words) = assignments(&command.words, variables, out) else {
                continue;
            };
            command::run(file, words, &Context { variables, image }, out);
            if let Some(document) = command.document {
                self::document(file, words, command.writes.as_deref(), document, out);
            }
        }
        // What a loop has read again is the same.
        lexer
            .substitutions
            .sort_by_key(|part| (part.start, part.end));
        lexer.substitutions.dedup();
        ranges.append(&mut lexer.substitutions);
    }
    out.forget_repeated(before);
}

/// What a command is run with.
pub(crate) struct Context<'c> {
    pub(crate) variables: &'c Variables,
    /// The image of the container that it is run in.
    pub(crate) image: Option<&'c str>,
}

/// Takes the assignments before a command; they stand for all that follows where there is no command.
fn assignments<'w>(
    words: &'w [Word],
    variables: &mut Variables,
    out: &mut Finds,
) -> Option<&'w [Word]> {
    let declares = |word: &Word| {
        matches!(
            &*word.text,
            "export" | "declare" | "local" | "readonly" | "typeset" | "set" | "setenv"
        )
    };
    let is_declaration = words.first().is_some_and(declares);
    let taken = words.iter().skip(usize::from(is_declaration));
    let taken: Vec<_> = taken
        .take_while(|word| is_declaration || assigned(word).is_some())
        .collect();
    let rest = words
        .get(taken.len() + usize::from(is_declaration)..)
        .unwrap_or_default();
    if !rest.is_empty() && !is_declaration {
        return Some(words);
    }
    let mut pairs = Vec::new();
    for word in taken {
        let Some((name, value)) = assigned(word) else {
            continue;
        };
        let resolution = value.resolution.unwrap_or(Resolution::Constant);
        if value.is_known() {
            let text = value.text.clone();
            variables.insert(name.to_owned(), Variable { text, resolution });
        } else {
            variables.remove(name);
        }
        pairs.push((name.to_owned(), value));
    }
    // A variable alone is no use of a model; the ones of services are.
    if is_declaration {
        super::environment::judge(pairs, out);
    }
    None
}

/// `NAME=value`.
pub(crate) fn assigned(word: &Word) -> Option<(&str, Word)> {
    let name = name_of(&word.text);
    let rest = word.text.get(name.len()..)?;
    if name.is_empty() || !rest.starts_with('=') {
        return None;
    }
    let value = word.part(name.len() + 1..word.text.len());
    Some((name, value))
}

/// The body of a here-document, by what takes it.
fn document(
    file: &SourceFile<'_>,
    words: &[Word],
    writes: Option<&str>,
    body: Range<usize>,
    out: &mut Finds,
) {
    let kind = match writes {
        Some(path) => FileKind::of_name(path.rsplit('/').next().unwrap_or(path)),
        None => words.iter().find_map(|word| interpreter(&word.text)),
    };
    if let Some(kind) = kind {
        let text = file.slice(&body);
        out.within(
            |at| body.start + at,
            |out| super::read_nested(&file.nested(kind, text), out),
        );
    }
}

/// What an interpreter reads.
fn interpreter(program: &str) -> Option<FileKind> {
    let program = program.rsplit('/').next().unwrap_or(program);
    match program {
        "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash" => Some(FileKind::Shell),
        "node" | "bun" | "deno" => Some(FileKind::JavaScript),
        _ if command::is_python(program) => Some(FileKind::Python),
        _ => None,
    }
}

/// What a value with `${NAME:-default}` in it stands for.
pub(crate) fn expanded(word: Word) -> Word {
    if !word.text.contains("${") {
        return word;
    }
    let text = word.text.clone();
    let mut whole = Word::at(word.span.start);
    let mut at = 0;
    let mut resolution = word.resolution;
    let mut lexer = Lexer::new(&text, 0..text.len());
    while let Some(begin) = text
        .get(at..)
        .and_then(|rest| rest.find("${"))
        .map(|begin| at + begin)
    {
        whole.extend(&word, at..begin);
        lexer.seek(begin);
        let part = lexer.expansion_only(&Variables::new());
        for (index, c) in part.text.char_indices() {
            let place = part.place(index).and_then(|inner| word.place(inner));
            whole.push(c, place);
        }
        resolution = part.resolution.or(resolution);
        at = lexer.position().max(begin + 2);
    }
    whole.extend(&word, at.min(text.len())..text.len());
    whole.span = word.span.clone();
    whole.resolution = resolution;
    whole
}
