//! Records: frozen objects of Python over the parts of the report's JSON. What a record holds is what
//! the one serializer wrote; nothing of it is spelled out anew here.

use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use serde_json::Value;

/// A class of records.
pub(crate) trait Record: Sized {
    /// The record over a part of the JSON.
    fn of(value: Value) -> Self;
}

/// A JSON value as an object of Python: arrays as lists, objects as dicts.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(truth) => truth.into_bound_py_any(py)?,
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_bound_py_any(py)?,
            (None, Some(number)) => number.into_bound_py_any(py)?,
            (None, None) => number.as_f64().into_bound_py_any(py)?,
        },
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(entries) => {
            let dict = PyDict::new(py);
            for (key, value) in entries {
                dict.set_item(key, to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// A whole number; the serializer writes the digits of one that JavaScript cannot hold.
pub(crate) fn number<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::String(digits) => match digits.parse::<u64>() {
            Ok(number) => number.into_bound_py_any(py),
            Err(_) => to_python(py, value),
        },
        _ => to_python(py, value),
    }
}

/// An array as a tuple.
pub(crate) fn tuple<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let items = items.iter().map(|item| to_python(py, item));
    Ok(PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// An array of whole numbers as a tuple.
pub(crate) fn numbers<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let items = items.iter().map(|item| number(py, item));
    Ok(PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// An array of arrays of whole numbers as a tuple of tuples.
pub(crate) fn grid<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let rows = rows.iter().map(|row| numbers(py, row));
    Ok(PyTuple::new(py, rows.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// A part as a record.
pub(crate) fn one<'py, R>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>>
where
    R: Record + pyo3::PyClass + Into<PyClassInitializer<R>>,
{
    Ok(Bound::new(py, R::of(value.clone()))?.into_any())
}

/// A part as a record, where there is one.
pub(crate) fn maybe<'py, R>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>>
where
    R: Record + pyo3::PyClass + Into<PyClassInitializer<R>>,
{
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        _ => one::<R>(py, value),
    }
}

/// An array as a tuple of records.
pub(crate) fn many<'py, R>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>>
where
    R: Record + pyo3::PyClass + Into<PyClassInitializer<R>>,
{
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let items = items.iter().map(|item| one::<R>(py, item));
    Ok(PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// `Name(field=value, …)`, of the fields that tell the most.
pub(crate) fn repr(py: Python<'_>, name: &str, value: &Value, shown: &[&str]) -> PyResult<String> {
    let mut fields = Vec::new();
    for field in shown {
        if let Some(value) = value.get(field).filter(|value| !value.is_null()) {
            fields.push(format!("{field}={}", to_python(py, value)?.repr()?));
        }
    }
    Ok(format!("{name}({})", fields.join(", ")))
}

/// What a record was pickled as.
pub(crate) fn parse(json: &str) -> PyResult<Value> {
    serde_json::from_str(json)
        .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
}

/// What a record was pickled as, which is an object.
pub(crate) fn parse_record(json: &str) -> PyResult<Value> {
    let value = parse(json)?;
    if !value.is_object() {
        let words = "this is no record: an object in JSON is wanted";
        return Err(pyo3::exceptions::PyValueError::new_err(words));
    }
    Ok(value)
}

/// A hash of a record's JSON.
pub(crate) fn hash(value: &Value) -> u64 {
    hash_of(&value.to_string())
}

/// A hash of a text.
pub(crate) fn hash_of(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Declares classes of records: their fields, by what they are of.
///
/// `plain` is what JSON makes of it, `number` a whole number, `tuple` an array, `numbers` one of whole
/// numbers, `grid` one of these, `one(Class)`, `maybe(Class)` and `many(Class)` are records.
macro_rules! records {
    ($(
        $(#[$doc:meta])*
        $name:ident shows [$($shown:literal),*] {
            $($(#[$field_doc:meta])* $field:ident: $kind:ident $(($class:ident))?,)*
        }
    )*) => {$(
        $(#[$doc])*
        #[pyo3::pyclass(frozen, module = "weighbridge")]
        #[derive(Clone, Debug)]
        pub(crate) struct $name(serde_json::Value);

        impl crate::record::Record for $name {
            fn of(value: serde_json::Value) -> Self {
                $name(value)
            }
        }

        #[pyo3::pymethods]
        impl $name {
            $(
                $(#[$field_doc])*
                #[getter]
                fn $field<'py>(&self, py: pyo3::Python<'py>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                    let name = stringify!($field).trim_end_matches('_');
                    crate::record::records!(@get py, &self.0[name], $kind $(($class))?)
                }
            )*

            /// The record as a dict, with the keys of its JSON.
            fn to_dict<'py>(&self, py: pyo3::Python<'py>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                crate::record::to_python(py, &self.0)
            }

            /// The record as one line of JSON.
            fn to_json(&self) -> String {
                weighbridge::output::json_line(&self.0)
            }

            fn __repr__(&self, py: pyo3::Python<'_>) -> pyo3::PyResult<String> {
                crate::record::repr(py, stringify!($name), &self.0, &[$($shown),*])
            }

            fn __eq__(&self, other: &pyo3::Bound<'_, pyo3::PyAny>) -> bool {
                other.cast::<Self>().is_ok_and(|other| self.0 == other.get().0)
            }

            fn __hash__(&self) -> u64 {
                crate::record::hash(&self.0)
            }

            #[staticmethod]
            fn _from_json(json: &str) -> pyo3::PyResult<Self> {
                Ok($name(crate::record::parse_record(json)?))
            }

            fn __reduce__<'py>(&self, py: pyo3::Python<'py>) -> pyo3::PyResult<(pyo3::Bound<'py, pyo3::PyAny>, (String,))> {
                let class = py.get_type::<Self>();
                Ok((class.getattr("_from_json")?, (self.0.to_string(),)))
            }
        }
    )*};
    (@get $py:ident, $value:expr, plain) => { crate::record::to_python($py, $value) };
    (@get $py:ident, $value:expr, number) => { crate::record::number($py, $value) };
    (@get $py:ident, $value:expr, numbers) => { crate::record::numbers($py, $value) };
    (@get $py:ident, $value:expr, grid) => { crate::record::grid($py, $value) };
    (@get $py:ident, $value:expr, tuple) => { crate::record::tuple($py, $value) };
    (@get $py:ident, $value:expr, one($class:ident)) => { crate::record::one::<$class>($py, $value) };
    (@get $py:ident, $value:expr, maybe($class:ident)) => { crate::record::maybe::<$class>($py, $value) };
    (@get $py:ident, $value:expr, many($class:ident)) => { crate::record::many::<$class>($py, $value) };
}
pub(crate) use records;
