//! `weighbridge rules`: what the rules look for, as text and as the pages in `docs/rules/`.

use std::fmt::Write as _;

use weighbridge::{EffectClass, Judgement, RuleText, judgements};

use crate::args::{RulesArgs, RulesFormat};
use crate::exit::Exit;
use crate::output::Output;
use crate::wrap::wrapped;

/// Every rule, of files and of source trees, in the order of the codes.
fn rules() -> Vec<&'static RuleText> {
    let of_trees = weighbridge_inventory::rules();
    let mut rules: Vec<&RuleText> = weighbridge::rules().iter().chain(of_trees).collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}

/// Runs the command.
pub(crate) fn run(args: &RulesArgs, width: usize, output: &mut Output<'_>) -> Exit {
    let Some(wanted) = &args.rule else {
        let text = match args.format {
            RulesFormat::Text => list(),
            RulesFormat::Md => index(),
        };
        let _ = output.line(text.trim_end());
        return Exit::Complete;
    };
    let found = rules()
        .into_iter()
        .find(|rule| rule.code.eq_ignore_ascii_case(wanted) || rule.slug == wanted);
    let Some(rule) = found else {
        output.say(&format!(
            "there is no rule {wanted:?}; `weighbridge rules` lists them"
        ));
        return Exit::Incomplete;
    };
    let text = page(rule, args.format);
    let text = match args.format {
        RulesFormat::Text => text.lines().map(|line| wrapped(line, "", width)).collect(),
        RulesFormat::Md => text,
    };
    let _ = output.line(text.trim_end());
    Exit::Complete
}

fn list() -> String {
    let mut out = String::new();
    for rule in rules() {
        let _ = writeln!(out, "{}  {:<20}  {}", rule.code, rule.slug, rule.title);
    }
    out
}

fn page(rule: &RuleText, format: RulesFormat) -> String {
    let head = |title: &str| match format {
        RulesFormat::Text => title.to_owned(),
        RulesFormat::Md => format!("## {title}"),
    };
    let title = format!("{} {}", rule.code, rule.slug);
    let mut out = match format {
        RulesFormat::Text => format!("{title}\n\n{}.\n", rule.title),
        RulesFormat::Md => format!("# {title}\n\n{}.\n", rule.title),
    };
    let parts = [
        ("What it looks for", Some(rule.what)),
        ("Why it matters", Some(rule.why)),
        ("What to do", Some(rule.help)),
        (
            "What to do where the finding is of medium severity",
            rule.help_if_mild,
        ),
    ];
    for (title, text) in parts {
        let Some(text) = text else { continue };
        let _ = write!(out, "\n{}\n\n{}\n", head(title), text.replace('\n', " "));
    }
    if let Some(cwe) = rule.cwe {
        let _ = write!(out, "\nWeakness: CWE-{cwe}.\n");
    }
    if !rule.references.is_empty() {
        let _ = write!(out, "\nReferences: {}.\n", rule.references.join("; "));
    }
    out
}

/// The index of the pages, with the table of verdicts.
fn index() -> String {
    let mut out = String::from(
        "# Rules\n\nMade from `crates/core/data/rules.toml` and `crates/inventory/data/rules.toml` by `cargo xtask bless`.\n\n| rule | name | title |\n|---|---|---|\n",
    );
    for rule in rules() {
        let _ = writeln!(
            out,
            "| [{0}]({0}.md) | {1} | {2} |",
            rule.code, rule.slug, rule.title
        );
    }
    out.push_str(
        "\n## Verdicts\n\nA finding of critical or high severity makes a file malicious (suspicious where its confidence is low), one of medium severity suspicious. \
         Low and info leave it clean. A file in which nothing was found is unknown where not everything could be examined. The worst finding decides.\n\n\
         What is done with a global gives the severity; rows of the tables may say less for an import or a call, never more.\n\n\
         | what is known of the global | action | severity | verdict |\n|---|---|---|---|\n",
    );
    for (standings, row) in grouped() {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            standings.join(", "),
            row.action,
            row.severity,
            row.verdict
        );
    }
    let effects = EffectClass::ALL.map(EffectClass::as_str).join(", ");
    let _ = writeln!(
        out,
        "\nWhat is {HARMFUL} has one of these effects: {effects}."
    );
    out
}

/// What stands for every effect class.
const HARMFUL: &str = "harmful";

/// The table with equal rows of several standings as one.
fn grouped() -> Vec<(Vec<&'static str>, Judgement)> {
    let mut rows: Vec<(Vec<&'static str>, Judgement)> = Vec::new();
    for mut row in judgements() {
        if EffectClass::ALL
            .iter()
            .any(|effect| effect.as_str() == row.standing)
        {
            row.standing = HARMFUL;
        }
        let same = rows.iter_mut().find(|(_, known)| {
            (known.action, known.severity, known.verdict) == (row.action, row.severity, row.verdict)
        });
        match same {
            Some((standings, _)) if standings.contains(&row.standing) => {}
            Some((standings, _)) => standings.push(row.standing),
            None => rows.push((vec![row.standing], row)),
        }
    }
    rows
}
