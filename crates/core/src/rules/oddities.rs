//! SFT101 to SFT205: what is odd about headers of safetensors and indexes of shards.

use weighbridge_pickle::Readings;

use super::{Hit, words};
use crate::finding::{Evidence, Severity};
use crate::knowledge::EffectClass;
use crate::observer::{Oddity, OddityKind};

/// What to say of an oddity.
pub(super) fn judge(oddity: &Oddity<'_>) -> (&'static str, Hit, (String, Evidence)) {
    use Severity::{High, Info, Low, Medium};
    let (rule, severity) = match oddity.kind {
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
    };
    let mut hit = Hit::new(severity, oddity.subject);
    // No unpickler is asked.
    hit.readings = Readings::NONE;
    hit.effect = (oddity.kind == OddityKind::EscapingShard).then_some(EffectClass::FileRead);
    (rule, hit, words::structure(oddity.detail))
}
