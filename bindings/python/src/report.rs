//! Reports.

use std::sync::OnceLock;

use pyo3::prelude::*;
use serde_json::Value;

use crate::parts::{Allowed, Coverage, Finding, Global, Ignored, LoaderAnswer, Member, Tool};
use crate::record;

/// What was found in a file, and what to think of it.
#[pyclass(frozen, module = "weighbridge")]
pub(crate) struct Report {
    origin: Origin,
    json: OnceLock<String>,
    value: OnceLock<Value>,
}

/// Where a report comes from.
enum Origin {
    Scan(Box<weighbridge::Report>),
    /// It was pickled: what it is in the other formats.
    Pickle {
        sarif: String,
        html: String,
    },
}

impl Report {
    pub(crate) fn new(report: weighbridge::Report) -> Report {
        Report {
            origin: Origin::Scan(Box::new(report)),
            json: OnceLock::new(),
            value: OnceLock::new(),
        }
    }

    fn json(&self) -> &str {
        self.json.get_or_init(|| match &self.origin {
            Origin::Scan(report) => report.to_json(),
            // Set when it was made.
            Origin::Pickle { .. } => String::new(),
        })
    }

    fn value(&self) -> &Value {
        self.value
            .get_or_init(|| serde_json::from_str(self.json()).unwrap_or_default())
    }

    fn plain<'py>(&self, py: Python<'py>, field: &str) -> PyResult<Bound<'py, PyAny>> {
        record::to_python(py, &self.value()[field])
    }

    fn tuple<'py>(&self, py: Python<'py>, field: &str) -> PyResult<Bound<'py, PyAny>> {
        record::tuple(py, &self.value()[field])
    }
}

#[pymethods]
impl Report {
    /// The version of this shape.
    #[getter]
    fn schema_version<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py, "schema_version")
    }

    /// What made the report.
    #[getter]
    fn tool<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::one::<Tool>(py, &self.value()["tool"])
    }

    /// The version of the knowledge: a hash of its tables.
    #[getter]
    fn knowledge<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py, "knowledge")
    }

    /// A hash of the options.
    #[getter]
    fn options_digest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py, "options_digest")
    }

    /// What is reported on: `file`.
    #[getter]
    fn kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py, "kind")
    }

    /// The name that the file was given by.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py, "path")
    }

    /// The name in hexadecimal digits, where it is no UTF-8.
    #[getter]
    fn path_hex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py, "path_hex")
    }

    /// Its length in bytes.
    #[getter]
    fn size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::number(py, &self.value()["size"])
    }

    /// The SHA-256 of its bytes, where `hash=True` asked for it.
    #[getter]
    fn sha256<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py, "sha256")
    }

    /// What it is read as; several where loaders differ.
    #[getter]
    fn formats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.tuple(py, "formats")
    }

    /// The readings that the verdict rests on.
    #[getter]
    fn readings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.tuple(py, "readings")
    }

    /// `clean`, `unknown`, `suspicious` or `malicious`.
    #[getter]
    fn verdict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.origin {
            Origin::Scan(report) => {
                Ok(pyo3::types::PyString::intern(py, report.verdict.as_str()).into_any())
            }
            Origin::Pickle { .. } => self.plain(py, "verdict"),
        }
    }

    /// What was examined.
    #[getter]
    fn coverage<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::one::<Coverage>(py, &self.value()["coverage"])
    }

    /// What speaks against it, the most severe first.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Finding>(py, &self.value()["findings"])
    }

    /// The contents that are read as something, in the order of examination.
    #[getter]
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Member>(py, &self.value()["members"])
    }

    /// The globals that loading it would import.
    #[getter]
    fn globals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Global>(py, &self.value()["globals"])
    }

    /// What loaders that restrict pickles would make of it, version by version.
    #[getter]
    fn loaders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<LoaderAnswer>(py, &self.value()["loaders"])
    }

    /// What the user allowed.
    #[getter]
    fn allowed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Allowed>(py, &self.value()["allowed"])
    }

    /// The rules whose findings the user ignores.
    #[getter]
    fn ignored<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Ignored>(py, &self.value()["ignored"])
    }

    /// Whether the verdict is `clean`.
    #[getter]
    fn is_clean(&self, py: Python<'_>) -> PyResult<bool> {
        self.verdict(py)?.eq("clean")
    }

    /// The report as a dict: what `json.loads` makes of `to_json()`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::to_python(py, self.value())
    }

    /// The report as one line of JSON, as the command line and every language write it.
    fn to_json(&self) -> &str {
        self.json()
    }

    /// The report as a log in SARIF 2.1.0.
    fn to_sarif(&self) -> String {
        match &self.origin {
            Origin::Scan(report) => report.to_sarif(),
            Origin::Pickle { sarif, .. } => sarif.clone(),
        }
    }

    fn _repr_html_(&self) -> String {
        match &self.origin {
            Origin::Scan(report) => report.to_html(),
            Origin::Pickle { html, .. } => html.clone(),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let findings = self.value()["findings"].as_array().map_or(0, Vec::len);
        let complete = &self.value()["coverage"]["complete"];
        let complete = record::to_python(py, complete)?.repr()?;
        let fields = record::repr(py, "Report", self.value(), &["path", "verdict"])?;
        let fields = fields.trim_end_matches(')');
        Ok(format!(
            "{fields}, findings={findings}, complete={complete})"
        ))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Report>();
        other.is_ok_and(|other| self.json() == other.get().json())
    }

    fn __hash__(&self) -> u64 {
        record::hash(self.value())
    }

    #[staticmethod]
    fn _from_pickle(json: String, sarif: String, html: String) -> PyResult<Report> {
        let value = record::parse_record(&json)?;
        Ok(Report {
            origin: Origin::Pickle { sarif, html },
            json: OnceLock::from(json),
            value: OnceLock::from(value),
        })
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (String, String, String))> {
        let make = py.get_type::<Report>().getattr("_from_pickle")?;
        let parts = (self.json().to_owned(), self.to_sarif(), self._repr_html_());
        Ok((make, parts))
    }
}
