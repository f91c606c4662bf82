//! Where the stores of the user are, by the variables of the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::knowledge::caches;
use super::model::Store;

/// Variables of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn of_process() -> Environment {
        std::env::vars_os().collect()
    }

    fn get(&self, name: &str) -> Option<PathBuf> {
        let value = self.0.get(&OsString::from(name))?;
        (!value.is_empty()).then(|| PathBuf::from(value))
    }

    fn home(&self) -> Option<PathBuf> {
        self.get("HOME").or_else(|| self.get("USERPROFILE"))
    }

    /// `$NAME/below`, `~/below`, or a path; `None` where the variable is not set.
    fn expand(&self, text: &str) -> Option<PathBuf> {
        let (first, rest) = text.split_once('/').unwrap_or((text, ""));
        let begin = match first.strip_prefix('$') {
            Some(name) => self.get(name)?,
            None if first == "~" => self.home()?,
            None => return Some(PathBuf::from(text)),
        };
        // As the libraries do with what the variable holds.
        let begin = match (begin.strip_prefix("~"), self.home()) {
            (Ok(below), Some(home)) => home.join(below),
            _ => begin,
        };
        Some(match rest {
            "" => begin,
            rest => begin.join(rest),
        })
    }

    /// The folders that there are, each once.
    pub(super) fn stores(&self) -> Vec<(Store, PathBuf)> {
        let mut stores: Vec<(Store, PathBuf)> = Vec::new();
        for row in &caches().places {
            let path = row.at.iter().find_map(|text| self.expand(text));
            let Some(path) = path.filter(|path| path.is_dir()) else {
                continue;
            };
            if !stores.iter().any(|(_, known)| *known == path) {
                stores.push((row.store, path));
            }
        }
        stores
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Environment {
        let variables = variables.into_iter();
        Environment(
            variables
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let environment: Environment = [
            ("HOME", "/home/me"),
            ("HF_HOME", "~/hf"),
            ("TORCH_HOME", ""),
        ]
        .into_iter()
        .collect();
        let expand = |text| environment.expand(text);
        assert_eq!(
            expand("$HF_HOME/hub"),
            Some(PathBuf::from("/home/me/hf/hub"))
        );
        assert_eq!(expand("$TORCH_HOME/hub"), None);
        assert_eq!(
            expand("~/.cache/torch"),
            Some(PathBuf::from("/home/me/.cache/torch"))
        );
        assert_eq!(expand("/usr/share"), Some(PathBuf::from("/usr/share")));
    }
}
