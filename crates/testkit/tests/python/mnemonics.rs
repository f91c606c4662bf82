//! Every mnemonic against `pickletools.genops`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use weighbridge_testkit::pkasm::{MNEMONICS, Operand, assemble};

use crate::{hex, python};

/// Prints each opcode of each line of hexadecimal digits: name, position, length, argument.
const GENOPS: &str = r#"
import pickletools, struct, sys
def show(arg):
    if arg is None: return "-"
    if isinstance(arg, bool) or isinstance(arg, int): return f"int {int(arg)}"
    if isinstance(arg, float): return "float " + struct.pack(">d", arg).hex()
    if isinstance(arg, str): return "text " + arg.encode("utf-8", "surrogatepass").hex()
    return "bytes " + bytes(arg).hex()
for line in sys.stdin:
    data = bytes.fromhex(line)
    found = list(pickletools.genops(data))
    (op, arg, pos), (stop, _, end) = found
    assert pos == 0 and stop.name == "STOP" and end + 1 == len(data), found
    print(op.name, show(arg))
"#;

/// A small generator of numbers (splitmix64), so that every run is the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn bytes(&mut self, max: u64) -> Vec<u8> {
        (0..self.below(max + 1))
            .map(|_| self.next().to_le_bytes()[0])
            .collect()
    }

    /// Characters of every width, quotes, backslashes and control characters.
    fn text(&mut self, max: u64) -> String {
        let pool = [
            'a', 'Z', '0', ' ', '\'', '"', '\\', '\t', '\u{1}', '#', 'é', 'ÿ', '€', '😀',
        ];
        (0..self.below(max + 1))
            .map(|_| pool[usize::try_from(self.below(14)).unwrap()])
            .collect()
    }
}

/// A literal of the assembler's language, with some characters escaped.
fn literal(numbers: &mut Numbers, text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => write!(out, "\\{c}").unwrap(),
            c if c.is_control() => write!(out, "\\x{:02x}", u32::from(c)).unwrap(),
            c if numbers.below(2) == 0 => write!(out, "\\U{:08x}", u32::from(c)).unwrap(),
            c => out.push(c),
        }
    }
    out + "'"
}

fn bytes_literal(bytes: &[u8]) -> String {
    let escaped: String = bytes
        .iter()
        .flat_map(|byte| byte.escape_ascii())
        .map(char::from)
        .collect();
    format!("b'{escaped}'")
}

/// An operand as the assembler takes it, and as the oracle shows it.
fn operand(numbers: &mut Numbers, name: &str, operand: Operand) -> (String, String) {
    let signed = matches!(name, "BININT" | "EXT4");
    match operand {
        Operand::None => (String::new(), "-".to_owned()),
        Operand::Integer(width) => {
            let bits = 8 * u32::try_from(width).unwrap();
            let value = i128::from(numbers.next() >> (64 - bits));
            let value = if signed {
                value - (1 << (bits - 1))
            } else {
                value
            };
            let shown = format!("int {value}");
            if signed || numbers.below(2) == 0 {
                (value.to_string(), shown)
            } else {
                (format!("{value:#x}"), shown)
            }
        }
        Operand::Float => {
            let value = f64::from_bits(numbers.next() & !(1 << 62));
            (
                format!("{value:?}"),
                format!("float {}", hex(&value.to_be_bytes())),
            )
        }
        Operand::Frame => {
            let value = numbers.next();
            (value.to_string(), format!("int {value}"))
        }
        Operand::CountedInteger(_) => {
            let value =
                i128::from(numbers.next().cast_signed() >> numbers.below(64)) << numbers.below(40);
            (value.to_string(), format!("int {value}"))
        }
        Operand::Counted(_) if name.contains("UNICODE") => {
            let text = numbers.text(40);
            (
                literal(numbers, &text),
                format!("text {}", hex(text.as_bytes())),
            )
        }
        Operand::Counted(_) => {
            let bytes = numbers.bytes(40);
            if name.contains("STRING") {
                // The oracle decodes 8-bit strings as Latin-1.
                let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
                (
                    bytes_literal(&bytes),
                    format!("text {}", hex(text.as_bytes())),
                )
            } else {
                (bytes_literal(&bytes), format!("bytes {}", hex(&bytes)))
            }
        }
        Operand::Lines(_) => line_operand(numbers, name),
    }
}

fn line_operand(numbers: &mut Numbers, name: &str) -> (String, String) {
    let value = numbers.next().cast_signed() >> numbers.below(64);
    let word: String = numbers
        .text(12)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match name {
        "INT" => (format!("'{value}'"), format!("int {value}")),
        "LONG" => (format!("'{value}L'"), format!("int {value}")),
        "GET" | "PUT" => (format!("'{}'", value >> 1), format!("int {}", value >> 1)),
        "FLOAT" => {
            let float = f64::from_bits(numbers.next() & !(1 << 62));
            (
                format!("'{float:?}'"),
                format!("float {}", hex(&float.to_be_bytes())),
            )
        }
        "STRING" => (
            format!("\"'{word}'\""),
            format!("text {}", hex(word.as_bytes())),
        ),
        "UNICODE" => (format!("'{word}\\xe9'").replace("\\xe9", "\\\\u00e9"), {
            format!("text {}", hex(format!("{word}é").as_bytes()))
        }),
        "PERSID" => (
            format!("'{word}'"),
            format!("text {}", hex(word.as_bytes())),
        ),
        "GLOBAL" | "INST" => (
            format!("'os.{word}' \"{word}\""),
            format!("text {}", hex(format!("os.{word} {word}").as_bytes())),
        ),
        _ => panic!("{name} has lines for operands?"),
    }
}

#[test]
fn every_mnemonic_is_what_pickletools_reads() {
    let mut numbers = Numbers(2);
    let mut input = String::new();
    let mut expected = Vec::new();
    for mnemonic in MNEMONICS {
        let rounds = if mnemonic.operand == Operand::None {
            1
        } else {
            200
        };
        if mnemonic.name == "STOP" {
            continue;
        }
        for _ in 0..rounds {
            let (written, shown) = operand(&mut numbers, mnemonic.name, mnemonic.operand);
            let source = format!("{} {written}\nSTOP\n", mnemonic.name);
            let assembly = assemble(&source).unwrap_or_else(|error| panic!("{source}: {error}"));
            writeln!(input, "{}", hex(&assembly.bytes)).unwrap();
            expected.push((source, format!("{} {shown}", mnemonic.name)));
        }
    }
    let found = python(GENOPS, &input);
    assert_eq!(found.len(), expected.len());
    for (found, (source, expected)) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn the_table_is_that_of_pickletools() {
    let program = "import pickletools\nfor op in pickletools.opcodes: print(ord(op.code), op.name)";
    let theirs: BTreeSet<String> = python(program, "").into_iter().collect();
    let ours: BTreeSet<String> = MNEMONICS
        .iter()
        .map(|mnemonic| format!("{} {}", mnemonic.byte, mnemonic.name))
        .collect();
    assert_eq!(ours, theirs);
}
