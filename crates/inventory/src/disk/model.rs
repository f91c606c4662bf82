//! Models on the disk: what lies where, from which hub, and whether it is still what it was.

use std::sync::Arc;

use weighbridge::Verdict;

use crate::reference::{Hub, Kind, named};

named! {
    /// What kind of place a model lies in.
    Store {
        /// The cache of the Hugging Face libraries: `models--owner--name`.
        HuggingFaceCache => "huggingface-cache",
        /// A folder that a repository of Hugging Face was downloaded to (`--local-dir`).
        LocalDir => "huggingface-local-dir",
        /// The models of Ollama.
        Ollama => "ollama",
        /// `torch.hub`: checkpoints, and copies of repositories.
        TorchHub => "torch-hub",
        /// What sentence-transformers downloaded before it used the cache of Hugging Face.
        SentenceTransformers => "sentence-transformers",
        /// Keras.
        Keras => "keras",
        /// ModelScope.
        ModelScope => "modelscope",
        /// Models of kagglehub.
        KaggleHub => "kagglehub",
        /// Datasets of kagglehub.
        KaggleHubDatasets => "kagglehub-datasets",
        /// Whisper.
        Whisper => "whisper",
        /// LM Studio.
        LmStudio => "lm-studio",
        /// llama.cpp.
        LlamaCpp => "llama.cpp",
        /// The cache of DVC.
        Dvc => "dvc",
        /// The objects of Git LFS.
        GitLfs => "git-lfs",
        /// A model file of the tree.
        File => "file",
    }
}

/// A model on the disk: one revision of a repository in a cache, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelOnDisk {
    /// The tree that it is in, as its path was given; `None` for a cache of the user.
    pub repository: Option<Arc<str>>,
    /// Where: from the top of the tree with `/` between, or the whole path.
    pub path: String,
    /// What kind of place that is.
    pub store: Store,
    /// The hub that it comes from, where that is known.
    pub hub: Option<Hub>,
    /// What it is.
    pub kind: Kind,
    /// Its id on that hub, where that is known.
    pub id: Option<String>,
    /// The commit, the tag or the version; `None` where the store does not tell.
    pub revision: Option<String>,
    /// The names that point to this revision: branches, tags.
    pub refs: Vec<String>,
    /// What the hub is known not to have at this revision.
    pub absent: Vec<String>,
    /// Its files, by their names.
    pub files: Vec<FileOnDisk>,
    /// What the files say about it.
    pub card: Card,
    /// The references that it serves: the indices in [`crate::Inventory::references`].
    pub used_by: Vec<usize>,
}

/// What the card of a model, or its configuration, says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Card {
    /// The licences, in the hub's words.
    pub licenses: Vec<String>,
    /// The models that it is made from.
    pub base_models: Vec<String>,
    /// What it was trained with.
    pub datasets: Vec<String>,
}

/// A file of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileOnDisk {
    /// Its path from that of the model; empty where the model is this file.
    pub path: String,
    /// How many bytes it has.
    pub bytes: Option<u64>,
    /// The SHA-256 of its content, where it was read.
    pub sha256: Option<String>,
    /// What it is read as, where it is a model file.
    pub format: Option<String>,
    /// What the scan says, where it is a model file that was scanned.
    pub verdict: Option<Verdict>,
    /// Whether it is what the store says that it is.
    pub integrity: Integrity,
}

/// Whether a file is what the store says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Integrity {
    /// Its content has the hash that the store names it by.
    Intact,
    /// Its content has another one.
    Changed {
        /// The hash, or its beginning, by the store.
        expected: String,
        /// The hash of the content.
        found: String,
    },
    /// That is not known.
    NotChecked {
        /// Why.
        reason: String,
    },
    /// The store names it, but it is not there.
    Missing {
        /// Its hash, where the store tells.
        expected: Option<String>,
    },
}

impl Integrity {
    /// The fixed word used in reports.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Integrity::Intact => "intact",
            Integrity::Changed { .. } => "changed",
            Integrity::NotChecked { .. } => "not-checked",
            Integrity::Missing { .. } => "missing",
        }
    }

    pub(super) fn not_checked(reason: &str) -> Integrity {
        Integrity::NotChecked {
            reason: reason.to_owned(),
        }
    }
}

impl ModelOnDisk {
    /// The place of a file of it, as findings name it.
    #[must_use]
    pub fn place_of(&self, file: &FileOnDisk) -> String {
        join(&self.path, &file.path)
    }
}

/// A path and what lies below it.
pub(super) fn join(path: &str, below: &str) -> String {
    match (path, below) {
        (path, "") => path.to_owned(),
        ("" | ".", below) => below.to_owned(),
        (path, below) => format!("{}/{below}", path.trim_end_matches('/')),
    }
}
