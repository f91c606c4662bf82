//! From lines to nodes: every instruction is encoded here, except frames of unknown length.

use super::Error;
use super::literal::{Word, integer, shortest, words};
use super::mnemonic::{Mnemonic, Operand, find};

/// How deeply `.repeat` may nest.
const MAX_NESTING: usize = 16;

/// A piece of the pickle.
#[derive(Debug)]
pub(super) enum Node {
    /// Bytes whose value is known; of an instruction if it has a mnemonic.
    Bytes {
        line: usize,
        mnemonic: Option<&'static str>,
        bytes: Vec<u8>,
    },
    /// `FRAME auto`: a frame whose length is known at its end.
    FrameAuto { line: usize },
    /// `END_FRAME`: the end of the innermost open `FRAME auto`.
    EndFrame { line: usize },
    /// `.stream`: another stream begins; open frames end.
    Stream { line: usize },
    /// `.repeat N` … `.end`.
    Repeat {
        line: usize,
        count: u64,
        body: Vec<Node>,
    },
}

/// Parses a source text.
pub(super) fn parse(source: &str) -> Result<Vec<Node>, Error> {
    let mut open: Vec<(usize, u64, Vec<Node>)> = Vec::new();
    let mut nodes = Vec::new();
    for (index, text) in source.lines().enumerate() {
        let line = index + 1;
        let words = words(text).map_err(|message| Error::at(line, message))?;
        let Some((Word::Bare(name), operands)) = words.split_first() else {
            if words.is_empty() {
                continue;
            }
            return Err(Error::at(
                line,
                "a line begins with a mnemonic or a directive",
            ));
        };
        match name.as_str() {
            ".repeat" => {
                let count = repeat_count(operands).map_err(|message| Error::at(line, message))?;
                if open.len() == MAX_NESTING {
                    let message = format!(".repeat nests more than {MAX_NESTING} deep");
                    return Err(Error::at(line, message));
                }
                open.push((line, count, std::mem::take(&mut nodes)));
            }
            ".end" => {
                no_operands(operands).map_err(|message| Error::at(line, message))?;
                let Some((begin, count, outer)) = open.pop() else {
                    return Err(Error::at(line, ".end without .repeat"));
                };
                let body = std::mem::replace(&mut nodes, outer);
                nodes.push(Node::Repeat {
                    line: begin,
                    count,
                    body,
                });
            }
            _ => nodes.push(
                node(line, name, operands)
                    .map_err(|message| Error::at(line, format!("{name}: {message}")))?,
            ),
        }
    }
    match open.last() {
        Some((line, ..)) => Err(Error::at(*line, ".repeat without .end")),
        None => Ok(nodes),
    }
}

fn repeat_count(operands: &[Word]) -> Result<u64, String> {
    let [Word::Bare(word)] = operands else {
        return Err(".repeat: takes one number".to_owned());
    };
    integer(word)
        .and_then(|count| u64::try_from(count).ok())
        .ok_or_else(|| format!(".repeat: {word} is no count"))
}

/// Encodes one instruction or one directive that holds no others.
fn node(line: usize, name: &str, operands: &[Word]) -> Result<Node, String> {
    let raw = |bytes| Node::Bytes {
        line,
        mnemonic: None,
        bytes,
    };
    match (name, operands) {
        (".bytes", _) => hexadecimal(operands).map(raw),
        (".raw", [Word::Bytes(bytes)]) => Ok(raw(bytes.clone())),
        (".raw", _) => Err("takes one b'…'".to_owned()),
        (".text", [Word::Text(bytes)]) => Ok(raw(bytes.clone())),
        (".text", _) => Err("takes one '…'".to_owned()),
        (".stream", _) => no_operands(operands).map(|()| Node::Stream { line }),
        ("END_FRAME", _) => no_operands(operands).map(|()| Node::EndFrame { line }),
        ("FRAME", [Word::Bare(word)]) if word == "auto" => Ok(Node::FrameAuto { line }),
        _ => {
            let Some(mnemonic) = find(name) else {
                return Err(match find(&name.to_ascii_uppercase()) {
                    Some(mnemonic) => format!("no such mnemonic; did you mean {}?", mnemonic.name),
                    None => "no such mnemonic or directive".to_owned(),
                });
            };
            let mut bytes = vec![mnemonic.byte];
            encode(mnemonic, operands, &mut bytes)?;
            Ok(Node::Bytes {
                line,
                mnemonic: Some(mnemonic.name),
                bytes,
            })
        }
    }
}

fn no_operands(operands: &[Word]) -> Result<(), String> {
    if operands.is_empty() {
        Ok(())
    } else {
        Err("takes no operand".to_owned())
    }
}

/// Appends an operand.
fn encode(mnemonic: &Mnemonic, operands: &[Word], out: &mut Vec<u8>) -> Result<(), String> {
    match mnemonic.operand {
        Operand::None => no_operands(operands),
        Operand::Integer(width) => fixed(operands, width, out),
        Operand::Frame => {
            fixed(operands, 8, out).map_err(|message| format!("{message}, or `auto`"))
        }
        Operand::Float => float(operands, out),
        Operand::Lines(count) => lines(operands, count, out),
        Operand::Counted(width) => counted(operands, width, false, out),
        Operand::CountedInteger(width) => counted(operands, width, true, out),
    }
}

/// A number of `width` bytes, or exactly these bytes.
fn fixed(operands: &[Word], width: usize, out: &mut Vec<u8>) -> Result<(), String> {
    match operands {
        [Word::Bytes(bytes)] if bytes.len() == width => out.extend_from_slice(bytes),
        [Word::Bare(word)] => {
            let Some(value) = integer(word) else {
                return Err(format!("{word} is no number"));
            };
            little_endian(value, width, out)?;
        }
        _ => return Err(format!("takes one number, or b'…' of {width} bytes")),
    }
    Ok(())
}

/// Appends a number that fits `width` bytes, signed or unsigned.
fn little_endian(value: i128, width: usize, out: &mut Vec<u8>) -> Result<(), String> {
    let bits = 8 * width;
    if value < -(1i128 << (bits - 1)) || value >= 1i128 << bits {
        return Err(format!("{value} does not fit {width} bytes"));
    }
    out.extend_from_slice(&value.to_le_bytes()[..width]);
    Ok(())
}

fn float(operands: &[Word], out: &mut Vec<u8>) -> Result<(), String> {
    match operands {
        [Word::Bytes(bytes)] if bytes.len() == 8 => out.extend_from_slice(bytes),
        [Word::Bare(word)] => {
            let value = word
                .parse::<f64>()
                .map_err(|_| format!("{word} is no float"))?;
            out.extend_from_slice(&value.to_be_bytes());
        }
        _ => return Err("takes one float, or b'…' of 8 bytes".to_owned()),
    }
    Ok(())
}

fn lines(operands: &[Word], count: usize, out: &mut Vec<u8>) -> Result<(), String> {
    if operands.len() != count {
        return Err(format!("takes {count} quoted line(s)"));
    }
    for operand in operands {
        let (Word::Text(line) | Word::Bytes(line)) = operand else {
            return Err("its operands are lines and want quotes".to_owned());
        };
        if line.contains(&b'\n') {
            return Err("a line holds no \\n; use .text or .raw".to_owned());
        }
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    Ok(())
}

/// A length and its content; `len=N` writes another length than the content has.
fn counted(operands: &[Word], width: usize, number: bool, out: &mut Vec<u8>) -> Result<(), String> {
    let content = match operands.first() {
        Some(Word::Text(bytes)) if !number => bytes.clone(),
        Some(Word::Bytes(bytes)) => bytes.clone(),
        Some(Word::Bare(word)) if number => match integer(word) {
            Some(value) => shortest(value),
            None => return Err(format!("{word} is no number (long ones as b'…')")),
        },
        _ if number => return Err("takes a number or b'…'".to_owned()),
        _ => return Err("takes '…' or b'…'".to_owned()),
    };
    let len = match &operands[1..] {
        [] => i128::try_from(content.len()).map_err(|error| error.to_string())?,
        [Word::Bare(word)] => word
            .strip_prefix("len=")
            .and_then(integer)
            .ok_or_else(|| format!("{word} is not `len=N`"))?,
        _ => return Err("takes one operand and perhaps `len=N`".to_owned()),
    };
    little_endian(len, width, out).map_err(|message| format!("its length: {message}"))?;
    out.extend_from_slice(&content);
    Ok(())
}

/// `80 04 ff`, in any grouping by two.
fn hexadecimal(operands: &[Word]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for operand in operands {
        let Word::Bare(word) = operand else {
            return Err("takes hexadecimal digits without quotes".to_owned());
        };
        if word.len() % 2 == 1 || !word.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(format!("{word} is not pairs of hexadecimal digits"));
        }
        for at in (0..word.len()).step_by(2) {
            bytes.extend(u8::from_str_radix(&word[at..at + 2], 16));
        }
    }
    if bytes.is_empty() {
        Err("takes hexadecimal digits".to_owned())
    } else {
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use crate::pkasm::{Error, assemble};

    fn error(source: &str) -> Error {
        match assemble(source) {
            Ok(assembly) => panic!("{source}: assembled to {:?}", assembly.bytes),
            Err(error) => error,
        }
    }

    #[test]
    fn errors_name_the_line_and_the_reason() {
        for (line, source, reason) in [
            (1, "STOPP", "STOPP: no such mnemonic"),
            (2, "NONE\nstop", "did you mean STOP?"),
            (1, "'words'", "a line begins with"),
            (1, "NONE 1", "takes no operand"),
            (1, "BININT1", "takes one number"),
            (1, "BININT1 256", "256 does not fit 1 bytes"),
            (1, "BININT1 -129", "does not fit"),
            (1, "BININT1 x", "x is no number"),
            (1, "BININT1 1 2", "takes one number"),
            (1, "BININT b'\\x00'", "b'…' of 4 bytes"),
            (1, "BINFLOAT one", "one is no float"),
            (1, "FRAME many", "or `auto`"),
            (1, "INT 5", "want quotes"),
            (1, "INT", "takes 1 quoted line"),
            (1, "GLOBAL 'os'", "takes 2 quoted line"),
            (1, "GLOBAL 'os' 'a\\nb'", "a line holds no \\n"),
            (1, "BINBYTES 5", "takes '…' or b'…'"),
            (1, "BINBYTES b'' len=x", "is not `len=N`"),
            (1, "BINBYTES b'' len=1 2", "perhaps `len=N`"),
            (
                1,
                "SHORT_BINBYTES b'' len=256",
                "its length: 256 does not fit",
            ),
            (1, "LONG1 'a'", "takes a number or b'…'"),
            (1, "LONG1 ten", "ten is no number"),
            (1, ".bytes", "takes hexadecimal digits"),
            (1, ".bytes 8", "not pairs"),
            (1, ".bytes zz", "not pairs"),
            (1, ".bytes '80'", "without quotes"),
            (1, ".raw '80'", "takes one b'…'"),
            (1, ".text b'80'", "takes one '…'"),
            (1, ".stream 2", "takes no operand"),
            (1, ".end", ".end without .repeat"),
            (2, "\n.repeat 2\nNONE", ".repeat without .end"),
            (1, ".repeat", "takes one number"),
            (1, ".repeat -1\n.end", "-1 is no count"),
            (17, &".repeat 1\n".repeat(17), "more than 16 deep"),
            (1, "END_FRAME", "without an open"),
            (3, "# c\n\nINT 'a", "not closed"),
            (1, "INT '\\xg'", "cut short"),
            (1, ".repeat 9999999999\nNONE\n.end", "writes more than"),
        ] {
            let error = error(source);
            assert!(error.to_string().contains(reason), "{source}: {error}");
            assert_eq!(error.line(), Some(line), "{source}: {error}");
        }
    }

    #[test]
    fn lengths_can_lie_and_operands_can_be_raw() {
        for (source, bytes) in [
            (
                "BINUNICODE 'ab' len=0xffffffff",
                &b"X\xff\xff\xff\xffab"[..],
            ),
            ("BINSTRING b'' len=-1", b"T\xff\xff\xff\xff"),
            ("LONG4 b'\\x01' len=-2", b"\x8b\xfe\xff\xff\xff\x01"),
            (
                "BINBYTES8 b'' len=0xffffffffffffffff",
                b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff",
            ),
            ("LONG1 -1", b"\x8a\x01\xff"),
            ("BININT b'abcd'", b"Jabcd"),
            ("BINFLOAT b'abcdefgh'", b"Gabcdefgh"),
            ("BINFLOAT -inf", b"G\xff\xf0\0\0\0\0\0\0"),
            ("FRAME 0x10", b"\x95\x10\0\0\0\0\0\0\0"),
            ("PUT '-1'", b"p-1\n"),
            ("STRING b\"'\\xff'\"", b"S'\xff'\n"),
            (".bytes 80 04ff # comment", b"\x80\x04\xff"),
            (".text 'cos\\nsystem'", b"cos\nsystem"),
            ("\tNONE # comment\r\n\r\nSTOP", b"N."),
        ] {
            assert_eq!(assemble(source).unwrap().bytes, bytes, "{source}");
        }
    }
}
