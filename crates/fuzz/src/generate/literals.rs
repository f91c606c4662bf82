//! Text operands: every accepted form of a literal, and the forms just beside them.

use crate::random::Random;

/// How daring the text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taste {
    /// Only what some unpickler accepts, and most accept.
    Plain,
    /// Accepted forms of every kind, and now and then one that is not.
    Odd,
    /// Mostly forms on the edge.
    Wild,
}

impl Taste {
    fn odd(self, random: &mut Random) -> bool {
        random.percent(match self {
            Taste::Plain => 0,
            Taste::Odd => 8,
            Taste::Wild => 35,
        })
    }
}

#[rustfmt::skip]
const ODD_INTEGERS: &[&[u8]] = &[
    b"00", b"01", b"010", b"08", b"0x10", b"0X1f", b"0o17", b"0O7", b"0b11", b" 1", b"1 ", b"\t1",
    b"\x0b1", b"\x0c1",
    b"+1", b"+0", b"-0", b"-1", b"- 1", b"+-1", b"1_0", b"1__0", b"_1", b"1_", b"", b"\0", b"1\0",
    b"0\0", b"1\x002", b"1\r",
    b"00\r", b"01\r", b"01 ", b" 01", b"0_1", b"0_0", b"001", b"\xd9\xa1", b"1\xa0",
    b"\xef\xbb\xbf1", b"1e3", b"1.0", b"true", b"1L", b"0L",
    b"-0x10", b"+010", b" +1", b"0x", b"0x_1", b"0x1_f", b"\r1", b"1\x1a", b"\x1c1", b"0 1",
    b"--1", b"0777", b"0b2", b"0X", b"+0x", b"-0x", b" 0x", b"0x\0", b"0x\x001", b"0b", b"0x\r",
];

#[rustfmt::skip]
const ODD_LONGS: &[&[u8]] = &[
    b"10L", b"10", b"010L", b"0x10L", b"0x1L", b"0b1L", b" 1L", b"1 L", b"1L ", b"+1L", b"-1L",
    b"1_0L", b"L", b"LL", b"1LL", b"",
    b"\0", b"1\0L", b"1\0", b"1l", b"1L\r", b"1\r", b"00L", b"01L", b"0L", b"-0L", b"\xd9\xa1L",
    b"1\0LL", b"0o7L", b"0x10", b"L1",
];

#[rustfmt::skip]
const ODD_FLOATS: &[&[u8]] = &[
    b"1", b"1.5", b"1e999", b"-1e999", b"1e-999", b"inf", b"-Infinity", b"nan", b"-nan", b"NaN",
    b"nan(1)", b"1_0", b"1_0.5_0", b" 1", b"1 ",
    b"1\r", b"1\0", b"1\x002", b"", b"\0", b"0x1p3", b"+1", b"1e", b".5", b"5.", b".", b"\xd9\xa1",
    b"1,5", b"infinit", b"-0", b"1e+5", b"1E5", b"4.9e-324",
];

#[rustfmt::skip]
const BOUNDARIES: &[i128] = &[
    0, 1, 2, 9, 10, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 0x7fff_ffff, 0x8000_0000,
    0xffff_ffff, 0x1_0000_0000,
    0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffff, 0x1_0000_0000_0000_0000,
];

/// A number that sits on a boundary, or anywhere.
pub(crate) fn number(random: &mut Random) -> i128 {
    let sign = if random.percent(30) { -1 } else { 1 };
    let value = if random.percent(60) {
        random.choose(BOUNDARIES)
    } else {
        i128::from(random.bits() >> random.below(64))
    };
    sign * (value - i128::from(random.percent(10)))
}

/// The line of an INT.
pub(crate) fn integer(random: &mut Random, taste: Taste) -> Vec<u8> {
    match random.below(100) {
        0..20 => random.pick(&[b"00", b"01"]).to_vec(),
        _ if taste.odd(random) => spoiled(random, ODD_INTEGERS),
        _ => number(random).to_string().into_bytes(),
    }
}

/// The line of a LONG.
pub(crate) fn long(random: &mut Random, taste: Taste) -> Vec<u8> {
    if taste.odd(random) {
        return if random.percent(3) {
            [vec![b'7'; 4299 + random.below(4)], b"L".to_vec()].concat()
        } else {
            spoiled(random, ODD_LONGS)
        };
    }
    let suffix = if random.percent(80) { "L" } else { "" };
    format!("{}{suffix}", number(random)).into_bytes()
}

/// The line of a FLOAT.
pub(crate) fn float(random: &mut Random, taste: Taste) -> Vec<u8> {
    if taste.odd(random) {
        return spoiled(random, ODD_FLOATS);
    }
    let value = f64::from_bits(random.bits());
    if value.is_finite() && random.percent(50) {
        format!("{value:e}")
    } else {
        format!("{}.5", random.below(1000))
    }
    .into_bytes()
}

/// The line of a PUT or a GET for a memo index.
pub(crate) fn index(random: &mut Random, taste: Taste, index: u64) -> Vec<u8> {
    if !taste.odd(random) {
        return index.to_string().into_bytes();
    }
    #[rustfmt::skip]
    let shapes: &[&str] = &[" #", "# ", "+#", "-#", "0#", "#_0", "0_#", "#\0", "#\x001", "#\r", "0x#", "#L", "", "\0", "#.0", "\t#", "00#", "#\x1a", "--#"];
    random
        .pick(shapes)
        .replace('#', &index.to_string())
        .into_bytes()
}

/// The line of a STRING: quoted, with escapes.
pub(crate) fn quoted(random: &mut Random, taste: Taste) -> Vec<u8> {
    #[rustfmt::skip]
    const ODD: &[&[u8]] = &[
        b"'a", b"a'", b"a", b"'", b"", b"\"", b"'a\"", b" 'a'", b"'a' ", b"'a'\r", b"'a'\t",
        b"'a'\0", b"'\\x4'", b"'\\x'", b"'\\xg1'", b"'\\'", b"'a\\'",
        b"\t'a'", b"'a'b", b"'a''b'", b"''''", b"'\\777'", b"'\\400'", b"'\\8'",
    ];
    #[rustfmt::skip]
    const PIECES: &[&[u8]] = &[
        b"a", b"word", b"'", b"\"", b"\\n", b"\\\\", b"\\'", b"\\\"", b"\\x41", b"\\xe9", b"\\101",
        b"\\0", b"\\7", b"\\q", b"\\u0041", b"\\N{DIGIT ONE}", b"\xe9",
        b"\xc3\xa9", b"\0", b"\r", b" ", b"\\a", b"\\\r", b"\x1a", b"\\x00", b"\xed\xa0\x80",
    ];
    if taste.odd(random) {
        return spoiled(random, ODD);
    }
    let quote = random.choose(b"'\"");
    let mut line = vec![quote];
    for _ in 0..random.below(5) {
        let pieces = if taste == Taste::Plain {
            &PIECES[..2]
        } else {
            PIECES
        };
        line.extend_from_slice(random.pick(pieces));
    }
    line.push(quote);
    line
}

/// The line of a UNICODE: raw-unicode-escape.
pub(crate) fn raw_unicode(random: &mut Random, taste: Taste) -> Vec<u8> {
    #[rustfmt::skip]
    const PIECES: &[&[u8]] = &[
        b"a", b"word", b".", b"\\u0041", b"\\u00e9", b"\\ud800", b"\\ud83d\\ude00", b"\\U0001F600",
        b"\\\\u0041", b"\\\\\\u0041", b"\\x41", b"\xe9", b"\xc3\xa9", b"\0",
        b"\r", b"\\n", b"\\", b"\\u000a", b"\\U00000041", b" ",
    ];
    #[rustfmt::skip]
    const ODD: &[&[u8]] = &[b"\\u004", b"\\u", b"\\U00110000", b"\\uzzzz", b"\\U0000004", b"a\\u00", b"\\U-0000041", b"\\u+041", b"\\u 041"];
    if taste.odd(random) {
        return spoiled(random, ODD);
    }
    let pieces = if taste == Taste::Plain {
        &PIECES[..6]
    } else {
        PIECES
    };
    (0..random.below(5))
        .flat_map(|_| random.pick(pieces).to_vec())
        .collect()
}

/// A module or an attribute name, as bytes of a line or of a string operand.
pub(crate) fn name(random: &mut Random, taste: Taste) -> Vec<u8> {
    #[rustfmt::skip]
    const NAMES: &[&[u8]] = &[
        b"alpha", b"beta", b"gamma.delta", b"collections", b"OrderedDict", b"builtins", b"getattr",
        b"__builtin__", b"copy_reg", b"_reconstructor", b"copyreg", b"__newobj__",
        b"functools", b"partial", b"map", b"operator", b"attrgetter", b"_codecs", b"encode",
        b"extension", b"code5", b"a.b.c", b"__main__", b"object", b"set", b"bytearray",
    ];
    #[rustfmt::skip]
    const ODD: &[&[u8]] = &[
        b"", b" alpha", b"alpha ", b"alpha\r", b"al\0pha", b"\xc3\xa9", b"\xff", b"\xed\xa0\x80",
        b"\xf0\x9f\x98\x80", b".", b"a.", b".a", b"a..b", b"<locals>", b"a.<locals>.b",
        b"\xc0\x80", b"\xe2\x80\xae", b"\xef\xbb\xbfa", b"a\x85b", b"a b",
    ];
    let names = if taste.odd(random) { ODD } else { NAMES };
    random.pick(names).to_vec()
}

/// The content of a counted string operand.
pub(crate) fn content(random: &mut Random, taste: Taste) -> Vec<u8> {
    #[rustfmt::skip]
    const PIECES: &[&[u8]] = &[
        b"a", b"word", b"alpha", b"\n", b"\0", b"\r", b"\xc3\xa9", b"\xe2\x82\xac",
        b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xff", b"\xe9", b"\x80",
        b"cos\nname\n", b".", b"'",
        b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xed\xa0\xbd\xed\xb8\x80", b"\xe2\x82",
    ];
    if random.percent(3) {
        return vec![b'z'; random.choose(&[31, 32, 33, 255, 256, 257])];
    }
    let pieces = match taste {
        Taste::Plain => &PIECES[..3],
        Taste::Odd if random.percent(80) => &PIECES[..9],
        _ => PIECES,
    };
    (0..random.below(4))
        .flat_map(|_| random.pick(pieces).to_vec())
        .collect()
}

/// One of `odd`, sometimes with a byte changed, dropped or put in.
fn spoiled(random: &mut Random, odd: &[&[u8]]) -> Vec<u8> {
    const BYTES: &[u8] = b" \t\r\x0b\x0c\0_+-.0189xXlLeE'\"\\\x1a\x1c\x85\xa0";
    let mut text = random.pick(odd).to_vec();
    if random.percent(25) {
        let at = random.below(text.len() + 1);
        let byte = random.choose(BYTES);
        match random.below(3) {
            0 => text.insert(at, byte),
            1 if at < text.len() => text[at] = byte,
            _ if at < text.len() => drop(text.remove(at)),
            _ => text.push(byte),
        }
    }
    text
}
