//! The way through a file: what each content is read as, and what is within it.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use weighbridge_pickle::{self as machine, Effect, Machine, Source, Value, View};

use crate::budget::Budget;
use crate::container::zip::{self, Archive, Overview};
use crate::control::{Control, Interruption, Watch};
use crate::embedded;
use crate::format::pickle::{self, Looks};
use crate::format::torch_zip;
use crate::format::{Format, torch_legacy};
use crate::gap::{Gap, GapReason};
use crate::limits::{Limits, Options};
use crate::observer::{Observer, Payload, PickleSpan, Place, Role};
use crate::sniff;
use crate::source::read_up_to;

/// Name endings that promise a pickle.
const PICKLE_ENDINGS: &[&str] = &[".pkl", ".pickle", ".pck", ".pcl", ".p", ".dill"];

/// What was examined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Examined {
    /// What the file itself is read as; several where loaders differ, none where it is nothing that
    /// is understood.
    pub formats: Vec<Format>,
    /// How many contents hold pickles.
    pub pickles: u64,
    /// How many gaps there are.
    pub gaps: u64,
    /// How many bytes were followed to their end or understood. Those of values count as those of
    /// the pickle that holds them.
    pub examined_bytes: u64,
    /// How many bytes no loader interprets: elements of tensors.
    pub opaque_bytes: u64,
    /// Whether the observer ended the examination.
    pub stopped: bool,
}

impl Examined {
    /// Whether everything was examined.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.gaps == 0 && !self.stopped
    }
}

/// Examines a file and tells an observer what loading it would do: every pickle in it is followed,
/// whatever the file and its members are called and whatever they are wrapped in.
///
/// `name` is the file's name, for messages only; content alone decides. Nothing is collected, and
/// nothing about the file makes this fail: what could not be examined is told as a [`Gap`].
pub fn observe(
    source: &dyn Source,
    name: &str,
    options: &Options,
    observer: &mut dyn Observer,
) -> Examined {
    let control = Control::new();
    let watch = Watch::new(&control, options.limits.max_time, source.len());
    examine(source, name, options, &watch, observer, Machine::new()).0
}

/// As [`observe`], until the watch says that it is over, on a machine that was used before, which is
/// given back.
pub(crate) fn examine(
    source: &dyn Source,
    name: &str,
    options: &Options,
    watch: &Watch<'_>,
    observer: &mut dyn Observer,
    machine: Machine,
) -> (Examined, Machine) {
    let mut walk = Walk {
        limits: &options.limits,
        deep: options.deep,
        budget: Budget::new(&options.limits, source.len()),
        watch,
        machine,
        teller: Teller {
            observer,
            watch,
            examined: Examined::default(),
            values: 0,
        },
        name,
    };
    let content = Content {
        source: &watch.over(source),
        member: &[],
        name: None,
        base: Some(0),
        role: Role::Any,
        lone: true,
        embedded: false,
        followed: &Cell::new(false),
    };
    let flow = walk.file(&content);
    let flow = match watch.interruption() {
        Some(interruption) => walk.teller.interrupted(&content, interruption),
        None => {
            watch.finish();
            flow
        }
    };
    let examined = Examined {
        stopped: flow.is_break(),
        ..walk.teller.examined
    };
    (examined, walk.machine)
}

/// A content: the file, or something within it.
#[derive(Clone, Copy)]
pub(crate) struct Content<'c> {
    pub(crate) source: &'c dyn Source,
    pub(crate) member: &'c [String],
    /// The last name as it stands in the archive, where it is a member of one.
    pub(crate) name: Option<&'c [u8]>,
    /// Where it begins in the file, where it lies there as it is.
    pub(crate) base: Option<u64>,
    /// What it is for, as its name says.
    pub(crate) role: Role,
    /// Whether there is nothing beside it: then it should not be empty.
    pub(crate) lone: bool,
    /// Whether it is, or lies within, a value of a pickle that nobody is known to load.
    pub(crate) embedded: bool,
    /// Set where it is followed as pickles.
    pub(crate) followed: &'c Cell<bool>,
}

impl Content<'_> {
    fn place(&self) -> Place<'_> {
        Place {
            member: self.member,
            name: self.name,
            size: self.source.len(),
            base: self.base,
            role: self.role,
            embedded: self.embedded,
        }
    }
}

/// The observer, and what was told so far.
pub(crate) struct Teller<'w> {
    observer: &'w mut dyn Observer,
    watch: &'w Watch<'w>,
    examined: Examined,
    /// Values within values that are being examined: their bytes are counted already.
    pub(crate) values: u32,
}

impl Teller<'_> {
    pub(crate) fn effect(
        &mut self,
        content: &Content<'_>,
        effect: &Effect<'_>,
        view: &View<'_>,
    ) -> ControlFlow<()> {
        if self.watch.is_over() {
            return ControlFlow::Break(());
        }
        self.observer.effect(&content.place(), effect, view)
    }

    pub(crate) fn gap(&mut self, content: &Content<'_>, gap: &Gap) -> ControlFlow<()> {
        // What nobody is known to load need not be loadable.
        if content.embedded && gap.reason != GapReason::LimitReached {
            return ControlFlow::Continue(());
        }
        // What cannot be read because the scan ends is told as that, once.
        if self.watch.is_over() {
            return ControlFlow::Break(());
        }
        self.examined.gaps += 1;
        self.observer.gap(&content.place(), gap)
    }

    /// Tells that the examination ends early.
    fn interrupted(
        &mut self,
        content: &Content<'_>,
        interruption: Interruption,
    ) -> ControlFlow<()> {
        self.examined.gaps += 1;
        self.observer.gap(&content.place(), &interruption.gap())
    }

    /// Whether the scan has to end, having come to an offset of a content.
    pub(crate) fn is_over(&self, content: &Content<'_>, offset: u64) -> bool {
        self.watch.reach(content.place().physical(offset));
        self.watch.is_over()
    }

    pub(crate) fn payload(
        &mut self,
        content: &Content<'_>,
        payload: &Payload<'_>,
    ) -> ControlFlow<()> {
        self.observer.payload(&content.place(), payload)
    }

    /// The arguments of the last call that its callee unpickles.
    pub(crate) fn unpickled(&mut self) -> Vec<Value> {
        self.observer.unpickled()
    }

    pub(crate) fn pickle(&mut self, content: &Content<'_>, span: PickleSpan) -> ControlFlow<()> {
        self.count(span.end.saturating_sub(span.start), |e| {
            &mut e.examined_bytes
        });
        if let (Role::TorchLegacy, Some(start)) = (content.role, span.explained) {
            let opaque = content.source.len().saturating_sub(start.max(span.end));
            self.count(opaque, |examined| &mut examined.opaque_bytes);
        }
        self.observer.pickle(&content.place(), content.source, span)
    }

    /// Adds bytes to a count, unless they are those of a value.
    fn count(&mut self, bytes: u64, count: impl FnOnce(&mut Examined) -> &mut u64) {
        if self.values == 0 {
            let count = count(&mut self.examined);
            *count = count.saturating_add(bytes);
        }
    }

    fn format(&mut self, content: &Content<'_>, format: Format) -> ControlFlow<()> {
        if content.member.is_empty() {
            self.examined.formats.push(format);
        }
        if matches!(format, Format::Pickle | Format::TorchLegacy) {
            self.examined.pickles += 1;
            content.followed.set(true);
        }
        self.observer.format(&content.place(), format)
    }
}

/// An examination under way.
pub(crate) struct Walk<'w> {
    pub(crate) limits: &'w Limits,
    /// Whether what no loader interprets is read as a whole too.
    pub(crate) deep: bool,
    pub(crate) budget: Budget,
    pub(crate) watch: &'w Watch<'w>,
    pub(crate) machine: Machine,
    pub(crate) teller: Teller<'w>,
    name: &'w str,
}

impl Walk<'_> {
    /// The pickle machine's bounds, as far as they are not spent.
    pub(crate) fn pickle_limits(&self) -> machine::Limits {
        let mut limits = self.limits.pickle.clone();
        limits.max_instructions = self.budget.instructions;
        limits
    }

    /// Examines the file itself.
    fn file(&mut self, content: &Content<'_>) -> ControlFlow<()> {
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

    fn read(&mut self, content: &Content<'_>) -> io::Result<ControlFlow<()>> {
        let prefix = read_up_to(content.source, 0, pickle::PAGE)?;
        if prefix.is_empty() {
            return Ok(self.empty(content));
        }
        let archive = self.archive(content, &prefix);
        // What can be read is read all the same.
        if let Err(error) = &archive
            && self.teller.gap(content, &Gap::io(error)).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let failed = archive.is_err();
        let zip = archive.ok().flatten();
        let looks = pickle::look(&mut self.machine, content.source, &prefix);
        let is_pickle = match looks {
            Looks::Acting => true,
            Looks::Plain => content.role != Role::TorchStorage,
            Looks::Begun => match content.role {
                Role::TorchPickle => true,
                Role::TorchStorage => false,
                _ => zip.is_none(),
            },
            Looks::Nothing => false,
        };
        if is_pickle || zip.is_some() {
            let others = match sniff::others(content.source, &prefix, zip.is_some()) {
                // That the content cannot be read is told once.
                Err(_) if failed => Ok(Vec::new()),
                others => others,
            };
            if self.polyglot(content, others).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let overview = zip.as_ref().map(|(_, overview)| overview);
        if is_pickle && self.pickle(content, overview)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        match zip {
            Some((archive, overview)) => self.zip(content, &archive, &overview, is_pickle),
            None if is_pickle => Ok(ControlFlow::Continue(())),
            None => Ok(self.unknown(content, content.source.len(), &prefix)),
        }
    }

    /// The archive that a content is, if it is one.
    fn archive(
        &self,
        content: &Content<'_>,
        prefix: &[u8],
    ) -> io::Result<Option<(Archive, Overview)>> {
        // A storage is looked at, but not at its end: no loader opens it.
        if content.role == Role::TorchStorage && !prefix.starts_with(zip::LOCAL) {
            return Ok(None);
        }
        let Some(archive) = Archive::find(content.source)? else {
            return Ok(None);
        };
        let overview = archive.overview(content.source, self.budget.members)?;
        Ok(Some((archive, overview)))
    }

    /// Tells of formats that a content is as well, and that are not understood: a loader may ask for
    /// them first.
    fn polyglot(
        &mut self,
        content: &Content<'_>,
        others: io::Result<Vec<&'static str>>,
    ) -> ControlFlow<()> {
        let others = match others {
            Ok(others) => others,
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
        if content.lone || content.role == Role::TorchPickle {
            let gap = Gap::new(GapReason::Truncated, "there is nothing in it");
            return self.teller.gap(content, &gap);
        }
        ControlFlow::Continue(())
    }

    /// Reads a content as pickles, those of a legacy PyTorch file among them.
    fn pickle(
        &mut self,
        content: &Content<'_>,
        archive: Option<&Overview>,
    ) -> io::Result<ControlFlow<()>> {
        use torch_legacy::Storages;
        let storages = if torch_legacy::begins(content.source)? {
            torch_legacy::storages(self, content.source)
        } else {
            Storages::NotLegacy
        };
        let (format, explained, gap) = match storages {
            Storages::NotLegacy => (Format::Pickle, None, None),
            Storages::From(start) => (Format::TorchLegacy, Some(start), None),
            Storages::Wrong(gap) => (Format::TorchLegacy, None, Some(gap)),
        };
        let explained = explained.or(archive.map(|archive| archive.start));
        if self.teller.format(content, format).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let role = match format {
            Format::TorchLegacy => Role::TorchLegacy,
            _ => content.role,
        };
        let content = &Content { role, ..*content };
        if pickle::examine(self, content, explained).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(gap.map_or(ControlFlow::Continue(()), |gap| {
            self.teller.gap(content, &gap)
        }))
    }

    /// Reads a content as an archive.
    fn zip(
        &mut self,
        content: &Content<'_>,
        archive: &Archive,
        overview: &Overview,
        is_pickle: bool,
    ) -> io::Result<ControlFlow<()>> {
        let format = if overview.layout.has_pickle {
            Format::TorchZip
        } else {
            Format::Zip
        };
        if self.teller.format(content, format).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if overview.start > 0 && !is_pickle {
            let prefix = read_up_to(content.source, 0, sniff::PREFIX)?;
            let before = prefix.get(..usize::try_from(overview.start).unwrap_or(usize::MAX));
            let detail = format!(
                "{} bytes before the archive, first {}",
                overview.start,
                sniff::describe(before.unwrap_or(&prefix))
            );
            let gap = Gap::new(GapReason::Junk, detail).at(0, overview.start);
            if self.teller.gap(content, &gap).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        zip::examine(self, content, archive, overview)
    }

    /// A content of `len` bytes that is nothing known, unless its role explains it.
    pub(crate) fn unknown(
        &mut self,
        content: &Content<'_>,
        len: u64,
        prefix: &[u8],
    ) -> ControlFlow<()> {
        match content.role {
            Role::TorchStorage => {
                self.teller
                    .count(len, |examined| &mut examined.opaque_bytes);
                return embedded::look(self, content, len, prefix);
            }
            Role::TorchNote if torch_zip::is_note(prefix) && prefix.len() as u64 == len => {
                self.teller
                    .count(len, |examined| &mut examined.examined_bytes);
                return ControlFlow::Continue(());
            }
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
            .gap(content, &Gap::new(reason, detail).at(0, len))
    }
}
