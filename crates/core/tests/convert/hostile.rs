//! Files that lie about their tensors, and files that would run something.

use weighbridge::convert::{ConvertError, Request, convert_path};
use weighbridge::{Checkpoint, Control, Opening, Verdict};
use weighbridge_testkit::pkasm;
use weighbridge_testkit::torch::{Storage, legacy_checkpoint, zip_checkpoint};

use crate::{Scratch, converted};

/// What every byte of the storage is, and no other byte of the files here.
const FILL: u8 = 0xf7;
/// How many bytes the storage has.
const LEN: usize = 400;

/// A pickle of `{"weight": tensor}` over a storage of so many floats, after other lines.
fn pickle(
    before: &str,
    count: &str,
    offset: &str,
    shape: &str,
    strides: &str,
    style: &str,
) -> Vec<u8> {
    let text = format!(
        "PROTO 2\n{before}\nEMPTY_DICT\nMARK\nBINUNICODE 'weight'\nGLOBAL 'torch._utils' '_rebuild_tensor_v2'\n\
         MARK\nMARK\nBINUNICODE 'storage'\nGLOBAL 'torch' 'FloatStorage'\nBINUNICODE '0'\nBINUNICODE 'cpu'\n\
         {count}\n{style}\nTUPLE\nBINPERSID\n{offset}\n{shape}\n{strides}\nNEWFALSE\nGLOBAL 'collections' 'OrderedDict'\n\
         EMPTY_TUPLE\nREDUCE\nTUPLE\nREDUCE\nSETITEMS\nSTOP\n"
    );
    let assembled = pkasm::assemble(&text);
    assembled
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .bytes
}

fn tuple(sizes: &[i64]) -> String {
    let sizes: Vec<String> = sizes.iter().map(|size| format!("LONG1 {size}")).collect();
    format!("MARK\n{}\nTUPLE", sizes.join("\n"))
}

fn of(count: i64, offset: i64, shape: &[i64], strides: &[i64]) -> Vec<u8> {
    let number = |number| format!("LONG1 {number}");
    pickle(
        "",
        &number(count),
        &number(offset),
        &tuple(shape),
        &tuple(strides),
        "",
    )
}

fn archive(pickle: &[u8], bytes: usize) -> Vec<u8> {
    let storage = Storage::raw("0", 100, &vec![FILL; bytes]);
    zip_checkpoint("archive", pickle, &[storage]).bytes()
}

fn lies(file: &[u8]) -> String {
    let scratch = Scratch::new();
    let path = scratch.file("lie.pt", file);
    match converted(
        &path,
        &scratch.path("out"),
        &Request::default().with_skip(true),
    ) {
        Err(error @ ConvertError::Lies(_)) => {
            assert_eq!(scratch.names(), ["lie.pt"]);
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_does_not_fit_into_its_storage_is_refused_by_name() {
    const MAX: i64 = i64::MAX;
    for (count, offset, shape, strides) in [
        (100, 0, &[101][..], &[1][..]),
        (100, 1, &[100], &[1]),
        (100, 0, &[10, 10], &[11, 1]),
        (100, 0, &[2], &[MAX]),
        (100, MAX, &[1], &[1]),
        (100, -1, &[1], &[1]),
        (100, 0, &[10], &[-1]),
        (100, 0, &[-10], &[1]),
        (100, 0, &[MAX, MAX], &[0, 0]),
        (100, 0, &[10], &[1, 1]),
        (101, 0, &[10], &[1]),
        (MAX, 0, &[10], &[1]),
        (-1, 0, &[10], &[1]),
        (100, 0, &[4, 1 << 62], &[0, 0]),
    ] {
        let words = lies(&archive(&of(count, offset, shape, strides), LEN));
        assert!(words.contains("tensor \"weight\""), "{words}");
    }
}

#[test]
fn a_storage_that_is_cut_off_is_refused_by_name() {
    let words = lies(&archive(&of(100, 0, &[10], &[1]), LEN - 1));
    assert_eq!(
        words,
        "the file is not what it says\n  tensor \"weight\": its storage \"0\" is to have 400 bytes, \
         and the archive holds 399 of it"
    );
    let legacy = pickle(
        "",
        "LONG1 100",
        "LONG1 0",
        &tuple(&[10]),
        &tuple(&[1]),
        "NONE",
    );
    let storage = |count| Storage::raw("0", count, &vec![FILL; LEN]);
    let open = |file: Vec<u8>| Checkpoint::from_bytes(file, "x.pt", &Opening::default());
    assert_eq!(
        open(legacy_checkpoint(&legacy, &[storage(100)]))
            .unwrap()
            .tensors()
            .len(),
        1
    );
    for (file, why) in [
        (
            legacy_checkpoint(&legacy, &[storage(99)]),
            "has 99 elements, and is to have 100",
        ),
        (
            legacy_checkpoint(&legacy, &[storage(u64::MAX)]),
            "has -1 elements, and is to have 100",
        ),
        (
            legacy_checkpoint(&legacy, &[Storage::raw("0", 100, &[FILL; 399])]),
            "is cut off",
        ),
        (
            legacy_checkpoint(&legacy, &[Storage::raw("1", 100, &[FILL; 400])]),
            "is asked for by nothing",
        ),
    ] {
        let words = open(file).unwrap_err().to_string();
        assert!(words.contains(why), "{words}");
    }
}

#[test]
fn a_file_that_loaders_read_in_different_ways_is_refused() {
    let good = archive(&of(100, 0, &[10], &[1]), LEN);
    let storage = Storage::raw("0", 100, &[FILL; LEN]);
    let twice = zip_checkpoint(
        "archive",
        &of(100, 0, &[10], &[1]),
        &[storage.clone(), storage],
    )
    .bytes();
    let open = |file: Vec<u8>| Checkpoint::from_bytes(file, "x.pt", &Opening::default());
    assert!(open(good.clone()).is_ok());
    let words = open(twice).unwrap_err().to_string();
    assert_eq!(words, "x.pt: the member archive/data/0 is there twice");
    for cut in [1, 100, good.len() / 2, good.len() - 1] {
        assert!(open(good[..good.len() - cut].to_vec()).is_err());
    }
    assert!(
        open(Vec::new())
            .unwrap_err()
            .to_string()
            .ends_with("it is empty")
    );
}

#[test]
fn code_stays_behind_and_is_told() {
    let scratch = Scratch::new();
    let before = "GLOBAL 'os' 'system'\nBINUNICODE 'inert-marker'\nTUPLE1\nREDUCE\nPOP";
    let bytes = pickle(
        before,
        "LONG1 100",
        "LONG1 0",
        &tuple(&[10, 10]),
        &tuple(&[10, 1]),
        "",
    );
    let path = scratch.file("code.pt", &archive(&bytes, LEN));
    let out = scratch.path("code.safetensors");
    let request = Request::default().with_extras(Some(scratch.path("values.json")));
    let done = convert_path(
        &path,
        Some(&out),
        &request,
        &Opening::default(),
        &Control::new(),
    )
    .unwrap();
    assert_eq!(done.verdict, Verdict::Malicious);
    let code: Vec<&str> = done
        .code
        .iter()
        .map(|one| one.global.resolved.as_str())
        .collect();
    assert_eq!(code, ["os.system"]);
    for name in scratch.names().iter().filter(|name| *name != "code.pt") {
        let bytes = std::fs::read(scratch.path(name)).unwrap();
        let is_there = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
        assert!(!is_there(b"inert-marker") && !is_there(b"system"), "{name}");
    }
    let made = std::fs::read(&out).unwrap();
    assert_eq!(
        safetensors::SafeTensors::deserialize(&made)
            .unwrap()
            .names(),
        ["weight"]
    );
}

#[test]
fn what_is_changed_after_it_was_made_is_not_taken() {
    let number = |number: i64| format!("LONG1 {number}");
    let list = "EMPTY_LIST\nBINPUT 9\nLONG1 10\nAPPEND";
    let plain = pickle("", &number(100), &number(0), list, &tuple(&[1]), "");
    let open = |pickle: &[u8]| {
        Checkpoint::from_bytes(archive(pickle, LEN), "x.pt", &Opening::default()).unwrap()
    };
    assert_eq!(open(&plain).tensors()[0].shape(), [10]);
    // The shape gets another size, the tensor an element, a state, when it has been made.
    let stop = plain.len() - 2;
    let tail = |words: &str| {
        let more = pkasm::assemble(&format!("{words}\nSETITEMS\nSTOP\n"))
            .unwrap()
            .bytes;
        [&plain[..stop], &more].concat()
    };
    for words in [
        "BINGET 9\nLONG1 5\nAPPEND\nPOP",
        "LONG1 0\nBINFLOAT 2.0\nSETITEM",
        "EMPTY_TUPLE\nBUILD",
    ] {
        let checkpoint = open(&tail(words));
        assert_eq!(checkpoint.tensors().len(), 0, "{words}");
        assert_eq!(checkpoint.refused()[0].name, "weight", "{words}");
    }
}

#[test]
fn elements_again_and_again_do_not_fill_the_disk() {
    let scratch = Scratch::new();
    let path = scratch.file(
        "bomb.pt",
        &archive(&of(100, 0, &[1 << 20, 1 << 20], &[0, 0]), LEN),
    );
    let error = converted(&path, &scratch.path("out"), &Request::default()).unwrap_err();
    assert!(matches!(error, ConvertError::Request(_)), "{error}");
    assert_eq!(scratch.names(), ["bomb.pt"]);
}

/// A small generator of numbers, the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[test]
fn nothing_outside_of_a_storage_is_ever_read() {
    let mut random = Random(1);
    let (mut opened, mut tensors) = (0, 0);
    for round in 0..20_000 {
        let mut bytes = match round % 3 {
            0 => of(100, 3, &[4, 5], &[20, 1]),
            1 => of(100, 0, &[10], &[10]),
            _ => of(100, 0, &[7, 0, 2], &[1, 1, 1]),
        };
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            bytes[at] = match random.below(3) {
                0 => bytes[at] ^ (1 << random.below(8)),
                1 => u8::try_from(random.below(256)).unwrap(),
                _ => bytes[at].wrapping_add(1),
            };
        }
        bytes
            .iter_mut()
            .filter(|byte| **byte == FILL)
            .for_each(|byte| *byte = 0);
        let file = archive(&bytes, LEN);
        let Ok(checkpoint) = Checkpoint::from_bytes(file, "x.pt", &Opening::default()) else {
            continue;
        };
        opened += 1;
        for tensor in checkpoint.tensors() {
            tensors += 1;
            let span = checkpoint.in_place(tensor).unwrap();
            assert!(span.iter().all(|&byte| byte == FILL), "{tensor:?}");
            if tensor.bytes() < 1 << 20 {
                let elements = checkpoint.to_vec(tensor).unwrap();
                assert_eq!(elements.len() as u64, tensor.bytes());
                assert!(elements.iter().all(|&byte| byte == FILL), "{tensor:?}");
            }
        }
    }
    // Else it would have tested nothing.
    assert!(opened > 1000 && tensors > 1000, "{opened} {tensors}");
}
