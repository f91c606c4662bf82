//! What an inventory costs: 20 MB of Python on one core, of which a tenth names a library of the tables, and the peak of
//! a process that looks at fifty times as much.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{hint::black_box, io};

use weighbridge_benches::Figures;
use weighbridge_inventory::{Inventory, InventoryOptions};

const ROUNDS: usize = 15;
const FILES: usize = 1000;
/// How often the files are in the large tree.
const COPIES: usize = 50;
/// What the process may take for it, in kB.
const MOST: u64 = 200_000;
/// About so many bytes a file.
const BYTES: usize = 20_000;

fn main() -> io::Result<()> {
    if std::env::args().any(|argument| argument == "--large") {
        return child();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench-python");
    fs::create_dir_all(&folder)?;
    let mut bytes = 0;
    for index in 0..FILES {
        let text = source(index);
        bytes += text.len();
        fs::write(folder.join(format!("module_{index}.py")), text)?;
    }
    let options = InventoryOptions::default().with_threads(NonZeroUsize::MIN);
    let mut seconds = Vec::new();
    let mut references = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let inventory = Inventory::of_all(&[&folder], &options);
        seconds.push(begun.elapsed().as_secs_f64());
        references = black_box(inventory).map_or(0, |inventory| inventory.references.len());
    }
    let figures = Figures::of(seconds);
    println!(
        "{} MB of Python in {FILES} files, one core: {:.3} s ({:.3}-{:.3}), {references} references",
        bytes / 1_000_000,
        figures.median,
        figures.min,
        figures.max,
    );
    large(&folder)?;
    let output = Command::new(std::env::current_exe()?)
        .arg("--large")
        .output()?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    match output.status.success() {
        true => Ok(()),
        false => Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )),
    }
}

fn large_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench-python-large")
}

/// The files again and again, without taking the disk as often.
fn large(folder: &Path) -> io::Result<()> {
    let large = large_folder();
    if large.exists() {
        fs::remove_dir_all(&large)?;
    }
    for copy in 0..COPIES {
        let part = large.join(format!("part_{copy}"));
        fs::create_dir_all(&part)?;
        for index in 0..FILES {
            let name = format!("module_{index}.py");
            fs::hard_link(folder.join(&name), part.join(&name))?;
        }
    }
    Ok(())
}

/// Looks at the large tree and prints the peak of the process.
fn child() -> io::Result<()> {
    let begun = Instant::now();
    let inventory = Inventory::of(large_folder()).map_err(io::Error::other)?;
    let mut written = Length(0);
    inventory.write_json(&mut written)?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = (status.lines())
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .ok_or_else(|| io::Error::other("this system does not tell the peak of a process"))?;
    println!(
        "{COPIES} times as much, all cores: {:.1} s, {} references, {} bytes of JSON, peak {peak} kB",
        begun.elapsed().as_secs_f64(),
        inventory.references.len(),
        written.0,
    );
    match peak <= MOST {
        true => Ok(()),
        false => Err(io::Error::other(format!("the peak is over {MOST} kB"))),
    }
}

/// How many bytes were written: the command line has them go on as they come.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A module as people write them; every tenth loads models.
fn source(index: usize) -> String {
    let is_relevant = index.is_multiple_of(10);
    let mut text = String::from("\"\"\"A module.\"\"\"\nimport os\nimport json\n");
    if is_relevant {
        text.push_str("from transformers import AutoModel, AutoTokenizer, pipeline\nfrom openai import OpenAI\n");
    }
    let mut part = 0;
    while text.len() < BYTES {
        part += 1;
        let _ = write!(
            text,
            "\n\nclass Worker{part}(object):\n    \"\"\"Does part {part} of the work.\"\"\"\n\n    size = {part}\n    name = \"worker-{part}\"\n\n    def __init__(self, path, *, limit=10):\n        self.path = os.path.join(path, self.name)\n        self.limit = limit\n        self.items = [item for item in range(limit) if item % 2 == 0]\n\n    def run(self, values, options=None):\n        # One value after the other.\n        total = 0\n        for index, value in enumerate(values):\n            if value is None or index > self.limit:\n                continue\n            total += self.step(value, {{\"index\": index, \"scale\": 1.5 * value}})\n        with open(self.path, \"w\") as stream:\n            json.dump({{\"total\": total, \"options\": options or {{}}}}, stream)\n        return total\n\n    def step(self, value, settings):\n        try:\n            return value * settings[\"scale\"] + settings.get(\"offset\", 0)\n        except (KeyError, TypeError) as error:\n            raise ValueError(f\"part {part}: {{error}}\") from error\n"
        );
        if is_relevant && part % 4 == 0 {
            let _ = write!(
                text,
                "\n\ndef load{part}(name=\"org/model-{part}\"):\n    client = OpenAI()\n    client.chat.completions.create(model=\"gpt-{part}\", messages=[])\n    return AutoModel.from_pretrained(name), AutoTokenizer.from_pretrained(\"org/tokenizer-{part}\")\n"
            );
        }
    }
    text
}
