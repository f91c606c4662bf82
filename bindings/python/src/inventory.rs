//! Which models and services source trees use.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::OnceLock;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde_json::Value;
use weighbridge_inventory::{
    ApplicationEntry, BomVersion, Environment, InventoryError, InventoryLimits, InventoryOptions,
};

use crate::call::Call;
use crate::errors;
use crate::given::{Raised, path_of};
use crate::many::{is_content, threads};
use crate::options::{flag, limit, words};
use crate::parts::{Finding, Gap, Tool};
use crate::record;
use crate::referenced::{Application, ModelOnDisk, Reference};

/// The keywords besides bounds: those of the call, and those of the reading.
const CALL: &[&str] = &["timeout", "cancel", "progress"];
const READING: &[&str] = &[
    "include",
    "exclude",
    "threads",
    "applications",
    "config",
    "scan",
    "caches",
];

/// Which models, datasets and AI services the source trees at these paths use. `_native.pyi` tells of the
/// options.
#[pyfunction]
#[pyo3(signature = (paths, /, **options))]
pub(crate) fn inventory(
    paths: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Inventory> {
    let py = paths.py();
    let options = options.map_or_else(|| PyDict::new(py), Clone::clone);
    let (call, rest) = Call::split(&options, CALL)?;
    let options = asked(&rest)?;
    let paths = trees(paths, options.caches.is_some())?;
    let raised = Raised::default();
    let done = call.run(py, &raised, |control| {
        weighbridge_inventory::Inventory::of_all_under(&paths, &options, control)
    });
    raised.into_result()?;
    let class = match &done {
        Ok(_) => None,
        Err(InventoryError::DeadlineExceeded(_)) => Some("InventoryTimeout"),
        Err(_) => Some("InventoryCancelled"),
    };
    let inventory = Inventory::of(done.unwrap_or_else(InventoryError::into_partial));
    match class {
        None => Ok(inventory),
        Some(class) => {
            let partial = Bound::new(py, inventory)?;
            Err(errors::interrupted(py, class, partial.into_any().unbind()))
        }
    }
}

/// One path, or several; all of them are there. There may be none where caches are read.
fn trees(paths: &Bound<'_, PyAny>, may_be_none: bool) -> PyResult<Vec<PathBuf>> {
    let is_one = paths.is_instance_of::<PyString>() || paths.hasattr("__fspath__")?;
    let given: Vec<Bound<'_, PyAny>> = match is_one {
        true => vec![paths.clone()],
        false if is_content(paths) => Vec::new(),
        false => paths.try_iter()?.collect::<PyResult<_>>()?,
    };
    if is_content(paths) || given.iter().any(is_content) {
        let words = "a path, or several, are wanted, not bytes";
        return Err(PyTypeError::new_err(words));
    }
    let mut trees = Vec::new();
    for path in given {
        let tree = path_of(&path)?;
        fs::metadata(&tree).map_err(|error| errors::io(&error, path.unbind()))?;
        trees.push(tree);
    }
    if trees.is_empty() && !may_be_none {
        return Err(errors::option(paths.py(), "paths: there are none"));
    }
    Ok(trees)
}

/// How trees are read.
fn asked(keywords: &Bound<'_, PyDict>) -> PyResult<InventoryOptions> {
    let py = keywords.py();
    let mut options = InventoryOptions::default();
    let mut applications = Vec::new();
    for (key, value) in keywords.iter() {
        let key: String = key.extract()?;
        let known = READING.iter().chain(InventoryLimits::NAMES);
        if !known.clone().any(|known| *known == key) {
            let known: Vec<&str> = CALL.iter().chain(known).copied().collect();
            return Err(PyTypeError::new_err(format!(
                "there is no option {key:?}; there are {}",
                known.join(", ")
            )));
        }
        if value.is_none() {
            continue;
        }
        match key.as_str() {
            "include" => options.include = words(&value, &key)?,
            "exclude" => options.exclude = words(&value, &key)?,
            "threads" => options.threads = NonZeroUsize::new(threads(&value, &key)?),
            "applications" => applications = entries(&value)?,
            "config" => {
                let named = weighbridge_cli::applications_in(&path_of(&value)?);
                options.applications =
                    named.map_err(|words| errors::option(py, &format!("config: {words}")))?;
            }
            "scan" => options.is_scanned = flag(&value, &key)?,
            "caches" => {
                let is_wanted = flag(&value, &key)?;
                options.caches = is_wanted.then(Environment::of_process);
            }
            _ => {
                let bound = limit(&key, &value)?;
                options.limits.set(&key, bound);
            }
        }
    }
    // What the caller says of a folder goes before what the file says of it.
    options.applications.extend(applications);
    Ok(options)
}

/// Applications: a dict for each.
fn entries(value: &Bound<'_, PyAny>) -> PyResult<Vec<ApplicationEntry>> {
    let py = value.py();
    let wrong = |words: &str| errors::option(py, &format!("applications: {words}"));
    let mut entries = Vec::new();
    for entry in value.try_iter()? {
        let entry = entry?;
        let entry = entry.cast::<PyDict>();
        let entry = entry.map_err(|_| wrong("a dict is wanted for each"))?;
        let mut path = None;
        let (mut owner, mut criticality) = (None, None);
        for (key, value) in entry.iter() {
            let text: Option<String> = value
                .extract()
                .map_err(|_| wrong("the values are str, or None"))?;
            match key.extract::<String>()?.as_str() {
                "path" => path = text,
                "owner" => owner = text,
                "criticality" => criticality = text,
                other => {
                    let words =
                        format!("there is no key {other:?}; there are path, owner, criticality");
                    return Err(wrong(&words));
                }
            }
        }
        entries.push(ApplicationEntry {
            path: path.ok_or_else(|| wrong("path is missing"))?,
            owner,
            criticality,
        });
    }
    Ok(entries)
}

/// Which models and services source trees use, and what speaks against that.
#[pyclass(frozen, module = "weighbridge")]
pub(crate) struct Inventory {
    inner: weighbridge_inventory::Inventory,
    json: OnceLock<String>,
    value: OnceLock<Value>,
}

impl Inventory {
    fn of(inner: weighbridge_inventory::Inventory) -> Inventory {
        Inventory {
            inner,
            json: OnceLock::new(),
            value: OnceLock::new(),
        }
    }

    fn json(&self) -> &str {
        self.json.get_or_init(|| self.inner.to_json())
    }

    fn value(&self) -> &Value {
        self.value
            .get_or_init(|| serde_json::from_str(self.json()).unwrap_or_default())
    }
}

#[pymethods]
impl Inventory {
    /// The version of this shape.
    #[getter]
    fn schema_version<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::to_python(py, &self.value()["schema_version"])
    }

    /// What made it.
    #[getter]
    fn tool<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::one::<Tool>(py, &self.value()["tool"])
    }

    /// The trees, as their paths were given.
    #[getter]
    fn repositories<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::tuple(py, &self.value()["repositories"])
    }

    /// The applications, by tree and folder.
    #[getter]
    fn applications<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Application>(py, &self.value()["applications"])
    }

    /// What is loaded or called, by tree, file and place.
    #[getter]
    fn references<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Reference>(py, &self.value()["references"])
    }

    /// The models that lie on the disk, by tree and path; those of the user's caches come last.
    #[getter]
    fn models<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<ModelOnDisk>(py, &self.value()["models"])
    }

    /// What speaks against that.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Finding>(py, &self.value()["findings"])
    }

    /// What could not be read.
    #[getter]
    fn gaps<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::many::<Gap>(py, &self.value()["gaps"])
    }

    /// Folders of dependencies, caches and version control, which were not read.
    #[getter]
    fn passed_over<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::tuple(py, &self.value()["passed_over"])
    }

    /// How many files were listed.
    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::number(py, &self.value()["files"])
    }

    /// The inventory as a dict: what `json.loads` makes of `to_json()`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::to_python(py, self.value())
    }

    /// The inventory as one line of JSON, as the command line and every language write it.
    fn to_json(&self) -> &str {
        self.json()
    }

    /// The inventory as a bill of materials: CycloneDX in JSON, with the line end, as the command line writes
    /// it.
    #[pyo3(signature = (spec="1.6"))]
    fn to_cyclonedx(&self, py: Python<'_>, spec: &str) -> PyResult<String> {
        let version = match spec {
            "1.6" => BomVersion::V1_6,
            "1.7" => BomVersion::V1_7,
            _ => return Err(errors::option(py, "spec: it is 1.6 or 1.7")),
        };
        Ok(self.inner.to_cyclonedx(version))
    }

    /// The inventory as a log in SARIF 2.1.0.
    fn to_sarif(&self) -> String {
        self.inner.to_sarif()
    }

    /// The inventory as a page that needs nothing besides: HTML.
    fn to_html(&self) -> String {
        self.inner.to_html()
    }

    /// The inventory that `to_json()` or the command line wrote.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: Given) -> PyResult<Inventory> {
        let inner = match text {
            Given::Text(text) => weighbridge_inventory::Inventory::from_json(text),
            Given::Bytes(bytes) => weighbridge_inventory::Inventory::from_json(bytes),
        };
        let inner = inner.map_err(|error| errors::option(py, &format!("text: {error}")))?;
        Ok(Inventory::of(inner))
    }

    /// Several inventories as one.
    #[staticmethod]
    fn merge(py: Python<'_>, inventories: Vec<Py<Inventory>>) -> PyResult<Inventory> {
        let all = inventories.into_iter().map(|one| one.get().inner.clone());
        let merged = weighbridge_inventory::Inventory::merge(all);
        let merged =
            merged.map_err(|error| errors::option(py, &format!("inventories: {error}")))?;
        Ok(Inventory::of(merged))
    }

    /// The same under another name: of its tree, or before those of its trees.
    fn named(&self, name: &str) -> Inventory {
        Inventory::of(self.inner.clone().named(name))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let trees = record::to_python(py, &self.value()["repositories"])?.repr()?;
        let count = |part: &str| self.value()[part].as_array().map_or(0, Vec::len);
        Ok(format!(
            "Inventory(repositories={trees}, references={}, models={}, findings={}, gaps={}, files={})",
            count("references"),
            count("models"),
            count("findings"),
            count("gaps"),
            self.value()["files"],
        ))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Inventory>();
        other.is_ok_and(|other| self.json() == other.get().json())
    }

    fn __hash__(&self) -> u64 {
        record::hash(self.value())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let make = py.get_type::<Inventory>().getattr("from_json")?;
        Ok((make, (self.json().to_owned(),)))
    }
}

/// JSON as a text or as bytes.
#[derive(FromPyObject)]
enum Given {
    Text(String),
    Bytes(Vec<u8>),
}
