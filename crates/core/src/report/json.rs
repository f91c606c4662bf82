//! The report as JSON: the one serializer, as `docs/schema/report.schema.json` describes it. Every
//! key is always there; what is absent is `null`.

use serde::ser::{Serialize, Serializer};

use super::{Coverage, Global, Ignored, Member, Report, ReportedGap, Tool};
use crate::finding::{Evidence, Finding, Location};
use crate::json::{Number, object};
use crate::knowledge::Allow;

/// A part of a report, to be serialized.
pub(super) struct Json<'r, T: ?Sized>(pub(super) &'r T);

/// A part with these keys.
macro_rules! parts {
    ($($type:ty, $part:ident => { $($key:literal: $value:expr),* $(,)? };)*) => {$(
        impl Serialize for Json<'_, $type> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $part = self.0;
                object!(serializer, { $($key: $value),* })
            }
        }
    )*};
}

parts! {
    Report, report => {
        "schema_version": report.schema_version,
        "tool": Json(&report.tool),
        "knowledge": report.knowledge,
        "options_digest": report.options_digest,
        "kind": report.kind,
        "path": report.path,
        "path_hex": report.path_hex,
        "size": report.size.map(Number),
        "sha256": report.sha256,
        "formats": report.formats,
        "readings": report.readings,
        "verdict": report.verdict.as_str(),
        "coverage": Json(&report.coverage),
        "findings": List(&report.findings),
        "members": List(&report.members),
        "globals": List(&report.globals),
        "loaders": report.loaders,
        "allowed": List(&report.allowed),
        "ignored": List(&report.ignored),
    };
    Tool, tool => { "name": tool.name, "version": tool.version };
    Coverage, coverage => {
        "complete": coverage.complete,
        "examined_bytes": Number(coverage.examined_bytes),
        "opaque_bytes": Number(coverage.opaque_bytes),
        "gaps": List(&coverage.gaps),
    };
    ReportedGap, gap => {
        "reason": gap.reason,
        "limit": gap.limit,
        "location": Json(&gap.location),
        "detail": gap.detail,
    };
    Finding, finding => {
        "rule": finding.rule,
        "slug": finding.slug,
        "severity": finding.severity.as_str(),
        "confidence": finding.confidence.as_str(),
        "effect": finding.effect.map(|effect| effect.as_str()),
        "cwe": finding.cwe,
        "message": finding.message,
        "help": finding.help,
        "count": Number(finding.count),
        "fingerprint": finding.fingerprint,
        "location": Json(&finding.location),
        "evidence": Json(&finding.evidence),
        "references": finding.references,
    };
    Member, member => {
        "member": member.member,
        "name_hex": member.name_hex,
        "format": member.format,
        "size": Number(member.size),
        "examined": member.examined,
    };
    Global, global => {
        "module": global.module,
        "name": global.name,
        "module_hex": global.module_hex,
        "name_hex": global.name_hex,
        "resolved": global.resolved,
        "class": global.class,
        "member": global.member,
        "offset": Number(global.offset),
        "count": Number(global.count),
    };
    Allow, allow => {
        "path": allow.path(),
        "permit": allow.permit().iter().map(|permit| permit.as_str()).collect::<Vec<_>>(),
        "reason": allow.reason(),
    };
    Ignored, ignored => { "rule": ignored.rule, "findings": Number(ignored.findings) };
}

impl Serialize for Json<'_, Location> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Location::Bytes {
                member,
                stream,
                offset,
                len,
                physical_offset,
            } => object!(serializer, {
                "kind": "bytes",
                "member": member,
                "stream": stream,
                "offset": Number(*offset),
                "len": Number(*len),
                "physical_offset": physical_offset.map(Number),
            }),
            Location::Json { file, pointer } => object!(serializer, {
                "kind": "json", "file": file, "pointer": pointer,
            }),
            Location::Text {
                file,
                line,
                column,
                end_line,
                end_column,
            } => object!(serializer, {
                "kind": "text",
                "file": file,
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
            }),
        }
    }
}

impl Serialize for Json<'_, Evidence> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.0.kind();
        match self.0 {
            Evidence::Import { global, reason } => object!(serializer, {
                "kind": kind, "global": global, "reason": reason,
            }),
            Evidence::Call {
                callee,
                args,
                reason,
            } => object!(serializer, {
                "kind": kind, "callee": callee, "args": args, "reason": reason,
            }),
            Evidence::Change { target, value } => object!(serializer, {
                "kind": kind, "target": target, "value": value,
            }),
            Evidence::Payload { what, layers } => object!(serializer, {
                "kind": kind, "what": what, "layers": layers,
            }),
            Evidence::Structure { detail } => object!(serializer, {
                "kind": kind, "detail": detail,
            }),
        }
    }
}

/// The parts that other reports hold too, in the same form.
macro_rules! shared {
    ($($type:ty),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Json(self).serialize(serializer)
            }
        }
    )*};
}
shared!(Finding, Location, ReportedGap);

/// Parts of one kind.
struct List<'r, T>(&'r [T]);

impl<T> Serialize for List<'_, T>
where
    for<'j> Json<'j, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Json))
    }
}
