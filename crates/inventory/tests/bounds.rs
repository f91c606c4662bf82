//! Nothing that is read within the bounds keeps anybody waiting for long.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::time::{Duration, Instant};

use weighbridge::Control;
use weighbridge_inventory::{Inventory, InventoryError, InventoryOptions};

/// As long as a file may be; without optimization that takes too long.
const LONGEST: usize = if cfg!(debug_assertions) {
    1 << 20
} else {
    16 << 20
};
/// How long a caller waits at most for an inventory that was ended.
const WAIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 5 });

/// What the process may take for all of it, in kB.
const MOST: u64 = 200_000;

#[test]
fn a_long_file_is_read_to_its_end_or_left() {
    let folder = std::env::temp_dir().join(format!("weighbridge-bounds-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for (name, head, line) in [
        (
            "a.py",
            "from transformers import AutoModel\nAutoModel.from_pretrained(\"acme/base\")\n",
            "x = [1, 2, f(3)]\n",
        ),
        (
            "b.mjs",
            "import { pipeline } from '@huggingface/transformers'\npipeline('x', 'acme/base')\n",
            "x = [1, 2, f(3)]\n",
        ),
        ("c.yaml", "model: acme/base\n", "- [1, 2, three]\n"),
        (
            "d.sh",
            "huggingface-cli download acme/base\n",
            "f 1 2 three; g\n",
        ),
    ] {
        let text = head.to_owned() + &line.repeat((LONGEST - head.len()) / line.len());
        fs::write(folder.join(name), text).unwrap();
        let begin = Instant::now();
        let control = Control::new().with_timeout(Duration::from_millis(50));
        let ended =
            Inventory::of_all_under(&[folder.join(name)], &InventoryOptions::default(), &control);
        let took = begin.elapsed();
        println!("{name}: {took:?}");
        assert!(took < WAIT, "{name}: {took:?}");
        if let Err(error) = ended {
            assert!(matches!(error, InventoryError::DeadlineExceeded(_)));
        }
    }
    // All of them at once, by two threads: large ones are read one after the other.
    for (name, copies) in [("a.py", 4), ("b.mjs", 4)] {
        for copy in 0..copies {
            let text = fs::read_to_string(folder.join(name)).unwrap();
            let end = text.len().min((1 << 19) - 16);
            fs::write(folder.join(format!("{copy}{name}")), &text[..end]).unwrap();
        }
    }
    let threads = std::num::NonZeroUsize::new(2).unwrap();
    Inventory::of_all(
        &[&folder],
        &InventoryOptions::default().with_threads(threads),
    )
    .unwrap();
    fs::remove_dir_all(&folder).unwrap();
    if let Some(peak) = peak() {
        assert!(peak < MOST, "{peak} kB");
    }
}

#[test]
fn what_is_read_in_parts_is_read_whole() {
    const CALLS: usize = 120;
    let folder = std::env::temp_dir().join(format!("weighbridge-parts-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut text =
        "from transformers import AutoModel\nAutoModel.from_pretrained(NAME)\n".to_owned();
    for at in 0..CALLS {
        // Parts end at any place of a call.
        text += &"x = [1, 2, f(3)]\n".repeat(997 + at % 3);
        text += &format!("AutoModel.from_pretrained(\n    'acme/m{at}', revision='v{at}')\n");
    }
    text += "NAME = 'acme/last'\n";
    assert!(text.len() > 1 << 20);
    fs::write(folder.join("a.py"), text).unwrap();
    let inventory = Inventory::of(&folder).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let told = inventory.references.iter().map(|reference| {
        let revision = reference.revision.text.as_deref();
        (
            reference.id.as_deref().unwrap(),
            revision.map(str::to_owned),
        )
    });
    let all = (0..CALLS).map(|at| (format!("acme/m{at}"), Some(format!("v{at}"))));
    let expected: Vec<_> = std::iter::once(("acme/last".to_owned(), None))
        .chain(all)
        .collect();
    let told: Vec<_> = told
        .map(|(id, revision)| (id.to_owned(), revision))
        .collect();
    assert_eq!(told, expected);
}

/// The most memory that this process held, in kB, where the system tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
