//! From what a pickle does to how severe that is, and from findings to a verdict. All of it is here.

use std::fmt;

use crate::finding::{Confidence, Severity};
use crate::knowledge::EffectClass;

/// What to think of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Everything was examined and everything is known.
    Clean,
    /// Nothing was found, but not everything was examined.
    Unknown,
    /// Something in it is not known to be harmless.
    Suspicious,
    /// Loading it, by a loader that would accept it, would do something that no model needs.
    Malicious,
}

impl Verdict {
    /// Every verdict, the best first.
    pub const ALL: [Verdict; 4] = [
        Verdict::Clean,
        Verdict::Unknown,
        Verdict::Suspicious,
        Verdict::Malicious,
    ];

    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::Unknown => "unknown",
            Verdict::Suspicious => "suspicious",
            Verdict::Malicious => "malicious",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is known of a global that something is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It does harm.
    Dangerous(EffectClass),
    /// It makes code of the file's own.
    Code,
    /// Nobody has reviewed it.
    Unknown,
    /// It is known, but what is done with it goes beyond what it may be used for.
    Misused,
}

impl Standing {
    /// Every standing.
    pub(crate) fn all() -> impl Iterator<Item = Standing> {
        let dangerous = EffectClass::ALL.into_iter().map(Standing::Dangerous);
        dangerous.chain([Standing::Code, Standing::Unknown, Standing::Misused])
    }

    const fn as_str(self) -> &'static str {
        match self {
            Standing::Dangerous(class) => class.as_str(),
            Standing::Code => "code",
            Standing::Unknown => "unknown",
            Standing::Misused => "misused",
        }
    }
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// It is imported and not called.
    Import,
    /// It is called.
    Call,
    /// It, which the whole program shares, is given a state or items.
    Change,
    /// Something that it made is given a state or items.
    ChangeResult,
}

impl Action {
    /// Every action.
    pub(crate) const ALL: [Action; 4] = [
        Action::Import,
        Action::Call,
        Action::Change,
        Action::ChangeResult,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Action::Import => "is imported",
            Action::Call => "is called",
            Action::Change => "is given a state or items",
            Action::ChangeResult => "makes something that is given a state or items",
        }
    }
}

/// How severe an action is. Rows of the tables may say less for an import or a call, never more.
pub(crate) const fn severity(standing: Standing, action: Action) -> Severity {
    match (standing, action) {
        (Standing::Dangerous(_), Action::Call) => Severity::Critical,
        (Standing::Dangerous(_), Action::Import | Action::ChangeResult) => Severity::High,
        // No model needs to change what the whole program shares.
        (_, Action::Change) => Severity::High,
        (Standing::Code | Standing::Unknown | Standing::Misused, _) => Severity::Medium,
    }
}

/// What one finding says of the file.
pub(crate) const fn weight(severity: Severity, confidence: Confidence) -> Verdict {
    match (severity, confidence) {
        (Severity::Info | Severity::Low, _) => Verdict::Clean,
        (Severity::Medium, _) | (Severity::High | Severity::Critical, Confidence::Low) => {
            Verdict::Suspicious
        }
        (Severity::High | Severity::Critical, Confidence::Medium | Confidence::High) => {
            Verdict::Malicious
        }
    }
}

/// The verdict on a file with these findings.
pub(crate) fn verdict(
    findings: impl IntoIterator<Item = (Severity, Confidence)>,
    complete: bool,
) -> Verdict {
    let looked = if complete {
        Verdict::Clean
    } else {
        Verdict::Unknown
    };
    findings
        .into_iter()
        .map(|(severity, confidence)| weight(severity, confidence))
        .fold(looked, Verdict::max)
}

/// A row of the table from what is done to what that means, in fixed words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judgement {
    /// What is known of a global: an effect class, `code`, `unknown` or `misused`.
    pub standing: &'static str,
    /// What is done with it, as a clause.
    pub action: &'static str,
    /// How severe that is.
    pub severity: Severity,
    /// What that alone makes of a file.
    pub verdict: Verdict,
}

/// The whole table: every standing with every action.
#[must_use]
pub fn judgements() -> Vec<Judgement> {
    let judgement = |(standing, action)| {
        let severity = severity(standing, action);
        Judgement {
            standing: standing.as_str(),
            action: action.as_str(),
            severity,
            verdict: weight(severity, Confidence::High),
        }
    };
    Standing::all()
        .flat_map(|standing| Action::ALL.map(|action| (standing, action)))
        .map(judgement)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_on_every_standing_has_a_severity() {
        use Severity::{Critical, High, Medium};
        for standing in Standing::all() {
            let row = Action::ALL.map(|action| severity(standing, action));
            let expected = match standing {
                Standing::Dangerous(_) => [High, Critical, High, High],
                Standing::Code | Standing::Unknown | Standing::Misused => {
                    [Medium, Medium, High, Medium]
                }
            };
            assert_eq!(row, expected, "{standing:?}");
        }
    }

    #[test]
    fn every_severity_and_confidence_has_a_weight() {
        use Verdict::{Clean, Malicious, Suspicious};
        let table = [
            (Severity::Info, [Clean, Clean, Clean]),
            (Severity::Low, [Clean, Clean, Clean]),
            (Severity::Medium, [Suspicious, Suspicious, Suspicious]),
            (Severity::High, [Suspicious, Malicious, Malicious]),
            (Severity::Critical, [Suspicious, Malicious, Malicious]),
        ];
        assert_eq!(table.map(|(severity, _)| severity), Severity::ALL);
        for (severity, expected) in table {
            let weights = Confidence::ALL.map(|confidence| weight(severity, confidence));
            assert_eq!(weights, expected, "{severity}");
        }
    }

    #[test]
    fn the_worst_finding_decides_and_a_gap_is_never_clean() {
        let low = (Severity::Low, Confidence::High);
        let medium = (Severity::Medium, Confidence::High);
        let high = (Severity::High, Confidence::High);
        for (findings, complete, expected) in [
            (vec![], true, Verdict::Clean),
            (vec![low], true, Verdict::Clean),
            (vec![], false, Verdict::Unknown),
            (vec![low], false, Verdict::Unknown),
            (vec![medium, low], true, Verdict::Suspicious),
            (vec![medium], false, Verdict::Suspicious),
            (vec![low, high, medium], true, Verdict::Malicious),
            (vec![high], false, Verdict::Malicious),
        ] {
            assert_eq!(verdict(findings, complete), expected);
        }
    }
}
