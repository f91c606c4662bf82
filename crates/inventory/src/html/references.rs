//! The table of all references, one row for what an application uses in the same way.

use std::collections::BTreeSet;

use weighbridge::Severity;

use super::facts::{Facts, Use, rank};
use super::put;
use super::text::{application, badge, count, kind, name, number, origin, path, pin, shown};
use crate::reference::{Pin, Reference, Switch};

/// How many rows there are, how many places each lists, and how many all do together.
const ROWS: usize = 4000;
const PLACES: usize = 50;
const ALL_PLACES: usize = 20_000;

/// The columns.
const COLUMNS: [&str; 9] = [
    "Findings",
    "Application",
    "Model or service",
    "Kind",
    "Revision",
    "Purpose",
    "Scope",
    "Flags",
    "Where",
];

pub(super) fn section(facts: &Facts<'_>, out: &mut String) {
    out.push_str("<section id=\"references\" aria-labelledby=\"references-title\">\n<h2 id=\"references-title\">All references</h2>\n");
    if facts.uses.is_empty() {
        out.push_str("<p class=\"none\">No code or configuration that was read names a model or an AI service.</p>\n</section>\n");
        return;
    }
    let shown = facts.uses.get(..ROWS).unwrap_or(&facts.uses);
    put!(
        out,
        "<p class=\"hint\">{} in {}: one row for what an application uses in the same way.{}</p>\n",
        count(facts.inventory.references.len(), "reference", "references"),
        count(facts.uses.len(), "row", "rows"),
        match facts.uses.len() - shown.len() {
            0 => String::new(),
            more => format!(
                " The {} riskiest are shown; {} more are in the JSON.",
                number(shown.len()),
                number(more)
            ),
        },
    );
    filters(facts, shown, out);
    out.push_str("<table class=\"cards uses\" id=\"uses\"><caption class=\"spoken\">All references; the headings sort</caption><thead><tr>");
    for title in COLUMNS {
        put!(out, "<th scope=\"col\">{title}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut places = ALL_PLACES;
    for one in shown {
        row(facts, one, &mut places, out);
    }
    out.push_str(
        "</tbody></table>\n<p class=\"none\" id=\"nothing\" hidden>No row fits.</p>\n</section>\n",
    );
}

/// What rows are chosen by; only scripts show it.
fn filters(facts: &Facts<'_>, shown: &[Use<'_>], out: &mut String) {
    out.push_str(
        "<form id=\"filters\" hidden>\n<label>Search <input type=\"search\" id=\"search\" autocomplete=\"off\" placeholder=\"model, file, flag…\"></label>\n",
    );
    let applications: BTreeSet<String> = shown
        .iter()
        .map(|one| of_application(facts, one.first))
        .collect();
    let kinds: BTreeSet<&str> = shown.iter().map(|one| kind(one.first.kind)).collect();
    let pins: BTreeSet<&str> = shown.iter().map(|one| pin(one.first)).collect();
    let scopes: BTreeSet<&str> = shown.iter().map(|one| one.first.scope.as_str()).collect();
    // What breaks a line has no place in an option.
    let applications: Vec<String> = applications
        .into_iter()
        .map(|name| name.replace("<wbr>", ""))
        .collect();
    select("1", "Application", &applications, out);
    let owned = |words: BTreeSet<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    select("3", "Kind", &owned(kinds), out);
    select("4", "Revision", &owned(pins), out);
    select("6", "Scope", &owned(scopes), out);
    out.push_str("<label>Findings <select data-least>\n<option value=\"\">all rows</option>\n<option value=\"1\">any finding</option>\n");
    for severity in Severity::ALL.into_iter().skip(1) {
        put!(
            out,
            "<option value=\"{}\">{severity} or worse</option>\n",
            rank(severity) + 1
        );
    }
    put!(
        out,
        "</select></label>\n<button type=\"reset\">Reset</button>\n<p id=\"shown\" role=\"status\">{} rows</p>\n</form>\n",
        number(shown.len())
    );
}

fn select(column: &str, title: &str, values: &[String], out: &mut String) {
    put!(
        out,
        "<label>{title} <select data-column=\"{column}\">\n<option value=\"\">all</option>\n"
    );
    for value in values {
        put!(out, "<option>{value}</option>\n");
    }
    out.push_str("</select></label>\n");
}

fn of_application(facts: &Facts<'_>, reference: &Reference) -> String {
    let found = facts.inventory.applications.get(reference.application);
    found.map_or_else(String::new, |one| application(facts.inventory, one))
}

fn row(facts: &Facts<'_>, one: &Use<'_>, places: &mut usize, out: &mut String) {
    let first = one.first;
    let worst = one.worst().map_or(0, |worst| rank(worst) + 1);
    put!(
        out,
        "<tr data-rank=\"{worst}\"><td data-label=\"Findings\">"
    );
    match one.worst() {
        Some(worst) => put!(out, "{} {}", badge(worst), codes(one)),
        None => out.push_str("<span class=\"quiet\">none</span>"),
    }
    let application = of_application(facts, first);
    put!(
        out,
        "</td><td data-label=\"Application\">{application}</td>\
         <th scope=\"row\" data-label=\"Model or service\">{} <small>{}</small></th>\
         <td data-label=\"Kind\">{}</td><td data-label=\"Revision\" data-value=\"{}\">{}</td>",
        name(first),
        origin(first.origin),
        kind(first.kind),
        pin(first),
        revision(first),
    );
    let purposes: Vec<&str> = one.purposes.iter().copied().collect();
    let quiet = "<span class=\"quiet\">–</span>";
    put!(
        out,
        "<td data-label=\"Purpose\">{}</td><td data-label=\"Scope\">{}</td><td data-label=\"Flags\">{}</td><td data-label=\"Where\">",
        if purposes.is_empty() {
            quiet.to_owned()
        } else {
            purposes.join(", ")
        },
        first.scope.as_str(),
        flags(first, quiet),
    );
    details(one, places, out);
    out.push_str("</td></tr>\n");
}

/// The rules that were hit, the worst first.
fn codes(one: &Use<'_>) -> String {
    let mut codes: Vec<&str> = Vec::new();
    for finding in &one.findings {
        if !codes.contains(&finding.rule) {
            codes.push(finding.rule);
        }
    }
    format!("<small>{}</small>", codes.join(", "))
}

fn revision(reference: &Reference) -> String {
    let class = match reference.revision.pin {
        Pin::Commit => "pin yes",
        Pin::None if pin(reference) == "not applicable" => {
            return "<span class=\"quiet\">–</span>".to_owned();
        }
        _ => "pin",
    };
    let word = pin(reference);
    match &reference.revision.text {
        Some(text) => format!(
            "<span class=\"{class}\">{word}</span> <code>{}</code>",
            shown(text)
        ),
        None => format!("<span class=\"{class}\">{word}</span>"),
    }
}

fn flags(reference: &Reference, none: &str) -> String {
    let mut out = String::new();
    for (name, switch) in reference.flags.switches() {
        let name = name.replace('_', "_<wbr>");
        match switch {
            Some(Switch::On) => put!(out, "<code>{name}</code> "),
            Some(Switch::Off) => put!(out, "<code>{name}=false</code> "),
            Some(Switch::Dynamic) => put!(out, "<code>{name}=?</code> "),
            None => {}
        }
    }
    if let Some(code) = &reference.flags.code_revision {
        let text = code.text.as_deref().unwrap_or("?");
        put!(out, "<code>code_revision={}</code>", shown(text));
    }
    if out.is_empty() { none.to_owned() } else { out }
}

/// Every place, and what is found there.
fn details(one: &Use<'_>, left: &mut usize, out: &mut String) {
    let at = |reference: &Reference| {
        format!(
            "{}:{}",
            path(&reference.location.file),
            reference.location.line
        )
    };
    put!(out, "<details><summary><code>{}</code>", at(one.first));
    if one.all.len() > 1 {
        put!(
            out,
            " <small>and {} more</small>",
            number(one.all.len() - 1)
        );
    }
    out.push_str("</summary><ul class=\"places\">");
    let listed = PLACES.min(*left);
    for reference in one.all.iter().take(listed) {
        put!(
            out,
            "<li><code>{}</code> <span class=\"quiet\">{}, {}</span></li>",
            at(reference),
            shown(&reference.call),
            reference.resolution.as_str(),
        );
    }
    *left -= listed.min(one.all.len());
    if one.all.len() > listed {
        put!(
            out,
            "<li>and {} more places, which the JSON holds</li>",
            number(one.all.len() - listed)
        );
    }
    let mut told = BTreeSet::new();
    for finding in &one.findings {
        if told.len() < PLACES && told.insert((finding.rule, &finding.message)) {
            put!(
                out,
                "<li>{} {} <small>{}</small></li>",
                badge(finding.severity),
                shown(&finding.message),
                finding.rule
            );
        }
    }
    out.push_str("</ul></details>");
}
