//! Programs, told by headers in which every field must be plausible.

/// How far into a Windows program its header may lie.
const FARTHEST_PE: u32 = 1 << 20;

/// Interpreters that the first line of a script may name, without version numbers.
const INTERPRETERS: &[&[u8]] = &[
    b"sh",
    b"bash",
    b"dash",
    b"ash",
    b"zsh",
    b"ksh",
    b"csh",
    b"tcsh",
    b"fish",
    b"env",
    b"python",
    b"pypy",
    b"perl",
    b"ruby",
    b"node",
    b"php",
    b"lua",
    b"tclsh",
    b"pwsh",
    b"osascript",
    b"awk",
    b"busybox",
];

/// What bytes that begin so, `len` of them in all, are: words, where it is a program. What lies
/// behind the bytes given is believed to fit.
pub(super) fn begins(bytes: &[u8], len: u64) -> Option<&'static str> {
    match bytes {
        [0x7f, b'E', b'L', b'F', rest @ ..] => elf(rest, len),
        [b'M', b'Z', ..] => pe(bytes, len),
        [b'#', b'!', rest @ ..] => script(rest, (bytes.len() as u64) < len),
        [0xce | 0xcf, 0xfa, 0xed, 0xfe, rest @ ..] => mach_o(rest, len, u32::from_le_bytes),
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, rest @ ..] => mach_o(rest, len, u32::from_be_bytes),
        [0xca, 0xfe, 0xba, 0xbe | 0xbf, rest @ ..] => universal(rest, len),
        [0, b'a', b's', b'm', rest @ ..] => wasm(rest, (bytes.len() as u64) < len),
        _ => None,
    }
}

/// The header behind the magic bytes: class, order, version, ABI; then type, machine, version in the
/// order said, and further on its own size.
fn elf(rest: &[u8], len: u64) -> Option<&'static str> {
    let [class, order, 1, ..] = *rest else {
        return None;
    };
    let half: fn([u8; 2]) -> u16 = match order {
        1 => u16::from_le_bytes,
        2 => u16::from_be_bytes,
        _ => return None,
    };
    let (own_size_at, size) = match class {
        1 => (36, 52),
        2 => (48, 64),
        _ => return None,
    };
    let field = |at: usize| rest.get(at..)?.first_chunk::<2>().map(|bytes| half(*bytes));
    let what = match field(12) {
        None | Some(3) => "an ELF executable or shared library",
        Some(1) => "an ELF object file",
        Some(2) => "an ELF executable",
        Some(_) => return None,
    };
    let machine = field(14).is_none_or(|machine| matches!(machine, 1..=110 | 160..=260 | 0x9026));
    let own_size = field(own_size_at).is_none_or(|own| own == size);
    (machine && own_size && len >= u64::from(size)).then_some(what)
}

/// The old header says where the new one is: `PE\0\0`, a machine, and what kind of program it is.
fn pe(bytes: &[u8], len: u64) -> Option<&'static str> {
    const WHAT: &str = "a Windows executable";
    let Some(at) = bytes.get(0x3c..).and_then(<[u8]>::first_chunk::<4>) else {
        return (len > 0x40 && bytes.len() < 0x40).then_some(WHAT);
    };
    let at = u32::from_le_bytes(*at);
    if !(4..FARTHEST_PE).contains(&at) || u64::from(at) + 24 > len {
        return None;
    }
    let header = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
    match header.unwrap_or_default() {
        [b'P', b'E', 0, 0, machine @ ..] => {
            let known = machine.first_chunk::<2>().is_none_or(|machine| {
                matches!(
                    u16::from_le_bytes(*machine),
                    0x014c | 0x0162..=0x0169 | 0x01a2..=0x01d3 | 0x01f0 | 0x01f1 | 0x0200
                        | 0x0ebc | 0x5032 | 0x5064 | 0x6232 | 0x6264 | 0x8664 | 0x9041
                        | 0xa641 | 0xa64e | 0xaa64
                )
            });
            let library = machine.get(19).is_some_and(|high| high & 0x20 != 0);
            known.then_some(if library { "a Windows library" } else { WHAT })
        }
        cut if (bytes.len() as u64) < len && b"PE\0\0".starts_with(cut) => Some(WHAT),
        _ => None,
    }
}

/// Behind the magic bytes: processor, its kind, type of file, number of load commands and their size.
fn mach_o(rest: &[u8], len: u64, word: fn([u8; 4]) -> u32) -> Option<&'static str> {
    let (words, _) = rest.as_chunks::<4>();
    let field = |at: usize| words.get(at).map(|bytes| word(*bytes));
    let processor = field(0).is_none_or(is_processor);
    let file = field(2).is_none_or(|kind| (1..=12).contains(&kind));
    let commands = field(3).is_none_or(|count| (1..=4096).contains(&count));
    let size = field(4).is_none_or(|size| size >= 8 && u64::from(size) < len);
    (len >= 28 && processor && file && commands && size).then_some("a Mach-O executable or library")
}

/// Behind the magic bytes: how many programs there are, and for each its processor, where it is and
/// how long. Java classes begin with the same bytes.
fn universal(rest: &[u8], len: u64) -> Option<&'static str> {
    let (words, _) = rest.as_chunks::<4>();
    let field = |at: usize| words.get(at).map(|bytes| u32::from_be_bytes(*bytes));
    let few = field(0).is_none_or(|count| (1..=32).contains(&count));
    let processor = field(1).is_none_or(is_processor);
    let place = field(3).is_none_or(|offset| u64::from(offset) < len);
    (len >= 28 && few && processor && place).then_some("a universal Mach-O executable or library")
}

/// Processors of Mach-O files, with the bits that tell 64-bit kinds.
fn is_processor(kind: u32) -> bool {
    kind & 0xfc00_0000 == 0
        && matches!(kind >> 24, 0..=3)
        && matches!(kind & 0x00ff_ffff, 1 | 6 | 7 | 8 | 10..=18)
}

/// Behind the magic bytes: the version of a module or of a component; then a section.
fn wasm(rest: &[u8], cut: bool) -> Option<&'static str> {
    match rest {
        [1, 0, 0, 0] | [1, 0, 0, 0, 0..=13, ..] => Some("a WebAssembly module"),
        [0x0d, 0, 1, 0, 0..=13, ..] => Some("a WebAssembly component"),
        [1 | 0x0d, ..] if cut && rest.len() < 5 => Some("a WebAssembly module"),
        _ => None,
    }
}

/// A first line with the path of a known interpreter, and something behind it.
fn script(rest: &[u8], cut: bool) -> Option<&'static str> {
    const WORDS: &str = "a script with an interpreter line";
    let Some(end) = memchr::memchr(b'\n', rest) else {
        let path = rest.trim_ascii_start();
        let fits = path.first().is_none_or(|first| *first == b'/');
        return (cut && fits && rest.len() < 256).then_some(WORDS);
    };
    let (line, body) = rest.split_at_checked(end)?;
    let path = line
        .trim_ascii()
        .split(u8::is_ascii_whitespace)
        .next()
        .filter(|path| path.starts_with(b"/"))?;
    let name = path.rsplit(|&byte| byte == b'/').next()?;
    let versioned = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let bare = name.iter().rposition(|byte| !versioned(byte))?;
    let known = INTERPRETERS.contains(&name.get(..=bare)?);
    (known && (cut || !body.trim_ascii().is_empty())).then_some(WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_do_not_fit_are_none() {
        let none = |bytes: &[u8]| assert_eq!(begins(bytes, bytes.len() as u64), None, "{bytes:x?}");
        none(b"\x7fELF is a magic word of four bytes, as everybody knows by now");
        none(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x09\0\x3e\0");
        none(&[&b"MZ"[..], &[0x20; 200]].concat());
        none(b"\xca\xfe\xba\xbe\0\0\0\x3d\0\x1d\x0a\0\x02\0\x03\x07");
        none(b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x63\0\0\0");
        none(b"\xcf\xfa\xed\xfe\x07\0\0\x01");
        none(b"\xca\xfe\xba\xbe\0\0\0\x02");
        none(b"\0asm\x02\0\0\0");
        none(b"#!important\nnot a path");
        none(b"#!/usr/share/words\nno interpreter");
        none(b"#!/bin/sh\n\n");
    }

    #[test]
    fn cut_headers_fit_until_they_do_not() {
        let pe = super::super::tests::pe(0x8664, 0x22);
        for cut in 2..pe.len() {
            let told = begins(&pe[..cut], pe.len() as u64);
            assert_eq!(told, Some("a Windows executable"), "{cut}");
        }
        assert_eq!(begins(&pe[..0x60], 0x60), None);
    }
}
