//! What loaders that restrict pickles would make of a file, for people.

use weighbridge::{Blocker, LoaderAnswer, Loads, escape};

use crate::words;

/// The call and what comes of it, version by version, on one line; `None` where nothing is told.
pub(crate) fn summary(answers: &[LoaderAnswer]) -> Option<String> {
    let loader = answers.first()?.loader;
    let each = [Loads::Yes, Loads::No, Loads::NotKnown].into_iter();
    let parts = each.filter_map(|loads| {
        let of = answers.iter().filter(|answer| answer.loads == loads);
        let versions: Vec<&str> = of.map(|answer| answer.version).collect();
        let word = match loads {
            Loads::NotKnown => "not known",
            loads => loads.as_str(),
        };
        (!versions.is_empty()).then(|| format!("{word} in {}", versions.join(", ")))
    });
    Some(format!(
        "{loader}: {}",
        parts.collect::<Vec<_>>().join("; ")
    ))
}

/// What stands in the way, each with the versions in which it does.
pub(crate) fn blockers(answers: &[LoaderAnswer]) -> Vec<String> {
    let mut merged: Vec<(&Blocker, Vec<&str>)> = Vec::new();
    for answer in answers {
        for blocker in &answer.blockers {
            let same = |other: &&Blocker| {
                (&other.detail, &other.member) == (&blocker.detail, &blocker.member)
            };
            match merged.iter_mut().find(|(other, _)| same(other)) {
                Some((_, versions)) if versions.last() == Some(&answer.version) => {}
                Some((_, versions)) => versions.push(answer.version),
                None => merged.push((blocker, vec![answer.version])),
            }
        }
    }
    let lines = merged.iter().map(|(blocker, versions)| {
        let class = match (blocker.class, blocker.effect) {
            (Some(class), Some(effect)) => format!(" ({class}: {effect})"),
            (Some(class), None) => format!(" ({class})"),
            (None, _) => String::new(),
        };
        let is_for_all = versions.len() == answers.len();
        let of = match is_for_all {
            true => String::new(),
            false => format!(", in {}", versions.join(", ")),
        };
        format!("{}{class}{of}", words::shown(&blocker.detail))
    });
    lines.collect()
}

/// The lines that would allow what stands in the way, each with its versions; not where that would do
/// harm.
pub(crate) fn lines(answers: &[LoaderAnswer]) -> Vec<String> {
    let mut merged: Vec<(&str, Vec<&str>)> = Vec::new();
    for answer in answers {
        let harm = |blocker: &Blocker| matches!(blocker.class, Some("dangerous" | "code"));
        let Some(line) = answer.allow.as_deref() else {
            continue;
        };
        if answer.blockers.iter().any(harm) {
            continue;
        }
        match merged.iter_mut().find(|(other, _)| *other == line) {
            Some((_, versions)) => versions.push(answer.version),
            None => merged.push((line, vec![answer.version])),
        }
    }
    let lines = merged.iter();
    lines
        .map(|(line, versions)| format!("{} in {}", escape::visible(line), versions.join(", ")))
        .collect()
}
