//! Other views of a file: its trace, its instructions, its text, its globals.

use std::io;
use std::ops::ControlFlow;
use std::time::Instant;

use weighbridge::output::json_line;
use weighbridge::safetensors::{DescribeError, describe};
use weighbridge::{Control, Detail, Globals, Input, Listed, Source, escape};

use crate::content::Kind;
use crate::outcome::Outcome;
use crate::scanner::Configured;

/// How long a text may be, in bytes: well below what JavaScript's strings can hold.
const LONGEST: usize = 1 << 28;

/// A view of a content.
pub(crate) fn view(
    what: &str,
    configured: &Configured,
    content: &Kind,
    name: Option<&str>,
    control: &Control<'_>,
    (at, is_wanted): (Option<Instant>, &dyn Fn() -> bool),
) -> Outcome {
    let source = match content.open() {
        Ok(source) => Positioned(source),
        Err(error) => return Outcome::open(&error),
    };
    let name = match (name, content) {
        (Some(name), _) => name.to_owned(),
        (None, Kind::Path(path)) => escape::path(path),
        (None, Kind::Bytes(_)) => "bytes".to_owned(),
    };
    let mut text = Text::new(is_wanted);
    if let Err(outcome) = write(&mut text, what, configured, &source, &name, control) {
        return outcome;
    }
    if !is_wanted() {
        Outcome::cancelled(None)
    } else if at.is_some_and(|at| Instant::now() >= at) {
        Outcome::timeout(None)
    } else if text.over {
        Outcome::long()
    } else {
        Outcome::done(text.text)
    }
}

/// Writes a view, as far as that is wanted.
fn write(
    text: &mut Text<'_>,
    what: &str,
    Configured { scanner, options }: &Configured,
    source: &dyn Source,
    name: &str,
    control: &Control<'_>,
) -> Result<(), Outcome> {
    match what {
        "trace" => {
            text.add_all("[");
            weighbridge::trace_under(source, name, options, control, &mut |record| {
                let between = if text.text.len() > 1 { "," } else { "" };
                text.add(between)?;
                text.add(&json_line(record))
            });
            text.add_all("]");
        }
        "disassemble" => {
            let mut each = |part: &Listed<'_>| {
                let before = !text.text.is_empty();
                text.add(&part.to_text(name, before))
            };
            weighbridge::list_under(source, name, options, control, &mut each);
        }
        "decompile" | "decompile-full" => {
            let is_full = what == "decompile-full";
            let detail = if is_full { Detail::Full } else { Detail::Short };
            weighbridge::decompile_under(source, name, options, control, detail, &mut |line| {
                text.add(line)?;
                text.add("\n")
            });
        }
        "inspect" => {
            let held = weighbridge::inspect_under(source, name, options, control);
            text.add_all(&held.to_json());
        }
        "header" => {
            let told = |error: DescribeError| Outcome::header(error.to_string());
            text.add_all(&describe(source).map_err(told)?);
        }
        "globals" => {
            let scanned = scanner.scan(Input::source(name, source), control);
            let report = scanned.map_err(Outcome::ended)?;
            text.add_all(&Globals::of(&report).to_json());
        }
        _ => return Err(Outcome::failed("there is no such view")),
    }
    Ok(())
}

/// A text that grows, up to a bound, as long as somebody waits for it.
struct Text<'g> {
    text: String,
    over: bool,
    is_wanted: &'g dyn Fn() -> bool,
}

impl Text<'_> {
    fn new(is_wanted: &dyn Fn() -> bool) -> Text<'_> {
        Text {
            text: String::new(),
            over: false,
            is_wanted,
        }
    }

    fn add_all(&mut self, part: &str) {
        // What there is no room for is noted.
        let _flow = self.add(part);
    }

    fn add(&mut self, part: &str) -> ControlFlow<()> {
        self.over |= self.text.len() + part.len() > LONGEST;
        if self.over || !(self.is_wanted)() {
            return ControlFlow::Break(());
        }
        self.text += part;
        ControlFlow::Continue(())
    }
}

/// A source that is only ever read piece by piece, so that whoever reads it for long can be stopped.
struct Positioned<'s>(Box<dyn Source + 's>);

impl Source for Positioned<'_> {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buf)
    }
}
