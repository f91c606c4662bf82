//! Trees that tests make, and goldens.
#![allow(dead_code, reason = "no test uses all of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use weighbridge_inventory::{Inventory, InventoryLimits, InventoryOptions};

/// How many trees there were.
static TREES: AtomicUsize = AtomicUsize::new(0);

/// A folder that is removed at the end.
pub(crate) struct Tree(pub(crate) PathBuf);

impl Tree {
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Tree {
        let number = TREES.fetch_add(1, Ordering::Relaxed);
        let name = format!("weighbridge-{}-{number}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Tree(folder)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Two applications, with a finding of several severities and a file of more than 4096 bytes.
pub(crate) fn small() -> Tree {
    let load = "from transformers import AutoModel\n\
                model = AutoModel.from_pretrained(\"acme/base\")\n\
                other = AutoModel.from_pretrained(\"acme/code\", trust_remote_code=True)\n\
                pinned = AutoModel.from_pretrained(\"acme/base\", revision=\"0123456789abcdef0123456789abcdef01234567\")\n";
    let chat = "import OpenAI from \"openai\";\n\
                const client = new OpenAI();\n\
                await client.chat.completions.create({ model: \"gpt-5-mini\" });\n";
    Tree::new(
        "small",
        &[
            (
                "search/pyproject.toml",
                "[project]\ndependencies = [\"torch==2.5.1\"]\n",
            ),
            ("search/load.py", load),
            (
                "search/tests/test_load.py",
                "from datasets import load_dataset\nload_dataset(\"acme/words\")\n",
            ),
            ("chat/package.json", "{\"name\": \"chat\"}\n"),
            ("chat/main.js", chat),
            ("chat/node_modules/x/index.js", "x"),
            ("models/weights.pt", "not a pickle\n"),
            (
                "long.yaml",
                &format!("model_id: acme/long\n#{}\n", "-".repeat(4096)),
            ),
        ],
    )
}

/// The inventory of that, of which one file is too long.
pub(crate) fn inventory_of(tree: &Tree) -> Inventory {
    let mut limits = InventoryLimits::default();
    limits.max_file_bytes = 4096;
    let options = InventoryOptions::default().with_limits(limits);
    Inventory::of_all(&[&tree.0], &options)
        .unwrap()
        .named("shop")
}

/// Ids, revisions and file names that are made for whatever shows them.
pub(crate) fn hostile() -> Tree {
    let code = "from transformers import AutoModel\n\
                AutoModel.from_pretrained(\"<script>alert(1)</script>/x\", revision=\"\\\"><img src=x onerror=alert(1)>\")\n\
                AutoModel.from_pretrained(\"a/</td></tr></table><style>*{display:none}</style>\", trust_remote_code=True)\n\
                AutoModel.from_pretrained(\"a/\\u202eb\\x1b[31m ::set-output name=x::y {{7*7}} ${7*7} '`&lt;\")\n\
                AutoModel.from_pretrained(\"javascript:alert(1)\")\n\
                AutoModel.from_pretrained(\"http://evil.example/x.bin\")\n";
    let long = format!("AutoModel.from_pretrained(\"{}\")\n", "long/".repeat(2000));
    Tree::new(
        "hostile",
        &[
            ("a <b> & \"c\"/pyproject.toml", "[project]\n"),
            ("a <b> & \"c\"/<img src=x onerror=alert(1)>.py", code),
            (
                "a <b> & \"c\"/'onmouseover='alert(1)\n.py",
                &format!("{code}{long}"),
            ),
        ],
    )
}

/// Without the version.
pub(crate) fn normal(text: &str) -> String {
    text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"0.0.0\"")
        .replace(
            &format!("Weighbridge {}", env!("CARGO_PKG_VERSION")),
            "Weighbridge 0.0.0",
        )
}

/// Compares with a golden of `tests/outputs`; `cargo xtask bless` rewrites it.
pub(crate) fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/outputs")
        .join(name);
    if std::env::var_os("WEIGHBRIDGE_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    assert!(
        golden == text,
        "{name} is not as it was; cargo xtask bless rewrites it"
    );
}
