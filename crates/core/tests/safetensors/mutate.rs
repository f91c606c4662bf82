//! Files to begin with, and what is done to their bytes.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, TensorView, serialize};

/// A generator of numbers (SplitMix64): the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % end.max(1) as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.bits().to_le_bytes()[0]
    }

    fn pick<'a>(&mut self, choices: &[&'a [u8]]) -> &'a [u8] {
        choices[self.below(choices.len())]
    }
}

/// A file of a header and some bytes.
pub(crate) fn file(header: &str, data: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.resize(file.len() + data, 0);
    file
}

/// Headers that a loader takes, in every form that it does.
pub(crate) const FORMS: &[(&str, usize)] = &[
    ("{}", 0),
    (" \n{ } ", 0),
    (r#"{"__metadata__":null}"#, 0),
    (
        r#"{"__metadata__":{"format":"pt","format":"np","\u0061\n":"\ud83d\ude00"}}"#,
        0,
    ),
    (
        r#"{"a":{"dtype":"F32","shape":[1, 2],"data_offsets":[0,8]}}"#,
        8,
    ),
    (r#"{"a":["U8",[3],[0,3]],"b":[{"I16":null},[],[3,5]]}"#, 5),
    (
        r#"{"a":{"dtype":{"F64":null},"shape":[],"data_offsets":[0,8],"more":[1.5e3,{"x":[null,true]}]}}"#,
        8,
    ),
    (
        r#"{"a":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]},"b":{"shape":[4],"dtype":"F6_E2M3","data_offsets":[3,6]}}"#,
        6,
    ),
    (
        r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#,
        2,
    ),
    (
        r#"{"z":{"dtype":"C64","shape":[0,18446744073709551615],"data_offsets":[0,0]},"\u0061":{"dtyp\u0065":"BF16","shape":[1],"data_offsets":[0,2]}}"#,
        2,
    ),
];

/// Files to begin with: what the reference writes, and every form that it reads.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let bytes = [7_u8; 48];
    let view = |dtype, shape: &[usize], len| {
        TensorView::new(dtype, shape.to_vec(), &bytes[..len]).unwrap()
    };
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let small = vec![("w", view(Dtype::F32, &[2, 2], 16))];
    let many = vec![
        ("bool", view(Dtype::BOOL, &[3], 3)),
        ("f8", view(Dtype::F8_E4M3, &[2, 1], 2)),
        ("bf16", view(Dtype::BF16, &[], 2)),
        ("none", view(Dtype::I64, &[0, 4], 0)),
        ("u64", view(Dtype::U64, &[6], 48)),
    ];
    let mut seeds = vec![
        serialize(small.clone(), None).unwrap(),
        serialize(small, Some(metadata)).unwrap(),
        serialize(many, None).unwrap(),
    ];
    seeds.extend(FORMS.iter().map(|(header, data)| file(header, *data)));
    seeds
}

/// Pieces of headers that mean something, or nearly do.
const PIECES: &[&[u8]] = &[
    b"{", b"}", b"[", b"]", b",", b":", b"\"", b"\\", b"null", b"true", b" ", b"\t", b"\n", b"\x0c",
    b"\0", b"\x7f", b"\xff", b"\xc3", b"\xc3\xa9", b"\xed\xa0\x80", b"\\u0061", b"\\ud800", b"\\udc00",
    b"\\ud83d\\ude00", b"\\x", b"0", b"1", b"2", b"8", b"-", b"-0", b"-1", b"+1", b"01", b"1.0", b"1e1",
    b"1e400", b"1e-400", b".5", b"9223372036854775808", b"18446744073709551615",
    b"18446744073709551616", b"4294967296", b"\"a\":", b"\"__metadata__\":", b"\"__metadata__\":{},",
    b"\"dtype\":", b"\"shape\":", b"\"data_offsets\":", b"\"more\":1,", b"\"dtype\":\"U8\",", b"\"F32\"",
    b"\"F16\"", b"\"F8_E8M0\"", b"{\"F32\":null}",
    b"{\"F32\":{}}", b"[0,0]", b"[]", b"{}", b"\xef\xbb\xbf", b"//", b"NaN",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
];

/// A seed with one to three changes. Mostly its header's length is made right again: else nearly
/// nothing would be read.
pub(crate) fn mutated(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let len = usize::try_from(u64::from_le_bytes(*seed.first_chunk().unwrap())).unwrap();
    let (mut header, mut data) = (seed[8..8 + len].to_vec(), seed[8 + len..].to_vec());
    for _ in 0..=random.below(4).saturating_sub(1) {
        change(&mut header, random);
    }
    match random.below(24) {
        0 => data.push(0),
        1 => drop(data.pop()),
        _ => {}
    }
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(data);
    match random.below(16) {
        0 => file[random.below(8)] ^= 1 << random.below(8),
        1 => file.truncate(random.below(file.len())),
        2 => change(&mut file, random),
        _ => {}
    }
    file
}

fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let len = random.below(12).min(bytes.len() - at);
    match random.below(8) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 if at < bytes.len() => bytes[at] = random.byte(),
        2 => drop(bytes.drain(at..at + len)),
        3 => {
            let piece = bytes[at..at + len].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        // A digit by another one.
        4 | 5 => {
            let digits: Vec<usize> = (0..bytes.len())
                .filter(|&at| bytes[at].is_ascii_digit())
                .collect();
            if let Some(&at) = digits.get(random.below(digits.len())) {
                bytes[at] = b'0' + random.byte() % 10;
            }
        }
        6 => {
            let piece = random.pick(PIECES);
            bytes.splice(at..at + len.min(piece.len()), piece.iter().copied());
        }
        _ => {
            let piece = random.pick(PIECES);
            bytes.splice(at..at, piece.iter().copied());
        }
    }
}
