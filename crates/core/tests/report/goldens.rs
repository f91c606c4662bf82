//! The goldens: what every language has to make of the same input.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::Value;
use weighbridge::{Allow, KNOWLEDGE, Limits, OpenError, Report, Scanner, pickle};
use weighbridge_testkit::golden::BLESS;
use weighbridge_testkit::pkasm;

use crate::recipes;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A case of the index.
pub(crate) struct Case(Value);

impl Case {
    fn text(&self, key: &str) -> Option<&str> {
        self.0[key].as_str()
    }

    pub(crate) fn name(&self) -> &str {
        self.text("name").unwrap()
    }

    fn input(&self) -> Option<PathBuf> {
        self.text("input").map(|input| folder().join(input))
    }

    /// What the recipe makes; `None` for what a real library made.
    fn made(&self) -> Option<Vec<u8>> {
        let recipe = self.text("recipe")?;
        if recipe == "builder" {
            let input = self.input().unwrap();
            return Some(recipes::build(input.file_stem().unwrap().to_str().unwrap()));
        }
        let recipe = folder().join(recipe);
        let is_text = recipe.extension().is_some_and(|ending| ending == "pkasm");
        is_text.then(|| pkasm::assemble_file(&recipe).unwrap().bytes)
    }

    fn scanner(&self) -> Scanner {
        let options = &self.0["options"];
        let words = |key: &str| {
            let list = options[key].as_array().unwrap().clone();
            list.into_iter()
                .map(|word| word.as_str().unwrap().to_owned())
        };
        let mut limits = Limits::default();
        for (name, value) in options["limits"].as_object().unwrap() {
            let value = value.as_u64().unwrap();
            match name.as_str() {
                "max_nesting" => limits.max_nesting = usize::try_from(value).unwrap(),
                "max_instructions" => {
                    let mut pickle = pickle::Limits::default();
                    pickle.max_instructions = value;
                    limits = limits.with_pickle(pickle);
                }
                other => panic!("there is no limit {other} here"),
            }
        }
        let mut builder = Scanner::builder()
            .limits(limits)
            .hash(options["hash"].as_bool().unwrap());
        for allow in words("allow") {
            builder = builder.allow(Allow::parse(&allow, Some("our own")).unwrap());
        }
        for rule in words("ignore") {
            builder = builder.ignore(&rule).unwrap();
        }
        builder.build()
    }

    pub(crate) fn report(&self) -> Report {
        let (scanner, path) = (self.scanner(), self.text("path").unwrap());
        match self.bytes() {
            Some(bytes) => scanner.scan_bytes(path, &bytes),
            None => scanner.unopened(path, &OpenError::NotFound),
        }
    }

    /// What is scanned: what the recipe makes, which the input is.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let read = || self.input().map(|input| fs::read(input).unwrap());
        self.made().or_else(read)
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let index = fs::read_to_string(folder().join("index.json")).unwrap();
    let mut index: Value = serde_json::from_str(&index).unwrap();
    let cases: Vec<Case> = match index["cases"].take() {
        Value::Array(cases) => cases.into_iter().map(Case).collect(),
        _ => panic!("the index lists no cases"),
    };
    assert!(cases.len() >= 40);
    cases
}

/// Compares with a golden, or writes it.
pub(crate) fn compare(path: &Path, bytes: &[u8]) {
    let known = fs::read(path).unwrap_or_default();
    if known != bytes && std::env::var_os(BLESS).is_some_and(|value| value == "1") {
        return fs::write(path, bytes).unwrap();
    }
    assert!(
        known == bytes,
        "{}\nis\n{}\nand was\n{}\nIf the new one is right: {BLESS}=1",
        path.display(),
        String::from_utf8_lossy(bytes),
        String::from_utf8_lossy(&known)
    );
}

/// Without what changes with every release.
pub(crate) fn normalized(json: &str, report: &Report) -> String {
    let version = format!("\"version\":\"{}\"", report.tool.version);
    json.replace(&version, "\"version\":\"VERSION\"")
        .replace(KNOWLEDGE, "KNOWLEDGE")
        .replace(&report.options_digest, "DIGEST")
}

/// With line breaks before every object and behind every list, so that a difference can be read.
fn readable(json: &str) -> String {
    let mut out = String::new();
    let (mut in_string, mut is_escaped) = (false, false);
    for c in json.chars() {
        if c == '{' && !in_string && !out.is_empty() {
            out.push('\n');
        }
        out.push(c);
        match c {
            '"' if !is_escaped => in_string = !in_string,
            ']' if !in_string => out.push('\n'),
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    out
}

#[test]
fn every_input_is_what_its_recipe_makes() {
    let mut inputs = BTreeSet::new();
    for case in cases() {
        let Some(made) = case.made() else { continue };
        let input = case.input().unwrap();
        compare(&input, &made);
        inputs.insert(input);
    }
    let there = fs::read_dir(folder().join("inputs")).unwrap();
    let there: BTreeSet<PathBuf> = there.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(there, inputs);
}

#[test]
fn every_report_is_as_it_was() {
    let mut reports = BTreeSet::new();
    for case in cases() {
        let report = case.report();
        let json = normalized(&report.to_json(), &report);
        let golden = folder().join(case.text("report").unwrap());
        let text = readable(&json);
        assert_eq!(text.replace('\n', ""), json);
        compare(&golden, text.as_bytes());
        assert!(reports.insert(golden), "{}", case.name());
    }
    let there = fs::read_dir(folder().join("reports")).unwrap();
    let there: BTreeSet<PathBuf> = there.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(there, reports);
}

/// A report is a pure function: neither another scan nor another thread changes a byte of it.
#[test]
fn reports_are_the_same_on_any_number_of_threads() {
    let inputs: Vec<(String, Vec<u8>)> = cases()
        .iter()
        .filter_map(|case| Some((case.name().to_owned(), case.bytes()?)))
        .collect();
    let expected: Vec<String> = inputs
        .iter()
        .map(|(name, bytes)| Scanner::new().scan_bytes(name, bytes).to_json())
        .collect();
    let scanner = Scanner::new();
    for threads in [1, 8] {
        for round in 0..50 {
            thread::scope(|scope| {
                for thread in 0..threads {
                    let (scanner, inputs, expected) = (&scanner, &inputs, &expected);
                    scope.spawn(move || {
                        // Each begins elsewhere.
                        let from = (thread + round) % inputs.len();
                        let order = (from..inputs.len()).chain(0..from);
                        for at in order.skip(thread).step_by(threads) {
                            let (name, bytes) = &inputs[at];
                            let json = scanner.scan_bytes(name, bytes).to_json();
                            assert_eq!(json, expected[at], "{name}");
                        }
                    });
                }
            });
        }
    }
}
