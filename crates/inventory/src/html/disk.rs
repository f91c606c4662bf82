//! The models on the disk: what lies where, how large, under which licence, and whether it is what it was.

use std::cmp::Reverse;

use weighbridge::Verdict;

use super::put;
use super::text::{bytes, count, kind, number, path, shown};
use crate::disk::{Integrity, ModelOnDisk};
use crate::inventory::Inventory;

/// How many models are listed, and how many files of one.
const LISTED: usize = 500;
const FILES: usize = 50;
/// How many digits of a commit are shown.
const DIGITS: usize = 12;

pub(super) fn section(inventory: &Inventory, out: &mut String) {
    if inventory.models.is_empty() {
        return;
    }
    let mut models: Vec<&ModelOnDisk> = inventory.models.iter().collect();
    let total: u64 = models
        .iter()
        .map(|model| size(model))
        .fold(0, u64::saturating_add);
    models.sort_by_key(|model| Reverse((rank(model), size(model))));
    put!(
        out,
        "<section id=\"disk\" aria-labelledby=\"disk-title\">\n<h2 id=\"disk-title\">Models on the disk</h2>\n\
         <p class=\"hint\">{} of {} in all. What does harm, or is no longer what its store says, comes first, \
         then what is large. The licence is what the card of the model says.</p>\n\
         <table class=\"cards\"><thead><tr><th scope=\"col\">Model</th><th scope=\"col\">Kind</th>\
         <th scope=\"col\" class=\"num\">Size</th><th scope=\"col\">Licence</th><th scope=\"col\">State</th>\
         <th scope=\"col\" class=\"num\">Used by</th><th scope=\"col\">Where</th></tr></thead>\n<tbody>\n",
        count(models.len(), "model", "models"),
        bytes(total),
    );
    for model in models.iter().take(LISTED) {
        row(inventory, model, out);
    }
    out.push_str("</tbody></table>\n");
    if let Some(more) = models.len().checked_sub(LISTED).filter(|more| *more > 0) {
        put!(
            out,
            "<p class=\"hint\">{} more are in the JSON.</p>\n",
            number(more)
        );
    }
    out.push_str("</section>\n");
}

fn row(inventory: &Inventory, model: &ModelOnDisk, out: &mut String) {
    let name = model.id.as_deref();
    let name = name.unwrap_or_else(|| crate::application::last(&model.path));
    put!(
        out,
        "<tr><th scope=\"row\"><span class=\"id\">{}</span>",
        path(name)
    );
    if let Some(revision) = &model.revision {
        put!(
            out,
            " <small>{}</small>",
            shown(revision.get(..DIGITS).unwrap_or(revision))
        );
    }
    let licenses: Vec<String> = model.card.licenses.iter().map(|name| shown(name)).collect();
    put!(
        out,
        "</th><td data-label=\"Kind\">{}</td><td data-label=\"Size\" class=\"num\">{}</td><td data-label=\"Licence\">{}</td>\
         <td data-label=\"State\"><span>{}</span></td><td data-label=\"Used by\" class=\"num\">{}</td><td data-label=\"Where\">",
        kind(model.kind),
        bytes(size(model)),
        match licenses.is_empty() {
            true => "<span class=\"quiet\">not known</span>".to_owned(),
            false => licenses.join(", "),
        },
        state(model),
        number(model.used_by.len()),
    );
    let tree = model
        .repository
        .as_deref()
        .filter(|_| inventory.repositories.len() > 1);
    let place = match tree {
        Some(tree) => format!("{}/{}", tree.trim_end_matches('/'), model.path),
        None => model.path.clone(),
    };
    put!(
        out,
        "<details><summary><code>{}</code></summary><ul class=\"places\">",
        path(&place)
    );
    for file in model.files.iter().take(FILES) {
        let size = file.bytes.map_or_else(|| "?".to_owned(), bytes);
        let format = file.format.as_deref().map(shown).unwrap_or_default();
        let integrity = file.integrity.as_str().replace('-', " ");
        let name = if file.path.is_empty() {
            crate::application::last(&model.path)
        } else {
            &file.path
        };
        put!(
            out,
            "<li><code>{}</code> <span class=\"quiet\">{size} {format} {integrity}</span></li>",
            path(name)
        );
    }
    if let Some(more) = model
        .files
        .len()
        .checked_sub(FILES)
        .filter(|more| *more > 0)
    {
        put!(out, "<li>and {} more</li>", number(more));
    }
    put!(
        out,
        "<li class=\"quiet\">{}</li></ul></details></td></tr>\n",
        model.store.as_str()
    );
}

fn size(model: &ModelOnDisk) -> u64 {
    let sizes = model.files.iter().filter_map(|file| file.bytes);
    sizes.fold(0, u64::saturating_add)
}

/// The worst verdict over its files.
fn worst(model: &ModelOnDisk) -> Option<Verdict> {
    let verdicts = model.files.iter().filter_map(|file| file.verdict);
    verdicts.max_by_key(|verdict| worse(*verdict))
}

/// The worse, the higher.
fn worse(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Clean => 0,
        Verdict::Unknown => 1,
        Verdict::Suspicious => 2,
        Verdict::Malicious => 3,
        _ => 1,
    }
}

fn is_changed(model: &ModelOnDisk) -> bool {
    let changed = |found: &Integrity| matches!(found, Integrity::Changed { .. });
    model.files.iter().any(|file| changed(&file.integrity))
}

/// What has to be looked at comes first.
fn rank(model: &ModelOnDisk) -> (bool, bool) {
    (
        worst(model).is_some_and(|verdict| worse(verdict) > 1),
        is_changed(model),
    )
}

/// What is known of it, as badges.
fn state(model: &ModelOnDisk) -> String {
    let mut out = String::new();
    if let Some(verdict) = worst(model) {
        let class = match verdict {
            Verdict::Malicious => "badge critical",
            Verdict::Suspicious => "badge high",
            Verdict::Clean => "pin yes",
            _ => "badge info",
        };
        put!(out, "<span class=\"{class}\">{}</span> ", verdict.as_str());
    }
    let states = |wanted: &str| {
        model
            .files
            .iter()
            .filter(|file| file.integrity.as_str() == wanted)
            .count()
    };
    if is_changed(model) {
        put!(
            out,
            "<span class=\"badge high\">{} changed</span> ",
            number(states("changed"))
        );
    }
    for state in ["intact", "missing"] {
        match states(state) {
            0 => {}
            some => put!(out, "{} {state} ", number(some)),
        }
    }
    match out.trim_end() {
        "" => "<span class=\"quiet\">not checked</span>".to_owned(),
        words => words.to_owned(),
    }
}
