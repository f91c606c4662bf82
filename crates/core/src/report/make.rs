//! Making a report of what was found. Here credentials are taken out of all strings of the file.

use sha2::{Digest, Sha256};
use weighbridge_pickle::Readings;

use super::{Coverage, Global, Ignored, Member, Report, ReportedGap, Tool};
use crate::analysis::Examined;
use crate::escape;
use crate::finding::{Evidence, Finding, Location};
use crate::gap::Gap;
use crate::knowledge::{Allow, HASH};
use crate::limits::Options;
use crate::loaders::LoaderAnswer;
use crate::rules::{GlobalUse, Judged};
use crate::verdict::{Verdict, verdict, weight};

/// What the user wants, as reports tell of it.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) allowed: Vec<Allow>,
    pub(crate) ignored: Vec<&'static str>,
    digest: String,
}

impl Settings {
    pub(crate) fn new(
        options: &Options,
        allowed: Vec<Allow>,
        ignored: Vec<&'static str>,
    ) -> Settings {
        // The limits are numbers with names, which `Debug` writes alike everywhere.
        let mut parts = vec![format!("{options:?}")];
        for allow in &allowed {
            let permits = allow.permit().iter().map(|permit| permit.as_str());
            parts.push(format!("allow {}", allow.path()));
            parts.push(permits.collect::<Vec<_>>().join(" "));
            parts.push(allow.reason().unwrap_or_default().to_owned());
        }
        parts.extend(ignored.iter().map(|rule| format!("ignore {rule}")));
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        Settings {
            allowed,
            ignored,
            digest: escape::digits(&hash),
        }
    }
}

/// A file, as it was examined.
pub(crate) struct Examination<'s> {
    pub(crate) path: &'s str,
    pub(crate) path_hex: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) sha256: Option<String>,
    pub(crate) examined: Examined,
    pub(crate) judged: Judged,
    pub(crate) loaders: Vec<LoaderAnswer>,
}

impl Report {
    /// The report on a file.
    pub(crate) fn new(file: Examination<'_>, settings: &Settings) -> Report {
        let Examination {
            examined, judged, ..
        } = file;
        let complete = examined.is_complete() && judged.gaps.is_empty();
        let is_left_out = |(finding, _): &(Finding, Readings)| {
            settings.ignored.contains(&finding.rule)
                && weight(finding.severity, finding.confidence) != Verdict::Malicious
        };
        let (left_out, findings): (Vec<_>, Vec<_>) =
            judged.findings.into_iter().partition(is_left_out);
        let severities = findings.iter().map(|(f, _)| (f.severity, f.confidence));
        let verdict = verdict(severities, complete);
        Report {
            schema_version: 1,
            tool: Tool {
                name: "weighbridge",
                version: env!("CARGO_PKG_VERSION"),
            },
            knowledge: HASH,
            options_digest: settings.digest.clone(),
            kind: "file",
            path: redacted(file.path.to_owned()),
            path_hex: file.path_hex,
            size: file.size,
            sha256: file.sha256,
            formats: examined.formats.iter().map(|f| f.as_str()).collect(),
            readings: readings(verdict, &findings, &examined).names(),
            verdict,
            coverage: Coverage {
                complete,
                examined_bytes: examined.examined_bytes,
                opaque_bytes: examined.opaque_bytes,
                gaps: judged.gaps.into_iter().map(gap).collect(),
            },
            ignored: settings
                .ignored
                .iter()
                .map(|&rule| Ignored {
                    rule,
                    findings: left_out.iter().filter(|(f, _)| f.rule == rule).count() as u64,
                })
                .collect(),
            findings: findings
                .into_iter()
                .map(|(f, _)| finding(f, file.path))
                .collect(),
            members: judged.contents.finish().into_iter().map(member).collect(),
            globals: judged.globals.into_iter().map(global).collect(),
            loaders: file.loaders,
            allowed: settings.allowed.clone(),
        }
    }
}

/// The readings that a verdict rests on.
fn readings(verdict: Verdict, findings: &[(Finding, Readings)], examined: &Examined) -> Readings {
    match verdict {
        Verdict::Clean | Verdict::Unknown if examined.pickles == 0 => Readings::NONE,
        Verdict::Clean | Verdict::Unknown => Readings::ALL,
        Verdict::Suspicious | Verdict::Malicious => findings
            .iter()
            .filter(|(finding, _)| weight(finding.severity, finding.confidence) == verdict)
            .fold(Readings::NONE, |all, (_, readings)| all.or(*readings)),
    }
}

fn redacted(text: String) -> String {
    match escape::redact(&text) {
        std::borrow::Cow::Borrowed(_) => text,
        std::borrow::Cow::Owned(redacted) => redacted,
    }
}

/// A sentence: redacted, and with nothing in it that does not show.
fn sentence(text: &str) -> String {
    escape::visible(text).into_owned()
}

fn path(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(redacted).collect()
}

/// A location in the file of that name.
fn location(location: Location, scanned: &str) -> Location {
    match location {
        Location::Bytes {
            member,
            stream,
            offset,
            len,
            physical_offset,
        } => Location::Bytes {
            member: path(member),
            stream,
            offset,
            len,
            physical_offset,
        },
        Location::Json { file, pointer } => Location::Json {
            file: match &*file {
                "" => redacted(scanned.to_owned()),
                _ => redacted(format!("{scanned}!/{file}")),
            },
            pointer: redacted(pointer),
        },
        text @ Location::Text { .. } => text,
    }
}

fn gap((names, physical_offset, gap): (Vec<String>, Option<u64>, Gap)) -> ReportedGap {
    ReportedGap {
        reason: gap.reason.as_str(),
        limit: gap.limit,
        location: Location::Bytes {
            member: path(names),
            stream: gap.stream,
            offset: gap.offset,
            len: gap.len,
            physical_offset,
        },
        detail: sentence(&gap.detail),
    }
}

fn finding(finding: Finding, scanned: &str) -> Finding {
    let words = |text: String| sentence(&text);
    Finding {
        message: words(finding.message),
        location: location(finding.location, scanned),
        evidence: match finding.evidence {
            Evidence::Import { global, reason } => Evidence::Import {
                global: words(global),
                reason,
            },
            Evidence::Call {
                callee,
                args,
                reason,
            } => Evidence::Call {
                callee: words(callee),
                args: words(args),
                reason,
            },
            Evidence::Change { target, value } => Evidence::Change {
                target: words(target),
                value: words(value),
            },
            Evidence::Structure { detail } => Evidence::Structure {
                detail: words(detail),
            },
            // Fixed words.
            payload @ Evidence::Payload { .. } => payload,
        },
        ..finding
    }
}

fn member(member: Member) -> Member {
    Member {
        member: path(member.member),
        ..member
    }
}

fn global(((module, name), seen): ((String, String), GlobalUse)) -> Global {
    Global {
        module: redacted(module),
        name: redacted(name),
        module_hex: seen.module_hex,
        name_hex: seen.name_hex,
        resolved: redacted(seen.resolved),
        class: seen.class,
        member: path(seen.member),
        offset: seen.offset,
        count: seen.count,
    }
}
