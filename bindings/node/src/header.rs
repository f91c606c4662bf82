//! The header of a safetensors file.

use serde_json::{Value, json};
use weighbridge::Source;
use weighbridge::output::json_line;
use weighbridge::safetensors::Header;

/// The largest whole number that JavaScript holds exactly, as it does all below.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// The header as one line of JSON, or what is wrong with it.
pub(crate) fn header(source: &dyn Source) -> Result<String, String> {
    fn told(error: impl std::fmt::Display) -> String {
        error.to_string()
    }
    let start = first(source, 8)?;
    let prefix = first(source, Header::len_of(&start).map_err(told)?)?;
    let header = Header::parse_prefix(&prefix, source.len()).map_err(told)?;
    let tensors = header.tensors().iter().map(|tensor| {
        let range = tensor.data_offsets();
        json!({
            "name": tensor.name(),
            "dtype": tensor.dtype().as_str(),
            "shape": tensor.shape().iter().map(number).collect::<Vec<_>>(),
            "data_offsets": [number(range.start), number(range.end)],
            // Where its elements begin: both ends are within the file.
            "offset": number(header.data_start() + range.start),
        })
    });
    let metadata = header.metadata().map(|metadata| {
        let entries = metadata.iter();
        Value::Object(
            entries
                .map(|(key, value)| (key.into_owned(), value.into()))
                .collect(),
        )
    });
    Ok(json_line(&json!({
        "metadata": metadata,
        "tensors": tensors.collect::<Vec<_>>(),
        "data_start": number(header.data_start()),
    })))
}

/// The first bytes of a source, as many as there are up to `len`.
fn first(source: &dyn Source, len: u64) -> Result<Vec<u8>, String> {
    let len = usize::try_from(len.min(source.len())).unwrap_or(usize::MAX);
    let mut bytes = vec![0; len];
    let read = source
        .read_at(0, &mut bytes)
        .map_err(|error| error.to_string())?;
    bytes.truncate(read);
    Ok(bytes)
}

/// A whole number as reports have it: the digits where JavaScript cannot hold it.
fn number(number: u64) -> Value {
    match number {
        0..=MAX_SAFE => number.into(),
        _ => number.to_string().into(),
    }
}
