//! The effects of one file, summed up.

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;

use weighbridge::{Examined, Format, TraceEffect, TraceRecord};

use crate::words::{self, count};

/// How many different things are told apart in one group; more are only counted.
const DISTINCT: usize = 10_000;
/// How many different examples of one thing are shown.
const EXAMPLES: usize = 3;
/// How many gaps are shown.
const GAPS: usize = 20;

/// What loading one file would do.
#[derive(Default)]
pub(super) struct Summary {
    imports: Group,
    calls: Group,
    states: Group,
    mutations: Group,
    extensions: Group,
    persistent: Group,
    gaps: Vec<String>,
    gap_count: u64,
}

/// Things of one kind, each counted, in the order in which they first happen.
#[derive(Default)]
struct Group {
    items: Vec<Item>,
    known: HashMap<String, usize>,
    others: u64,
}

struct Item {
    /// What it is, as shown.
    words: String,
    count: u64,
    /// Where it happens first.
    place: String,
    /// Different arguments, the first few.
    examples: Vec<String>,
    more: bool,
}

impl Summary {
    /// Counts an effect.
    pub(super) fn add(&mut self, record: &TraceRecord) {
        match &record.effect {
            TraceEffect::Import {
                module,
                name,
                resolved,
                ..
            } => {
                let words = words::import(module.as_deref(), name.as_deref(), resolved.as_deref());
                self.imports.add(words, None, record);
            }
            TraceEffect::Call {
                callee,
                args_preview,
                ..
            } => {
                let call = words::call(callee, args_preview);
                self.calls.add(words::shown(callee), Some(call), record);
            }
            TraceEffect::Build {
                target,
                state_preview,
                ..
            } => {
                let state = words::shown(state_preview);
                self.states.add(words::shown(target), Some(state), record);
            }
            TraceEffect::SetItem {
                target,
                items_preview,
                ..
            }
            | TraceEffect::Append {
                target,
                items_preview,
                ..
            }
            | TraceEffect::Add {
                target,
                items_preview,
                ..
            } => {
                let items = words::shown(items_preview);
                self.mutations
                    .add(words::shown(target), Some(items), record);
            }
            TraceEffect::PersistentId { id_preview, .. } => {
                let id = words::shown(id_preview);
                self.persistent.add(
                    "an object by its persistent id".to_owned(),
                    Some(id),
                    record,
                );
            }
            TraceEffect::Extension { code, .. } => {
                self.extensions
                    .add(format!("extension {code}"), None, record);
            }
            TraceEffect::Gap { reason, detail, .. } => {
                self.gap_count += 1;
                if self.gaps.len() < GAPS {
                    let gap = words::gap(reason, detail);
                    self.gaps.push(format!("{}: {gap}", place(record)));
                }
            }
            _ => {}
        }
    }

    /// The summary, line by line.
    pub(super) fn lines(
        &self,
        name: &str,
        examined: &Examined,
        line: &mut dyn FnMut(String) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        line(format!("{name}: {}", heading(examined)))?;
        self.imports.lines("imports", line)?;
        self.extensions
            .lines("imports by number, from copyreg's extension registry", line)?;
        self.calls.lines("calls", line)?;
        self.states.lines("sets the state of", line)?;
        self.mutations.lines("adds items to", line)?;
        self.persistent.lines("asks the loader for", line)?;
        let groups = [
            &self.imports,
            &self.extensions,
            &self.calls,
            &self.states,
            &self.mutations,
            &self.persistent,
        ];
        if self.gap_count > 0 {
            line("  NOT EXAMINED".to_owned())?;
        } else if groups.iter().all(|group| group.items.is_empty()) {
            line("  imports and calls nothing".to_owned())?;
        }
        for gap in &self.gaps {
            line(format!("    {gap}"))?;
        }
        let rest = self.gap_count - self.gaps.len() as u64;
        if rest > 0 {
            line(format!("    and {rest} more"))?;
        }
        line(String::new())
    }
}

/// What the file is.
fn heading(examined: &Examined) -> String {
    let formats: Vec<&str> = examined
        .formats
        .iter()
        .map(|format| named(*format))
        .collect();
    if formats.is_empty() {
        return "nothing that is understood".to_owned();
    }
    let mut words = formats.join(" and ");
    if examined.pickles != 1 {
        words.push_str(", ");
        words.push_str(&count(
            examined.pickles,
            "member with pickles",
            "members with pickles",
        ));
    }
    words
}

fn named(format: Format) -> &'static str {
    match format {
        Format::TorchZip => "PyTorch checkpoint (zip)",
        Format::TorchLegacy => "PyTorch checkpoint (legacy)",
        Format::Zip => "zip archive",
        other => other.as_str(),
    }
}

/// Where a record is: the member, and the offset in it.
fn place(record: &TraceRecord) -> String {
    let offset = record.place.offset;
    match record.place.member.as_deref() {
        Some([first, rest @ ..]) => format!(
            "{} at {offset}",
            words::content(&words::shown(first), Some(rest))
        ),
        _ => format!("at {offset}"),
    }
}

impl Group {
    fn add(&mut self, words: String, example: Option<String>, record: &TraceRecord) {
        let index = match self.known.get(&words) {
            Some(&index) => index,
            None if self.items.len() >= DISTINCT => {
                self.others += 1;
                return;
            }
            None => {
                self.known.insert(words.clone(), self.items.len());
                let place = place(record);
                self.items.push(Item {
                    words,
                    count: 0,
                    place,
                    examples: Vec::new(),
                    more: false,
                });
                self.items.len() - 1
            }
        };
        let Some(item) = self.items.get_mut(index) else {
            return;
        };
        item.count += 1;
        if let Some(example) = example.filter(|example| !item.examples.contains(example)) {
            if item.examples.len() < EXAMPLES {
                item.examples.push(example);
            } else {
                item.more = true;
            }
        }
    }

    fn lines(
        &self,
        title: &str,
        line: &mut dyn FnMut(String) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.items.is_empty() {
            return ControlFlow::Continue(());
        }
        line(format!("  {title}"))?;
        let width = self
            .items
            .iter()
            .map(|item| item.count.to_string().len())
            .max()
            .unwrap_or(1);
        for item in &self.items {
            item.lines(width, line)?;
        }
        if self.others > 0 {
            line(format!(
                "    and {} of other things",
                count(self.others, "one", "times")
            ))?;
        }
        ControlFlow::Continue(())
    }

    fn count(&self) -> u64 {
        self.others + self.items.iter().map(|item| item.count).sum::<u64>()
    }
}

impl Item {
    fn lines(
        &self,
        width: usize,
        line: &mut dyn FnMut(String) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let example = self
            .examples
            .first()
            .filter(|_| self.examples.len() == 1 && !self.more);
        let call = example.filter(|example| example.starts_with(&self.words));
        let words = call.unwrap_or(&self.words);
        let first = if self.count > 1 { "first " } else { "" };
        line(format!(
            "    {:>width$} × {words}  ({first}{})",
            self.count, self.place
        ))?;
        if call.is_some() {
            return ControlFlow::Continue(());
        }
        for example in &self.examples {
            line(format!("    {:width$}     {example}", ""))?;
        }
        if self.more {
            line(format!("    {:width$}     … and others", ""))?;
        }
        ControlFlow::Continue(())
    }
}

/// What all files together come to.
#[derive(Default)]
pub(super) struct Totals {
    files: u64,
    imports: u64,
    calls: u64,
    gaps: u64,
    /// Paths that could not be read.
    pub(super) unread: u64,
}

impl Totals {
    pub(super) fn add(&mut self, summary: &Summary, examined: &Examined) {
        self.files += 1;
        self.imports += summary.imports.count() + summary.extensions.count();
        self.calls += summary.calls.count();
        self.gaps += examined.gaps;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}, {}, {}",
            count(self.files, "file", "files"),
            count(self.imports, "import", "imports"),
            count(self.calls, "call", "calls"),
            count(self.gaps, "gap", "gaps"),
        )?;
        if self.unread > 0 {
            write!(f, ", {} not read", self.unread)?;
        }
        write!(f, ". Effects are listed here, not judged.")
    }
}
