//! Files of joblib: arrays and pickles of objects between the opcodes.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use support::{details as gaps, rules, scan_listed};
use weighbridge::{Report, Scanner, Verdict};

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("file.joblib", bytes)
}

/// The class of joblib's wrappers.
const CLASS: &[u8] = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n";
/// An attribute of newer joblib: a byte before the elements says how many bytes of padding follow.
const ALIGNED: &[u8] = b"X\x1b\0\0\0numpy_array_alignment_bytesK\x10";

/// The state of an array of `count` elements, with more attributes.
fn state(code: &str, count: u8, more: &[u8]) -> Vec<u8> {
    [
        &b"}(X\x05\0\0\0shapeK"[..],
        &[count],
        b"\x85X\x05\0\0\0dtypecnumpy\ndtype\nX\x02\0\0\0",
        code.as_bytes(),
        b"\x89\x88\x87R(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK",
        if code == "O8" { b"\x3f" } else { b"\0" },
        b"tb",
        more,
        b"ub",
    ]
    .concat()
}

/// A wrapper of an array of `count` elements, as joblib before 1.2 wrote it.
fn wrapper(code: &str, count: u8) -> Vec<u8> {
    [CLASS, b")\x81", &state(code, count, b"")].concat()
}

const CALL: &[u8] = b"cos\nsystem\nX\x0b\0\0\0inert words\x85R";

#[test]
fn what_joblib_wrote_is_read_to_the_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artifacts/joblib");
    assert_eq!(scan_listed(&folder), 28);
}

#[test]
fn a_call_behind_an_array_is_found() {
    let file = [b"\x80\x02(", &*wrapper("u1", 20), &[0xff; 20], CALL, b"t."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!((rules(&report), gaps(&report)), (vec!["PKL101"], vec![]));
    assert_eq!(report.coverage.opaque_bytes, 20);
}

#[test]
fn elements_that_are_opcodes_to_pickle_are_followed_too() {
    let count = u8::try_from(CALL.len() + 1).unwrap();
    let file = [b"\x80\x02", &*wrapper("u1", count), CALL, b".", b"."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    // To joblib, it is an array of bytes that hold a pickle.
    assert_eq!(rules(&report), ["PKL101", "PKL101", "PKL201"]);
    assert_eq!(gaps(&report), [""; 0]);
}

#[test]
fn elements_lie_behind_the_frame_that_joblib_is_in() {
    let framed = [b"(", &*wrapper("u1", 9), CALL, b"t"].concat();
    let len = u64::try_from(framed.len()).unwrap().to_le_bytes();
    let file = [b"\x80\x04\x95", &len[..], &framed, &[0xff; 9], b"."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!((rules(&report), gaps(&report)), (vec!["PKL101"], vec![]));
}

#[test]
fn a_pickle_of_objects_behind_a_frame_that_goes_on_is_a_gap() {
    let framed = [&*wrapper("O8", 1), b"0N"].concat();
    let len = u64::try_from(framed.len()).unwrap().to_le_bytes();
    let file = [b"\x80\x04\x95", &len[..], &framed, b"\x80\x02N.", b"."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Unknown);
    assert_eq!(
        gaps(&report),
        [
            "an array of joblib: its objects lie behind a frame that goes on",
            "1 bytes behind a pickle that are no pickle"
        ]
    );
}

#[test]
fn where_an_array_ends_has_to_be_known() {
    let state = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}X\x05\0\0\0shape)sb.";
    let report = scan(state);
    assert_eq!(report.verdict, Verdict::Unknown);
    assert_eq!(
        gaps(&report),
        ["an array of joblib: its state is not what joblib writes"]
    );
    let report = scan(&[&*wrapper("q1", 3), b"xyz."].concat());
    assert_eq!(report.verdict, Verdict::Unknown);
    let why = "an array of joblib: its data type is not known";
    assert_eq!(gaps(&report), [why, "a byte that is no opcode"]);
    let cut = [&*wrapper("u1", 30), b"only so much"].concat();
    assert_eq!(scan(&cut).verdict, Verdict::Unknown);
}

#[test]
fn cut_off_anywhere_it_is_never_clean() {
    let file = [b"\x80\x02(", &*wrapper("u1", 20), &[0xff; 20], CALL, b"t."].concat();
    for len in 0..file.len() {
        let report = scan(&file[..len]);
        assert_ne!(report.verdict, Verdict::Clean, "{len} bytes");
    }
}

/// Elements to joblib, and to a reader that takes them for fewer the length of a string that ends
/// before the last STOP: it would see nothing of the call.
fn hidden(elements: usize) -> Vec<u8> {
    let tail = [&vec![0xff; elements][..], CALL, b"."].concat();
    let len = u32::try_from(tail.len() - 1).unwrap().to_le_bytes();
    [b"B", &len[..], &tail].concat()
}

#[test]
fn a_second_state_leaves_what_the_first_one_said() {
    // joblib still has the attribute of the first state, and reads padding before the elements.
    let file = [
        b"\x80\x02",
        CLASS,
        b")\x81q\x01",
        &state("u1", 1, ALIGNED),
        b"\x02\xff\xff\x050h\x01",
        &state("u1", 5, b""),
        &[5; 5],
        &hidden(6),
    ]
    .concat();
    let report = scan(&file);
    let first = gaps(&report).first().copied();
    assert_eq!(
        first,
        Some("an array of joblib: it is given a second state")
    );
    assert_ne!(report.verdict, Verdict::Clean);
}

#[test]
fn a_wrapper_that_was_called_has_attributes_of_its_arguments() {
    let file = [
        b"\x80\x02",
        CLASS,
        b"(NNNNtR",
        &state("u1", 5, b""),
        &[5; 5],
        &hidden(6),
    ]
    .concat();
    let report = scan(&file);
    let first = gaps(&report).first().copied();
    assert_eq!(
        first,
        Some("an array of joblib: it is not made as joblib makes it")
    );
    assert_ne!(report.verdict, Verdict::Clean);
}

#[test]
fn only_numpys_data_types_say_how_long_an_item_is() {
    let honest = wrapper("u1", 5);
    let name = honest
        .windows(12)
        .position(|part| part == b"cnumpy\ndtype")
        .unwrap();
    // An exception may have any attribute: `itemsize`, `hasobject` and a `dtype` for NumPy to take.
    let other = b"cbuiltins\nValueError\nX\x02\0\0\0u1\x85R}X\x08\0\0\0itemsizeM\x10\x27sbub";
    let file = [b"\x80\x02", &honest[..name], other, &[5; 5], &hidden(1)].concat();
    let report = scan(&file);
    let first = gaps(&report).first().copied();
    assert_eq!(
        first,
        Some("an array of joblib: its data type is not known")
    );
    assert_ne!(report.verdict, Verdict::Clean);
}

#[test]
fn a_key_that_is_no_string_names_no_attribute() {
    let array = [CLASS, b")\x81", &state("u1", 5, b"NK\x01")].concat();
    let file = [b"\x80\x02(", &array[..], &[0xff; 5], CALL, b"t."].concat();
    let report = scan(&file);
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(gaps(&report), [""; 0]);
}
