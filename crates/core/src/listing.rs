//! The instructions of every pickle in a file, as text.

use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, Line, Source, View, disassemble};

use crate::analysis::{Examined, observe_under};
use crate::control::Control;
use crate::escape;
use crate::gap::Gap;
use crate::limits::Options;
use crate::observer::{Observer, PickleSpan, Place};
use crate::source::Part;

/// What a listing consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Listed<'l> {
    /// The pickles of a content begin: the members that lead to it.
    Content(&'l [String]),
    /// An instruction, or why there are no more.
    Line(&'l str),
    /// What is no pickle, and could not be examined: the members that lead to it, and why.
    Gap(&'l [String], &'l Gap),
    /// The pickles of a content cannot be read to their end.
    Failed(&'l [String], &'l str),
}

impl Listed<'_> {
    /// The part as text, with the ends of its lines. `name` is the file's; `before` is whether anything
    /// was listed before.
    #[must_use]
    pub fn to_text(&self, name: &str, before: bool) -> String {
        match self {
            Listed::Content([]) if !before => String::new(),
            Listed::Content(member) => {
                let between = if before { "\n" } else { "" };
                format!("{between}{}\n", content(name, member))
            }
            Listed::Line(line) => format!("{line}\n"),
            Listed::Gap(member, gap) => {
                let (reason, detail) = (gap.reason.as_str(), escape::visible(&gap.detail));
                format!(
                    "{}: not listed, {reason}: {detail}\n",
                    content(name, member)
                )
            }
            Listed::Failed(member, error) => {
                format!("{}: it cannot be read: {error}\n", content(name, member))
            }
        }
    }
}

/// Where a content is: the file's name, and the members that lead to it. A triangle in a name is no
/// step of the way.
fn content(name: &str, member: &[String]) -> String {
    let steps = member
        .iter()
        .map(|step| escape::capped(step, STEP).replace('▸', "\\u25b8"));
    steps.fold(name.to_owned(), |way, step| way + " ▸ " + &step)
}

/// How many characters of a member's name are shown.
const STEP: usize = 400;

/// Lists the instructions of every pickle in a file, whatever they are wrapped in: calls `each` with
/// every part of the listing, in the order of the file. `each` may end it.
///
/// Strings of the file are escaped within lines; names of members are as they are. `name` is the
/// file's name, for messages only.
///
/// ```
/// use std::ops::ControlFlow;
/// use weighbridge::{Listed, Options, list};
///
/// let mut text = String::new();
/// list(&b"\x80\x02N.".as_slice(), "none.pkl", &Options::default(), &mut |part| {
///     if let Listed::Line(line) = part {
///         text += line;
///         text += "\n";
///     }
///     ControlFlow::Continue(())
/// });
/// assert!(text.contains("2: N    NONE\n"));
/// ```
pub fn list(
    source: &dyn Source,
    name: &str,
    options: &Options,
    each: &mut dyn FnMut(&Listed<'_>) -> ControlFlow<()>,
) -> Examined {
    list_under(source, name, options, &Control::new(), each)
}

/// As [`list`], under control of the caller, who may end it early. That is told as a gap, too.
pub fn list_under(
    source: &dyn Source,
    name: &str,
    options: &Options,
    control: &Control<'_>,
    each: &mut dyn FnMut(&Listed<'_>) -> ControlFlow<()>,
) -> Examined {
    observe_under(source, name, options, control, &mut Listing { each })
}

struct Listing<'l> {
    each: &'l mut dyn FnMut(&Listed<'_>) -> ControlFlow<()>,
}

impl Observer for Listing<'_> {
    fn effect(&mut self, _: &Place<'_>, _: &Effect<'_>, _: &View<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()> {
        // What is wrong within a pickle shows in its listing.
        match gap.stream {
            None => (self.each)(&Listed::Gap(place.member, gap)),
            Some(_) => ControlFlow::Continue(()),
        }
    }

    fn pickle(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        span: PickleSpan,
    ) -> ControlFlow<()> {
        (self.each)(&Listed::Content(place.member))?;
        let part = Part::new(source, 0, span.explained.unwrap_or(u64::MAX));
        let mut flow = ControlFlow::Continue(());
        let mut each = |line: &Line| {
            flow = (self.each)(&Listed::Line(&escape::visible(&line.to_string())));
            flow.is_continue()
        };
        let done = disassemble(&part, span.start, &mut each);
        if let Err(error) = done {
            (self.each)(&Listed::Failed(place.member, &error.to_string()))?;
        }
        flow
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gap::GapReason;

    #[test]
    fn a_part_says_where_it_is() {
        let member = ["a ▸ b\n".to_owned(), "c".to_owned()];
        let way = "f ▸ a \\u25b8 b\\x0a ▸ c";
        assert_eq!(Listed::Content(&[]).to_text("f", false), "");
        assert_eq!(Listed::Content(&[]).to_text("f", true), "\nf\n");
        assert_eq!(
            Listed::Content(&member).to_text("f", false),
            format!("{way}\n")
        );
        assert_eq!(Listed::Line("0: .").to_text("f", true), "0: .\n");
        let gap = Gap::new(GapReason::Unsupported, "words");
        let told = Listed::Gap(&member, &gap).to_text("f", true);
        assert_eq!(told, format!("{way}: not listed, unsupported: words\n"));
        let told = Listed::Failed(&member, "words").to_text("f", true);
        assert_eq!(told, format!("{way}: it cannot be read: words\n"));
    }
}
