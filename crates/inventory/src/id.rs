//! What a string refers to: an id of a hub, an address, a path; and how far a revision pins.

use std::borrow::Cow;

use crate::address::is_of_hub;
pub(crate) use crate::address::{of_url, of_weights};
use crate::knowledge::{Form, is_known_name};
use crate::reference::{Hub, Kind, Pin, Revision, Service};
use crate::service;

/// What a string refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// Where it comes from; `None` where the caller's hub holds.
    pub(crate) hub: Option<Hub>,
    /// The service that is asked for it, where the string itself tells.
    pub(crate) service: Option<Service>,
    /// What it is, where the string itself tells.
    pub(crate) kind: Option<Kind>,
    /// The id without its prefix and revision.
    pub(crate) id: String,
    /// The revision that the string itself holds.
    pub(crate) revision: Option<String>,
    /// Whether it looks like a path and would be looked for on the hub where the path is missing.
    pub(crate) confusable: bool,
    /// Whether it is fetched by its name; what another machine runs is not.
    pub(crate) is_fetched: bool,
}

impl Judged {
    pub(crate) fn new(id: &str) -> Judged {
        Judged {
            hub: None,
            service: None,
            kind: None,
            id: id.to_owned(),
            revision: None,
            confusable: false,
            is_fetched: true,
        }
    }

    pub(crate) fn on(hub: Hub, id: &str) -> Judged {
        Judged {
            hub: Some(hub),
            ..Judged::new(id)
        }
    }
}

/// First parts of relative paths that training scripts write to.
const FOLDERS: &[&str] = &[
    "adapters",
    "artifacts",
    "assets",
    "cache",
    "checkpoint",
    "checkpoints",
    "ckpt",
    "ckpts",
    "conf",
    "config",
    "configs",
    "content",
    "data",
    "dataset",
    "datasets",
    "docs",
    "exp",
    "experiments",
    "external",
    "interim",
    "lib",
    "lightning_logs",
    "local",
    "logs",
    "merged",
    "model",
    "models",
    "notebooks",
    "out",
    "output",
    "outputs",
    "pretrained",
    "processed",
    "raw",
    "resources",
    "results",
    "runs",
    "saved",
    "saved_model",
    "saved_models",
    "saves",
    "scripts",
    "snapshots",
    "src",
    "staging",
    "static",
    "templates",
    "test",
    "tests",
    "tmp",
    "train",
    "trained",
    "trained_models",
    "users",
    "weights",
    "work_dirs",
];

/// First parts of types of contents: `application/json`.
const TYPES: &[&str] = &[
    "application",
    "audio",
    "font",
    "image",
    "message",
    "multipart",
    "text",
    "video",
];

/// Whether it is the type of a content.
pub(crate) fn is_content_type(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(begin, _)| TYPES.contains(&begin))
}

/// The longest string that is looked at.
const LONGEST: usize = 2048;

/// What an argument of this form refers to; `None` where it is no id at all.
pub(crate) fn judge(text: &str, form: Form) -> Option<Judged> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return None;
    }
    if text.contains("://") {
        let is_plain = || form == Form::Url && text.starts_with("http") && !is_of_hub(text);
        return of_url(text).or_else(|| is_plain().then(|| Judged::on(Hub::Url, text)));
    }
    match form {
        Form::HubId => hub_id(text),
        Form::Prefixed => {
            let prefixes = ["hf_hub:", "hf-hub:", "hf:"];
            let rest = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix));
            match rest {
                Some(rest) => {
                    let (id, revision) = split_revision(rest);
                    Some(Judged {
                        revision: revision.map(str::to_owned),
                        ..Judged::on(Hub::HuggingFace, id)
                    })
                }
                None => Some(Judged::on(
                    if is_path(text) {
                        Hub::Local
                    } else {
                        Hub::Library
                    },
                    text,
                )),
            }
        }
        Form::GitHub => {
            let (id, revision) = match text.split_once(':') {
                Some((id, revision)) => (id, Some(revision.to_owned())),
                None => (text, None),
            };
            let judged = if is_owner_name(id) {
                Judged::new(id)
            } else {
                Judged::on(Hub::Local, id)
            };
            Some(Judged { revision, ..judged })
        }
        Form::NameTag => Some(name_tag(text)),
        Form::Library => {
            let hub = match text {
                path if is_path(path) => Hub::Local,
                id if is_owner_name(id) || is_known_name(id, Kind::Model) => Hub::HuggingFace,
                _ => Hub::Library,
            };
            Some(Judged::on(hub, text))
        }
        Form::Url => Some(Judged::on(Hub::Local, text)),
        Form::Provider => provider(text),
        Form::Placed => hub_id(text.strip_prefix("local:")?),
        Form::Folder => Some(folder(text)),
        Form::Kaggle => Some(kaggle(text)),
        Form::Versioned => Some(versioned(text)),
        Form::Name => (!text.contains(char::is_whitespace)).then(|| Judged::new(text)),
    }
}

/// `owner/name:version`.
fn versioned(text: &str) -> Judged {
    match text.split_once(':') {
        Some((id, version)) if is_owner_name(id) => Judged {
            revision: Some(version.to_owned()),
            ..Judged::new(id)
        },
        _ => Judged::new(text),
    }
}

/// `provider:model`, `provider/model`.
fn provider(text: &str) -> Option<Judged> {
    let ollama = ["ollama:", "ollama/", "ollama_chat/"];
    if let Some(model) = ollama.iter().find_map(|begin| text.strip_prefix(begin)) {
        let judged = name_tag(model);
        return Some(Judged {
            hub: judged.hub.or(Some(Hub::Ollama)),
            kind: Some(Kind::Model),
            ..judged
        });
    }
    // The inference service is asked for a model of the hub.
    let hosted = (text.split_once([':', '/']))
        .filter(|(begin, _)| service::of_provider(begin) == Some(Service::HuggingFace));
    if let Some((_, id)) = hosted.filter(|(_, id)| is_owner_name(id)) {
        return Some(Judged {
            kind: Some(Kind::Model),
            is_fetched: false,
            ..Judged::on(Hub::HuggingFace, id)
        });
    }
    let told = text
        .split_once(':')
        .and_then(|(begin, id)| Some((service::of_provider(begin)?, id)))
        .or_else(|| service::of_gateway(text));
    let (found, id) = match told {
        Some((found, id)) => (Some(found), id),
        None => (service::of_model(text), text),
    };
    (!id.contains(char::is_whitespace)).then(|| Judged {
        service: found,
        ..Judged::new(id)
    })
}

/// `models/owner/name`, `spaces/owner/name`, `owner/name`.
fn folder(text: &str) -> Judged {
    let prefixes = [
        ("models/", Kind::Model),
        ("huggingface/", Kind::Model),
        ("spaces/", Kind::Space),
        ("datasets/", Kind::Dataset),
    ];
    let found = prefixes
        .iter()
        .find_map(|(prefix, kind)| Some((text.strip_prefix(prefix)?, *kind)));
    match found {
        Some((id, kind)) if is_owner_name(id) || !id.contains('/') => Judged {
            kind: Some(kind),
            ..Judged::on(Hub::HuggingFace, id)
        },
        _ if is_owner_name(text) => Judged::new(text),
        _ => Judged::on(Hub::Local, text),
    }
}

/// `owner/model/framework/variation/version`, `owner/dataset/versions/1`.
pub(crate) fn kaggle(text: &str) -> Judged {
    let (id, version) = match text.rsplit_once('/') {
        Some((id, version))
            if id.contains('/') && version.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            (
                id.strip_suffix("/versions").unwrap_or(id),
                Some(version.to_owned()),
            )
        }
        _ => (text, None),
    };
    Judged {
        revision: version,
        ..Judged::on(Hub::Kaggle, id)
    }
}

fn hub_id(text: &str) -> Option<Judged> {
    if is_path(text) {
        return Some(Judged::on(Hub::Local, text));
    }
    let whole = without_holes(text);
    if !is_owner_name(&whole) && !is_segment(&whole) {
        // Three parts are a path wherever they are looked for.
        let is_relative = text.contains('/') && !text.contains(char::is_whitespace);
        return is_relative.then(|| Judged::on(Hub::Local, text));
    }
    Some(Judged {
        confusable: is_confusable(text),
        ..Judged::new(text)
    })
}

/// Whether an id looks like a folder that training writes to: where that is missing, the hub is asked.
pub(crate) fn is_confusable(id: &str) -> bool {
    let first = id
        .split_once('/')
        .map(|(first, _)| first.to_ascii_lowercase());
    first.is_some_and(|first| FOLDERS.contains(&&*first))
}

/// A text with a letter for each part that is not known: `facebook/dinov2-{size}`.
fn without_holes(text: &str) -> Cow<'_, str> {
    let mut whole = Cow::Borrowed(text);
    while let Some((before, rest)) = whole.split_once('{')
        && let Some((_, after)) = rest.split_once('}')
    {
        whole = Cow::Owned(format!("{before}x{after}"));
    }
    whole
}

/// `llama3.2:1b`, `user/name:tag`, `hf.co/owner/name:quant`.
pub(crate) fn name_tag(text: &str) -> Judged {
    if let Some(rest) = ["hf.co/", "huggingface.co/"]
        .iter()
        .find_map(|host| text.strip_prefix(host))
    {
        let id = rest.split_once(':').map_or(rest, |(id, _)| id);
        // What follows the colon is a quantization, not a revision.
        return Judged::on(Hub::HuggingFace, id);
    }
    if is_path(text) || text.ends_with(".gguf") {
        return Judged::on(Hub::Local, text);
    }
    match text.rsplit_once(':') {
        Some((id, tag)) if !tag.contains('/') => Judged {
            revision: Some(tag.to_owned()),
            ..Judged::new(id)
        },
        _ => Judged::new(text),
    }
}

pub(crate) fn split_revision(text: &str) -> (&str, Option<&str>) {
    match text.split_once('@') {
        Some((id, revision)) => (id, Some(revision)),
        None => (text, None),
    }
}

/// Whether it can only be a path.
pub(crate) fn is_path(text: &str) -> bool {
    let begins = ["/", "./", "../", "~", "$", "\\", "file:"];
    let is_drive = text.as_bytes().get(1) == Some(&b':') && text.contains('\\');
    begins.iter().any(|begin| text.starts_with(begin)) || is_drive || matches!(text, "." | "..")
}

/// Whether it is `owner/name` as the Hugging Face Hub takes it.
pub(crate) fn is_owner_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((owner, name)) => is_segment(owner) && is_segment(name),
        None => false,
    }
}

/// Whether it may be a part of an id: letters, digits, `-`, `_`, `.`; at most 96; no `--`, no `..`; no `-`
/// or `.` at either end (`validate_repo_id` of `huggingface_hub`).
pub(crate) fn is_segment(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=96).contains(&text.len())
        && text.chars().all(fine)
        && !text.contains("--")
        && !text.contains("..")
        && !text.starts_with(['-', '.'])
        && !text.ends_with(['-', '.'])
}

/// How far a revision pins.
pub(crate) fn revision(text: Option<&str>) -> Revision {
    let pin = match text {
        None => Pin::None,
        Some(text) => pin(text),
    };
    Revision {
        text: text.map(str::to_owned),
        pin,
    }
}

/// A revision that is given, but not known.
pub(crate) fn dynamic_revision() -> Revision {
    Revision {
        text: None,
        pin: Pin::Dynamic,
    }
}

fn pin(text: &str) -> Pin {
    let is_hex = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let version = text.strip_prefix('v').unwrap_or(text);
    match text.len() {
        40 | 64 if is_hex => Pin::Commit,
        // The digest of a blob or a manifest.
        71 if text.starts_with("sha256:") => Pin::Commit,
        _ if text.starts_with("refs/pr/") => Pin::PullRequest,
        _ if text.starts_with("refs/tags/") => Pin::Tag,
        7..=39 if is_hex && has_digit => Pin::ShortCommit,
        // The version of a model on Kaggle.
        1..=3 if text.bytes().all(|byte| byte.is_ascii_digit()) => Pin::Tag,
        // Without a dot it is a branch as often as not: `v2`, `2024`.
        _ if version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.') => Pin::Tag,
        _ => Pin::Branch,
    }
}

#[cfg(test)]
#[path = "id_tests.rs"]
mod tests;
