//! The parts of an inventory.

use pyo3::prelude::*;

use crate::parts::Location;
use crate::record::records;

records! {
    /// What references belong to: the folder of the nearest manifest, or one that the caller names.
    Application shows ["path", "name", "owner", "criticality"] {
        /// The tree that it is in.
        repository: plain,
        /// Its folder, from the top of the tree; `.` for the top.
        path: plain,
        /// The last part of that.
        name: plain,
        /// Its manifest.
        manifest: plain,
        /// Who answers for it, as the caller says.
        owner: plain,
        /// How much depends on it, as the caller says.
        criticality: plain,
    }

    /// One place that uses a model, a dataset or a service.
    Reference shows ["hub", "service", "kind", "id"] {
        /// The tree that it is in.
        repository: plain,
        /// The folder of its application.
        application: plain,
        /// Where it is fetched from; `None` where a service is called.
        hub: plain,
        /// What is called over the network; `None` where something is fetched.
        service: plain,
        /// `model`, `dataset`, `adapter`, `tokenizer`, `space`, `service` or `mcp-server`.
        kind: plain,
        /// Without its revision; `None` where only running would tell.
        id: plain,
        /// Its revision, and how far that pins it.
        revision: one(Revision),
        /// What is called, as it stands there.
        call: plain,
        /// How the id was found out, such as `literal` or `constant`.
        resolution: plain,
        /// What is given along with the id.
        flags: one(Flags),
        /// `low`, `medium` or `high`.
        confidence: plain,
        /// What it is used for, where that is known.
        purpose: plain,
        /// `production`, `test`, `example` or `ci`.
        scope: plain,
        /// Where the id stands.
        location: one(Location),
    }

    /// A revision, and how far it pins.
    Revision shows ["text", "pin"] {
        /// As it is given.
        text: plain,
        /// `commit`, `short-commit`, `tag`, `branch`, `pull-request`, `dynamic` or `none`.
        pin: plain,
    }

    /// What is given along with an id: `True`, `False`, `"dynamic"` where only running would tell, or `None`
    /// where it is not given.
    Flags shows ["trust_remote_code", "use_safetensors", "weights_only", "allow_pickle"] {
        /// Whether code from the hub is run.
        trust_remote_code: plain,
        /// The revision of that code.
        code_revision: maybe(Revision),
        /// Whether only safetensors are loaded.
        use_safetensors: plain,
        /// Whether PyTorch's restricted unpickler is used.
        weights_only: plain,
        /// Whether NumPy loads pickles.
        allow_pickle: plain,
        /// Whether nothing is fetched.
        local_files_only: plain,
        /// Whether code of a repository for `torch.hub` is trusted.
        trust_repo: plain,
    }

    /// A model on the disk: one revision of a repository in a cache, or a file.
    ModelOnDisk shows ["store", "path", "id", "revision"] {
        /// The tree that it is in; `None` for a cache of the user.
        repository: plain,
        /// From the top of the tree with `/` between, or the whole path.
        path: plain,
        /// What kind of place it lies in, such as `huggingface-cache` or `file`.
        store: plain,
        /// Where it was fetched from.
        hub: plain,
        /// As for references.
        kind: plain,
        /// `None` where the store does not tell.
        id: plain,
        /// The commit, the tag or the version; `None` where the store does not tell.
        revision: plain,
        /// The names that point to this revision.
        refs: tuple,
        /// Files that the hub is known not to have at this revision.
        absent: tuple,
        /// Its files.
        files: many(ModelFile),
        /// By the card, in the hub's words.
        licenses: tuple,
        /// What it is made from, by the card or the configuration of the adapter.
        base_models: tuple,
        /// What it was trained with, by the card.
        datasets: tuple,
        /// The references that it serves.
        used_by: many(Use),
    }

    /// A file of a model.
    ModelFile shows ["path", "bytes", "format", "verdict"] {
        /// From the path of the model; empty where the model is this file.
        path: plain,
        /// Its length.
        bytes: number,
        /// Where its content was read.
        sha256: plain,
        /// What it is read as, where it is a model file.
        format: plain,
        /// What the scan says, where it is a model file that was scanned.
        verdict: plain,
        /// Whether it is what its store says.
        integrity: one(Integrity),
    }

    /// Whether a file is what its store says that it is.
    Integrity shows ["state", "reason"] {
        /// `intact`, `changed`, `not-checked` or `missing`.
        state: plain,
        /// The hash by the store, where it was changed or is missing.
        expected: plain,
        /// The hash of the content, where it was changed.
        found: plain,
        /// Why it was not checked.
        reason: plain,
    }

    /// The place of a reference: that of its location.
    Use shows ["file", "line"] {
        /// The tree that it is in.
        repository: plain,
        /// The file, from the top of that.
        file: plain,
        /// The line, from 1.
        line: plain,
        /// The column, from 1.
        column: plain,
    }
}
