//! The page as a whole: its head, the counts that matter, and the order of its parts.

use sha2::{Digest as _, Sha256};

use super::facts::{Facts, Thing};
use super::text::{badges, count, number, path};
use super::{applications, disk, put, references, risks, unread};
use crate::inventory::Inventory;
use crate::reference::Kind;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// How many trees are named at the top.
const TREES: usize = 6;

pub(super) fn page(inventory: &Inventory) -> String {
    let facts = Facts::of(inventory);
    let mut out = String::new();
    let title = title(inventory);
    put!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; \
         script-src '{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Model inventory: {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        hash(STYLE),
        hash(SCRIPT),
    );
    head(&facts, &title, &mut out);
    out.push_str("<main id=\"main\">\n");
    risks::section(&facts, &mut out);
    applications::section(&facts, &mut out);
    disk::section(inventory, &mut out);
    references::section(&facts, &mut out);
    unread::section(&facts, &mut out);
    out.push_str("</main>\n");
    put!(
        out,
        "<footer><p>Made by Weighbridge {} from the source code and the model files alone: nothing in them was \
         run, and no connection was opened. The same files give the same page.</p></footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
    );
    out
}

/// What was looked at.
fn title(inventory: &Inventory) -> String {
    let all = &inventory.repositories;
    let named: Vec<String> = all.iter().take(TREES).map(|tree| tree_name(tree)).collect();
    match all.len().saturating_sub(TREES) {
        0 if named.is_empty() => "nothing".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), number(more)),
    }
}

/// The last part of the path of a tree.
fn tree_name(tree: &str) -> String {
    match crate::application::last(tree) {
        "" | "." => "this folder".to_owned(),
        name => super::text::shown(name),
    }
}

/// The hash of a text as a policy of a page names it.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| {
            (bits << 8) | chunk.get(at).map_or(0, |byte| usize::from(*byte))
        });
        for at in 0..4 {
            let digit = DIGITS
                .get((bits >> (18 - 6 * at)) & 63)
                .filter(|_| at <= chunk.len());
            out.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    out
}

fn head(facts: &Facts<'_>, title: &str, out: &mut String) {
    let inventory = facts.inventory;
    put!(
        out,
        "<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n<header class=\"top\">\n\
         <p class=\"kicker\">Model inventory</p>\n<h1>{title}</h1>\n"
    );
    put!(out, "<p class=\"lead\">{}</p>\n", lead(facts));
    out.push_str("<ul class=\"tiles\">\n");
    let used = facts.ranked().len();
    let all = inventory.applications.len();
    tile(
        out,
        "#applications",
        "Applications",
        &number(used),
        &match all - used {
            0 => "all that were found".to_owned(),
            idle => format!("{} without models", count(idle, "other", "others")),
        },
    );
    let models = facts.known(|thing| thing.is_model());
    let data = facts.known(|thing| thing.kind == Kind::Dataset);
    let data = count(data, "data set", "data sets");
    let references = inventory.references.iter();
    let unknown =
        references.filter(|reference| reference.id.is_none() && Thing::of(reference).is_model());
    let note = match unknown.count() {
        0 => format!("and {data}"),
        1 => format!("and {data}; 1 load names none"),
        some => format!("and {data}; {} loads name none", number(some)),
    };
    tile(out, "#matrix", "Models", &number(models), &note);
    let services = facts.services();
    let named: Vec<&str> = services.iter().take(3).copied().collect();
    tile(
        out,
        "#matrix",
        "AI services",
        &number(services.len()),
        &match services.len() {
            0 => "none is called".to_owned(),
            1..=3 => named.join(", "),
            more => format!("{} and {} more", named.join(", "), more - 3),
        },
    );
    let (can_pin, pinned) = facts.can_pin;
    let share = format!("{} <small>of {}</small>", number(pinned), number(can_pin));
    tile(
        out,
        "#references",
        "Pinned loads",
        &share,
        "always give the same content",
    );
    let findings = number(inventory.findings.len());
    let severities = match inventory.findings.is_empty() {
        true => "nothing was found".to_owned(),
        false => badges(&facts.severities),
    };
    tile(out, "#risks", "Findings", &findings, &severities);
    let unread = if inventory.gaps.is_empty() {
        "everything was read"
    } else {
        "places that nobody looked at"
    };
    tile(
        out,
        "#unread",
        "Not read",
        &number(inventory.gaps.len()),
        unread,
    );
    out.push_str("</ul>\n<nav aria-label=\"Parts of this page\"><ul>\n");
    for (part, words) in [
        ("risks", "What is risky and why"),
        ("applications", "Applications"),
        ("matrix", "Who uses what"),
        ("disk", "Models on the disk"),
        ("references", "All references"),
        ("unread", "What was not read"),
    ] {
        if part != "disk" || !inventory.models.is_empty() {
            put!(out, "<li><a href=\"#{part}\">{words}</a></li>\n");
        }
    }
    out.push_str("</ul></nav>\n</header>\n");
    if inventory.repositories.len() > 1 {
        trees(inventory, out);
    }
}

fn tile(out: &mut String, to: &str, title: &str, value: &str, note: &str) {
    put!(
        out,
        "<li><a href=\"{to}\"><span class=\"what\">{title}</span> <span class=\"value\">{value}</span> \
         <span class=\"note\">{note}</span></a></li>\n"
    );
}

/// The one sentence to read.
fn lead(facts: &Facts<'_>) -> String {
    let [_, _, medium, high, critical] = facts.severities;
    let files = count(
        facts.inventory.files,
        "file was looked at",
        "files were looked at",
    );
    let what = match (critical, high, medium) {
        (0, 0, 0) if facts.inventory.findings.is_empty() => {
            "Nothing was found that speaks against what this code loads.".to_owned()
        }
        (0, 0, 0) => "Nothing of what was found is urgent.".to_owned(),
        (0, 0, medium) => format!(
            "{} of medium severity should be looked at.",
            count(medium, "finding", "findings")
        ),
        (0, high, _) => format!(
            "<strong>{} of high severity</strong> should be dealt with first.",
            count(high, "finding", "findings")
        ),
        (critical, 0, _) => format!(
            "<strong>{}</strong> should be dealt with first.",
            count(critical, "critical finding", "critical findings")
        ),
        (critical, high, _) => format!(
            "<strong>{} critical and {} high findings</strong> should be dealt with first.",
            number(critical),
            number(high)
        ),
    };
    format!("{what} {files}.")
}

/// The trees, where there are several.
fn trees(inventory: &Inventory, out: &mut String) {
    const SHOWN: usize = 500;
    let all = inventory.repositories.len();
    put!(
        out,
        "<details class=\"trees\"><summary>{}</summary><ul>\n",
        count(all, "source tree", "source trees")
    );
    for tree in inventory.repositories.iter().take(SHOWN) {
        put!(out, "<li><code>{}</code></li>\n", path(tree));
    }
    if all > SHOWN {
        put!(out, "<li>and {} more</li>\n", number(all - SHOWN));
    }
    out.push_str("</ul></details>\n");
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_are_base64() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }
}
