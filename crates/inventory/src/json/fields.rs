//! Fields of the JSON that are more than strings.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use weighbridge::{Confidence, EffectClass, GapReason, RuleText, Severity, Verdict};

use crate::reference::Switch;

/// The limits that gaps name.
const LIMITS: &[&str] = &[
    "files",
    "file_bytes",
    "references",
    "values",
    "model_bytes",
    "deadline",
    crate::disk::LINKS,
];

// By other names, so that they are not taken for parts of the input.
pub(super) type Word = &'static str;
pub(super) type Rule = &'static RuleText;

/// A number, or its digits.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum NumberIn {
    Number(u64),
    Digits(String),
}

impl NumberIn {
    pub(super) fn value<E: serde::de::Error>(self) -> Result<u64, E> {
        match self {
            NumberIn::Number(number) => Ok(number),
            NumberIn::Digits(digits) => digits.parse().map_err(E::custom),
        }
    }
}

pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    NumberIn::deserialize(deserializer)?.value()
}

pub(super) fn verdict<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Verdict>, D::Error> {
    let Some(name) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let known = Verdict::ALL
        .into_iter()
        .find(|known| known.as_str() == name);
    let known = known.ok_or_else(|| D::Error::custom(format!("no verdict: {}", quoted(&name))))?;
    Ok(Some(known))
}

/// One of the values that have such names.
pub(super) fn one_of<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    what: &str,
    from: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let name = String::deserialize(deserializer)?;
    from(&name).ok_or_else(|| D::Error::custom(format!("no {what}: {}", quoted(&name))))
}

/// A string of the input, to show.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", weighbridge::escape::capped(text, 100))
}

pub(super) fn confidence<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Confidence, D::Error> {
    one_of(deserializer, "confidence", |name| {
        Confidence::ALL
            .into_iter()
            .find(|known| known.as_str() == name)
    })
}

pub(super) fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    one_of(deserializer, "severity", Severity::from_name)
}

pub(super) fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<GapReason, D::Error> {
    one_of(deserializer, "reason", |name| {
        GapReason::ALL
            .into_iter()
            .find(|known| known.as_str() == name)
    })
}

pub(super) fn rule<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<&'static RuleText, D::Error> {
    one_of(deserializer, "rule of this version", |code| {
        let mut known = crate::rules().iter().chain(weighbridge::rules());
        known.find(|rule| rule.code == code)
    })
}

pub(super) fn effect<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<EffectClass>, D::Error> {
    let Some(name) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let known = EffectClass::ALL
        .into_iter()
        .find(|known| known.as_str() == name);
    known
        .map(Some)
        .ok_or_else(|| D::Error::custom(format!("no effect: {}", quoted(&name))))
}

pub(super) fn limit<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'static str>, D::Error> {
    let Some(name) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let known = LIMITS.iter().find(|known| **known == name);
    let known = known.ok_or_else(|| D::Error::custom(format!("no limit: {}", quoted(&name))))?;
    Ok(Some(known))
}

pub(super) fn fingerprint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_one = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_one {
        true => Ok(text),
        false => Err(D::Error::custom(
            "no fingerprint: 32 hexadecimal digits are expected",
        )),
    }
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Switch, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Value {
            Known(bool),
            Word(String),
        }
        match Value::deserialize(deserializer)? {
            Value::Known(true) => Ok(Switch::On),
            Value::Known(false) => Ok(Switch::Off),
            Value::Word(word) if word == "dynamic" => Ok(Switch::Dynamic),
            Value::Word(word) => Err(D::Error::custom(format!("no switch: {}", quoted(&word)))),
        }
    }
}
