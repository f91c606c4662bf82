//! The observer that judges: it shows every effect to every rule.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, EffectKind, Readings, Text, Value, View};

use super::act::{Act, Import};
use super::sense::{Names, Sense};
use super::{Findings, RULES, named, oddities, payloads, structure};
use crate::escape;
use crate::finding::{Confidence, Finding, Location, Severity};
use crate::format::Format;
use crate::gap::{Gap, GapReason};
use crate::knowledge::Knowledge;
use crate::observer::{Named, Observer, Oddity, Payload, Place};
use crate::report::Contents;

/// How many different globals of a file are listed.
const GLOBALS: usize = 10_000;
/// How many gaps of a file are listed.
const GAPS: usize = 1000;

/// Judges a file as it is examined.
pub(crate) struct Judge<'k> {
    knowledge: &'k Knowledge,
    names: Names<'k>,
    findings: Findings,
    judged: Judged,
    /// The content that effects come from, and its number.
    content: (Vec<String>, u32),
    unpickled: Vec<Value>,
    /// The last pickle that a fresh unpickler gets to the end of.
    stopped: Option<u32>,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<(Finding, Readings)>,
    pub(crate) gaps: Vec<(Vec<String>, Option<u64>, Gap)>,
    pub(crate) contents: Contents,
    /// By module and name, as the file has them.
    pub(crate) globals: BTreeMap<(String, String), GlobalUse>,
}

/// A global that a file imports.
#[derive(Clone, Debug)]
pub(crate) struct GlobalUse {
    /// Module and name with a dot between, after the mapping of Python 2 names.
    pub(crate) resolved: String,
    /// The names in hexadecimal digits, where they hold lone surrogates.
    pub(crate) module_hex: Option<String>,
    pub(crate) name_hex: Option<String>,
    /// The standing, as a fixed word.
    pub(crate) class: &'static str,
    pub(crate) member: Vec<String>,
    pub(crate) offset: u64,
    pub(crate) count: u64,
}

impl<'k> Judge<'k> {
    pub(crate) fn new(knowledge: &'k Knowledge, max_findings: usize) -> Judge<'k> {
        Judge {
            knowledge,
            names: Names::new(),
            findings: Findings::new(max_findings),
            judged: Judged::default(),
            content: (Vec::new(), 0),
            unpickled: Vec::new(),
            stopped: None,
        }
    }

    /// What was found, once the file is examined.
    pub(crate) fn finish(mut self) -> Judged {
        if self.findings.over_limit {
            let gap = Gap::limit("findings", "there are more findings than are told");
            self.judged.gaps.push((Vec::new(), None, gap));
        }
        Judged {
            findings: self.findings.finish(),
            ..self.judged
        }
    }

    /// Takes note of which content effects come from.
    fn enter(&mut self, place: &Place<'_>) {
        if self.content.0 != place.member {
            self.content.0 = place.member.to_vec();
            self.content.1 += 1;
            self.names.clear();
            self.stopped = None;
        }
    }

    fn list(&mut self, act: &Act<'k>, place: &Place<'_>, effect: &Effect<'_>) {
        let Act::Import(Import {
            subject: Some(subject),
            ..
        }) = act
        else {
            return;
        };
        let EffectKind::Import {
            module: Some(module),
            name: Some(name),
            ..
        } = &effect.kind
        else {
            return;
        };
        let key = (shown(module), shown(name));
        let globals = &mut self.judged.globals;
        if globals.len() >= GLOBALS && !globals.contains_key(&key) {
            return;
        }
        let class = subject.standing.word();
        let global = globals.entry(key).or_insert_with(|| GlobalUse {
            resolved: escape::cut(
                &format!("{}.{}", subject.module, subject.name),
                2 * escape::NAME,
            )
            .into(),
            module_hex: escape::hex(module.as_bytes()),
            name_hex: escape::hex(name.as_bytes()),
            class,
            member: escape::names(place.member),
            offset: effect.offset,
            count: 0,
        });
        global.count += 1;
    }
}

impl Observer for Judge<'_> {
    fn format(&mut self, place: &Place<'_>, format: Format) -> ControlFlow<()> {
        self.enter(place);
        self.judged.contents.format(place, format);
        if let Some((rule, hit, words)) = structure::format(place, format) {
            let location = || location(place, None, 0, 0);
            self.findings
                .add(rule, hit, self.content.1, location, || words);
        }
        ControlFlow::Continue(())
    }

    fn effect(
        &mut self,
        place: &Place<'_>,
        effect: &Effect<'_>,
        view: &View<'_>,
    ) -> ControlFlow<()> {
        self.enter(place);
        let mut sense = Sense {
            knowledge: self.knowledge,
            names: &mut self.names,
            place,
            effect,
            view,
            unpickled: Vec::new(),
        };
        let Some(act) = Act::of(&mut sense) else {
            return ControlFlow::Continue(());
        };
        if act.is_permitted(&sense) && !effect.unreached {
            self.unpickled = sense.unpickled;
            return ControlFlow::Continue(());
        }
        for rule in RULES {
            let Some(mut hit) = (rule.check)(&act, &mut sense) else {
                continue;
            };
            // What a fresh unpickler gets to the end of was written for one. With the memo of the
            // pickles before, such a pickle reads as nonsense, and only harm in it says anything.
            if effect.carried
                && self.stopped == Some(effect.stream)
                && hit.severity < Severity::High
            {
                continue;
            }
            hit.readings = effect.readings;
            if place.embedded || effect.unreached || effect.carried {
                hit.confidence = hit.confidence.min(Confidence::Medium);
            }
            let location = || location(place, Some(effect.stream), effect.offset, effect.len);
            let tell = || (rule.tell)(&act, &sense);
            self.findings
                .add(rule.code, hit, self.content.1, location, tell);
        }
        self.unpickled = std::mem::take(&mut sense.unpickled);
        if matches!(effect.kind, EffectKind::Stop { .. }) && !effect.carried {
            self.stopped = Some(effect.stream);
        }
        if matches!(effect.kind, EffectKind::Import { .. }) && !effect.carried {
            self.list(&act, place, effect);
        }
        ControlFlow::Continue(())
    }

    fn unpickled(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.unpickled)
    }

    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()> {
        self.enter(place);
        if gap.reason == GapReason::Junk
            && let Some((rule, hit, words)) = structure::junk(gap)
        {
            let location = || location(place, gap.stream, gap.offset, gap.len);
            self.findings
                .add(rule, hit, self.content.1, location, || words);
        }
        self.judged.contents.gap(place);
        if self.judged.gaps.len() < GAPS {
            let physical = place.physical(gap.offset);
            self.judged
                .gaps
                .push((escape::names(place.member), physical, gap.clone()));
        }
        ControlFlow::Continue(())
    }

    fn payload(&mut self, place: &Place<'_>, payload: &Payload<'_>) -> ControlFlow<()> {
        self.enter(place);
        let (rule, hit, words) = payloads::judge(payload);
        let location = || location(place, None, payload.offset, payload.len);
        self.findings
            .add(rule, hit, self.content.1, location, || words);
        ControlFlow::Continue(())
    }

    fn named(&mut self, place: &Place<'_>, named: &Named<'_>) -> ControlFlow<()> {
        self.enter(place);
        if let Some((rule, hit, words)) = named::judge(self.knowledge, named) {
            let location = || location(place, None, named.offset, named.len);
            self.findings
                .add(rule, hit, self.content.1, location, || words);
        }
        ControlFlow::Continue(())
    }

    fn oddity(&mut self, place: &Place<'_>, oddity: &Oddity<'_>) -> ControlFlow<()> {
        self.enter(place);
        let (rule, hit, words) = oddities::judge(place, oddity);
        let location = || match oddity.pointer {
            None => location(place, None, oddity.offset, oddity.len),
            Some(pointer) => Location::Json {
                file: escape::names(place.member).join("!/"),
                pointer: escape::cut(pointer, escape::NAME).into_owned(),
            },
        };
        self.findings
            .add(rule, hit, self.content.1, location, || words);
        ControlFlow::Continue(())
    }
}

fn location(place: &Place<'_>, stream: Option<u32>, offset: u64, len: u64) -> Location {
    Location::Bytes {
        member: escape::names(place.member),
        stream,
        offset,
        len,
        physical_offset: place.physical(offset),
    }
}

/// A name as the file has it; lone surrogates are written `\udXXX`.
fn shown(text: &Text<'_>) -> String {
    escape::cut(&text.to_escaped(), escape::NAME).into_owned()
}
