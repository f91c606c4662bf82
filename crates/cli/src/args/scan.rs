//! The arguments of `weighbridge scan`.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use weighbridge::output::OutputFormat;
use weighbridge::{Limits, Severity};

pub(super) const HELP: &str = "\
For each file a verdict: malicious (loading it would do something that no model needs), suspicious
(something in it is not known to be harmless), unknown (nothing was found, but not everything could be
examined) or clean (everything was examined, everything is known). Under it stands what was found. In
folders, clean files are only counted, unless --verbose lists them.

A verdict is about loading the file. Whether the weights in it behave is not judged.

Folders are searched for files. A link that is named here is followed, and so are links to files in
folders; links to folders in folders are not followed, and each is told. A pattern of --include or
--exclude without a slash is about names, in any folder; one with a slash is about paths.

A baseline holds what was found once. With --baseline, only what is not in it fails; verdicts stay as
they are, and what is known is marked.

A weighbridge.toml in the current folder, or the file that --config names, may hold:
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

Exit status: 0 if nothing fails, 1 if there is a finding of medium severity (--fail-on) or worse, 2 if
not everything could be examined or the command line is wrong, 130 if it was interrupted; 1 wins over 2.";

#[derive(clap::Args, Debug)]
pub(crate) struct ScanArgs {
    /// Files and folders; `-` is the standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Scan only these of the files in folders
    #[arg(long, value_name = "GLOB", help_heading = "What to scan")]
    pub(crate) include: Vec<String>,
    /// Leave out these files and folders in folders
    #[arg(long, value_name = "GLOB", help_heading = "What to scan")]
    pub(crate) exclude: Vec<String>,
    /// Read the elements of tensors too, and verify their checksums
    #[arg(long, help_heading = "What to scan")]
    pub(crate) deep: bool,
    /// Map files into memory; only for files that nobody writes to meanwhile
    #[arg(long, help_heading = "What to scan")]
    pub(crate) mmap: bool,
    /// How many files to scan at a time; as many as there are processors without
    #[arg(long, short, value_name = "N", help_heading = "What to scan")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,

    /// Vouch for a global: module and name, and what for (import, call, build; all without)
    #[arg(long, value_name = "MODULE.NAME[:USES]", help_heading = "Judging")]
    pub(crate) allow: Vec<String>,
    /// Leave out the findings of a rule, unless they make a file malicious
    #[arg(long, value_name = "RULE", help_heading = "Judging")]
    pub(crate) ignore: Vec<String>,
    /// The file with what to allow and ignore, instead of weighbridge.toml
    #[arg(long, value_name = "FILE", help_heading = "Judging")]
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
    #[arg(long, value_name = "FILE", help_heading = "Judging")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write all findings to a file for --baseline
    #[arg(long, value_name = "FILE", help_heading = "Judging")]
    pub(crate) write_baseline: Option<PathBuf>,

    /// How to show it: text for people, the others for programs (jsonl has one report a line)
    #[arg(long, value_enum, default_value_t = ScanFormat::Text, help_heading = "Output")]
    pub(crate) format: ScanFormat,
    /// Tell the SHA-256 of each file, for which all of it is read; not in text
    #[arg(long, help_heading = "Output")]
    pub(crate) hash: bool,
    /// Write to a file, which is put in its place once it is whole
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Show only findings that are at least so severe
    #[arg(
        long,
        value_enum,
        value_name = "SEVERITY",
        default_value_t = SeverityWord::Info,
        help_heading = "Output"
    )]
    pub(crate) min_severity: SeverityWord,
    /// Use colors (auto: on a terminal, unless NO_COLOR is set)
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto, help_heading = "Output")]
    pub(crate) color: ColorChoice,
    /// List clean files too
    #[arg(long, short, conflicts_with = "quiet", help_heading = "Output")]
    pub(crate) verbose: bool,
    /// Show only files that are not clean, without a summary
    #[arg(long, short, help_heading = "Output")]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Bounds. What reaches one is not clean.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// End all scanning after this time, such as 30s, 5m or 500ms
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) timeout: Option<Duration>,
    /// Time for one file
    #[arg(long, value_name = "TIME", value_parser = time)]
    max_time: Option<Duration>,
    /// Size of a file, such as 2GB or 500MiB
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_bytes: Option<u64>,
    /// Instructions of all pickles in a file
    #[arg(long, value_name = "N")]
    max_instructions: Option<u64>,
    /// Items on the stack of a pickle
    #[arg(long, value_name = "N")]
    max_stack: Option<usize>,
    /// Entries in the memo of a pickle
    #[arg(long, value_name = "N")]
    max_memo: Option<u64>,
    /// Archives within archives
    #[arg(long, value_name = "N")]
    max_nesting: Option<usize>,
    /// Members of all archives in a file
    #[arg(long, value_name = "N")]
    max_members: Option<u64>,
    /// What is decompressed of a file
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_expanded_bytes: Option<u64>,
    /// What is held in memory of decompressed members
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_spool_bytes: Option<u64>,
    /// How many times the size of the file may be decompressed
    #[arg(long, value_name = "N")]
    max_expansion_ratio: Option<u64>,
    /// Findings that are told of one file
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
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

/// When colors are used; `auto` is on a terminal, unless NO_COLOR is set.
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

/// `2GB`, `500 MiB`, `4096`.
fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return Err("it takes a size, such as 2GB, 500MiB or 4096".to_owned()),
    };
    let number: Option<u64> = number.parse().ok();
    number
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| "it takes a whole number and a unit, such as 2GB or 500MiB".to_owned())
}

/// `30s`, `5m`, `500ms`.
fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let millis: u64 = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err("it takes a time, such as 30s, 5m or 500ms".to_owned()),
    };
    let number: Option<u64> = number.parse().ok();
    number
        .and_then(|number| number.checked_mul(millis))
        .map(Duration::from_millis)
        .ok_or_else(|| "it takes a whole number and a unit, such as 30s or 5m".to_owned())
}

/// A number, and the unit behind it.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    (number, unit.trim())
}

#[cfg(test)]
mod tests {
    use super::{Duration, size, time};

    #[test]
    fn sizes_and_times_are_read_with_their_units() {
        for (text, expected) in [
            ("4096", Some(4096)),
            ("2GB", Some(2_000_000_000)),
            ("3 mib", Some(3 << 20)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551615k", None),
            ("2XB", None),
            ("-1", None),
            ("1.5GB", None),
            ("", None),
        ] {
            assert_eq!(size(text).ok(), expected, "{text}");
        }
        assert_eq!(time("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(time("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        assert!(time("soon").is_err());
    }
}
