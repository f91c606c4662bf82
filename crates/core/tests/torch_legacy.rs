//! Checkpoints as PyTorch wrote them before 1.6.
#![allow(clippy::unwrap_used)]

mod support;

use support::{call_lines, call_of, lines, records};
use weighbridge::Format;
use weighbridge_testkit::torch::{Storage, Style, legacy_checkpoint, legacy_pickles, state_dict};

fn storages() -> [Storage; 2] {
    [
        Storage::of_floats("10", &[1.0, 2.0]),
        Storage::of_floats("9", &[3.0]),
    ]
}

fn object(storages: &[Storage]) -> Vec<u8> {
    state_dict(
        Style::Legacy,
        &[("weight", &[2], &storages[0]), ("bias", &[1], &storages[1])],
    )
}

#[test]
fn five_pickles_and_storages_are_complete() {
    let storages = storages();
    let bytes = legacy_checkpoint(&object(&storages), &storages);
    let (records, examined) = records(&bytes);
    assert_eq!(examined.formats, [Format::TorchLegacy]);
    assert!(examined.is_complete(), "{:?}", records.last());
    let streams: Vec<_> = records
        .iter()
        .map(|record| record.place.stream.unwrap())
        .collect();
    assert!(streams.is_sorted() && streams.last() == Some(&4));
}

#[test]
fn storages_that_do_not_add_up_are_gaps() {
    let storages = storages();
    let whole = legacy_checkpoint(&object(&storages), &storages);
    let told = |bytes: &[u8]| {
        let told = lines(bytes);
        let gap = told.last().unwrap();
        gap.split_once(" gap ").unwrap().1.to_owned()
    };
    assert_eq!(
        told(&whole[..whole.len() - 1]),
        "truncated: storage \"9\": it is cut off"
    );
    assert_eq!(
        told(&whole[..whole.len() - 8]),
        "truncated: storage \"9\": it is missing"
    );
    assert_eq!(
        told(&[&whole[..], b"more"].concat()),
        "junk: 4 bytes behind the last storage"
    );

    let lying = [storages[0].clone(), Storage::raw("9", 2, &[0; 8])];
    assert_eq!(
        told(&legacy_checkpoint(&object(&storages), &lying)),
        "malformed: storage \"9\": it has 2 elements, the object asks for 1"
    );
    assert_eq!(
        told(&legacy_checkpoint(&object(&storages), &storages[..1])),
        "malformed: the object has 2 storages, but 1 are listed behind it"
    );
}

#[test]
fn types_that_are_not_known_are_gaps() {
    let storages = storages();
    let object = object(&storages);
    let at = object
        .windows(12)
        .position(|window| window == b"FloatStorage")
        .unwrap();
    let mut odd = object.clone();
    odd[at..at + 5].copy_from_slice(b"Fluff");
    let told = lines(&legacy_checkpoint(&odd, &storages));
    let gap = told.last().unwrap();
    assert!(
        gap.ends_with("gap unsupported: storage \"10\": its type is not known"),
        "{gap}"
    );
}

#[test]
fn harm_in_any_of_the_five_is_told() {
    let storages = storages();
    let pickles = legacy_pickles(&object(&storages), &storages);
    for harmful in 0..5 {
        let mut pickles = pickles.clone();
        pickles[harmful] = call_of("here");
        let mut bytes = pickles.concat();
        for storage in &storages {
            bytes.extend(storage.count.to_le_bytes());
            bytes.extend(&storage.bytes);
        }
        let told = lines(&bytes);
        let call = told
            .iter()
            .find(|line| line.contains("call os.system('here',)"));
        assert!(call.is_some(), "{harmful}: {told:?}");
    }
}

#[test]
fn a_sixth_pickle_is_told_although_storages_stand_there() {
    // The count of the first storage reads as SHORT_BINBYTES with six bytes of zero.
    let count = u64::from_le_bytes(*b"C\x06\0\0\0\0\0\0");
    let with = |mut data: Vec<u8>| {
        data.resize(usize::try_from(count).unwrap() * 4, 0);
        let storage = Storage::raw("0", count, &data);
        let object = state_dict(Style::Legacy, &[("weight", &[count], &storage)]);
        legacy_checkpoint(&object, &[storage])
    };
    let told = lines(&with([b"0".to_vec(), call_of("sixth")].concat()));
    assert!(
        told.iter()
            .any(|line| line.contains("#5 call os.system('sixth',)")),
        "{told:?}"
    );
    // A pickle that does nothing is not worth telling, nor that it breaks off.
    for data in [&b"."[..], b"0", b"N.N."] {
        let (records, examined) = records(&with(data.to_vec()));
        assert!(examined.is_complete(), "{:?}", records.last());
        assert_eq!(records.last().unwrap().place.stream, Some(4));
    }
}

#[test]
fn the_magic_number_in_any_other_form_is_a_pickle_like_others() {
    let storages = storages();
    let mut pickles = legacy_pickles(&object(&storages), &storages);
    pickles[0] = [b"\x80\x02\x8b\x0a\0\0\0".as_slice(), &pickles[0][4..]].concat();
    let mut bytes = pickles.concat();
    bytes.extend([0; 28]);
    let (records, examined) = records(&bytes);
    assert_eq!(examined.formats, [Format::Pickle]);
    let last = records.last().map(support::line).unwrap();
    assert!(
        last.contains("gap junk: 28 bytes behind a pickle"),
        "{last}"
    );
}

#[test]
fn a_pickle_before_is_one() {
    let storages = storages();
    let whole = [
        call_of("first"),
        legacy_checkpoint(&object(&storages), &storages),
    ]
    .concat();
    let told = lines(&whole);
    assert_eq!(told[..3], call_lines("", "first"));
    assert!(
        told.iter()
            .any(|line| line.contains("#4 import torch._utils")),
        "{told:?}"
    );
}
