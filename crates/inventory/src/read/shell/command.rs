//! A command: which row it is, and what its words are to it.

use super::options::pairs;
use super::{Context, assigned, interpreter};
use crate::id::{self, Judged};
use crate::kind::FileKind;
use crate::knowledge::{self, CommandRow, Form};
use crate::read::keys;
use crate::read::word::{UNKNOWN, Word};
use crate::read::{Finds, Found, environment, read_nested, value};
use crate::reference::{Hub, Kind, Origin, Resolution};
use crate::source_file::SourceFile;

/// Commands that only show their words, or look for them.
const SHOWING: &[&str] = &[
    ":", "[", "[[", "alias", "awk", "cat", "cd", "cp", "echo", "fail", "find", "grep", "info",
    "log", "ls", "mkdir", "mv", "printf", "rg", "rm", "sed", "tar", "test", "touch", "type",
    "warn", "which",
];

/// How many words of a command are looked at.
const MOST_WORDS: usize = 2000;

/// Judges the words of a command. Their places are those of the text of `file`.
pub(crate) fn run(file: &SourceFile<'_>, words: &[Word], context: &Context<'_>, out: &mut Finds) {
    let words = words.get(..MOST_WORDS).unwrap_or(words);
    let mut environment = Vec::new();
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        if let Some((name, value)) = assigned(first) {
            environment.push((name.to_owned(), value));
        } else if !is_lead(&first.text) {
            break;
        }
        words = rest;
    }
    let Some(program) = words.first().map(|word| base(&word.text).to_owned()) else {
        return;
    };
    if SHOWING.contains(&&*program) {
        return;
    }
    if script(file, words, out) {
        return;
    }
    let line = Line {
        words,
        environment: &environment,
        context,
    };
    let known = line.row();
    // Options alone: the program is the one of an image.
    let is_option = words.first().is_some_and(|word| word.text.starts_with('-'));
    let first = usize::from(!is_option);
    let begin = known.map_or(first, |(_, begin)| begin);
    let before = out.references.len();
    let is_loaded = match known {
        Some((row, begin)) => line.judge(row, begin, out),
        None => false,
    };
    if known.is_none_or(|(row, _)| row.form != Form::Url) {
        line.options(known.map(|(row, _)| row), begin, is_loaded, out);
    }
    line.addresses(known.map(|(row, _)| row), before, out);
    environment::judge(environment, out);
}

/// Words that stand before a command.
fn is_lead(word: &str) -> bool {
    matches!(
        word,
        "then"
            | "do"
            | "else"
            | "elif"
            | "if"
            | "while"
            | "until"
            | "!"
            | "{"
            | "}"
            | "time"
            | "exec"
            | "command"
            | "nohup"
            | "sudo"
            | "env"
            | "builtin"
            | "eval"
            | "fi"
            | "done"
            | "@"
            | "-"
            | "cross-env"
    )
}

pub(super) fn base(program: &str) -> &str {
    let base = program.rsplit(['/', '\\']).next().unwrap_or(program);
    base.strip_suffix(".exe").unwrap_or(base)
}

pub(super) fn is_python(program: &str) -> bool {
    let version = program
        .strip_prefix("python")
        .or_else(|| program.strip_prefix("pypy"));
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
        || program == "py"
}

/// `sh -c "…"`, `python -c "…"`, `node -e "…"`: the text is read as what it is.
fn script(file: &SourceFile<'_>, words: &[Word], out: &mut Finds) -> bool {
    let at = words
        .iter()
        .take(6)
        .position(|word| interpreter(base(&word.text)).is_some());
    let Some((at, kind)) = at.and_then(|at| Some((at, interpreter(base(&words.get(at)?.text))?)))
    else {
        return false;
    };
    let is_code = |word: &Word| {
        let letters = word.text.strip_prefix('-').unwrap_or_default();
        let flag = match kind {
            FileKind::JavaScript => "ep",
            _ => "c",
        };
        !letters.starts_with('-') && letters.len() <= 4 && letters.ends_with(|c| flag.contains(c))
    };
    let rest = words.get(at + 1..).unwrap_or_default();
    let option = rest.iter().take(4).position(is_code);
    let Some(code) = option.and_then(|option| rest.get(option + 1)) else {
        return false;
    };
    // What a part stands for is not known here; a name does for it.
    let text = code.text.replace(UNKNOWN, "_");
    out.within(
        |at| code.near(at),
        |out| read_nested(&file.nested(kind, &text), out),
    );
    true
}

/// An option: its word, and its value with the `=` cut off.
pub(super) struct Given<'w> {
    pub(super) name: &'w str,
    pub(super) value: Option<Word>,
}

pub(super) struct Line<'w> {
    pub(super) words: &'w [Word],
    environment: &'w [(String, Word)],
    context: &'w Context<'w>,
}

impl Line<'_> {
    /// The row of this command, and where its arguments begin.
    fn row(&self) -> Option<(&'static CommandRow, usize)> {
        let rows = &knowledge::tables().commands;
        for start in 0..self.words.len().min(48) {
            let word = self.words.get(start).map_or("", |word| &*word.text);
            let name = base(word);
            if knowledge::is_program(name) || is_python(name) {
                let mut rows = rows.iter();
                let found = rows.find_map(|row| Some((row, self.fits(row, start)?)));
                if found.is_some() {
                    return found;
                }
            }
            let may_be_image = start > 0 && word.contains(['/', ':']) && !word.starts_with('-');
            let is_of = |row: &&CommandRow| row.images.iter().any(|part| word.contains(&**part));
            if may_be_image && let Some(row) = rows.iter().find(is_of) {
                return Some((row, start + 1));
            }
        }
        let image = self.context.image?;
        let row = rows
            .iter()
            .find(|row| row.images.iter().any(|part| image.contains(&**part)))?;
        Some((row, 0))
    }

    /// Where the arguments begin, if the command of a row stands here.
    fn fits(&self, row: &CommandRow, start: usize) -> Option<usize> {
        let mut at = start;
        for (index, part) in row.command.iter().enumerate() {
            // Options of the program itself: `git -c x=y lfs clone`, `python -u -m`.
            while index > 0
                && self
                    .words
                    .get(at)
                    .is_some_and(|word| word.text.starts_with('-') && word.text != *part)
            {
                at += 1;
            }
            let word = base(&self.words.get(at)?.text);
            let is_part = word == part || (index == 0 && part == "python" && is_python(word));
            if !is_part {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// The options and the operands from here on.
    pub(super) fn arguments(
        &self,
        row: Option<&CommandRow>,
        begin: usize,
    ) -> (Vec<Given<'_>>, Vec<&Word>) {
        let mut options = Vec::new();
        let mut operands = Vec::new();
        let mut at = begin;
        while let Some(word) = self.words.get(at) {
            at += 1;
            if !word.text.starts_with('-') || word.text.len() < 2 {
                operands.push(word);
                continue;
            }
            if let Some((name, _)) = word.text.split_once('=') {
                let value = word.part(name.len() + 1..word.text.len());
                options.push(Given {
                    name,
                    value: Some(value),
                });
                continue;
            }
            let is_switch = row.is_some_and(|row| row.switches.contains(&word.text));
            let is_flag = is_flag(&word.text);
            let takes = |next: &&Word| match is_flag {
                true => matches!(&*next.text.to_ascii_lowercase(), "true" | "false"),
                false => !is_switch && !next.text.starts_with('-'),
            };
            let next = self.words.get(at).filter(takes);
            at += usize::from(next.is_some());
            options.push(Given {
                name: &word.text,
                value: next.cloned(),
            });
        }
        (options, operands)
    }

    /// The reference that this command is by its row; whether there is one.
    fn judge(&self, row: &CommandRow, begin: usize, out: &mut Finds) -> bool {
        if row.form == Form::Url {
            return false;
        }
        let (options, operands) = self.arguments(Some(row), begin);
        let option = |names: &[String]| {
            let found = options
                .iter()
                .find(|option| names.iter().any(|name| name == option.name));
            found.and_then(|option| option.value.as_ref())
        };
        let placed = || operands.get(row.operand?).copied();
        let Some(word) = option(&row.options).or_else(placed) else {
            return false;
        };
        let mut pairs = pairs(&options);
        let word = match &row.within {
            Some(key) => {
                let inner = super::options::inner_pairs(word);
                let Some(value) = inner
                    .iter()
                    .find(|pair| pair.key == *key)
                    .map(|pair| pair.value.clone())
                else {
                    return false;
                };
                pairs.list = inner;
                value
            }
            None => word.clone(),
        };
        let Some(mut found) = self.found(row, &word) else {
            return false;
        };
        let kind_from = row.kind_from.as_slice();
        if let Some(kind) = option(kind_from).and_then(|word| Kind::from_name(&word.text)) {
            found.kind = kind;
        }
        let own = match &row.within {
            Some(_) => pairs.value("revision"),
            None => option(&row.revision),
        };
        if let Some(revision) = own.filter(|_| found.revision.text.is_none()) {
            found.revision = match revision.is_known() {
                true => id::revision(Some(&revision.text)),
                false => id::dynamic_revision(),
            };
        }
        found.flags = pairs.flags();
        if let Some((_, hub)) = row.elsewhere.as_ref().filter(|(name, _)| self.is_set(name)) {
            found.origin = Origin::Hub(*hub);
        }
        out.reference(found);
        true
    }

    /// Whether a variable is set for this command.
    fn is_set(&self, name: &str) -> bool {
        let is_on = |value: &str| !matches!(&*value.to_ascii_lowercase(), "0" | "false" | "");
        let mut given = self.environment.iter();
        given.any(|(known, value)| known == name && is_on(&value.text))
            || (self.context.variables.get(name)).is_some_and(|variable| is_on(&variable.text))
    }

    fn found(&self, row: &CommandRow, word: &Word) -> Option<Found> {
        let origin = match (row.hub, row.service) {
            (Some(hub), _) => Origin::Hub(hub),
            (None, service) => Origin::Service(service?),
        };
        let call = row.command.join(" ");
        if !word.is_known() {
            let span = self.span();
            return Some(Found {
                id: None,
                span,
                call,
                purpose: row.purpose,
                resolution: Resolution::Unresolved,
                ..value::found(word, &unknown(), origin, row.kind, Resolution::Unresolved)
            });
        }
        let text = word.text.trim();
        let judged = id::judge(text, row.form)?;
        // A file of this machine is none that is fetched.
        let is_weights = text.ends_with(".gguf") || text.ends_with(".safetensors");
        if judged.hub == Some(Hub::Local) || is_weights && !text.contains("://") {
            return None;
        }
        let is_quantized = row.form == Form::NameTag && row.hub == Some(Hub::HuggingFace);
        let origin = match judged.hub {
            Some(hub) => Origin::Hub(hub),
            None => origin,
        };
        let kind = judged.kind.unwrap_or(row.kind);
        let judged = Judged {
            revision: judged.revision.clone().filter(|_| !is_quantized),
            ..judged
        };
        let mut found = value::found(word, &judged, origin, kind, Resolution::ShellArgument);
        // The id stands elsewhere: the command is the place.
        if word.find(&judged.id).is_none() {
            found.span = self.span();
        }
        found.call = call;
        found.purpose = row.purpose;
        Some(found)
    }

    pub(super) fn span(&self) -> std::ops::Range<usize> {
        let start = self.words.first().map_or(0, |word| word.span.start);
        start..self.words.last().map_or(start, |word| word.span.end)
    }
}

fn unknown() -> Judged {
    Judged::new("")
}

/// Options that are flags of a load.
fn is_flag(option: &str) -> bool {
    let mut flags = crate::reference::Flags::default();
    flags.switch_mut(&keys::normalized(option)).is_some()
}
