//! The header of a `.pkasm` file: the `# key: value` comments before its first instruction.

/// Reads the header. A comment indented by three spaces or more goes on with the value before it.
pub(super) fn read(source: &str) -> Vec<(String, String)> {
    let mut metadata: Vec<(String, String)> = Vec::new();
    for line in source.lines() {
        let line = line.trim();
        let Some(comment) = line.strip_prefix('#') else {
            if line.is_empty() {
                continue;
            }
            break;
        };
        if let (true, Some((_, value))) = (comment.starts_with("   "), metadata.last_mut()) {
            value.push(' ');
            value.push_str(comment.trim());
        } else if let Some((key, value)) = comment.split_once(':')
            && is_key(key.trim())
        {
            metadata.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    metadata
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::read;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn reads_keys_continuations_and_repeats() {
        let source = "# title: one\n#   and more\n\n# why: a: b\n# Prose, no key\n# why: c\nSTOP\n# late: x\n";
        assert_eq!(
            read(source),
            [
                pair("title", "one and more"),
                pair("why", "a: b"),
                pair("why", "c")
            ]
        );
    }
}
