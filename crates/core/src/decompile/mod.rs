//! Decompiling: what loading a file does, as text that reads like Python.
//!
//! The text is in the order of execution, and valid Python as far as names go that Python would take.
//! What a pickle calls gets a name (`_0`, `_1`, …), and so does what it refers to more than once;
//! everything else stands where it is used. The text is linear in the size of the file, whatever the
//! file shares: nothing is written twice but names and short literals.
//!
//! Words that are not Python's own: `persistent_load(id)` is what the loader makes of a persistent id,
//! `extension(code)` a global from `copyreg`'s registry, `next(buffers)` an out-of-band buffer,
//! `import_(module, name)` an import of names that Python's statement does not take, `more(n)` stands
//! for `n` bytes or items that are cut, `big_int(n)` for a number of `n` bits, and `from_memo(i)` for a
//! memo entry that the pickle did not store.
//!
//! The machine runs each pickle twice. The first run finds which memo entries are fetched at all, so
//! that only those need a name; in the second, a stack of expressions follows the machine's stack
//! instruction by instruction. Nothing is decided here that the machine decides: where loaders raise,
//! where they part and what they read is its to say. Of the ways in which they part the text follows
//! the preferred one, and comments tell what the others do.

mod follow;
mod globals;
mod item;
mod layout;
mod literal;
mod names;
mod program;
mod remarks;
mod script;
mod sharing;
mod stack;

use std::ops::ControlFlow;

use weighbridge_pickle::{self as machine, Effect, Machine, Source, View};

use crate::analysis::{Examined, observe_under};
use crate::control::Control;
use crate::escape;
use crate::gap::Gap;
use crate::limits::Options;
use crate::observer::{Observer, PickleSpan, Place};
use program::Program;
use script::Sink;
use sharing::Sharing;

/// How many characters of a member's name are shown.
const NAME: usize = 400;

/// How much a decompiled text shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Detail {
    /// The first 200 bytes of a string, and the first 64 items of plain data in a container; how much
    /// is cut stands in its place.
    #[default]
    Short,
    /// Everything, but of one string no more than a mebibyte.
    Full,
}

/// Decompiles a file: calls `each` with the lines of a text that reads like Python and does what
/// loading every pickle of the file would do, in the order of execution. `each` may end it.
///
/// `name` is the file's name, for comments only. What could not be examined stands in comments; a
/// pickle that breaks off is decompiled up to there. Every string from the file is escaped, so that
/// it can neither leave its literal or comment nor hide in it. The pickles are run anew for the text,
/// so its cost is about that of three traces.
///
/// ```
/// use std::ops::ControlFlow;
/// use weighbridge::{Detail, Options, decompile};
///
/// let pickle: &[u8] = b"cos\nsystem\n(S'inert words'\ntR.";
/// let mut text = Vec::new();
/// decompile(&pickle, "a.pkl", &Options::default(), Detail::Short, &mut |line| {
///     text.push(line.to_owned());
///     ControlFlow::Continue(())
/// });
/// assert_eq!(text[2..], [
///     "# a.pkl: pickle 1 of 1, protocol 0, offset 0",
///     "from os import system",
///     "_0 = system('inert words')",
///     "result = _0",
/// ]);
/// ```
pub fn decompile(
    source: &dyn Source,
    name: &str,
    options: &Options,
    detail: Detail,
    each: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Examined {
    decompile_under(source, name, options, &Control::new(), detail, each)
}

/// As [`decompile`], under control of the caller, who may end it early. That is told as a gap, too.
pub fn decompile_under(
    source: &dyn Source,
    name: &str,
    options: &Options,
    control: &Control<'_>,
    detail: Detail,
    each: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Examined {
    let mut walker = Walker {
        name,
        limits: &options.limits.pickle,
        detail,
        sink: Sink::new(each),
        machine: Machine::new(),
    };
    walker.begin();
    observe_under(source, name, options, control, &mut walker)
}

/// Writes the pickles of each content that is found.
struct Walker<'w> {
    name: &'w str,
    limits: &'w machine::Limits,
    detail: Detail,
    sink: Sink<'w>,
    machine: Machine,
}

impl Walker<'_> {
    fn begin(&mut self) {
        self.sink.comment(match self.detail {
            Detail::Short => {
                "What loading it does, in order; nothing was executed. more(n): n bytes or items are cut here."
            }
            Detail::Full => "What loading it does, in order; nothing was executed.",
        });
    }

    fn content(&self, member: &[String]) -> String {
        let mut content = escape::visible(self.name).into_owned();
        for member in member {
            content.push_str(" ▸ ");
            content.push_str(&escape::capped(member, NAME));
        }
        content
    }
}

impl Observer for Walker<'_> {
    fn effect(&mut self, _: &Place<'_>, _: &Effect<'_>, _: &View<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()> {
        // What is wrong within a pickle is told where it stands in the text.
        if gap.stream.is_none() {
            let content = self.content(place.member);
            let (reason, detail) = (gap.reason.as_str(), &gap.detail);
            self.sink.part();
            self.sink
                .comment(&format!("{content}: not examined, {reason}: {detail}"));
        }
        self.sink.flow()
    }

    fn pickle(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        span: PickleSpan,
    ) -> ControlFlow<()> {
        let options = machine::Options::default()
            .with_limits(self.limits.clone())
            .with_start(span.start);
        let options = match span.explained {
            Some(_) => options.without_resync(),
            None => options,
        };
        let mut sharing = Sharing::new(source);
        self.machine.run(source, &options, &mut sharing);
        let shared = sharing.finish();
        let content = self.content(place.member);
        let mut program =
            Program::new(&mut self.sink, content, shared, span.explained, self.detail);
        self.machine.run(source, &options, &mut program);
        program.finish();
        self.sink.flow()
    }
}
