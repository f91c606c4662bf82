//! What was not read.

use super::facts::Facts;
use super::put;
use super::text::{count, number, path, place, shown};

/// How many gaps are listed, and how many folders.
const LISTED: usize = 200;

pub(super) fn section(facts: &Facts<'_>, out: &mut String) {
    let inventory = facts.inventory;
    out.push_str("<section id=\"unread\" aria-labelledby=\"unread-title\">\n<h2 id=\"unread-title\">What was not read</h2>\n");
    if inventory.gaps.is_empty() {
        out.push_str("<p class=\"none\">Every file that was listed was read to its end.</p>\n");
    } else {
        out.push_str("<p class=\"hint\">What stands here may use models that this page does not name.</p>\n<ul class=\"places\">\n");
        for (at, gap) in inventory.gaps.iter().take(LISTED).enumerate() {
            let tree = inventory
                .repository_of_gap(at)
                .filter(|_| inventory.repositories.len() > 1);
            put!(
                out,
                "<li><code>{}</code> <span>{}</span> <small>{}</small></li>\n",
                place(&gap.location),
                shown(&gap.detail),
                tree.map_or_else(String::new, path),
            );
        }
        if let Some(more) = inventory
            .gaps
            .len()
            .checked_sub(LISTED)
            .filter(|more| *more > 0)
        {
            put!(
                out,
                "<li>and {} more, which the JSON holds</li>\n",
                number(more)
            );
        }
        out.push_str("</ul>\n");
    }
    let passed = &inventory.passed_over;
    if !passed.is_empty() {
        put!(
            out,
            "<details><summary>{} passed over: dependencies, caches and version control</summary>\n<ul class=\"places\">\n",
            count(passed.len(), "folder was", "folders were"),
        );
        for folder in passed.iter().take(LISTED) {
            put!(out, "<li><code>{}</code></li>\n", path(folder));
        }
        if let Some(more) = passed.len().checked_sub(LISTED).filter(|more| *more > 0) {
            put!(out, "<li>and {} more</li>\n", number(more));
        }
        out.push_str("</ul></details>\n");
    }
    out.push_str("</section>\n");
}
