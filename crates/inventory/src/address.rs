//! What an address refers to, by the shapes of `data/urls.toml`.

use crate::id::{Judged, is_segment, kaggle, split_revision};
use crate::knowledge;
use crate::reference::{Hub, Kind};

/// Endings of files that hold a model and little else.
const MODEL_ENDINGS: &[&str] = &[
    "ckpt",
    "ggml",
    "gguf",
    "joblib",
    "keras",
    "llamafile",
    "nemo",
    "onnx",
    "pt",
    "pth",
    "safetensors",
    "tflite",
];

/// Whether an address is one of a hub: then it is a page that is no model.
pub(crate) fn is_of_hub(text: &str) -> bool {
    let host = text
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split(['/', '?']).next());
    let mut rows = knowledge::tables().urls.iter();
    host.is_some_and(|host| rows.any(|row| row.hosts.iter().any(|known| known == host)))
}

/// What an address refers to, by the shapes of `data/urls.toml`; `None` for one of no model.
pub(crate) fn of_url(text: &str) -> Option<Judged> {
    if let Some(rest) = text.strip_prefix("hf://") {
        return Some(of_hf_path(rest));
    }
    if let Some(rest) = text.strip_prefix("kaggle://") {
        return Some(kaggle(rest));
    }
    let (scheme, rest) = text.split_once("://")?;
    if !matches!(
        scheme,
        "http" | "https" | "git" | "ssh" | "git+https" | "ollama" | "ngc"
    ) {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host
        .rsplit_once('@')
        .map_or(host, |(_, host)| host)
        .to_ascii_lowercase();
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let rows = knowledge::tables().urls.iter();
    let found = rows
        .filter(|row| row.hosts.contains(&host))
        .find_map(|row| {
            let found = row.shapes.iter().find_map(|shape| fit(shape, &parts))?;
            let first = found.id.split('/').next().unwrap_or_default();
            if row.reserved.iter().any(|page| page == first) {
                return None;
            }
            Some(Judged {
                hub: Some(row.hub),
                kind: Some(row.kind),
                ..found
            })
        });
    let name = parts.last().copied().unwrap_or_default();
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let is_file = ending.is_some_and(|ending| MODEL_ENDINGS.contains(&&*ending));
    found.or_else(|| (is_file && scheme.starts_with("http")).then(|| Judged::on(Hub::Url, text)))
}

/// `hf://owner/name@revision/file`, `hf://datasets/owner/name/…`.
fn of_hf_path(rest: &str) -> Judged {
    let (kind, rest) = match rest.split_once('/') {
        Some(("datasets", rest)) => (Kind::Dataset, rest),
        Some(("spaces", rest)) => (Kind::Space, rest),
        Some(("models", rest)) => (Kind::Model, rest),
        _ => (Kind::Model, rest),
    };
    let mut parts = rest.split('/');
    let id: Vec<&str> = parts.by_ref().take(2).collect();
    let id = id.join("/");
    let (id, revision) = split_revision(&id);
    Judged {
        kind: Some(kind),
        // refs/pr/1 is written refs%2Fpr%2F1.
        revision: revision.map(|revision| revision.replace("%2F", "/")),
        ..Judged::on(Hub::HuggingFace, id)
    }
}

/// The parts of a path put into a shape: `{owner}/{name}/resolve/{revision}/{*}`.
fn fit(shape: &str, parts: &[&str]) -> Option<Judged> {
    let mut id = Vec::new();
    let mut revision = None;
    let mut parts = parts.iter();
    for wanted in shape.split('/') {
        if wanted == "{*}" {
            return Some(Judged {
                revision,
                ..Judged::new(&id.join("/"))
            });
        }
        let part = *parts.next()?;
        match wanted {
            "{revision}" => revision = Some(part.replace("%2F", "/")),
            "{}" => {}
            _ if wanted.starts_with('{') => {
                let part = part.strip_suffix(".git").unwrap_or(part);
                if !is_segment(part) {
                    return None;
                }
                id.push(part);
            }
            _ if wanted != part => return None,
            _ => {}
        }
    }
    let is_whole = parts.next().is_none();
    is_whole.then(|| Judged {
        revision,
        ..Judged::new(&id.join("/"))
    })
}
