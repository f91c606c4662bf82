//! An inventory ends when it is to end, and tells how far it is.
#![allow(clippy::unwrap_used)]

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use weighbridge::{CancelToken, Control, Progress};
use weighbridge_inventory::{Inventory, InventoryError, InventoryLimits, InventoryOptions};

const LOAD: &str = "from transformers import AutoModel\nAutoModel.from_pretrained(\"acme/base\")\n";

/// A folder that is removed at the end.
struct Tree(PathBuf);

impl Tree {
    /// So many files that each load a model, `padding` bytes long besides.
    fn new(name: &str, files: usize, padding: usize) -> Tree {
        let folder =
            std::env::temp_dir().join(format!("weighbridge-control-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let text = LOAD.to_owned() + &"x = [1, 2, f(3)]\n".repeat(padding / 17);
        for number in 0..files {
            fs::write(folder.join(format!("load{number}.py")), &text).unwrap();
        }
        Tree(folder)
    }

    fn read(&self, control: &Control<'_>) -> Result<Inventory, InventoryError> {
        Inventory::of_all_under(&[&self.0], &InventoryOptions::default(), control)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_is_cancelled_before_it_begins_reads_nothing() {
    let tree = Tree::new("before", 5, 0);
    let token = CancelToken::new();
    token.cancel();
    let ended = tree.read(&Control::new().with_token(token.clone()));
    let Err(InventoryError::Cancelled(partial)) = ended else {
        panic!()
    };
    assert!(partial.references.is_empty());
    let gaps: Vec<&str> = partial.gaps.iter().map(|gap| gap.reason).collect();
    assert_eq!(gaps, ["cancelled"]);
    // A token of the options does the same.
    let options = InventoryOptions::default().with_token(token);
    let other = Tree::new("before-other", 1, 0);
    let ended = Inventory::of_all(&[&tree.0, &other.0], &options);
    assert_eq!(ended.unwrap_err().into_partial().gaps.len(), 2);
}

#[test]
fn the_time_may_be_up() {
    let tree = Tree::new("deadline", 2, 0);
    let ended = tree.read(&Control::new().with_timeout(Duration::ZERO));
    let Err(InventoryError::DeadlineExceeded(partial)) = ended else {
        panic!()
    };
    assert_eq!(partial.gaps.len(), 1);
    assert_eq!(partial.gaps[0].reason, "limit-reached");
    assert!(
        partial
            .to_json()
            .contains("\"limit\":\"deadline\",\"location\":{\"kind\":\"text\"")
    );
}

#[test]
fn the_caller_is_asked_and_told_on_its_own_thread() {
    let tree = Tree::new("told", 40, 50_000);
    let me = std::thread::current().id();
    let told = RefCell::new(Vec::new());
    let tell = |progress: Progress| {
        assert_eq!(std::thread::current().id(), me);
        told.borrow_mut().push((progress.reached, progress.total));
    };
    let whole = tree.read(&Control::new().with_progress(&tell)).unwrap();
    assert_eq!(whole.references.len(), 40);
    let told = told.into_inner();
    assert_eq!(told.last(), Some(&(40, 40)));
    assert!(told.is_sorted() && told.iter().all(|(_, total)| *total == 40));

    let asked = Cell::new(0);
    let goes_on = || {
        assert_eq!(std::thread::current().id(), me);
        asked.set(asked.get() + 1);
        asked.get() < 3
    };
    let begin = Instant::now();
    let ended = tree.read(&Control::new().with_check(&goes_on));
    assert!(matches!(ended, Err(InventoryError::Cancelled(_))));
    assert_eq!(asked.get(), 3);
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn bounds_are_set_by_their_names() {
    for (at, name) in InventoryLimits::NAMES.iter().enumerate() {
        let mut limits = InventoryLimits::default();
        assert!(limits.set(name, 13), "{name}");
        assert!(format!("{limits:?}").contains(&format!("{name}: 13")));
        assert_eq!(format!("{limits:?}").matches(": 13").count(), 1, "{name}");
        assert!(!InventoryLimits::NAMES[..at].contains(name), "{name} twice");
    }
    assert!(!InventoryLimits::default().set("max_nesting", 7));
}
