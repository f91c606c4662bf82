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
}
