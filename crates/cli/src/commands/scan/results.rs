//! What a scan leaves behind: the reports, and perhaps a baseline.

use std::io::Read;
use std::path::{Path, PathBuf};

use weighbridge::escape;

use super::baseline::Baseline;
use super::destination::Destination;
use super::files::Filter;
use super::{Ended, Scan};
use crate::args::ScanArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// The files that were asked for, begun.
pub(super) struct Results<'r> {
    args: &'r ScanArgs,
    reports: Option<Destination>,
    baseline: Option<Destination>,
}

impl<'r> Results<'r> {
    /// Begins the files; the error is a line for people.
    pub(super) fn begin(args: &'r ScanArgs) -> Result<Results<'r>, String> {
        let begin = |option: &str, path: Option<&Path>| {
            let begun = path.map(Destination::create).transpose();
            begun.map_err(|words| format!("{option}: {words}"))
        };
        if args.file().is_some() && args.output == args.write_baseline {
            return Err("--output and --write-baseline name the same file".to_owned());
        }
        let results = Results {
            args,
            reports: begin("--output", args.file())?,
            baseline: begin("--write-baseline", args.write_baseline.as_deref())?,
        };
        results.spare(&args.paths)?;
        Ok(results)
    }

    /// Refuses to write over what is to be scanned.
    fn spare(&self, scanned: &[PathBuf]) -> Result<(), String> {
        for path in scanned {
            let full = path.canonicalize();
            if full.is_ok_and(|full| self.paths().any(|own| own == full)) {
                let path = escape::path(path);
                return Err(format!(
                    "{path}: this is to be scanned; write the results elsewhere"
                ));
            }
        }
        Ok(())
    }

    /// Where the files are and where they will be.
    pub(super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.reports.iter().chain(&self.baseline);
        files.flat_map(Destination::paths)
    }

    /// Scans, and writes the files.
    pub(super) fn take(
        mut self,
        scan: &Scan<'_>,
        filter: &Filter,
        stdin: &mut dyn Read,
        output: &mut Output<'_>,
    ) -> Exit {
        let mut found = self.baseline.is_some().then(Baseline::default);
        let mut ended = match &mut self.reports {
            None => scan.run(filter, &mut found, stdin, output),
            Some(file) => {
                let mut redirected = output.redirected(file);
                let mut ended = scan.run(filter, &mut found, stdin, &mut redirected);
                let written = redirected.finish();
                if written != Exit::Complete {
                    // Half a file serves nobody.
                    self.reports = None;
                    ended = Ended {
                        exit: ended.exit.or(written),
                        all: false,
                    };
                }
                ended
            }
        };
        for settled in [
            self.settle_reports(ended.exit, output),
            self.settle_baseline(found, &ended, output),
        ] {
            if let Err(words) = settled {
                output.say(&words);
                ended.exit = ended.exit.or(Exit::Incomplete);
            }
        }
        ended.exit
    }

    fn settle_reports(&mut self, exit: Exit, output: &mut Output<'_>) -> Result<(), String> {
        let (Some(file), Some(path)) = (self.reports.take(), self.args.file()) else {
            return Ok(());
        };
        if exit != Exit::Interrupted {
            return file.put_in_place();
        }
        // What is in its place looks whole.
        if let Some(beside) = file.leave_beside() {
            let (path, beside) = (escape::path(path), escape::path(&beside));
            output.say(&format!(
                "{path} was not written; what was found until then is in {beside}"
            ));
        }
        Ok(())
    }

    fn settle_baseline(
        &mut self,
        found: Option<Baseline>,
        ended: &Ended,
        output: &mut Output<'_>,
    ) -> Result<(), String> {
        let (Some(found), Some(file), Some(path)) =
            (found, self.baseline.take(), &self.args.write_baseline)
        else {
            return Ok(());
        };
        let name = escape::path(path);
        // Half a baseline would let the other half fail later on.
        if !ended.all {
            let words = "not everything was scanned; the baseline was not written";
            output.say(&format!("{name}: {words}"));
            return Ok(());
        }
        let findings = words::count(found.len(), "finding", "findings");
        found.write(path, file)?;
        output.say(&format!("{findings} written to {name}"));
        Ok(())
    }
}
