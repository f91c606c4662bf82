//! `weighbridge scan`: what to think of files, and why.

mod files;
mod text;

use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use weighbridge::{Scanner, Severity, escape};

use crate::args::{ScanArgs, ScanFormat};
use crate::config;
use crate::exit::Exit;
use crate::input;
use crate::output::Output;
use text::Totals;

/// Runs the command.
pub(crate) fn run(args: &ScanArgs, stdin: &mut dyn Read, output: &mut Output<'_>) -> Exit {
    let scanner = match config::scanner(args, output) {
        Ok(scanner) => scanner,
        Err(words) => {
            output.say(&words);
            return Exit::Incomplete;
        }
    };
    let mut scan = Scan {
        scanner,
        format: args.format,
        stdin,
        output,
        exit: Exit::Complete,
        totals: Totals::default(),
    };
    for path in &args.paths {
        if scan.path(path).is_break() {
            return scan.exit;
        }
    }
    if args.format == ScanFormat::Text {
        let words = scan.totals.words();
        // Whether anybody reads it is known when the output is finished.
        let _ = scan.output.line(words);
    }
    scan.exit
}

struct Scan<'s, 'o> {
    scanner: Scanner,
    format: ScanFormat,
    stdin: &'s mut dyn Read,
    output: &'s mut Output<'o>,
    exit: Exit,
    totals: Totals,
}

impl Scan<'_, '_> {
    fn path(&mut self, path: &Path) -> ControlFlow<()> {
        if input::is_stdin(path) || !path.is_dir() {
            return self.file(path);
        }
        let mut files = files::Files::below(path);
        let mut any = false;
        while let Some(found) = files.next() {
            any = true;
            match found {
                Ok(file) => self.file(&file)?,
                Err(words) => self.fail(&words),
            }
        }
        if !any {
            let name = escape::path(path);
            self.fail(&format!(
                "{name}: there is no file in it; nothing was examined"
            ));
        }
        ControlFlow::Continue(())
    }

    fn file(&mut self, path: &Path) -> ControlFlow<()> {
        let input = match input::open(path, self.stdin) {
            Ok(input) => input,
            Err(words) => {
                self.fail(&words);
                return ControlFlow::Continue(());
            }
        };
        let report = self.scanner.scan_source(&input.name, input.source.as_ref());
        self.totals.add(report.verdict);
        let worst = report.findings.iter().map(|finding| finding.severity).max();
        if worst >= Some(Severity::Medium) {
            self.exit = self.exit.or(Exit::Findings);
        } else if !report.coverage.complete {
            self.exit = self.exit.or(Exit::Incomplete);
        }
        match self.format {
            ScanFormat::Text => text::show(&report, &mut |line| self.output.line(line)),
            ScanFormat::Jsonl => self.output.line(report.to_json()),
        }
    }

    fn fail(&mut self, words: &str) {
        self.exit = self.exit.or(Exit::Incomplete);
        self.totals.unread += 1;
        self.output.say(words);
    }
}
