//! From a call in any language to a reference.

use std::ops::Range;

use weighbridge::Confidence;

use crate::id;
use crate::knowledge::{Argument, CallRow, Form, Language};
use crate::read::Found;
use crate::reference::{Flags, Hub, Kind, Origin, Pin, Resolution, Revision, Switch};

/// What an argument is, as far as a reader can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A whole string.
    Text(String),
    /// `True`, `false`.
    Bool(bool),
    /// `None`, `null`, `undefined`: as if it was not given.
    Nothing,
    /// Anything else.
    Unknown,
}

/// An argument.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) value: Value,
    /// How the value was found out.
    pub(crate) resolution: Resolution,
    /// Where its text stands, if it stands in the call itself.
    pub(crate) place: Option<Range<usize>>,
}

/// A call, as a reader hands it over.
pub(crate) struct Call<'c> {
    pub(crate) language: Language,
    /// The dotted name, as it stands there: what the reference shows.
    pub(crate) shown: &'c str,
    /// From the name to the closing bracket.
    pub(crate) span: Range<usize>,
    /// The arguments without a name. What follows an unpacked list is not among them.
    pub(crate) positional: Vec<Given>,
    /// The arguments with one; in JavaScript the keys of every object that is an argument.
    pub(crate) keywords: Vec<(String, Given)>,
    /// Whether everything that is given is known: no `**kwargs`, no list that was cut.
    pub(crate) is_whole: bool,
}

impl Call<'_> {
    fn given(&self, argument: &Argument) -> Option<&Given> {
        let mut names = argument.keywords.iter();
        let named = names.find_map(|name| self.keyword(name));
        let placed = || self.positional.get(argument.position?);
        named
            .or_else(placed)
            .filter(|given| given.value != Value::Nothing)
    }

    fn keyword(&self, name: &str) -> Option<&Given> {
        let found = self.keywords.iter().find(|(known, _)| known == name);
        found.map(|(_, given)| given)
    }
}

/// The reference that a call of this row is; `None` where its id is one of nothing.
pub(crate) fn judge(call: &Call<'_>, row: &CallRow, confidence: Confidence) -> Option<Found> {
    let origin = match (row.hub, row.service) {
        (Some(hub), _) => Origin::Hub(hub),
        (None, Some(service)) => Origin::Service(service),
        (None, None) => return None,
    };
    let mut found = Found {
        origin,
        kind: kind(call, row),
        id: None,
        revision: revision(call, row.revision.as_ref()),
        span: call.span.clone(),
        call: call.shown.to_owned(),
        resolution: Resolution::Unresolved,
        flags: flags(call, row),
        confidence,
        purpose: row.purpose,
        is_fetched: !row.hosted,
    };
    let Some(argument) = &row.id else {
        // A client: the service is used, whatever model it will be asked for.
        found.resolution = Resolution::Literal;
        return Some(found);
    };
    match call.given(argument) {
        Some(Given {
            value: Value::Text(text),
            resolution,
            place,
        }) => {
            if row.builtin_ids.contains(text) {
                return None;
            }
            let judged = id::judge(text, row.form)?;
            found.resolution = *resolution;
            if let Some(place) = place {
                found.span = place.clone();
            }
            found.id = Some(judged.id);
            if judged.hub == Some(Hub::Library) && is_untrained(call, row) {
                return None;
            }
            found.is_fetched &= judged.is_fetched;
            // What a gateway hands on may be a model of a hub: `ollama:llama3`.
            let is_hub = matches!(origin, Origin::Hub(_))
                || matches!(judged.hub, Some(Hub::Ollama | Hub::HuggingFace));
            if let Some(hub) = judged.hub.filter(|_| is_hub) {
                found.origin = Origin::Hub(hub);
            }
            if let (Some(service), Origin::Service(_)) = (judged.service, origin) {
                found.origin = Origin::Service(service);
            }
            found.kind = judged.kind.unwrap_or(found.kind);
            if let Some(text) = judged.revision {
                found.revision = id::revision(Some(&text));
                // A registry of tags: `llama3.2:1b`.
                let has_tags = row.form == Form::NameTag || judged.hub == Some(Hub::Ollama);
                if has_tags && found.revision.pin == Pin::Branch {
                    found.revision.pin = Pin::Tag;
                }
            }
        }
        Some(Given {
            value: Value::Unknown,
            ..
        }) if row.only_text => return None,
        Some(Given {
            value: Value::Unknown,
            ..
        }) => {}
        // A number is an id of nothing.
        Some(_) => return None,
        None => match default_id(call, row) {
            Some(default) => {
                found.id = Some(default.to_owned());
                found.resolution = Resolution::LibraryDefault;
            }
            // A method of that name that takes something else altogether.
            None if call.is_whole => return None,
            None => {}
        },
    }
    // What is on this machine has no revision to pin.
    if found.origin == Origin::Hub(Hub::Local) {
        found.revision = id::revision(None);
    }
    Some(found)
}

/// Whether a call makes a model of a library without its weights.
fn is_untrained(call: &Call<'_>, row: &CallRow) -> bool {
    let Some(argument) = &row.fetches_with else {
        return false;
    };
    match call.given(argument) {
        Some(given) => given.value == Value::Bool(false),
        None => call.is_whole,
    }
}

/// What is loaded where no id is given.
fn default_id<'r>(call: &Call<'_>, row: &'r CallRow) -> Option<&'r str> {
    if let Some(default) = &row.default_id {
        return Some(default);
    }
    let by = row.default_by.as_ref()?;
    let argument = Argument {
        position: by.position,
        keywords: by.keywords.clone(),
    };
    let Value::Text(text) = &call.given(&argument)?.value else {
        return None;
    };
    // `translation_en_to_de` is a `translation`.
    let begin = || by.ids.get(text.split('_').next()?);
    by.ids.get(text).or_else(begin).map(String::as_str)
}

/// The references that other arguments of a call are: `pipeline(…, tokenizer="…")`.
pub(crate) fn judge_also(call: &Call<'_>, row: &CallRow, confidence: Confidence) -> Vec<Found> {
    let Some(hub) = row.hub else {
        return Vec::new();
    };
    let texts = row
        .also
        .iter()
        .filter_map(|also| match call.keyword(&also.keyword) {
            Some(Given {
                value: Value::Text(text),
                resolution,
                place,
            }) => Some((also, id::judge(text, row.form)?, *resolution, place.clone())),
            _ => None,
        });
    texts
        .map(|(also, judged, resolution, place)| {
            let revision = also.revision.as_ref().map(|keyword| Argument {
                position: None,
                keywords: vec![keyword.clone()],
            });
            Found {
                origin: Origin::Hub(judged.hub.unwrap_or(hub)),
                kind: judged.kind.unwrap_or(also.kind),
                id: Some(judged.id),
                revision: match &judged.revision {
                    Some(text) => id::revision(Some(text)),
                    None => self::revision(call, revision.as_ref()),
                },
                span: place.unwrap_or_else(|| call.span.clone()),
                call: call.shown.to_owned(),
                resolution,
                flags: flags(call, row),
                confidence,
                purpose: row.purpose,
                is_fetched: !row.hosted,
            }
        })
        .collect()
}

fn kind(call: &Call<'_>, row: &CallRow) -> Kind {
    let told = row.kind_from.as_deref().and_then(|name| call.keyword(name));
    match told {
        Some(Given {
            value: Value::Text(text),
            ..
        }) => Kind::from_name(text).unwrap_or(row.kind),
        _ => row.kind,
    }
}

fn revision(call: &Call<'_>, argument: Option<&Argument>) -> Revision {
    match argument
        .and_then(|argument| call.given(argument))
        .map(|given| &given.value)
    {
        Some(Value::Text(text)) => id::revision(Some(text)),
        Some(Value::Unknown) => id::dynamic_revision(),
        _ => id::revision(None),
    }
}

/// The flags that a call gives.
pub(crate) fn flags(call: &Call<'_>, row: &CallRow) -> Flags {
    let mut flags = Flags::default();
    for name in &row.flags {
        let Some(given) = call.keyword(name) else {
            continue;
        };
        if let Some(switch) = flags.switch_mut(name) {
            *switch = match given.value {
                Value::Bool(true) => Some(Switch::On),
                Value::Bool(false) => Some(Switch::Off),
                Value::Nothing => None,
                Value::Text(_) | Value::Unknown => Some(Switch::Dynamic),
            };
        } else {
            flags.code_revision = match &given.value {
                Value::Text(text) => Some(id::revision(Some(text))),
                Value::Nothing => None,
                Value::Bool(_) | Value::Unknown => Some(id::dynamic_revision()),
            };
        }
    }
    flags
}
