//! The suites that start cargo.

use std::fs;

use crate::process::Program;
use crate::summary::Summary;
use crate::{bom, hooks, node, oracle, package, page, python, sarif, tools, torch, workspace};

/// How many streams the quick comparison generates, and how it drives the unpicklers.
const QUICK: [(&str, &[&str]); 3] = [
    ("100000", &[]),
    ("10000", &["--mode", "carried"]),
    ("10000", &["--mode", "fresh", "--buffers"]),
];
/// How many streams each CPython in Node is given.
const QUICK_NODE: &str = "5000";

/// How many files the loaders of files that wrap pickles are given.
const QUICK_FILES: &str = "2000";

/// How many executions the quick run gives every fuzz body.
const QUICK_BODIES: &str = "100000";

/// Everything but the lints and what wants packages of the system.
pub(crate) fn test(summary: &mut Summary) {
    oracle::oracle(summary);
    package::package(summary);
    test_rust(summary, &[]);
    sarif::sarif(summary);
    bom::bom(summary);
    python::python(summary);
    node::node(summary);
    fuzz_bodies(summary, &[]);
    fuzz_diff_quick(summary);
    fuzz_loaders(summary);
}

/// Mutated files, given to the loaders of files that wrap pickles; quick.
fn fuzz_loaders(summary: &mut Summary) {
    let mut suite = summary.suite("fuzz-loaders", Some(5));
    suite.run(&fuzz_program("fuzz-loaders").with([QUICK_FILES]));
}

/// `cargo test`, and the bounds once more with optimization.
pub(crate) fn test_rust(summary: &mut Summary, arguments: &[String]) {
    let mut suite = summary.suite("test-rust", Some(30));
    let test = Program::cargo().with(["test", "--no-fail-fast"]);
    if !arguments.is_empty() {
        suite.run(&test.with(arguments));
        return;
    }
    suite.run(&test.with(["--workspace"]));
    // Without its parsers the inventory reads by words alone.
    let lexical = [
        "--package",
        "weighbridge-inventory",
        "--no-default-features",
    ];
    suite.run(
        &Program::cargo()
            .with(["test", "--no-fail-fast"])
            .with(lexical),
    );
    match has_bounds() {
        // Their sizes are those of the promise only in an optimized build.
        Ok(true) => {
            let bounds = [
                "test",
                "--workspace",
                "--profile",
                "ci",
                "--test",
                "bounds*",
            ];
            suite.run(&Program::cargo().with(bounds).with(["--no-fail-fast"]));
        }
        Ok(false) => println!("no test target is named bounds*"),
        Err(error) => suite.check("bounds", Err(error.to_string())),
    }
}

/// Whether a package has a test target named `bounds*`.
fn has_bounds() -> std::io::Result<bool> {
    for package in workspace::packages()? {
        let tests = package.dir.join("tests");
        if !tests.is_dir() {
            continue;
        }
        for entry in fs::read_dir(tests)? {
            if entry?.file_name().to_string_lossy().starts_with("bounds") {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What wants packages of the system: the answers for PyTorch's loader, the hooks, the Python package beside PyTorch, and
/// a browser.
pub(crate) fn test_system(summary: &mut Summary) {
    torch::weights_only(summary);
    hooks::hooks(summary);
    let mut suite = summary.suite("python-torch", Some(12));
    python::system(&mut suite);
    drop(suite);
    page::page(summary);
}

/// The goldens, rewritten.
pub(crate) fn bless(summary: &mut Summary, arguments: &[String]) {
    let mut suite = summary.suite("bless", Some(12));
    let mut program = Program::cargo().with(["test", "--no-fail-fast"]);
    program = if arguments.is_empty() {
        program.with(["--workspace"])
    } else {
        program.with(arguments)
    };
    suite.run(&program.variable("WEIGHBRIDGE_BLESS", "1"));
    suite.run(&Program::new("git").with(["status", "--short"]));
    println!("Read the difference before you commit it.");
}

/// The benchmarks.
pub(crate) fn bench(summary: &mut Summary, arguments: &[String]) {
    let mut suite = summary.suite("bench", None);
    let bench = Program::cargo().with(["bench", "--manifest-path", "benches/Cargo.toml"]);
    suite.run(&bench.with(arguments));
}

/// The comparison with CPython, as its own program takes its arguments; quick without any.
pub(crate) fn fuzz_diff(summary: &mut Summary, arguments: &[String]) {
    if arguments.is_empty() {
        oracle::oracle(summary);
        return fuzz_diff_quick(summary);
    }
    let mut suite = summary.suite("fuzz-diff", None);
    suite.run(&fuzz_diff_program().with(arguments));
}

/// Every fuzz body over generated streams; few without an argument.
pub(crate) fn fuzz_bodies(summary: &mut Summary, arguments: &[String]) {
    let budget = if arguments.is_empty() { Some(4) } else { None };
    let mut suite = summary.suite("fuzz-bodies", budget);
    let bodies = fuzz_program("fuzz-bodies");
    suite.run(&if arguments.is_empty() {
        bodies.with([QUICK_BODIES])
    } else {
        bodies.with(arguments)
    });
}

fn fuzz_diff_quick(summary: &mut Summary) {
    let mut suite = summary.suite("fuzz-diff", Some(10));
    let lacks: Vec<String> = ["python3", "node"]
        .iter()
        .filter_map(|program| tools::need(program).err())
        .chain(oracle::missing())
        .collect();
    if !lacks.is_empty() {
        return suite.check("interpreters", Ok(lacks));
    }
    for (streams, arguments) in QUICK {
        suite.run(&fuzz_diff_program().with([streams]).with(arguments));
    }
    for (release, _) in oracle::RELEASES {
        let directory = oracle::directory(release).display().to_string();
        let arguments = [QUICK_NODE, "--pyodide", directory.as_str()];
        suite.run(&fuzz_diff_program().with(arguments));
    }
}

fn fuzz_diff_program() -> Program {
    fuzz_program("fuzz-diff")
}

fn fuzz_program(binary: &str) -> Program {
    Program::cargo()
        .with(["run", "--quiet", "--profile", "ci"])
        .with(["--package", "weighbridge-fuzz", "--bin", binary])
        .with(["--"])
}
