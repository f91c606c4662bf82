//! What is taken, against `serde_json`.

use super::*;

fn events(text: &str) -> Result<usize> {
    let mut reader = Reader::new(text);
    let mut count = 0;
    while reader.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[test]
fn the_same_texts_are_taken_as_by_serde_json() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let mixed = |n: usize| format!("{}1{}", "{\"a\":[".repeat(n), "]}".repeat(n));
    let texts = [
        "null",
        " true ",
        "nul",
        "nulL",
        "falsey",
        "1",
        "-",
        "-0",
        "01",
        "1.",
        "1.5e",
        "1e400",
        "0e400",
        "1e-400",
        "123456789012345678901234567890",
        "1E+3",
        "+1",
        ".5",
        "\"a\"",
        "\"a",
        "\"\t\"",
        "\"\x7f\"",
        "\"\\u00e9\\n\"",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\ude00\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ud83dx\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "[]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{}",
        "{\"a\":1}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "{\"a\":}",
        "{\"a\":1]",
        "[1}",
        "",
        " ",
        "[]x",
        "\u{feff}{}",
        "[[1],{\"a\":{\"b\":[null]}}]",
        "//",
        "{\"a\":1 \"b\":2}",
        "[\x0c]",
    ];
    let deep = [deep(127), deep(128), mixed(63), mixed(64)];
    for text in texts.into_iter().chain(deep.iter().map(String::as_str)) {
        let theirs = serde_json::from_str::<serde_json::Value>(text);
        assert_eq!(
            events(text).is_ok(),
            theirs.is_ok(),
            "{text}: {:?}, {theirs:?}",
            events(text)
        );
    }
}

#[test]
fn strings_are_decoded_and_compared() {
    let mut reader = Reader::new(r#"["plain", "\u0061\ud83d\ude00\/"]"#);
    let mut strings = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        if let Event::Str(string) = event {
            strings.push(string);
        }
    }
    assert!(matches!(strings[0].decode(), Cow::Borrowed("plain")));
    assert_eq!(strings[1].decode(), "a😀/");
    assert!(strings[1].is("a😀/") && !strings[1].is("a😀"));
}
