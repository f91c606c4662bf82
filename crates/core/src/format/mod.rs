//! Formats: what a content is read as.

pub(crate) mod bytewise;
pub(crate) mod joblib;
pub(crate) mod joblib_old;
pub(crate) mod nemo;
pub(crate) mod npy;
pub(crate) mod numpy;
pub(crate) mod pickle;
pub(crate) mod safetensors;
pub(crate) mod skops;
pub(crate) mod torch_archive;
pub(crate) mod torch_distributed;
pub(crate) mod torch_legacy;
pub(crate) mod torch_tar;
pub(crate) mod torch_zip;

/// What a content is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Pickles, one behind the other.
    Pickle,
    /// A pickle of `joblib.dump`: arrays lie as they are between the opcodes.
    Joblib,
    /// A compressed pickle of joblib before 0.10 (`ZF`).
    JoblibOld,
    /// A zip archive that `torch.load` reads (`torch.save` since PyTorch 1.6).
    TorchZip,
    /// The five pickles and the storages that `torch.save` wrote before.
    TorchLegacy,
    /// A zip archive of TorchScript (`torch.jit.save`), also for mobile devices.
    TorchScript,
    /// A zip archive of `torch.export.save`.
    TorchExport,
    /// A zip archive of `torch.package`.
    TorchPackage,
    /// Archives of `torch.save` one behind the other, as distributed checkpoints have them.
    TorchDistributed,
    /// A zip archive for TorchServe.
    TorchServe,
    /// A zip archive of skops.
    Skops,
    /// A tar archive of what `torch.save` wrote before PyTorch 0.1.10.
    TorchTar,
    /// Any other zip archive.
    Zip,
    /// Any other tar archive.
    Tar,
    /// A 7z archive.
    SevenZip,
    /// A database of SQLite, which `shelve` keeps pickles in since Python 3.13.
    Sqlite,
    /// A database of GDBM, as `shelve` may use it.
    Gdbm,
    /// A hash table of Berkeley DB, as `shelve` may use it.
    BerkeleyDb,
    /// A database of Python's `dbm.dumb`: a directory, or the file with the values.
    DumbDbm,
    /// Arrays of `np.save`.
    Npy,
    /// Tensors behind a header that is JSON.
    Safetensors,
    /// Which tensors are in which files of a model.
    ShardIndex,
    /// Members of gzip, one behind the other.
    Gzip,
    /// Deflated data with a zlib header, as joblib writes it.
    Zlib,
    /// Streams of bzip2, one behind the other.
    Bzip2,
    /// Streams of xz, one behind the other.
    Xz,
    /// LZMA data in the format before xz.
    Lzma,
    /// Frames of zstd, one behind the other.
    Zstd,
    /// Frames of lz4, one behind the other.
    Lz4,
}

impl Format {
    /// The fixed name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Pickle => "pickle",
            Format::Joblib => "joblib",
            Format::JoblibOld => "joblib-old",
            Format::TorchZip => "torch-zip",
            Format::TorchLegacy => "torch-legacy",
            Format::TorchScript => "torchscript",
            Format::TorchExport => "torch-export",
            Format::TorchPackage => "torch-package",
            Format::TorchDistributed => "torch-distributed",
            Format::TorchServe => "torchserve",
            Format::Skops => "skops",
            Format::TorchTar => "torch-tar",
            Format::Zip => "zip",
            Format::Tar => "tar",
            Format::SevenZip => "7z",
            Format::Sqlite => "sqlite",
            Format::Gdbm => "gdbm",
            Format::BerkeleyDb => "berkeley-db",
            Format::DumbDbm => "dumb-dbm",
            Format::Npy => "npy",
            Format::Safetensors => "safetensors",
            Format::ShardIndex => "shard-index",
            Format::Gzip => "gzip",
            Format::Zlib => "zlib",
            Format::Bzip2 => "bzip2",
            Format::Xz => "xz",
            Format::Lzma => "lzma",
            Format::Zstd => "zstd",
            Format::Lz4 => "lz4",
        }
    }
}
