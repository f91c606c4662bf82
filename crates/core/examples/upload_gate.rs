//! A gate for uploads: bytes in, a decision with its reason out.
//!
//! `cargo run -p weighbridge --example upload_gate -- FILE`

use std::process::ExitCode;
use std::time::Duration;

use weighbridge::{Control, Input, Limits, Report, ScanError, Scanner, Verdict};

/// What to do with an upload.
enum Decision {
    Accept,
    Refuse(String),
}

/// The gate: one scanner for all uploads and threads.
struct Gate(Scanner);

impl Gate {
    fn new() -> Gate {
        let limits = Limits::default()
            .with_max_bytes(2 << 30)
            .with_max_expanded_bytes(4 << 30);
        Gate(Scanner::builder().limits(limits).build())
    }

    /// Only what is known to be harmless passes; what could not be examined does not.
    fn decide(&self, name: &str, upload: &[u8]) -> Decision {
        let control = Control::new().with_timeout(Duration::from_secs(10));
        match self.0.scan(Input::bytes(name, upload), &control) {
            Ok(report) if report.verdict == Verdict::Clean => Decision::Accept,
            Ok(report) => Decision::Refuse(reason(&report)),
            Err(ScanError::DeadlineExceeded(partial)) => Decision::Refuse(format!(
                "it takes too long to examine; {}",
                reason(&partial)
            )),
            Err(error) => Decision::Refuse(error.to_string()),
        }
    }
}

/// The worst finding or, without one, the first gap. Strings out of the file are escaped already.
fn reason(report: &Report) -> String {
    let finding = report.findings.first().map(|finding| &finding.message);
    let gap = report.coverage.gaps.first().map(|gap| &gap.detail);
    let words = finding.or(gap).map_or("", String::as_str);
    format!("{}: {words}", report.verdict)
}

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("name a file");
        return ExitCode::from(2);
    };
    let upload = match std::fs::read(&path) {
        Ok(upload) => upload,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::from(2);
        }
    };
    match Gate::new().decide(&path, &upload) {
        Decision::Accept => println!("accepted"),
        Decision::Refuse(reason) => {
            println!("refused: {reason}");
            return ExitCode::from(1);
        }
    }
    ExitCode::SUCCESS
}
