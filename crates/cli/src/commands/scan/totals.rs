//! What all files together come to.

use weighbridge::{Report, Severity, Verdict};

use super::baseline::Baseline;
use crate::args::ScanArgs;
use crate::exit::Exit;
use crate::words;

/// What makes a run fail.
pub(super) struct Policy {
    /// From which severity on a finding fails.
    fail_on: Option<Severity>,
    /// Whether what was not examined fails as well.
    strict: bool,
}

impl Policy {
    pub(super) fn new(args: &ScanArgs) -> Policy {
        let fail_on = args.fail_on.severity();
        Policy {
            fail_on: if args.strict {
                Some(Severity::Info)
            } else {
                fail_on
            },
            strict: args.strict,
        }
    }
}

/// What all files together come to.
pub(super) struct Totals {
    policy: Policy,
    verdicts: [u64; Verdict::ALL.len()],
    /// Those of them that were not read.
    unread: u64,
    /// Findings that the baseline knows, and how many of the files that have them are malicious.
    known: u64,
    known_malicious: u64,
    pub(super) exit: Exit,
}

impl Totals {
    pub(super) fn new(policy: Policy) -> Totals {
        Totals {
            policy,
            verdicts: [0; Verdict::ALL.len()],
            unread: 0,
            known: 0,
            known_malicious: 0,
            exit: Exit::Complete,
        }
    }

    pub(super) fn add(&mut self, report: &Report, baseline: Option<&Baseline>) {
        for (count, known) in self.verdicts.iter_mut().zip(Verdict::ALL) {
            *count += u64::from(known == report.verdict);
        }
        let mut known = 0;
        for finding in &report.findings {
            if baseline.is_some_and(|known| known.knows(report, finding)) {
                known += 1;
            } else if self
                .policy
                .fail_on
                .is_some_and(|from| finding.severity >= from)
            {
                self.exit = self.exit.or(Exit::Findings);
            }
        }
        self.known += known;
        self.known_malicious += u64::from(known > 0 && report.verdict == Verdict::Malicious);
        if !report.coverage.complete {
            self.gap();
        }
    }

    /// Notes a path that was not read; its report says why.
    pub(super) fn add_unread(&mut self, report: &Report, baseline: Option<&Baseline>) {
        self.unread += 1;
        self.add(report, baseline);
    }

    fn gap(&mut self) {
        let exit = if self.policy.strict {
            Exit::Findings
        } else {
            Exit::Incomplete
        };
        self.exit = self.exit.or(exit);
    }

    /// How many files there are.
    pub(super) fn files(&self) -> u64 {
        self.verdicts.iter().sum()
    }

    /// The counts as a sentence, the worst first.
    pub(super) fn words(&self) -> String {
        let files = words::count(self.files(), "file", "files");
        let counts = self.verdicts.iter().zip(Verdict::ALL).rev();
        let parts: Vec<String> = counts
            .filter(|(count, _)| **count > 0)
            .map(|(count, verdict)| format!("{count} {verdict}"))
            .collect();
        let unread = match self.unread {
            0 => String::new(),
            1 => "; 1 was not read".to_owned(),
            unread => format!("; {unread} were not read"),
        };
        if parts.is_empty() {
            files
        } else {
            format!("{files}: {}{unread}", parts.join(", "))
        }
    }

    /// What the baseline kept from failing, where it did.
    pub(super) fn baseline_words(&self) -> Option<String> {
        let findings = words::count(self.known, "finding is", "findings are");
        let words = format!("{findings} in the baseline and cannot fail the run");
        let malicious = words::count(self.known_malicious, "file is", "files are");
        (self.known > 0).then(|| match self.known_malicious {
            0 => words,
            _ => format!("{words}; {malicious} malicious all the same"),
        })
    }
}
