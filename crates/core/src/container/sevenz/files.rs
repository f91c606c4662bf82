//! The files of an archive, in the order of their data.

use super::Fault;
use super::bytes::Bytes;

const END: u8 = 0;
const EMPTY_STREAM: u8 = 0x0e;
const NAMES: u8 = 0x11;

/// A file.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    /// Whether it has data.
    pub(super) has_data: bool,
}

/// Reads the files, `members` of them at most.
pub(super) fn read(bytes: &mut Bytes<'_>, members: u64) -> Result<Vec<File>, Fault> {
    let count = bytes.number()?;
    if count > members {
        return Err(Fault::Members);
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut empty = Vec::new();
    let mut names: Vec<String> = Vec::new();
    loop {
        let kind = bytes.byte()?;
        if kind == END {
            break;
        }
        let len = bytes.number()?;
        let mut property = Bytes::new(bytes.take(len)?);
        match kind {
            EMPTY_STREAM => empty = property.bits(count)?,
            NAMES => names = read_names(&mut property, count)?,
            // Times, attributes, and what fills up: nothing that a file is read by.
            _ => {}
        }
    }
    let file = |index: usize| File {
        name: names
            .get(index)
            .cloned()
            .unwrap_or_else(|| format!("<file {index}>")),
        has_data: !empty.get(index).copied().unwrap_or(false),
    };
    Ok((0..count).map(file).collect())
}

fn read_names(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<String>, Fault> {
    if bytes.byte()? != 0 {
        return Err(Fault::Unsupported(
            "its names are told elsewhere".to_owned(),
        ));
    }
    let text = bytes.take(bytes.left())?;
    let (units, _) = text.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    let names = units.split(|unit| *unit == 0).map(String::from_utf16_lossy);
    Ok(names.take(count).collect())
}
