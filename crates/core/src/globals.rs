//! The globals of a file, each with its standing and what it does.

use std::cmp::Reverse;

use serde::ser::{Serialize, Serializer};

use crate::json::{self, Number, object};
use crate::knowledge::{EffectClass, HASH, Knowledge, Standing};
use crate::report::{Global, Report};

/// The globals that loading a file would import, the worst first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Globals {
    /// The version of this shape.
    pub schema_version: u32,
    /// The version of the knowledge: a hash of its tables.
    pub knowledge: &'static str,
    /// The name that the file was given by.
    pub path: String,
    /// Whether everything was examined: else there may be more.
    pub complete: bool,
    /// The globals: dangerous ones, code, unknown ones, known ones; by name within each.
    pub globals: Vec<ListedGlobal>,
}

/// A global that loading a file would import.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedGlobal {
    /// The global, and where it is imported.
    pub global: Global,
    /// What kind of harm it does, where it is known to do some.
    pub effect: Option<EffectClass>,
    /// The same in words that complete "`os.system` …".
    pub reason: Option<&'static str>,
}

impl Globals {
    /// The globals of a report.
    #[must_use]
    pub fn of(report: &Report) -> Globals {
        let knowledge = Knowledge::default();
        let mut globals: Vec<ListedGlobal> = report
            .globals
            .iter()
            .map(|global| listed(global, &knowledge))
            .collect();
        globals.sort_by(|a, b| key(a).cmp(&key(b)));
        Globals {
            schema_version: 1,
            knowledge: HASH,
            path: report.path.clone(),
            complete: report.coverage.complete,
            globals,
        }
    }

    /// The globals as one line of JSON, without the line end; characters that would not show in a
    /// terminal, or that it would obey, are written `\uXXXX`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::line(self)
    }
}

impl Serialize for Globals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "schema_version": self.schema_version,
            "knowledge": self.knowledge,
            "path": self.path,
            "complete": self.complete,
            "globals": self.globals,
        })
    }
}

impl Serialize for ListedGlobal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let global = &self.global;
        object!(serializer, {
            "module": global.module,
            "name": global.name,
            "module_hex": global.module_hex,
            "name_hex": global.name_hex,
            "resolved": global.resolved,
            "class": global.class,
            "member": global.member,
            "offset": Number(global.offset),
            "count": Number(global.count),
            "effect": self.effect.map(EffectClass::as_str),
            "reason": self.reason,
        })
    }
}

fn listed(global: &Global, knowledge: &Knowledge) -> ListedGlobal {
    let resolved = &global.resolved;
    let dots = resolved.match_indices('.');
    let mut names = dots.map(|(at, _)| (&resolved[..at], &resolved[at + 1..]));
    let danger = match global.class {
        "known" | "unknown" => None,
        _ => names.find_map(|(module, name)| match knowledge.standing(module, name) {
            Standing::Dangerous(danger, _) => Some(danger),
            _ => None,
        }),
    };
    ListedGlobal {
        global: global.clone(),
        effect: danger.map(|danger| danger.effect),
        reason: danger.map(|danger| danger.reason),
    }
}

fn key(listed: &ListedGlobal) -> (Reverse<u8>, &str, &str) {
    let weight = match listed.global.class {
        "dangerous" => 3,
        "code" => 2,
        "unknown" => 1,
        _ => 0,
    };
    (
        Reverse(weight),
        &listed.global.resolved,
        &listed.global.name,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scanner;

    #[test]
    fn the_worst_stand_first_and_say_what_they_do() {
        let pickle = b"ccollections\nOrderedDict\n0cwords\nshow\n0cos\nsystem\n0cos\nsystem\n.";
        let globals = Globals::of(&Scanner::new().scan_bytes("a.pkl", pickle));
        let told: Vec<_> = globals
            .globals
            .iter()
            .map(|listed| {
                let global = &listed.global;
                let effect = listed.effect.map(EffectClass::as_str);
                (global.class, global.name.as_str(), global.count, effect)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("dangerous", "system", 2, Some("process")),
                ("unknown", "show", 1, None),
                ("known", "OrderedDict", 1, None),
            ]
        );
    }
}
