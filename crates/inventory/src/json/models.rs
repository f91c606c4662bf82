//! Models on the disk out of their JSON.

use std::sync::Arc;

use serde::Deserialize;
use weighbridge::Verdict;

use super::fields::verdict;
use crate::disk::{Card, FileOnDisk, Integrity, ModelOnDisk, Store};
use crate::reference::{Hub, Kind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelIn {
    pub(super) repository: Option<String>,
    path: String,
    store: Store,
    hub: Option<Hub>,
    kind: Kind,
    id: Option<String>,
    revision: Option<String>,
    refs: Vec<String>,
    absent: Vec<String>,
    files: Vec<FileIn>,
    licenses: Vec<String>,
    base_models: Vec<String>,
    datasets: Vec<String>,
    #[serde(rename = "used_by")]
    _used_by: Vec<UseIn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UseIn {
    #[serde(rename = "repository")]
    _repository: String,
    #[serde(rename = "file")]
    _file: String,
    #[serde(rename = "line")]
    _line: u32,
    #[serde(rename = "column")]
    _column: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileIn {
    path: String,
    bytes: Option<u64>,
    sha256: Option<String>,
    format: Option<String>,
    #[serde(deserialize_with = "verdict")]
    verdict: Option<Verdict>,
    integrity: IntegrityIn,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IntegrityIn {
    state: String,
    expected: Option<String>,
    found: Option<String>,
    reason: Option<String>,
}

impl ModelIn {
    /// The model, in this tree.
    pub(super) fn model(self, repository: Option<Arc<str>>) -> Result<ModelOnDisk, String> {
        let files = self.files.into_iter().enumerate().map(|(at, file)| {
            let integrity = file.integrity.integrity();
            let integrity = integrity.map_err(|detail| format!("files[{at}]: {detail}"))?;
            let is_hash = |text: &String| {
                text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            };
            if !file.sha256.as_ref().is_none_or(is_hash) {
                return Err(format!(
                    "files[{at}].sha256: 64 hexadecimal digits are expected"
                ));
            }
            Ok(FileOnDisk {
                path: file.path,
                bytes: file.bytes,
                sha256: file.sha256,
                format: file.format,
                verdict: file.verdict,
                integrity,
            })
        });
        Ok(ModelOnDisk {
            repository,
            path: self.path,
            store: self.store,
            hub: self.hub,
            kind: self.kind,
            id: self.id,
            revision: self.revision,
            refs: self.refs,
            absent: self.absent,
            files: files.collect::<Result<_, String>>()?,
            card: Card {
                licenses: self.licenses,
                base_models: self.base_models,
                datasets: self.datasets,
            },
            used_by: Vec::new(),
        })
    }
}

impl IntegrityIn {
    fn integrity(self) -> Result<Integrity, String> {
        match (&*self.state, self.expected, self.found, self.reason) {
            ("intact", None, None, None) => Ok(Integrity::Intact),
            ("changed", Some(expected), Some(found), None) => {
                Ok(Integrity::Changed { expected, found })
            }
            ("missing", expected, None, None) => Ok(Integrity::Missing { expected }),
            ("not-checked", None, None, Some(reason)) => Ok(Integrity::NotChecked { reason }),
            _ => Err("no integrity of a file".to_owned()),
        }
    }
}
