//! What every fixture would do, and how its listing reads: `cargo xtask bless` rewrites the goldens.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use weighbridge_pickle::{
    Effect, EffectKind, Machine, Next, Observer, Options, Value, View, disassemble,
};
use weighbridge_testkit::{golden, pkasm};

/// More lines than this of one fixture tell nothing new.
const SHOWN: usize = 40;

#[derive(Default)]
struct Lines(Vec<String>);

impl Observer for Lines {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        let mut line = format!("{}+{} #{} ", effect.offset, effect.len, effect.stream);
        line.push_str(&sentence(effect, view));
        let names = effect.readings.names();
        if names != ["all"] {
            let _ = write!(line, "  [{}]", names.join(" "));
        }
        if effect.carried {
            line.push_str("  (carried memo)");
        }
        if effect.unreached {
            line.push_str("  (unreached)");
        }
        self.0.push(line);
        Next::Continue
    }
}

fn sentence(effect: &Effect<'_>, view: &View<'_>) -> String {
    let name = |value: Value| view.name(value, effect.readings);
    let shown = |value: Value| {
        let described = view.describe(value, effect.readings);
        format!("{} = {}", described.shape, described.preview)
    };
    let items = |items: &[Value]| view.describe_items(items, effect.readings).preview;
    match &effect.kind {
        EffectKind::Import {
            via,
            module,
            name: attribute,
            global,
        } => {
            let [module, attribute] = [module, attribute].map(|text| {
                text.as_ref().map_or("<computed>".to_owned(), |text| {
                    format!("{:?}", text.to_escaped())
                })
            });
            let dotted = view.global(*global).is_some_and(|global| global.traversed);
            let dotted = if dotted && attribute.contains('.') {
                " traversed"
            } else {
                ""
            };
            format!(
                "import {via} {module} {attribute} -> {}{dotted}",
                name(*global)
            )
        }
        EffectKind::Call {
            via,
            callee,
            args,
            keywords,
            ..
        } => {
            let mut line = format!("call {via} {} {}", name(*callee), shown(*args));
            if let Some(keywords) = keywords {
                let _ = write!(line, " **{}", shown(*keywords));
            }
            line
        }
        EffectKind::Build { target, state } => format!("build {} {}", name(*target), shown(*state)),
        EffectKind::SetItem { target, items: set } => {
            format!("setitem {} {}", name(*target), items(set))
        }
        EffectKind::Append {
            target,
            items: added,
        } => {
            format!("append {} {}", name(*target), items(added))
        }
        EffectKind::Add {
            target,
            items: added,
        } => {
            format!("add {} {}", name(*target), items(added))
        }
        EffectKind::PersistentId { via, id } => format!("persistent-id {via} {}", shown(*id)),
        EffectKind::Extension { via, code } => format!("extension {via} {code}"),
        EffectKind::Hash { key, steps, depth } => {
            format!("hash {} {steps} {depth}", shown(*key))
        }
        EffectKind::Memo { index } => format!("memo {index}"),
        EffectKind::Stop { value } => format!("stop {}", shown(*value)),
        EffectKind::Gap(gap) => format!("gap {}: {}", gap.reason.as_str(), gap.detail),
        _ => "something new".to_owned(),
    }
}

fn shorten(lines: &[String]) -> String {
    let mut text = lines
        .iter()
        .take(SHOWN)
        .fold(String::new(), |mut text, line| {
            // A line of a megabyte is cut like a listing of a million lines.
            match line.char_indices().nth(400) {
                Some((end, _)) => {
                    text.push_str(&format!("{} …{} bytes\n", &line[..end], line.len()));
                }
                None => text.push_str(&format!("{line}\n")),
            }
            text
        });
    if lines.len() > SHOWN {
        let _ = writeln!(text, "… {} more lines", lines.len() - SHOWN);
    }
    text
}

#[test]
fn every_fixture_has_the_effects_and_the_listing_that_it_should() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let count = golden::run_dir(&fixtures, "pkasm", |path| {
        let bytes = pkasm::assemble_file(path).unwrap().bytes;
        let mut effects = Lines::default();
        Machine::new().run(&bytes, &Options::default(), &mut effects);
        let mut listing = Vec::new();
        disassemble(&bytes, 0, &mut |line| {
            listing.push(line.to_string());
            listing.len() < 1_000_000
        })
        .unwrap();
        format!("{}---\n{}", shorten(&effects.0), shorten(&listing))
    });
    assert!(count >= 300, "only {count} fixtures");
}
