//! The inventory as a bill of materials: CycloneDX in JSON.
//!
//! Models and adapters are components of the type `machine-learning-model`, datasets and tokenizers are
//! `data`, applications and Spaces are `application`, what is called over the network is a service. Each
//! carries every place that uses it; what speaks against them are `vulnerabilities`. Nothing depends on
//! the time: the serial number is made from the content.

mod content;
mod disk;
mod entry;
mod finding;

use std::fmt::Write as _;
use std::io;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use weighbridge::output::write_json;

use crate::inventory::Inventory;
use content::{Bill, Content};

/// A version of CycloneDX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BomVersion {
    /// 1.6.
    V1_6,
    /// 1.7.
    V1_7,
}

impl BomVersion {
    const fn as_str(self) -> &'static str {
        match self {
            BomVersion::V1_6 => "1.6",
            BomVersion::V1_7 => "1.7",
        }
    }
}

impl Inventory {
    /// The inventory as a CycloneDX bill of materials in JSON, with the line end.
    #[must_use]
    pub fn to_cyclonedx(&self, version: BomVersion) -> String {
        let mut out = Vec::new();
        // Writing to memory does not fail.
        let _written = self.write_cyclonedx(version, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes the same without holding it.
    ///
    /// # Errors
    ///
    /// Where the destination takes no more.
    pub fn write_cyclonedx(&self, version: BomVersion, out: &mut impl io::Write) -> io::Result<()> {
        let content = Content::new(self);
        let mut bill = Bill {
            content: &content,
            version: version.as_str(),
            serial_number: None,
        };
        let mut digest = Digest(Sha256::new());
        write_json(&mut digest, &bill)?;
        bill.serial_number = Some(serial_number(digest.0));
        write_json(out, &bill)?;
        out.write_all(b"\n")
    }
}

/// What is written, as its digest.
struct Digest(Sha256);

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A UUID of the content (RFC 9562, version 8).
fn serial_number(content: Sha256) -> String {
    let digest = content.finalize();
    let mut hex = String::new();
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => (byte & 0x0F) | 0x80,
            8 => (byte & 0x3F) | 0x80,
            _ => *byte,
        };
        let dash = if matches!(at, 4 | 6 | 8 | 10) {
            "-"
        } else {
            ""
        };
        let _ = write!(hex, "{dash}{byte:02x}");
    }
    format!("urn:uuid:{hex}")
}

fn application_ref(inventory: &Inventory, index: usize) -> String {
    match inventory.applications.get(index) {
        Some(found) => format!("application:{}:{}", found.repository, found.path),
        None => "application".to_owned(),
    }
}

/// A property of ours.
fn property(name: &str, value: &str) -> Value {
    json!({ "name": format!("weighbridge:{name}"), "value": value })
}

/// A file as the bill names it: with its tree, where there are several.
fn file_of(inventory: &Inventory, repository: &str, file: &str) -> String {
    match inventory.repositories.len() {
        0 | 1 => file.to_owned(),
        _ => format!("{}/{file}", repository.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_a_uuid_of_the_content() {
        let of = |content: &str| serial_number(Sha256::new_with_prefix(content));
        let serial = of("a");
        assert_eq!(serial, of("a"));
        assert_ne!(serial, of("b"));
        let uuid = serial.strip_prefix("urn:uuid:").unwrap();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
