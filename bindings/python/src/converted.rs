//! What conversion, comparison and checkpoints tell.

use pyo3::prelude::*;

use crate::parts::Global;
use crate::record::records;

records! {
    /// What was converted, and what was left behind.
    Converted shows ["source", "dry_run", "index", "verdict"] {
        /// The version of this shape.
        schema_version: plain,
        /// The source.
        source: plain,
        /// What it is read as, the outermost first.
        formats: tuple,
        /// Whether nothing was written.
        dry_run: plain,
        /// The files, in the order of their names; those that would be written, on a dry run.
        files: many(ConvertedFile),
        /// The index, where there are several files.
        index: plain,
        /// The tensors, in the order in which they lie in the files.
        tensors: many(ConvertedTensor),
        /// Names that the metadata tell and no file has.
        aliases: many(Alias),
        /// What was left out because no file of plain tensors holds it.
        refused: many(Refused),
        /// How many tensors were left out because they are not under the key.
        elsewhere: plain,
        /// Whether the source holds plain values as well, which are in no file of tensors.
        has_values: plain,
        /// The file that they were written to.
        extras: plain,
        /// What to think of loading the source as it was.
        verdict: plain,
        /// The globals in the source that are not known to be harmless, the worst first. Nothing of them
        /// was run, and nothing of them is in the files.
        code: many(Global),
    }

    /// A file that was written.
    ConvertedFile shows ["path", "size"] {
        /// Where it is.
        path: plain,
        /// Its length in bytes.
        size: number,
    }

    /// A tensor that was written.
    ConvertedTensor shows ["name", "dtype", "shape"] {
        /// Its name.
        name: plain,
        /// The name that it has in the source.
        source: plain,
        /// The type of its elements, as it was written and as PyTorch has it.
        dtype: plain,
        /// The size of each dimension.
        shape: numbers,
        /// How many bytes it takes.
        bytes: number,
        /// Which of the files it is in, from 0.
        file: plain,
    }

    /// A name that is in no file, for its tensor is there under another one.
    Alias shows ["name", "kept"] {
        /// The name.
        name: plain,
        /// The name that the tensor has in the files.
        kept: plain,
    }

    /// What would be a tensor, and is not given as one.
    Refused shows ["name", "why"] {
        /// Its name.
        name: plain,
        /// Why.
        why: plain,
    }

    /// What two models have in common, and in what they differ.
    Difference shows ["identical", "same", "only_first", "only_second", "changed", "unread"] {
        /// The version of this shape.
        schema_version: plain,
        /// Whether both hold the same tensors.
        identical: plain,
        /// How many tensors are the same: name, type, shape and every bit.
        same: number,
        /// The names of tensors that only the first has, in order.
        only_first: tuple,
        /// The names of tensors that only the second has, in order.
        only_second: tuple,
        /// Tensors that both have, and that are not the same; in the order of their names.
        changed: many(ChangedTensor),
        /// What one of them gives no elements of, so that it cannot be compared: names, in order.
        unread: tuple,
    }

    /// A tensor that two models hold in different ways.
    ChangedTensor shows ["name", "dtypes", "shapes", "elements", "first"] {
        /// Its name.
        name: plain,
        /// The types of its elements: in the first, in the second.
        dtypes: tuple,
        /// Its shapes: in the first, in the second.
        shapes: grid,
        /// How many elements differ, where types and shapes are the same.
        elements: number,
        /// The first of them, in the order of the indices.
        first: number,
    }

    /// A tensor, as `Tensors.info` tells of it.
    TensorInfo shows ["name", "dtype", "shape"] {
        /// Its name.
        name: plain,
        /// The type of its elements, as PyTorch has it.
        dtype: plain,
        /// The size of each dimension.
        shape: numbers,
        /// How far apart two elements that follow each other in a dimension are, in elements.
        strides: numbers,
        /// How many bytes its elements take, one behind the other.
        bytes: number,
    }
}
