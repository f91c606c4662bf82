//! What is hidden: pickles that act, and lies about the archives that they lie in.

use weighbridge::Verdict;
use weighbridge_testkit::packed;
use weighbridge_testkit::tar::{self, Tar};
use weighbridge_testkit::torch::{self, Storage};
use weighbridge_testkit::zip::{DEFLATED, Entry, ZipBuilder};

use super::carriers::npy;

/// A pickle, what it is judged to be wherever it lies, and whether it may be whole.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) pickle: &'static [u8],
    pub(crate) verdict: Verdict,
    pub(crate) rule: &'static str,
    pub(crate) whole: bool,
}

const fn attack(
    name: &'static str,
    pickle: &'static [u8],
    verdict: Verdict,
    rule: &'static str,
) -> Attack {
    Attack {
        name,
        pickle,
        verdict,
        rule,
        whole: true,
    }
}

const fn broken(name: &'static str, pickle: &'static [u8], rule: &'static str) -> Attack {
    Attack {
        whole: false,
        ..attack(name, pickle, Verdict::Malicious, rule)
    }
}

use Verdict::{Malicious, Suspicious};

pub(crate) const CALL: &[u8] = b"\x80\x02cos\nsystem\nX\x0b\0\0\0inert words\x85R.";

pub(crate) const ATTACKS: &[Attack] = &[
    attack("a call", CALL, Malicious, "PKL101"),
    attack(
        "a call of protocol 0",
        b"cos\nsystem\n(S'inert words'\ntR.",
        Malicious,
        "PKL101",
    ),
    attack(
        "a name that leads through a module that is allowed",
        b"\x80\x04\x8c\x05torch\x8c\x17serialization.os.system\x93\x8c\x05words\x85R.",
        Malicious,
        "PKL106",
    ),
    attack(
        "a name from the memo",
        b"\x80\x04\x8c\x02os\x940\x8c\x06system\x940h\0h\x01\x93\x8c\x05words\x85R.",
        Malicious,
        "PKL101",
    ),
    attack(
        "what is called is dropped, and the value is harmless",
        b"\x80\x02cos\nsystem\nX\x05\0\0\0words\x85R0K\x01.",
        Malicious,
        "PKL101",
    ),
    attack(
        "an import that is not called",
        b"\x80\x02cos\nsystem\n.",
        Malicious,
        "PKL102",
    ),
    attack(
        "a module that nobody has",
        b"\x80\x02cwords\nshow\n)R.",
        Suspicious,
        "PKL103",
    ),
    attack(
        "items on something that is no dict",
        b"\x80\x02cwords\nshow\n)RX\x01\0\0\0aK\x01s.",
        Suspicious,
        "PKL103",
    ),
    broken(
        "a byte that is no opcode behind a call",
        b"\x80\x02cos\nsystem\nX\x05\0\0\0words\x85R\xff.",
        "PKL101",
    ),
    broken(
        "an operand that is too long behind a call",
        b"\x80\x02cos\nsystem\nX\x05\0\0\0words\x85RX\xff\xff\xff\x7fa.",
        "PKL101",
    ),
    broken(
        "a stack that is empty behind a call",
        b"\x80\x02cos\nsystem\nX\x05\0\0\0words\x85R00.",
        "PKL101",
    ),
    // What follows may be its end.
    attack(
        "a call without an end",
        b"\x80\x02cos\nsystem\nX\x05\0\0\0words\x85R",
        Malicious,
        "PKL101",
    ),
];

/// What is harmless.
pub(crate) const HARMLESS: &[u8] = b"\x80\x02](K\x01X\x05\0\0\0wordse.";

/// A file with the call where some loader runs it.
type Lie = (&'static str, fn() -> Vec<u8>);

fn zip(entry: Entry) -> Vec<u8> {
    harmless().entry(entry).bytes()
}

fn harmless() -> ZipBuilder {
    ZipBuilder::new().entry(Entry::stored("m/version", b"3\n"))
}

fn data() -> Entry {
    Entry::stored("m/data.pkl", CALL)
}

/// Lies about zip archives: field.md's list of what scanners fell for, and what is close to it.
pub(crate) const ZIP_LIES: &[Lie] = &[
    ("a member of another ending", || {
        zip(Entry::stored("m/data.txt", CALL))
    }),
    ("a member without one", || zip(Entry::stored("m/x", CALL))),
    ("another name in the local header", || {
        zip(data().local(|header| header.name = b"m/words.txt".to_vec()))
    }),
    ("another name in the directory", || {
        zip(data().central(|header| header.name = b"m/words.txt".to_vec()))
    }),
    ("encrypted, says the directory", || {
        zip(data().central(|h| h.flags |= 1))
    }),
    ("encrypted, says the local header", || {
        zip(data().local(|h| h.flags |= 1))
    }),
    ("encrypted, say both", || zip(data().both(|h| h.flags |= 1))),
    ("encrypted and deflated", || {
        zip(Entry::deflated("m/data.pkl", CALL).both(|h| h.flags |= 1))
    }),
    ("patched data", || zip(data().both(|h| h.flags |= 0x20))),
    (
        "strong encryption",
        || zip(data().both(|h| h.flags |= 0x40)),
    ),
    ("all flags", || zip(data().both(|h| h.flags = 0xffff))),
    ("a wrong checksum", || zip(data().both(|h| h.crc ^= 1))),
    ("a wrong checksum in the local header", || {
        zip(data().local(|h| h.crc ^= 1))
    }),
    ("a wrong checksum of deflated data", || {
        zip(Entry::deflated("m/data.pkl", CALL).both(|h| h.crc ^= 1))
    }),
    ("deflated, says the local header", || {
        zip(data().local(|h| h.method = DEFLATED))
    }),
    ("another size", || {
        zip(data().both(|h| h.uncompressed_size += 9))
    }),
    ("another size in the local header", || {
        zip(data().local(|h| h.compressed_size = 3))
    }),
    ("a later version", || zip(data().both(|h| h.version = 99))),
    ("twice, the first harmful", || {
        harmless()
            .entry(data())
            .entry(Entry::stored("m/data.pkl", HARMLESS))
            .bytes()
    }),
    ("twice, the last harmful", || {
        harmless()
            .entry(Entry::stored("m/data.pkl", HARMLESS))
            .entry(data())
            .bytes()
    }),
    ("an orphan", || zip(data().orphan())),
    ("a folder's name", || {
        zip(Entry::stored("m/data.pkl/", CALL))
    }),
    ("a name with NUL", || {
        zip(Entry::stored("m/data.pkl\0.txt", CALL))
    }),
    ("a name that leads out", || {
        zip(Entry::stored("../data.pkl", CALL))
    }),
    ("a harmful pickle before an archive", || {
        harmless().prefix(CALL).bytes()
    }),
    ("the same, counted", || {
        harmless().counted_prefix(CALL).bytes()
    }),
    ("a harmless pickle before", || {
        harmless().entry(data()).prefix(HARMLESS).bytes()
    }),
    ("a harmful pickle behind", || {
        harmless().suffix(CALL).bytes()
    }),
    ("an archive behind an archive", || {
        [zip(data()), harmless().bytes()].concat()
    }),
    ("an archive before an archive", || {
        [harmless().bytes(), zip(data())].concat()
    }),
    ("without its end", || {
        let archive = harmless().entry(data()).build();
        archive.bytes[..archive.directory_offset].to_vec()
    }),
    ("an end that is not the last", || {
        harmless()
            .entry(data())
            .end(|end| end.comment = b"PK\x05\x06words".to_vec())
            .bytes()
    }),
    ("an end that counts too few", || {
        harmless()
            .entry(data())
            .end(|end| (end.entries, end.entries_here) = (1, 1))
            .bytes()
    }),
    ("a storage that is a pickle", || {
        let storage = Storage::raw("0", 1, CALL);
        torch::zip_checkpoint("m", HARMLESS, &[storage]).bytes()
    }),
    ("a comment", || {
        harmless().end(|end| end.comment = CALL.to_vec()).bytes()
    }),
    ("between the members", || {
        harmless()
            .gap(CALL)
            .entry(Entry::stored("m/x", HARMLESS))
            .bytes()
    }),
];

/// Lies about everything else.
pub(crate) const OTHER_LIES: &[Lie] = &[
    ("tar: behind the end", || {
        let end = Tar::new().file("a", HARMLESS).bytes();
        [end, Tar::new().file("b", CALL).bytes()].concat()
    }),
    ("tar: twice", || {
        Tar::new()
            .file("pickle", CALL)
            .file("pickle", HARMLESS)
            .bytes()
    }),
    ("tar: a size for some loaders", || {
        let size = tar::Entry::pax(b'g', &[("size", "5")]);
        Tar::new().entry(&size).file("a", CALL).bytes()
    }),
    ("tar: a folder with data", || {
        let inner = tar::Entry::file("a", CALL).bytes();
        Tar::new()
            .entry(&tar::Entry::new("d", b'5', &inner))
            .bytes()
    }),
    ("tar: a type that nobody knows", || {
        Tar::new().entry(&tar::Entry::new("a", b'Z', CALL)).bytes()
    }),
    ("tar: signed checksum", || {
        Tar::new()
            .entry(&tar::Entry::file("\u{e9}", CALL).signed())
            .bytes()
    }),
    ("tar: without its end", || Tar::new().file("a", CALL).open()),
    ("gzip: the second member", || {
        [packed::gzip(&CALL[..9]), packed::gzip(&CALL[9..])].concat()
    }),
    ("gzip: zeros between members", || {
        [
            packed::gzip(b"\x80\x02"),
            vec![0; 9],
            packed::gzip(&CALL[2..]),
        ]
        .concat()
    }),
    ("gzip: reserved flags", || {
        let mut bytes = packed::gzip(CALL);
        bytes[3] |= 0xe0;
        bytes
    }),
    ("gzip: a wrong checksum", || {
        let mut bytes = packed::gzip(CALL);
        let at = bytes.len() - 8;
        bytes[at] ^= 1;
        bytes
    }),
    ("gzip: cut off", || {
        let bytes = packed::gzip(CALL);
        bytes[..bytes.len() - 9].to_vec()
    }),
    ("gzip: words behind", || {
        [packed::gzip(CALL), b"words".to_vec()].concat()
    }),
    ("bzip2: the second stream", || {
        [packed::bzip2(b"\x80\x02"), packed::bzip2(&CALL[2..])].concat()
    }),
    ("xz: the second stream", || {
        [packed::xz(b"\x80\x02"), packed::xz(&CALL[2..])].concat()
    }),
    ("lz4: the second frame", || {
        [packed::lz4(b"\x80\x02"), packed::lz4(&CALL[2..])].concat()
    }),
    ("zlib: words behind", || {
        [packed::zlib(CALL), b"words".to_vec()].concat()
    }),
    ("npy: numbers behind which it lies", || {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }";
        let header = format!("{header:117}\n");
        [b"\x93NUMPY\x01\0\x76\0", header.as_bytes(), &npy(CALL)].concat()
    }),
    ("npy: a header that lies about objects", || {
        let header =
            "{'descr': [('a', '<i4'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }";
        let header = format!("{header:117}\n");
        [b"\x93NUMPY\x01\0\x76\0", header.as_bytes(), CALL].concat()
    }),
    ("npy: version 3", || {
        let header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";
        let len = u32::try_from(header.len()).unwrap_or(0).to_le_bytes();
        [b"\x93NUMPY\x03\0", &len[..], header.as_bytes(), CALL].concat()
    }),
    ("npz: deflated, with more than a page", || {
        let array = npy(&[b"\x80\x02B\0\0\x01\0", &[7; 1 << 16][..], b"0", &CALL[2..]].concat());
        zip(Entry::deflated("arr_0.npy", &array))
    }),
    ("safetensors: an archive at its end", || {
        let archive = zip(data());
        let len = archive.len();
        let header =
            format!("{{\"w\":{{\"dtype\":\"U8\",\"shape\":[{len}],\"data_offsets\":[0,{len}]}}}}");
        let head = (header.len() as u64).to_le_bytes();
        [&head[..], header.as_bytes(), &archive].concat()
    }),
    ("torch-legacy: a storage's keys", || {
        let mut pickles = torch::legacy_pickles(HARMLESS, &[]);
        pickles[4] = CALL.to_vec();
        pickles.concat()
    }),
    ("torch-tar: the facts about the system", || {
        Tar::new()
            .file("sys_info", CALL)
            .file("pickle", HARMLESS)
            .bytes()
    }),
];
