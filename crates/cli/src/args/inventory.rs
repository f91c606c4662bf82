//! The arguments of `weighbridge inventory` and `weighbridge bom`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use weighbridge_inventory::{Environment, InventoryOptions};

use super::scan::FailOn;
use super::values::{jobs, path};

pub(super) const HELP: &str = "\
Code, notebooks, configurations and commands are read; nothing in them is executed, and no connection is \
opened. For each application (the folder of the nearest manifest, or what [[application]] in weighbridge.toml \
names) the table lists what is loaded or called: where, from which hub or service, its id, its revision and how \
far that pins, and what was given along with it. Under it stands what speaks against it; `weighbridge rules \
SRC101` explains a rule.

Model files and the caches of hubs and tools that lie in the trees are listed as models, and read: their files are \
compared with the hashes that the caches keep, and scanned. --caches reads those of the user as well (HF_HOME, \
TORCH_HOME, OLLAMA_MODELS and others say where they are), --no-scan only lists them.

Patterns are those of .gitignore. Folders of dependencies, caches and version control are passed over.

A weighbridge.toml in the current directory, or the file that --config names, may hold:
  [[application]]
  path = \"services/search\"
  owner = \"search team\"
  criticality = \"high\"

Examples:
  weighbridge inventory .
  weighbridge inventory --format json -o inventory.json services/ notebooks/
  weighbridge inventory merge a.json b.json
  weighbridge inventory --fail-on high --exclude 'tests/' .
  weighbridge inventory --caches .

Exit status: 0 if nothing fails, 1 if there is a finding of medium severity (--fail-on) or worse, 2 if \
not everything could be read or the command line is wrong, 130 if it was interrupted; 1 wins over 2.";

pub(super) const BOM_HELP: &str = "\
The bill of materials is CycloneDX in JSON: models with their cards, datasets, services and applications, each \
with the places that it is used at, and what speaks against it. Nothing in it depends on the time or the \
machine: the same trees give the same bytes.

Examples:
  weighbridge bom . > bom.json
  weighbridge bom --spec 1.7 -o bom.json services/ notebooks/

Exit status: 0 if everything was read, 2 if not or if the command line is wrong, 130 if it was interrupted.";

#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct InventoryArgs {
    #[command(subcommand)]
    pub(crate) command: Option<InventoryCommand>,
    #[command(flatten)]
    pub(crate) trees: TreeArgs,
    /// Fail on findings that are at least so severe
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Medium)]
    pub(crate) fail_on: FailOn,
    /// How to show it
    #[arg(long, value_enum, default_value_t = InventoryFormat::Table)]
    pub(crate) format: InventoryFormat,
}

/// What is done with inventories that there are.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum InventoryCommand {
    /// Put the JSON inventories of many trees together
    Merge(MergeArgs),
}

#[derive(clap::Args, Debug)]
pub(crate) struct MergeArgs {
    /// What `weighbridge inventory --format json` wrote
    #[arg(required = true, value_name = "FILE", value_parser = path())]
    pub(crate) files: Vec<PathBuf>,
    /// Write to a file (FILE.partial until it is whole) instead of the standard output
    #[arg(long, short, value_name = "FILE", value_parser = path())]
    pub(crate) output: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub(crate) struct BomArgs {
    #[command(flatten)]
    pub(crate) trees: TreeArgs,
    /// The version of CycloneDX
    #[arg(long, value_enum, value_name = "VERSION", default_value_t = BomSpec::V1_6)]
    pub(crate) spec: BomSpec,
}

/// What is read, and where the answer goes.
#[derive(clap::Args, Debug)]
pub(crate) struct TreeArgs {
    /// Folders of source code, and files
    #[arg(required_unless_present = "caches", value_name = "PATH", value_parser = path())]
    pub(crate) paths: Vec<PathBuf>,
    /// Look in the caches of hubs and tools too, where the environment says that they are
    #[arg(long)]
    caches: bool,
    /// List model files without reading them: no hashes, no verdicts
    #[arg(long)]
    no_scan: bool,
    /// Read only these files
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out these files and folders
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// The file with the applications, instead of weighbridge.toml
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub(crate) config: Option<PathBuf>,
    /// How many files to read at a time; as many as there are processors without
    #[arg(long, short, value_name = "N", value_parser = jobs, allow_hyphen_values = true)]
    threads: Option<usize>,
    /// Write to a file (FILE.partial until it is whole) instead of the standard output
    #[arg(long, short, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,
}

impl TreeArgs {
    /// The file that is written to; none for the standard output, which `-` is too.
    pub(crate) fn file(&self) -> Option<&Path> {
        named(self.output.as_deref())
    }

    /// How the trees are read.
    pub(crate) fn options(&self) -> InventoryOptions {
        let options = InventoryOptions::default().with_scan(!self.no_scan);
        let options = match self.caches {
            true => options.with_caches(Environment::of_process()),
            false => options,
        };
        let options = options.with_patterns(self.include.clone(), self.exclude.clone());
        match self.threads.and_then(NonZeroUsize::new) {
            Some(threads) => options.with_threads(threads),
            None => options,
        }
    }
}

/// The file of `--output`; none for `-`, which is the standard output.
fn named(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| *path != Path::new("-"))
}

impl MergeArgs {
    /// As [`TreeArgs::file`].
    pub(crate) fn file(&self) -> Option<&Path> {
        named(self.output.as_deref())
    }
}

/// How an inventory is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InventoryFormat {
    /// For people
    Table,
    /// One JSON object, as docs/schema/inventory.schema.json describes
    Json,
    /// A bill of materials: CycloneDX 1.6
    Cyclonedx,
}

/// A version of CycloneDX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BomSpec {
    #[value(name = "1.6")]
    V1_6,
    #[value(name = "1.7")]
    V1_7,
}
