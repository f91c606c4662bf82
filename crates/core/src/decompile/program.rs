//! The pickles of one content: listens to the machine and writes what it does.

use weighbridge_pickle::{
    Begin, Effect, EffectKind, Executed, GapReason, Next, Observer, Op, Reading, Readings, View,
};

use super::globals::Import;
use super::script::{Script, Sink};
use super::sharing::Shared;
use super::stack::{Scene, Stack};
use super::{Detail, remarks};

/// How many effects that happen only under some readings, or with a carried memo, are told of the
/// pickles of a content.
const REMARKS: u64 = 1000;
/// How many readings are named.
const READINGS: usize = 4;

/// The pickles of one content as a program.
pub(super) struct Program<'k, 's> {
    pub(super) script: Script<'k, 's>,
    pub(super) stack: Stack,
    pub(super) shared: Shared,
    /// The imports of the instruction at hand.
    pub(super) imports: Vec<Import>,
    pub(super) build_is_noted: bool,
    /// The content's name.
    content: String,
    detail: Detail,
    /// From where on the content is something else, which need be no pickle.
    explained: u64,
    /// How many pickles were begun.
    pickles: usize,
    /// Whether the pickle lies where none need be.
    quiet: bool,
    /// The readings that got as far as this, and the one that the text follows.
    alive: Readings,
    reading: Reading,
    /// Whether the run at hand is one of readings that went another way.
    parted: bool,
    /// What the instruction at hand did so far, where it may fail afterwards.
    unfinished: Vec<String>,
    remarks: u64,
}

impl<'k, 's> Program<'k, 's> {
    pub(super) fn new(
        sink: &'k mut Sink<'s>,
        content: String,
        shared: Shared,
        explained: Option<u64>,
        detail: Detail,
    ) -> Program<'k, 's> {
        Program {
            script: Script::new(sink),
            stack: Stack::default(),
            shared,
            imports: Vec::new(),
            build_is_noted: false,
            content,
            detail,
            explained: explained.unwrap_or(u64::MAX),
            pickles: 0,
            quiet: false,
            alive: Readings::ALL,
            reading: Readings::ALL.preferred(),
            parted: false,
            unfinished: Vec::new(),
            remarks: 0,
        }
    }

    /// Ends the text.
    pub(super) fn finish(mut self) {
        if let Some(more @ 1..) = self.remarks.checked_sub(REMARKS) {
            self.script.comment(&format!(
                "{more} more effects that happen only under some readings, or with the memo of the pickles before, are not shown"
            ));
        }
    }

    fn scene<'a>(&self, view: &'a View<'a>) -> Scene<'a> {
        Scene {
            view,
            reading: self.reading,
            full: self.detail == Detail::Full,
        }
    }

    /// Something that does not happen to the loader that is followed.
    fn remark(&mut self, effect: &Effect<'_>, view: &View<'_>) {
        if matches!(effect.kind, EffectKind::Gap(_)) && (effect.carried || self.quiet) {
            return;
        }
        let Some(words) = remarks::words(effect, view) else {
            return;
        };
        self.remarks += 1;
        if self.remarks > REMARKS {
            return;
        }
        let when = if effect.carried {
            "with the memo of the pickles before".to_owned()
        } else {
            format!("under {}", names(effect.readings))
        };
        let at = effect.offset;
        self.script.comment(&format!("{when}, at {at}: {words}"));
    }

    /// Notes under which readings the text goes on.
    fn narrow(&mut self, readings: Readings) {
        if readings == self.alive {
            return;
        }
        let had = std::mem::replace(&mut self.alive, readings);
        self.reading = readings.preferred();
        // That loaders without `persistent_load` are out goes without saying.
        let common = |readings: Readings| readings.or(Readings::ALL.without(Readings::PERSISTENT));
        if common(had) != common(readings) {
            self.script
                .comment(&format!("from here on only under {}", names(readings)));
        }
    }

    fn stop(&mut self, view: &View<'_>) {
        if self.quiet && !self.script.is_begun() {
            return;
        }
        let scene = self.scene(view);
        let result = self.stack.pop();
        let result = self.express(result, scene).text;
        let left = self.stack.rest();
        self.discard(left, "left on the stack", scene);
        self.script.statement(&format!("result = {result}"));
    }

    fn gap(&mut self, effect: &Effect<'_>, gap: &weighbridge_pickle::Gap) {
        let expected = matches!(
            gap.reason,
            GapReason::Malformed | GapReason::Truncated | GapReason::Junk
        );
        let behind = effect.offset >= self.explained && effect.stream > 0;
        if expected && (behind || (self.quiet && !self.script.is_begun())) {
            return;
        }
        for words in std::mem::take(&mut self.unfinished) {
            self.script.comment(&format!("still done: {words}"));
        }
        let (reason, at) = (gap.reason.as_str(), effect.offset);
        self.script
            .comment(&format!("{reason}: {} at {at}", gap.detail));
    }
}

impl Observer for Program<'_, '_> {
    const INSTRUCTIONS: bool = true;

    fn begin(&mut self, begin: &Begin) {
        self.parted = begin.parted;
        self.unfinished.clear();
        if begin.parted {
            return;
        }
        self.stack = Stack::default();
        self.imports.clear();
        self.build_is_noted = false;
        self.quiet = begin.offset >= self.explained && begin.stream > 0;
        self.alive = begin.readings;
        self.reading = begin.readings.preferred();
        self.pickles += 1;
        let unreached = if begin.unreached {
            ", behind bytes that loaders stop at"
        } else {
            ""
        };
        self.script.restart(format!(
            "{}: pickle {} of {}, protocol {}, offset {}{unreached}",
            self.content,
            self.pickles,
            self.shared.pickles(),
            self.shared.protocol(self.pickles - 1),
            begin.offset,
        ));
    }

    fn executed(&mut self, executed: &Executed, view: &View<'_>) {
        if self.parted || self.script.sink.flow().is_break() {
            return;
        }
        self.unfinished.clear();
        self.narrow(executed.readings);
        let scene = self.scene(view);
        self.follow(executed, scene);
        self.imports.clear();
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        match &effect.kind {
            _ if effect.carried || self.parted => self.remark(effect, view),
            EffectKind::Stop { .. } => {
                self.narrow(effect.readings);
                self.stop(view);
            }
            EffectKind::Gap(gap) => self.gap(effect, gap),
            EffectKind::Import { .. } => {
                self.unfinished.extend(remarks::words(effect, view));
                self.imports.extend(Import::of(effect, view));
            }
            kind => {
                if fails_later(kind) {
                    self.unfinished.extend(remarks::words(effect, view));
                }
                self.narrow(effect.readings);
            }
        }
        if self.script.sink.flow().is_break() {
            Next::Halt
        } else {
            Next::Continue
        }
    }
}

/// Whether the instruction may fail once it has had this effect.
fn fails_later(kind: &EffectKind<'_>) -> bool {
    matches!(
        kind,
        EffectKind::SetItem { .. }
            | EffectKind::PersistentId {
                via: Op::PERSID,
                ..
            }
            | EffectKind::Call { via: Op::INST, .. }
    )
}

/// Readings by name.
pub(super) fn names(readings: Readings) -> String {
    let names = readings.names();
    let mut words = names
        .iter()
        .take(READINGS)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > READINGS {
        words.push_str(&format!(" and {} more", names.len() - READINGS));
    }
    words
}
