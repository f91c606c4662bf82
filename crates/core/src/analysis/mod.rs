//! The way through a file: what each content is read as, and what is within it.

mod content;
mod held;
mod hidden;
mod names;
mod readings;
mod teller;
mod walk;

use std::cell::Cell;

use weighbridge_pickle::{Machine, Source};

use crate::budget::Budget;
use crate::control::{Control, Watch};
use crate::format::Format;
use crate::limits::Options;
use crate::observer::{Observer, Role};
use crate::source::Folder;

pub(crate) use content::Content;
pub(crate) use teller::Teller;
pub(crate) use walk::Walk;

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
/// nothing about the file makes this fail: what could not be examined is told as a [`Gap`](crate::Gap).
pub fn observe(
    source: &dyn Source,
    name: &str,
    options: &Options,
    observer: &mut dyn Observer,
) -> Examined {
    observe_under(source, name, options, &Control::new(), observer)
}

/// As [`observe`], under control of the caller, who may end it early. That is told as a gap, too.
pub fn observe_under(
    source: &dyn Source,
    name: &str,
    options: &Options,
    control: &Control<'_>,
    observer: &mut dyn Observer,
) -> Examined {
    let watch = Watch::new(control, options.limits.max_time, source.len());
    let file = File {
        source,
        name,
        folder: None,
    };
    examine(&file, options, &watch, observer, Machine::new()).0
}

/// What is examined.
pub(crate) struct File<'f> {
    pub(crate) source: &'f dyn Source,
    pub(crate) name: &'f str,
    /// Where it lies, if it is a file: an index is compared with what lies beside it.
    pub(crate) folder: Option<Folder<'f>>,
}

/// As [`observe`], until the watch says that it is over, on a machine that was used before, which is
/// given back.
pub(crate) fn examine(
    file: &File<'_>,
    options: &Options,
    watch: &Watch<'_>,
    observer: &mut dyn Observer,
    machine: Machine,
) -> (Examined, Machine) {
    let mut walk = Walk {
        limits: &options.limits,
        deep: options.deep,
        budget: Budget::new(&options.limits, file.source.len()),
        watch,
        machine,
        teller: Teller {
            observer,
            watch,
            examined: Examined::default(),
            values: 0,
        },
        name: file.name,
        folder: file.folder,
    };
    let content = Content {
        source: &watch.over(file.source),
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
