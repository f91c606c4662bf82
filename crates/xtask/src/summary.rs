//! What ran, how it ended and how long it took.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::process::{Program, Tests};

/// The suites that ran.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    suite: String,
    ok: bool,
    tests: Tests,
    elapsed: Duration,
    budget: Option<Duration>,
}

/// A suite that is running: its steps share its budget.
#[derive(Debug)]
pub(crate) struct Suite<'a> {
    summary: &'a mut Summary,
    begin: Instant,
    row: Row,
}

impl Summary {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Begins a suite. Its steps must end within so many minutes; `None` is for what a person
    /// starts and stops.
    pub(crate) fn suite(&mut self, name: &str, minutes: Option<u64>) -> Suite<'_> {
        let budget = minutes.map(|minutes| Duration::from_secs(60 * minutes));
        match minutes {
            Some(minutes) => println!("\n== {name} (budget {minutes} min)"),
            None => println!("\n== {name}"),
        }
        let row = Row {
            suite: name.to_owned(),
            ok: true,
            tests: Tests::default(),
            elapsed: Duration::ZERO,
            budget,
        };
        Suite {
            summary: self,
            begin: Instant::now(),
            row,
        }
    }

    /// Prints the table and the closing line.
    pub(crate) fn close(self) -> ExitCode {
        let mut total = Tests::default();
        println!("\n== summary");
        println!(
            "  {:<14} {:<7} {:>7} {:>7} {:>8} {:>7}",
            "suite", "result", "passed", "failed", "time", "budget"
        );
        for row in &self.rows {
            total.add(row.tests);
            println!(
                "  {:<14} {:<7} {:>7} {:>7} {:>8} {:>7}",
                row.suite,
                if row.ok { "ok" } else { "FAILED" },
                row.tests.passed,
                row.tests.failed,
                clock(row.elapsed),
                row.budget.map_or_else(|| "-".to_owned(), clock),
            );
        }
        if total.ignored > 0 {
            println!(
                "  {} tests are marked #[ignore] and were not run",
                total.ignored
            );
        }
        println!("\n{} passed, {} failed", total.passed, total.failed);
        ExitCode::from(u8::from(self.rows.iter().any(|row| !row.ok)))
    }
}

impl Suite<'_> {
    /// Runs a program. It counts as the tests that it tells of; as one if it tells of none, or if
    /// it fails without telling why.
    pub(crate) fn run(&mut self, program: &Program) -> bool {
        let deadline = self.row.budget.map(|budget| self.begin + budget);
        let ran = program.run(deadline);
        let mut tests = ran.tests;
        if ran.ok && tests == Tests::default() {
            tests.passed = 1;
        } else if !ran.ok && tests.failed == 0 {
            tests.failed = 1;
        }
        self.row.tests.add(tests);
        self.row.ok &= ran.ok;
        ran.ok
    }

    /// Records a check that is no program: its findings, one a line, fail it.
    pub(crate) fn check(&mut self, name: &str, findings: Result<Vec<String>, String>) {
        let findings = findings.unwrap_or_else(|message| vec![message]);
        println!(
            "{name}: {}",
            if findings.is_empty() { "ok" } else { "FAILED" }
        );
        for finding in &findings {
            println!("  {finding}");
        }
        let failed = u64::from(!findings.is_empty());
        self.row.tests.add(Tests {
            passed: 1 - failed,
            failed,
            ignored: 0,
        });
        self.row.ok &= failed == 0;
    }
}

impl Drop for Suite<'_> {
    fn drop(&mut self) {
        let elapsed = self.begin.elapsed();
        println!("== {} took {}", self.row.suite, clock(elapsed));
        let ended = Row {
            suite: std::mem::take(&mut self.row.suite),
            ok: self.row.ok,
            tests: self.row.tests,
            elapsed,
            budget: self.row.budget,
        };
        self.summary.rows.push(ended);
    }
}

/// Minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::{Summary, clock};
    use std::time::Duration;

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_secs(61)), "1:01");
        assert_eq!(clock(Duration::from_secs(7200)), "120:00");
    }

    #[test]
    fn one_failed_check_fails_its_suite() {
        let mut summary = Summary::new();
        let mut suite = summary.suite("a", Some(1));
        suite.check("right", Ok(Vec::new()));
        suite.check("wrong", Ok(vec!["finding".to_owned()]));
        suite.check("broken", Err("message".to_owned()));
        drop(suite);
        drop(summary.suite("b", None));
        assert_eq!(summary.rows.len(), 2);
        assert!(!summary.rows[0].ok);
        assert_eq!(
            (summary.rows[0].tests.passed, summary.rows[0].tests.failed),
            (1, 2)
        );
        assert!(summary.rows[1].ok);
    }
}
