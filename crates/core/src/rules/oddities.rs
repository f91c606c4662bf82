//! SFT101 to SFT205, TAR101 to TAR104, TOR201 to TOR206, ZIP102 and ZIP103, SKO103, JBL101 and FMT101: what is odd about headers,
//! indexes, entries of archives, programs and names.

use weighbridge_pickle::Readings;

use super::{Hit, words};
use crate::finding::{Confidence, Evidence, Severity};
use crate::knowledge::EffectClass;
use crate::observer::{Oddity, OddityKind, Place};

/// What to say of an oddity.
pub(super) fn judge(
    place: &Place<'_>,
    oddity: &Oddity<'_>,
) -> (&'static str, Hit, (String, Evidence)) {
    use Severity::{High, Info, Low, Medium};
    let (rule, severity) = match oddity.kind {
        // Careless programs write such names; nobody needs links for it.
        OddityKind::WritesOutside => ("TAR101", Medium),
        OddityKind::WritesThroughLink => ("TAR101", High),
        OddityKind::LinksOutside => ("TAR102", Medium),
        OddityKind::ArchiveWritesOutside => ("ZIP102", Medium),
        OddityKind::ArchiveWritesThroughLink => ("ZIP102", High),
        OddityKind::ArchiveLinksOutside => ("ZIP103", Medium),
        OddityKind::SpecialFile => ("TAR103", Medium),
        OddityKind::BehindEnd => ("TAR104", Low),
        OddityKind::DuplicateKey => ("SFT101", Medium),
        OddityKind::UnusualForm => ("SFT102", Low),
        OddityKind::UnknownField => ("SFT103", Low),
        OddityKind::DeceptiveName => ("SFT104", Medium),
        OddityKind::EscapingName => ("SFT105", Medium),
        OddityKind::AbsurdShape => ("SFT106", Medium),
        OddityKind::Misaligned => ("SFT107", Info),
        OddityKind::EmptyTensor => ("SFT108", Info),
        OddityKind::LargeMetadata => ("SFT109", Info),
        OddityKind::Credential => ("SFT110", Low),
        OddityKind::Polyglot => ("SFT111", Medium),
        OddityKind::Misnamed => ("SFT112", Medium),
        OddityKind::ShardMismatch => ("SFT201", Medium),
        OddityKind::ShardMissing => ("SFT202", Low),
        OddityKind::EscapingShard => ("SFT203", High),
        OddityKind::ForeignShard => ("SFT204", Medium),
        OddityKind::WrongTotal => ("SFT205", Info),
        OddityKind::ScriptFiles => ("TOR201", High),
        OddityKind::ScriptFilesPerhaps => ("TOR201", Medium),
        OddityKind::ForeignOperator => ("TOR202", Low),
        OddityKind::ForeignClass | OddityKind::OperatorAtLoad => ("TOR202", Medium),
        OddityKind::ArchiveCode => ("TOR203", Medium),
        OddityKind::ExportTarget => ("TOR204", Medium),
        OddityKind::ExportExpression => ("TOR205", High),
        OddityKind::SkopsLoader => ("SKO103", Medium),
        OddityKind::EscapingArray => ("JBL101", High),
        OddityKind::EscapingStorage => ("TOR206", High),
        OddityKind::MisleadingName => ("FMT101", Medium),
        OddityKind::UnusualName => ("FMT101", Low),
    };
    let mut hit = Hit::new(severity, oddity.subject);
    // No unpickler is asked.
    hit.readings = Readings::NONE;
    if place.embedded {
        hit.confidence = Confidence::Medium;
    }
    hit.effect = match oddity.kind {
        OddityKind::EscapingShard | OddityKind::EscapingArray | OddityKind::EscapingStorage => {
            Some(EffectClass::FileRead)
        }
        OddityKind::ScriptFiles => Some(EffectClass::FileWrite),
        OddityKind::ExportExpression => Some(EffectClass::CodeExecution),
        _ => None,
    };
    (rule, hit, words::structure(oddity.detail))
}
