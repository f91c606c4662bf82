//! A report with each rule of the wrappings of pickles.

use weighbridge::{Report, Scanner};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

/// A pickle that names a file outside of its folder for an array.
const ARRAY: &[u8] =
    b"\x80\x02cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}X\x08\0\0\0filenameX\x08\0\0\0../wordssb.";
/// Metadata of a distributed checkpoint that name such a file.
const METADATA: &[u8] = b"\x80\x02ctorch.distributed.checkpoint.filesystem\n_StorageInfo\n)\x81}\
    X\x0d\0\0\0relative_pathX\x08\0\0\0../wordssb.";
/// Nodes of skops: a class and a loader that are not known, and something dangerous.
const SCHEMA: &[u8] =
    br#"[{"__module__": "words", "__class__": "Model", "__loader__": "MethodNode"},
    {"__module__": "os", "__class__": "system", "__loader__": "FunctionNode"}]"#;
/// A program of torch.export with a function, an operator and an expression of its own.
const PROGRAM: &[u8] =
    br#"[{"target": "torch.words"}, {"target": "torch.ops.words.run.default"}, {"expr_str": "exec"}]"#;

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let entry =
        |zip: ZipBuilder, &(name, data): &(&str, &[u8])| zip.entry(Entry::stored(name, data));
    members.iter().fold(ZipBuilder::new(), entry).bytes()
}

/// An archive with a link out of its directory, and a member behind the link.
fn links() -> Vec<u8> {
    let link = Entry::stored("out", b"..").more(|central| central.external = 0o120_777 << 16);
    let behind = Entry::stored("out/words", b"\x80\x02N.");
    ZipBuilder::new().entry(link).entry(behind).bytes()
}

pub(crate) fn reports() -> Vec<Report> {
    let scan = |name: &str, bytes: &[u8]| Scanner::new().scan_bytes(name, bytes);
    vec![
        scan("words.npy", b"\x80\x02N."),
        scan("a.pkl", ARRAY),
        scan(".metadata", METADATA),
        scan("a.zip", &links()),
        scan("a.skops", &archive(&[("schema.json", SCHEMA)])),
        scan(
            "a.pt2",
            &archive(&[("archive_format", b"pt2"), ("models/a.json", PROGRAM)]),
        ),
        scan(
            "a.pt",
            &archive(&[
                ("m/data.pkl", b"\x80\x02N."),
                ("m/constants.pkl", b"\x80\x02)."),
                ("m/code/a.py", b"torch.save(x, 'words')"),
                ("m/.data/python_version", b"3"),
                ("m/words.py", b"words"),
            ]),
        ),
    ]
}
