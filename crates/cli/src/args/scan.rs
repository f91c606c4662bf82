//! The arguments of `weighbridge scan`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use weighbridge::output::OutputFormat;
use weighbridge::{Limits, Severity};

use super::values::{count, jobs, number, path, size, time};

pub(super) const HELP: &str = "\
For each file a verdict: malicious (loading it would do something that no model needs), suspicious \
(something in it is not known to be harmless), unknown (nothing was found, but not everything could be \
examined) or clean (everything was examined, everything is known). Under it stands what was found. In \
directories, clean files are only counted, unless --verbose lists them. What cannot be read is told on \
the standard error, and is unknown.

A verdict is about loading the file. Whether the weights in it behave is not judged.

Directories are searched for files. A link that is named here is followed, and so are links to files in \
directories; links to directories in directories are not followed, and each is told. A pattern of --include or \
--exclude without a slash is about names, in any directory; one with a slash is about paths, from where you are or from the directory that is named.

--allow vouches for one global and no other: a class stands for itself and what it makes, not for its methods \
that a file names (pkg.module.Class.method) nor for its subclasses. Each wants an --allow of its own. Without \
USES it may be imported, called and given a state.

A baseline holds what was found once. With --baseline, only what is not in it fails; verdicts stay as \
they are, and what is known is marked, except in json and jsonl.

A file that is written (--output, --write-baseline) is FILE.partial until it is whole; what was there before \
stays until then. After an interrupt the reports stay in FILE.partial. These files are not scanned themselves. \
What --timeout leaves over is in the reports, as unknown.

A weighbridge.toml in the current directory, or the file that --config names, may hold:
  ignore = [\"PKL301\"]
  [allow]
  \"pkg.module.Class\" = \"why it is trusted\"
  \"pkg.module.function\" = { permit = [\"import\"], reason = \"why\" }
What is known to do harm cannot be allowed, and what makes a file malicious cannot be ignored.

Examples:
  weighbridge scan model.pt
  weighbridge scan --allow ourlib.nets.Head:import,call,build models/
  weighbridge scan --format jsonl -o reports.jsonl models/
  weighbridge scan --exclude '*.md' --fail-on high --timeout 5m models/
  weighbridge scan --write-baseline known.json models/
  weighbridge scan --baseline known.json models/
  weighbridge scan - < upload.pkl

Exit status: 0 if nothing fails, 1 if there is a finding of medium severity (--fail-on) or worse, 2 if \
not everything could be examined or the command line is wrong, 130 if it was interrupted; 1 wins over 2.";

#[derive(clap::Args, Debug)]
pub(crate) struct ScanArgs {
    /// Files and directories; `-` is the standard input
    #[arg(required = true, value_name = "PATH", value_parser = path())]
    pub(crate) paths: Vec<PathBuf>,
    /// Scan only these of the files in directories
    #[arg(long, value_name = "GLOB", help_heading = "What to scan")]
    pub(crate) include: Vec<String>,
    /// Leave out these files and directories in directories
    #[arg(long, value_name = "GLOB", help_heading = "What to scan")]
    pub(crate) exclude: Vec<String>,
    /// Read the elements of tensors too, and verify their checksums
    #[arg(long, help_heading = "What to scan")]
    pub(crate) deep: bool,
    /// Map files into memory; only for files that nobody writes to meanwhile
    #[arg(long, help_heading = "What to scan")]
    pub(crate) mmap: bool,
    /// How many files to scan at a time; as many as there are processors without
    #[arg(long, short, value_name = "N", value_parser = jobs, allow_hyphen_values = true, help_heading = "What to scan")]
    pub(crate) jobs: Option<usize>,

    /// Vouch for a global, such as a class without its methods; USES are import, call, build
    #[arg(long, value_name = "MODULE.NAME[:USES]", help_heading = "Judging")]
    pub(crate) allow: Vec<String>,
    /// Leave out the findings of a rule, unless they make a file malicious
    #[arg(long, value_name = "RULE", help_heading = "Judging")]
    pub(crate) ignore: Vec<String>,
    /// The file with what to allow and ignore, instead of weighbridge.toml
    #[arg(long, value_name = "FILE", value_parser = path(), help_heading = "Judging")]
    pub(crate) config: Option<PathBuf>,
    /// Fail on findings that are at least so severe
    #[arg(
        long,
        value_enum,
        value_name = "SEVERITY",
        default_value_t = FailOn::Medium,
        help_heading = "Judging"
    )]
    pub(crate) fail_on: FailOn,
    /// Fail on any finding, and on anything that could not be examined
    #[arg(long, conflicts_with = "fail_on", help_heading = "Judging")]
    pub(crate) strict: bool,
    /// Fail only on findings that this file does not hold
    #[arg(long, value_name = "FILE", value_parser = path(), help_heading = "Judging")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write all findings to a file for --baseline
    #[arg(long, value_name = "FILE", value_parser = path(), help_heading = "Judging")]
    pub(crate) write_baseline: Option<PathBuf>,

    /// How to show it: text for people, the others for programs (jsonl has one report a line)
    #[arg(long, value_enum, default_value_t = ScanFormat::Text, help_heading = "Output")]
    pub(crate) format: ScanFormat,
    /// Tell the SHA-256 of each file, for which all of it is read; not in text
    #[arg(long, help_heading = "Output")]
    pub(crate) hash: bool,
    /// Write to a file (FILE.partial until it is whole) instead of the standard output
    #[arg(long, short, value_name = "FILE", value_parser = path(), help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// In text, show only findings that are at least so severe
    #[arg(
        long,
        value_enum,
        value_name = "SEVERITY",
        default_value_t = SeverityWord::Info,
        help_heading = "Output"
    )]
    pub(crate) min_severity: SeverityWord,
    /// Use colors (auto: on a terminal, unless NO_COLOR is set and not empty)
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto, help_heading = "Output")]
    pub(crate) color: ColorChoice,
    /// In text, list clean files too
    #[arg(long, short, conflicts_with = "quiet", help_heading = "Output")]
    pub(crate) verbose: bool,
    /// In text, show only what is not clean, without a summary
    #[arg(long, short, help_heading = "Output")]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Bounds. What reaches one is not clean.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// End all scanning after this time: 500ms, 30s, 5m, 1h; without a unit, seconds
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub(crate) timeout: Option<Duration>,
    /// Time for one file, as for --timeout
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    max_time: Option<Duration>,
    /// Size of a file, such as 2GB or 500MiB
    #[arg(long, value_name = "SIZE", value_parser = size, allow_hyphen_values = true)]
    max_bytes: Option<u64>,
    /// Instructions of all pickles in a file
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    max_instructions: Option<u64>,
    /// Items on the stack of a pickle
    #[arg(long, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    max_stack: Option<usize>,
    /// Entries in the memo of a pickle
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    max_memo: Option<u64>,
    /// Archives within archives
    #[arg(long, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    max_nesting: Option<usize>,
    /// Members of all archives in a file
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    max_members: Option<u64>,
    /// What is decompressed of a file
    #[arg(long, value_name = "SIZE", value_parser = size, allow_hyphen_values = true)]
    max_expanded_bytes: Option<u64>,
    /// What is held in memory of decompressed members
    #[arg(long, value_name = "SIZE", value_parser = size, allow_hyphen_values = true)]
    max_spool_bytes: Option<u64>,
    /// How many times the size of the file may be decompressed
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    max_expansion_ratio: Option<u64>,
    /// Findings that are told of one file
    #[arg(long, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    max_findings: Option<usize>,
}

impl ScanArgs {
    /// The file that reports are written to; none for the standard output, which `-` is too.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.output
            .as_deref()
            .filter(|path| *path != Path::new("-"))
    }
}

impl LimitArgs {
    /// The limits that were asked for.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        let Limits { pickle, .. } = &mut limits;
        set(&mut pickle.max_instructions, self.max_instructions);
        set(&mut pickle.max_stack, self.max_stack);
        set(&mut pickle.max_memo, self.max_memo);
        set(&mut limits.max_bytes, self.max_bytes);
        set(&mut limits.max_nesting, self.max_nesting);
        set(&mut limits.max_members, self.max_members);
        set(&mut limits.max_expanded_bytes, self.max_expanded_bytes);
        set(&mut limits.max_spool_bytes, self.max_spool_bytes);
        set(&mut limits.max_expansion_ratio, self.max_expansion_ratio);
        set(&mut limits.max_findings, self.max_findings);
        limits.max_time = self.max_time;
        limits
    }
}

fn set<T>(limit: &mut T, wanted: Option<T>) {
    if let Some(wanted) = wanted {
        *limit = wanted;
    }
}

// The variants have no words of their own, so that the help stays short.

/// How reports are shown: for people, or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanFormat {
    Text,
    Json,
    Jsonl,
    Sarif,
    Junit,
    Markdown,
}

impl ScanFormat {
    /// The format that programs read, if it is one.
    pub(crate) fn written(self) -> Option<OutputFormat> {
        Some(match self {
            ScanFormat::Text => return None,
            ScanFormat::Json => OutputFormat::Json,
            ScanFormat::Jsonl => OutputFormat::Jsonl,
            ScanFormat::Sarif => OutputFormat::Sarif,
            ScanFormat::Junit => OutputFormat::Junit,
            ScanFormat::Markdown => OutputFormat::Markdown,
        })
    }
}

/// When colors are used; `auto` is on a terminal, unless NO_COLOR is set and not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// A severity as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityWord {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl From<SeverityWord> for Severity {
    fn from(word: SeverityWord) -> Severity {
        match word {
            SeverityWord::Info => Severity::Info,
            SeverityWord::Low => Severity::Low,
            SeverityWord::Medium => Severity::Medium,
            SeverityWord::High => Severity::High,
            SeverityWord::Critical => Severity::Critical,
        }
    }
}

/// From which severity on a finding fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Info,
    Low,
    Medium,
    High,
    Critical,
    Never,
}

impl FailOn {
    pub(crate) fn severity(self) -> Option<Severity> {
        Some(match self {
            FailOn::Info => Severity::Info,
            FailOn::Low => Severity::Low,
            FailOn::Medium => Severity::Medium,
            FailOn::High => Severity::High,
            FailOn::Critical => Severity::Critical,
            FailOn::Never => return None,
        })
    }
}
