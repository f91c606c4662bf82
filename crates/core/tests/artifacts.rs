//! What real files would do: `cargo xtask bless` rewrites the goldens.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use weighbridge_testkit::golden;

#[test]
fn real_files_are_complete_and_do_what_they_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts");
    let count = golden::run_dir(&folder, "pt", |path| {
        let (records, examined) = support::records(&std::fs::read(path).unwrap());
        assert!(examined.is_complete(), "{}", path.display());
        let formats: Vec<_> = examined
            .formats
            .iter()
            .map(|format| format.as_str())
            .collect();
        let mut text = format!("{}\n", formats.join(" "));
        for record in &records {
            text.push_str(&support::line(record));
            text.push('\n');
        }
        text
    });
    assert!(count >= 8);
}
