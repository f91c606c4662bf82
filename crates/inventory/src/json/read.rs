//! An inventory out of its JSON. A field more is a line in [`Whole`] and one where that is taken apart.

use std::sync::Arc;

use serde::Deserialize;
use weighbridge::{
    Confidence, EffectClass, Evidence, Finding, GapReason, Location, ReportedGap, Severity,
};

use super::fields::{
    NumberIn, Rule, Word, confidence, effect, fingerprint, limit, number, reason, rule, severity,
};
use super::models::ModelIn;
use super::names::Names;
use crate::disk;
use crate::inventory::{Application, Inventory};
use crate::merge::NONE;
use crate::place::Place;
use crate::reference::{
    Flags, Hub, Kind, Origin, Purpose, Reference, Resolution, Revision, Scope, Service,
};

/// The version that is read.
const VERSION: u64 = 1;

#[derive(Deserialize)]
struct Version {
    schema_version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(rename = "schema_version")]
    _schema_version: u64,
    #[serde(rename = "tool")]
    _tool: ToolIn,
    repositories: Vec<Arc<str>>,
    applications: Vec<Application>,
    references: Vec<ReferenceIn>,
    models: Vec<ModelIn>,
    findings: Vec<FindingIn>,
    gaps: Vec<GapIn>,
    passed_over: Vec<String>,
    files: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolIn {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "version")]
    _version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceIn {
    repository: String,
    application: String,
    hub: Option<Hub>,
    service: Option<Service>,
    kind: Kind,
    id: Option<String>,
    revision: Revision,
    call: String,
    resolution: Resolution,
    flags: Flags,
    #[serde(deserialize_with = "confidence")]
    confidence: Confidence,
    purpose: Option<Purpose>,
    scope: Scope,
    location: PlaceIn,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceIn {
    #[serde(rename = "kind")]
    _kind: TextKind,
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextKind {
    Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingIn {
    repository: Option<String>,
    application: Option<String>,
    #[serde(deserialize_with = "rule")]
    rule: Rule,
    #[serde(rename = "slug")]
    _slug: String,
    #[serde(deserialize_with = "severity")]
    severity: Severity,
    #[serde(deserialize_with = "confidence")]
    confidence: Confidence,
    #[serde(deserialize_with = "effect")]
    effect: Option<EffectClass>,
    cwe: Option<u32>,
    message: String,
    #[serde(rename = "help")]
    _help: String,
    #[serde(deserialize_with = "number")]
    count: u64,
    #[serde(deserialize_with = "fingerprint")]
    fingerprint: String,
    location: LocationIn,
    evidence: EvidenceIn,
    #[serde(rename = "references")]
    _references: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GapIn {
    repository: Option<String>,
    #[serde(deserialize_with = "reason")]
    reason: GapReason,
    #[serde(deserialize_with = "limit")]
    limit: Option<Word>,
    location: LocationIn,
    detail: String,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum LocationIn {
    Bytes {
        member: Vec<String>,
        stream: Option<u32>,
        #[serde(deserialize_with = "number")]
        offset: u64,
        #[serde(deserialize_with = "number")]
        len: u64,
        physical_offset: Option<NumberIn>,
    },
    Json {
        file: String,
        pointer: String,
    },
    Text {
        file: String,
        line: u32,
        column: u32,
        end_line: u32,
        end_column: u32,
    },
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum EvidenceIn {
    Import {
        global: String,
        reason: Option<String>,
    },
    Call {
        callee: String,
        args: String,
        reason: Option<String>,
    },
    Change {
        target: String,
        value: String,
    },
    Payload {
        what: String,
        layers: Vec<String>,
    },
    Structure {
        detail: String,
    },
}

/// What was read is no inventory of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotAnInventory {
    /// Where in it: such as `references[3].kind`, or a line and a column where it is no JSON.
    pub at: String,
    /// What is wrong there.
    pub detail: String,
}

impl std::fmt::Display for NotAnInventory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "this is no inventory: {}: {}", self.at, self.detail)
    }
}

impl std::error::Error for NotAnInventory {}

impl Inventory {
    /// The inventory that was written as JSON by this version of the schema. It is in the order that it
    /// is written in. What it takes of memory grows with the text and nothing in it.
    ///
    /// # Errors
    ///
    /// Where it is anything else.
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Inventory, NotAnInventory> {
        let text = text.as_ref();
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        if first != Some(&b'{') {
            return Err(wrong(
                "line 1, column 1",
                "an object is expected".to_owned(),
            ));
        }
        let Version { schema_version } = parse(text)?;
        if schema_version != VERSION {
            let detail = format!("this is version {schema_version}; version {VERSION} is read");
            return Err(wrong("schema_version", detail));
        }
        let whole: Whole = parse(text)?;
        let names = Names::new(&whole.repositories, &whole.applications)?;
        let mut inventory = Inventory {
            repositories: whole.repositories,
            passed_over: whole.passed_over,
            files: whole.files,
            ..Inventory::default()
        };
        for (at, read) in whole.references.into_iter().enumerate() {
            let at = || format!("references[{at}]");
            inventory
                .references
                .push(reference(read, &names).map_err(|detail| wrong(&at(), detail))?);
        }
        for (at, read) in whole.models.into_iter().enumerate() {
            let tree = read
                .repository
                .as_deref()
                .map(|name| names.name(name))
                .transpose();
            let at = || format!("models[{at}]");
            let tree = tree.map_err(|detail| wrong(&at(), detail))?;
            let model = read.model(tree).map_err(|detail| wrong(&at(), detail))?;
            inventory.models.push(model);
        }
        for (at, read) in whole.findings.into_iter().enumerate() {
            let at = || format!("findings[{at}]");
            let application = match (&read.repository, &read.application) {
                (Some(tree), Some(path)) => names.application(tree, path).map(|(_, at)| at),
                (None, None) => Ok(NONE),
                _ => Err("repository and application go together".to_owned()),
            };
            let application = application.map_err(|detail| wrong(&at(), detail))?;
            inventory.finding_applications.push(application);
            inventory
                .findings
                .push(finding(read).map_err(|detail| wrong(&at(), detail))?);
        }
        for (at, read) in whole.gaps.into_iter().enumerate() {
            let at = || format!("gaps[{at}]");
            let tree = read
                .repository
                .as_deref()
                .map(|name| names.tree(name))
                .transpose();
            let tree = tree.map_err(|detail| wrong(&at(), detail))?;
            let location = location(read.location).map_err(|detail| wrong(&at(), detail))?;
            let mut gap = ReportedGap::new(read.reason, location, read.detail);
            gap.limit = read.limit;
            inventory.gaps.push(gap);
            inventory.gap_repositories.push(tree);
        }
        inventory.applications = whole.applications;
        // What uses a model follows from the rest; whether that is too much was told when it was made.
        let gaps = inventory.gaps.len();
        disk::link(&mut inventory);
        inventory.gaps.truncate(gaps);
        Ok(inventory)
    }
}

pub(super) fn wrong(at: &str, detail: String) -> NotAnInventory {
    NotAnInventory {
        at: at.to_owned(),
        detail,
    }
}

/// Reads it; the error names the place by keys and indices, or by line and column where it is no JSON.
fn parse<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, NotAnInventory> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let inner = error.inner();
        let place = format!("line {}, column {}", inner.line(), inner.column());
        let words = inner.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let words = weighbridge::escape::capped(words, 400).into_owned();
        match error.path().to_string() {
            path if inner.is_data() && path != "." => {
                wrong(&weighbridge::escape::capped(&path, 200), words)
            }
            _ => wrong(&place, words),
        }
    })?;
    reader.end().map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        wrong(&place, "something follows it".to_owned())
    })?;
    Ok(parsed)
}

fn reference(read: ReferenceIn, names: &Names) -> Result<Reference, String> {
    let (repository, application) = names.application(&read.repository, &read.application)?;
    let origin = match (read.hub, read.service) {
        (Some(hub), None) => Origin::Hub(hub),
        (None, Some(service)) => Origin::Service(service),
        _ => return Err("exactly one of hub and service has to be given".to_owned()),
    };
    let place = read.location;
    in_order(
        (place.line, place.column),
        (place.end_line, place.end_column),
    )?;
    Ok(Reference {
        repository,
        location: Place {
            file: place.file,
            line: place.line,
            column: place.column,
            end_line: place.end_line,
            end_column: place.end_column,
        },
        origin,
        kind: read.kind,
        id: read.id,
        revision: read.revision,
        call: read.call,
        resolution: read.resolution,
        flags: read.flags,
        confidence: read.confidence,
        purpose: read.purpose,
        scope: read.scope,
        application,
    })
}

/// Whether a place of a text is one: lines and columns begin at 1, and the end is not before the beginning.
fn in_order(begin: (u32, u32), end: (u32, u32)) -> Result<(), String> {
    match begin.0 > 0 && begin.1 > 0 && end.1 > 0 && begin <= end {
        true => Ok(()),
        false => Err("no place: lines and columns begin at 1 and do not run backwards".to_owned()),
    }
}

fn location(read: LocationIn) -> Result<Location, String> {
    Ok(match read {
        LocationIn::Bytes {
            member,
            stream,
            offset,
            len,
            physical_offset,
        } => Location::Bytes {
            member,
            stream,
            offset,
            len,
            physical_offset: physical_offset
                .map(NumberIn::value::<serde_json::Error>)
                .transpose()
                .map_err(|error| error.to_string())?,
        },
        LocationIn::Json { file, pointer } => Location::Json { file, pointer },
        LocationIn::Text {
            file,
            line,
            column,
            end_line,
            end_column,
        } => {
            in_order((line, column), (end_line, end_column))?;
            Location::Text {
                file,
                line,
                column,
                end_line,
                end_column,
            }
        }
    })
}

/// The words that belong to the rule are those of this version.
fn finding(read: FindingIn) -> Result<Finding, String> {
    let evidence = match read.evidence {
        EvidenceIn::Import { global, reason } => Evidence::Import { global, reason },
        EvidenceIn::Call {
            callee,
            args,
            reason,
        } => Evidence::Call {
            callee,
            args,
            reason,
        },
        EvidenceIn::Change { target, value } => Evidence::Change { target, value },
        EvidenceIn::Payload { what, layers } => Evidence::Payload { what, layers },
        EvidenceIn::Structure { detail } => Evidence::Structure { detail },
    };
    let rule = read.rule;
    let mut finding = Finding::new(
        (rule.code, rule.slug),
        (read.severity, read.confidence),
        read.message,
        location(read.location)?,
        evidence,
    );
    finding.effect = read.effect;
    if read.cwe == Some(0) {
        return Err("cwe: weaknesses are numbered from 1 on".to_owned());
    }
    finding.cwe = read.cwe;
    finding.help = rule.help_for(read.severity);
    finding.count = read.count;
    finding.fingerprint = read.fingerprint;
    finding.references = rule.references;
    Ok(finding)
}
