//! What reading a header costs, and what errors say.

use std::fmt::Write as _;

use weighbridge::safetensors::Header;

use super::mutate::file;

#[test]
fn ten_thousand_tensors_take_at_most_two_allocations() {
    let mut header = "{\"__metadata__\":{\"format\":\"pt\"}".to_owned();
    for layer in (0..10_000).rev() {
        let (begin, end) = (layer * 4, layer * 4 + 4);
        write!(header, ",\"model.layers.{layer}.weight\":{{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[{begin},{end}]}}").unwrap();
    }
    header.push('}');
    let file = file(&header, 40_000);
    let allocations = allocation_counter::measure(|| {
        let header = Header::parse(&file).unwrap();
        let elements: u64 = header
            .tensors()
            .iter()
            .map(|tensor| tensor.shape().iter().product::<u64>())
            .sum();
        assert_eq!((header.tensors().len(), elements), (10_000, 20_000));
        assert_eq!(header.tensors()[9_999].name(), "model.layers.9999.weight");
        assert_eq!(header.metadata().unwrap().iter().count(), 1);
    });
    assert!(allocations.count_total <= 2, "{}", allocations.count_total);
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let tensor = |fields: &str| file(&format!("{{\"a\":{{{fields}}}}}"), 4);
    for (bytes, words) in [
        (
            vec![1, 0, 0],
            "the file ends within the length of its header, at 0",
        ),
        (
            vec![0xff; 16],
            "the header is said to have 18446744073709551615 bytes, where at most 100000000 are taken, at 0",
        ),
        (
            file("{}", 0)[..9].to_vec(),
            "the header is said to have 2 bytes, and 1 are there, at 0",
        ),
        (file("[]", 0), "the header is no object, at 8"),
        (
            file("{\"a\" 1}", 0),
            "the header is no JSON: something else is expected, at 13",
        ),
        (
            file("{}", 3),
            "the tensors take 0 bytes, and 3 are there, at 10",
        ),
        (
            file("{\"__metadata__\":{\"a\":1}}", 0),
            "__metadata__ is no object of strings, at 29",
        ),
        (
            tensor("\"shape\":[],\"dtype\":\"F1\""),
            "tensor \"a\": its dtype is none that is known, at 33",
        ),
        (
            tensor("\"shape\":[],\"dtype\":\"F32\""),
            "tensor \"a\": it has no data_offsets, at 38",
        ),
        (
            tensor("\"shape\":[2],\"dtype\":\"F32\",\"data_offsets\":[0,4]"),
            "tensor \"a\": it takes 4 bytes, where its shape and dtype make 8, at 9",
        ),
        (
            tensor("\"shape\":[1],\"dtype\":\"F32\",\"data_offsets\":[2,6]"),
            "tensor \"a\": it begins at 2 of the data, where the tensor before it ends at 0, at 9",
        ),
    ] {
        let error = Header::parse(&bytes).unwrap_err();
        assert_eq!(error.to_string(), words);
    }
    let mut bytes = file("{\"a\":1}", 0);
    bytes[10] = 0xff;
    let error = Header::parse(&bytes).unwrap_err();
    assert_eq!(error.to_string(), "the header is no UTF-8, at 10");
}
