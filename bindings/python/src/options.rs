//! Options: keywords of Python as a scanner.

use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple};
use weighbridge::{Allow, Limits, Scanner};

use crate::errors;

/// A scanner of the library, and what is left of its options.
pub(crate) struct Configured {
    pub(crate) scanner: Scanner,
    pub(crate) options: weighbridge::Options,
    /// The keywords, as they were understood.
    pub(crate) keywords: Py<PyDict>,
    /// The same in the order of their names, as they are written.
    pub(crate) words: String,
}

impl Configured {
    /// The scanner that these keywords ask for.
    /// `own` are those of the call, which were taken out.
    pub(crate) fn of(options: Option<&Bound<'_, PyDict>>, own: &[&str]) -> PyResult<Configured> {
        Python::attach(|py| {
            let keywords = PyDict::new(py);
            let mut limits = Limits::default();
            for (key, value) in options.into_iter().flat_map(|options| options.iter()) {
                let key = key.cast_into::<PyString>()?;
                let key = key.to_string_lossy();
                let kept = match &*key {
                    _ if Limits::NAMES.contains(&&*key) => bound(&mut limits, &key, &value)?,
                    "allow" | "ignore" | "deep" | "hash" if value.is_none() => None,
                    "allow" => Some(reasoned(&value, &key)?.into_any()),
                    "ignore" => Some(PyTuple::new(py, words(&value, &key)?)?.into_any()),
                    "deep" | "hash" => Some(flag(&value, &key)?.into_bound_py_any(py)?),
                    _ => return Err(unknown(&key, own)),
                };
                if let Some(kept) = kept {
                    keywords.set_item(&*key, kept)?;
                }
            }
            Configured::understood(&keywords, limits)
        })
    }

    /// The scanner of keywords that hold what they must.
    fn understood(keywords: &Bound<'_, PyDict>, limits: Limits) -> PyResult<Configured> {
        let py = keywords.py();
        let wrong = |key: &str, words: String| errors::option(py, &format!("{key}: {words}"));
        let mut builder = Scanner::builder().limits(limits.clone());
        let mut deep = false;
        let mut written = Vec::new();
        for (key, value) in keywords.iter() {
            let key: String = key.extract()?;
            match key.as_str() {
                "allow" => {
                    for (text, reason) in value.cast::<PyDict>()?.iter() {
                        let (text, reason): (String, Option<String>) =
                            (text.extract()?, reason.extract()?);
                        let allow = Allow::parse(&text, reason.as_deref());
                        let allow = allow.map_err(|error| wrong(&key, error.to_string()))?;
                        builder = builder.allow(allow);
                    }
                }
                "ignore" => {
                    for rule in value.extract::<Vec<String>>()? {
                        let ignored = builder.ignore(&rule);
                        builder = ignored.map_err(|error| wrong(&key, error.to_string()))?;
                    }
                }
                "deep" => deep = value.extract()?,
                "hash" => builder = builder.hash(value.extract()?),
                _ => {}
            }
            written.push(format!("{key}={}", value.repr()?));
        }
        written.sort();
        Ok(Configured {
            scanner: builder.deep(deep).build(),
            options: weighbridge::Options::default()
                .with_limits(limits)
                .with_deep(deep),
            keywords: keywords.clone().unbind(),
            words: written.join(", "),
        })
    }
}

/// A keyword that there is none of.
fn unknown(key: &str, own: &[&str]) -> PyErr {
    let known = own.iter().chain(&["allow", "ignore", "deep", "hash"]);
    let known: Vec<&str> = known.chain(Limits::NAMES).copied().collect();
    PyTypeError::new_err(format!(
        "there is no option {key:?}; there are {}",
        known.join(", ")
    ))
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

/// Sets a bound, and gives it; `None` leaves it as it is.
fn bound<'py>(
    limits: &mut Limits,
    key: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if value.is_none() {
        return Ok(None);
    }
    let bound = limit(key, value)?;
    limits.set(key, bound);
    Ok(Some(bound.into_bound_py_any(value.py())?))
}

/// A bound.
pub(crate) fn limit(key: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    match value.extract::<u64>() {
        Ok(bound) if !value.is_instance_of::<PyBool>() => Ok(bound),
        _ => {
            let words = format!(
                "{key}: {} is no whole number from 0 to 2**64 - 1",
                shown(value)
            );
            Err(errors::option(value.py(), &words))
        }
    }
}

/// A value in a message: what it says of itself, unless that is long or fails.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    let repr = value.repr().map(|repr| repr.to_string_lossy().into_owned());
    match (repr, value.get_type().name()) {
        (Ok(repr), _) if repr.len() <= 200 => repr,
        (_, Ok(name)) => format!("this {name}"),
        (_, Err(_)) => "this".to_owned(),
    }
}

pub(crate) fn flag(value: &Bound<'_, PyAny>, key: &str) -> PyResult<bool> {
    value
        .extract::<bool>()
        .map_err(|_| errors::option(value.py(), &format!("{key}: it is True or False")))
}

/// Words with their reasons: the entries of a dict, or words that have none.
fn reasoned<'py>(value: &Bound<'py, PyAny>, key: &str) -> PyResult<Bound<'py, PyDict>> {
    let py = value.py();
    let reasons = PyDict::new(py);
    let Ok(dict) = value.cast::<PyDict>() else {
        for word in words(value, key)? {
            reasons.set_item(word, py.None())?;
        }
        return Ok(reasons);
    };
    for (word, reason) in dict.iter() {
        let entry = word
            .extract::<String>()
            .and_then(|word| Ok((word, reason.extract::<Option<String>>()?)));
        let (word, reason) = entry.map_err(|_| {
            let words = format!("{key}: a dict of names with their reasons holds str alone");
            errors::option(py, &words)
        })?;
        reasons.set_item(word, reason)?;
    }
    Ok(reasons)
}

/// The words of an iterable; a lone str would be taken apart, and is one word.
pub(crate) fn words(value: &Bound<'_, PyAny>, key: &str) -> PyResult<Vec<String>> {
    let py = value.py();
    let text = |word: &Bound<'_, PyString>| match word.to_str() {
        Ok(word) => Ok(word.to_owned()),
        Err(_) => Err(errors::option(
            py,
            &format!("{key}: {} is no Unicode", shown(word)),
        )),
    };
    if let Ok(word) = value.cast::<PyString>() {
        return Ok(vec![text(word)?]);
    }
    if !value.hasattr(intern!(py, "__iter__"))? {
        let name = value.get_type().name()?;
        let words = format!("{key}: str, or an iterable of them, is wanted, not {name}");
        return Err(PyTypeError::new_err(words));
    }
    let mut words = Vec::new();
    for word in value.try_iter()? {
        let word = word?;
        match word.cast::<PyString>() {
            Ok(word) => words.push(text(word)?),
            Err(_) => {
                let name = word.get_type().name()?;
                return Err(errors::option(py, &format!("{key}: {name} is no str")));
            }
        }
    }
    Ok(words)
}
