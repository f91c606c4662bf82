//! What a pickle is wrapped in: carriers, whose loaders unpickle what is in them, and containers, which
//! hold any content.

use weighbridge_testkit::tar::{self, Tar};
use weighbridge_testkit::torch::{self, Storage};
use weighbridge_testkit::zip::{Entry, ZipBuilder};
use weighbridge_testkit::{dbm, packed};

/// Something that wraps bytes.
pub(crate) type Wrap = fn(&[u8]) -> Vec<u8>;

/// What loaders take for a pickle, and unpickle.
pub(crate) const CARRIERS: &[(&str, Wrap)] = &[
    ("pickle", |pickle| pickle.to_vec()),
    ("torch-zip", torch_zip),
    ("torch-zip other case", |pickle| {
        let archive = ZipBuilder::new().entry(Entry::stored("M/Data.pkl", pickle));
        archive.entry(Entry::stored("M/version", b"3\n")).bytes()
    }),
    ("torch-zip deflated", |pickle| {
        let archive = ZipBuilder::new().entry(Entry::deflated("m/data.pkl", pickle));
        archive.entry(Entry::stored("m/version", b"3\n")).bytes()
    }),
    ("torch-legacy", |pickle| {
        torch::legacy_checkpoint(pickle, &[])
    }),
    ("torch-tar", torch_tar),
    ("npy", npy),
    ("npz", |pickle| {
        let member = Entry::deflated("arr_0.npy", &npy(pickle));
        ZipBuilder::new().entry(member).bytes()
    }),
    ("joblib", joblib),
    ("joblib zlib", |pickle| packed::zlib(&joblib(pickle))),
    ("shelf of SQLite", |pickle| dbm::sqlite(b"key", pickle)),
    ("pickles behind a pickle", |pickle| {
        [b"\x80\x02N.\x80\x04].", pickle].concat()
    }),
];

/// What has a pickle loaded, which no model needs, whatever is in it.
pub(crate) const LOADERS: &[(&str, Wrap)] = &[
    ("pickle.loads", loads),
    ("torch-legacy in the first pickle", |pickle| {
        let mut pickles = torch::legacy_pickles(b"\x80\x02N.", &[]);
        pickles[0] = loads(pickle);
        pickles.concat()
    }),
];

/// What holds any content.
pub(crate) const CONTAINERS: &[(&str, Wrap)] = &[
    ("zip stored", |data| zip(Entry::stored("words", data))),
    ("zip deflated", |data| zip(Entry::deflated("a.bin", data))),
    ("zip bzip2", |data| {
        zip(Entry::raw("a", 12, packed::bzip2(data), data))
    }),
    ("zip zip64", |data| {
        let archive = ZipBuilder::new().entry(Entry::stored("a", data).zip64());
        archive.zip64_end().bytes()
    }),
    ("tar", |data| Tar::new().file("words", data).bytes()),
    ("tar pax", |data| {
        let long = tar::Entry::pax(b'x', &[("path", "long/name")]);
        Tar::new().entry(&long).file("a", data).bytes()
    }),
    ("tar.gz", |data| {
        packed::gzip(&Tar::new().file("a", data).bytes())
    }),
    ("7z", sevenz),
    ("gdbm", |data| dbm::gdbm(b"key", data)),
    ("gzip", packed::gzip),
    ("zlib", packed::zlib),
    ("bzip2", packed::bzip2),
    ("xz", packed::xz),
    ("lzma", packed::lzma),
    ("zstd", packed::zstd),
    ("lz4", packed::lz4),
];

fn zip(entry: Entry) -> Vec<u8> {
    ZipBuilder::new().entry(entry).bytes()
}

fn torch_zip(pickle: &[u8]) -> Vec<u8> {
    let storage = Storage::of_floats("0", &[1.0, 2.0]);
    torch::zip_checkpoint("archive", pickle, &[storage]).bytes()
}

fn torch_tar(pickle: &[u8]) -> Vec<u8> {
    Tar::new()
        .file("sys_info", b"\x80\x02}.")
        .file("pickle", pickle)
        .file("tensors", b"\x80\x02K\0.")
        .file("storages", b"\x80\x02K\0.\x80\x02].")
        .bytes()
}

/// An array of objects, whose header has the length that NumPy gives it.
pub(crate) fn npy(pickle: &[u8]) -> Vec<u8> {
    let header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
    let header = format!("{header:117}\n");
    [b"\x93NUMPY\x01\0\x76\0", header.as_bytes(), pickle].concat()
}

/// An array of objects as joblib writes it: their pickle is right behind the wrapper.
fn joblib(pickle: &[u8]) -> Vec<u8> {
    let wrapper =
        b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\0\0\0shapeK\x01\x85\
        X\x05\0\0\0dtypecnumpy\ndtype\nX\x02\0\0\0O8\x89\x88\x87R(K\x03X\x01\0\0\0|NNN\
        J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ftbub";
    [wrapper, pickle, b"."].concat()
}

/// A pickle that has another one loaded.
fn loads(pickle: &[u8]) -> Vec<u8> {
    let len = u32::try_from(pickle.len()).unwrap_or(0).to_le_bytes();
    [b"\x80\x04cpickle\nloads\nB", &len[..], pickle, b"\x85R."].concat()
}

/// One file, stored.
fn sevenz(data: &[u8]) -> Vec<u8> {
    let sum = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    // A length in eight bytes.
    let len = [&[0xff][..], &(data.len() as u64).to_le_bytes()].concat();
    let header = [
        &[1, 4, 6, 0, 1, 9][..],
        &len,
        &[0, 7, 11, 1, 0, 1, 1, 0, 12],
        &len,
        &[0, 8, 0, 0, 5, 1, 0x11, 5, 0, b'a', 0, 0, 0, 0, 0],
    ]
    .concat();
    let mut start = (data.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(sum(&header));
    let magic = b"7z\xbc\xaf\x27\x1c\0\x04";
    [magic, &sum(&start)[..], &start, data, &header].concat()
}
