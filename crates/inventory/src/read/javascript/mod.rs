//! JavaScript and TypeScript by a real parser. What it cannot read at all, and what nests too deep for it,
//! goes to the lexical reader.

mod arguments;
mod calls;
mod collect;
mod nesting;
mod objects;
mod origin;
mod requests;
mod scopes;
mod values;

use std::thread;

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

use super::{Finds, lexical};
use crate::kind::FileKind;
use crate::source_file::SourceFile;

/// The longest text that is parsed, in bytes: a longer one is a bundle, and its tree would take 38 MB and more.
const LONGEST: usize = 1 << 20;

/// Reads a file.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let stack = nesting::stack(file.text, file.limits.max_nesting);
    let Some(stack) = stack.filter(|_| file.text.len() <= LONGEST) else {
        lexical::read(file, out);
        return;
    };
    // The parser recurses on what nests: it gets a stack that is large enough for this very text.
    let is_read = thread::scope(|scope| {
        let reading = thread::Builder::new().stack_size(stack);
        let reading = reading.spawn_scoped(scope, || by_parser(file, out));
        reading
            .ok()
            .and_then(|reading| reading.join().ok())
            .unwrap_or(false)
    });
    if !is_read {
        lexical::read(file, out);
    }
}

/// Whether it could be read.
fn by_parser(file: &SourceFile<'_>, out: &mut Finds) -> bool {
    let ending = file.path.rsplit('.').next().unwrap_or_default();
    let kinds = match (file.kind, ending) {
        (FileKind::TypeScript, "tsx") => [SourceType::tsx(), SourceType::ts()],
        (FileKind::TypeScript, _) => [SourceType::ts(), SourceType::tsx()],
        // Types of Flow look like those of TypeScript.
        _ => [SourceType::unambiguous().with_jsx(true), SourceType::tsx()],
    };
    kinds.into_iter().any(|kind| {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, file.text, kind).parse();
        let is_read = !parsed.panicked && !parsed.program.body.is_empty();
        if is_read {
            let program = collect::collect(&parsed.program);
            calls::judge(file, &program, out);
        }
        is_read
    })
}

#[cfg(test)]
mod tests;
