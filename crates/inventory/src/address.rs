//! What an address refers to, by the shapes of `data/urls.toml`.

use crate::id::{Judged, is_segment, kaggle, name_tag, split_revision};
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
    if let Some(rest) = text.strip_prefix("ollama://") {
        let judged = name_tag(rest);
        let hub = judged.hub.unwrap_or(Hub::Ollama);
        return (hub != Hub::Local).then_some(Judged {
            hub: Some(hub),
            ..judged
        });
    }
    // git@host:path
    if let Some((user, rest)) = text.split_once('@')
        && !user.contains(['/', ':'])
        && let Some((host, path)) = rest.split_once(':')
        && !host.contains('/')
        && !path.starts_with("//")
    {
        return of_url(&format!("ssh://{host}/{path}"));
    }
    if let Some(rest) = text.strip_prefix("kaggle://") {
        return Some(kaggle(rest));
    }
    let (scheme, rest) = text.split_once("://")?;
    if !matches!(
        scheme,
        "http" | "https" | "git" | "ssh" | "git+https" | "git+ssh" | "ngc"
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
        .filter(|row| row.hosts.contains(&host) && (!row.weights || is_weights(path)))
        .find_map(|row| {
            let known = || {
                let found = row.known.iter().find_map(|shape| fit(shape, &parts))?;
                knowledge::is_known_name(&found.id, row.kind).then_some(found)
            };
            let found = row.shapes.iter().find_map(|shape| fit(shape, &parts));
            let found = found.or_else(known)?;
            let first = found.id.split('/').next().unwrap_or_default();
            if row.reserved.iter().any(|page| page == first) {
                return None;
            }
            Some(Judged {
                hub: Some(row.hub),
                kind: Some(row.kind),
                is_fetched: !row.hosted,
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

/// The address of a file that is a model by its ending; its id is the whole address where no row knows it.
pub(crate) fn of_weights(text: &str) -> Option<Judged> {
    let (scheme, rest) = text.split_once("://")?;
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let known = matches!(scheme, "http" | "https" | "ftp" | "s3" | "gs");
    let is_id = |c: char| c.is_ascii_graphic() && !matches!(c, '{' | '}' | '$' | '"' | '<' | '>');
    (known && path.contains('/') && is_weights(path) && text.chars().all(is_id))
        .then(|| of_url(text).unwrap_or_else(|| Judged::on(Hub::Url, text)))
}

/// Endings of files that hold a model, among other things.
const WEIGHTS: &[&str] = &[
    "bin",
    "h5",
    "hdf5",
    "mlmodel",
    "mlpackage",
    "model",
    "npz",
    "pb",
    "pickle",
    "pkl",
    "t7",
];

/// Whether a path ends like a file that holds a model.
fn is_weights(path: &str) -> bool {
    let ending = path
        .rsplit('/')
        .next()
        .and_then(|name| name.rsplit_once('.'));
    ending.is_some_and(|(_, ending)| {
        let ending = ending.to_ascii_lowercase();
        MODEL_ENDINGS.contains(&&*ending) || WEIGHTS.contains(&&*ending)
    })
}

/// `hf://owner/name@revision/file`, `hf://datasets/owner/name/…`, and KServe's `hf://owner/name:revision`.
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
    let (id, revision) = match id.split_once(':') {
        Some((id, revision)) => (id, Some(revision)),
        None => split_revision(&id),
    };
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
