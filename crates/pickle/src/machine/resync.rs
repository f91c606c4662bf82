//! Where a pickle could begin within bytes that are none.

use memchr::memchr3;

use super::input::Input;

/// How long a module's or attribute's name may be to be taken for one.
const NAME: usize = 256;

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
        match search(window) {
            Search::Found(found) => return Some(at + found as u64),
            // What may go on behind the window is looked at again from where it begins.
            Search::Cut(begin) if begin > 0 => at += begin as u64,
            Search::Cut(_) | Search::Nothing => at += window.len() as u64,
        }
    }
}

enum Search {
    Found(usize),
    /// Something begins here that the window cuts off.
    Cut(usize),
    Nothing,
}

fn search(window: &[u8]) -> Search {
    let mut at = 0;
    while let Some(hit) = memchr3(0x80, b'c', b'i', &window[at..]) {
        let begin = at + hit;
        let rest = &window[begin + 1..];
        if window[begin] == 0x80 {
            match rest.first() {
                Some(0..=5) => return Search::Found(begin),
                Some(_) => at = begin + 1,
                None => return Search::Cut(begin),
            }
            continue;
        }
        let module = name_len(rest);
        let name = rest.get(module + 1..).map(name_len);
        match (
            rest.get(module),
            name.and_then(|name| rest.get(module + 1 + name)),
        ) {
            (Some(b'\n'), Some(b'\n')) if module > 0 && name != Some(0) => {
                let before = window[..begin].iter().rev();
                return Search::Found(begin - before.take_while(|&&byte| byte == b'(').count());
            }
            (None, _) | (Some(b'\n'), None) if rest.len() < 2 * NAME => {
                return Search::Cut(begin);
            }
            // Whatever begins within the name ends where the name ends.
            _ => at = begin + 1 + module,
        }
    }
    Search::Nothing
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
        let mut input = Input::new(&bytes);
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
