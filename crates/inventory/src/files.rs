//! What the files of a tree hold, read on several threads.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use weighbridge::{Finding, GapReason, ReportedGap};

use crate::findings;
use crate::id;
use crate::kind::FileKind;
use crate::options::InventoryOptions;
use crate::place::{LineIndex, Place};
use crate::read::{self, Finds, Found, Unread};
use crate::reference::{Hub, Origin};
use crate::source_file::{SourceFile, Tree, decode};
use crate::triggers;
use crate::turn;
use crate::watch::Watch;

/// What one file holds.
#[derive(Default)]
pub(crate) struct ReadFile {
    pub(crate) file: String,
    pub(crate) references: Vec<(Place, Found)>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) gaps: Vec<ReportedGap>,
}

/// Reads every file on several threads; the order is that of the files.
pub(crate) fn read_all(
    files: &[(String, PathBuf)],
    options: &InventoryOptions,
    watch: &Watch,
) -> Vec<ReadFile> {
    let available = || thread::available_parallelism().map_or(1, usize::from);
    let threads = options
        .threads
        .map_or_else(available, usize::from)
        .min(files.len());
    let next = AtomicUsize::new(0);
    let (all, large) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let one = |index: usize, name: &str, path: &Path| {
        let read = read_file(name, path, Tree::new(files), options);
        let is_empty =
            read.references.is_empty() && read.gaps.is_empty() && read.findings.is_empty();
        if !is_empty && let Ok(mut all) = all.lock() {
            all.push((index, read));
        }
        watch.add_read();
    };
    let work = || {
        while !options.is_cancelled() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((name, path)) = files.get(index) else {
                break;
            };
            if length(path) > turn::LARGE
                && let Ok(mut large) = large.lock()
            {
                large.push((index, name, path));
                continue;
            }
            one(index, name, path);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Where there is no other thread to be had, this one reads them all.
            let _spawned = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    // All by this thread: what the allocator keeps of one large file serves the next.
    for (index, name, path) in large.into_inner().unwrap_or_default() {
        if options.is_cancelled() {
            break;
        }
        one(index, name, path);
    }
    let mut all = all.into_inner().unwrap_or_default();
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, read)| read).collect()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

fn read_file(name: &str, path: &Path, tree: Tree<'_>, options: &InventoryOptions) -> ReadFile {
    let mut read = ReadFile {
        file: name.to_owned(),
        ..ReadFile::default()
    };
    let base = name.rsplit('/').next().unwrap_or(name);
    let by_name = FileKind::of_name(base);
    if by_name.is_none() && !FileKind::may_be_script(base) {
        return read;
    }
    let limit = options.limits.max_file_bytes;
    let _turn = turn::of(length(path));
    let whole = || Place::whole(name).location();
    let content = match content(path, by_name, limit) {
        Ok(Content::Text(kind, bytes)) => Some((kind, bytes)),
        Ok(Content::Other) => None,
        Ok(Content::TooLong) => {
            let detail = format!("longer than {limit} bytes; not read");
            read.gaps
                .push(ReportedGap::limit("file_bytes", whole(), detail));
            None
        }
        Err(error) => {
            read.gaps
                .push(ReportedGap::new(GapReason::Io, whole(), error.to_string()));
            None
        }
    };
    let Some((kind, bytes)) = content else {
        return read;
    };
    let is_wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let reader = read::reader(kind).filter(|_| is_wide || triggers::is_hit(kind, base, &bytes));
    if reader.is_none() && !findings::is_hit(kind, base, &bytes) {
        return read;
    }
    let text = decode(&bytes);
    let mut finds = Finds::new(options.limits.max_references);
    let file = SourceFile {
        path: name,
        kind,
        text: &text,
        limits: &options.limits,
        tree,
    };
    if let Some(reader) = reader {
        reader(&file, &mut finds);
    }
    for found in &mut finds.references {
        // What the tree has is loaded from there.
        let is_here = || found.id.as_ref().is_some_and(|id| file.has_beside(id));
        if found.origin == Origin::Hub(Hub::HuggingFace) && is_here() {
            found.origin = Origin::Hub(Hub::Local);
            found.revision = id::revision(None);
        }
    }
    finish(&mut read, finds, &file);
    read
}

/// Puts what was found into the order of the text, with places, and tells what speaks against it.
fn finish(read: &mut ReadFile, mut finds: Finds, file: &SourceFile<'_>) {
    finds
        .references
        .sort_by_key(|found| (found.span.start, found.span.end));
    let lines = LineIndex::new(file.text);
    read.findings = findings::of_file(file, &finds.references, &lines);
    let file = read.file.clone();
    let placed = |found: Found| (lines.place(&file, &found.span), found);
    read.references
        .extend(finds.references.into_iter().map(placed));
    let gap = |gap: Unread| {
        let location = lines.place(&file, &gap.span).location();
        match gap.limit {
            Some(limit) => ReportedGap::limit(limit, location, gap.detail),
            None => ReportedGap::new(gap.reason, location, gap.detail),
        }
    };
    read.gaps.extend(finds.unread.into_iter().map(gap));
}

/// What a file turned out to be.
enum Content {
    Text(FileKind, Vec<u8>),
    TooLong,
    /// Nothing that is read.
    Other,
}

fn content(path: &Path, kind: Option<FileKind>, limit: u64) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    let kind = match kind {
        Some(kind) => kind,
        None => {
            file.by_ref().take(128).read_to_end(&mut bytes)?;
            match FileKind::of_first_line(&bytes) {
                Some(kind) => kind,
                None => return Ok(Content::Other),
            }
        }
    };
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Ok(Content::TooLong);
    }
    Ok(Content::Text(kind, bytes))
}
