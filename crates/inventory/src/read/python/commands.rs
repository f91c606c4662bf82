//! Commands that code runs: `subprocess.run(["hf", "download", "…"])`, `os.system("ollama pull …")`.

use ruff_python_ast::Expr;

use super::eval::Evaluator;
use super::modules::Module;
use super::value::{Known, Spot, View};
use crate::kind::FileKind;
use crate::read::{Finds, reader};

/// What runs a command: its first argument.
const RUNNERS: &[&str] = &[
    "asyncio.create_subprocess_exec",
    "asyncio.create_subprocess_shell",
    "os.popen",
    "os.system",
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.getoutput",
    "subprocess.run",
];

/// Reads the commands of a file by the reader of commands.
pub(super) fn read<'a>(evaluator: &Evaluator<'a, '_>, module: &Module<'a>, out: &mut Finds) {
    let Some(read) = reader(FileKind::Shell) else {
        return;
    };
    for site in &module.scopes.calls {
        let last = match &*site.node.func {
            Expr::Attribute(method) => method.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => continue,
        };
        let ends = |runner: &&str| runner.rsplit('.').next() == Some(last);
        let Some(first) = site
            .node
            .arguments
            .args
            .first()
            .filter(|_| RUNNERS.iter().any(ends))
        else {
            continue;
        };
        let view = View {
            spot: Spot {
                module: 0,
                scope: site.scope,
            },
            block: site.block,
            at: usize::from(site.node.range_start),
            is_direct: true,
            depth: 0,
        };
        let callees = evaluator.ask(&site.node.func, view);
        let runs = callees.iter().any(|callee| match callee {
            Known::Outside(told) => RUNNERS.contains(&&*told.path),
            _ => false,
        });
        if !runs {
            continue;
        }
        let words: Vec<Known<'a>> = match first {
            Expr::List(_) | Expr::Tuple(_) => {
                let list = evaluator.ask(first, view);
                list.iter()
                    .flat_map(|list| evaluator.elements(list))
                    .collect()
            }
            _ if last == "create_subprocess_exec" => {
                let all = site.node.arguments.args.iter();
                all.flat_map(|word| evaluator.ask(word, view)).collect()
            }
            _ => evaluator.ask(first, view),
        };
        let (command, places) = joined(&words, view.at);
        let file = evaluator.file.nested(FileKind::Shell, &command);
        let place = |at: usize| places.get(at).copied().unwrap_or(view.at);
        out.within(place, |out| read(&file, out));
    }
}

/// The words as one command, and where each byte of it stands.
fn joined(words: &[Known<'_>], call: usize) -> (String, Vec<usize>) {
    let mut command = String::new();
    let mut places = Vec::new();
    for word in words {
        let text = word.as_text().unwrap_or("_");
        let place = match word {
            Known::Text(given) => given.place.clone(),
            _ => None,
        };
        if !command.is_empty() {
            command.push(' ');
            places.push(call);
        }
        for at in 0..text.len() {
            // What holds escapes is longer where it stands: then only its beginning is known.
            let exact = place.as_ref().filter(|place| place.len() == text.len());
            places.push(match (exact, &place) {
                (Some(exact), _) => exact.start + at,
                (None, Some(place)) => place.start,
                (None, None) => call,
            });
        }
        command.push_str(text);
    }
    places.push(places.last().map_or(call, |last| last + 1));
    (command, places)
}
