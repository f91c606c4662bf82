//! Where a pickle could begin within bytes that are none.

use memchr::memchr3;

use super::input::{Input, Span};

/// How long a module's or attribute's name may be to be taken for one.
const NAME: usize = 256;

/// More marks than this before a name are not gone back over.
const MARKS: u64 = 64;

/// The next place, from an offset on, where a pickle could begin: a PROTO of a protocol that exists,
/// or the names of a GLOBAL or INST, with the marks that stand right before them. Linear in what it
/// passes over.
pub(crate) fn next_candidate(input: &mut Input<'_>, from: u64) -> Option<u64> {
    let mut at = from;
    loop {
        let window = input.window(at, u64::MAX).ok()?;
        if window.is_empty() {
            return None;
        }
        let Some(hit) = memchr3(0x80, b'c', b'i', window) else {
            at += window.len() as u64;
            continue;
        };
        at += hit as u64;
        // What lies across the window's end is put together.
        let len = 2 * NAME as u64 + 2;
        let near = match window.get(hit..).filter(|near| near.len() as u64 >= len) {
            Some(near) => begins(near),
            None => begins(&input.prefix(Span { offset: at, len }, 2 * NAME + 2).ok()?),
        };
        match near {
            Begins::Here => return marks_before(input, at, from).ok(),
            Begins::NotBefore(skip) => at += skip as u64,
        }
    }
}

/// Goes back over the marks before an offset.
fn marks_before(input: &mut Input<'_>, at: u64, from: u64) -> std::io::Result<u64> {
    let first = from.max(at.saturating_sub(MARKS));
    let mut begin = at;
    while begin > first && input.bytes::<1>(begin - 1)? == ([b'('], 1) {
        begin -= 1;
    }
    Ok(begin)
}

enum Begins {
    Here,
    /// Not here, nor anywhere in the next so many bytes.
    NotBefore(usize),
}

/// Whether a pickle could begin with these bytes.
fn begins(bytes: &[u8]) -> Begins {
    let Some((&first, rest)) = bytes.split_first() else {
        return Begins::NotBefore(1);
    };
    if first == 0x80 {
        let protocol = rest.first().is_some_and(|&protocol| protocol <= 5);
        return if protocol {
            Begins::Here
        } else {
            Begins::NotBefore(1)
        };
    }
    let module = name_len(rest);
    let name = rest.get(module + 1..).map_or(0, name_len);
    let lines = [rest.get(module), rest.get(module + 1 + name)];
    if module > 0 && name > 0 && lines == [Some(&b'\n'), Some(&b'\n')] {
        Begins::Here
    } else {
        // Whatever begins within the name ends where the name ends.
        Begins::NotBefore(1 + module)
    }
}

/// How many bytes of a dotted name there are.
fn name_len(bytes: &[u8]) -> usize {
    let bytes = &bytes[..bytes.len().min(NAME)];
    let within = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    bytes
        .iter()
        .position(|byte| !within(byte))
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<u64> {
        let mut input = Input::new(&bytes, 0);
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(next) = next_candidate(&mut input, at) {
            found.push(next);
            at = next + 3;
        }
        found
    }

    #[test]
    fn protos_and_names_are_found() {
        assert_eq!(
            all(b"junk\x80\x04 \x80\x06 ((cos\nsystem\n. cos\n\n"),
            [4, 10]
        );
        assert_eq!(all(b"c\nx\n cccc cos\nsys\n"), [10]);
        assert_eq!(all(b"\x80"), []);
        assert_eq!(all(&b"c".repeat(100_000)), []);
        let far = [&b"-".repeat(16 * 1024 - 5)[..], b"cos\nsystem\n"].concat();
        assert_eq!(all(&far), [16 * 1024 - 5]);
    }
}
