//! Packages that load models, in manifests and lock files, against the table of advisories.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use weighbridge::{Confidence, Severity};

use super::Tell;
use super::requirement::{Requirement, normalized};
use super::version::{Newest, Version};
use crate::knowledge;
use crate::rules::{Rule, finding, shown};
use crate::source_file::SourceFile;

/// How a manifest is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One requirement a line.
    Lines,
    /// Tables and lists of requirements.
    Toml,
    /// `"name": {"version": "…"}`.
    PipLock,
    /// Lists of `- name=version`.
    Conda,
}

fn form(name: &str) -> Option<Form> {
    let lower = name.to_ascii_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    let has = |words: &[&str]| words.iter().any(|word| stem.contains(word));
    match (&*lower, ending) {
        ("pyproject.toml" | "pipfile" | "poetry.lock" | "uv.lock", _) => Some(Form::Toml),
        ("pipfile.lock", _) => Some(Form::PipLock),
        (_, "txt" | "in") if has(&["requirements", "constraints"]) => Some(Form::Lines),
        (_, "yml" | "yaml") if has(&["environment", "conda"]) => Some(Form::Conda),
        _ => None,
    }
}

/// Whether a file of this name lists packages.
pub(super) fn is_manifest(name: &str) -> bool {
    form(name).is_some()
}

/// Finds what the table names.
pub(super) fn find(file: &SourceFile<'_>, tell: &mut Tell<'_>) {
    let name = file.path.rsplit('/').next().unwrap_or(file.path);
    let mut judge =
        |name: &str, versions: &str, span: Range<usize>| judge(name, versions, &span, tell);
    match form(name) {
        Some(Form::Lines) => lines(file.text, &mut judge),
        Some(Form::Toml) => toml(file.text, &mut judge),
        Some(Form::PipLock) => pip_lock(file.text, &mut judge),
        Some(Form::Conda) => conda(file.text, &mut judge),
        None => {}
    }
}

/// Takes the name of a package, the versions that are allowed, and where that stands.
type Judge<'j> = dyn FnMut(&str, &str, Range<usize>) + 'j;

fn judge(name: &str, versions: &str, span: &Range<usize>, tell: &mut Tell<'_>) {
    let Some(newest) = Newest::of_requirement(versions) else {
        return;
    };
    let rows = knowledge::tables().advisories.iter();
    for row in rows.filter(|row| row.package == name) {
        let [introduced, fixed] =
            [&row.introduced, &row.fixed].map(|text| text.as_deref().and_then(Version::parse));
        if !newest.is_within(introduced.as_ref(), fixed.as_ref()) {
            continue;
        }
        let severity = Severity::from_name(&row.severity).unwrap_or(Severity::High);
        let (confidence, verb) = match newest {
            Newest::Exactly(_) => (Confidence::High, "has"),
            _ => (Confidence::Medium, "allows only versions with"),
        };
        let without = match &row.fixed {
            Some(fixed) => format!("{fixed} is the first without"),
            None => "no version is without".to_owned(),
        };
        let versions = shown(versions.trim_start_matches(['=', ' ']));
        let message = format!(
            "{name} {versions} {verb} {}: {} ({without})",
            row.id,
            row.summary.trim_end_matches('.')
        );
        tell(span.clone(), &|place| {
            finding(
                Rule::VulnerableLoader,
                (severity, confidence),
                message.clone(),
                place,
            )
        });
    }
}

/// The lines of a text, without what is around their words, and where they stand.
fn each_line<'t>(text: &'t str, mut each: impl FnMut(&'t str, usize)) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let indent = line.len() - line.trim_start().len();
        each(words, at + indent);
        at += line.len();
    }
}

fn lines(text: &str, judge: &mut Judge<'_>) {
    each_line(text, |line, at| {
        if !line.starts_with(['#', '-'])
            && let Some(required) = Requirement::parse(line)
        {
            let end = line.find([';', '#']).unwrap_or(line.len());
            let end = line.get(..end).map_or(end, |words| words.trim_end().len());
            judge(&required.name, required.versions, at..at + end);
        }
    });
}

/// Names that conda has for packages of the index.
const CONDA_NAMES: &[(&str, &str)] = &[
    ("pytorch", "torch"),
    ("pytorch-gpu", "torch"),
    ("pytorch-cpu", "torch"),
];

fn conda(text: &str, judge: &mut Judge<'_>) {
    each_line(text, |line, at| {
        let Some(item) = line.strip_prefix("- ") else {
            return;
        };
        let item = item.split('#').next().unwrap_or_default().trim();
        let item = item.trim_matches(['"', '\'']);
        let spec = item.rsplit_once("::").map_or(item, |(_, spec)| spec);
        let Some(required) = Requirement::parse(spec) else {
            return;
        };
        // name=version=build
        let versions = required.versions;
        let versions = match versions
            .strip_prefix('=')
            .filter(|rest| !rest.starts_with('='))
        {
            Some(rest) => {
                let end = rest.find('=').map_or(versions.len(), |end| end + 1);
                versions.get(..end).unwrap_or(versions)
            }
            None => versions,
        };
        let names = CONDA_NAMES
            .iter()
            .find(|(conda, _)| *conda == required.name);
        let name = names.map_or(&*required.name, |(_, name)| name);
        let start = at + line.find(item).unwrap_or_default();
        judge(name, versions, start..start + item.len());
    });
}

/// Every text of a tree of tables and lists, with the key above it, and the tables of a lock.
fn toml(text: &str, judge: &mut Judge<'_>) {
    let Ok(table) = DeTable::parse(text) else {
        return;
    };
    let mut left: Vec<(&str, Range<usize>, &DeValue<'_>)> = Vec::new();
    let of_table = |table| -> Vec<_> {
        let table: &DeTable<'_> = table;
        let entries = table.iter();
        entries
            .map(|(key, value)| (&**key.get_ref(), value.span(), value.get_ref()))
            .collect()
    };
    left.extend(of_table(table.get_ref()));
    while let Some((key, span, value)) = left.pop() {
        match value {
            DeValue::String(value) => {
                if is_package(&normalized(key)) {
                    judge(&normalized(key), value, span);
                } else if let Some(required) = Requirement::parse(value) {
                    judge(&required.name, required.versions, span);
                }
            }
            DeValue::Array(items) => {
                left.extend(items.iter().map(|item| ("", item.span(), item.get_ref())));
            }
            DeValue::Table(table) => {
                let version = table.iter().find(|(key, _)| key.get_ref() == "version");
                let version =
                    version.and_then(|(_, value)| Some((value.get_ref().as_str()?, value.span())));
                let name = table.iter().find(|(key, _)| key.get_ref() == "name");
                let name = name.and_then(|(_, value)| value.get_ref().as_str());
                let name = name.unwrap_or(key);
                if let Some((version, span)) = version.filter(|_| is_package(&normalized(name))) {
                    judge(&normalized(name), version, span);
                }
                left.extend(of_table(table));
            }
            _ => {}
        }
    }
}

/// Whether there is an advisory about it.
fn is_package(name: &str) -> bool {
    let mut rows = knowledge::tables().advisories.iter();
    rows.any(|row| row.package == name)
}

fn pip_lock(text: &str, judge: &mut Judge<'_>) {
    let mut rows: Vec<&str> = knowledge::tables()
        .advisories
        .iter()
        .map(|row| &*row.package)
        .collect();
    rows.dedup();
    for name in rows {
        let key = format!("\"{name}\"");
        for (at, _) in text.match_indices(&key) {
            let Some(found) = version_in_object(text, at + key.len()) else {
                continue;
            };
            judge(name, text.get(found.clone()).unwrap_or_default(), found);
        }
    }
}

/// Where the version stands in the object that follows a key.
fn version_in_object(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let body = rest
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('{')?;
    let start = text.len() - body.len();
    let body = body.split('}').next()?;
    let key = body.find("\"version\"")?;
    let value = body.get(key + "\"version\"".len()..)?;
    let quote = value.find('"')?;
    let value_at = start + (body.len() - value.len()) + quote + 1;
    let len = text.get(value_at..)?.find('"')?;
    Some(value_at..value_at + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, text: &str) -> Vec<String> {
        let mut told = Vec::new();
        let mut judge = |name: &str, versions: &str, span: Range<usize>| {
            let mut hits = 0;
            super::judge(name, versions, &span, &mut |_, _| hits += 1);
            if hits > 0 {
                told.push(format!("{name} {}", text.get(span).unwrap()));
            }
        };
        match form(name).unwrap() {
            Form::Lines => lines(text, &mut judge),
            Form::Toml => toml(text, &mut judge),
            Form::PipLock => pip_lock(text, &mut judge),
            Form::Conda => conda(text, &mut judge),
        }
        told.sort();
        told
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(
            told(
                "requirements-dev.txt",
                "# torch==2.0\n  torch==2.5.1 # why\nkeras>=3\nskops==0.13\n"
            ),
            ["torch torch==2.5.1"]
        );
        let toml = "[project]\ndependencies = [\"torch<2.6\"]\n[tool.poetry.dependencies]\nkeras = \"3.6.0\"\n\
                    skops = { version = \"~0.10\" }\n[[package]]\nname = \"joblib\"\nversion = \"1.1.0\"\n";
        assert_eq!(
            told("pyproject.toml", toml),
            [
                "joblib \"1.1.0\"",
                "keras \"3.6.0\"",
                "skops \"~0.10\"",
                "torch \"torch<2.6\""
            ]
        );
        let lock = r#"{"default": {"torch": {"hashes": [], "version": "==2.5.1"}, "keras": {}}}"#;
        assert_eq!(told("Pipfile.lock", lock), ["torch ==2.5.1"]);
        let conda =
            "dependencies:\n  - conda-forge::pytorch=2.5=cuda\n  - pip:\n    - keras==3.8.0\n";
        assert_eq!(
            told("environment.yml", conda),
            ["keras keras==3.8.0", "torch conda-forge::pytorch=2.5=cuda"]
        );
    }

    #[test]
    fn what_is_no_manifest_is_none() {
        assert!(!is_manifest("notes.txt") && !is_manifest("Cargo.lock"));
        assert_eq!(told("pyproject.toml", "x = ["), [] as [&str; 0]);
        assert_eq!(
            told("Pipfile.lock", r#""torch": {"version" "#),
            [] as [&str; 0]
        );
    }
}
