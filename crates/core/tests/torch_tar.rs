//! Checkpoints as PyTorch wrote them before 0.1.10: tar archives. No such version can be installed any
//! more, so the encoder here follows what the loader reads (`torch/serialization.py`, `legacy_load`).
#![allow(clippy::unwrap_used)]

mod support;

use support::{call_lines, call_of, details, lines, records, rules};
use weighbridge::{Format, Report, Scanner, Verdict};
use weighbridge_testkit::packed::gzip;
use weighbridge_testkit::tar::Tar;

/// A storage of floats, by its key.
struct Storage {
    key: u8,
    class: &'static str,
    count: i64,
    bytes: Vec<u8>,
}

fn floats(key: u8, values: &[f32]) -> Storage {
    Storage {
        key,
        class: "torch\nFloatStorage",
        count: i64::try_from(values.len()).unwrap(),
        bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
    }
}

fn number(n: usize) -> Vec<u8> {
    vec![0x80, 2, b'K', u8::try_from(n).unwrap(), b'.']
}

/// The member `storages`: a count, each storage, and the views.
fn storages(storages: &[Storage]) -> Vec<u8> {
    let mut bytes = number(storages.len());
    for Storage {
        key,
        class,
        count,
        bytes: elements,
    } in storages
    {
        bytes.extend([0x80, 2, b'K', *key, b'X', 3, 0, 0, 0]);
        bytes.extend(b"cpuc");
        bytes.extend(class.as_bytes());
        bytes.extend(b"\n\x87.");
        bytes.extend(count.to_le_bytes());
        bytes.extend(elements);
    }
    bytes.extend(b"\x80\x02].");
    bytes
}

/// The member `tensors`: a count, and each tensor with its key and that of its storage.
fn tensors(tensors: &[(u8, u8, &[u64])]) -> Vec<u8> {
    let mut bytes = number(tensors.len());
    for (key, storage, sizes) in tensors {
        bytes.extend([0x80, 2, b'K', *key, b'K', *storage]);
        bytes.extend(b"ctorch\nFloatTensor\n\x87.");
        bytes.extend((sizes.len() as u64).to_le_bytes());
        let strides = vec![1; sizes.len()];
        for n in sizes.iter().chain(&strides).chain(&[0]) {
            bytes.extend(n.to_le_bytes());
        }
    }
    bytes
}

/// The member `pickle`: a dictionary of tensors by their names.
fn object(tensors: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = b"\x80\x02ccollections\nOrderedDict\n)R(".to_vec();
    for (name, id) in tensors {
        for text in [name, id] {
            bytes.push(b'X');
            bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.push(b'Q');
    }
    bytes.extend(b"u.");
    bytes
}

const SYS_INFO: &[u8] =
    b"\x80\x02}(X\x10\0\0\0protocol_versionM\xe8\x03X\x0d\0\0\0little_endian\x88u.";

fn archive(object: &[u8], tensors: &[u8], storages: &[u8]) -> Vec<u8> {
    Tar::new()
        .file("sys_info", SYS_INFO)
        .file("pickle", object)
        .file("tensors", tensors)
        .file("storages", storages)
        .bytes()
}

fn honest() -> Vec<u8> {
    let of = [floats(1, &[1.0, 2.0, 3.0, 4.0]), floats(2, &[-0.5])];
    let object = object(&[("weight", "3"), ("bias", "4")]);
    archive(
        &object,
        &tensors(&[(3, 1, &[2, 2]), (4, 2, &[1])]),
        &storages(&of),
    )
}

fn with_storages(storages: &[u8]) -> Vec<u8> {
    archive(&object(&[]), &tensors(&[]), storages)
}

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("model.pt", bytes)
}

#[test]
fn a_checkpoint_is_clean_and_its_elements_are_opaque() {
    let report = scan(&honest());
    assert_eq!(report.formats, ["torch-tar"]);
    assert_eq!(rules(&report), [""; 0]);
    assert_eq!(details(&report), [""; 0]);
    assert_eq!(report.verdict, Verdict::Clean);
    assert_eq!(report.coverage.opaque_bytes, 20);
    let (_, examined) = records(&honest());
    assert_eq!(
        (examined.formats, examined.pickles),
        (vec![Format::TorchTar], 4)
    );
    // `torch.load` does not read it compressed, and other programs do.
    assert_eq!(scan(&gzip(&honest())).verdict, Verdict::Clean);
}

#[test]
fn every_member_and_every_pickle_in_it_is_followed() {
    let storage = [floats(1, &[1.0; 4])];
    let (empty, none) = (tensors(&[]), object(&[]));
    let sound = storages(&storage);
    let views = sound.len() - 4;
    let at = |from: usize, lines: Vec<String>| -> Vec<String> {
        let line = |line: &String| {
            let (member, rest) = line.split_once('@').unwrap();
            let (offset, rest) = rest.split_once(' ').unwrap();
            format!(
                "{member}@{} #2 {rest}",
                offset.parse::<usize>().unwrap() + from
            )
        };
        lines.iter().map(line).collect()
    };
    let told = |bytes: Vec<u8>| lines(&bytes);
    let pickle = told(archive(&call_of("x"), &empty, &sound));
    for line in call_lines("pickle", "x") {
        assert!(pickle.contains(&line), "{line} in {pickle:?}");
    }
    // Behind the elements of a storage, whatever these are.
    let hidden = told(with_storages(&[&sound[..views], &call_of("x")].concat()));
    for line in at(views, call_lines("storages", "x")) {
        assert!(hidden.contains(&line), "{line} in {hidden:?}");
    }
    // Behind the sizes of a tensor.
    let mut two = tensors(&[(3, 1, &[4]), (4, 1, &[4])]);
    let behind = (two.len() - 5) / 2 + 5;
    two.truncate(behind);
    two.extend(call_of("x"));
    let hidden = told(archive(&none, &two, &sound));
    for line in at(behind, call_lines("tensors", "x")) {
        assert!(hidden.contains(&line), "{line} in {hidden:?}");
    }
}

#[test]
fn elements_are_looked_at_but_are_no_opcodes() {
    // A pickle where elements should be: nothing loads it.
    let call = call_of("x");
    let storage = Storage {
        key: 1,
        class: "torch\nByteStorage",
        count: i64::try_from(call.len()).unwrap(),
        bytes: call,
    };
    let report = scan(&with_storages(&storages(&[storage])));
    assert_eq!(details(&report), [""; 0]);
    assert_eq!(rules(&report), ["PKL101", "PKL201"]);
    assert_eq!(report.coverage.opaque_bytes, 20);
}

#[test]
fn what_does_not_add_up_is_a_gap() {
    let told = |storage: Storage| {
        let report = scan(&with_storages(&storages(&[storage])));
        assert_eq!(report.verdict, Verdict::Unknown);
        details(&report)[0].to_owned()
    };
    let storage = || floats(1, &[1.0; 4]);
    let of = |class| Storage { class, ..storage() };
    let counted = |count| Storage { count, ..storage() };
    let unknown = "a storage or a tensor: its type is not known";
    assert_eq!(told(counted(99)), "a storage or a tensor: it is cut off");
    for count in [-1, i64::MAX] {
        assert_eq!(
            told(counted(count)),
            "a storage or a tensor: its size is impossible"
        );
    }
    let report = scan(&with_storages(&storages(&[of("torch\nWordStorage")])));
    assert!(details(&report).contains(&unknown));
    let report = scan(&with_storages(&storages(&[of("words\nFloatStorage")])));
    assert!(details(&report).contains(&unknown));
    // Fewer pickles than the first says.
    let mut fewer = storages(&[storage()]);
    fewer[3] = 5;
    let report = scan(&with_storages(&fewer));
    assert!(
        details(&report).contains(&"3 of 7 pickles are there"),
        "{:?}",
        details(&report)
    );
}

#[test]
fn no_byte_too_few_is_clean_and_no_bit_hides_a_call() {
    let whole = honest();
    let scanner = Scanner::new();
    let end = whole.len() - 1024;
    for cut in 1..end {
        let verdict = scanner.scan_bytes("m", &whole[..cut]).verdict;
        // Whole members, of which each is read.
        assert!(
            verdict > Verdict::Clean || cut % 512 == 0,
            "{cut}: {verdict}"
        );
    }
    let storage = [floats(1, &[1.0; 4])];
    let mut hostile = storages(&storage);
    hostile.truncate(hostile.len() - 4);
    hostile.extend(call_of("x"));
    let whole = Tar::new().file("storages", &hostile).open();
    for at in 0..512 + hostile.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            let verdict = scanner.scan_bytes("m", &damaged).verdict;
            assert!(verdict > Verdict::Clean, "{at}, bit {bit}");
        }
    }
}
