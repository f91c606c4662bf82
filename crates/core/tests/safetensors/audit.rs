//! What scanning says of headers: of those that no loader takes, and of what loaders let through.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io;

use weighbridge::safetensors::Header;
use weighbridge::{Evidence, Location, Report, Scanner, Severity, Source, Verdict};

use super::mutate::{FORMS, Random, file, mutated, seeds};
use super::support::{Positioned, details, rules};

fn scan(bytes: &[u8]) -> Report {
    let report = Scanner::new().scan_bytes("model.safetensors", bytes);
    let positioned = Positioned(bytes.to_vec());
    assert_eq!(
        report,
        Scanner::new().scan_source("model.safetensors", &positioned)
    );
    report
}

/// A header of one tensor with more in it.
fn with(more: &str) -> Vec<u8> {
    let tensor = r#""w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#;
    let mut header = format!("{{{more}{tensor}}}");
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    file(&header, 8)
}

#[test]
fn what_the_reference_writes_is_clean() {
    for seed in &seeds()[..3] {
        let report = scan(seed);
        assert_eq!(report.formats, ["safetensors"]);
        assert_eq!(
            (report.verdict, report.coverage.complete),
            (Verdict::Clean, true)
        );
        let data = Header::parse(seed).unwrap().data_start();
        let len = seed.len() as u64;
        assert_eq!(
            (report.coverage.examined_bytes, report.coverage.opaque_bytes),
            (data, len - data)
        );
    }
}

/// Every rule that is stricter than the reference, with a header that it takes. `docs/formats/safetensors.md`
/// has the same list.
#[test]
fn what_the_reference_lets_through_is_told() {
    let wide = format!(
        "\"\":{{\"dtype\":\"U8\",\"shape\":[{}0],\"data_offsets\":[0,0]}},",
        "1,".repeat(64)
    );
    let large = format!("\"__metadata__\":{{\"a\":\"{}\"}},", "x ".repeat(600_000));
    let key = ["hf", "_", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ2bC4dE6f"].concat();
    let secret = format!("\"__metadata__\":{{\"note\":\"{key}\"}},");
    let empty = |name: &str| {
        format!("\"{name}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}},")
    };
    for (more, expected) in [
        (empty("w"), vec!["SFT101"]),
        (empty("\\u0077"), vec!["SFT101"]),
        (
            "\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"},".to_owned(),
            vec!["SFT101"],
        ),
        (
            r#""e":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":[{"y":1,"y":2}]},"#
                .to_owned(),
            vec!["SFT101", "SFT103", "SFT108"],
        ),
        ("\"__metadata__\":null,".to_owned(), vec!["SFT102"]),
        (
            "\"e\":[\"U8\",[0],[0,0]],".to_owned(),
            vec!["SFT102", "SFT108"],
        ),
        (
            r#""e":{"dtype":{"U8":null},"shape":[0],"data_offsets":[0,0]},"#.to_owned(),
            vec!["SFT102", "SFT108"],
        ),
        (empty("a\\u0000b"), vec!["SFT104", "SFT108"]),
        (empty("a\u{202e}b"), vec!["SFT104", "SFT108"]),
        (empty("w\u{435}ight"), vec!["SFT104", "SFT108"]),
        (
            "\"__metadata__\":{\"form\\u200bat\":\"pt\"},".to_owned(),
            vec!["SFT104"],
        ),
        (empty("../../x"), vec!["SFT105", "SFT108"]),
        (empty("/etc/x"), vec!["SFT105", "SFT108"]),
        (wide, vec!["SFT106", "SFT108"]),
        (
            "\"e\":{\"dtype\":\"U8\",\"shape\":[0,9223372036854775807,3],\"data_offsets\":[0,0]},"
                .to_owned(),
            vec!["SFT106", "SFT108"],
        ),
        (large, vec!["SFT109"]),
        (secret, vec!["SFT110"]),
    ] {
        let bytes = with(&more);
        assert!(Header::parse(&bytes).is_ok(), "{more}");
        let report = scan(&bytes);
        let mut found = rules(&report);
        found.sort_unstable();
        assert_eq!(found, expected, "{:.200}", more);
        assert_eq!(details(&report), [""; 0]);
        let at_least_medium = report
            .findings
            .iter()
            .any(|finding| finding.severity >= Severity::Medium);
        assert_eq!(
            report.verdict,
            if at_least_medium {
                Verdict::Suspicious
            } else {
                Verdict::Clean
            }
        );
        assert!(!report.to_json().contains(&key), "{more}");
    }
    let report = scan(&file(" {}", 0));
    assert_eq!(
        (rules(&report), report.verdict),
        (vec!["SFT102"], Verdict::Clean)
    );
    let tensor = r#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    let report = scan(&file(tensor, 8));
    assert_eq!(
        (rules(&report), report.verdict),
        (vec!["SFT107"], Verdict::Clean)
    );
}

#[test]
fn findings_tell_where_and_what() {
    let report = scan(&with("\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"},"));
    let [finding] = report.findings.as_slice() else {
        panic!("{:?}", report.findings);
    };
    assert_eq!(
        finding.evidence,
        Evidence::Structure {
            detail: "“a” is twice in an object: readers take the first, the last, or none"
                .to_owned()
        }
    );
    let Location::Bytes { offset, len, .. } = finding.location else {
        panic!("{:?}", finding.location);
    };
    assert_eq!((offset, len), (33, 4));
}

/// What no loader takes is unknown, and says why; what is odd about it is told all the same.
#[test]
fn what_no_loader_takes_is_never_clean() {
    for (bytes, reason, found) in [
        (file("{\"w\":1}", 0), "malformed", vec![]),
        (file("{\"w\":1,\"w\":2}", 0), "malformed", vec!["SFT101"]),
        (file("{", 0), "malformed", vec![]),
        (with("")[..40].to_vec(), "truncated", vec![]),
        (with("")[..70].to_vec(), "truncated", vec![]),
        ([with(""), vec![0]].concat(), "malformed", vec![]),
    ] {
        let report = scan(&bytes);
        assert_eq!(report.formats, ["safetensors"]);
        let reasons: Vec<_> = report.coverage.gaps.iter().map(|gap| gap.reason).collect();
        assert_eq!((reasons, rules(&report)), (vec![reason], found));
        assert!(details(&report)[0].starts_with("no loader of safetensors takes it: "));
    }
}

/// Of mutated files, those that the reference rejects have a gap, and the others none.
#[test]
fn files_are_complete_where_the_reference_takes_them() {
    let (seeds, mut random, scanner) = (seeds(), Random(7), Scanner::new());
    for round in 0..4000 {
        let bytes = mutated(&seeds[round % seeds.len()], &mut random);
        let report = scanner.scan_bytes("a", &bytes);
        let taken = safetensors::SafeTensors::read_metadata(&bytes).is_ok();
        let complete = report.coverage.complete && report.formats.contains(&"safetensors");
        assert_eq!(taken, complete, "{report:?}");
    }
    assert!(FORMS.len() > 9);
}

/// A file of which most is not there, and how much of it was read.
struct Sparse {
    header: Vec<u8>,
    len: u64,
    read: Cell<u64>,
}

impl Source for Sparse {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let there = usize::try_from(self.len.saturating_sub(offset))
            .unwrap()
            .min(buf.len());
        for (at, byte) in buf[..there].iter_mut().enumerate() {
            let at = usize::try_from(offset).unwrap() + at;
            *byte = self.header.get(at).copied().unwrap_or(0);
        }
        self.read.set(self.read.get() + there as u64);
        Ok(there)
    }
}

#[test]
fn five_gigabytes_cost_their_header_and_a_few_pages() {
    let mut header = "{".to_owned();
    for layer in 0..50_u64 {
        let (begin, end) = (layer * 100_000_000, (layer + 1) * 100_000_000);
        write!(header, "\"layers.{layer}\":{{\"dtype\":\"F16\",\"shape\":[50,1000,1000],\"data_offsets\":[{begin},{end}]}},").unwrap();
    }
    header.pop();
    header.push('}');
    let header = file(&format!("{header:<4096}"), 0);
    let source = Sparse {
        len: header.len() as u64 + 5_000_000_000,
        header,
        read: Cell::new(0),
    };
    let report = Scanner::new().scan_source("model.safetensors", &source);
    assert_eq!((report.verdict, rules(&report)), (Verdict::Clean, vec![]));
    assert_eq!(report.coverage.opaque_bytes, 5_000_000_000);
    // The first page, the header, and the end, where an archive would have its directory.
    assert!(
        source.read.get() < 100_000,
        "{} bytes were read",
        source.read.get()
    );
}

/// The same with a file on the disk, which takes no time.
#[test]
fn a_sparse_file_is_scanned_at_once() {
    let folder = std::env::temp_dir().join(format!("weighbridge-sparse-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("model.safetensors");
    let data = 5_u64 << 30;
    let header =
        format!("{{\"w\":{{\"dtype\":\"U8\",\"shape\":[{data}],\"data_offsets\":[0,{data}]}}}}");
    let header = file(&header, 0);
    std::fs::write(&path, &header).unwrap();
    let handle = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    handle.set_len(header.len() as u64 + data).unwrap();
    let report = Scanner::new().scan_path(&path).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(
        (report.verdict, report.coverage.opaque_bytes),
        (Verdict::Clean, data)
    );
}

#[test]
fn what_the_python_library_writes_is_complete_and_clean() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/safetensors");
    let listing = std::fs::read_to_string(folder.join("listing.tsv")).unwrap();
    for row in listing.lines() {
        let [name, bytes, told] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let report = Scanner::new().scan_path(folder.join(name)).unwrap();
        assert_eq!(
            (report.verdict, details(&report)),
            (Verdict::Clean, vec![]),
            "{name}"
        );
        assert_eq!(rules(&report).join(" "), told, "{name}");
        assert_eq!(report.coverage.opaque_bytes.to_string(), bytes, "{name}");
    }
    assert_eq!(listing.lines().count(), 10);
}
