//! What a single value refers to: an id, an address, a model behind a gateway.

use std::ops::Range;

use weighbridge::Confidence;

use super::Found;
use super::word::Word;
use crate::id::{self, Judged};
use crate::knowledge::Form;
use crate::reference::{Flags, Hub, Kind, Origin, Pin, Purpose, Resolution, Service};
use crate::service;

pub(super) fn of_service(service: Service, text: &str) -> (Origin, Kind, Judged) {
    (Origin::Service(service), Kind::Service, Judged::new(text))
}

pub(super) fn of_ollama(text: &str) -> Option<(Origin, Kind, Judged)> {
    let judged = id::judge(text, Form::NameTag)?;
    let hub = judged.hub.unwrap_or(Hub::Ollama);
    (hub != Hub::Local).then_some((Origin::Hub(hub), Kind::Model, judged))
}

/// `provider/model` and `provider:kind:model` of gateways and of tools that compare models.
pub(crate) fn of_gateway(text: &str) -> Option<(Origin, Kind, Judged)> {
    let (service, rest) = service::of_gateway(text)?;
    let tasks = [
        "chat",
        "completion",
        "completions",
        "responses",
        "messages",
        "embedding",
        "embeddings",
        "text-generation",
        "text-classification",
        "feature-extraction",
        "image",
        "assistant",
        "generate",
        "sentence-similarity",
        "token-classification",
    ];
    let model = match rest.split_once(':') {
        Some((task, model)) if tasks.contains(&task) => model,
        _ => rest,
    };
    if text.starts_with("ollama") {
        return of_ollama(model);
    }
    if service == Service::HuggingFace {
        let judged = id::judge(model, Form::HubId)?;
        return (judged.hub.is_none() && id::is_owner_name(model)).then_some((
            Origin::Hub(Hub::HuggingFace),
            Kind::Model,
            judged,
        ));
    }
    let is_file = model.contains("://") || model.starts_with('.') || tasks.contains(&model);
    (!is_file).then(|| of_service(service, model))
}

/// A reference whose id stands in a word.
pub(crate) fn found(
    word: &Word,
    judged: &Judged,
    origin: Origin,
    kind: Kind,
    resolution: Resolution,
) -> Found {
    let whole = || {
        word.place(0)
            .map(|start| start..word.near(word.text.len()).max(start))
    };
    let span = word
        .find(&judged.id)
        .or_else(whole)
        .unwrap_or_else(|| word.span.clone());
    let mut revision = id::revision(judged.revision.as_deref());
    // Registries have tags: `llama3.2:latest`.
    let has_tags = [Hub::Ollama, Hub::Docker, Hub::Ngc]
        .map(Origin::Hub)
        .contains(&origin);
    if has_tags && revision.pin == Pin::Branch {
        revision.pin = Pin::Tag;
    }
    Found {
        origin,
        kind,
        id: Some(judged.id.clone()),
        revision,
        span,
        call: String::new(),
        resolution: word.resolution.unwrap_or(resolution),
        flags: Flags::default(),
        confidence: Confidence::High,
        purpose: None::<Purpose>,
        is_fetched: judged.is_fetched,
    }
}

/// The address of a model that a word is.
pub(crate) fn address(word: &Word) -> Option<Found> {
    let text = word.text.trim();
    if !word.is_known() || text.contains(char::is_whitespace) {
        return None;
    }
    let judged = id::of_url(text)?;
    let origin = Origin::Hub(judged.hub.unwrap_or(Hub::Url));
    let kind = judged.kind.unwrap_or(Kind::Model);
    Some(Found {
        call: "url".to_owned(),
        ..found(word, &judged, origin, kind, Resolution::Url)
    })
}

/// The address of a file that is a model by its ending.
pub(crate) fn weights(word: &Word) -> Option<Found> {
    let judged = id::of_weights(word.text.trim())?;
    let origin = Origin::Hub(judged.hub.unwrap_or(Hub::Url));
    Some(found(word, &judged, origin, Kind::Model, Resolution::Url))
}

/// A service that is used, whatever model it is asked for.
pub(crate) fn used(
    service: Service,
    span: Range<usize>,
    call: &str,
    resolution: Resolution,
) -> Found {
    Found {
        origin: Origin::Service(service),
        kind: Kind::Service,
        id: None,
        revision: id::revision(None),
        span,
        call: call.to_owned(),
        resolution,
        flags: Flags::default(),
        confidence: Confidence::High,
        purpose: None,
        is_fetched: true,
    }
}
