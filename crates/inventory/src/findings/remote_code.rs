//! Configurations of models that take code from another repository: `"auto_map": {"AutoModel":
//! "owner/name--module.Class"}`, and the types of `modules.json`.

use weighbridge::{Confidence, Severity};

use super::Tell;
use crate::id;
use crate::kind::FileKind;
use crate::rules::{Rule, finding, shown};
use crate::source_file::SourceFile;

/// Whether there may be any.
pub(super) fn is_hit(kind: FileKind, bytes: &[u8]) -> bool {
    kind == FileKind::Json && memchr::memmem::find(bytes, b"--").is_some()
}

/// Finds all in a text.
pub(super) fn find(file: &SourceFile<'_>, tell: &mut Tell<'_>) {
    if file.kind != FileKind::Json {
        return;
    }
    let bytes = file.text.as_bytes();
    for at in memchr::memmem::find_iter(bytes, b"--") {
        let before = bytes.get(..at).unwrap_or_default();
        let after = bytes.get(at..).unwrap_or_default();
        // No name is longer.
        let start = before.iter().rev().take(200).position(|&byte| byte == b'"');
        let end = after.iter().take(200).position(|&byte| byte == b'"');
        let (Some(start), Some(end)) = (start, end) else {
            continue;
        };
        let span = at - start..at + end;
        let text = file.slice(&span);
        let Some((repository, class)) = text.split_once("--") else {
            continue;
        };
        let is_class = class.contains('.')
            && class
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
        if !is_class || !id::is_owner_name(repository) {
            continue;
        }
        let (repository, class) = (shown(repository), shown(class));
        tell(span, &|place| {
            let grade = (Severity::Medium, Confidence::High);
            let message = format!(
                "the code {class} comes from the newest commit of another repository, {repository}"
            );
            finding(Rule::RemoteCodeUnpinned, grade, message, place)
        });
    }
}
