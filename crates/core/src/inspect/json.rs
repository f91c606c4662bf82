//! An inspection as JSON, as `docs/schema/inspect.schema.json` describes it.

use serde::ser::{Serialize, Serializer};

use super::{InspectedTensor, Inspection};
use crate::json::{self, Number, object};

impl Inspection {
    /// The inspection as one line of JSON, without the line end; characters that would not show in a
    /// terminal, or that it would obey, are written `\uXXXX`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::line(self)
    }
}

impl Serialize for Inspection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let totals = Totals(self);
        let entries = self.metadata.iter().map(|(key, value)| Entry(key, value));
        object!(serializer, {
            "schema_version": self.schema_version,
            "path": self.path,
            "size": Number(self.size),
            "formats": self.formats,
            "complete": self.complete,
            "producers": self.producers,
            "totals": totals,
            "metadata": entries.collect::<Vec<_>>(),
            "tensors": self.tensors,
            "loaders": self.loaders,
        })
    }
}

struct Totals<'i>(&'i Inspection);

impl Serialize for Totals<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "tensors": Number(self.0.tensor_count),
            "elements": Number(self.0.elements),
            "bytes": Number(self.0.bytes),
        })
    }
}

struct Entry<'i>(&'i str, &'i str);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "key": self.0, "value": self.1 })
    }
}

impl Serialize for InspectedTensor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shape = self.shape.iter().map(|size| Number(*size));
        object!(serializer, {
            "name": self.name,
            "member": self.member,
            "dtype": self.dtype,
            "shape": shape.collect::<Vec<_>>(),
            "elements": self.elements.map(Number),
            "bytes": self.bytes.map(Number),
            "storage": self.storage,
        })
    }
}
