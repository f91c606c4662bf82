//! `weighbridge scan`: what loading files would import and call, summed up.

mod files;
mod summary;

use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use weighbridge::{Options, escape};

use crate::args::ScanArgs;
use crate::exit::Exit;
use crate::input;
use crate::output::Output;
use summary::{Summary, Totals};

/// Runs the command.
pub(crate) fn run(args: &ScanArgs, stdin: &mut dyn Read, output: &mut Output<'_>) -> Exit {
    let mut scan = Scan {
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
    let (totals, exit) = (scan.totals, scan.exit);
    // Whether anybody reads it is known when the output is finished.
    let _ = output.line(totals);
    exit
}

struct Scan<'s, 'o> {
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
        let mut summary = Summary::default();
        let mut each = |record: &_| {
            summary.add(record);
            ControlFlow::Continue(())
        };
        let options = Options::default();
        let examined = weighbridge::trace(input.source.as_ref(), &input.name, &options, &mut each);
        if !examined.is_complete() {
            self.exit = Exit::Incomplete;
        }
        self.totals.add(&summary, &examined);
        summary.lines(&input.name, &examined, &mut |line| self.output.line(line))
    }

    fn fail(&mut self, words: &str) {
        self.exit = Exit::Incomplete;
        self.totals.unread += 1;
        self.output.say(words);
    }
}
