//! `cargo xtask`: starts the tests, the lints, the benchmarks and the packaging of Weighbridge.
//!
//! Every suite has a budget in minutes; what overruns it is killed and fails. A missing tool fails
//! with its name and what to install. The last line is `N passed, N failed`.

mod bom;
mod hooks;
mod lint;
mod node;
mod npm;
mod oracle;
mod package;
mod page;
mod process;
mod python;
mod sarif;
mod suites;
mod summary;
mod tools;
mod torch;
mod workspace;

use std::process::ExitCode;

use summary::Summary;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test                 the suites oracle, package, test-rust, sarif, bom, test-python, test-node,
                       fuzz-bodies, fuzz-diff and fuzz-loaders (quick)
  test-rust [ARGS…]    cargo test --workspace, the inventory without its parsers, then the targets named
                       bounds* again, optimized; ARGS go to cargo test instead of --workspace
  test-python          builds the Python package, installs it, and tests what was installed
  test-node            builds the npm package and tests it, its types and its examples
  test-system          the suites that want packages of the system, and hooks
  hooks                lets pre-commit run the hooks of what is committed
  lint                 rustfmt, clippy, rustdoc, and the rules of this repository
  package              cargo package for every crate that is published
  bless [ARGS…]        rewrites the goldens: cargo test with WEIGHBRIDGE_BLESS=1
  bench [ARGS…]        the benchmarks
  fuzz-bodies [N ARGS] runs every fuzz body over N generated streams
  fuzz-diff [N ARGS…]  compares the machine with CPython over N generated streams
  sarif                validates the golden SARIF logs, with validators from npm under target/node
  bom                  validates bills of materials, with the validator from PyPI under target/python
  inventory-html       looks at pages of inventories in headless Chromium
  oracle               installs the CPythons that run in Node, under target/node

Tests are described in docs/testing.md.";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let mut summary = Summary::new();
    match (command.as_str(), rest.is_empty()) {
        ("test", true) => suites::test(&mut summary),
        ("test-rust", _) => suites::test_rust(&mut summary, &rest),
        ("test-python", true) => python::python(&mut summary),
        ("test-node", true) => node::node(&mut summary),
        ("hooks", true) => hooks::hooks(&mut summary),
        ("test-system", true) => suites::test_system(&mut summary),
        ("lint", true) => lint::lint(&mut summary),
        ("package", true) => package::package(&mut summary),
        ("bless", _) => suites::bless(&mut summary, &rest),
        ("bench", _) => suites::bench(&mut summary, &rest),
        ("fuzz-bodies", _) => suites::fuzz_bodies(&mut summary, &rest),
        ("fuzz-diff", _) => suites::fuzz_diff(&mut summary, &rest),
        ("sarif", true) => sarif::sarif(&mut summary),
        ("bom", true) => bom::bom(&mut summary),
        ("inventory-html", true) => page::page(&mut summary),
        ("oracle", true) => oracle::oracle(&mut summary),
        ("help" | "--help" | "-h", true) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    summary.close()
}
