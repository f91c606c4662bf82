//! What the folders say of models, before any content is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use weighbridge::{Confidence, Severity};

use super::hash::{self, Expected};
use super::knowledge::Scan;
use super::model::{Card, Store};
use crate::reference::{Hub, Kind};
use crate::rules::Rule;

/// A model that was found.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) store: Store,
    /// Its place, as findings name it.
    pub(super) name: String,
    pub(super) hub: Option<Hub>,
    pub(super) kind: Kind,
    pub(super) id: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) refs: Vec<String>,
    pub(super) absent: Vec<String>,
    pub(super) files: Vec<DraftFile>,
    /// What speaks against it as its folders are.
    pub(super) problems: Vec<Problem>,
}

/// A file of a model.
#[derive(Debug)]
pub(super) struct DraftFile {
    /// Its path from that of the model.
    pub(super) name: String,
    pub(super) content: Content,
}

/// Where its content is.
#[derive(Debug)]
pub(super) enum Content {
    /// There.
    At(ToRead),
    /// Nowhere.
    Missing(Option<String>),
    /// It is not read; why.
    NotRead(&'static str),
}

/// A content that is read.
#[derive(Clone, Debug)]
pub(super) struct ToRead {
    /// What the path leads to.
    pub(super) path: PathBuf,
    /// The path that the model names it by.
    pub(super) named: PathBuf,
    pub(super) expected: Expected,
    pub(super) scan: Scan,
    /// What the file tells of the model.
    pub(super) tells: Tells,
    /// Whether it is only of interest where it is a model file.
    pub(super) is_loose: bool,
}

/// What a file may tell of its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    Nothing,
    /// `README.md` with a front matter.
    Card,
    /// `adapter_config.json`.
    Adapter,
}

/// Something that speaks against a model, by the folders alone.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) rule: Rule,
    pub(super) grade: (Severity, Confidence),
    /// The path from that of the model.
    pub(super) file: String,
    pub(super) message: String,
}

impl Draft {
    /// A model of a store that says no more.
    pub(super) fn new(store: Store, name: String, kind: Kind) -> Draft {
        Draft {
            store,
            name,
            kind,
            hub: None,
            id: None,
            revision: None,
            refs: Vec::new(),
            absent: Vec::new(),
            files: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// What it is called in messages.
    pub(super) fn title(&self) -> String {
        let id = self.id.as_deref().unwrap_or(&self.name);
        let id = crate::rules::shown(id);
        match &self.revision {
            Some(revision) => format!("{id}@{}", crate::rules::shown(revision)),
            None => id,
        }
    }

    /// Tells that a link leads out.
    pub(super) fn leads_out(&mut self, file: &str, path: &Path) {
        let words = |target| format!("out of its repository, to {target}; it was not read");
        self.leads_astray(file, path, "another folder", words);
    }

    /// Tells that a link leads to something else than a blob.
    pub(super) fn is_no_blob(&mut self, file: &str, path: &Path) {
        let words = |target| format!("to {target}, which is no blob of its repository");
        self.leads_astray(file, path, "another file", words);
    }

    /// Tells where a link leads; `unknown` stands for a target that cannot be read.
    fn leads_astray(
        &mut self,
        file: &str,
        path: &Path,
        unknown: &str,
        words: impl Fn(String) -> String,
    ) {
        let target = std::fs::read_link(path).map(|target| weighbridge::escape::path(&target));
        let target = target.unwrap_or_else(|_| unknown.to_owned());
        let message = format!(
            "{} of {} is a link {}",
            crate::rules::shown(file),
            self.title(),
            words(crate::rules::shown(&target))
        );
        self.problems.push(Problem {
            rule: Rule::LinkLeadsOut,
            grade: (Severity::Medium, Confidence::High),
            file: file.to_owned(),
            message,
        });
    }

    /// Tells that something was not downloaded to its end.
    pub(super) fn incomplete(&mut self, severity: Severity, file: &str, words: &str) {
        let message = format!("{}: {words}", self.title());
        self.problems.push(Problem {
            rule: Rule::IncompleteDownload,
            grade: (severity, Confidence::High),
            file: file.to_owned(),
            message,
        });
    }
}

impl ToRead {
    /// The content of a file of a store.
    pub(super) fn new(path: PathBuf, named: PathBuf, expected: Expected) -> ToRead {
        let name = named.file_name().unwrap_or_default();
        ToRead {
            scan: super::knowledge::scan_of(name),
            tells: match name.to_str() {
                Some("README.md") => Tells::Card,
                Some("adapter_config.json") => Tells::Adapter,
                _ => Tells::Nothing,
            },
            path,
            named,
            expected,
            is_loose: false,
        }
    }
}

/// A content that is read once for all that name it.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'d> {
    pub(super) content: &'d ToRead,
    pub(super) hashes: hash::Kinds,
}

/// The contents of all models, each once: those that share a blob share it here.
pub(super) fn contents(drafts: &[Draft]) -> BTreeMap<&Path, Wanted<'_>> {
    let files = drafts.iter().flat_map(|draft| &draft.files);
    let mut contents = BTreeMap::new();
    for file in files {
        if let Content::At(content) = &file.content {
            let hashes = content.expected.kinds();
            let known = contents.entry(&*content.path);
            let known = known.or_insert(Wanted { content, hashes });
            known.hashes = known.hashes.and(hashes);
            // The first that wants it scanned decides.
            if known.content.scan == Scan::No && content.scan != Scan::No {
                known.content = content;
            }
        }
    }
    contents
}

/// What the files of a model say, put together.
pub(super) fn merge(card: &mut Card, more: Card) {
    let lists = [
        (&mut card.licenses, more.licenses),
        (&mut card.base_models, more.base_models),
        (&mut card.datasets, more.datasets),
    ];
    for (list, more) in lists {
        for text in more {
            if !list.contains(&text) {
                list.push(text);
            }
        }
    }
}
