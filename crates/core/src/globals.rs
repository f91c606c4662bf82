//! The globals of a file, each with its standing and what it does.

use std::cmp::Reverse;

use serde::Serialize;

use crate::json;
use crate::knowledge::{EffectClass, HASH, Knowledge, Standing};
use crate::report::{Global, Report};

/// The globals that loading a file would import, the worst first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListedGlobal {
    /// The global, and where it is imported.
    #[serde(flatten)]
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

fn listed(global: &Global, knowledge: &Knowledge) -> ListedGlobal {
    let danger = match knowledge.standing(&global.module, &global.name) {
        Standing::Dangerous(danger, _) if global.class != "known" => Some(danger),
        _ => None,
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
    (Reverse(weight), &listed.global.module, &listed.global.name)
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
