//! Options: keywords of Python as a scanner.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use weighbridge::{Allow, Limits, Scanner};

use crate::errors;

/// A scanner of the library, and what is left of its options.
pub(crate) struct Configured {
    pub(crate) scanner: Scanner,
    pub(crate) options: weighbridge::Options,
}

impl Configured {
    /// As [`Configured::of`], and the name of what is looked at.
    pub(crate) fn named(
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<(Option<String>, Configured)> {
        let Some(options) = options else {
            return Ok((None, Configured::of(None)?));
        };
        let rest = options.copy()?;
        let name = rest.get_item("name")?;
        if name.is_some() {
            rest.del_item("name")?;
        }
        let name = name.filter(|name| !name.is_none());
        let name = name.map(|name| name.extract()).transpose()?;
        Ok((name, Configured::of(Some(&rest))?))
    }

    /// The scanner that these keywords ask for.
    pub(crate) fn of(options: Option<&Bound<'_, PyDict>>) -> PyResult<Configured> {
        let mut limits = Limits::default();
        let mut deep = false;
        let mut builder = Scanner::builder();
        for (key, value) in options.into_iter().flat_map(|options| options.iter()) {
            let key: String = key.extract()?;
            let py = value.py();
            let wrong = |words: String| errors::option(py, &format!("{key}: {words}"));
            match key.as_str() {
                "allow" => {
                    for (text, reason) in reasoned(&value, &key)? {
                        let allow = Allow::parse(&text, reason.as_deref());
                        builder = builder.allow(allow.map_err(|error| wrong(error.to_string()))?);
                    }
                }
                "ignore" => {
                    for rule in words(&value, &key)? {
                        builder = builder
                            .ignore(&rule)
                            .map_err(|error| wrong(error.to_string()))?;
                    }
                }
                "deep" => deep = flag(&value, &key)?,
                "hash" => builder = builder.hash(flag(&value, &key)?),
                _ if Limits::NAMES.contains(&key.as_str()) => bound(&mut limits, &key, &value)?,
                _ => {
                    return Err(PyTypeError::new_err(format!(
                        "there is no option {key:?}; there are allow, ignore, deep, hash, {}",
                        Limits::NAMES.join(", ")
                    )));
                }
            }
        }
        let options = weighbridge::Options::default()
            .with_limits(limits.clone())
            .with_deep(deep);
        Ok(Configured {
            scanner: builder.limits(limits).deep(deep).build(),
            options,
        })
    }
}

/// The bounds that these keywords ask for; there are no others.
pub(crate) fn limits_of(options: Option<&Bound<'_, PyDict>>, others: &str) -> PyResult<Limits> {
    let mut limits = Limits::default();
    for (key, value) in options.into_iter().flat_map(|options| options.iter()) {
        let key: String = key.extract()?;
        if !Limits::NAMES.contains(&key.as_str()) {
            return Err(PyTypeError::new_err(format!(
                "there is no option {key:?}; there are {others}, {}",
                Limits::NAMES.join(", ")
            )));
        }
        bound(&mut limits, &key, &value)?;
    }
    Ok(limits)
}

/// Sets a bound; `None` leaves it as it is.
fn bound(limits: &mut Limits, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    if !value.is_none() {
        limits.set(key, limit(key, value)?);
    }
    Ok(())
}

/// A bound.
pub(crate) fn limit(key: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    match value.extract::<u64>() {
        Ok(bound) if !value.is_instance_of::<PyBool>() => Ok(bound),
        _ => {
            let words = format!(
                "{key}: {} is no whole number from 0 to 2**64 - 1",
                value.repr()?
            );
            Err(errors::option(value.py(), &words))
        }
    }
}

pub(crate) fn flag(value: &Bound<'_, PyAny>, key: &str) -> PyResult<bool> {
    value
        .extract::<bool>()
        .map_err(|_| errors::option(value.py(), &format!("{key}: it is True or False")))
}

/// Words, each with a reason where they are the keys of a dict.
fn reasoned(value: &Bound<'_, PyAny>, key: &str) -> PyResult<Vec<(String, Option<String>)>> {
    let Ok(dict) = value.cast::<PyDict>() else {
        let words = words(value, key)?;
        return Ok(words.into_iter().map(|word| (word, None)).collect());
    };
    let entries = dict.iter().map(|(word, reason)| {
        let entry = word
            .extract()
            .and_then(|word| Ok((word, reason.extract()?)));
        entry.map_err(|_| {
            let words = format!("{key}: a dict of names with their reasons holds str alone");
            errors::option(value.py(), &words)
        })
    });
    entries.collect()
}

/// The words of an iterable; a lone str would be taken apart, and is one word.
pub(crate) fn words(value: &Bound<'_, PyAny>, key: &str) -> PyResult<Vec<String>> {
    if value.is_none() {
        return Ok(Vec::new());
    }
    if let Ok(word) = value.cast::<PyString>() {
        return Ok(vec![word.to_str()?.to_owned()]);
    }
    let mut words = Vec::new();
    for word in value.try_iter()? {
        let word = word?;
        match word.cast::<PyString>() {
            Ok(word) => words.push(word.to_str()?.to_owned()),
            Err(_) => {
                let name = word.get_type().name()?;
                return Err(errors::option(
                    value.py(),
                    &format!("{key}: {name} is no str"),
                ));
            }
        }
    }
    Ok(words)
}
