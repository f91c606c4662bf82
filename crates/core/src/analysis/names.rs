//! Names that promise something else than what a content is: some loader goes by the name, and another by the content.

use std::ops::ControlFlow;

use super::readings::Readings;
use super::{Content, Walk};
use crate::format::npy;
use crate::observer::{Oddity, OddityKind};

/// What the names of a kind promise.
struct Promise {
    endings: &'static [&'static str],
    /// The same in words.
    what: &'static str,
    /// How a content begins that keeps the promise, or any of these; text where there is none.
    begins: &'static [&'static [u8]],
    /// Whether such a file is plain data to all that read it: then a pickle in its place misleads.
    is_data: bool,
}

/// Names without an entry promise nothing: `.bin`, `.model`, `.ckpt`, `.dat` and no ending at all.
static PROMISES: &[Promise] = &[
    Promise {
        endings: &[".npy"],
        what: "an array of NumPy",
        begins: &[npy::MAGIC],
        is_data: true,
    },
    Promise {
        endings: &[".npz"],
        what: "a zip archive of arrays",
        begins: &[b"PK"],
        is_data: true,
    },
    Promise {
        endings: &[".gguf"],
        what: "a GGUF model",
        begins: &[b"GGUF", b"FUGG"],
        is_data: true,
    },
    Promise {
        endings: &[".onnx"],
        what: "an ONNX model",
        begins: &[b"\x08", b"\x12"],
        is_data: true,
    },
    Promise {
        endings: &[".h5", ".hdf5"],
        what: "an HDF5 file",
        begins: &[b"\x89HDF"],
        is_data: true,
    },
    Promise {
        endings: &[
            ".json", ".jsonl", ".txt", ".md", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".xml",
            ".html",
        ],
        what: "text",
        begins: &[],
        is_data: true,
    },
    Promise {
        endings: &[".png"],
        what: "a picture",
        begins: &[b"\x89PNG"],
        is_data: true,
    },
    Promise {
        endings: &[".jpg", ".jpeg"],
        what: "a picture",
        begins: &[b"\xff\xd8"],
        is_data: true,
    },
    Promise {
        endings: &[".pt", ".pth"],
        what: "a file of PyTorch",
        begins: &[b"PK", b"\x80", b"\x8a"],
        is_data: false,
    },
];

/// How pickles begin whose writers say so.
const PROTO: u8 = 0x80;

impl Walk<'_> {
    /// Tells where a content that is read is not what its name promises.
    pub(super) fn names(
        &mut self,
        content: &Content<'_>,
        prefix: &[u8],
        readings: &Readings<'_>,
    ) -> ControlFlow<()> {
        let name = content.member.last().map_or(self.name, String::as_str);
        let name = name.to_ascii_lowercase();
        let ends = |promise: &&Promise| promise.endings.iter().any(|end| name.ends_with(end));
        let Some(promise) = PROMISES.iter().find(ends) else {
            return ControlFlow::Continue(());
        };
        if promise.begins.iter().any(|begin| prefix.starts_with(begin)) {
            return ControlFlow::Continue(());
        }
        let Some((what, holds_pickles)) = readings.lies(promise, prefix) else {
            return ControlFlow::Continue(());
        };
        let kind = if promise.is_data && holds_pickles {
            OddityKind::MisleadingName
        } else {
            OddityKind::UnusualName
        };
        let detail = format!(
            "its name says that it is {}, and it is {what}",
            promise.what
        );
        let oddity = Oddity {
            kind,
            subject: "name",
            detail: &detail,
            offset: 0,
            len: content.source.len(),
            pointer: None,
        };
        self.teller.oddity(content, &oddity)
    }
}

impl Readings<'_> {
    /// What a content is that does not begin as its name says, and whether it holds pickles. Text may read as a pickle
    /// by chance.
    fn lies(&self, promise: &Promise, prefix: &[u8]) -> Option<(&'static str, bool)> {
        let is_text = promise.begins.is_empty();
        let is_pickle = self.pickle && (!is_text || prefix.first() == Some(&PROTO));
        let is_torch = self
            .zip
            .as_ref()
            .is_some_and(|(_, overview)| overview.layout.has_pickle);
        let cases = [
            (is_pickle, "a pickle", true),
            (is_torch, "an archive of PyTorch", true),
            (
                self.old_joblib.is_some(),
                "a compressed pickle of joblib",
                true,
            ),
            (self.npy, "an array of NumPy", false),
            (self.zip.is_some(), "a zip archive", false),
            // PyTorch once wrote tar archives.
            (
                self.tar.is_some() && promise.is_data,
                "a tar archive",
                false,
            ),
            (self.sevenz, "a 7z archive", false),
            (self.packed.is_some(), "compressed data", false),
        ];
        let case = cases.into_iter().find(|(is_so, ..)| *is_so);
        case.map(|(_, what, holds_pickles)| (what, holds_pickles))
    }
}
