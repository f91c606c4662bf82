//! Reading `weighbridge.toml`, with errors that say which key is wrong and what is wanted.

use toml::de::{DeTable, DeValue};
use weighbridge::{Allow, Permit};
use weighbridge_inventory::ApplicationEntry;

use super::Config;
use crate::near::nearest;

const KEYS: &[&str] = &["ignore", "allow", "application"];
const ALLOW_KEYS: &[&str] = &["permit", "reason"];
const APPLICATION_KEYS: &[&str] = &["path", "owner", "criticality"];

/// What is wrong in a file, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The offset.
    pub(super) at: usize,
    /// What, in one line.
    pub(super) words: String,
}

/// Reads the text of a file.
pub(super) fn parse(text: &str) -> Result<Config, Wrong> {
    let table = DeTable::parse(text).map_err(|error| Wrong {
        at: error.span().map_or(0, |span| span.start),
        words: format!("this is no TOML: {}", error.message()),
    })?;
    let mut config = Config::default();
    for (key, value) in table.get_ref() {
        let at = key.span().start;
        let value = value.get_ref();
        match key.get_ref().as_ref() {
            "ignore" => {
                config.ignore =
                    words(at, "ignore", "a list of rules, such as [\"PKL301\"]", value)?;
            }
            "allow" => {
                let table = value
                    .as_table()
                    .ok_or_else(|| not(at, "allow", "a table", value))?;
                for (path, value) in table {
                    let at = path.span().start;
                    let allowed = allow(at, path.get_ref(), value.get_ref())?;
                    config.allow.push(allowed);
                }
            }
            "application" => {
                let wanted = "tables, such as [[application]]";
                let list = value
                    .as_array()
                    .ok_or_else(|| not(at, "application", wanted, value))?;
                for value in list {
                    let at = value.span().start;
                    config.applications.push(application(at, value.get_ref())?);
                }
            }
            other => return Err(unknown(at, "", other, KEYS)),
        }
    }
    Ok(config)
}

/// `[[application]]`: its path, and perhaps its owner and how much depends on it.
fn application(at: usize, value: &DeValue<'_>) -> Result<ApplicationEntry, Wrong> {
    let table = value
        .as_table()
        .ok_or_else(|| not(at, "application", "a table", value))?;
    let (mut path, mut owner, mut criticality) = (None, None, None);
    for (key, value) in table {
        let at = key.span().start;
        let field = match key.get_ref().as_ref() {
            "path" => &mut path,
            "owner" => &mut owner,
            "criticality" => &mut criticality,
            other => return Err(unknown(at, "application: ", other, APPLICATION_KEYS)),
        };
        let key = format!("application.{}", key.get_ref());
        let text = value.get_ref().as_str();
        *field = Some(
            text.ok_or_else(|| not(at, &key, "a string", value.get_ref()))?
                .to_owned(),
        );
    }
    let path = path.ok_or_else(|| {
        wrong(
            at,
            "application",
            "a path is missing: path = \"services/search\"",
        )
    })?;
    Ok(ApplicationEntry {
        path,
        owner,
        criticality,
    })
}

/// `"pkg.module.Class" = "reason"`, or a table with `reason` and perhaps `permit`.
fn allow(at: usize, path: &str, value: &DeValue<'_>) -> Result<Allow, Wrong> {
    let key = format!("allow.{path:?}");
    if !path.contains('.') {
        // A name without quotes makes a table of each of its parts.
        let words = "this is no module and name with a dot between; the whole name wants quotes: \
                     \"pkg.module.Class\" = \"reason\"";
        return Err(wrong(at, &key, words));
    }
    super::whole(path).map_err(|words| wrong(at, "allow", &words))?;
    let mut reason = None;
    let mut permit = Permit::ALL.to_vec();
    match value {
        DeValue::String(text) => reason = Some(text.as_ref()),
        DeValue::Table(table) => {
            for (field, value) in table {
                let at = field.span().start;
                let value = value.get_ref();
                match field.get_ref().as_ref() {
                    "reason" => {
                        let text = value.as_str();
                        let text = text
                            .ok_or_else(|| not(at, &format!("{key}.reason"), "a string", value))?;
                        reason = Some(text);
                    }
                    "permit" => permit = permits(at, &format!("{key}.permit"), value)?,
                    other => return Err(unknown(at, &format!("{key}: "), other, ALLOW_KEYS)),
                }
            }
        }
        _ => return Err(not(at, &key, "a reason, or a table with one", value)),
    }
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let reason = reason.ok_or_else(|| {
        wrong(
            at,
            &key,
            "a reason is missing; say why you vouch for it: reason = \"…\"",
        )
    })?;
    Allow::new(path, &permit, Some(reason)).map_err(|error| wrong(at, &key, &error.to_string()))
}

/// `permit = ["import", "call"]`.
fn permits(at: usize, key: &str, value: &DeValue<'_>) -> Result<Vec<Permit>, Wrong> {
    let wanted = "a list of import, call and build";
    let words = words(at, key, wanted, value)?;
    if words.is_empty() {
        return Err(wrong(at, key, &format!("it is empty; it takes {wanted}")));
    }
    let permits = words.iter().map(|word| Allow::permit_named(word));
    let permits: Result<Vec<Permit>, _> = permits.collect();
    permits.map_err(|error| wrong(at, key, &error.to_string()))
}

/// A list of strings.
fn words(at: usize, key: &str, wanted: &str, value: &DeValue<'_>) -> Result<Vec<String>, Wrong> {
    let list = value
        .as_array()
        .ok_or_else(|| not(at, key, wanted, value))?;
    list.iter()
        .map(|word| match word.get_ref().as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(not(word.span().start, key, wanted, word.get_ref())),
        })
        .collect()
}

fn wrong(at: usize, key: &str, words: &str) -> Wrong {
    Wrong {
        at,
        words: format!("{key}: {words}"),
    }
}

fn not(at: usize, key: &str, wanted: &str, value: &DeValue<'_>) -> Wrong {
    let found = match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    wrong(at, key, &format!("it takes {wanted}, not {found}"))
}

fn unknown(at: usize, within: &str, key: &str, keys: &[&str]) -> Wrong {
    let advice = match nearest(key, keys.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("there are {}", listed(keys)),
    };
    Wrong {
        at,
        words: format!("{within}there is no key {key:?}; {advice}"),
    }
}

/// `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_right_is_read() {
        let config = parse(
            "ignore = [\"PKL301\", \"persistent-id\"]\n\
             [allow]\n\
             \"words.Show\" = \"ours\"\n\
             \"words.tell\" = { permit = [\"call\"], reason = \" looked at it \" }\n\
             [allow.\"words.other.Thing\"]\n\
             reason = \"ours too\"\n",
        )
        .unwrap();
        assert_eq!(config.ignore, ["PKL301", "persistent-id"]);
        let allowed = config.allow.iter();
        let allowed: Vec<_> = allowed
            .map(|allow| (allow.path(), allow.permit().len(), allow.reason()))
            .collect();
        assert_eq!(
            allowed,
            [
                ("words.Show", 3, Some("ours")),
                ("words.other.Thing", 3, Some("ours too")),
                ("words.tell", 2, Some("looked at it")),
            ]
        );
        assert!(parse("").unwrap().allow.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_key() {
        for (text, part) in [
            (
                "ignored = []",
                "there is no key \"ignored\"; did you mean \"ignore\"?",
            ),
            (
                "limits = 3",
                "there is no key \"limits\"; there are ignore, allow and application",
            ),
            ("ignore = \"PKL301\"", "ignore: it takes a list of rules"),
            ("ignore = [3]", "not a number"),
            ("allow = []", "allow: it takes a table, not a list"),
            ("[allow]\n\"a.b\" = 3", "allow.\"a.b\": it takes a reason"),
            (
                "[allow]\n\"a.b\" = \" \"",
                "allow.\"a.b\": a reason is missing",
            ),
            (
                "[allow]\n\"a.b\" = {}",
                "allow.\"a.b\": a reason is missing",
            ),
            ("[allow]\na.b.C = \"x\"", "allow.\"a\": this is no module"),
            ("[allow]\n\"a..b\" = \"x\"", "is no module and name"),
            (
                "[allow]\n\"a.*\" = \"x\"",
                "allow: \"a.*\" looks like a pattern",
            ),
            (
                "[allow]\n\"os.system\" = \"x\"",
                "os.system cannot be allowed: it ",
            ),
            (
                "[allow]\n\"a.b\" = { reason = \"x\", permits = [\"call\"] }",
                "allow.\"a.b\": there is no key \"permits\"; did you mean \"permit\"?",
            ),
            (
                "[allow]\n\"a.b\" = { reason = \"x\", permit = [\"run\"] }",
                "allow.\"a.b\".permit: \"run\" is no permission",
            ),
            (
                "[allow]\n\"a.b\" = { reason = 1 }",
                "allow.\"a.b\".reason: it takes a string",
            ),
            (
                "[allow]\n\"a.b\" = { reason = \"x\", permit = [] }",
                "allow.\"a.b\".permit: it is empty",
            ),
            (
                "[[application]]\nowner = \"us\"",
                "application: a path is missing",
            ),
            ("[[application]]\npaths = \"a\"", "did you mean \"path\"?"),
            ("application = 3", "application: it takes tables"),
            ("ignore = [", "this is no TOML: "),
            ("ignore = []\nignore = []", "this is no TOML: duplicate key"),
        ] {
            let words = parse(text).unwrap_err().words;
            assert!(
                words.contains(part) && !words.contains('\n'),
                "{text}\n{words}"
            );
        }
        assert_eq!(parse("\n\nx = 1").unwrap_err().at, 2);
    }
}
