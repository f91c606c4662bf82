//! The page: a golden, nothing of what was read is obeyed, nothing comes from outside. `WEIGHBRIDGE_HTML_DIR` names a
//! folder that pages are left in, for the browser.
#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use weighbridge_inventory::{Inventory, InventoryOptions};

use support::{Tree, compare, hostile, inventory_of, normal, small};

fn of(path: &Path) -> Inventory {
    Inventory::of_all(&[path], &InventoryOptions::default()).unwrap()
}

/// So many references, in files of many lines.
fn large(count: usize) -> Tree {
    let tree = Tree::new("large", &[("requirements.txt", "torch==2.5.1\n")]);
    for file in 0..count / 5000 {
        let folder = tree.0.join(format!("part{}", file % 7));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("package.json"), "{}").unwrap();
        let mut text = String::from("from transformers import AutoModel\n");
        for line in 0..5000 {
            let id = file * 5000 + line;
            writeln!(text, "AutoModel.from_pretrained(\"acme/model-{id}\")").unwrap();
        }
        fs::write(folder.join(format!("load{file}.py")), text).unwrap();
    }
    tree
}

/// The tags of a page, without what stands in them as text.
fn tags(page: &str) -> Vec<&str> {
    let (before, style) = page.split_once("<style>").unwrap();
    let (_, rest) = style.split_once("</style>").unwrap();
    let (body, script) = rest.rsplit_once("<script>").unwrap();
    let (_, end) = script.split_once("</script>").unwrap();
    let parts = [before, body, end]
        .into_iter()
        .flat_map(|part| part.split('<').skip(1));
    parts.map(|part| part.split_once('>').unwrap().0).collect()
}

#[test]
fn the_page_is_as_it_was() {
    let tree = small();
    let inventory = inventory_of(&tree);
    let page = inventory.to_html();
    let read = Inventory::from_json(inventory.to_json()).unwrap();
    assert_eq!(read.to_html(), page);
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, _) = rest.rsplit_once("<script>").unwrap();
    // The policy has the hashes of style and script, which have files of their own.
    let head = head
        .lines()
        .filter(|line| !line.contains("Content-Security-Policy"));
    let head: Vec<&str> = head.collect();
    compare(
        "small.html",
        &normal(&format!("{}{body}\n", head.join("\n"))),
    );
}

#[test]
fn nothing_comes_from_outside_and_nothing_is_obeyed() {
    let tree = hostile();
    let page = of(&tree.0).named("<b>&\"'").to_html();
    let known = [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1",
        "h2", "h3", "ul", "li", "span", "small", "nav", "main", "section", "article", "dl", "div",
        "dt", "dd", "details", "summary", "code", "table", "caption", "i", "thead", "tbody", "tr",
        "th", "td", "form", "label", "input", "select", "option", "button", "footer", "script",
        "strong", "wbr", "b",
    ];
    for tag in tags(&page) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        assert!(known.contains(&name), "<{tag}>");
        let attributes = tag.replace("data-", "").replace("http-equiv", "");
        for never in [" src=", " style=", " on", "http", "javascript:"] {
            assert!(!attributes.contains(never), "<{tag}>");
        }
        if let Some((_, to)) = tag.split_once("href=\"") {
            assert!(to.starts_with('#'), "<{tag}>");
        }
    }
    for never in [
        "<script>alert",
        "<img",
        "</table><style>",
        "url(",
        "@import",
        "\u{202e}",
        "\u{1b}",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    for shown in [
        "&lt;script&gt;alert(1)&lt;/",
        "&lt;img src=x onerror=alert(1)&gt;",
        "&lt;b&gt;&amp;&quot;&apos;",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[test]
fn the_policy_allows_this_style_and_this_script_alone() {
    let page = Inventory::default().to_html();
    for (tag, name) in [("style", "style-src"), ("script", "script-src")] {
        let (_, text) = page.split_once(&format!("<{tag}>")).unwrap();
        let (text, _) = text.split_once(&format!("</{tag}>")).unwrap();
        let (_, allowed) = page.split_once(&format!("{name} 'sha256-")).unwrap();
        let (allowed, _) = allowed.split_once('\'').unwrap();
        assert_eq!(allowed.len(), 44);
        // The first six bits.
        let first = usize::from(Sha256::digest(text.as_bytes())[0] >> 2);
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        assert_eq!(allowed.as_bytes()[0], digits[first]);
        assert!(!text.contains("</") && !text.contains("http"));
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn a_page_is_bounded() {
    let tree = large(100_000);
    let inventory = of(&tree.0);
    assert_eq!(inventory.references.len(), 100_000);
    let page = inventory.to_html();
    assert!(page.len() < 8 << 20, "{}", page.len());
    assert!(page.contains("96,000 more are in the JSON"));
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let (hostile, small) = (hostile(), small());
    if let Some(folder) = std::env::var_os("WEIGHBRIDGE_HTML_DIR") {
        let folder = Path::new(&folder);
        fs::create_dir_all(folder).unwrap();
        let write = |name: &str, page: String| fs::write(folder.join(name), page).unwrap();
        write("large.html", page);
        write("corpus.html", of(&corpus).to_html());
        write("hostile.html", of(&hostile.0).named("<b>&\"'").to_html());
        write("small.html", inventory_of(&small).to_html());
        write("empty.html", Inventory::default().to_html());
        let trees =
            ["rag-service", "platform", "agents"].map(|name| of(&corpus.join(name)).named(name));
        write("merged.html", Inventory::merge(trees).unwrap().to_html());
    }
}
