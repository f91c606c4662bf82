//! Whatever the reference takes is taken, and understood alike; whatever it rejects is rejected.

use std::collections::BTreeMap;

use safetensors::SafeTensors;
use weighbridge::safetensors::Header;

use super::mutate::{FORMS, Random, file, mutated, seeds};

type Tensors = BTreeMap<String, (String, Vec<u64>, u64, u64)>;
type Read = (Tensors, Option<BTreeMap<String, String>>);

/// How the reference reads a file.
fn theirs(bytes: &[u8]) -> Option<Read> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).ok()?;
    let tensors = metadata.tensors().into_iter().map(|(name, info)| {
        let shape = info.shape.iter().map(|&size| size as u64).collect();
        let (begin, end) = info.data_offsets;
        (
            name,
            (info.dtype.to_string(), shape, begin as u64, end as u64),
        )
    });
    let strings = metadata
        .metadata()
        .clone()
        .map(|map| map.into_iter().collect());
    Some((tensors.collect(), strings))
}

fn ours(bytes: &[u8]) -> Option<Read> {
    let header = Header::parse(bytes).ok()?;
    let tensors = header.tensors().iter().map(|tensor| {
        let offsets = tensor.data_offsets();
        let dtype = tensor.dtype().to_string();
        let shape: Vec<u64> = tensor.shape().iter().collect();
        assert_eq!(shape.len(), tensor.shape().rank());
        (
            tensor.name().to_owned(),
            (dtype, shape, offsets.start, offsets.end),
        )
    });
    let strings = header.metadata().map(|metadata| {
        let owned = metadata
            .iter()
            .map(|(key, value)| (key.into_owned(), value.into_owned()));
        owned.collect()
    });
    Some((tensors.collect(), strings))
}

fn check(bytes: &[u8]) -> bool {
    let (ours, theirs) = (ours(bytes), theirs(bytes));
    assert_eq!(
        ours,
        theirs,
        "{:?}, {:?}: {:?}",
        Header::parse(bytes).err(),
        SafeTensors::read_metadata(bytes).err(),
        String::from_utf8_lossy(bytes)
    );
    theirs.is_some()
}

#[test]
fn every_form_that_is_taken_is_read_alike() {
    for seed in seeds() {
        assert!(check(&seed));
        for end in 0..seed.len() {
            check(&seed[..end]);
        }
    }
    for (header, data) in FORMS {
        for extra in [1, 7] {
            assert!(!check(&file(header, data + extra)));
        }
    }
}

/// Where offsets, sizes and lengths end.
#[test]
fn numbers_at_their_ends_are_read_alike() {
    let tensor = |dtype: &str, shape: &str, offsets: &str| {
        format!(r#"{{"a":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    let most = u64::MAX.to_string();
    for (dtype, shape, offsets) in [
        ("U8", format!("[{most},0]"), "[0,0]".to_owned()),
        ("U8", format!("[{most},2,0]"), "[0,0]".to_owned()),
        ("U8", format!("[0,{most},{most}]"), "[0,0]".to_owned()),
        ("U8", format!("[{most}]"), format!("[0,{most}]")),
        (
            "F4",
            "[4611686018427387903]".to_owned(),
            format!("[0,{}]", u64::MAX >> 3),
        ),
        (
            "F4",
            "[4611686018427387904]".to_owned(),
            format!("[0,{}]", 1_u64 << 61),
        ),
        ("F4", "[3]".to_owned(), "[0,1]".to_owned()),
        ("F6_E3M2", "[4]".to_owned(), "[0,3]".to_owned()),
        ("F32", "[1]".to_owned(), "[4,0]".to_owned()),
        ("F32", "[1]".to_owned(), "[1,5]".to_owned()),
        ("F128", "[]".to_owned(), "[0,16]".to_owned()),
    ] {
        for data in [0, 1, 3, 4, 16] {
            check(&file(&tensor(dtype, &shape, &offsets), data));
        }
    }
    for len in [0, 1, 2, 100_000_000, 100_000_001, u64::MAX - 7, u64::MAX] {
        let mut bytes = len.to_le_bytes().to_vec();
        bytes.extend(b"{}");
        check(&bytes);
    }
    // Levels within each other: the last that is taken, and the first that is not.
    for deep in [124, 125, 126, 127] {
        let value = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        let header =
            format!(r#"{{"a":{{"dtype":"U8","shape":[],"data_offsets":[0,1],"x":{value}}}}}"#);
        assert_eq!(check(&file(&header, 1)), deep < 126, "{deep}");
    }
}

/// The rules by which a header is rejected though the reference takes it. There are none: what is
/// odd about a header is told by scanning (`docs/formats/safetensors.md`).
#[test]
fn two_hundred_thousand_mutations_are_read_alike() {
    let seeds = seeds();
    let halves = [0_u64, 1].map(|half| {
        let seeds = seeds.clone();
        std::thread::spawn(move || {
            let (mut random, mut taken) = (Random(half), 0);
            for round in 0..100_000 {
                let seed = &seeds[round % seeds.len()];
                taken += usize::from(check(&mutated(seed, &mut random)));
            }
            taken
        })
    });
    let taken: usize = halves.map(|half| half.join().unwrap()).iter().sum();
    assert!((12_000..180_000).contains(&taken), "{taken} were taken");
}
