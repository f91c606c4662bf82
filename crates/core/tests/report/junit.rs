//! JUnit XML by the rules of the schemas that Jenkins and others check it by.

use roxmltree::{Document, Node};
use weighbridge::Report;
use weighbridge::output::OutputFormat;

use crate::goldens::cases;
use crate::outputs::written;

fn elements<'n>(node: Node<'n, 'n>) -> Vec<Node<'n, 'n>> {
    node.children().filter(Node::is_element).collect()
}

fn names(node: Node<'_, '_>) -> Vec<String> {
    let names = elements(node).into_iter();
    names
        .map(|node| node.tag_name().name().to_owned())
        .collect()
}

fn has_only(node: Node<'_, '_>, allowed: &[&str]) {
    for attribute in node.attributes() {
        assert!(allowed.contains(&attribute.name()), "{attribute:?}");
    }
}

fn number(node: Node<'_, '_>, name: &str) -> usize {
    node.attribute(name).unwrap().parse().unwrap()
}

#[test]
fn suites_hold_properties_and_then_cases_and_count_them() {
    let all: Vec<Report> = cases().iter().map(|case| case.report()).collect();
    for reports in [&all[..], &[]] {
        let text = written(OutputFormat::Junit, reports);
        let document = Document::parse(&text).unwrap();
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "testsuites");
        assert_eq!(elements(root).len(), reports.len());
        for suite in elements(root) {
            assert_eq!(suite.tag_name().name(), "testsuite");
            has_only(suite, &["name", "tests", "failures", "errors"]);
            assert_eq!(names(suite), ["properties", "testcase"]);
            assert_eq!(number(suite, "tests"), 1);
            let case = elements(suite)[1];
            has_only(case, &["name", "classname"]);
            assert!(case.attribute("name").is_some() && case.attribute("classname").is_some());
            let outcomes = names(case);
            for (outcome, count) in [("failure", "failures"), ("error", "errors")] {
                let there = outcomes.iter().filter(|name| *name == outcome).count();
                assert_eq!(number(suite, count), there);
            }
            assert!(outcomes.len() <= 1);
            for outcome in elements(case) {
                has_only(outcome, &["type", "message"]);
                assert!(outcome.text().is_some_and(|text| text.trim().len() > 10));
            }
            for property in elements(elements(suite)[0]) {
                has_only(property, &["name", "value"]);
            }
        }
    }
}
