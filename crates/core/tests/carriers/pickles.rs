//! Pickles under other names.

use weighbridge::Verdict;

use crate::support::rules;
use crate::{CALL, scan};

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
