//! Dotted names in source code of TorchScript (`torch/csrc/jit/frontend/lexer.h`), without what stands in strings and
//! comments.

/// A dotted name.
#[derive(Debug)]
pub(super) struct Path<'a> {
    pub(super) parts: Vec<&'a str>,
    /// Whether it stands behind a dot: then it is an attribute of something.
    pub(super) is_attribute: bool,
    /// Whether arguments follow.
    pub(super) is_called: bool,
    /// Whether it is the name of an argument or of what is set.
    pub(super) is_keyword: bool,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// Goes through a text.
pub(super) struct Paths<'a> {
    text: &'a str,
    at: usize,
    behind_dot: bool,
    is_open: bool,
}

impl<'a> Paths<'a> {
    pub(super) fn new(text: &'a str) -> Paths<'a> {
        Paths {
            text,
            at: 0,
            behind_dot: false,
            is_open: false,
        }
    }

    /// Whether a string had no end.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blank(&mut self) {
        let rest = self.rest();
        let blank = |c: char| c.is_ascii_whitespace() || c == '\\';
        self.at += rest.len() - rest.trim_start_matches(blank).len();
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let name = rest.get(..end)?;
        let begins = name.chars().next().is_some_and(|c| !c.is_ascii_digit());
        begins.then(|| {
            self.at += end;
            name
        })
    }

    /// A string, whose quote is next.
    fn string(&mut self, quote: char) {
        let rest = self.rest();
        let end: String = if rest.starts_with(&quote.to_string().repeat(3)) {
            quote.to_string().repeat(3)
        } else {
            quote.to_string()
        };
        self.at += end.len();
        loop {
            let rest = self.rest();
            if rest.starts_with(&end) {
                self.at += end.len();
                return;
            }
            match rest.chars().next() {
                None => {
                    self.is_open = true;
                    return;
                }
                Some('\\') => {
                    self.at += 1;
                    self.at += self.peek().map_or(0, char::len_utf8);
                }
                Some(c) => self.at += c.len_utf8(),
            }
        }
    }

    fn path(&mut self, first: &'a str, at: usize) -> Path<'a> {
        let mut parts = vec![first];
        let mut end = self.at;
        loop {
            self.blank();
            if self.peek() != Some('.') {
                break;
            }
            self.at += 1;
            self.blank();
            match self.name() {
                Some(part) => parts.push(part),
                None => break,
            }
            end = self.at;
        }
        let rest = self.rest();
        Path {
            parts,
            is_attribute: self.behind_dot,
            is_called: rest.starts_with('('),
            is_keyword: rest.starts_with('=') && !rest.starts_with("=="),
            at,
            len: end - at,
        }
    }
}

impl<'a> Iterator for Paths<'a> {
    type Item = Path<'a>;

    fn next(&mut self) -> Option<Path<'a>> {
        loop {
            self.blank();
            let c = self.peek()?;
            let at = self.at;
            if let Some(first) = self.name() {
                let path = self.path(first, at);
                self.behind_dot = false;
                return Some(path);
            }
            match c {
                '\'' | '"' => self.string(c),
                '#' => {
                    let rest = self.rest();
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                '0'..='9' => {
                    let rest = self.rest();
                    let number = |c: char| !c.is_ascii_digit();
                    self.at += rest.find(number).unwrap_or(rest.len());
                }
                _ => self.at += c.len_utf8(),
            }
            self.behind_dot = c == '.';
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
