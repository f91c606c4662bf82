//! The command line.

mod convert;
mod inventory;
mod scan;
mod values;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::exit::Exit;
use crate::output::Output;

pub use values::size;

pub(crate) use convert::{ConvertArgs, DiffArgs, FloatType, RecordFormat, Tied as TiedArg};
pub(crate) use inventory::{
    BomArgs, BomSpec, InventoryArgs, InventoryCommand, InventoryFormat, TreeArgs,
};
pub(crate) use scan::{ColorChoice, FailOn, ScanArgs, ScanFormat};

const EXAMPLES: &str = "\
Examples:
  weighbridge scan model.pt             what to think of the file, and why
  weighbridge scan models/ extra.pkl    every file of a directory, and one more
  weighbridge trace model.pt            every effect in order, with its offset
  weighbridge disasm upload.pkl         the instructions, like pickletools.dis
  weighbridge decompile model.pt        the same as Python-like text
  weighbridge inspect model.pt          its tensors, with their types, shapes and sizes
  weighbridge convert model.pt          the same tensors as safetensors
  weighbridge diff model.pt b.pt        whether two models hold the same
  weighbridge inventory .               the models and AI services that code uses
  weighbridge bom . > bom.json          the same as a bill of materials
  weighbridge rules PKL101              what a rule is about
  curl … | weighbridge trace -          the standard input

Exit status:
  0  everything was examined and, for scan, nothing was found
  1  scan found something of medium severity or worse (see --fail-on)
  2  not everything could be examined, or the command line was wrong
  130  it was interrupted

Nothing in a file is ever executed, imported or unpickled.";

const TRACE_HELP: &str = "\
Each line is one effect: what a loader would do at that offset. In an archive, every member that is a \
pickle is traced, whatever it is called. Readings are the ways in which Python's unpicklers read the \
same bytes; they are shown where an effect does not happen in all of them. A gap is something that \
could not be examined.

The names of readings: c and c-file are the C unpickler up to Python 3.13, on bytes and on a file; c-3.14 \
and c-3.14-file that of 3.14, c-3.15 that from 3.15 on; python, python-3.14 and python-3.15 the one in \
pure Python likewise; all stands for every one of them. Behind a plus stands what the loader is given: an encoding for the strings of Python 2 \
(+ASCII, +latin1, +utf-8, +bytes), and persistent_load or not (+persistent, +no-persistent).

Examples:
  weighbridge trace model.pt
  weighbridge trace --format jsonl model.pt | grep '\"effect\":\"call\"'
  weighbridge trace - < upload.pkl

Exit status: 0 if everything was examined, 2 if there are gaps or the file cannot be read.";

const DISASM_HELP: &str = "\
The listing has the content of Python's `pickletools.dis`, and does not end at what that rejects. In an \
archive, every member that is a pickle is listed.

Examples:
  weighbridge disasm upload.pkl
  weighbridge disasm model.pt | less

Exit status: 0 if everything was examined, 2 if there are gaps or the file cannot be read.";

const DECOMPILE_HELP: &str = "\
The text is in the order of execution. What is called gets a name, and so does what is used more than \
once. Long strings and long containers of plain data are cut: more(n) stands for n bytes or items. In an \
archive, every member that is a pickle is decompiled. The text is for reading: do not run it.

Words that are not Python's own: persistent_load(id) is what the loader makes of a persistent id, \
extension(code) a global from copyreg's registry, next(buffers) an out-of-band buffer, \
import_(module, name) an import that Python has no statement for, and big_int(n) a number of n bits.

Examples:
  weighbridge decompile model.pt
  weighbridge decompile --full upload.pkl > upload.txt

Exit status: 0 if everything was examined, 2 if there are gaps or the file cannot be read.";

const GLOBALS_HELP: &str = "\
For each import its class, its name after the mapping of Python 2 names, how often and where first it is \
imported. dangerous does harm whatever the file wants with it, code makes code objects or classes, known \
was reviewed and may be imported, and unknown is anything else. What is done with an import, a table of \
names does not tell: `weighbridge scan` does.

Examples:
  weighbridge globals model.pt
  weighbridge globals --format json model.pt

Exit status: 0 if everything was examined, 2 if there are gaps or the file cannot be read.";

const INSPECT_HELP: &str = "\
Each line is a tensor or an array: its name, its type, its shape, and how many bytes its elements take. The
name is that by which a program gets at it: keys, attributes and indices with dots between. safetensors,
PyTorch's checkpoints, NumPy's npy and npz, joblib and bare pickles are understood; nothing is loaded.

Examples:
  weighbridge inspect model.safetensors
  weighbridge inspect --format json model.pt

Exit status: 0 if everything was examined, 2 if there are gaps or the file cannot be read.";

const SCHEMA_HELP: &str = "\
Examples:
  weighbridge schema
  weighbridge schema trace > trace.schema.json";

const COMPLETIONS_HELP: &str = "\
Examples:
  weighbridge completions bash >> ~/.bash_completion
  weighbridge completions fish > ~/.config/fish/completions/weighbridge.fish";

const RULES_HELP: &str = "\
Examples:
  weighbridge rules
  weighbridge rules PKL101";

/// Tells what a model file would do when it is loaded, without executing anything.
#[derive(Parser, Debug)]
#[command(name = "weighbridge", bin_name = "weighbridge", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Say what to think of files, and why
    #[command(after_help = scan::HELP)]
    Scan(Box<ScanArgs>),
    /// Show everything that loading a file would do, in order
    #[command(after_help = TRACE_HELP)]
    Trace(TraceArgs),
    /// List the instructions of the pickles in a file
    #[command(after_help = DISASM_HELP)]
    Disasm(DisasmArgs),
    /// Show what loading a file does as Python-like text
    #[command(after_help = DECOMPILE_HELP)]
    Decompile(DecompileArgs),
    /// List what loading a file imports, with what is known of it
    #[command(after_help = GLOBALS_HELP)]
    Globals(GlobalsArgs),
    /// List the tensors that a model holds, with their types, shapes and sizes
    #[command(after_help = INSPECT_HELP)]
    Inspect(InspectArgs),
    /// Write the tensors of a checkpoint as safetensors, without executing it
    #[command(after_help = convert::HELP)]
    Convert(ConvertArgs),
    /// Compare the tensors of two models
    #[command(after_help = convert::DIFF_HELP)]
    Diff(DiffArgs),
    /// Tell which models, datasets and AI services source trees use
    #[command(after_help = inventory::HELP)]
    Inventory(Box<InventoryArgs>),
    /// Write a bill of materials of the models and AI services that source trees use
    #[command(after_help = inventory::BOM_HELP)]
    Bom(Box<BomArgs>),
    /// Explain the rules
    #[command(after_help = RULES_HELP)]
    Rules(RulesArgs),
    /// Print the JSON schema of what a command writes
    #[command(after_help = SCHEMA_HELP)]
    Schema(SchemaArgs),
    /// Print what a shell needs to complete command lines
    #[command(after_help = COMPLETIONS_HELP)]
    Completions(CompletionsArgs),
}

#[derive(clap::Args, Debug)]
pub(crate) struct RulesArgs {
    /// The rule, by its code or name; all without
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = RulesFormat::Text)]
    pub(crate) format: RulesFormat,
}

/// How rules are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    /// For people
    Text,
    /// Markdown, as in docs/rules
    Md,
}

#[derive(clap::Args, Debug)]
pub(crate) struct TraceArgs {
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE", value_parser = values::path())]
    pub(crate) file: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = TraceFormat::Text)]
    pub(crate) format: TraceFormat,
}

/// How a trace is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFormat {
    /// For people
    Text,
    /// One JSON object a line, as docs/schema/trace.schema.json describes
    Jsonl,
}

#[derive(clap::Args, Debug)]
pub(crate) struct DecompileArgs {
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE", value_parser = values::path())]
    pub(crate) file: PathBuf,
    /// Cut nothing, except strings behind their first mebibyte
    #[arg(long)]
    pub(crate) full: bool,
}

#[derive(clap::Args, Debug)]
pub(crate) struct DisasmArgs {
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE", value_parser = values::path())]
    pub(crate) file: PathBuf,
}

#[derive(clap::Args, Debug)]
pub(crate) struct GlobalsArgs {
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE", value_parser = values::path())]
    pub(crate) file: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = GlobalsFormat::Text)]
    pub(crate) format: GlobalsFormat,
}

/// How globals are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GlobalsFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}

#[derive(clap::Args, Debug)]
pub(crate) struct InspectArgs {
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = InspectFormat::Text)]
    pub(crate) format: InspectFormat,
}

/// How an inspection is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people
    Text,
    /// One JSON object, as docs/schema/inspect.schema.json describes
    Json,
}

#[derive(clap::Args, Debug)]
pub(crate) struct SchemaArgs {
    /// The schema; without, their names are listed
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(clap::Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Reads a command line, for a terminal of so many columns; the error is an answer for [`refuse`].
pub(crate) fn parse(args: &[OsString], width: usize) -> Result<Cli, clap::Error> {
    let matches = Cli::command()
        .term_width(width)
        .try_get_matches_from(args)?;
    Cli::from_arg_matches(&matches)
}

/// Answers a command line that asks for help, or that is wrong.
pub(crate) fn refuse(error: &clap::Error, args: &[OsString], output: &mut Output<'_>) -> Exit {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that goes away is noticed when the output is finished.
            let _ = output.line(text.trim_end());
            Exit::Complete
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            output.show(&text);
            Exit::Incomplete
        }
        _ => {
            let command = Cli::command();
            let named = args.iter().skip(1).find_map(|arg| arg.to_str());
            let known = named.and_then(|name| command.find_subcommand(name));
            let mut line = in_one_line(&text);
            if let (ErrorKind::InvalidSubcommand, Some(name)) = (error.kind(), named)
                && Path::new(name).exists()
            {
                line = format!("{name} is no command; to scan it, `weighbridge scan {name}`");
            }
            let command = known.map_or(String::new(), |known| format!("{} ", known.get_name()));
            output.say(&format!("{line}; try `weighbridge {command}--help`"));
            Exit::Incomplete
        }
    }
}

/// The parser's words without its layout: what is wrong, and its advice.
fn in_one_line(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with("Usage: ") || part.starts_with("For more information") {
            continue;
        }
        if !line.is_empty() {
            let goes_on = line.ends_with(':') || part.starts_with('[');
            line.push_str(if goes_on { " " } else { "; " });
        }
        let part = part
            .strip_prefix("error: ")
            .or(part.strip_prefix("tip: "))
            .unwrap_or(part);
        line.push_str(part);
    }
    line
}
