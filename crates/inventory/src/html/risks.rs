//! What is risky and why: the findings by rule, with what to do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use weighbridge::{Finding, RuleText, escape};

use super::facts::{BySeverity, Facts, rank};
use super::put;
use super::text::{application, badge, badges, count, number, place, shown};

/// How many findings of a rule are listed.
const LISTED: usize = 100;

/// The findings of a rule.
#[derive(Default)]
struct OfRule<'i> {
    severities: BySeverity,
    applications: BTreeSet<usize>,
    findings: Vec<(&'i Finding, usize)>,
}

pub(super) fn section(facts: &Facts<'_>, out: &mut String) {
    out.push_str("<section id=\"risks\" aria-labelledby=\"risks-title\">\n<h2 id=\"risks-title\">What is risky and why</h2>\n");
    let inventory = facts.inventory;
    let mut rules: BTreeMap<&str, OfRule<'_>> = BTreeMap::new();
    for (finding, &application) in inventory
        .findings
        .iter()
        .zip(&inventory.finding_applications)
    {
        let of_rule = rules.entry(finding.rule).or_default();
        if let Some(count) = of_rule.severities.get_mut(rank(finding.severity)) {
            *count += 1;
        }
        of_rule.applications.insert(application);
        of_rule.findings.push((finding, application));
    }
    if rules.is_empty() {
        out.push_str("<p class=\"none\">Nothing was found. That a model behaves well is not said by this: weights are not judged.</p>\n");
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(_, of_rule)| {
        let [info, low, medium, high, critical] = of_rule.severities;
        Reverse((critical, high, medium, low, info))
    });
    for (code, of_rule) in rules {
        let mut known = crate::rules().iter().chain(weighbridge::rules());
        if let Some(text) = known.find(|text| text.code == code) {
            card(facts, text, of_rule, out);
        }
    }
    out.push_str("</section>\n");
}

fn card(facts: &Facts<'_>, text: &RuleText, mut of_rule: OfRule<'_>, out: &mut String) {
    let worst = of_rule
        .findings
        .iter()
        .map(|(finding, _)| finding.severity)
        .max();
    let worst = worst.map_or("info", |worst| worst.as_str());
    put!(
        out,
        "<article class=\"risk {worst}\">\n<h3>{} <small>{} {}</small></h3>\n<p class=\"sums\">{} in {}</p>\n\
         <dl><div><dt>Why it matters</dt><dd>{}</dd></div><div><dt>What to do</dt><dd>{}</dd></div></dl>\n",
        prose(text.title),
        text.code,
        text.slug,
        badges(&of_rule.severities),
        count(of_rule.applications.len(), "application", "applications"),
        prose(text.why),
        prose(text.help),
    );
    let all = of_rule.findings.len();
    put!(
        out,
        "<details><summary>Where: {}</summary>\n<ul class=\"places\">\n",
        count(all, "place", "places")
    );
    of_rule
        .findings
        .sort_by_key(|(finding, _)| Reverse(finding.severity));
    for (finding, at) in of_rule.findings.iter().take(LISTED) {
        let name = facts.inventory.applications.get(*at);
        put!(
            out,
            "<li>{} <span>{}</span> <span class=\"at\"><span class=\"app\">{}</span> <code>{}</code></span></li>\n",
            badge(finding.severity),
            shown(&finding.message),
            name.map_or_else(
                || "caches of the user".to_owned(),
                |found| application(facts.inventory, found)
            ),
            place(&finding.location),
        );
    }
    if all > LISTED {
        put!(
            out,
            "<li>and {} more, which the JSON and the SARIF log hold</li>\n",
            number(all - LISTED)
        );
    }
    out.push_str("</ul>\n</details>\n</article>\n");
}

/// Words of ours, in which code stands between backticks.
fn prose(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split('`').enumerate() {
        let part = escape::xml(&part.replace('\n', " "));
        match at % 2 {
            0 => out.push_str(&part),
            _ => put!(out, "<code>{part}</code>"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn code_is_between_backticks() {
        assert_eq!(prose("Use `a < b` only"), "Use <code>a &lt; b</code> only");
    }
}
