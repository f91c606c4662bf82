//! How much memory is taken for each tensor, where a checkpoint has many: it is counted, so that it is the
//! same on every machine.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use weighbridge::convert::{Request, convert_path};
use weighbridge::{Checkpoint, Control, Input, Opening, Scanner, diff};
use weighbridge_testkit::torch::{Storage, Style, legacy_checkpoint, state_dict, zip_checkpoint};

/// As many as make what is taken once not count.
const TENSORS: usize = 20_000;

/// The most that is held at a time, in bytes for each tensor.
fn held(work: impl FnOnce()) -> u64 {
    let counted = allocation_counter::measure(work);
    counted.bytes_max / TENSORS as u64
}

/// A checkpoint of so many small tensors, each with a storage of its own.
fn checkpoint(style: Style, count: usize, directory: &Path) -> PathBuf {
    let storage = |at: usize| Storage::of_floats(&at.to_string(), &[0.5; 2]);
    let storages: Vec<Storage> = (0..count).map(storage).collect();
    let names: Vec<String> = (0..count).map(|at| format!("layers.{at}.weight")).collect();
    let tensors = names.iter().zip(&storages);
    let tensors: Vec<(&str, &[u64], &Storage)> = tensors
        .map(|(name, storage)| (name.as_str(), &[2, 1][..], storage))
        .collect();
    let pickle = state_dict(style, &tensors);
    let bytes = match style {
        Style::Zip => zip_checkpoint("m", &pickle, &storages).bytes(),
        Style::Legacy => legacy_checkpoint(&pickle, &storages),
    };
    let path = directory.join("m.pt");
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_tensor_more_takes_little_more_memory() {
    let directory = tempfile::tempdir().unwrap();
    let opening = Opening::default();
    // To scan it, to open it, to convert it, to compare it.
    for (style, bounds) in [
        (Style::Zip, [850, 1150, 1150, 1150]),
        (Style::Legacy, [1700, 1850, 1850, 1850]),
    ] {
        let path = checkpoint(style, TENSORS, directory.path());
        let out = directory.path().join("m.safetensors");
        let taken = [
            held(|| drop(Scanner::new().scan(Input::path(&path), &Control::new()))),
            held(|| drop(Checkpoint::open(&path, &opening).unwrap())),
            held(|| {
                let request = Request::default().with_force(true);
                let done = convert_path(&path, Some(&out), &request, &opening, &Control::new());
                assert_eq!(done.unwrap().conversion.tensors.len(), TENSORS);
            }),
            held(|| {
                let open = |path: &Path| Checkpoint::open(path, &opening).unwrap();
                let difference = diff(&open(&path), &open(&out), &Control::new());
                assert!(difference.unwrap().is_none());
            }),
        ];
        // Vectors that double have up to twice the room that they need, so that much of it is no memory.
        let is_bounded = taken
            .iter()
            .zip(bounds)
            .all(|(taken, bound)| *taken <= bound);
        assert!(is_bounded, "{style:?}: {taken:?} bytes for each tensor");
    }
}

/// How many tensors are to be converted and compared in little memory, and what little is, in bytes. A process
/// takes some more: what it is itself, and what the allocator has no use for.
const MANY: usize = 100_000;
const LITTLE: u64 = 48_000_000;

/// A file of safetensors with so many small tensors.
fn safetensors(count: usize, blanks: usize) -> Vec<u8> {
    let entry = |at: usize| {
        let (from, to) = (4 * at, 4 * at + 4);
        format!(
            r#""layers.{at}.weight":{{"dtype":"F32","shape":[1,1],"data_offsets":[{from},{to}]}}"#
        )
    };
    let entries: Vec<String> = (0..count).map(entry).collect();
    let header = format!("{{{}{}}}", entries.join(","), " ".repeat(blanks));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.resize(file.len() + 4 * count, 0);
    file
}

#[test]
fn a_hundred_thousand_tensors_take_little_memory() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| directory.path().join(name));
    std::fs::write(&one, safetensors(MANY, 0)).unwrap();
    let (opening, control) = (Opening::default().with_tensors_only(true), Control::new());
    let converted = allocation_counter::measure(|| {
        let done = convert_path(&one, Some(&other), &Request::default(), &opening, &control);
        assert_eq!(done.unwrap().conversion.tensors.len(), MANY);
    });
    let compared = allocation_counter::measure(|| {
        let open = |path: &Path| Checkpoint::open(path, &opening).unwrap();
        let difference = diff(&open(&one), &open(&other), &control);
        assert!(difference.unwrap().is_none());
    });
    let taken = [converted.bytes_max, compared.bytes_max];
    let is_little = taken.iter().all(|taken| *taken <= LITTLE);
    assert!(is_little, "{taken:?} bytes");
}

#[test]
fn more_tensors_than_are_held_are_refused_by_the_limit() {
    let opened = |file, tensors_only| {
        let opening = Opening::default().with_tensors_only(tensors_only);
        let opened = Checkpoint::from_bytes(file, "m", &opening);
        opened.map_err(|error| error.to_string())
    };
    let why = "the names, shapes and places of its tensors take more than the 22 MiB that are held";
    let many = safetensors(200_000, 0);
    assert_eq!(opened(many.clone(), true).unwrap_err(), format!("m: {why}"));
    // Who loads them has room for their names.
    assert_eq!(opened(many, false).unwrap().tensors().len(), 200_000);
    // A header may be long without many tensors.
    let long = safetensors(1, 25 << 20);
    let len = 8 + u64::from_le_bytes(*long.first_chunk().unwrap());
    let why =
        format!("its header takes {len} bytes, which is more than the 25165824 that are read");
    assert_eq!(opened(long.clone(), true).unwrap_err(), format!("m: {why}"));
    assert_eq!(opened(long, false).unwrap().tensors().len(), 1);
}

#[test]
fn what_makes_too_much_is_refused_before_it_takes_more() {
    let directory = tempfile::tempdir().unwrap();
    let [path, out] = ["m.pkl", "m.safetensors"].map(|name| directory.path().join(name));
    let put = |at: u32| [b"K\x01r", &at.to_le_bytes()[..], b"0"].concat();
    let scattered: Vec<u8> = (0..500_000).flat_map(|at| put(2 * at)).collect();
    let filled: Vec<u8> = (0..2_200_000).flat_map(put).collect();
    let limit = |name: &str| format!("the limit on {name} was reached");
    for (pickle, why) in [
        (b"]".repeat(1 << 19), limit("stack")),
        (
            [b"(", &b"K\x01\x85".repeat(1 << 19)[..], b"t."].concat(),
            limit("stack"),
        ),
        (
            [b"]", &b"]\x85q\x00a".repeat(1 << 19)[..], b"."].concat(),
            "2621440 values".to_owned(),
        ),
        ([&scattered[..], b"N."].concat(), limit("memo")),
        ([&filled[..], b"N."].concat(), limit("memo")),
    ] {
        std::fs::write(&path, &pickle).unwrap();
        let opening = Opening::default().with_tensors_only(true);
        let (request, control) = (Request::default(), Control::new());
        let told = format!(" makes more than is followed: {why}");
        let counted = allocation_counter::measure(|| {
            let done = convert_path(&path, Some(&out), &request, &Opening::default(), &control);
            let error = done.unwrap_err().to_string();
            assert!(error.ends_with(&told), "{error}");
            let error = Checkpoint::open(&path, &opening).unwrap_err().to_string();
            assert!(error.ends_with(&told), "{error}");
        });
        // A vector that doubles is there twice for a moment; what it has no use for is no memory.
        assert!(
            counted.bytes_max <= LITTLE + (8 << 20),
            "{why}: {} bytes",
            counted.bytes_max
        );
    }
}

#[test]
fn values_that_are_there_again_and_again_are_told_as_long_as_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let [path, out, extras] =
        ["m.pt", "m.safetensors", "m.json"].map(|name| directory.path().join(name));
    let word = "A".repeat(60_000);
    let long = [
        &b"X"[..],
        &60_000_u32.to_le_bytes(),
        word.as_bytes(),
        b"q\xf0",
    ]
    .concat();
    let again = |of: &[u8]| {
        let batch = [b"(", &of.repeat(1000)[..], b"e"].concat();
        [b"]", &batch.repeat(1000)[..]].concat()
    };
    let storage = Storage::of_floats("0", &[0.5]);
    let tensor = state_dict(Style::Zip, &[("w", &[1], &storage)]);
    // The dict of the tensor is left open for the rest: it ends with SETITEMS and STOP.
    let tensor = tensor.strip_suffix(b"u.").unwrap();
    let pickle = [
        tensor,
        b"X\x01\0\0\0k",
        &long,
        b"X\x01\0\0\0a",
        &again(b"h\xf0"),
        b"X\x01\0\0\0bK\x01u.",
    ];
    let bytes = zip_checkpoint("m", &pickle.concat(), &[storage]).bytes();
    std::fs::write(&path, bytes).unwrap();
    let request = Request::default().with_extras(Some(extras.clone()));
    let counted = allocation_counter::measure(|| {
        convert_path(
            &path,
            Some(&out),
            &request,
            &Opening::default(),
            &Control::new(),
        )
        .unwrap();
    });
    assert!(counted.bytes_max <= LITTLE, "{} bytes", counted.bytes_max);
    let told = std::fs::read_to_string(&extras).unwrap();
    let more = "there is more than is told";
    // As many as there are in 8 MiB.
    let words = vec![format!("{word:?}"); 139].join(",");
    let expected = format!(
        r#"{{"w":{{"$tensor":"w"}},"k":{word:?},"a":[{words},{{"$omitted":"{more}"}}],"$omitted":"{more}"}}"#
    );
    assert_eq!(told.len(), expected.len() + 1);
    assert!(told.trim_end() == expected, "{}", &told[told.len() - 200..]);
}

#[test]
fn a_long_key_that_is_there_again_and_again_is_read_once() {
    let word = "A".repeat(1 << 20);
    let long = [
        &b"X"[..],
        &(1_u32 << 20).to_le_bytes(),
        word.as_bytes(),
        b"q\x010",
    ]
    .concat();
    let storage = Storage::of_floats("0", &[0.5]);
    let tensor = state_dict(Style::Zip, &[("w", &[1], &storage)]);
    let tensor = tensor.strip_suffix(b"u.").unwrap();
    let pickle = [tensor, &long, &b"h\x01N".repeat(100_000), b"u."].concat();
    let bytes = zip_checkpoint("m", &pickle, &[storage]).bytes();
    // A hundred gigabytes, if it were read again each time.
    let opened = Checkpoint::from_bytes(bytes, "m", &Opening::default()).unwrap();
    assert_eq!(opened.tensors().len(), 1);
}

#[test]
fn a_dict_of_many_pairs_is_not_looked_at_again_and_again() {
    let storage = Storage::of_floats("0", &[0.5]);
    let tensor = state_dict(Style::Zip, &[("w", &[1], &storage)]);
    let tensor = tensor.strip_suffix(b"u.").unwrap();
    // All of one key.
    let dict = [b"}q\xf1(", &b"K\x01N".repeat(100_000)[..], b"u"].concat();
    let batch = [b"(", &b"h\xf1".repeat(1000)[..], b"e"].concat();
    let again = [b"]", &batch.repeat(100)[..]].concat();
    let pickle = [tensor, b"K\x02", &dict, b"K\x03", &again, b"u."].concat();
    let bytes = zip_checkpoint("m", &pickle, &[storage]).bytes();
    // Ten thousand million pairs, if they were.
    let opened = Checkpoint::from_bytes(bytes, "m", &Opening::default()).unwrap();
    let told = opened.values().unwrap();
    assert!(told.ends_with(r#"{"$omitted":"there is more than is told"}]]]}"#));
}
