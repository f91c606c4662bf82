//! What a loader would make of a file.

use std::borrow::Cow;

use weighbridge_pickle::Op;

use super::names::Global;
use super::notes::{Note, Pickles, What};
use super::versions::{Others, Sort, VERSIONS, Version};
use super::{LEGACY, Loaders, allow};
use crate::escape;
use crate::format::Format;
use crate::knowledge::{EffectClass, Knowledge, Standing};
use crate::observer::Role;
use crate::source::{Source, read_up_to};

/// How many blockers an answer has at most.
const BLOCKERS: usize = 1000;

/// Whether a loader would load a file, and what stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoaderAnswer {
    /// The call: `torch.load(weights_only=True)`.
    pub loader: &'static str,
    /// The version of the library, such as `2.6`; what other versions do is not known.
    pub version: &'static str,
    /// Whether it would.
    pub loads: Loads,
    /// What stands in the way, as if all that stands before it were out of the way; at most 1000.
    pub blockers: Vec<Blocker>,
    /// The line of Python that would allow all of them, where there is one. What that lets the file do
    /// is another question: see the blockers.
    pub allow: Option<String>,
}

/// Whether a loader loads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loads {
    /// It refuses nothing in it.
    Yes,
    /// It refuses something.
    No,
    /// That depends on what only running would tell, or not everything was examined.
    NotKnown,
}

impl Loads {
    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Loads::Yes => "yes",
            Loads::No => "no",
            Loads::NotKnown => "not-known",
        }
    }
}

/// Something that a loader refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blocker {
    /// What it refuses: `format`, `stream`, `opcode`, `import`, `call`, `new`, `build`, `items`,
    /// `append` or `persistent-id`.
    pub what: &'static str,
    /// The same in words.
    pub detail: String,
    /// The global that it is about, or whose object: module and name with a dot between, as the loader
    /// maps the names of Python 2.
    pub global: Option<String>,
    /// The opcode that it is about.
    pub opcode: Option<&'static str>,
    /// What is known of the global: `known`, `code`, `dangerous` or `unknown`.
    pub class: Option<&'static str>,
    /// What kind of harm it does, where it is dangerous.
    pub effect: Option<EffectClass>,
    /// The members that lead to the content; empty for the file itself.
    pub member: Vec<String>,
    /// Where it is first, in bytes from the start of the content; `None` where it is about the file.
    pub offset: Option<u64>,
    /// How many times it is there.
    pub count: u64,
}

/// What `torch.load` takes a file for.
enum Given {
    Zip,
    Script,
    Tar,
    Legacy,
    /// A pickle without the magic number.
    Bare,
}

impl Loaders {
    /// The answers of every version, the oldest first; none where the file is nothing that is made to
    /// be given to `torch.load`.
    pub(crate) fn finish(self, source: &dyn Source, knowledge: &Knowledge) -> Vec<LoaderAnswer> {
        let Some(given) = self.given(source) else {
            return Vec::new();
        };
        let versions = VERSIONS.iter().enumerate();
        versions
            .map(|(at, version)| match given {
                Given::Script if version.script => about_file(
                    version,
                    Loads::NotKnown,
                    "it is an archive of TorchScript, which goes to torch.jit.load whatever weights_only says",
                ),
                Given::Script => about_file(version, Loads::No, "it is an archive of TorchScript"),
                Given::Tar if !version.tar => about_file(version, Loads::No, "it is a tar archive"),
                Given::Bare if self.is_magic => LoaderAnswer::new(version, Loads::NotKnown),
                Given::Bare => about_file(
                    version,
                    Loads::No,
                    "it is no file of torch.save: its first pickle is not the magic number",
                ),
                Given::Zip | Given::Tar | Given::Legacy => {
                    Answering {
                        version,
                        bit: 1 << at,
                        knowledge,
                    }
                    .answer(&self.contents, self.is_whole(), self.is_cut)
                }
            })
            .collect()
    }

    /// What the loader takes the file for: it looks at the first four bytes, and then for a tar archive.
    fn given(&self, source: &dyn Source) -> Option<Given> {
        let is = |format| self.formats.contains(&format);
        let head = read_up_to(source, 0, 4).ok()?;
        if head == b"PK\x03\x04" {
            return match (is(Format::TorchScript), is(Format::TorchZip)) {
                (true, _) => Some(Given::Script),
                (false, true) => Some(Given::Zip),
                (false, false) => None,
            };
        }
        if is(Format::TorchTar) {
            return Some(Given::Tar);
        }
        if is(Format::Tar) {
            return None;
        }
        let first = self.contents.first().map(|content| content.role);
        if first == Some(Role::TorchLegacy) {
            return Some(Given::Legacy);
        }
        is(Format::Pickle).then_some(Given::Bare)
    }

    /// Whether every pickle that the loader reads was followed to its end.
    fn is_whole(&self) -> bool {
        let of = |role| {
            self.contents
                .iter()
                .filter(move |content| content.role == role)
        };
        let is_each =
            |role| of(role).next().is_some() && of(role).all(|content| content.stopped > 0);
        match self.contents.first().map(|content| content.role) {
            None => false,
            Some(Role::TorchLegacy) => {
                of(Role::TorchLegacy).all(|content| content.stopped == LEGACY)
            }
            Some(Role::TorchPickle) => is_each(Role::TorchPickle),
            Some(_) => [
                Role::TorchTarStorages,
                Role::TorchTarTensors,
                Role::TorchTarPickle,
            ]
            .into_iter()
            .all(is_each),
        }
    }
}

impl LoaderAnswer {
    fn new(version: &Version, loads: Loads) -> LoaderAnswer {
        LoaderAnswer {
            loader: "torch.load(weights_only=True)",
            version: version.version,
            loads,
            blockers: Vec::new(),
            allow: None,
        }
    }
}

fn about_file(version: &Version, loads: Loads, detail: &str) -> LoaderAnswer {
    LoaderAnswer {
        blockers: vec![Blocker::new("format", detail.to_owned())],
        ..LoaderAnswer::new(version, loads)
    }
}

impl Blocker {
    fn new(what: &'static str, detail: String) -> Blocker {
        Blocker {
            what,
            detail,
            global: None,
            opcode: None,
            class: None,
            effect: None,
            member: Vec::new(),
            offset: None,
            count: 1,
        }
    }
}

/// One version at its answer.
struct Answering<'a> {
    version: &'a Version,
    bit: u8,
    knowledge: &'a Knowledge,
}

impl Answering<'_> {
    fn answer(&self, contents: &[Pickles], is_whole: bool, is_cut: bool) -> LoaderAnswer {
        let mut answer = LoaderAnswer::new(self.version, Loads::NotKnown);
        let is_open = is_cut
            || contents.iter().any(|content| {
                content.unclear || content.is_over || content.doubts & self.bit != 0
            });
        let mut globals: Vec<Global> = Vec::new();
        let mut is_allowable = is_whole && !is_open;
        // Of two members of one name the loader reads one.
        let mut is_each = true;
        for content in contents {
            let before = answer.blockers.len();
            let refused = content
                .notes
                .iter()
                .filter(|note| self.refuses(note, content));
            for note in refused.take(BLOCKERS) {
                match &note.global {
                    Some(global) if self.is_allowable(note, global) => {
                        if !globals.contains(global) {
                            globals.push(global.clone());
                        }
                    }
                    _ => is_allowable = false,
                }
                answer.blockers.push(self.blocker(note, content));
            }
            if !is_whole && !is_cut && !content.unclear {
                answer.blockers.extend(raised(content));
            }
            let needs_each = content.role == Role::TorchPickle;
            is_each &= !needs_each || answer.blockers.len() > before;
        }
        answer.blockers.truncate(BLOCKERS);
        answer.loads = match (answer.blockers.is_empty(), is_each) {
            (true, _) if is_whole && !is_open => Loads::Yes,
            (false, true) => Loads::No,
            _ => Loads::NotKnown,
        };
        if is_allowable && answer.loads == Loads::No {
            let line = allow::line(self.version, &globals);
            answer.allow = line.filter(|line| matches!(escape::redact(line), Cow::Borrowed(_)));
        }
        answer
    }

    /// Whether the version refuses what was noted. What it would only refuse because of a global that
    /// is not allowed is told once, where that can be allowed.
    fn refuses(&self, note: &Note, content: &Pickles) -> bool {
        let has = |note: &Note| note.versions & self.bit != 0;
        let (What::New | What::Build, Some(_), Some(global)) =
            (note.what, self.version.safe_globals, &note.global)
        else {
            return has(note);
        };
        let is_imported = content.notes.iter().any(|other| {
            other.what == What::Import && has(other) && other.global.as_ref() == Some(global)
        });
        has(note) && !is_imported
    }

    /// Whether adding a global would do.
    fn is_allowable(&self, note: &Note, global: &Global) -> bool {
        let sort = self.version.sort(&global.path());
        let takes = |others| others != Others::None;
        match note.what {
            What::Import => true,
            What::Call => sort.is_none(),
            What::New => takes(self.version.new) && matches!(sort, None | Some(Sort::Class)),
            What::Build => takes(self.version.build) && matches!(sort, None | Some(Sort::Class)),
            _ => false,
        }
    }

    fn blocker(&self, note: &Note, content: &Pickles) -> Blocker {
        let path = note.global.as_ref().map(Global::path);
        let path = path.map(|path| escape::cut(&escape::redact(&path), escape::NAME).into_owned());
        let (what, detail) = self.words(note, path.as_deref());
        let mut blocker = Blocker::new(what, detail);
        if let Some(global) = &note.global {
            let standing = self.knowledge.standing(&global.module, &global.name);
            blocker.class = Some(standing.word());
            if let Standing::Dangerous(danger, _) = standing {
                blocker.effect = Some(danger.effect);
            }
        }
        blocker.global = path;
        blocker.opcode = match note.what {
            What::Opcode(op) => Some(op.name()),
            What::Import => None,
            What::Call => Some(Op::REDUCE.name()),
            What::New => Some(Op::NEWOBJ.name()),
            What::Build => Some(Op::BUILD.name()),
            What::Items => Some(Op::SETITEMS.name()),
            What::Append => Some(Op::APPENDS.name()),
            What::PersistentId => Some(Op::BINPERSID.name()),
        };
        (blocker.member, blocker.offset) = (member(content), Some(note.offset));
        blocker.count = note.count;
        blocker
    }

    /// What is refused, as a fixed word and in words.
    fn words(&self, note: &Note, path: Option<&str>) -> (&'static str, String) {
        let path = path.map(escape::visible);
        let thing = match (&path, note.words) {
            (Some(path), _) => path,
            (None, "") => "something that only running would tell",
            (None, words) => words,
        };
        let is_blocked = note
            .global
            .as_ref()
            .is_some_and(|global| self.version.blocked.contains(&&*global.module));
        match note.what {
            What::Opcode(op) => ("opcode", format!("it has no opcode {op}")),
            What::Import if is_blocked => (
                "import",
                format!("{thing} is of a module of which nothing is ever allowed"),
            ),
            What::Import => ("import", format!("{thing} is not allowed")),
            What::Call => ("call", format!("{thing} is called, which is not allowed")),
            What::New => (
                "new",
                format!("an object of {thing} is made, which is not allowed"),
            ),
            What::Build => ("build", format!("an object of {thing} is given a state")),
            What::Items => ("items", format!("items are set on an object of {thing}")),
            What::Append => (
                "append",
                format!("items are appended to an object of {thing}"),
            ),
            What::PersistentId => ("persistent-id", format!("a persistent id {thing}")),
        }
    }
}

/// Where a loader raises before it has read a content to its end.
fn raised(content: &Pickles) -> Option<Blocker> {
    let (offset, why) = match &content.raised {
        Some((offset, why)) => (Some(*offset), escape::visible(why).into_owned()),
        None if content.role == Role::TorchLegacy => {
            (None, "it does not get through the five pickles".to_owned())
        }
        None => return None,
    };
    Some(Blocker {
        member: member(content),
        offset,
        ..Blocker::new("stream", why)
    })
}

fn member(content: &Pickles) -> Vec<String> {
    let names = escape::names(&content.member);
    names
        .iter()
        .map(|name| escape::redact(name).into_owned())
        .collect()
}
