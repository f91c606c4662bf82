//! Peak memory of a process that does nothing but run the machine over a file through windows.
//!
//! Each pickle runs in a process of its own, which prints its peak resident set at the end: an upper
//! bound of its anonymous memory, because it holds the program's own pages as well.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use weighbridge_pickle::{Effect, Machine, Next, Observer, Options, Source, View};

struct Pread(File, u64);

impl Source for Pread {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(buf, offset)
    }
}

struct Count(u64);

impl Observer for Count {
    fn effect(&mut self, _effect: &Effect<'_>, _view: &View<'_>) -> Next {
        self.0 += 1;
        Next::Continue
    }
}

fn child(path: &str) -> io::Result<()> {
    let file = File::open(path)?;
    let source = Pread(file.try_clone()?, file.metadata()?.len());
    let mut count = Count(0);
    let outcome = Machine::new().run(&source, &Options::default(), &mut count);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("VmHWM: ?");
    println!("{:10} opcodes  {peak}", outcome.instructions);
    Ok(())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--child") {
        return child(arguments.get(at + 1).map_or("", String::as_str));
    }
    let folder = weighbridge_benches::corpus()?;
    for (name, budget) in [("ints", 32), ("floats", 64), ("dicts", 64), ("text", 64)] {
        let file: &Path = &folder.join(format!("{name}.pkl"));
        let output = Command::new(std::env::current_exe()?)
            .arg("--child")
            .arg(file)
            .output()?;
        let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        println!("{name:9} {line}  (budget {budget} MB)");
    }
    Ok(())
}
