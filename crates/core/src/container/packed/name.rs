//! What the content of a compressed file is called.

/// Name endings of compressed files.
const ENDINGS: &[&str] = &[
    ".gz", ".gzip", ".z", ".zz", ".zlib", ".bz2", ".bzip2", ".xz", ".lzma", ".zst", ".zstd", ".lz4",
];

/// What the name of a compressed file promises of its content: the name without its ending.
pub(super) fn within(outer: &str) -> String {
    let name = outer.rsplit(['/', '\\']).next().unwrap_or(outer);
    ENDINGS
        .iter()
        .find_map(|ending| {
            let at = name.len().checked_sub(ending.len()).filter(|at| *at > 0)?;
            let (stem, end) = name.split_at_checked(at)?;
            end.eq_ignore_ascii_case(ending).then(|| stem.to_owned())
        })
        .unwrap_or_else(|| "content".to_owned())
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn an_ending_is_taken_off_and_anything_else_is_content() {
        assert_eq!(within("model.pkl.gz"), "model.pkl");
        assert_eq!(within("folder/model.pkl.BZ2"), "model.pkl");
        assert_eq!(within("model.joblib"), "content");
        assert_eq!(within(".gz"), "content");
        assert_eq!(within("é"), "content");
    }
}
