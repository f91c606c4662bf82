//! Variables of the environment, wherever they are given.

use super::Finds;
use super::keys::{self, Manner, Pair, Pairs};
use super::value;
use super::word::Word;
use crate::reference::{Resolution, Service};
use crate::service;

/// What variables refer to that are given beside each other.
pub(crate) fn judge(variables: Vec<(String, Word)>, out: &mut Finds) {
    let list = variables.into_iter().map(|(name, value)| Pair {
        key: keys::normalized(&name),
        shown: name,
        value: super::shell::expanded(value),
    });
    let pairs = Pairs {
        list: list.collect(),
        ..Pairs::default()
    };
    let found = pairs.judge(Manner::Config);
    for found in found {
        out.reference(found);
    }
    for pair in &pairs.list {
        if let Some(found) = key_of_service(&pair.shown, &pair.value) {
            out.reference(found);
        }
    }
}

/// The service whose key or address a variable holds. It is told by the name: the value may be a secret.
pub(crate) fn key_of_service(name: &str, value: &Word) -> Option<super::Found> {
    let known = service::of_variable(name)?;
    let service = match service::of_address(&value.text) {
        Some(service) => service,
        // OPENAI_BASE_URL of a host that nobody knows.
        None if value.text.contains("://") && known == Service::OpenAi => Service::LocalServer,
        None => known,
    };
    let span = value.span.clone();
    Some(value::used(service, span, name, Resolution::ConfigValue))
}
