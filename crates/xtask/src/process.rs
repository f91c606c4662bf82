//! Runs a program until it ends or its time is up.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::{tools, workspace};

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(50);

/// A program to run at the top of the repository.
#[derive(Debug)]
pub(crate) struct Program {
    name: String,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    dir: PathBuf,
}

/// How a program ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ran {
    /// Whether it succeeded in time.
    pub(crate) ok: bool,
    /// What `test result:` lines of cargo test counted.
    pub(crate) tests: Tests,
}

/// Counts of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tests {
    /// Those that passed.
    pub(crate) passed: u64,
    /// Those that failed.
    pub(crate) failed: u64,
    /// Those that were not run because they are marked `#[ignore]`.
    pub(crate) ignored: u64,
}

impl Program {
    /// A program of the search path.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            arguments: Vec::new(),
            variables: Vec::new(),
            dir: workspace::root(),
        }
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo() -> Self {
        Self::new(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
    }

    /// Adds arguments.
    pub(crate) fn with<S: AsRef<str>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.arguments.extend(
            arguments
                .into_iter()
                .map(|argument| argument.as_ref().to_owned()),
        );
        self
    }

    /// Sets an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs it with its output on the terminal; kills it, and all that it started, at the deadline.
    pub(crate) fn run(&self, deadline: Option<Instant>) -> Ran {
        self.announce();
        let mut ran = Ran::default();
        let started = tools::need(&self.name).and_then(|()| {
            self.command()
                .stdout(Stdio::piped())
                .spawn()
                .map_err(|error| format!("{}: {error}", self.name))
        });
        let mut child = match started {
            Ok(child) => child,
            Err(message) => {
                println!("error: {message}");
                return ran;
            }
        };
        let relay = child
            .stdout
            .take()
            .map(|out| thread::spawn(|| relay(BufReader::new(out), std::io::stdout())));
        let status = wait(&mut child, deadline);
        if let Some(relay) = relay {
            ran.tests = relay.join().unwrap_or_default();
        }
        ran.ok = status.is_some_and(|status| status.success());
        if status.is_none() {
            println!("error: killed: the budget is spent");
        }
        ran
    }

    /// Runs it to the end and gives what it writes to standard output.
    pub(crate) fn output(&self) -> Result<Vec<u8>, String> {
        tools::need(&self.name)?;
        let output = self
            .command()
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("{}: {error}", self.name))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(format!("{} failed: {}", self.name, output.status))
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.name);
        command
            .args(&self.arguments)
            .current_dir(&self.dir)
            .stdin(Stdio::null());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// Prints the command line.
    fn announce(&self) {
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
        let mut line = String::from("$");
        for (name, value) in &self.variables {
            line += &format!(" {name}='{value}'");
        }
        println!("{line} {name} {}", self.arguments.join(" "));
    }
}

/// Waits for the end; `None` if the program had to be killed.
fn wait(child: &mut Child, deadline: Option<Instant>) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if deadline.is_none_or(|deadline| Instant::now() < deadline) => {
                thread::sleep(POLL);
            }
            Ok(None) | Err(_) => {
                kill(child);
                return None;
            }
        }
    }
}

/// Kills a program and everything that it started.
fn kill(child: &mut Child) {
    let family = descendants(child.id());
    let _killed = child.kill();
    let _waited = child.wait();
    if !family.is_empty() {
        let pids = family
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(" ");
        // The shell's own `kill`: the program of that name is not on every system.
        let _killed = Command::new("sh")
            .args(["-c", &format!("kill -KILL {pids}")])
            .status();
    }
}

/// The processes that a process started, and those started by them.
fn descendants(of: u32) -> Vec<u32> {
    let pairs = parents();
    let mut found = vec![of];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(
            pairs
                .iter()
                .filter(|pair| pair.1 == parent)
                .map(|pair| pair.0),
        );
        at += 1;
    }
    found.split_off(1)
}

/// All processes with their parents, from `/proc` or, where there is none, from `ps`.
fn parents() -> Vec<(u32, u32)> {
    if let Ok(entries) = std::fs::read_dir("/proc") {
        return entries
            .filter_map(|entry| {
                let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
                let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
                // "pid (name) state parent …"; the name may hold anything.
                let parent = stat
                    .rsplit(')')
                    .next()?
                    .split_whitespace()
                    .nth(1)?
                    .parse()
                    .ok()?;
                Some((pid, parent))
            })
            .collect();
    }
    let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let text = listed.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text)
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().map(str::parse);
            Some((words.next()?.ok()?, words.next()?.ok()?))
        })
        .collect()
}

/// Passes output on, line by line, and counts the tests that it tells of.
fn relay(mut from: impl BufRead, mut to: impl Write) -> Tests {
    let mut tests = Tests::default();
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let _written = to.write_all(&line).and_then(|()| to.flush());
        tests.add(count(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    tests
}

impl Tests {
    /// Adds other counts.
    pub(crate) fn add(&mut self, other: Tests) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

/// Reads a line as `test result: ok. 12 passed; 0 failed; 1 ignored; …`, or as pytest's
/// `3 failed, 12 passed, 1 skipped in 0.01s`, or one of Node's: `# pass 12`.
fn count(line: &str) -> Tests {
    let mut tests = Tests::default();
    let line = line.trim();
    if let Some((word, number)) = line
        .strip_prefix("# ")
        .and_then(|line| line.split_once(' '))
        && let Ok(number) = number.parse()
    {
        match word {
            "pass" => tests.passed = number,
            "fail" | "cancelled" => tests.failed = number,
            "skipped" | "todo" => tests.ignored = number,
            _ => {}
        }
        return tests;
    }
    // Behind `in`, pytest tells seconds, and minutes where there are some.
    let of_pytest = || {
        let (counts, time) = line.rsplit_once(" in ")?;
        let seconds = time.split(' ').next()?.strip_suffix('s')?;
        seconds.parse::<f64>().is_ok().then_some(counts)
    };
    let Some(counts) = line.strip_prefix("test result: ").or_else(of_pytest) else {
        return tests;
    };
    for part in counts.split(['.', ';', ',']) {
        let mut words = part.split_whitespace();
        let number = words.next().and_then(|word| word.parse().ok());
        match (number, words.next()) {
            (Some(number), Some("passed")) => tests.passed = number,
            (Some(number), Some("failed")) => tests.failed += number,
            (Some(number), Some("error" | "errors")) => tests.failed += number,
            (Some(number), Some("ignored" | "skipped" | "deselected")) => tests.ignored += number,
            _ => {}
        }
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::{Program, Ran, Tests, count, parents, relay};
    use std::time::{Duration, Instant};

    #[test]
    fn result_lines_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(
            count(line),
            Tests {
                passed: 12,
                failed: 3,
                ignored: 1
            }
        );
        assert_eq!(
            count("3 failed, 12 passed, 1 skipped, 2 errors in 114.43s (0:01:54)"),
            Tests {
                passed: 12,
                failed: 5,
                ignored: 1
            }
        );
        let node = [
            "# tests 7",
            "# pass 4",
            "# fail 1",
            "# cancelled 1",
            "# skipped 1",
            "# duration_ms 9",
        ];
        let mut counted = Tests::default();
        node.iter().for_each(|line| counted.add(count(line)));
        assert_eq!(
            counted,
            Tests {
                passed: 4,
                failed: 2,
                ignored: 1
            }
        );
        assert_eq!(count("test result_lines ... ok"), Tests::default());
        assert_eq!(count("12 passed, 3 failed"), Tests::default());
    }

    #[test]
    fn a_missing_program_fails() {
        assert_eq!(Program::new("no-such-program").run(None), Ran::default());
    }

    #[test]
    fn output_is_passed_on_and_counted() {
        let mut seen = Vec::new();
        let output = b"test result: ok. 2 passed; 0 failed; 0 ignored\nwords\xff";
        assert_eq!(relay(&output[..], &mut seen).passed, 2);
        assert_eq!(seen, output);
    }

    #[cfg(unix)]
    #[test]
    fn programs_succeed_or_fail() {
        assert!(Program::new("sh").with(["-c", "true"]).run(None).ok);
        assert!(!Program::new("sh").with(["-c", "exit 3"]).run(None).ok);
        let echo = ["-c", "echo $WORD"];
        let output = Program::new("sh").variable("WORD", "x").with(echo).output();
        assert_eq!(output, Ok(b"x\n".to_vec()));
        assert!(Program::new("sh").with(["-c", "exit 3"]).output().is_err());
    }

    #[cfg(unix)]
    #[test]
    fn an_overrun_kills_the_whole_family() {
        // A number of seconds that no other test sleeps.
        let script = "sh -c 'sleep 61.25; true' & sleep 61.25";
        let begin = Instant::now();
        let deadline = begin + Duration::from_millis(300);
        assert!(
            !Program::new("sh")
                .with(["-c", script])
                .run(Some(deadline))
                .ok
        );
        assert!(begin.elapsed() < Duration::from_secs(30));
        let sleeps = |pid: u32| {
            std::fs::read(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|words| words.starts_with(b"sleep\x0061.25"))
        };
        assert!(!parents().into_iter().any(|pair| sleeps(pair.0)));
    }
}
