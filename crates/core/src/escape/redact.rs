//! Taking credentials out of strings.
//!
//! A model file may hold whatever its author had in memory, and a report ends in logs that many can
//! read. What looks like a credential (`data/credentials.toml`) is shown by its first characters.

use std::borrow::Cow;
use std::ops::Range;

/// What stands for the rest of a credential.
const REDACTED: &str = "…[redacted]";
/// How many characters of a credential are shown.
const SHOWN: usize = 4;
/// A password is shown in part only if it is this long.
const LONG: usize = 12;
/// How many characters of a token decide whether it is one: a run of beginnings costs little more
/// than its length.
const DECISIVE: usize = 500;
/// How long a value has to be to count as a secret.
const SECRET: usize = 8;

/// A token that its issuer marks with a prefix.
struct Token {
    prefix: &'static str,
    characters: Characters,
    /// How many of them follow at least.
    least: usize,
}

/// Which characters follow a prefix.
#[derive(Clone, Copy)]
enum Characters {
    Upper,
    Alphanumeric,
    Word,
    Dotted,
}

include!(concat!(env!("OUT_DIR"), "/credentials.rs"));

/// The pairs of bytes that something which may be a credential begins with, a bit each: nearly every
/// place of a text is passed over at the price of one look.
static BEGINNINGS: [u64; 1 << 10] = beginnings();

const fn beginnings() -> [u64; 1 << 10] {
    let mut pairs = [0; 1 << 10];
    let mut at = 0;
    while at < TOKENS.len() {
        let prefix = TOKENS[at].prefix.as_bytes();
        pairs = with_pair(pairs, prefix[0], prefix[1]);
        at += 1;
    }
    let mut at = 0;
    while at < NAMES.len() {
        let name = NAMES[at].as_bytes();
        let [first, second] = [name[0], name[1]];
        let [upper, second_upper] = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        pairs = with_pair(pairs, first, second);
        pairs = with_pair(pairs, first, second_upper);
        pairs = with_pair(pairs, upper, second);
        pairs = with_pair(pairs, upper, second_upper);
        at += 1;
    }
    with_pair(with_pair(pairs, b':', b'/'), b'-', b'-')
}

const fn with_pair(mut pairs: [u64; 1 << 10], first: u8, second: u8) -> [u64; 1 << 10] {
    let pair = ((first as usize) << 8) | second as usize;
    pairs[pair / 64] |= 1 << (pair % 64);
    pairs
}

/// Whether a credential may begin here.
fn may_begin(bytes: &[u8], at: usize) -> bool {
    let Some(&[first, second]) = bytes.get(at..at + 2) else {
        return false;
    };
    let pair = usize::from(u16::from_be_bytes([first, second]));
    BEGINNINGS.get(pair / 64).copied().unwrap_or_default() >> (pair % 64) & 1 == 1
}

/// The text without what looks like a credential: its first characters and `…[redacted]` stand there.
///
/// Text that was cut may end within a credential; what is left of one goes as well.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let secret = may_begin(bytes, at)
            .then(|| secret(text, at))
            .flatten()
            .filter(|secret| !tail(text, secret.end).starts_with(REDACTED));
        let Some(secret) = secret else {
            at += 1;
            continue;
        };
        out.push_str(text.get(copied..secret.start).unwrap_or_default());
        out.push_str(REDACTED);
        copied = secret.end;
        at = secret.end.max(at + 1);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(tail(text, copied));
    Cow::Owned(out)
}

/// What is secret of a credential that begins here.
fn secret(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = tail(text, at);
    match rest.as_bytes().first()? {
        b':' => password_of_url(rest),
        b'-' => private_key(rest),
        _ if is_within_word(text, at) => None,
        _ => TOKENS
            .iter()
            .find_map(|known| token(rest, known))
            .or_else(|| assigned(rest)),
    }
    .map(|range| at + range.start..at + range.end)
}

/// Whether a letter or a digit stands before that is not the end of an escape.
fn is_within_word(text: &str, at: usize) -> bool {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    if !before.last().is_some_and(u8::is_ascii_alphanumeric) {
        return false;
    }
    // The longest escape is `\U` with eight digits; mostly there is none.
    let near = before.get(before.len().saturating_sub(10)..);
    if !near.unwrap_or_default().contains(&b'\\') {
        return true;
    }
    let is_escape = |&(begin, digits): &(&[u8], usize)| {
        let (head, tail) = before.split_at(before.len().saturating_sub(digits));
        head.ends_with(begin) && tail.len() == digits && tail.iter().all(u8::is_ascii_hexdigit)
    };
    !ESCAPES.iter().any(is_escape)
}

/// How escapes begin, and how many digits they have.
const ESCAPES: &[(&[u8], usize)] = &[
    (b"\\x", 2),
    (b"\\u", 4),
    (b"\\U", 8),
    (b"\\n", 0),
    (b"\\r", 0),
    (b"\\t", 0),
];

fn token(rest: &str, token: &Token) -> Option<Range<usize>> {
    let behind = rest.strip_prefix(token.prefix)?;
    let run = || behind.bytes().take_while(|&byte| token.accepts(byte));
    let body = behind.get(..run().take(DECISIVE).count())?;
    let is_whole = body.len() >= token.least
        && is_mixed(body)
        && match token.characters {
            // What a token carries is an object, too.
            Characters::Dotted => body.contains(".eyJ"),
            _ => true,
        };
    let is_cut = !body.is_empty() && ends_cut(tail(behind, body.len()));
    (is_whole || is_cut).then(|| SHOWN..token.prefix.len() + run().count())
}

impl Token {
    fn accepts(&self, byte: u8) -> bool {
        match self.characters {
            Characters::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Characters::Alphanumeric => byte.is_ascii_alphanumeric(),
            Characters::Word => byte.is_ascii_alphanumeric() || b"_-".contains(&byte),
            Characters::Dotted => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
        }
    }
}

/// Whether text was cut here: perhaps within quotes.
fn ends_cut(behind: &str) -> bool {
    behind.trim_start_matches(['\'', '"']).starts_with('…')
}

/// Letters and digits: what people choose as an ordinary word rarely has both.
fn is_mixed(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// The value of `password = value` and the like, where it is no plain word.
fn assigned(rest: &str) -> Option<Range<usize>> {
    let starts = |name: &&&str| {
        let begin = rest.as_bytes().get(..name.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(name.as_bytes()))
    };
    let mut at = NAMES.iter().find(starts)?.len();
    let skip = |at: usize, these: &[char]| {
        let behind = tail(rest, at);
        at + (behind.len() - behind.trim_start_matches(these).len())
    };
    at = skip(at, &['\'', '"', ' ']);
    let sign = tail(rest, at).chars().next()?;
    if !matches!(sign, '=' | ':') {
        return None;
    }
    at = skip(at + 1, &[' ']);
    at = skip(at, &['b']);
    at = skip(at, &['\'', '"']);
    let is_end = |c: char| c.is_whitespace() || "'\"…,;&|)]}<>`".contains(c);
    let behind = tail(rest, at);
    let run = |most: usize| {
        let mut run = behind.char_indices().take(most);
        run.find(|&(_, c)| is_end(c))
            .or_else(|| behind.char_indices().nth(most))
            .map_or(behind.len(), |(end, _)| end)
    };
    let value = behind.get(..run(DECISIVE))?;
    let mut seen = [false; 256];
    for byte in value.bytes() {
        seen[usize::from(byte)] = true;
    }
    let kinds = seen.iter().filter(|&&seen| seen).count();
    let is_secret = value.len() >= SECRET && kinds >= SECRET && is_mixed(value);
    (is_secret || value.len() >= SHOWN && ends_cut(tail(rest, at + value.len())))
        .then(|| at + shown(value)..at + run(usize::MAX))
}

/// The password of `scheme://user:password@host`.
fn password_of_url(rest: &str) -> Option<Range<usize>> {
    let start = "://".len();
    let authority = rest.strip_prefix("://")?;
    let is_end = |c: char| c.is_whitespace() || "/?#'\"<>`".contains(c);
    let authority = authority.get(..authority.find(is_end).unwrap_or(authority.len()))?;
    let (user, _) = authority.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    let at = start + name.len() + 1;
    (!password.is_empty()).then(|| at + shown(password)..at + password.len())
}

/// A private key in PEM, behind its first line.
fn private_key(rest: &str) -> Option<Range<usize>> {
    let title = rest.strip_prefix("-----BEGIN ")?;
    let (title, _) = title.split_once("-----")?;
    if !title.ends_with("PRIVATE KEY") && !title.ends_with("PRIVATE KEY BLOCK") {
        return None;
    }
    let at = "-----BEGIN -----".len() + title.len();
    let body = tail(rest, at);
    let end = body.find("-----END ").or_else(|| body.find(['\'', '"']));
    let len = end.unwrap_or(body.len());
    (len > 0).then(|| at..at + len)
}

/// How much of a password is shown, in bytes.
fn shown(value: &str) -> usize {
    let long = value.char_indices().nth(LONG - 1).is_some();
    let first = value.char_indices().nth(SHOWN).filter(|_| long);
    first.map_or(0, |(at, _)| at)
}

fn tail(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_out() {
        let letters = "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8";
        for (text, expected) in [
            (format!("hf_{letters}"), "hf_a…[redacted]".to_owned()),
            (
                format!("x('ghp_{letters}',)"),
                "x('ghp_…[redacted]',)".to_owned(),
            ),
            (
                "AKIA0123456789ABCDEF.".to_owned(),
                "AKIA…[redacted].".to_owned(),
            ),
            (
                format!("é sk-{letters} é"),
                "é sk-a…[redacted] é".to_owned(),
            ),
            (
                format!("eyJ{letters}.eyJ{letters}.{letters}"),
                "eyJa…[redacted]".to_owned(),
            ),
            (
                "https://me:letmein@host/a@b".to_owned(),
                "https://me:…[redacted]@host/a@b".to_owned(),
            ),
            (
                "ftp://me:a-long-password@host".to_owned(),
                "ftp://me:a-lo…[redacted]@host".to_owned(),
            ),
            (
                "DB_PASSWORD=correct0horse1staple x".to_owned(),
                "DB_PASSWORD=corr…[redacted] x".to_owned(),
            ),
            (
                "{'api_key': 'q1w2e3r4', 'n': 1}".to_owned(),
                "{'api_key': '…[redacted]', 'n': 1}".to_owned(),
            ),
            (
                "'-----BEGIN RSA PRIVATE KEY-----\\nMIIB\\n-----END RSA PRIVATE KEY-----'"
                    .to_owned(),
                "'-----BEGIN RSA PRIVATE KEY-----…[redacted]-----END RSA PRIVATE KEY-----'"
                    .to_owned(),
            ),
            (
                "'-----BEGIN PRIVATE KEY-----\\nMIIB'…900; x".to_owned(),
                "'-----BEGIN PRIVATE KEY-----…[redacted]'…900; x".to_owned(),
            ),
            (
                format!("a\\x0ahf_{letters}\\nhf_{letters}\\ud800hf_{letters}"),
                "a\\x0ahf_a…[redacted]\\nhf_a…[redacted]\\ud800hf_a…[redacted]".to_owned(),
            ),
            (
                "'hf_a1b2c'…900".to_owned(),
                "'hf_a…[redacted]'…900".to_owned(),
            ),
        ] {
            let redacted = redact(&text);
            assert_eq!(redacted, expected);
            assert_eq!(redact(&redacted), expected, "again");
        }
    }

    #[test]
    fn what_only_resembles_one_stays() {
        for text in [
            "task-a1b2c3d4e5f6g7h8i9j0k1l2",
            "sk-learn-contrib-extensions-of-ours",
            "eos_token='<|endoftext|>'",
            "tokenizer=a1b2c3d4e5",
            "token: true",
            "password=words",
            "https://host:8080/a:b@c",
            "hf_hub",
            "-----BEGIN PUBLIC KEY-----\\nMIIB",
            "torch.nn.modules.linear.Linear('x',)…9",
            &"sk-".repeat(5_000),
            &"-----BEGIN ".repeat(5_000),
            &"x://".repeat(5_000),
            &"eyJ1-".repeat(5_000),
            &"password: ".repeat(5_000),
            &"password:".repeat(5_000),
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
