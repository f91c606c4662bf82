//! What somebody may have meant.

/// The word that a misspelled one most likely stands for.
pub(crate) fn nearest<'w>(
    typed: &str,
    words: impl IntoIterator<Item = &'w str>,
) -> Option<&'w str> {
    // Longer ones are no slips of the fingers.
    let typed: Vec<char> = typed.to_lowercase().chars().take(64).collect();
    words
        .into_iter()
        .map(|word| (distance(&typed, &word.to_lowercase()), word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 1 + typed.len() / 4)
        .map(|(_, word)| word)
}

/// How many characters have to be added, removed or replaced to make one word of another.
fn distance(typed: &[char], word: &str) -> usize {
    let mut row: Vec<usize> = (0..=typed.len()).collect();
    for (i, c) in word.chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for ((&above_left, &above), typed) in row.iter().zip(row.iter().skip(1)).zip(typed) {
            left = (above_left + usize::from(*typed != c))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let words = ["ignore", "allow"];
        for (typed, expected) in [
            ("ignored", Some("ignore")),
            ("Allow", Some("allow")),
            ("alow", Some("allow")),
            ("limits", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, words), expected, "{typed}");
        }
        assert_eq!(nearest("x", []), None);
        assert_eq!(nearest(&"x".repeat(10_000), words), None);
    }
}
