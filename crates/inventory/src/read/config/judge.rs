//! What the values of a configuration refer to.

use super::tree::{Content, Tree};
use crate::id;
use crate::read::keys::{self, Manner, Pair, Pairs, normalized};
use crate::read::word::Word;
use crate::read::{Finds, Found, environment, shell, value};
use crate::reference::{Hub, Kind, Origin, Resolution, Service};
use crate::service;
use crate::source_file::SourceFile;

/// Tells everything that the values of a tree refer to; commands are left to [`super::commands`].
pub(super) fn judge(file: &SourceFile<'_>, tree: &Tree, out: &mut Finds) {
    let name = file.path.rsplit('/').next().unwrap_or(file.path);
    let judge = Judge { tree, name };
    for (index, node) in tree.nodes.iter().enumerate() {
        match &node.content {
            Content::Map(children) => {
                judge.map(index, children, out);
                judge.servers(index, children, out);
            }
            Content::List(children) => judge.list(index, children, out),
            Content::Text(word) => judge.text(index, word, out),
            Content::Alias(_) => {}
        }
    }
}

struct Judge<'t> {
    tree: &'t Tree,
    name: &'t str,
}

/// Keys whose map has a server of the Model Context Protocol under each key.
const SERVERS: &[&str] = &[
    "mcpServers",
    "mcp_servers",
    "context_servers",
    "mcp-servers",
];

impl Judge<'_> {
    fn around(&self, index: usize) -> Vec<String> {
        self.tree.around(index).map(normalized).collect()
    }

    /// The value of a node as a word; where it is an alias, the place is that of the alias.
    fn word(&self, index: usize) -> Option<Word> {
        let word = self.tree.text_of(index)?;
        let node = self.tree.node(index)?;
        let word = match (&node.content, &node.key) {
            (Content::Alias(_), Some(key)) => {
                let mut alias = Word::at(key.span.end);
                word.text.chars().for_each(|c| alias.push(c, None));
                alias.span = key.span.clone();
                alias.resolution = Some(Resolution::Alias);
                alias
            }
            _ => word.clone(),
        };
        Some(shell::expanded(word))
    }

    fn pairs_of(&self, children: &[usize]) -> Vec<Pair> {
        let pair = |&child: &usize| {
            let shown = self.tree.key_of(child)?;
            Some(Pair {
                key: normalized(shown),
                shown: shown.to_owned(),
                value: self.word(child)?,
            })
        };
        children.iter().filter_map(pair).collect()
    }

    /// Keys beside each other.
    fn map(&self, index: usize, children: &[usize], out: &mut Finds) {
        let mut list = self.pairs_of(children);
        let own = list.len();
        // What is merged into it stands beside it.
        for &child in children {
            if self.tree.key_of(child) == Some("<<") {
                list.extend(self.pairs_of(self.tree.children(child)));
            }
        }
        // `- name: MODEL_ID` with `value: …`: all of the list stand beside each other.
        let mut around = self.around(index);
        if let Some(key) = self.tree.key_of(index) {
            around.insert(0, normalized(key));
        }
        let pairs = Pairs {
            list,
            around,
            file: self.name.to_owned(),
        };
        let mut is_told = false;
        for found in pairs.judge_first(own, Manner::Config) {
            is_told |= matches!(found.origin, Origin::Service(_));
            out.reference(found);
        }
        for pair in pairs.list.iter().take(own) {
            if let Some(found) = environment::key_of_service(&pair.shown, &pair.value) {
                is_told = true;
                out.reference(found);
            }
        }
        if !is_told && let Some(found) = pairs.list.iter().take(own).find_map(called) {
            out.reference(found);
        }
        self.named(index, &pairs, out);
        self.keyed(index, children, out);
        self.imported(children, out);
    }

    /// `{name: MODEL_ID, value: owner/name}` of a container.
    fn named(&self, index: usize, pairs: &Pairs, out: &mut Finds) {
        let Some(name) = pairs.value("name").or_else(|| pairs.value("key")) else {
            return;
        };
        let is_variable = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if !is_variable(&name.text) {
            return;
        }
        let value = pairs.value("value").cloned();
        if value.is_none() && self.tree.child(index, "valueFrom").is_none() {
            return;
        }
        let value = value.unwrap_or_else(|| Word::empty(name.span.clone()));
        environment::judge(vec![(name.text.clone(), value)], out);
    }

    /// Maps whose keys are ids.
    fn keyed(&self, index: usize, children: &[usize], out: &mut Finds) {
        let Some(of) = self.tree.key_of(index) else {
            return;
        };
        let keys = children
            .iter()
            .filter_map(|&child| self.tree.node(child)?.key.clone());
        let keys: Vec<Word> = keys.collect();
        let pairs = Pairs::default();
        pairs
            .judge_keys(&keys, &normalized(of))
            .into_iter()
            .for_each(|found| out.reference(found));
    }

    /// A file that DVC imports from a repository.
    fn imported(&self, children: &[usize], out: &mut Finds) {
        if !self.name.ends_with(".dvc") && self.name != "dvc.lock" {
            return;
        }
        let pairs = Pairs {
            list: self.pairs_of(children),
            ..Pairs::default()
        };
        let Some(url) = pairs.value("url") else {
            return;
        };
        let revision = pairs.value("rev_lock").or_else(|| pairs.value("rev"));
        let path = url
            .text
            .split_once("github.com")
            .map(|(_, path)| path.trim_matches([':', '/']));
        let Some(id) = path
            .map(|path| path.trim_end_matches(".git"))
            .filter(|id| id::is_owner_name(id))
        else {
            return;
        };
        let judged = id::Judged::on(Hub::GitHub, id);
        let origin = Origin::Hub(Hub::GitHub);
        let found = value::found(url, &judged, origin, Kind::Dataset, Resolution::ConfigValue);
        out.reference(Found {
            call: "url".to_owned(),
            revision: id::revision(revision.map(|word| &*word.text)),
            ..found
        });
    }

    /// Servers of the Model Context Protocol, by their names.
    fn servers(&self, index: usize, children: &[usize], out: &mut Finds) {
        let key = self.tree.key_of(index).unwrap_or_default();
        let is_file = self.name.contains("mcp");
        let around = self.tree.around(index).next();
        let is_list =
            SERVERS.contains(&key) || (key == "servers" && (is_file || around == Some("mcp")));
        if !is_list {
            return;
        }
        for &child in children {
            let is_server = ["command", "url", "serverUrl", "httpUrl", "type", "args"];
            if !is_server
                .iter()
                .any(|name| self.tree.child(child, name).is_some())
            {
                continue;
            }
            let Some(name) = self.tree.node(child).and_then(|node| node.key.as_ref()) else {
                continue;
            };
            let judged = id::Judged::new(&name.text);
            let origin = Origin::Service(Service::Mcp);
            let found = value::found(
                name,
                &judged,
                origin,
                Kind::McpServer,
                Resolution::ConfigValue,
            );
            out.reference(Found {
                call: key.to_owned(),
                ..found
            });
        }
    }

    /// Values beside each other: each is one of its key, `NAME=value` a variable.
    fn list(&self, index: usize, children: &[usize], out: &mut Finds) {
        let Some(key) = self.tree.key_of(index) else {
            return;
        };
        let normal = normalized(key);
        let words: Vec<Word> = children
            .iter()
            .filter_map(|&child| self.word(child))
            .collect();
        if normal.contains("env") {
            let variables = words.iter().filter_map(|word| {
                let (name, value) = shell::assigned(word)?;
                Some((name.to_owned(), value))
            });
            environment::judge(variables.collect(), out);
            return;
        }
        let is_lookup = matches!(&*normal, "models" | "datasets" | "adapters" | "tokenizers");
        let key_of_one = if is_lookup {
            normal.trim_end_matches('s').to_owned()
        } else {
            normal
        };
        for word in words {
            let pairs = Pairs {
                list: vec![Pair {
                    key: key_of_one.clone(),
                    shown: key.to_owned(),
                    value: word,
                }],
                around: self.around(index),
                file: self.name.to_owned(),
            };
            pairs
                .judge(Manner::Config)
                .into_iter()
                .for_each(|found| out.reference(found));
        }
    }

    /// A single value: an address, a class of another repository, the model of a tool that compares.
    fn text(&self, index: usize, word: &Word, out: &mut Finds) {
        let expanded;
        let word = if word.text.contains("${") {
            expanded = shell::expanded(word.clone());
            &expanded
        } else {
            word
        };
        let own = self.tree.key_of(index);
        let around = self.tree.around(index).next();
        let is_judged_by_key = own.is_some_and(|key| keys::is_known(&normalized(key)));
        if let Some(mut found) = value::address(word).filter(|_| !is_judged_by_key) {
            found.resolution = word.resolution.unwrap_or(Resolution::ConfigValue);
            if let Some(key) = own.or(around) {
                key.clone_into(&mut found.call);
            }
            if found.revision.text.is_none()
                && let Some(revision) = self.beside(index, &["revision", "branch", "rev", "ref"])
            {
                found.revision = id::revision(Some(&revision.text));
            }
            out.reference(found);
            return;
        }
        if let Some(found) = self
            .class(own, around, word)
            .or_else(|| compared(own, around, word))
        {
            let call = match found.kind {
                Kind::Service => own.or(around),
                _ => around.or(own),
            };
            out.reference(Found {
                call: call.unwrap_or_default().to_owned(),
                ..found
            });
        }
        if own == Some("image") {
            image(word, out);
        }
    }

    /// A class that lies in another repository.
    fn class(&self, own: Option<&str>, around: Option<&str>, word: &Word) -> Option<Found> {
        let is_class =
            around == Some("auto_map") || (own == Some("type") && self.name == "modules.json");
        let (id, class) = word.text.split_once("--").filter(|_| is_class)?;
        let is_whole = id::is_owner_name(id) && class.contains('.');
        let judged = is_whole.then(|| id::Judged::on(Hub::HuggingFace, id))?;
        let origin = Origin::Hub(Hub::HuggingFace);
        Some(value::found(
            word,
            &judged,
            origin,
            Kind::Model,
            Resolution::ConfigValue,
        ))
    }

    fn beside(&self, index: usize, names: &[&str]) -> Option<&Word> {
        let parent = self.tree.node(index)?.parent?;
        let child = names
            .iter()
            .find_map(|name| self.tree.child(parent, name))?;
        self.tree.text_of(child)
    }
}

/// `provider:model` of a tool that compares models.
fn compared(own: Option<&str>, around: Option<&str>, word: &Word) -> Option<Found> {
    let is_provider = match own {
        Some("provider") => true,
        Some("id" | "config") => matches!(
            around,
            Some("providers" | "targets" | "provider" | "options")
        ),
        Some(_) => false,
        None => matches!(around, Some("providers" | "targets")),
    };
    let is_whole = is_provider && word.text.contains(':');
    let (origin, kind, judged) = is_whole.then(|| value::of_gateway(&word.text))??;
    Some(value::found(
        word,
        &judged,
        origin,
        kind,
        Resolution::ConfigValue,
    ))
}

/// A service whose address is a value.
fn called(pair: &Pair) -> Option<Found> {
    let is_address = ["url", "base", "endpoint", "host", "api", "address", "uri"];
    if !is_address.iter().any(|part| pair.key.contains(part))
        || pair.value.text.contains(char::is_whitespace)
    {
        return None;
    }
    // One of its own is asked for anything.
    let found =
        service::of_address(&pair.value.text).filter(|service| *service != Service::LocalServer)?;
    Some(value::used(
        found,
        pair.value.span.clone(),
        &pair.shown,
        Resolution::ConfigValue,
    ))
}

/// A container image that holds a model.
pub(crate) fn image(word: &Word, out: &mut Finds) {
    let rows = crate::knowledge::tables().images.iter();
    let mut rows = rows.filter(|row| word.text.starts_with(&row.prefix));
    let Some((row, rest)) = rows
        .next()
        .and_then(|row| Some((row, word.text.strip_prefix(&*row.strip)?)))
    else {
        return;
    };
    let rest = rest.split_whitespace().next().unwrap_or_default();
    let (id, tag) = match rest.split_once('@') {
        Some((id, digest)) => (id, Some(digest)),
        None => rest
            .rsplit_once(':')
            .map_or((rest, None), |(id, tag)| (id, Some(tag))),
    };
    if id.is_empty()
        || !id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
    {
        return;
    }
    let judged = id::Judged {
        revision: tag.map(str::to_owned),
        ..id::Judged::on(row.hub, id)
    };
    let found = value::found(
        word,
        &judged,
        Origin::Hub(row.hub),
        Kind::Model,
        Resolution::ConfigValue,
    );
    out.reference(Found {
        call: "image".to_owned(),
        ..found
    });
}
