//! No row opens more than it says.

use std::collections::{BTreeMap, BTreeSet};

use crate::tables::{KnownGroup, Names, dangerous, files, known};

/// Names that mean the same harm in whatever module they are, and parts of paths that never are known.
fn marked(key: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, group) in dangerous() {
        if let Some(Names::These(these)) = group.globals.get(key) {
            names.extend(these.iter().cloned());
        }
    }
    assert!(!names.is_empty());
    names
}

/// Modules that are dangerous as a whole; whether with their submodules.
fn whole() -> BTreeMap<String, bool> {
    let mut modules = BTreeMap::new();
    for (_, group) in dangerous() {
        for (module, names) in group.globals {
            if let Names::All(all) = names {
                modules.insert(module, all == "**");
            }
        }
    }
    modules
}

fn is_whole(modules: &BTreeMap<String, bool>, module: &str) -> bool {
    let parents = module.match_indices('.').map(|(at, _)| &module[..at]);
    modules.contains_key(module)
        || parents
            .into_iter()
            .any(|parent| modules.get(parent) == Some(&true))
}

fn rows(group: &KnownGroup) -> impl Iterator<Item = (&str, &str)> {
    group.globals.iter().flat_map(|(module, names)| {
        names
            .iter()
            .map(move |name| (module.as_str(), name.as_str()))
    })
}

#[test]
fn every_group_says_why_and_whence() {
    let known = known()
        .into_iter()
        .map(|(file, g)| (file, g.reason, g.source));
    let dangerous = dangerous()
        .into_iter()
        .map(|(file, g)| (file, g.reason, g.source));
    for (file, reason, source) in known.chain(dangerous) {
        assert!(reason.len() >= 10, "{file}: {reason:?} is no reason");
        assert!(source.len() >= 5, "{file}: {source:?} is no source");
        assert!(
            !reason.ends_with('.'),
            "{file}: {reason:?} completes a sentence"
        );
    }
}

#[test]
fn nothing_known_is_in_a_dangerous_module_or_has_an_infamous_name() {
    let (whole, infamous, components) = (whole(), marked("?"), marked("*"));
    let mut wrong = Vec::new();
    for (file, group) in known() {
        for (module, name) in rows(&group) {
            let last = name.rsplit('.').next().unwrap();
            let called = group.call.is_some() || group.new.is_some();
            let is_excused = group.despite.is_some();
            if is_whole(&whole, module) && !is_excused
                || infamous.contains(last) && called
                || name.split('.').any(|part| components.contains(part))
            {
                wrong.push(format!("{file}: {module} {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows: {wrong:#?}", wrong.len());
}

/// What is known despite its module only holds values: it takes no state and leads to nothing else.
#[test]
fn exceptions_from_dangerous_modules_are_needed_reasoned_and_narrow() {
    let whole = whole();
    for (file, group) in known() {
        let Some(despite) = &group.despite else {
            continue;
        };
        assert!(despite.len() >= 20, "{file}: {despite:?} is no reason");
        for (module, name) in rows(&group) {
            assert!(is_whole(&whole, module), "{file}: {module} {name}");
        }
        let holds_values = group.build.is_none()
            && group.forwards.is_none()
            && !(group.items || group.append || group.add);
        assert!(holds_values, "{file}: {despite}");
    }
}

#[test]
fn names_are_exact() {
    for (file, group) in known() {
        for (module, name) in rows(&group) {
            let is_exact = |text: &str| {
                !text.is_empty()
                    && text.split('.').all(|part| {
                        !part.is_empty()
                            && part
                                .chars()
                                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '<' | '>'))
                    })
            };
            assert!(
                is_exact(module) && is_exact(name),
                "{file}: {module} {name}"
            );
        }
        let attributes = group.attributes.iter().flat_map(|words| words.words());
        for word in attributes {
            assert!(!word.starts_with("__"), "{file}: attribute {word}");
        }
    }
}

/// Types whose values are as harmless as the bytes that spell them out.
const PLAIN: &[&str] = &[
    "none", "bool", "float", "str", "bytes", "number", "scalar", "int",
];

#[test]
fn what_may_be_called_with_more_than_plain_values_says_what_the_worst_is() {
    let is_plain = |signature: &&str| {
        let words = signature.split(|c: char| !c.is_ascii_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .all(|word| PLAIN.contains(&word))
    };
    for (file, group) in known() {
        let Some(call) = &group.call else { continue };
        assert!(
            call.words().iter().all(is_plain) || !group.worst.is_empty(),
            "{file}: a call {:?} of {:?} without a worst case",
            call.words(),
            group.globals.keys().next(),
        );
    }
}

/// What library code runs when a class is unpickled, as `introspect.py` found it: by module and name.
fn facts() -> BTreeMap<(String, String), Vec<String>> {
    let mut facts: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (file, text) in files("facts", ".tsv") {
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [module, names, runs] = fields.as_slice() else {
                panic!("{file}: {line:?}");
            };
            for name in names.split(',') {
                // What the builtin classes do is known.
                let is_own = |code: &&str| *code != "-" && !code.starts_with("builtins.");
                let runs = runs.split(',').filter(is_own).map(str::to_owned);
                facts
                    .entry(((*module).to_owned(), name.to_owned()))
                    .or_default()
                    .extend(runs);
            }
        }
    }
    facts
}

#[test]
fn groups_tell_all_code_that_introspection_says_they_run() {
    let facts = facts();
    assert!(facts.len() > 1000, "only {} facts", facts.len());
    let mut wrong = Vec::new();
    for (file, group) in known() {
        if group.build.is_none() && group.call.is_none() && group.new.is_none() {
            continue;
        }
        for (module, name) in rows(&group) {
            let Some(runs) = facts.get(&(module.to_owned(), name.to_owned())) else {
                continue;
            };
            let is_untold = |code: &&String| {
                // `*.__new__` stands for that method of any class of the group.
                let method = code.rsplit('.').next().unwrap();
                !group.runs.contains(code) && !group.runs.contains(&format!("*.{method}"))
            };
            let untold: Vec<&String> = runs.iter().filter(is_untold).collect();
            if !untold.is_empty() {
                wrong.push(format!("{file}: {module} {name} runs {untold:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows: {wrong:#?}", wrong.len());
}
