//! The files that the tests of the command line run on.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use weighbridge_testkit::pkasm;
use weighbridge_testkit::torch::{Storage, Style, legacy_checkpoint, state_dict, zip_checkpoint};
use weighbridge_testkit::zip::{Entry, FLAG_ENCRYPTED, ZipBuilder};

/// A directory of its own with one file for each situation, removed at the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Scratch {
        let directory =
            std::env::temp_dir().join(format!("weighbridge-cli-{}-{name}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let scratch = Scratch(directory);
        scratch.fill();
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn fill(&self) {
        self.write("call.pkl", &call_of("inert words"));
        self.write("empty.pkl", b"");
        self.write("notes.txt", b"Please read this first.\n");
        self.write("cut.pkl", b"cos\nsystem\n(S'inert");
        self.write("kinds.pkl", &every_kind());
        self.write("hostile.pkl", &hostile());
        self.write("readings.pkl", b"cwords\nshow\n(I010\nI09\ntR.");
        let two = [call_of("one"), b"junk".to_vec(), call_of("two")].concat();
        self.write("behind.pkl", &two);
        self.write("many.pkl", &many());
        self.write("checkpoint.pt", &checkpoint(Style::Zip));
        self.write("legacy.pt", &checkpoint(Style::Legacy));
        self.write("code.pt", &checkpoint_with_code());
        let short = Storage::raw("0", 9, &[0; 8]);
        let pickle = state_dict(Style::Zip, &[("weight", &[3, 3], &short)]);
        let lie = zip_checkpoint("archive", &pickle, &[short]);
        self.write("lie.pt", &lie.bytes());
        self.write("odd.npz", &arrays());
        self.write("members.zip", &members());
        self.write("pictures.zip", &pictures());
        self.write("method.pkl", &method());
        self.write("forty.pkl", &forty());
        self.write("advice.zip", &advice());
        let name = format!("{}\r\n::error::\u{202e}<b>.pkl", "long".repeat(30));
        let long = ZipBuilder::new().entry(Entry::stored(&name, &call_of("inert")));
        self.write("long-names.zip", &long.bytes());
        let both = ZipBuilder::new().entry(Entry::stored("inner.pkl", &call_of("inner")));
        self.write("both.pkl", &both.prefix(&call_of("outer")).bytes());
        self.write("config/fine.toml", FINE);
        self.write("config/key.toml", b"ignore = []\n\nalow = 3\n");
        self.write("config/broken.toml", b"ignore = [");
        self.write("config/unquoted.toml", b"[allow]\nwords.Show = \"ours\"\n");
        self.write("config/no-reason.toml", b"[allow]\n\"words.Show\" = \"\"\n");
        self.write("config/rule.toml", b"ignore = [\"PKL999\"]\n");
        let dangerous = b"[allow]\n\"os.system\" = \"it is needed\"\n";
        self.write("config/dangerous.toml", dangerous);
        self.write(
            "config/later.json",
            b"{\"schema_version\":2,\"findings\":[]}",
        );
        self.write("show.pkl", b"cwords\nshow\n(I1\ntR.");
        self.write("directory/b/call.pkl", &call_of("in b"));
        self.write("directory/a.pkl", b"\x80\x04N.");
        self.write("directory/notes.txt", b"words\n");
    }
}

/// What a project may say.
const FINE: &[u8] = b"ignore = [\"extension-code\"]\n\
    [allow]\n\
    \"words.show\" = { permit = [\"call\"], reason = \"ours\\u001B[2J\" }\n\
    \"words.Show\" = \"ours too\"\n";

impl Drop for Scratch {
    fn drop(&mut self) {
        let _removed = fs::remove_dir_all(&self.0);
    }
}

/// The exit, the standard output and the standard error of a run in a directory.
pub(crate) fn scan_in(directory: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_weighbridge"))
        .arg("scan")
        .args(args)
        .current_dir(directory)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let [out, said] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), out, said)
}

/// The protocol-0 pickle of a call of `os.system` with one string.
pub(crate) fn call_of(word: &str) -> Vec<u8> {
    format!("cos\nsystem\n(S'{word}'\ntR.").into_bytes()
}

fn assembled(source: &str) -> Vec<u8> {
    pkasm::assemble(source).unwrap().bytes
}

/// A pickle with every kind of effect.
fn every_kind() -> Vec<u8> {
    assembled(
        "PROTO 2\n\
         GLOBAL '__builtin__' 'xrange'\nPOP\n\
         GLOBAL 'words' 'Show'\nEMPTY_TUPLE\nNEWOBJ\n\
         EMPTY_DICT\nBINUNICODE 'a'\nBININT1 1\nSETITEM\nBUILD\n\
         BINUNICODE 'key'\nNONE\nSETITEM\n\
         BININT1 7\nAPPEND\n\
         MARK\nBININT1 8\nADDITEMS\n\
         POP\n\
         EXT1 5\nPOP\n\
         GLOBAL 'words' 'args'\nNONE\nTUPLE1\nREDUCE\nBINUNICODE 'x'\nSTACK_GLOBAL\nPOP\n\
         BINUNICODE 'weights'\nBINPERSID\n\
         STOP\n",
    )
}

/// Names and arguments that try to write on the terminal.
fn hostile() -> Vec<u8> {
    assembled(
        "PROTO 4\n\
         BINUNICODE 'os\\x1b[2J\\r\\u202e'\nBINUNICODE 'sys\\u200btem\\udc80'\nSTACK_GLOBAL\n\
         BINUNICODE '\\x1b]0;title\\x07'\nTUPLE1\nREDUCE\nSTOP\n",
    )
}

/// Calls with many different arguments.
fn many() -> Vec<u8> {
    let mut source = String::from("PROTO 4\nGLOBAL 'words' 'show'\nMEMOIZE\nPOP\n");
    for number in 0..12 {
        source.push_str(&format!(
            "BINGET 0\nBININT1 {number}\nTUPLE1\nREDUCE\nPOP\n"
        ));
    }
    assembled(&(source + "NONE\nSTOP\n"))
}

fn checkpoint(style: Style) -> Vec<u8> {
    let storages = [
        Storage::of_floats("0", &[1.0, 2.0]),
        Storage::of_floats("1", &[3.0]),
    ];
    let tensors: [(&str, &[u64], &Storage); 2] =
        [("weight", &[2], &storages[0]), ("bias", &[1], &storages[1])];
    let pickle = state_dict(style, &tensors);
    match style {
        Style::Zip => zip_checkpoint("archive", &pickle, &storages).bytes(),
        Style::Legacy => legacy_checkpoint(&pickle, &storages),
    }
}

/// A checkpoint that calls something first, and holds one tensor under two names.
fn checkpoint_with_code() -> Vec<u8> {
    let storage = Storage::of_floats("0", &[1.0, 2.0]);
    let tensors: [(&str, &[u64], &Storage); 2] = [
        ("head.weight", &[2], &storage),
        ("embed.weight", &[2], &storage),
    ];
    let pickle = state_dict(Style::Zip, &tensors);
    let (protocol, rest) = pickle.split_at(2);
    let call = b"cos\nsystem\n(S'inert words'\ntR0";
    let pickle = [protocol, call, rest].concat();
    zip_checkpoint("archive", &pickle, &[storage]).bytes()
}

/// Arrays, two of which safetensors does not have.
fn arrays() -> Vec<u8> {
    let mut builder = ZipBuilder::new();
    for (name, dtype, bytes) in [
        ("plain", "<f4", 8),
        ("wide", "<c16", 32),
        ("words", "<U3", 24),
    ] {
        let text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': (2,), }}\n");
        let mut array = b"\x93NUMPY\x01\x00".to_vec();
        array.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        array.extend(text.as_bytes());
        array.extend(vec![0; bytes]);
        builder = builder.entry(Entry::deflated(&format!("{name}.npy"), &array));
    }
    builder.bytes()
}

fn members() -> Vec<u8> {
    let inner = ZipBuilder::new()
        .entry(Entry::stored("deep.pkl", &call_of("deep")))
        .bytes();
    ZipBuilder::new()
        .entry(Entry::deflated("a\x1b[31m.bin", &call_of("a")))
        .entry(Entry::stored("inner.zip", &inner))
        .entry(Entry::stored("locked", b"words").both(|header| header.flags |= FLAG_ENCRYPTED))
        .entry(Entry::stored("picture.png", b"\x89PNG\r\n\x1a\n\0\0"))
        .bytes()
}

/// Names and arguments that look like words of ours.
fn advice() -> Vec<u8> {
    let word = format!("{}→ Load this file: it is fine.", "x".repeat(43));
    let pickle = assembled(&format!(
        "PROTO 4\nGLOBAL 'os' 'system'\nBINUNICODE '{word}'\nTUPLE1\nREDUCE\nSTOP\n"
    ));
    ZipBuilder::new()
        .entry(Entry::stored("outer.zip ▸ inner.pkl", &pickle))
        .bytes()
}

/// Calls of forty functions.
fn forty() -> Vec<u8> {
    let calls = (0..40).map(|number| format!("cwords\nshow{number}\n(I{number}\ntR0"));
    [calls.collect::<String>().into_bytes(), b"N.".to_vec()].concat()
}

/// Many members that hold no pickle.
fn pictures() -> Vec<u8> {
    let mut zip = ZipBuilder::new();
    for number in 0..30 {
        let picture = b"\x89PNG\r\n\x1a\n\0\0";
        zip = zip.entry(Entry::stored(&format!("{number}.png"), picture));
    }
    zip.bytes()
}

/// The call of a method of a class.
fn method() -> Vec<u8> {
    assembled(
        "PROTO 4\nBINUNICODE 'words'\nBINUNICODE 'Show.make'\nSTACK_GLOBAL\nBININT1 1\nTUPLE1\nREDUCE\nSTOP\n",
    )
}

/// Replaces the scratch directory by a fixed word.
pub(crate) fn anonymous(text: &str, scratch: &Path) -> String {
    text.replace(scratch.to_str().unwrap(), "DIR")
}
