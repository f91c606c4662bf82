//! Indexes of shards: by themselves, and with the files that they name.

use std::fs;
use std::path::PathBuf;

use weighbridge::{Location, Report, Scanner, Verdict};

use super::mutate::file;
use super::support::{details, rules};

const NAME: &str = "model.safetensors.index.json";

fn scan(index: &str) -> Report {
    Scanner::new().scan_bytes(NAME, index.as_bytes())
}

#[test]
fn an_index_is_read_whatever_it_is_called() {
    let index =
        r#"{"metadata":{"total_size":8},"weight_map":{"w":"model-00001-of-00001.safetensors"}}"#;
    for name in [NAME, "a"] {
        let report = Scanner::new().scan_bytes(name, index.as_bytes());
        assert_eq!(report.formats, ["shard-index"]);
        assert_eq!((report.verdict, rules(&report)), (Verdict::Clean, vec![]));
        assert_eq!(report.coverage.examined_bytes, index.len() as u64);
    }
}

#[test]
fn what_is_odd_about_an_index_is_told_with_its_place() {
    for (map, rule, place, verdict) in [
        (
            r#""a/b":"x.safetensors","a/b":"x.safetensors""#,
            "SFT101",
            "/weight_map/a~1b",
            Verdict::Suspicious,
        ),
        (
            r#""w":"../x.safetensors""#,
            "SFT203",
            "/weight_map/w",
            Verdict::Malicious,
        ),
        (
            r#""w":"/etc/x.safetensors""#,
            "SFT203",
            "/weight_map/w",
            Verdict::Malicious,
        ),
        (
            r#""w":"x.bin""#,
            "SFT204",
            "/weight_map/w",
            Verdict::Suspicious,
        ),
        (
            r#""w":"other.safetensors.index.json""#,
            "SFT204",
            "/weight_map/w",
            Verdict::Suspicious,
        ),
        (
            r#""w":"x\u0000.safetensors""#,
            "SFT104",
            "/weight_map/w",
            Verdict::Suspicious,
        ),
        (
            r#""w\u202e":"x.safetensors""#,
            "SFT104",
            "/weight_map/w\u{202e}",
            Verdict::Suspicious,
        ),
    ] {
        let report = scan(&format!("{{\"weight_map\":{{{map}}}}}"));
        assert_eq!(
            (rules(&report), report.verdict),
            (vec![rule], verdict),
            "{map}"
        );
        let expected = Location::Json {
            file: NAME.to_owned(),
            pointer: place.to_owned(),
        };
        // Locations cannot be made elsewhere, only compared.
        assert_eq!(
            format!("{:?}", report.findings[0].location),
            format!("{expected:?}")
        );
    }
}

#[test]
fn what_is_no_index_is_malformed() {
    for index in [
        "{\"weight_map\":[]}",
        "{\"weight_map\":{\"a\":1}}",
        "{\"weight_map\":{\"a\":\"b\"}",
        "{}",
    ] {
        let report = scan(index);
        assert_eq!(report.verdict, Verdict::Unknown);
        assert_eq!(report.coverage.gaps[0].reason, "malformed", "{index}");
    }
}

/// A folder with two shards and an index.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, index: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("weighbridge-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let shard = |names: &[&str]| {
            let tensor = |(at, name): (usize, &&str)| {
                format!(
                    "\"{name}\":{{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[{},{}]}}",
                    at * 4,
                    at * 4 + 4
                )
            };
            let tensors: Vec<String> = names.iter().enumerate().map(tensor).collect();
            file(&format!("{{{}}}", tensors.join(",")), names.len() * 4)
        };
        fs::write(path.join("1.safetensors"), shard(&["a", "b"])).unwrap();
        fs::write(path.join("2.safetensors"), shard(&["c"])).unwrap();
        fs::write(path.join(NAME), index).unwrap();
        Folder(path)
    }

    fn scan(&self) -> Report {
        Scanner::new().scan_path(self.0.join(NAME)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn index(total: u64, map: &[(&str, &str)]) -> String {
    let map: Vec<String> = map
        .iter()
        .map(|(name, shard)| format!("\"{name}\":\"{shard}.safetensors\""))
        .collect();
    format!(
        "{{\"metadata\":{{\"total_size\":{total}}},\"weight_map\":{{{}}}}}",
        map.join(",")
    )
}

#[test]
fn an_index_is_compared_with_the_files_beside_it() {
    for (name, total, map, expected) in [
        (
            "fits",
            12,
            &[("a", "1"), ("b", "1"), ("c", "2")][..],
            &[][..],
        ),
        (
            "total",
            13,
            &[("a", "1"), ("b", "1"), ("c", "2")],
            &["SFT205"],
        ),
        ("extra", 12, &[("a", "1"), ("c", "2")], &["SFT201"]),
        (
            "other",
            12,
            &[("a", "1"), ("b", "2"), ("c", "2")],
            &["SFT201", "SFT202"],
        ),
        (
            "lost",
            12,
            &[("a", "1"), ("b", "1"), ("c", "2"), ("d", "2")],
            &["SFT202"],
        ),
        (
            "gone",
            12,
            &[("a", "1"), ("b", "1"), ("c", "3")],
            &["SFT202"],
        ),
    ] {
        let folder = Folder::new(name, &index(total, map));
        let report = folder.scan();
        assert_eq!(rules(&report), expected, "{name}");
        assert_eq!(details(&report), [""; 0]);
    }
}

/// Nothing outside of the folder is opened, and nothing at all where there is no path.
#[test]
fn only_files_beside_the_index_are_opened() {
    let folder = Folder::new("outside", &index(12, &[("a", "../outside/1"), ("b", "1")]));
    assert_eq!(rules(&folder.scan()), ["SFT203", "SFT201"]);
    let bytes = fs::read(folder.0.join(NAME)).unwrap();
    assert_eq!(rules(&Scanner::new().scan_bytes(NAME, &bytes)), ["SFT203"]);
}
