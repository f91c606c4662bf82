//! The inventory of trees.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weighbridge::{Control, Finding, GapReason, Interruption, ReportedGap};

use crate::application::Applications;
use crate::disk::{self, Disk, ModelOnDisk};
use crate::files::read_all;
use crate::merge;
use crate::options::InventoryOptions;
use crate::place::Place;
use crate::reference::Reference;
use crate::scope;
use crate::walk;
use crate::watch::Watch;

/// An application: what references belong to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Application {
    /// The tree that it is in.
    pub repository: Arc<str>,
    /// Its folder, from the top of the tree; `.` for the top.
    pub path: String,
    /// The last part of that.
    pub name: String,
    /// Its manifest, where it has one.
    pub manifest: Option<String>,
    /// Who answers for it, as configured.
    pub owner: Option<String>,
    /// How much depends on it, as configured.
    pub criticality: Option<String>,
}

/// Which models and services trees use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inventory {
    /// The trees, as their paths were given, sorted; no two have the same name.
    pub repositories: Vec<Arc<str>>,
    /// The applications, by tree and folder.
    pub applications: Vec<Application>,
    /// The references, by tree, file and place.
    pub references: Vec<Reference>,
    /// The models that lie on the disk, by tree and path; those of the user's caches come last.
    pub models: Vec<ModelOnDisk>,
    /// What speaks against them.
    pub findings: Vec<Finding>,
    /// The application of each finding: the index in `applications`. What is found in a cache of the user
    /// belongs to none: there is no application of that index.
    pub finding_applications: Vec<usize>,
    /// What could not be read.
    pub gaps: Vec<ReportedGap>,
    /// The tree of each gap: the index in `repositories`; `None`, or nothing, where it is of none.
    pub gap_repositories: Vec<Option<usize>>,
    /// Folders that were passed over: dependencies, caches, version control.
    pub passed_over: Vec<String>,
    /// How many files were listed.
    pub files: usize,
}

/// Why there is no inventory.
#[derive(Debug)]
#[non_exhaustive]
pub enum InventoryError {
    /// The caller ended it; this is what was found until then.
    Cancelled(Box<Inventory>),
    /// The time was up; this is what was found until then.
    DeadlineExceeded(Box<Inventory>),
}

impl InventoryError {
    /// What was found until then.
    #[must_use]
    pub fn into_partial(self) -> Inventory {
        match self {
            InventoryError::Cancelled(partial) | InventoryError::DeadlineExceeded(partial) => {
                *partial
            }
        }
    }
}

impl std::fmt::Display for InventoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            InventoryError::Cancelled(_) => f.write_str("the inventory was cancelled"),
            InventoryError::DeadlineExceeded(_) => f.write_str("the inventory did not end in time"),
        }
    }
}

impl std::error::Error for InventoryError {}

impl Inventory {
    /// The inventory of a tree, or of one file.
    ///
    /// # Errors
    ///
    /// None: nothing cancels it. What cannot be read is a gap.
    pub fn of(path: impl AsRef<Path>) -> Result<Inventory, InventoryError> {
        Inventory::of_all(&[path.as_ref()], &InventoryOptions::default())
    }

    /// The inventory of several trees; it is sorted by their names, so that the order of the paths makes
    /// no difference.
    ///
    /// # Errors
    ///
    /// Only that it was cancelled.
    pub fn of_all(
        paths: &[impl AsRef<Path>],
        options: &InventoryOptions,
    ) -> Result<Inventory, InventoryError> {
        Inventory::of_all_under(paths, options, &Control::new())
    }

    /// The inventory of several trees, which may be ended early, and tells how far it is: how many files
    /// were read, and of how many. The check and the progress of the control are called on this thread.
    ///
    /// # Errors
    ///
    /// Only that it was cancelled, or that the time was up; what was found until then is in the error.
    pub fn of_all_under(
        paths: &[impl AsRef<Path>],
        options: &InventoryOptions,
        control: &Control<'_>,
    ) -> Result<Inventory, InventoryError> {
        let watch = Watch::default();
        // Whatever works looks at one token.
        let inner = options.clone().with_token(watch.token());
        let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
        let (inventory, is_whole) = watch.over(control, options.token.as_ref(), || {
            Inventory::read(&paths, &inner, &watch)
        });
        if is_whole {
            return Ok(inventory);
        }
        Err(match watch.interruption() {
            Interruption::Deadline => InventoryError::DeadlineExceeded(Box::new(inventory)),
            _ => InventoryError::Cancelled(Box::new(inventory)),
        })
    }

    /// The inventory, and whether it is whole.
    fn read(paths: &[&Path], options: &InventoryOptions, watch: &Watch) -> (Inventory, bool) {
        let listed = paths.iter().map(|path| Listed::new(path, options));
        let listed: Vec<Result<Listed<'_>, String>> = listed.collect();
        let files = listed
            .iter()
            .flatten()
            .map(|listed| listed.tree.files.len());
        watch.add_total(files.sum());
        let mut inventory = Inventory::default();
        let mut is_whole = true;
        for (path, listed) in paths.iter().zip(listed) {
            is_whole &= inventory.add(path, listed, options, watch);
        }
        if let Some(environment) = &options.caches {
            let trees: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
            let disk = disk::caches(environment, &trees, options);
            inventory.add_disk(disk, |_| merge::NONE);
            if is_whole && options.is_cancelled() {
                is_whole = false;
                inventory.gaps.push(watch.gap(Place::whole("").location()));
            }
        }
        (Inventory::arrange(vec![inventory]), is_whole)
    }

    /// What speaks against the references and files of an application, by its index.
    pub fn findings_of(&self, application: usize) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter().zip(&self.finding_applications);
        findings
            .filter(move |(_, at)| **at == application)
            .map(|(finding, _)| finding)
    }

    /// The application of a finding, by the index of the finding.
    pub(crate) fn application_of_finding(&self, at: usize) -> Option<&Application> {
        self.applications.get(*self.finding_applications.get(at)?)
    }

    /// The tree of a gap, by the index of the gap.
    pub(crate) fn repository_of_gap(&self, at: usize) -> Option<&str> {
        let repository = (*self.gap_repositories.get(at)?)?;
        self.repositories.get(repository).map(|name| &**name)
    }

    /// The same as one line of JSON, without the line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        weighbridge::output::json_line(self)
    }

    /// Writes the same without holding it: of a large tree it takes as much memory as all the rest.
    ///
    /// # Errors
    ///
    /// Where the destination takes no more.
    pub fn write_json(&self, out: &mut impl io::Write) -> io::Result<()> {
        weighbridge::output::write_json(out, self)
    }

    /// Adds a tree; tells whether it was read to its end.
    fn add(
        &mut self,
        path: &Path,
        listed: Result<Listed<'_>, String>,
        options: &InventoryOptions,
        watch: &Watch,
    ) -> bool {
        let repository: Arc<str> = weighbridge::escape::path(path).into();
        // `shop` and `shop/` are the same.
        let is_known =
            |known: &Arc<str>| known.trim_end_matches('/') == repository.trim_end_matches('/');
        if self.repositories.iter().any(is_known) {
            return !options.is_cancelled();
        }
        self.gap_repositories.resize(self.gaps.len(), None);
        let Listed { surveyed, tree } = match listed {
            Ok(listed) => listed,
            Err(error) => {
                self.add_nothing(repository, &error);
                return !options.is_cancelled();
            }
        };
        let names = tree.files.iter().map(|(name, _)| &**name);
        let applications = Applications::new(&repository, names, &options.applications);
        let base = self.applications.len();
        for (at, detail) in tree.errors {
            let at = if at.is_empty() { &*repository } else { &*at };
            self.gaps.push(ReportedGap::new(
                GapReason::Io,
                Place::whole(at).location(),
                detail,
            ));
        }
        if tree.is_full {
            let detail = format!(
                "more than {} files; the rest is left out",
                options.limits.max_files
            );
            let at = Place::whole(&repository).location();
            self.gaps.push(ReportedGap::limit("files", at, detail));
        }
        self.files += tree.files.len();
        self.passed_over.extend(tree.passed_over);
        for read in read_all(&tree.files, options, watch) {
            self.gaps.extend(read.gaps);
            let application = base + applications.of_file(&read.file);
            let findings = read.findings.len();
            self.findings.extend(read.findings);
            self.finding_applications
                .resize(self.finding_applications.len() + findings, application);
            let scope = scope::of_path(&read.file);
            let purpose = scope::purpose_of_path(&read.file);
            self.references
                .extend(
                    read.references
                        .into_iter()
                        .map(|(location, found)| Reference {
                            repository: Arc::clone(&repository),
                            location,
                            origin: found.origin,
                            kind: found.kind,
                            id: found.id,
                            revision: found.revision,
                            call: found.call,
                            resolution: found.resolution,
                            flags: found.flags,
                            confidence: found.confidence,
                            purpose: found.purpose.or(purpose),
                            scope,
                            application,
                        }),
                );
        }
        let disk = surveyed.read(&repository);
        self.add_disk(disk, |file| base + applications.of_file(file));
        let is_cut = options.is_cancelled();
        if is_cut {
            self.gaps
                .push(watch.gap(Place::whole(&repository).location()));
        }
        let tree = Some(self.repositories.len());
        self.gap_repositories.resize(self.gaps.len(), tree);
        self.applications.extend(applications.finish());
        self.repositories.push(repository);
        !is_cut
    }
}

impl Inventory {
    /// A tree that could not be listed at all.
    fn add_nothing(&mut self, repository: Arc<str>, why: &str) {
        let at = Place::whole(&repository).location();
        let gap = ReportedGap::new(GapReason::Io, at, why.to_owned());
        self.gaps.push(gap);
        self.gap_repositories.push(Some(self.repositories.len()));
        let applications = Applications::new(&repository, std::iter::empty(), &[]);
        self.applications.extend(applications.finish());
        self.repositories.push(repository);
    }

    /// Takes what lies on the disk; `application` tells what a file belongs to.
    fn add_disk(&mut self, disk: Disk, application: impl Fn(&str) -> usize) {
        self.models.extend(disk.models);
        self.gaps.extend(disk.gaps);
        for (file, finding) in disk.findings {
            self.finding_applications.push(application(&file));
            self.findings.push(finding);
        }
    }
}

/// What is in a tree, before any of it is read.
struct Listed<'o> {
    surveyed: disk::Surveyed<'o>,
    tree: walk::Tree,
}

impl<'o> Listed<'o> {
    /// Lists a tree; the error tells why it cannot be listed.
    fn new(path: &Path, options: &'o InventoryOptions) -> Result<Listed<'o>, String> {
        let patterns = walk::patterns(path, options).map_err(|error| error.to_string())?;
        let surveyed = disk::survey(path, &patterns, options);
        let tree = walk::list(path, patterns, &surveyed.stores, options);
        Ok(Listed { surveyed, tree })
    }
}
