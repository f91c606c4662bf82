//! The way through a content and all that is within it.

use std::io;
use std::ops::ControlFlow;

use weighbridge_pickle::{self as machine, Machine};

use super::readings::Readings;
use super::{Content, Teller};
use crate::budget::Budget;
use crate::container::packed::{self, Codec};
use crate::container::zip::{self, Archive, Overview};
use crate::container::{sevenz, tar};
use crate::control::Watch;
use crate::embedded;
use crate::format::joblib_old;
use crate::format::pickle;
use crate::format::safetensors::{self, index};
use crate::format::torch_archive::{self, row};
use crate::format::torch_zip;
use crate::format::{Format, torch_legacy, torch_tar};
use crate::format::{nemo, npy};
use crate::gap::{Gap, GapReason};
use crate::limits::Limits;
use crate::observer::Role;
use crate::sniff;
use crate::source::{Folder, Part, read_up_to};

/// Name endings that promise a pickle.
const PICKLE_ENDINGS: &[&str] = &[".pkl", ".pickle", ".pck", ".pcl", ".p", ".dill"];

/// An examination under way.
pub(crate) struct Walk<'w> {
    pub(crate) limits: &'w Limits,
    /// Whether what no loader interprets is read as a whole too.
    pub(crate) deep: bool,
    pub(crate) budget: Budget,
    pub(crate) watch: &'w Watch<'w>,
    pub(crate) machine: Machine,
    pub(crate) teller: Teller<'w>,
    pub(crate) name: &'w str,
    /// Where the file lies, if it is one.
    pub(crate) folder: Option<Folder<'w>>,
}

type Flow = io::Result<ControlFlow<()>>;

/// What an archive is read as.
fn formats(overview: &Overview) -> Vec<Format> {
    let layout = &overview.layout;
    let mut formats: Vec<Format> = layout.kinds.formats().collect();
    if layout.has_pickle && !layout.kinds.is_script() {
        formats.push(Format::TorchZip);
    }
    if formats.is_empty() {
        formats.push(Format::Zip);
    }
    formats
}

impl Walk<'_> {
    /// The pickle machine's bounds, as far as they are not spent.
    pub(crate) fn pickle_limits(&self) -> machine::Limits {
        let mut limits = self.limits.pickle.clone();
        limits.max_instructions = self.budget.instructions;
        limits
    }

    /// Examines the file itself.
    pub(super) fn file(&mut self, content: &Content<'_>) -> ControlFlow<()> {
        let (len, most) = (content.source.len(), self.limits.max_bytes);
        if len > most {
            let detail = format!("{len} bytes, where at most {most} are examined");
            return self
                .teller
                .gap(content, &Gap::limit("bytes", detail).at(0, len));
        }
        self.content(content)
    }

    /// Examines a content, under every reading that fits.
    pub(crate) fn content(&mut self, content: &Content<'_>) -> ControlFlow<()> {
        if self.teller.is_over(content, 0) {
            return ControlFlow::Break(());
        }
        match self.read(content) {
            Ok(flow) => flow,
            Err(error) => self.teller.gap(content, &Gap::io(&error)),
        }
    }

    fn read(&mut self, content: &Content<'_>) -> Flow {
        let prefix = read_up_to(content.source, 0, pickle::PAGE)?;
        if prefix.is_empty() {
            return Ok(self.empty(content));
        }
        let readings = self.readings(content, &prefix);
        if let Some(gap) = &readings.failed
            && self.teller.gap(content, gap).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        if torch_archive::is_text(content.role) && torch_archive::examine(self, content)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        if readings.is_empty() {
            return Ok(self.unknown(content, content.source.len(), &prefix));
        }
        if self.names(content, &prefix, &readings).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if self.polyglot(content, &prefix, &readings).is_break()
            || readings.pickle && self.pickle(content, readings.explained())?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        if readings.npy && self.npy(content)?.is_break()
            || self.safetensors(content, &readings).is_break()
            || readings.index && self.index(content)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let mut seen = tar::Seen {
            zip: readings.zip.as_ref().map(|(archive, _)| archive),
            zip_is_member: false,
            explained: readings.explained(),
        };
        if let Some(first) = &readings.tar
            && self.tar(content, first, &mut seen)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let is_explained = readings.pickle || readings.tar.is_some() || readings.is_tensors();
        if let Some((archive, overview)) = readings.zip.as_ref().filter(|_| !seen.zip_is_member)
            && self
                .zip(content, archive, overview, is_explained)?
                .is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        if readings.sevenz && self.sevenz(content)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if let Some(old) = &readings.old_joblib
            && self.old_joblib(content, old)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        match readings.packed {
            Some(codec) => self.packed(content, codec),
            None => Ok(ControlFlow::Continue(())),
        }
    }

    /// Reads a content as one of old versions of joblib: a header, and zlib data.
    fn old_joblib(&mut self, content: &Content<'_>, old: &joblib_old::Header) -> Flow {
        if self.teller.format(content, Format::JoblibOld).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        joblib_old::examine(self, content, old)
    }

    /// Reads a content as compressed.
    fn packed(&mut self, content: &Content<'_>, codec: Codec) -> Flow {
        if self.teller.format(content, codec.format()).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        packed::examine(self, content, codec)
    }

    /// Tells of formats that a content is as well, and that are not understood: a loader may ask for
    /// them first.
    fn polyglot(
        &mut self,
        content: &Content<'_>,
        prefix: &[u8],
        readings: &Readings<'_>,
    ) -> ControlFlow<()> {
        let others = match sniff::others(content.source, prefix, &readings.words()) {
            Ok(others) => others,
            // That the content cannot be read is told once.
            Err(_) if readings.failed.is_some() => Vec::new(),
            Err(error) => return self.teller.gap(content, &Gap::io(&error)),
        };
        for words in others {
            let detail = format!("it is read here, but it also begins like {words}");
            let gap = Gap::new(GapReason::Unsupported, detail).at(0, content.source.len());
            self.teller.gap(content, &gap)?;
        }
        ControlFlow::Continue(())
    }

    fn empty(&mut self, content: &Content<'_>) -> ControlFlow<()> {
        if content.lone || content.role.is_pickle() {
            let gap = Gap::new(GapReason::Truncated, "there is nothing in it");
            return self.teller.gap(content, &gap);
        }
        ControlFlow::Continue(())
    }

    /// Reads a content as pickles, those of a legacy PyTorch file among them. From `explained` on, it
    /// is something else.
    fn pickle(&mut self, content: &Content<'_>, explained: Option<u64>) -> Flow {
        use torch_legacy::Storages;
        let is_begun = torch_legacy::begins(content.source)?;
        let storages = if is_begun {
            torch_legacy::storages(self, content.source)
        } else {
            Storages::NotLegacy
        };
        let (format, start, gap) = match storages {
            Storages::NotLegacy => (Format::Pickle, None, None),
            Storages::From(start) => (Format::TorchLegacy, Some(start), None),
            Storages::Wrong(gap) => (Format::TorchLegacy, None, Some(gap)),
        };
        if self.teller.format(content, format).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        // `torch.load` goes by the beginning.
        let role = if is_begun {
            Role::TorchLegacy
        } else {
            content.role
        };
        let content = &Content { role, ..*content };
        if pickle::examine(self, content, start.or(explained)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(gap.map_or(ControlFlow::Continue(()), |gap| {
            self.teller.gap(content, &gap)
        }))
    }

    /// Reads a content as arrays of NumPy.
    fn npy(&mut self, content: &Content<'_>) -> Flow {
        if self.teller.format(content, Format::Npy).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        npy::examine(self, content)
    }

    /// Reads a content as safetensors, and tells what else it is.
    fn safetensors(&mut self, content: &Content<'_>, readings: &Readings<'_>) -> ControlFlow<()> {
        let Some(begun) = &readings.safetensors else {
            let name = content.member.last().map_or(self.name, String::as_str);
            if name.to_ascii_lowercase().ends_with(safetensors::ENDING) {
                return safetensors::misnamed(self, content);
            }
            return ControlFlow::Continue(());
        };
        self.teller.format(content, Format::Safetensors)?;
        if begun.is_valid {
            for other in readings.besides_tensors() {
                safetensors::polyglot(self, content, other)?;
            }
        }
        safetensors::examine(self, content, begun)
    }

    /// Reads a content as an index of shards.
    fn index(&mut self, content: &Content<'_>) -> Flow {
        if self.teller.format(content, Format::ShardIndex).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        index::examine(self, content)
    }

    /// Reads a content as a tar archive, whose first member has a name.
    fn tar(&mut self, content: &Content<'_>, first: &[u8], seen: &mut tar::Seen<'_>) -> Flow {
        let format = if torch_tar::begins(first) {
            Format::TorchTar
        } else {
            Format::Tar
        };
        if self.teller.format(content, format).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        tar::examine(self, content, seen)
    }

    /// Reads a content as a 7z archive.
    fn sevenz(&mut self, content: &Content<'_>) -> Flow {
        if self.teller.format(content, Format::SevenZip).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        sevenz::examine(self, content)
    }

    /// Reads a content as a zip archive. What stands before it may be something that is read as well.
    fn zip(
        &mut self,
        content: &Content<'_>,
        archive: &Archive,
        overview: &Overview,
        is_explained: bool,
    ) -> Flow {
        if let Some(row) = row::of(content.source, overview.last_start, self.budget.members)? {
            if self
                .teller
                .format(content, Format::TorchDistributed)
                .is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
            return Ok(row::examine(self, content, &row));
        }
        for format in formats(overview) {
            if self.teller.format(content, format).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let before = (0, overview.start);
        let flow = match overview.start {
            0 => ControlFlow::Continue(()),
            _ if is_explained => self.before(content, before)?,
            _ => self.uncovered(content, &[before], "before the archive")?,
        };
        if flow.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        zip::examine(self, content, archive, overview)
    }

    /// Looks into what stands before an archive, and is read as something else: there may be another.
    fn before(&mut self, content: &Content<'_>, (start, end): (u64, u64)) -> Flow {
        let part = Part::new(content.source, start, end - start);
        Ok(match Archive::find(&part)? {
            Some(_) => self.hidden(content, start, end),
            None => ControlFlow::Continue(()),
        })
    }

    /// The configuration of a model: text that is plain, and asks for nothing that is not known.
    fn config(&mut self, content: &Content<'_>) -> ControlFlow<()> {
        let gap = match nemo::unknown(content.source) {
            Ok(None) => {
                self.teller.examined(content.source.len());
                return ControlFlow::Continue(());
            }
            Ok(Some(words)) => Gap::new(GapReason::Unsupported, words),
            Err(error) => Gap::io(&error),
        };
        self.teller.gap(content, &gap.at(0, content.source.len()))
    }

    /// A content of `len` bytes that is nothing known, unless its role explains it.
    pub(crate) fn unknown(
        &mut self,
        content: &Content<'_>,
        len: u64,
        prefix: &[u8],
    ) -> ControlFlow<()> {
        match content.role {
            Role::Elements | Role::Resource | Role::PackageResource => {
                self.teller
                    .count(len, |examined| &mut examined.opaque_bytes);
                return embedded::look(self, content, len, prefix);
            }
            Role::TorchNote if torch_zip::is_note(prefix) && prefix.len() as u64 == len => {
                self.teller
                    .count(len, |examined| &mut examined.examined_bytes);
                return ControlFlow::Continue(());
            }
            Role::ScriptCode | Role::ExportProgram | Role::SkopsSchema => {
                return ControlFlow::Continue(());
            }
            Role::NemoConfig if !sniff::is_known(prefix) => return self.config(content),
            _ => {}
        }
        let name = content
            .member
            .last()
            .map_or(self.name, String::as_str)
            .to_ascii_lowercase();
        let promised = PICKLE_ENDINGS.iter().any(|ending| name.ends_with(ending));
        let detail = if prefix.starts_with(zip::LOCAL) {
            "it begins like a zip archive, but has no directory at its end".to_owned()
        } else if promised && !sniff::is_known(prefix) {
            format!(
                "it is no pickle, whatever its name says: it begins with {}",
                sniff::describe(prefix)
            )
        } else {
            format!("it begins with {}", sniff::describe(prefix))
        };
        let reason = if prefix.starts_with(zip::LOCAL) {
            GapReason::Truncated
        } else {
            GapReason::Unsupported
        };
        self.teller
            .gap(content, &Gap::new(reason, detail).at(0, len))?;
        if !prefix.starts_with(zip::LOCAL) {
            return ControlFlow::Continue(());
        }
        match zip::salvage(self, content) {
            Ok(flow) => flow,
            Err(error) => self.teller.gap(content, &Gap::io(&error)),
        }
    }
}
