//! What speaks against references and the files that hold them. Each part looks at one thing; what a
//! finding says stands in `data/rules.toml`.

mod credentials;
mod manifest;
mod reference;
mod remote_code;
mod requirement;
mod version;

use weighbridge::Finding;

use crate::kind::FileKind;
use crate::place::{LineIndex, Place};
use crate::read::Found;
use crate::source_file::SourceFile;

/// Whether a file may hold something that is found without a reader.
pub(crate) fn is_hit(kind: FileKind, name: &str, bytes: &[u8]) -> bool {
    credentials::is_hit(bytes) || manifest::is_manifest(name) || remote_code::is_hit(kind, bytes)
}

/// What a file and the references in it give, by place.
pub(crate) fn of_file(
    file: &SourceFile<'_>,
    references: &[Found],
    lines: &LineIndex<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for reference in references {
        let place = lines.place(file.path, &reference.span);
        let findings = reference::of_reference(reference, file, lines, &place);
        found.extend(findings.into_iter().map(|finding| (place.clone(), finding)));
    }
    let mut tell = |span: std::ops::Range<usize>, make: &dyn Fn(&Place) -> Option<Finding>| {
        let place = lines.place(file.path, &span);
        found.extend(make(&place).map(|finding| (place, finding)));
    };
    credentials::find(file.text, &mut tell);
    manifest::find(file, &mut tell);
    remote_code::find(file, &mut tell);
    found.sort_by(|(a, x), (b, y)| (a, x.rule, &x.message).cmp(&(b, y.rule, &y.message)));
    found.dedup();
    found.into_iter().map(|(_, finding)| finding).collect()
}

/// Takes what is found at a span, given its place.
type Tell<'t> = dyn FnMut(std::ops::Range<usize>, &dyn Fn(&Place) -> Option<Finding>) + 't;
