//! Pickles under other names and in databases.

use weighbridge::Verdict;

use crate::support::{details, rules};
use crate::{CALL, scan};

/// The `.dat` of `dbm.dumb`: each value begins at a multiple of 512.
fn dumb(values: &[&[u8]]) -> Vec<u8> {
    let mut file = Vec::new();
    for value in values {
        file.resize(file.len().next_multiple_of(512), 0);
        file.extend_from_slice(value);
    }
    file
}

#[test]
fn a_shelf_is_not_understood_but_calls_in_it_are_found() {
    let plain = b"\x80\x04]\x94(K\x01K\x02e.";
    let report = scan(&dumb(&[plain, plain]));
    assert_eq!(report.verdict, Verdict::Unknown);
    let report = scan(&dumb(&[plain, CALL]));
    assert_eq!(report.verdict, Verdict::Malicious);
    assert!(rules(&report).contains(&"PKL101"));
}

#[test]
fn a_database_that_is_not_read_is_a_gap_that_says_so() {
    let report = scan(b"SQLite format 3\0inert words");
    assert_eq!(report.verdict, Verdict::Unknown);
    assert_eq!(
        details(&report),
        ["it begins with the bytes 53 51 4c 69 74 65 20 66, like an SQLite database"]
    );
}

#[test]
fn a_call_among_the_arrays_of_paddle_is_found() {
    // `{name: array, "StructuredToParameterName@@": {…}}` with a call in the place of the second.
    let file = [
        b"\x80\x04}X\x01\0\0\0w".as_slice(),
        &CALL[2..CALL.len() - 1],
        b"s.",
    ]
    .concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(rules(&report), ["PKL101"]);
}
