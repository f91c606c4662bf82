//! The options of `convert` and `diff`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::values;

pub(super) const HELP: &str = "\
The tensors of a checkpoint of PyTorch (zip, legacy, tar), of NumPy (npy, npz), of joblib, of a bare pickle or
of safetensors are written as safetensors. Nothing is executed: what is in the file besides tensors stays
behind, and is told. IN may be an index of shards or the directory of a model.

OUT is written under another name, synced, read back and compared, and only then given its name. Without
OUT, the ending of IN becomes .safetensors.

Tensors have the names by which a program gets at them: keys, attributes and indices with dots between.

Examples:
  weighbridge convert pytorch_model.bin
  weighbridge convert last.ckpt model.safetensors --key state_dict --extras rest.json
  weighbridge convert big.pt big.safetensors --shard-size 5GB --dtype bfloat16
  weighbridge convert model.pt --dry-run

Exit status: 0 if it was converted, 2 if not; then there is no new file.";

pub(super) const DIFF_HELP: &str = "\
The tensors of two models are compared by their names: types, shapes and every bit, whatever the formats of
the files. A name that the metadata of one give to another tensor stands for that.

Examples:
  weighbridge diff model.pt model.safetensors
  weighbridge diff --format json old/ new/

Exit status: 0 if they hold the same, 1 if not, 2 if they cannot be compared.";

#[derive(clap::Args, Debug)]
pub(crate) struct ConvertArgs {
    /// The checkpoint: a file, an index of shards, or the directory of a model
    #[arg(value_name = "IN", value_parser = values::path())]
    pub(crate) source: PathBuf,
    /// The file to write; in a directory, the name is that of IN
    #[arg(value_name = "OUT", value_parser = values::path())]
    pub(crate) out: Option<PathBuf>,
    /// Take only the tensors under this key, and leave it out of their names
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Add an entry to the metadata; may be given more than once
    #[arg(long, value_name = "K=V", value_parser = values::entry)]
    pub(crate) metadata: Vec<(String, String)>,
    /// Spread the tensors over files of at most so many bytes, with an index
    #[arg(long, value_name = "SIZE", value_parser = values::size)]
    pub(crate) shard_size: Option<u64>,
    /// Make floats of this type
    #[arg(long, value_enum, value_name = "DTYPE")]
    pub(crate) dtype: Option<FloatType>,
    /// What to do with a tensor that has several names
    #[arg(long, value_enum, default_value_t = Tied::Alias)]
    pub(crate) tied: Tied,
    /// Write what is no tensor to this file, as JSON
    #[arg(long, value_name = "FILE", value_parser = values::path())]
    pub(crate) extras: Option<PathBuf>,
    /// Leave out what safetensors cannot hold, such as sparse tensors
    #[arg(long)]
    pub(crate) skip: bool,
    /// Replace files that are there
    #[arg(long)]
    pub(crate) force: bool,
    /// Check everything and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to show what was done
    #[arg(long, value_enum, default_value_t = RecordFormat::Text)]
    pub(crate) format: RecordFormat,
}

/// Types that floats may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FloatType {
    Float16,
    Bfloat16,
    Float32,
    Float64,
}

/// What becomes of a tensor that has several names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tied {
    /// Write it once; the other names are in the metadata
    Alias,
    /// Write it under each name
    Duplicate,
}

/// How what was done is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordFormat {
    /// For people
    Text,
    /// One JSON object, as `weighbridge schema` describes
    Json,
}

#[derive(clap::Args, Debug)]
pub(crate) struct DiffArgs {
    /// The first model
    #[arg(value_name = "A", value_parser = values::path())]
    pub(crate) first: PathBuf,
    /// The second
    #[arg(value_name = "B", value_parser = values::path())]
    pub(crate) second: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = RecordFormat::Text)]
    pub(crate) format: RecordFormat,
}
