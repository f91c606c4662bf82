//! The applications, and which of them uses what.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use weighbridge::Severity;

use super::facts::{Facts, Thing};
use super::put;
use super::text::{application, badges, count, kind, number, origin, path, shown};

/// How many applications are listed.
const LISTED: usize = 500;
/// How many applications the matrix has columns for, and how many things it has rows for.
const COLUMNS: usize = 10;
const ROWS: usize = 60;

pub(super) fn section(facts: &Facts<'_>, out: &mut String) {
    let ranked = facts.ranked();
    out.push_str("<section id=\"applications\" aria-labelledby=\"applications-title\">\n<h2 id=\"applications-title\">Applications</h2>\n");
    if ranked.is_empty() {
        out.push_str("<p class=\"none\">No application uses a model or an AI service, as far as was read.</p>\n</section>\n");
    } else {
        out.push_str(
            "<p class=\"hint\">An application is the folder of a manifest, such as <code>pyproject.toml</code> or \
             <code>package.json</code>, or one that the configuration names. The riskiest come first.</p>\n",
        );
        list(facts, &ranked, out);
        out.push_str("</section>\n");
    }
    matrix(facts, &ranked, out);
}

fn list(facts: &Facts<'_>, ranked: &[usize], out: &mut String) {
    let all = &facts.inventory.applications;
    let has_owners = all
        .iter()
        .any(|one| one.owner.is_some() || one.criticality.is_some());
    out.push_str("<table class=\"cards\"><thead><tr><th scope=\"col\">Application</th>");
    if has_owners {
        out.push_str("<th scope=\"col\">Owner</th><th scope=\"col\">Criticality</th>");
    }
    out.push_str("<th scope=\"col\" class=\"num\">Models</th><th scope=\"col\" class=\"num\">Data sets</th><th scope=\"col\">Services</th><th scope=\"col\" class=\"num\">References</th><th scope=\"col\">Findings</th></tr></thead>\n<tbody>\n");
    for at in ranked.iter().take(LISTED) {
        let (Some(one), Some(found)) = (all.get(*at), facts.applications.get(*at)) else {
            continue;
        };
        put!(
            out,
            "<tr><th scope=\"row\">{}</th>",
            application(facts.inventory, one)
        );
        if has_owners {
            for (label, value) in [("Owner", &one.owner), ("Criticality", &one.criticality)] {
                let value = value.as_deref().map_or_else(|| "–".to_owned(), shown);
                put!(out, "<td data-label=\"{label}\">{value}</td>");
            }
        }
        let models = found.things.iter().filter(|thing| thing.is_model()).count();
        let data = found
            .things
            .iter()
            .filter(|thing| thing.kind == crate::reference::Kind::Dataset);
        let services = found.things.iter().filter(|thing| thing.is_service());
        let mut services: Vec<&str> = services.map(|thing| origin(thing.origin)).collect();
        services.dedup();
        services.sort_unstable();
        services.dedup();
        put!(
            out,
            "<td data-label=\"Models\" class=\"num\">{}</td><td data-label=\"Data sets\" class=\"num\">{}</td>\
             <td data-label=\"Services\">{}</td><td data-label=\"References\" class=\"num\">{}</td>\
             <td data-label=\"Findings\">{}</td></tr>\n",
            number(models),
            number(data.count()),
            if services.is_empty() {
                "–".to_owned()
            } else {
                services.join(", ")
            },
            number(found.references),
            if found.severities == [0; 5] {
                "none".to_owned()
            } else {
                badges(&found.severities)
            },
        );
    }
    out.push_str("</tbody></table>\n");
    if let Some(more) = ranked.len().checked_sub(LISTED).filter(|more| *more > 0) {
        put!(
            out,
            "<p class=\"hint\">{} more are in the JSON.</p>\n",
            number(more)
        );
    }
}

/// A row of the matrix.
#[derive(Default)]
struct Row {
    /// How many references each application has, and the worst that speaks against them.
    cells: BTreeMap<usize, (usize, Option<Severity>)>,
}

impl Row {
    fn references(&self) -> usize {
        self.cells.values().map(|(count, _)| count).sum()
    }
}

fn matrix(facts: &Facts<'_>, ranked: &[usize], out: &mut String) {
    let mut rows: BTreeMap<Thing<'_>, Row> = BTreeMap::new();
    for one in &facts.uses {
        let thing = Thing::of(one.first);
        if thing.id.is_none() && !thing.is_service() {
            continue;
        }
        let cell = rows
            .entry(thing)
            .or_default()
            .cells
            .entry(one.first.application)
            .or_default();
        cell.0 += one.all.len();
        cell.1 = cell.1.max(one.worst());
    }
    out.push_str("<section id=\"matrix\" aria-labelledby=\"matrix-title\">\n<h2 id=\"matrix-title\">Who uses what</h2>\n");
    if rows.is_empty() {
        out.push_str("<p class=\"none\">No model, data set or service is named.</p>\n</section>\n");
        return;
    }
    let mut used: Vec<usize> = ranked.to_vec();
    used.retain(|at| {
        facts
            .applications
            .get(*at)
            .is_some_and(|found| found.references > 0)
    });
    let others = used.split_off(used.len().min(COLUMNS));
    let mut rows: Vec<(Thing<'_>, Row)> = rows.into_iter().collect();
    // What many use comes first: there, a change has the widest effect.
    rows.sort_by_key(|(_, row)| Reverse((row.cells.len(), row.references())));
    out.push_str(
        "<p class=\"hint\">How many places of an application name a model, a data set or a service. What most \
         applications use comes first. The letter tells the worst finding there: ",
    );
    for severity in Severity::ALL.into_iter().rev() {
        put!(
            out,
            "<span class=\"dot {severity}\">{}</span> {severity} ",
            letter(severity)
        );
    }
    out.push_str(
        "</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"matrix-title\">\n\
         <table class=\"matrix\"><thead><tr><th scope=\"col\">Model or service</th><th scope=\"col\">Kind</th>",
    );
    for at in &used {
        let name = facts.inventory.applications.get(*at);
        let name = name.map_or_else(String::new, |one| application(facts.inventory, one));
        put!(
            out,
            "<th scope=\"col\" class=\"up\"><span>{name}</span></th>"
        );
    }
    if !others.is_empty() {
        put!(
            out,
            "<th scope=\"col\" class=\"up\"><span>{}</span></th>",
            count(others.len(), "other", "others")
        );
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (thing, row) in rows.iter().take(ROWS) {
        matrix_row(thing, row, (&used, &others), out);
    }
    out.push_str("</tbody></table></div>\n");
    if let Some(more) = rows.len().checked_sub(ROWS).filter(|more| *more > 0) {
        put!(
            out,
            "<p class=\"hint\">{} more are in the table of all references.</p>\n",
            number(more)
        );
    }
    out.push_str("</section>\n");
}

fn matrix_row(
    thing: &Thing<'_>,
    row: &Row,
    (used, others): (&[usize], &[usize]),
    out: &mut String,
) {
    let name = thing.id.map_or_else(|| "any model".to_owned(), path);
    put!(
        out,
        "<tr><th scope=\"row\"><span class=\"id\">{name}</span> <small>{}</small></th><td>{}</td>",
        origin(thing.origin),
        kind(thing.kind),
    );
    for at in used {
        cell(row.cells.get(at).copied(), out);
    }
    if !others.is_empty() {
        let others = others.iter().filter_map(|at| row.cells.get(at));
        let sum = others.copied().reduce(|a, b| (a.0 + b.0, a.1.max(b.1)));
        cell(sum, out);
    }
    out.push_str("</tr>\n");
}

fn cell(cell: Option<(usize, Option<Severity>)>, out: &mut String) {
    match cell {
        None => out.push_str("<td class=\"cell\"></td>"),
        Some((count, None)) => put!(
            out,
            "<td class=\"cell\"><span class=\"dot\">{}</span></td>",
            number(count)
        ),
        Some((count, Some(worst))) => put!(
            out,
            "<td class=\"cell\"><span class=\"dot {worst}\" title=\"worst finding: {worst}\">{}<i aria-hidden=\"true\">{}</i><span class=\"spoken\">, {worst}</span></span></td>",
            number(count),
            letter(worst),
        ),
    }
}

/// The first letter of a severity, as the legend explains it.
fn letter(severity: Severity) -> String {
    severity
        .as_str()
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .collect()
}
