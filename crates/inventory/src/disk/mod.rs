//! Models on the disk: those of the caches of hubs and tools, and model files of a tree.
//!
//! 1. `survey` goes through a tree and knows stores by their layout; `environment` knows where those of the
//!    user are. Each store has a reader that makes a `draft` of each model from names and links alone.
//! 2. `check` reads the contents, each once: hashes against what the store says, and the scan of the core.
//! 3. Here both become [`ModelOnDisk`] and findings; `link` tells which references use which model.
//!
//! Links are followed only where they stay in their repository.

mod card;
mod check;
mod draft;
mod environment;
mod hash;
mod hugging_face;
mod knowledge;
mod link;
mod listing;
mod local_dir;
mod model;
mod objects;
mod ollama;
mod plain;
mod survey;
mod torch_hub;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::overrides::Override;
use weighbridge::{Confidence, Finding, GapReason, ReportedGap, Severity, Verdict};

pub use environment::Environment;
pub(crate) use link::{LINKS, link};
pub use model::{Card, FileOnDisk, Integrity, ModelOnDisk, Store};

use crate::options::InventoryOptions;
use crate::place::Place;
use crate::rules::{self, Rule, shown};
use check::{Checked, Unread};
use draft::{Content, Draft};
use hash::Expected;
use listing::Listing;

/// What lies on the disk.
#[derive(Default)]
pub(crate) struct Disk {
    pub(crate) models: Vec<ModelOnDisk>,
    /// Each with the file that it is about.
    pub(crate) findings: Vec<(String, Finding)>,
    pub(crate) gaps: Vec<ReportedGap>,
}

/// The stores and model files of a tree, before their contents are read.
pub(crate) struct Surveyed<'o> {
    listing: Listing<'o>,
    /// The folders that are stores: they hold no source code.
    pub(crate) stores: BTreeSet<PathBuf>,
}

/// Looks for stores and model files below a path.
pub(crate) fn survey<'o>(
    top: &Path,
    patterns: &Override,
    options: &'o InventoryOptions,
) -> Surveyed<'o> {
    let mut listing = Listing::new(Some(top), options.limits.max_files, options);
    let stores = survey::tree(&mut listing, top, patterns);
    Surveyed { listing, stores }
}

impl Surveyed<'_> {
    /// Reads the contents.
    pub(crate) fn read(self, repository: &Arc<str>) -> Disk {
        finish(self.listing, Some(repository))
    }
}

/// The stores of the user, where the environment says; those that lie in a tree were read with it.
pub(crate) fn caches(
    environment: &Environment,
    trees: &[PathBuf],
    options: &InventoryOptions,
) -> Disk {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let trees: Vec<PathBuf> = trees.iter().map(|tree| real(tree)).collect();
    let mut listing = Listing::new(None, options.limits.max_files, options);
    for (store, root) in environment.stores() {
        let root_real = real(&root);
        if !trees.iter().any(|tree| root_real.starts_with(tree)) {
            survey::store(&mut listing, store, &root);
        }
    }
    finish(listing, None)
}

/// Whether models of a store can be read where the environment says.
#[cfg(test)]
fn is_known(store: Store) -> bool {
    let is_read = [Store::HuggingFaceCache, Store::Ollama, Store::TorchHub].contains(&store);
    is_read || knowledge::layout(store).is_some()
}

fn finish(listing: Listing<'_>, repository: Option<&Arc<str>>) -> Disk {
    let Listing {
        options,
        gaps,
        drafts,
        ..
    } = listing;
    let contents = draft::contents(&drafts);
    let checked = check::all(&contents, options);
    let mut disk = Disk {
        gaps,
        ..Disk::default()
    };
    let mut left_out = BTreeSet::new();
    for draft in &drafts {
        left_out.extend(add(draft, &checked, repository, &mut disk));
    }
    if let Some(first) = left_out.first() {
        let limit = options.limits.max_model_bytes;
        let count = left_out.len();
        let detail = format!(
            "model files have more than {limit} bytes; {count} files from here on were not read"
        );
        let at = Place::whole(first).location();
        disk.gaps
            .push(ReportedGap::limit("model_bytes", at, detail));
    }
    let order = |model: &ModelOnDisk| (model.path.clone(), model.store, model.revision.clone());
    disk.models.sort_by_cached_key(order);
    disk.findings
        .sort_by(|(a, x), (b, y)| (a, x.rule, &x.message).cmp(&(b, y.rule, &y.message)));
    disk
}

/// Makes a model of a draft. Gives the files that were more than may be read.
fn add(
    draft: &Draft,
    checked: &BTreeMap<&Path, Checked>,
    repository: Option<&Arc<str>>,
    disk: &mut Disk,
) -> Vec<String> {
    for problem in &draft.problems {
        let file = model::join(&draft.name, &problem.file);
        let place = Place::whole(&file);
        let found = rules::finding(problem.rule, problem.grade, problem.message.clone(), &place);
        disk.findings.extend(found.map(|found| (file, found)));
    }
    let mut left_out = Vec::new();
    let mut card = Card::default();
    let mut files = Vec::new();
    for file in &draft.files {
        let mut told = FileOnDisk {
            path: file.name.clone(),
            bytes: None,
            sha256: None,
            format: None,
            verdict: None,
            integrity: Integrity::not_checked(""),
        };
        match &file.content {
            Content::NotRead(reason) => told.integrity = Integrity::not_checked(reason),
            Content::Missing(expected) => {
                let expected = expected.clone();
                told.integrity = Integrity::Missing { expected };
            }
            Content::At(content) => {
                let checked = checked.get(&*content.path);
                // A file of the tree that turned out to be no model file is nothing to tell.
                let Some(checked) = checked.filter(|c| c.is_model || !content.is_loose) else {
                    continue;
                };
                fill(&mut told, checked, &content.expected);
                draft::merge(&mut card, checked.card.clone().unwrap_or_default());
                let at = model::join(&draft.name, &file.name);
                let found = of_content(draft, (&file.name, &content.expected), checked, &at);
                disk.findings
                    .extend(found.into_iter().map(|found| (at.clone(), found)));
                match &checked.unread {
                    Some(Unread::Budget) => left_out.push(at),
                    Some(Unread::Io(detail)) => {
                        let at = Place::whole(&at).location();
                        disk.gaps
                            .push(ReportedGap::new(GapReason::Io, at, detail.clone()));
                    }
                    None => {}
                }
            }
        }
        files.push(told);
    }
    if !files.is_empty() || draft.store != Store::File {
        disk.models.push(told(draft, files, card, repository));
    }
    left_out
}

fn fill(told: &mut FileOnDisk, checked: &Checked, expected: &Expected) {
    told.bytes = checked.bytes;
    told.sha256 = checked.hashes.as_ref().map(|hashes| hashes.sha256.clone());
    told.format.clone_from(&checked.format);
    told.verdict = checked.verdict;
    told.integrity = checked.integrity(expected);
}

fn told(
    draft: &Draft,
    files: Vec<FileOnDisk>,
    card: Card,
    repository: Option<&Arc<str>>,
) -> ModelOnDisk {
    ModelOnDisk {
        repository: repository.cloned(),
        path: draft.name.clone(),
        store: draft.store,
        hub: draft.hub,
        kind: draft.kind,
        id: draft.id.clone(),
        revision: draft.revision.clone(),
        refs: draft.refs.clone(),
        absent: draft.absent.clone(),
        files,
        card,
        used_by: Vec::new(),
    }
}

/// What speaks against a content.
fn of_content(
    draft: &Draft,
    (file, wanted): (&str, &Expected),
    checked: &Checked,
    at: &str,
) -> Vec<Finding> {
    let place = Place::whole(at);
    let name = match file {
        "" => draft.title(),
        file => format!("{} of {}", shown(file), draft.title()),
    };
    let mut found = Vec::new();
    let integrity = checked.integrity(wanted);
    let is_odd = matches!(wanted, Expected::OddAmong(_)) && integrity != Integrity::Intact;
    if is_odd && checked.hashes.is_some() {
        let message =
            format!("{name} is a copy in the place of a link, and no blob beside it has its hash");
        let grade = (Severity::Medium, Confidence::Medium);
        found.extend(rules::finding(Rule::ContentChanged, grade, message, &place));
    }
    if let Integrity::Changed {
        expected,
        found: hash,
    } = &integrity
    {
        let (rule, severity) = match draft.store {
            Store::TorchHub => (Rule::CheckpointHash, Severity::Medium),
            Store::LocalDir => (Rule::ContentChanged, Severity::Medium),
            _ => (Rule::ContentChanged, Severity::High),
        };
        let message = format!("{name} does not have the hash {expected}: its content has {hash}");
        found.extend(rules::finding(
            rule,
            (severity, Confidence::High),
            message,
            &place,
        ));
    }
    if let Some(verdict @ (Verdict::Malicious | Verdict::Suspicious)) = checked.verdict {
        let worst = checked.worst.as_ref();
        let grade = worst.map_or((Severity::Medium, Confidence::Medium), |worst| {
            (worst.severity, worst.confidence)
        });
        let why = worst.map_or_else(String::new, |worst| {
            format!(": {} ({} {})", worst.message, worst.rule, worst.slug)
        });
        let message = format!("{name} is {verdict}{why}");
        found.extend(rules::finding(Rule::DangerousFile, grade, message, &place));
    }
    found
}
