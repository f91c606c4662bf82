//! Payloads made by hand, each with what must be found in it. Their words are inert.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use weighbridge_pickle::Machine;

use super::Layer::{Base32, Base64, Base64Url, Gzip, Hex, Latin1, Zlib};
use super::*;

const TEXT: &[u8] = b"cos\nsystem\n(S'x'\ntR.";
const BINARY: &[u8] =
    b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x8c\x06system\x93\x8c\x05inert\x85R.";
const MAX: usize = 1 << 20;

fn found(value: &[u8]) -> Option<Payload<'_>> {
    let len = value.len() as u64;
    let found = find(&mut Machine::new(), value, len, MAX);
    let prefix = &value[..value.len().min(PREFIX)];
    assert!(found.is_none() || suspect(prefix, len), "{found:?}");
    found
}

fn none(value: &[u8]) {
    assert_eq!(found(value), None, "{}", String::from_utf8_lossy(value));
}

/// The layers that a pickle was found behind.
fn pickle(value: &[u8], within: &[u8]) -> Vec<Layer> {
    match found(value) {
        Some(Payload::Pickle { layers, bytes, .. }) => {
            assert!(bytes.starts_with(within), "{bytes:x?}");
            layers
        }
        other => panic!("{other:?} in {}", String::from_utf8_lossy(value)),
    }
}

pub(super) fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn digits(bytes: &[u8], alphabet: &[u8], width: usize) -> Vec<u8> {
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    bits.chunks(width)
        .map(|bits| {
            let value = (0..width).fold(0, |v, i| v << 1 | bits.get(i).copied().unwrap_or(0));
            alphabet[usize::from(value)]
        })
        .collect()
}

pub(super) fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = digits(bytes, DIGITS, 6);
    while !text.len().is_multiple_of(4) {
        text.push(b'=');
    }
    text
}

fn base64url(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    digits(bytes, DIGITS, 6)
}

fn base32(bytes: &[u8]) -> Vec<u8> {
    digits(bytes, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5)
}

fn hex(bytes: &[u8], before: &str) -> Vec<u8> {
    let pairs: Vec<String> = bytes.iter().map(|b| format!("{before}{b:02x}")).collect();
    pairs.concat().into_bytes()
}

fn latin1(bytes: &[u8]) -> Vec<u8> {
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    text.into_bytes()
}

/// A code object with so many numbers before its bytecode.
pub(super) fn code(numbers: usize, flag_ref: bool) -> Vec<u8> {
    let flag = if flag_ref { 0x80 } else { 0 };
    let mut code = vec![b'c' | flag];
    for at in 0..numbers {
        let number: u32 = if at + 1 == numbers { 0x40 } else { 1 };
        code.extend(number.to_le_bytes());
    }
    code.extend([b's', 4, 0, 0, 0, b'd', 0, b'S', 0]);
    if flag_ref {
        code.extend(b")\x01N");
    } else {
        code.extend(b"(\x01\0\0\0N");
    }
    code.extend(b"(\0\0\0\0(\0\0\0\0(\0\0\0\0(\0\0\0\0s\x01\0\0\0fs\x01\0\0\0m\x01\0\0\0s\0\0\0\0");
    code
}

/// The headers of a Windows program.
pub(super) fn pe(machine: u16, characteristics: u16) -> Vec<u8> {
    let mut pe = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
    pe.resize(0x3c, 0);
    pe.extend(0x80u32.to_le_bytes());
    pe.resize(0x80, 0);
    pe.extend(b"PE\0\0");
    pe.extend(machine.to_le_bytes());
    pe.resize(0x80 + 22, 0);
    pe.extend(characteristics.to_le_bytes());
    pe.resize(0x100, 0);
    pe
}

#[test]
fn pickles_that_act_are_found() {
    for bytes in [
        TEXT,
        BINARY,
        b"cos\nsystem\n(S'x'\ntR",
        b"(S'x'\nios\nsystem\n.",
        b"(ios\ngetcwd\n.",
        b"(cos\nsystem\nS'x'\no.",
        b"I1\n0cos\nsystem\n(S'x'\ntR.",
        b"]cos\nsystem\n(S'x'\ntR.",
        b"S'some text'\np0\n0(lp1\n0cos\nsystem\n(S'x'\ntR.",
        b"Vsome text\n0cos\nsystem\n(S'x'\ntR.",
        b"ccollections\nOrderedDict\n)R(dS'a'\nI1\nsb.",
        b"cos\nsystem\n.",
        b"\x80\x02cos\nsystem\n.",
        b"\x80\x02cos\nsystem\n",
        b"\x80\x04N.\x80\x04\x8c\x02os\x8c\x06system\x93.",
        b"\x80\x02\x82\x01)R.",
        b"}q\0U\x01aq\x01cos\nsystem\nU\x01x\x85Rs.",
        b"((((cos\nsystem\n(S'x'\ntR.",
    ] {
        assert_eq!(pickle(bytes, bytes), []);
        let more = [bytes, b" and other words\0\xff"].concat();
        if !bytes.ends_with(b"system\n.") {
            assert_eq!(pickle(&more, bytes), []);
        }
    }
    assert_eq!(pickle(b" \n\tcos\nsystem\n(S'x'\ntR.", TEXT), []);
    let long = [&b"X"[..], &9000u32.to_le_bytes(), &[b'x'; 9000], b"0", TEXT].concat();
    assert_eq!(pickle(&long, b"X"), []);
    let many = ["N0".repeat(9000).as_bytes(), TEXT].concat();
    assert_eq!(pickle(&many, b"N0"), []);
}

#[test]
fn pickles_without_an_effect_are_not() {
    none(b"\x80\x04}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94]\x94(K\x01K\x02K\x03eu.");
    none(b"(dp0\nS'a'\np1\nI1\nsS'b'\np2\n(lp3\nI1\naI2\nas.");
    none(b"\x80\x02X\x05\0\0\0inertQ.");
    none(b"\x80\x04N.N.N.N.N.N.");
    none(&zlib(
        b"\x80\x04}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94K\x02u.",
        6,
    ));
    none(b"\x82\x01)R.");
    none(b"Xwords of which the length is absurd");
    // What no loader gets through.
    none(b"\x80\x04Rcos\nsystem\n(S'x'\ntR.");
    none(b"h\0cos\nsystem\n(S'x'\ntR.");
}

#[test]
fn encodings_are_peeled_off() {
    for bytes in [TEXT, BINARY] {
        assert_eq!(pickle(&base64(bytes), bytes), [Base64]);
        assert_eq!(pickle(&hex(bytes, ""), bytes), [Hex]);
        assert_eq!(pickle(&hex(bytes, "").to_ascii_uppercase(), bytes), [Hex]);
        assert_eq!(pickle(&hex(bytes, "\\x"), bytes), [Hex]);
        assert_eq!(pickle(&hex(bytes, "0x"), bytes), [Hex]);
        assert_eq!(pickle(&hex(bytes, ", 0x")[2..], bytes), [Hex]);
        assert_eq!(pickle(&[b"0x", &hex(bytes, "")[..]].concat(), bytes), [Hex]);
        assert_eq!(pickle(&base32(bytes), bytes), [Base32]);
        assert_eq!(pickle(&gzip(bytes), bytes), [Gzip]);
        for level in 0..=9 {
            assert_eq!(pickle(&zlib(bytes, level), bytes), [Zlib], "{level}");
        }
    }
    assert_eq!(pickle(&latin1(BINARY), BINARY), [Latin1]);
    assert_eq!(pickle(&latin1(&zlib(BINARY, 9)), BINARY), [Latin1, Zlib]);
    assert_eq!(pickle(&latin1(&gzip(BINARY)), BINARY), [Latin1, Gzip]);
}

#[test]
fn base64_is_read_as_programs_read_it() {
    let text = base64(BINARY);
    let unpadded = text.strip_suffix(b"=").unwrap_or(&text);
    assert_eq!(pickle(unpadded, BINARY), [Base64]);
    assert_eq!(
        pickle(&[b"\n  ", &text[..], b"\n"].concat(), BINARY),
        [Base64]
    );
    let lines: Vec<&[u8]> = text.chunks(8).collect();
    assert_eq!(pickle(&lines.join(&b"\r\n"[..]), BINARY), [Base64]);
    assert_eq!(pickle(&lines.join(&b" ! "[..]), BINARY), [Base64]);
    let more = [&text[..], b"==\0 and other words"].concat();
    assert_eq!(pickle(&more, BINARY), [Base64]);
    // Digits that the alphabets write differently.
    let wide = [b"\x80\x04C\x06\xff\xff\xfe\xfb\xef\xbe0", &BINARY[2..]].concat();
    assert_eq!(pickle(&base64(&wide), &wide), [Base64]);
    assert_eq!(pickle(&base64url(&wide), &wide), [Base64Url]);
}

#[test]
fn layers_lie_within_layers() {
    let packed = zlib(BINARY, 9);
    assert_eq!(pickle(&base64(&packed), BINARY), [Base64, Zlib]);
    assert_eq!(pickle(&base64(&base64(BINARY)), BINARY), [Base64, Base64]);
    assert_eq!(pickle(&hex(&base64(TEXT), ""), TEXT), [Hex, Base64]);
    let deep = base64(&gzip(&base64(&packed)));
    assert_eq!(pickle(&deep, BINARY), [Base64, Gzip, Base64, Zlib]);
    let Some(Payload::Undecided { layers, .. }) = found(&base64(&deep)) else {
        panic!("{:?}", found(&base64(&deep)));
    };
    assert_eq!(layers, [Base64, Base64, Gzip, Base64]);
    let twice = [gzip(b""), gzip(BINARY)].concat();
    assert_eq!(pickle(&twice, BINARY), [Gzip]);
}

#[test]
fn no_more_is_decoded_than_may_be() {
    let bomb = zlib(
        &[b"\x80\x04", "N0".repeat(1 << 20).as_bytes(), TEXT].concat(),
        9,
    );
    let len = bomb.len() as u64;
    let within = |max| find(&mut Machine::new(), &bomb, len, max);
    let Some(Payload::Undecided { layers, .. }) = within(MAX) else {
        panic!("{:?}", within(MAX));
    };
    assert_eq!(layers, [Zlib]);
    assert!(matches!(
        within(4 * MAX),
        Some(Payload::Pickle { cut: false, .. })
    ));
    let plain = [&b"\x80\x04"[..], "N0".repeat(4000).as_bytes()].concat();
    let cut = find(&mut Machine::new(), &plain, 1 << 30, MAX);
    assert!(matches!(cut, Some(Payload::Undecided { layers, .. }) if layers.is_empty()));
    let blank = zlib(&[&[b' '; 9000], BINARY].concat(), 9);
    assert_eq!(pickle(&blank, BINARY), [Zlib]);
}

#[test]
fn code_is_found() {
    for numbers in [4, 5, 6] {
        for flag in [false, true] {
            let code = code(numbers, flag);
            let is_code = |value: &[u8], within: &[Layer]| {
                let what = "a marshalled code object";
                let layers = within.to_vec();
                assert_eq!(found(value), Some(Payload::Code { layers, what }));
            };
            is_code(&code, &[]);
            is_code(&[&code[..], b"and more"].concat(), &[]);
            is_code(&base64(&code), &[Base64]);
            is_code(&zlib(&code, 6), &[Zlib]);
            is_code(&base64(&zlib(&code, 6)), &[Base64, Zlib]);
            for fields in [4, 8, 12] {
                for magic in [b"\xf3\x0d", b"\xcb\x0d", b"\x0a\x0d", b"\x4b\x0e"] {
                    let pyc = [&magic[..], b"\r\n", &vec![1; fields], &code].concat();
                    let (layers, what) = (vec![], "a .pyc file");
                    assert_eq!(found(&pyc), Some(Payload::Code { layers, what }));
                }
            }
        }
    }
    none(b"class Words:\n    def __init__(self):\n        pass\n");
    none(b"\xcb\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0no code but words, and more of them");
}

#[test]
fn programs_are_found() {
    let is = |value: &[u8], what: &'static str, within: &[Layer]| {
        let layers = within.to_vec();
        assert_eq!(found(value), Some(Payload::Executable { layers, what }));
        let layers = [&[Base64], within].concat();
        assert_eq!(
            found(&base64(value)),
            Some(Payload::Executable { layers, what })
        );
        // Of which little is seen at first.
        let layers = [&[Base64, Base32], within].concat();
        assert_eq!(
            found(&base64(&base32(value))),
            Some(Payload::Executable { layers, what })
        );
    };
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0".to_vec();
    elf.resize(52, 0);
    elf.extend([0x40, 0, 0x38, 0]);
    elf.resize(200, 0);
    is(&elf, "an ELF executable or shared library", &[]);
    is(
        &base64(&elf),
        "an ELF executable or shared library",
        &[Base64],
    );
    is(
        &hex(&elf, ""),
        "an ELF executable or shared library",
        &[Hex],
    );
    is(&pe(0x8664, 0x22), "a Windows executable", &[]);
    is(&pe(0x014c, 0x2102), "a Windows library", &[]);
    is(&zlib(&pe(0xaa64, 0x22), 6), "a Windows executable", &[Zlib]);
    is(
        &latin1(&pe(0x8664, 0x22)),
        "a Windows executable",
        &[Latin1],
    );
    let mach_o =
        b"\xcf\xfa\xed\xfe\x0c\0\0\x01\0\0\0\0\x02\0\0\0\x02\0\0\0\x10\0\0\0\x85\0 \0\0\0\0\0";
    is(mach_o, "a Mach-O executable or library", &[]);
    let universal =
        b"\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07\0\0\0\x03\0\0\0\x18\0\0\0\x08\0\0\0\x0e";
    is(universal, "a universal Mach-O executable or library", &[]);
    is(
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0",
        "a WebAssembly module",
        &[],
    );
    let script = b"#!/usr/bin/env python3\nprint('inert')\n";
    is(script, "a script with an interpreter line", &[]);
    is(
        b"#! /bin/sh -e\necho inert\n",
        "a script with an interpreter line",
        &[],
    );
    is(
        &base64(script),
        "a script with an interpreter line",
        &[Base64],
    );
}

#[test]
fn honest_values_carry_nothing() {
    for text in [
        "The quick brown fox jumps over the lazy dog, and nobody minds.",
        "import os\nimport sys\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x\n",
        "can\nyou\nread this?\nIt is a list of lines.\n",
        "cat\ndog\n.\n,\n!\n",
        "(it\nis\nprose in brackets)\n",
        "(if\nso\nthen let it be",
        "name,age\nAda,36\nGrace,85\n",
        "{\"key\": [1, 2, 3], \"other\": null}",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "d41d8cd98f00b204e9800998ecf8427e",
        "123e4567-e89b-12d3-a456-426614174000\n00112233-4455-6677-8899-aabbccddeeff\n",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwg",
        "Äpfel, Öl und Übermut: größere Wörter, die niemand ausführt.",
        "École, élève, être: des mots, rien que des mots.",
        "漢字とかなと、そのほかの文字。",
        "[PAD] [UNK] [CLS] [SEP] the of and in to was he is as for",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0000000000000000000000000000000000000000000000000000000000",
        "S'x'\n.",
        "",
    ] {
        none(text.as_bytes());
        none(&zlib(text.as_bytes(), 6));
        none(&gzip(text.as_bytes()));
        none(&base64(text.as_bytes()));
        none(&hex(text.as_bytes(), ""));
        none(&base64(&zlib(text.as_bytes(), 6)));
    }
    none(&[0; 4096]);
    none(&[0xff; 4096]);
    none(&1.0f32.to_le_bytes().repeat(1024));
}
