//! Options and addresses of a command that tell something whatever the command is.

use super::command::{Given, Line, base};
use crate::id;
use crate::knowledge::{CommandRow, Form};
use crate::read::keys::{self, Manner, Pair, Pairs};
use crate::read::value;
use crate::read::word::Word;
use crate::read::{Finds, Found};
use crate::reference::{Kind, Origin, Resolution, Service};
use crate::service;

impl Line<'_> {
    /// Options that hold ids whatever the command is: `--tokenizer`, `--model_name_or_path`.
    pub(super) fn options(
        &self,
        row: Option<&CommandRow>,
        begin: usize,
        is_loaded: bool,
        out: &mut Finds,
    ) {
        let (options, _) = self.arguments(row, begin.min(self.words.len()));
        let taken = |option: &Given<'_>| {
            is_loaded && row.is_some_and(|row| row.options.iter().any(|name| name == option.name))
        };
        let mut pairs = pairs(&options);
        let rest: Vec<bool> = options.iter().map(taken).collect();
        if row.is_some_and(|row| row.within.is_some()) {
            let inner = options.iter().filter_map(|option| option.value.as_ref());
            let inner: Vec<Pair> = inner
                .flat_map(inner_pairs)
                .filter(|pair| pair.key != "pretrained")
                .collect();
            let inner = Pairs {
                list: inner,
                ..Pairs::default()
            };
            inner
                .judge(Manner::Option)
                .into_iter()
                .for_each(|found| out.reference(found));
            return;
        }
        for (pair, taken) in pairs.list.iter_mut().zip(rest) {
            if taken {
                pair.value = Word::at(pair.value.span.start);
            }
        }
        // `key=value` without dashes, as Hydra and others take them.
        let assigned = self
            .words
            .iter()
            .skip(begin)
            .filter(|word| !word.text.starts_with('-'));
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
    pub(super) fn addresses(&self, row: Option<&CommandRow>, before: usize, out: &mut Finds) {
        let is_url_row = row.is_some_and(|row| row.form == Form::Url);
        let git = row.is_some_and(|row| {
            row.command
                .first()
                .is_some_and(|program| program.starts_with("git"))
        });
        let revision = row.filter(|_| is_url_row).and_then(|row| {
            let (options, _) = self.arguments(Some(row), 0);
            let found = options
                .into_iter()
                .find(|option| row.revision.iter().any(|name| name == option.name));
            found.and_then(|option| option.value)
        });
        for word in self.words {
            let url = match word
                .text
                .strip_prefix("--")
                .and_then(|rest| rest.split_once('='))
            {
                Some((name, _)) => word.part(name.len() + 3..word.text.len()),
                None => word.clone(),
            };
            if !url.text.contains("://") && !url.text.contains('@') {
                continue;
            }
            let found = value::address(&url)
                .or_else(|| value::weights(&url).filter(|_| is_url_row && !git));
            if let Some(mut found) = found {
                found.resolution = url.resolution.unwrap_or(Resolution::ShellArgument);
                if let Some(row) = row.filter(|_| is_url_row) {
                    found.call = row.command.join(" ");
                    found.purpose = row.purpose;
                }
                if let Some(revision) = revision.as_ref().filter(|_| found.revision.text.is_none())
                {
                    found.revision = id::revision(Some(&revision.text));
                }
                // `ramalama pull hf://owner/name` is told by its command.
                let mut told = out.references.iter().skip(before);
                if !told.any(|told| told.id == found.id && told.origin == found.origin) {
                    out.reference(found);
                }
            } else if let Some(service) =
                service::of_address(&url.text).filter(|_| is_url_row && !git)
            {
                self.request(service, &url, out);
            }
        }
    }

    /// A request of a service: the model is in its body.
    fn request(&self, service: Service, url: &Word, out: &mut Finds) {
        let bodies = self
            .words
            .iter()
            .filter(|word| word.text.contains("\"model\""));
        let model = bodies.into_iter().find_map(|word| {
            let at = word.text.find("\"model\"")? + "\"model\"".len();
            let rest = word.text.get(at..)?;
            let begin = at + rest.find('"')? + 1;
            let length = word.text.get(begin..)?.find('"')?;
            Some(word.part(begin..begin + length))
        });
        let call = self.words.first().map_or("", |word| base(&word.text));
        let is_own = service == Service::LocalServer;
        match model
            .filter(Word::is_known)
            .and_then(|word| Some((id::judge(&word.text, Form::Name)?, word)))
        {
            Some((judged, word)) => {
                let found = value::found(
                    &word,
                    &judged,
                    Origin::Service(service),
                    Kind::Service,
                    Resolution::ShellArgument,
                );
                out.reference(Found {
                    call: call.to_owned(),
                    ..found
                });
            }
            // Something of one's own that is asked for anything.
            None if is_own => {}
            None => out.reference(value::used(
                service,
                url.span.clone(),
                call,
                Resolution::ShellArgument,
            )),
        }
    }
}

/// Options as keys; one without a value is on.
pub(super) fn pairs(options: &[Given<'_>]) -> Pairs {
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
    Pairs {
        list: list.collect(),
        ..Pairs::default()
    }
}

/// `pretrained=owner/name,revision=main`.
pub(super) fn inner_pairs(word: &Word) -> Vec<Pair> {
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
