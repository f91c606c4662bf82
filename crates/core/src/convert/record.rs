//! The whole of a conversion, from path to path, and what is told of it.

use std::path::{Path, PathBuf};

use serde::ser::{Serialize, Serializer};

use super::place::{Partial, written};
use super::{Conversion, ConvertError, Request, prepare};
use crate::checkpoint::{Checkpoint, CheckpointError, Opening, Refused, files};
use crate::control::Control;
use crate::globals::{Globals, ListedGlobal};
use crate::json::{self, Number, object};
use crate::report::ReportedGap;
use crate::scanner::{Input, ScanError, Scanner};
use crate::verdict::Verdict;

/// What was converted from which file, and what was left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Converted {
    /// The version of this shape.
    pub schema_version: u32,
    /// The source.
    pub source: PathBuf,
    /// What it is read as.
    pub formats: Vec<&'static str>,
    /// What to think of loading it as it was.
    pub verdict: Verdict,
    /// The globals in it that are not known to be harmless, the worst first. Nothing of them was run, and
    /// nothing of them is in the files.
    pub code: Vec<ListedGlobal>,
    /// The files and the tensors.
    pub conversion: Conversion,
    /// Whether it holds plain values as well, which are in no file of tensors.
    pub has_values: bool,
    /// The file that they were written to.
    pub extras: Option<PathBuf>,
}

/// Converts what is at a path, as [`convert`](super::convert) does, and says what was left behind. Without
/// `out`, the file gets the name of the source, with `.safetensors` in place of its ending.
///
/// # Errors
/// [`ConvertError`]; then there is no new file.
pub fn convert_path(
    source: &Path,
    out: Option<&Path>,
    request: &Request,
    opening: &Opening,
    control: &Control<'_>,
) -> Result<Converted, ConvertError> {
    let out = out.map_or_else(|| beside(source), |out| within(out, source));
    let extras = request.extras.as_deref();
    // Values are held only where they are written.
    let opening = &opening.clone().tight().with_tensors_only(extras.is_none());
    // First, so that the report is gone before the checkpoint is there.
    let (verdict, code) = left_behind(&files(source, opening)?, opening, control)?;
    let checkpoint = Checkpoint::open_with(source, opening, control)?;
    let has_values = checkpoint.has_more();
    let prepared = prepare(&checkpoint, &out, extras, request, control)?;
    let values = checkpoint.values().filter(|_| has_values);
    let extras = match (extras, values) {
        (Some(path), Some(values)) if !request.dry_run => Some(text(path, values)?),
        _ => None,
    };
    let conversion = prepared.publish(extras, request.force)?;
    Ok(Converted {
        schema_version: 1,
        source: source.to_owned(),
        formats: checkpoint
            .formats()
            .iter()
            .map(|format| format.as_str())
            .collect(),
        verdict,
        code,
        conversion,
        has_values,
        extras: request.extras.clone().filter(|_| has_values),
    })
}

/// The place of the file where none is said.
fn beside(source: &Path) -> PathBuf {
    if source.is_dir() {
        return source.join("model.safetensors");
    }
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".index.json").unwrap_or(&name);
    let stem = match stem.rfind('.') {
        Some(dot) if dot > 0 => stem.get(..dot).unwrap_or(stem),
        _ => stem,
    };
    source.with_file_name(format!("{stem}.safetensors"))
}

/// The place of the file where a file or a directory is said.
fn within(out: &Path, source: &Path) -> PathBuf {
    match out.is_dir() {
        true => out.join(beside(source).file_name().unwrap_or_default()),
        false => out.to_owned(),
    }
}

/// What loading the source would have done besides making tensors.
fn left_behind(
    files: &[PathBuf],
    opening: &Opening,
    control: &Control<'_>,
) -> Result<(Verdict, Vec<ListedGlobal>), ConvertError> {
    let scanner = Scanner::builder().limits(opening.scanning()).build();
    let mut verdict = Verdict::Clean;
    let mut code: Vec<ListedGlobal> = Vec::new();
    for path in files {
        let scanned = scanner.scan(Input::path(path), &control.without_progress());
        let report = scanned.map_err(|error| match error {
            ScanError::Open(why) => {
                let path = path.clone();
                ConvertError::Source(CheckpointError::Open { path, why })
            }
            ScanError::Cancelled(_) | ScanError::DeadlineExceeded(_) => ConvertError::Cancelled,
        })?;
        if let Some(gap) = report.coverage.gaps.iter().find(|gap| is_full(gap)) {
            let name = path.to_string_lossy().into_owned();
            let why = format!("it makes more than is followed: {}", gap.detail);
            return Err(ConvertError::Source(CheckpointError::Limit { name, why }));
        }
        verdict = verdict.max(report.verdict);
        let listed = Globals::of(&report).globals.into_iter();
        for one in listed.filter(|one| one.global.class != "known") {
            if !code
                .iter()
                .any(|other| other.global.resolved == one.global.resolved)
            {
                code.push(one);
            }
        }
    }
    Ok((verdict, code))
}

/// Whether the machine came to hold more of a pickle than [`Opening::scanning`] allows.
fn is_full(gap: &ReportedGap) -> bool {
    matches!(gap.limit, Some("objects" | "stack" | "memo"))
}

/// A file of text that is not at its place yet.
fn text(path: &Path, text: &str) -> Result<Partial, ConvertError> {
    use std::io::Write as _;
    let mut partial = Partial::create(path)?;
    let file = partial.file.as_file_mut();
    let put = file
        .write_all(text.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all());
    put.map_err(|why| written(path, why))?;
    Ok(partial)
}

impl Converted {
    /// What was done as one line of JSON, as docs/schema/convert.schema.json describes.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::long_line(self)
    }
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl Serialize for Converted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let done = &self.conversion;
        object!(serializer, {
            "schema_version": self.schema_version,
            "source": path(&self.source),
            "formats": self.formats,
            "dry_run": done.dry_run,
            "files": done.files.iter().map(File).collect::<Vec<_>>(),
            "index": done.index.as_deref().map(path),
            "tensors": done.tensors.iter().map(Tensor).collect::<Vec<_>>(),
            "aliases": done.aliases.iter().map(Alias).collect::<Vec<_>>(),
            "refused": done.refused.iter().map(Left).collect::<Vec<_>>(),
            "elsewhere": done.elsewhere,
            "has_values": self.has_values,
            "extras": self.extras.as_deref().map(path),
            "verdict": self.verdict.as_str(),
            "code": self.code,
        })
    }
}

struct File<'f>(&'f super::ConvertedFile);

impl Serialize for File<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "path": path(&self.0.path), "size": Number(self.0.size) })
    }
}

struct Tensor<'t>(&'t super::ConvertedTensor);

impl Serialize for Tensor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "name": self.0.name(),
            "source": self.0.source(),
            "dtype": self.0.dtype().as_str(),
            "shape": self.0.shape().iter().map(|size| Number(*size)).collect::<Vec<_>>(),
            "bytes": Number(self.0.bytes()),
            "file": self.0.file(),
        })
    }
}

struct Alias<'a>(&'a (String, String));

impl Serialize for Alias<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "name": self.0.0, "kept": self.0.1 })
    }
}

struct Left<'l>(&'l Refused);

impl Serialize for Left<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "name": self.0.name, "why": self.0.why })
    }
}
