//! The page of the inventory as a browser shows it: pages of several trees, in headless Chromium.

use crate::process::Program;
use crate::summary::Summary;
use crate::{tools, workspace};

/// The names that Chromium goes by.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
/// The pages that the test leaves.
const PAGES: [&str; 6] = [
    "corpus.html",
    "merged.html",
    "small.html",
    "hostile.html",
    "empty.html",
    "large.html",
];

/// Writes the pages, and has them looked at.
pub(crate) fn page(summary: &mut Summary) {
    let mut suite = summary.suite("inventory-html", Some(12));
    if let Err(lacks) = tools::need("node") {
        return suite.check("node", Ok(vec![lacks]));
    }
    let browser = match tools::need_one(&BROWSERS) {
        Ok(browser) => browser,
        Err(lacks) => return suite.check("chromium", Ok(vec![lacks])),
    };
    let folder = workspace::target().join("inventory-html");
    let write = Program::cargo().with([
        "test",
        "-q",
        "-p",
        "weighbridge-inventory",
        "--test",
        "page",
    ]);
    if !suite.run(&write.variable("WEIGHBRIDGE_HTML_DIR", &folder.display().to_string())) {
        return;
    }
    let pages = PAGES.map(|page| folder.join(page).display().to_string());
    let look = Program::new("node").with(["crates/xtask/check-page.mjs", browser]);
    suite.run(&look.with(&pages));
}
