//! What changes a report, and what does not.

use std::io;
use std::path::Path;

use weighbridge::{Allow, Control, Input, Report, Scanner, Source, Verdict};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

use crate::support::call_of;

fn fingerprints(report: &Report) -> Vec<&str> {
    let findings = report.findings.iter();
    findings
        .map(|finding| finding.fingerprint.as_str())
        .collect()
}

#[test]
fn a_fingerprint_does_not_change_with_places() {
    let scanner = Scanner::new();
    let call = call_of("inert");
    let first = scanner.scan_bytes("a.pkl", &call);
    assert_eq!(first.findings.len(), 1);
    // At another offset, in another stream, under another name.
    let later = [b"K\x07." as &[u8], b"\x80\x04K\x070", &call].concat();
    let later = scanner.scan_bytes("b.pkl", &later);
    assert_ne!(first.findings[0].location, later.findings[0].location);
    assert_eq!(fingerprints(&first), fingerprints(&later));
    // With other arguments, and in a member, it is another finding.
    let other = scanner.scan_bytes("a.pkl", &call_of("other"));
    assert_ne!(fingerprints(&first), fingerprints(&other));
    let archive = |padding: &[u8]| {
        let archive = ZipBuilder::new()
            .entry(Entry::stored("notes.pkl", padding))
            .entry(Entry::stored("a.pkl", &call));
        scanner.scan_bytes("a.zip", &archive.bytes())
    };
    let (near, far) = (
        archive(b"N."),
        archive(&[&[b'K', 7, b'0'].repeat(99)[..], b"N."].concat()),
    );
    assert_ne!(near.findings[0].location, far.findings[0].location);
    assert_eq!(fingerprints(&near), fingerprints(&far));
    assert_ne!(fingerprints(&near), fingerprints(&first));
}

#[test]
fn options_change_the_digest() {
    let digest = |scanner: &Scanner| scanner.scan_bytes("a", b"N.").options_digest;
    let plain = digest(&Scanner::new());
    assert_eq!(plain.len(), 64);
    assert_eq!(plain, digest(&Scanner::builder().build()));
    let allow = |path| Allow::parse(path, None).unwrap();
    let limits = weighbridge::Limits::default().with_max_nesting(3);
    let others = [
        Scanner::builder().limits(limits).build(),
        Scanner::builder().allow(allow("ours.a")).build(),
        Scanner::builder().allow(allow("ours.a:import")).build(),
        Scanner::builder().ignore("PKL301").unwrap().build(),
    ];
    let mut digests: Vec<String> = others.iter().map(digest).collect();
    digests.push(plain);
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 5);
}

/// Bytes whose end cannot be read.
struct Failing(Vec<u8>);

impl Source for Failing {
    fn len(&self) -> u64 {
        self.0.len() as u64 + 1
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = &self.0[usize::try_from(offset).unwrap().min(self.0.len())..];
        if rest.is_empty() {
            return Err(io::Error::other("no such sector"));
        }
        self.0.as_slice().read_at(offset, buf)
    }
}

#[test]
fn what_cannot_be_read_has_no_hash_and_is_not_complete() {
    let scanner = Scanner::builder().hash(true).build();
    let bytes = [call_of("inert"), vec![0; 1 << 16]].concat();
    let report = scanner.scan_source("a.pkl", &Failing(bytes));
    assert_eq!(report.sha256, None);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert!(!report.coverage.complete);
    assert!(report.coverage.gaps.iter().any(|gap| gap.reason == "io"));
}

/// The report on what was opened at a path.
#[cfg(unix)]
fn opened(path: &Path) -> Report {
    let source = b"words".as_slice();
    let input = Input::opened(path, &source);
    Scanner::new().scan(input, &Control::new()).unwrap()
}

#[cfg(unix)]
#[test]
fn a_path_of_raw_bytes_is_escaped_and_given_again() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let path = Path::new(OsStr::from_bytes(b"caf\xe9 1.pkl"));
    let report = opened(path);
    assert_eq!(report.path, "caf\\xe9 1.pkl");
    assert_eq!(report.path_hex.as_deref(), Some("636166e920312e706b6c"));
    assert!(report.to_sarif().contains("caf%E9%201.pkl"));
    // The digits would tell what is taken out.
    let path = Path::new(OsStr::from_bytes(b"\xe9hf_0inert1word2inert3word4inert5"));
    let report = opened(path);
    assert_eq!(report.path, "\\xe9hf_0…[redacted]");
    assert_eq!(report.path_hex, None);
}
