//! What one requirement says: `name[extra]>=1,<2; marker`.

/// A package and what is required of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement<'t> {
    /// Its name, normalized.
    pub(super) name: String,
    /// The versions that are allowed, as they stand there.
    pub(super) versions: &'t str,
}

/// A name as the index of packages has it: small letters, `-` between words.
pub(super) fn normalized(name: &str) -> String {
    let words = name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

impl Requirement<'_> {
    /// Reads one; `None` where it is none.
    pub(super) fn parse(text: &str) -> Option<Requirement<'_>> {
        let text = text.trim();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            return None;
        }
        let rest = rest.trim_start();
        let rest = match rest.strip_prefix('[') {
            Some(extras) => extras.split_once(']')?.1,
            None => rest,
        };
        let rest = rest.split([';', '#']).next().unwrap_or_default().trim();
        // In a list of hashes, or of options, the versions end before.
        let rest = rest.split(" --").next().unwrap_or_default();
        let versions = rest.trim_end_matches('\\').trim();
        let versions = versions.trim_start_matches('(').trim_end_matches(')');
        let is_versions =
            versions.is_empty() || versions.starts_with(['<', '>', '=', '!', '~', '^']);
        is_versions.then(|| Requirement {
            name: normalized(name),
            versions,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read() {
        let read = |text| Requirement::parse(text).map(|read| (read.name, read.versions));
        let is = |name: &str, versions| Some((name.to_owned(), versions));
        assert_eq!(
            read("Torch == 2.4 ; python_version > '3'"),
            is("torch", "== 2.4")
        );
        assert_eq!(
            read("nemo_toolkit[asr]==1.22.0"),
            is("nemo-toolkit", "==1.22.0")
        );
        assert_eq!(
            read("torch==2.5.1 --hash=sha256:00 \\"),
            is("torch", "==2.5.1")
        );
        assert_eq!(read("skops (>=0.9,<0.11)"), is("skops", ">=0.9,<0.11"));
        assert_eq!(read("transformers @ git+https://github.com/o/n"), None);
        assert_eq!(read("-r other.txt"), is("", "").filter(|_| false));
        assert_eq!(read("a sentence about torch"), None);
    }
}
