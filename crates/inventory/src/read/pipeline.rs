//! Pipelines of Jenkins: the scripts of their steps, as a shell reads them.

use super::{Finds, shell};
use crate::kind::FileKind;
use crate::source_file::SourceFile;

/// Quotes of strings, the longest first.
const QUOTES: &[&str] = &["'''", "\"\"\"", "'", "\""];

/// Reads a pipeline.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let text = file.text;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("sh")) {
        let begin = at + found;
        at = begin + 2;
        let line = text
            .get(..begin)
            .and_then(|before| before.rsplit('\n').next())
            .unwrap_or_default();
        let is_word = !line.ends_with(|c: char| c.is_alphanumeric() || "_.-/$\"'".contains(c));
        if !is_word || line.trim_start().starts_with(['/', '*']) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        // `sh '…'`, `sh("…")`, `sh(script: '''…''')`
        let lead = rest
            .find(['\'', '"'])
            .and_then(|quote| rest.get(..quote))
            .filter(|lead| matches!(lead.replace([' ', '('], "").as_str(), "" | "script:"));
        let Some(lead) = lead else { continue };
        let string = rest.get(lead.len()..).unwrap_or_default();
        let Some(quote) = QUOTES.iter().find(|quote| string.starts_with(**quote)) else {
            continue;
        };
        let start = at + lead.len() + quote.len();
        let body = text.get(start..).unwrap_or_default();
        let Some(length) = body.find(quote) else {
            continue;
        };
        let script = body.get(..length).unwrap_or_default();
        out.within(
            |inner| start + inner,
            |out| shell::read(&file.nested(FileKind::Shell, script), out),
        );
        at = start + length + quote.len();
    }
}
