//! The tables of `docs/survey.md`: verdicts by library, and every kind of file that is not clean.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use weighbridge::{Report, Verdict};

use crate::kinds::{Origin, Reasons};

/// What is counted.
pub(crate) struct Tables<'t> {
    reasons: Reasons<'t>,
    total: Counts,
    /// Those that carry code of their own.
    code: Counts,
    libraries: BTreeMap<String, Library>,
    kinds: BTreeMap<(String, String, Verdict), Kind>,
}

/// The rule that a file carries code of its own.
const CODE: &str = "PKL111";

type Counts = BTreeMap<Verdict, u64>;

#[derive(Default)]
struct Library {
    counts: Counts,
    /// Each with the Pythons that it was used with.
    versions: BTreeMap<String, BTreeSet<Python>>,
}

/// A version of Python, in the order of its numbers.
type Python = (u32, u32);

#[derive(Default)]
struct Kind {
    count: u64,
    /// The rules, or the reasons of gaps.
    found: BTreeSet<String>,
    reason: Option<String>,
}

impl<'t> Tables<'t> {
    pub(crate) fn new(reasons: Reasons<'t>) -> Tables<'t> {
        Tables {
            reasons,
            total: Counts::new(),
            code: Counts::new(),
            libraries: BTreeMap::new(),
            kinds: BTreeMap::new(),
        }
    }

    /// Counts a file; one whose path tells no origin counts for no library.
    pub(crate) fn add(&mut self, path: &str, report: &Report) {
        *self.total.entry(report.verdict).or_default() += 1;
        if report.findings.iter().any(|found| found.rule == CODE) {
            *self.code.entry(report.verdict).or_default() += 1;
        }
        let Some(origin) = Origin::of(path) else {
            return;
        };
        let library = self.libraries.entry(origin.library.to_owned()).or_default();
        *library.counts.entry(report.verdict).or_default() += 1;
        let pythons = library.versions.entry(origin.version.to_owned());
        pythons.or_default().insert(python(origin.python));
        if report.verdict != Verdict::Clean {
            self.add_kind(&origin, report);
        }
    }

    fn add_kind(&mut self, origin: &Origin<'_>, report: &Report) {
        let verdict = report.verdict;
        let reason = self
            .reasons
            .of(origin.library, origin.kind, verdict.as_str());
        let name = reason.map_or(origin.kind, |(pattern, _)| pattern);
        let key = (origin.library.to_owned(), name.to_owned(), verdict);
        let kind = self.kinds.entry(key).or_default();
        kind.count += 1;
        kind.reason = reason.map(|(_, why)| why.to_owned());
        let rules = report.findings.iter().map(|finding| finding.rule);
        kind.found.extend(rules.map(str::to_owned));
        if report.findings.is_empty() {
            let gaps = report.coverage.gaps.iter();
            kind.found.extend(gaps.map(|gap| gap.reason.to_string()));
        }
    }
}

fn python(text: &str) -> Python {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

impl fmt::Display for Tables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## Verdicts\n")?;
        let heads = Verdict::ALL.map(|verdict| format!(" {verdict} |")).concat();
        writeln!(
            f,
            "| library | versions, with their Pythons | files |{heads}"
        )?;
        writeln!(f, "|---|---|---:|{}", "---:|".repeat(Verdict::ALL.len()))?;
        for (name, library) in &self.libraries {
            let versions = library.versions();
            writeln!(f, "| {name} | {versions} | {}", cells(&library.counts))?;
        }
        writeln!(f, "| all | | {}", cells(&self.total))?;
        writeln!(f, "| with code of their own | | {}", cells(&self.code))?;
        writeln!(f, "\n## What is not clean\n")?;
        writeln!(f, "| library | kind | files | verdict | found | why |")?;
        writeln!(f, "|---|---|---:|---|---|---|")?;
        for ((library, name, verdict), kind) in &self.kinds {
            let found: Vec<&str> = kind.found.iter().map(String::as_str).collect();
            let why = kind.reason.as_deref().unwrap_or("no reason is recorded");
            writeln!(
                f,
                "| {library} | {} | {} | {verdict} | {} | {why} |",
                name.replace('*', "\\*"),
                kind.count,
                found.join(" ")
            )?;
        }
        Ok(())
    }
}

/// The count of all files and of each verdict.
fn cells(counts: &Counts) -> String {
    let of = |verdict: &Verdict| counts.get(verdict).copied().unwrap_or_default();
    let all: u64 = counts.values().sum();
    let each = Verdict::ALL.map(|verdict| format!(" {} |", of(&verdict)));
    format!("{all} |{}", each.concat())
}

impl Library {
    fn versions(&self) -> String {
        let of = |(version, pythons): (&String, &BTreeSet<Python>)| {
            let pythons: Vec<String> = pythons
                .iter()
                .map(|(major, minor)| format!("{major}.{minor}"))
                .collect();
            format!(
                "{} ({})",
                version.trim_start_matches('-'),
                pythons.join(", ")
            )
        };
        let all: Vec<String> = self.versions.iter().map(of).collect();
        all.join("; ").trim().to_owned()
    }
}
