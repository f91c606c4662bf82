//! Keys with values, wherever they stand: maps of configurations, variables of the environment, options
//! of commands.

use std::collections::HashMap;
use std::sync::LazyLock;

use weighbridge::Confidence;

use super::Found;
use super::value::{found, of_gateway, of_ollama, of_service};
use super::word::Word;
use crate::id::{self, Judged};
use crate::knowledge::{self, Form, KeyRow};
use crate::reference::{Flags, Hub, Kind, Origin, Resolution, Revision, Service, Switch};
use crate::service;

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The key as rows have it; see [`normalized`].
    pub(crate) key: String,
    /// The key as it stands there.
    pub(crate) shown: String,
    pub(crate) value: Word,
}

/// Keys that stand beside each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    pub(crate) list: Vec<Pair>,
    /// The keys around them, the nearest first; normalized.
    pub(crate) around: Vec<String>,
    /// The name of the file.
    pub(crate) file: String,
}

/// Whether they are values or options, which tells how an id was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Config,
    Option,
}

impl Manner {
    fn resolution(self) -> Resolution {
        match self {
            Manner::Config => Resolution::ConfigValue,
            Manner::Option => Resolution::ShellArgument,
        }
    }
}

/// A key in the writing of the rows: `modelId`, `MODEL-ID` and `--model-id` are `model_id`.
pub(crate) fn normalized(key: &str) -> String {
    let key = key.trim_start_matches('-');
    let mut text = String::with_capacity(key.len() + 4);
    let mut before = (false, false);
    let mut rest = key.chars().peekable();
    while let Some(c) = rest.next() {
        let begins = c.is_ascii_uppercase()
            && (before.0 || (before.1 && rest.peek().is_some_and(char::is_ascii_lowercase)));
        if begins {
            text.push('_');
        }
        before = (
            c.is_ascii_lowercase() || c.is_ascii_digit(),
            c.is_ascii_uppercase(),
        );
        text.push(if matches!(c, '-' | '.' | ' ') {
            '_'
        } else {
            c.to_ascii_lowercase()
        });
    }
    text
}

/// Rows by their keys, in their order.
static ROWS: LazyLock<HashMap<&'static str, Vec<&'static KeyRow>>> = LazyLock::new(|| {
    let mut rows: HashMap<_, Vec<_>> = HashMap::new();
    for row in &knowledge::tables().keys {
        for key in &row.keys {
            rows.entry(&**key).or_default().push(row);
        }
    }
    rows
});

/// The row of a key, and whether it is weak evidence only.
fn row(key: &str, pairs: &Pairs) -> Option<(&'static KeyRow, bool)> {
    let is_here = |row: &&KeyRow| {
        let is_here = |name: &String| knowledge::is_like(name, &pairs.file);
        let is_within = |name: &String| pairs.around.first().is_some_and(|key| key == name);
        (row.files.is_empty() || row.files.iter().any(is_here))
            && (row.within.is_empty() || row.within.iter().any(is_within))
    };
    let rows = |key: &str| ROWS.get(key).map_or(&[][..], |rows| rows).iter().copied();
    if let Some(row) = rows(key).find(is_here) {
        return Some((row, row.weak));
    }
    // `EMBED_MODEL_ID`; the longest that it ends with.
    let ends = key.match_indices('_').filter(|(at, _)| *at > 0);
    let mut ends = ends.filter_map(|(at, _)| key.get(at + 1..));
    let row = ends
        .find_map(|end| rows(end).find(|row| is_here(row) && row.within.is_empty() && !row.keyed));
    Some((row?, true))
}

/// Whether a row is sure of a key of this name, wherever it stands.
pub(crate) fn is_known(key: &str) -> bool {
    row(key, &Pairs::default()).is_some_and(|(row, _)| !row.keyed)
}

impl Pairs {
    pub(crate) fn value(&self, key: &str) -> Option<&Word> {
        let found = self.list.iter().find(|pair| pair.key == key);
        found.map(|pair| &pair.value)
    }

    /// The references that these keys are.
    pub(crate) fn judge(&self, manner: Manner) -> Vec<Found> {
        self.judge_first(self.list.len(), manner)
    }

    /// The same of the first so many; the others only stand beside them.
    pub(crate) fn judge_first(&self, count: usize, manner: Manner) -> Vec<Found> {
        let own = self.list.iter().take(count);
        own.filter_map(|pair| self.judge_pair(pair, manner))
            .collect()
    }

    fn judge_pair(&self, pair: &Pair, manner: Manner) -> Option<Found> {
        let (row, weak) = row(&pair.key, self)?;
        if row.keyed || !pair.value.is_known() {
            return None;
        }
        // Beside a model its name is a title.
        if pair.key == "name" && !row.within.is_empty() && self.value("model").is_some() {
            return None;
        }
        let text = pair.value.text.trim();
        if text.is_empty()
            || text.contains(char::is_whitespace)
            || matches!(text, "null" | "None" | "~")
        {
            return None;
        }
        let (origin, kind, judged) = self.what(row, weak, pair, text)?;
        let mut found = found(&pair.value, &judged, origin, kind, manner.resolution());
        found.call.clone_from(&pair.shown);
        if weak {
            found.confidence = Confidence::Medium;
        }
        if matches!(found.origin, Origin::Hub(_)) {
            if found.revision.text.is_none() {
                found.revision = self.revision(row, &pair.key);
            }
            if !row.revisions.is_empty() {
                found.flags = self.flags();
            }
        }
        Some(found)
    }

    /// What a value of a row refers to.
    fn what(
        &self,
        row: &KeyRow,
        weak: bool,
        pair: &Pair,
        text: &str,
    ) -> Option<(Origin, Kind, Judged)> {
        let is_litellm = self
            .around
            .first()
            .is_some_and(|key| key == "litellm_params");
        if is_litellm && row.kind == Kind::Model {
            return Some(of_service(Service::LiteLlm, text));
        }
        if let Some(service) = row.service {
            return id::judge(text, Form::Name)
                .map(|judged| (Origin::Service(service), Kind::Service, judged));
        }
        let hub = row.hub?;
        if row.kind == Kind::Model
            && row.form == Form::HubId
            && let Some(told) = self.of_service(pair, text)
        {
            return Some(told);
        }
        let mut judged = id::judge(text, row.form)?;
        judged.is_fetched = !row.named_only;
        let is_evidence = is_sure(text, &judged, row.form)
            || (row.form == Form::HubId && knowledge::is_known_name(text, row.kind));
        if judged.hub == Some(Hub::Local) || (weak && !is_evidence) {
            return None;
        }
        let origin = Origin::Hub(judged.hub.unwrap_or(hub));
        let kind = judged.kind.unwrap_or(row.kind);
        Some((origin, kind, judged))
    }

    /// A model of a service: by the provider beside it, by its prefix, by its name.
    fn of_service(&self, pair: &Pair, text: &str) -> Option<(Origin, Kind, Judged)> {
        let beside = [
            "provider",
            "model_provider",
            "llm_provider",
            "vendor",
            "custom_llm_provider",
            "engine",
        ];
        if let Some(provider) = beside.iter().find_map(|key| self.value(key)) {
            if provider.text.eq_ignore_ascii_case("ollama") {
                return of_ollama(text);
            }
            if let Some(service) = service::of_provider(&provider.text) {
                let is_hub = service == Service::HuggingFace || service == Service::LocalServer;
                return (!is_hub).then(|| of_service(service, text));
            }
        }
        if text.contains("://") {
            return None;
        }
        of_gateway(text).or_else(|| {
            if text.contains('/') {
                return None;
            }
            match service::of_model(text) {
                Some(service) => Some(of_service(service, text)),
                None => self.of_provider_around(pair, text),
            }
        })
    }

    /// A model of the provider whose settings these are: `ollama.chat.options.model`, `anthropic: {model: …}`.
    fn of_provider_around(&self, pair: &Pair, text: &str) -> Option<(Origin, Kind, Judged)> {
        let parts = pair.shown.rsplit('.').skip(1).map(normalized);
        let mut around = parts.chain(self.around.iter().cloned());
        let provider = around.find(|key| !SETTINGS.contains(&&**key))?;
        if provider == "ollama" {
            return of_ollama(text);
        }
        let service = service::of_provider(&provider)?;
        let is_hub = matches!(service, Service::HuggingFace | Service::LocalServer);
        (!is_hub).then(|| of_service(service, text))
    }

    /// The revision beside a key: under a name of its own, or under one that its row knows.
    fn revision(&self, row: &KeyRow, key: &str) -> Revision {
        let ends = [
            "_name_or_path",
            "_repo_id",
            "_model_id",
            "_id",
            "_name",
            "_path",
            "_repo",
            "_url",
        ];
        let stem = ends
            .iter()
            .find_map(|end| key.strip_suffix(end))
            .unwrap_or(key);
        let own = [format!("{stem}_revision"), format!("{key}_revision")];
        let names = own.iter().chain(&row.revisions);
        for name in names {
            let Some(word) = self.value(name) else {
                continue;
            };
            if !word.is_known() {
                return id::dynamic_revision();
            }
            if !matches!(word.text.trim(), "" | "null" | "None" | "~") {
                return id::revision(Some(word.text.trim()));
            }
        }
        id::revision(None)
    }

    /// The flags beside a key.
    pub(crate) fn flags(&self) -> Flags {
        let mut flags = Flags::default();
        for pair in &self.list {
            let text = pair.value.text.trim().to_ascii_lowercase();
            if pair.key == "code_revision" {
                let is_known = pair.value.is_known();
                flags.code_revision = Some(match &*text {
                    "" | "null" | "none" | "~" => continue,
                    _ if is_known => id::revision(Some(pair.value.text.trim())),
                    _ => id::dynamic_revision(),
                });
            } else if let Some(switch) = flags.switch_mut(&pair.key) {
                *switch = match &*text {
                    "true" | "yes" | "on" | "1" => Some(Switch::On),
                    "false" | "no" | "off" | "0" => Some(Switch::Off),
                    "" | "null" | "none" | "~" => None,
                    _ => Some(Switch::Dynamic),
                };
            }
        }
        flags
    }

    /// The keys of a map that are ids themselves.
    pub(crate) fn judge_keys(&self, keys: &[Word], of: &str) -> Vec<Found> {
        let rows = knowledge::tables().keys.iter();
        let mut rows = rows.filter(|row| row.keyed && row.keys.iter().any(|key| key == of));
        let Some((row, hub)) = rows.next().and_then(|row| Some((row, row.hub?))) else {
            return Vec::new();
        };
        let judged = keys.iter().filter_map(|key| {
            let judged = id::judge(&key.text, row.form)?;
            let is_id = judged.hub != Some(Hub::Local) && is_sure(&key.text, &judged, row.form);
            let origin = Origin::Hub(judged.hub.unwrap_or(hub));
            is_id.then(|| Found {
                call: of.to_owned(),
                ..found(key, &judged, origin, row.kind, Resolution::ConfigValue)
            })
        });
        judged.collect()
    }
}

/// Keys between the name of a provider and its model.
const SETTINGS: &[&str] = &[
    "chat",
    "completion",
    "config",
    "default",
    "defaults",
    "embedding",
    "embeddings",
    "image",
    "llm",
    "options",
    "params",
    "settings",
];

/// Whether a value alone is evidence enough.
fn is_sure(text: &str, judged: &Judged, form: Form) -> bool {
    let is_file = || {
        let name = text.rsplit('/').next().unwrap_or_default();
        let ending = name
            .rsplit_once('.')
            .map_or("", |(_, ending)| ending)
            .to_ascii_lowercase();
        FILES.contains(&&*ending)
    };
    match form {
        _ if text.contains("://") => true,
        Form::HubId => {
            id::is_owner_name(text)
                && !judged.confusable
                && !is_file()
                && !id::is_content_type(text)
        }
        _ => true,
    }
}

/// Endings of files that are no names of models.
const FILES: &[&str] = &[
    "arrow",
    "bin",
    "ckpt",
    "csv",
    "gguf",
    "h5",
    "html",
    "ini",
    "ipynb",
    "joblib",
    "js",
    "json",
    "jsonl",
    "keras",
    "lock",
    "log",
    "md",
    "npy",
    "npz",
    "onnx",
    "parquet",
    "pb",
    "pkl",
    "pt",
    "pth",
    "py",
    "safetensors",
    "sh",
    "sql",
    "tar",
    "tflite",
    "toml",
    "ts",
    "tsv",
    "txt",
    "whl",
    "xml",
    "yaml",
    "yml",
    "zip",
    "zst",
    "gz",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_in_one_writing() {
        let of = normalized;
        assert_eq!(of("modelURL"), "model_url");
        assert_eq!(of("modelId"), "model_id");
        assert_eq!(of("HF_MODEL_ID"), "hf_model_id");
        assert_eq!(of("--model-name-or-path"), "model_name_or_path");
        assert_eq!(of("HFModel"), "hf_model");
    }

    fn judged(pairs: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let list = pairs.iter().map(|(key, value)| Pair {
            key: normalized(key),
            shown: (*key).to_owned(),
            value: Word::aligned(value, 0..value.len(), value),
        });
        let pairs = Pairs {
            list: list.collect(),
            ..Pairs::default()
        };
        let found = pairs.judge(Manner::Config).into_iter();
        found
            .map(|found| (found.id.unwrap(), found.revision.text))
            .collect()
    }

    #[test]
    fn revisions_stand_beside() {
        let found = judged(&[
            ("model_id", "o/n"),
            ("revision", "main"),
            ("tokenizer", "o/t"),
        ]);
        let expected = [
            ("o/n".to_owned(), Some("main".to_owned())),
            ("o/t".to_owned(), None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn weak_keys_need_an_id() {
        assert!(judged(&[("model", "chat")]).is_empty());
        assert!(judged(&[("dataset", "data/train")]).is_empty());
        assert!(judged(&[("model_path", "models/x.bin")]).is_empty());
        assert_eq!(judged(&[("base_model", "gpt2")]).len(), 1);
        assert_eq!(judged(&[("model", "gpt-4o")]).len(), 1);
        assert_eq!(
            judged(&[("model", "large"), ("provider", "mistral")]).len(),
            1
        );
    }
}
