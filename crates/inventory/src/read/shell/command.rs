//! A command: which row it is, and what its words are to it.

use super::super::keys::{self, Manner, Pair, Pairs};
use super::super::word::Word;
use super::super::{Finds, Found};
use super::{Context, assigned, interpreter};
use crate::id::{self, Judged};
use crate::kind::FileKind;
use crate::knowledge::{self, CommandRow, Form};
use crate::reference::{Hub, Kind, Origin, Resolution};
use crate::service;
use crate::source_file::SourceFile;

/// Commands that only show their words, or look for them.
const SHOWING: &[&str] = &[
    ":", "[", "[[", "alias", "awk", "cat", "cd", "cp", "echo", "fail", "find", "grep", "info", "log", "ls", "mkdir", "mv", "printf",
    "rg", "rm", "sed", "tar", "test", "touch", "type", "warn", "which",
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
    let line = Line { words, environment: &environment, context };
    let known = line.row();
    // Options alone: the program is the one of an image.
    let first = usize::from(!program.starts_with('-'));
    let begin = known.map_or(first, |(_, begin)| begin);
    let is_loaded = match known {
        Some((row, begin)) => line.judge(row, begin, out),
        None => false,
    };
    if known.is_none_or(|(row, _)| row.form != Form::Url) {
        line.options(known.map(|(row, _)| row), begin, is_loaded, out);
    }
    line.addresses(known.map(|(row, _)| row), out);
    super::super::environment::judge(environment, out);
}

/// Words that stand before a command.
fn is_lead(word: &str) -> bool {
    matches!(
        word,
        "then" | "do" | "else" | "elif" | "if" | "while" | "until" | "!" | "{" | "}" | "time" | "exec" | "command" | "nohup" | "sudo"
            | "env" | "builtin" | "eval" | "fi" | "done" | "@" | "-" | "cross-env"
    )
}

fn base(program: &str) -> &str {
    let base = program.rsplit(['/', '\\']).next().unwrap_or(program);
    base.strip_suffix(".exe").unwrap_or(base)
}

pub(super) fn is_python(program: &str) -> bool {
    let version = program.strip_prefix("python").or_else(|| program.strip_prefix("pypy"));
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.')) || program == "py"
}

/// `sh -c "…"`, `python -c "…"`, `node -e "…"`: the text is read as what it is.
fn script(file: &SourceFile<'_>, words: &[Word], out: &mut Finds) -> bool {
    let at = words.iter().take(6).position(|word| interpreter(base(&word.text)).is_some());
    let Some((at, kind)) = at.and_then(|at| Some((at, interpreter(base(&words.get(at)?.text))?))) else {
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
    let text = code.text.replace(super::super::word::UNKNOWN, "_");
    out.within(
        |at| code.near(at),
        |out| super::super::read_nested(&file.nested(kind, &text), out),
    );
    true
}

/// An option: its word, and its value with the `=` cut off.
struct Given<'w> {
    name: &'w str,
    value: Option<Word>,
}

struct Line<'w> {
    words: &'w [Word],
    environment: &'w [(String, Word)],
    context: &'w Context<'w>,
}

impl Line<'_> {
    /// The row of this command, and where its arguments begin.
    fn row(&self) -> Option<(&'static CommandRow, usize)> {
        let rows = &knowledge::tables().commands;
        for start in 0..self.words.len().min(48) {
            let found = rows.iter().find_map(|row| Some((row, self.fits(row, start)?)));
            if found.is_some() {
                return found;
            }
            let image = self.words.get(start).map_or("", |word| &*word.text);
            let by_image = rows.iter().find(|row| row.images.iter().any(|part| image.contains(&**part)));
            if start > 0 && image.contains(['/', ':']) && !image.starts_with('-') && let Some(row) = by_image {
                return Some((row, start + 1));
            }
        }
        let image = self.context.image?;
        let row = rows.iter().find(|row| row.images.iter().any(|part| image.contains(&**part)))?;
        Some((row, 0))
    }

    /// Where the arguments begin, if the command of a row stands here.
    fn fits(&self, row: &CommandRow, start: usize) -> Option<usize> {
        let mut at = start;
        for (index, part) in row.command.iter().enumerate() {
            // Options of the program itself: `git -c x=y lfs clone`, `python -u -m`.
            while index > 0 && self.words.get(at).is_some_and(|word| word.text.starts_with('-') && word.text != *part) {
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
    fn arguments(&self, row: Option<&CommandRow>, begin: usize) -> (Vec<Given<'_>>, Vec<&Word>) {
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
                options.push(Given { name, value: Some(value) });
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
            options.push(Given { name: &word.text, value: next.cloned() });
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
            let found = options.iter().find(|option| names.iter().any(|name| name == option.name));
            found.and_then(|option| option.value.as_ref())
        };
        let placed = || operands.get(row.operand?).copied();
        let Some(word) = option(&row.options).or_else(placed) else {
            return false;
        };
        let mut pairs = pairs(&options);
        let word = match &row.within {
            Some(key) => {
                let inner = inner_pairs(word);
                let Some(value) = inner.iter().find(|pair| pair.key == *key).map(|pair| pair.value.clone()) else {
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
        let told = row.kind_from.as_ref().and_then(|name| option(std::slice::from_ref(name)));
        if let Some(kind) = told.and_then(|word| Kind::from_name(&word.text)) {
            found.kind = kind;
        }
        let own = match &row.within {
            Some(_) => pairs.value("revision"),
            None => option(&row.revision),
        };
        if found.revision.text.is_none() && let Some(revision) = own {
            found.revision = if revision.is_known() { id::revision(Some(&revision.text)) } else { id::dynamic_revision() };
        }
        found.flags = pairs.flags();
        let uses_modelscope = |name: &str, value: &str| name == "VLLM_USE_MODELSCOPE" && !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "");
        let set = self.environment.iter().any(|(name, value)| uses_modelscope(name, &value.text));
        let exported = self.context.variables.iter().any(|(name, variable)| uses_modelscope(name, &variable.text));
        if (set || exported) && row.command.iter().any(|part| part.contains("vllm")) {
            found.origin = Origin::Hub(Hub::ModelScope);
        }
        out.reference(found);
        true
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
                ..keys::found(word, &unknown(), origin, row.kind, Resolution::Unresolved)
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
        let mut found = keys::found(word, &judged, origin, kind, Resolution::ShellArgument);
        // The id stands elsewhere: the command is the place.
        if word.find(&judged.id).is_none() {
            found.span = self.span();
        }
        found.call = call;
        found.purpose = row.purpose;
        Some(found)
    }

    fn span(&self) -> std::ops::Range<usize> {
        let start = self.words.first().map_or(0, |word| word.span.start);
        start..self.words.last().map_or(start, |word| word.span.end)
    }

    /// Options that hold ids whatever the command is: `--tokenizer`, `--model_name_or_path`.
    fn options(&self, row: Option<&CommandRow>, begin: usize, is_loaded: bool, out: &mut Finds) {
        let (options, _) = self.arguments(row, begin.min(self.words.len()));
        let taken = |option: &Given<'_>| {
            is_loaded && row.is_some_and(|row| row.options.iter().any(|name| name == option.name))
        };
        let mut pairs = pairs(&options);
        let rest: Vec<bool> = options.iter().map(taken).collect();
        if row.is_some_and(|row| row.within.is_some()) {
            let inner = options.iter().filter_map(|option| option.value.as_ref());
            let inner: Vec<Pair> = inner.flat_map(inner_pairs).filter(|pair| pair.key != "pretrained").collect();
            let inner = Pairs { list: inner, ..Pairs::default() };
            inner.judge(Manner::Option).into_iter().for_each(|found| out.reference(found));
            return;
        }
        for (pair, taken) in pairs.list.iter_mut().zip(rest) {
            if taken {
                pair.value = Word::at(pair.value.span.start);
            }
        }
        // `key=value` without dashes, as Hydra and others take them.
        let assigned = self.words.iter().skip(begin).filter(|word| !word.text.starts_with('-'));
        let assigned = assigned.filter_map(|word| {
            let (key, _) = word.text.split_once('=')?;
            let last = key.rsplit('.').next().unwrap_or(key);
            Some(Pair {
                key: keys::normalized(last.trim_start_matches('+')),
                shown: key.to_owned(),
                value: word.part(key.len() + 1..word.text.len()),
            })
        });
        pairs.list.extend(assigned);
        for mut found in pairs.judge(Manner::Option) {
            if found.span.is_empty() {
                found.span = self.span();
            }
            out.reference(found);
        }
    }

    /// Addresses among the words: of models, of files of models, of services.
    fn addresses(&self, row: Option<&CommandRow>, out: &mut Finds) {
        let is_url_row = row.is_some_and(|row| row.form == Form::Url);
        let git = row.is_some_and(|row| row.command.first().is_some_and(|program| program.starts_with("git")));
        let revision = row.filter(|_| is_url_row).and_then(|row| {
            let (options, _) = self.arguments(Some(row), 0);
            let found = options.into_iter().find(|option| row.revision.iter().any(|name| name == option.name));
            found.and_then(|option| option.value)
        });
        for word in self.words {
            let url = match word.text.strip_prefix("--").and_then(|rest| rest.split_once('=')) {
                Some((name, _)) => word.part(name.len() + 3..word.text.len()),
                None => word.clone(),
            };
            if !url.text.contains("://") && !url.text.contains('@') {
                continue;
            }
            let found = keys::address(&url).or_else(|| keys::weights(&url).filter(|_| is_url_row && !git));
            if let Some(mut found) = found {
                found.resolution = url.resolution.unwrap_or(Resolution::ShellArgument);
                if let Some(row) = row.filter(|_| is_url_row) {
                    found.call = row.command.join(" ");
                    found.purpose = row.purpose;
                }
                if let Some(revision) = revision.as_ref().filter(|_| found.revision.text.is_none()) {
                    found.revision = id::revision(Some(&revision.text));
                }
                out.reference(found);
            } else if let Some(service) = service::of_address(&url.text).filter(|_| is_url_row && !git) {
                self.request(service, &url, out);
            }
        }
    }

    /// A request of a service: the model is in its body.
    fn request(&self, service: crate::reference::Service, url: &Word, out: &mut Finds) {
        let bodies = self.words.iter().filter(|word| word.text.contains("\"model\""));
        let model = bodies.into_iter().find_map(|word| {
            let at = word.text.find("\"model\"")? + "\"model\"".len();
            let rest = word.text.get(at..)?;
            let begin = at + rest.find('"')? + 1;
            let length = word.text.get(begin..)?.find('"')?;
            Some(word.part(begin..begin + length))
        });
        let call = self.words.first().map_or("", |word| base(&word.text));
        let is_own = service == crate::reference::Service::LocalServer;
        match model.filter(Word::is_known).and_then(|word| Some((id::judge(&word.text, Form::Name)?, word))) {
            Some((judged, word)) => {
                let found = keys::found(&word, &judged, Origin::Service(service), Kind::Service, Resolution::ShellArgument);
                out.reference(Found { call: call.to_owned(), ..found });
            }
            // Something of one's own that is asked for anything.
            None if is_own => {}
            None => out.reference(keys::used(service, url.span.clone(), call, Resolution::ShellArgument)),
        }
    }
}

fn unknown() -> Judged {
    Judged { hub: None, kind: None, id: String::new(), revision: None, confusable: false }
}

/// Options that are flags of a load.
fn is_flag(option: &str) -> bool {
    let mut flags = crate::reference::Flags::default();
    flags.switch_mut(&keys::normalized(option)).is_some()
}

/// Options as keys; one without a value is on.
fn pairs(options: &[Given<'_>]) -> Pairs {
    let list = options.iter().map(|option| {
        let mut value = option.value.clone().unwrap_or_else(|| Word::at(0));
        if option.value.is_none() {
            "true".chars().for_each(|c| value.push(c, None));
        }
        Pair {
            key: keys::normalized(option.name),
            shown: option.name.to_owned(),
            value,
        }
    });
    Pairs { list: list.collect(), ..Pairs::default() }
}

/// `pretrained=owner/name,revision=main`.
fn inner_pairs(word: &Word) -> Vec<Pair> {
    let mut list = Vec::new();
    let mut at = 0;
    for part in word.text.split(',') {
        if let Some((key, value)) = part.split_once('=') {
            let begin = at + key.len() + 1;
            list.push(Pair {
                key: keys::normalized(key.trim()),
                shown: key.trim().to_owned(),
                value: word.part(begin..begin + value.len()),
            });
        }
        at += part.len() + 1;
    }
    list
}
