//! Source text that a library makes of a template and a list of names.

/// What stands for the names in a template.
const NAMES: &str = "%s";

/// Whether a text is the template with the same names, each followed by a comma and a space, at every
/// `%s`.
pub(super) fn is_made_of(text: &str, template: &str) -> bool {
    let mut parts = template.split(NAMES);
    let before = parts.next().unwrap_or_default();
    let Some(rest) = text.strip_prefix(before) else {
        return false;
    };
    let names = leading_names(rest);
    let mut rest = rest;
    for part in parts {
        let behind = rest.strip_prefix(names);
        match behind.and_then(|behind| behind.strip_prefix(part)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.is_empty()
}

/// The longest beginning that is a list of names.
fn leading_names(text: &str) -> &str {
    let mut end = 0;
    while let Some(rest) = text.get(end..) {
        let name = rest
            .bytes()
            .take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
            .count();
        let is_name = rest.bytes().next().is_some_and(|b| !b.is_ascii_digit()) && name > 0;
        if !is_name || !rest.get(name..).is_some_and(|rest| rest.starts_with(", ")) {
            break;
        }
        end += name + 2;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_they_should_and_nowhere_else() {
        let template = "def f(self, %s loc=0):\n    return (%s), loc\n";
        for text in [
            "def f(self,  loc=0):\n    return (), loc\n",
            "def f(self, a,  loc=0):\n    return (a, ), loc\n",
            "def f(self, a_1, B,  loc=0):\n    return (a_1, B, ), loc\n",
        ] {
            assert!(is_made_of(text, template), "{text}");
        }
        for text in [
            "def f(self, a,  loc=0):\n    return (b, ), loc\n",
            "def f(self, a,  loc=0):\n    return (), loc\n",
            "def f(self, a=g(),  loc=0):\n    return (a=g(), ), loc\n",
            "def f(self, 1,  loc=0):\n    return (1, ), loc\n",
            "def f(self,  loc=0):\n    return (), loc\nshow()",
            "",
        ] {
            assert!(!is_made_of(text, template), "{text}");
        }
    }
}
