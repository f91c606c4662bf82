//! Collecting hits: the same one once with a count, an import only where its call says no more.

use std::collections::HashMap;
use std::rc::Rc;

use sha2::{Digest, Sha256};
use weighbridge_pickle::Readings;

use super::{Hit, text};
use crate::escape;
use crate::finding::{Evidence, Finding, Location, Severity};

/// How many findings of one rule about one subject are told apart by what they say; those beyond are
/// counted with the last.
const VARIANTS: usize = 8;

/// Findings under way.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<Found>,
    /// By rule, content and subject.
    index: HashMap<(&'static str, u32, Rc<str>), Vec<usize>>,
    max: usize,
    /// Whether there were more than `max`, and whether one of these was severe.
    pub(crate) over_limit: bool,
}

#[derive(Debug)]
struct Found {
    content: u32,
    subject: Rc<str>,
    /// The readings under which it happens.
    readings: Readings,
    finding: Finding,
}

/// Rules whose finding says all that another rule's about the same subject says.
const COVERED: &[(&str, &[&str])] = &[
    ("PKL102", &["PKL101"]),
    ("PKL104", &["PKL103"]),
    ("PKL106", &["PKL101", "PKL103"]),
];

impl Findings {
    pub(crate) fn new(max: usize) -> Findings {
        Findings {
            max,
            ..Findings::default()
        }
    }

    /// Adds a hit in a content; `tell` is asked for its words only where it is not known yet.
    pub(crate) fn add(
        &mut self,
        rule: &'static str,
        hit: Hit,
        content: u32,
        location: impl FnOnce() -> Location,
        tell: impl FnOnce() -> (String, Evidence),
    ) {
        let key = (rule, content, Rc::clone(&hit.subject));
        let known = self.index.get(&key).map_or(&[][..], Vec::as_slice);
        if let (VARIANTS.., Some(&last)) = (known.len(), known.last()) {
            return self.count(last, &hit);
        }
        let (message, evidence) = tell();
        let same = known.iter().copied().find(|&at| {
            self.found
                .get(at)
                .is_some_and(|found| found.finding.message == message)
        });
        if let Some(same) = same {
            return self.count(same, &hit);
        }
        // What is severe is told whatever there is before it.
        if self.found.len() >= self.max && (self.over_limit || hit.severity < Severity::High) {
            self.over_limit = true;
            return;
        }
        let location = location();
        self.index.entry(key).or_default().push(self.found.len());
        self.found.push(Found {
            content,
            readings: hit.readings,
            finding: finding(rule, &hit, message, evidence, location),
            subject: hit.subject,
        });
    }

    fn count(&mut self, at: usize, hit: &Hit) {
        if let Some(found) = self.found.get_mut(at) {
            found.finding.count += 1;
            found.finding.severity = found.finding.severity.max(hit.severity);
            found.finding.confidence = found.finding.confidence.max(hit.confidence);
            found.readings = found.readings.or(hit.readings);
        }
    }

    /// The findings with the readings under which they happen, the most severe first, then in the
    /// order of their places.
    pub(crate) fn finish(self) -> Vec<(Finding, Readings)> {
        // What is less severe covers nothing.
        let is_worse = |at: &usize, than: Severity| {
            self.found
                .get(*at)
                .is_some_and(|found| found.finding.severity >= than)
        };
        let is_covered = |found: &Found| {
            let mut covering = COVERED
                .iter()
                .filter(|(rule, _)| *rule == found.finding.rule)
                .flat_map(|(_, covering)| *covering);
            covering.any(|&rule| {
                let key = (rule, found.content, Rc::clone(&found.subject));
                let known = self.index.get(&key).into_iter().flatten();
                known
                    .into_iter()
                    .any(|at| is_worse(at, found.finding.severity))
            })
        };
        let covered: Vec<bool> = self.found.iter().map(is_covered).collect();
        let mut findings: Vec<(u32, Finding, Readings)> = Vec::new();
        for (found, covered) in self.found.into_iter().zip(covered) {
            if !covered {
                findings.push((found.content, found.finding, found.readings));
            }
        }
        findings.sort_by(|(content, a, _), (other, b, _)| {
            let place = |finding: &Finding| match &finding.location {
                Location::Bytes { offset, .. } => (*offset, String::new()),
                Location::Json { pointer, .. } => (0, pointer.clone()),
                Location::Text { line, .. } => (u64::from(*line), String::new()),
            };
            (b.severity, *content, place(a), a.rule).cmp(&(a.severity, *other, place(b), b.rule))
        });
        findings
            .into_iter()
            .map(|(_, finding, readings)| (finding, readings))
            .collect()
    }
}

fn finding(
    rule: &'static str,
    hit: &Hit,
    message: String,
    evidence: Evidence,
    location: Location,
) -> Finding {
    let text = text::text(rule);
    Finding {
        rule,
        slug: text.map_or("", |text| text.slug),
        severity: hit.severity,
        confidence: hit.confidence,
        effect: hit.effect,
        cwe: text.and_then(|text| text.cwe),
        help: text.map_or("", |text| text.help_for(hit.severity)),
        count: 1,
        fingerprint: fingerprint(rule, &location, &message),
        references: text.map_or(&[], |text| text.references),
        message,
        location,
        evidence,
    }
}

/// A number for a finding that stays the same while only offsets change. Credentials are no part of
/// it: short ones could be guessed from it.
pub(crate) fn fingerprint(rule: &str, location: &Location, message: &str) -> String {
    let place = match location {
        Location::Bytes { member, .. } => member.as_slice(),
        Location::Json { pointer, .. } => std::slice::from_ref(pointer),
        Location::Text { file, .. } => std::slice::from_ref(file),
    };
    let mut hash = Sha256::new();
    for part in [rule]
        .into_iter()
        .chain(place.iter().map(String::as_str))
        .chain([message])
    {
        let part = escape::redact(part);
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
