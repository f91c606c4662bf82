//! CPython as the oracle: writes a corpus, runs `oracle/oracle.py` over it and reads its JSON lines.

use crate::readings::Reading;
use serde_json::Value;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often `load` is called on one file, and on which Unpickler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Once.
    #[default]
    Single,
    /// Up to five times on one Unpickler: the memo is carried.
    Carried,
    /// Up to five times, each time on a new Unpickler over the same file.
    Fresh,
}

impl Mode {
    /// The name of the mode on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Single => "single",
            Mode::Carried => "carried",
            Mode::Fresh => "fresh",
        }
    }

    /// The mode with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Mode::Single, Mode::Carried, Mode::Fresh]
            .into_iter()
            .find(|mode| mode.as_str() == name)
    }
}

/// Where the oracle's CPython comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interpreter {
    /// A Python executable.
    Python(PathBuf),
    /// The directory of an installed npm package `pyodide`, run in Node.
    Pyodide(PathBuf),
}

/// One thing that CPython did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TheirEvent {
    /// Which stream of several behind one another did it, from 0.
    pub stream: u32,
    /// The canonical line.
    pub text: String,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a STOP.
    Stop,
    /// With an exception.
    Error,
    /// With a lack of memory, of time or of patience: a machine without these limits goes further.
    Limit,
}

/// What happened under some readings that agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The readings.
    pub readings: Vec<Reading>,
    /// What the stream was fed from.
    pub fed: Vec<String>,
    /// What CPython did, in order.
    pub events: Vec<TheirEvent>,
    /// How the last `load` ended.
    pub end: End,
    /// Whether out-of-band buffers were given.
    pub buffers: bool,
}

/// What the oracle says about one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Every run.
    Runs(Vec<Run>),
    /// The stream brought CPython itself down, or kept it busy for too long.
    Crash,
}

/// Why the oracle could not be asked.
#[derive(Debug)]
pub enum OracleError {
    /// A file or a process.
    Io(PathBuf, io::Error),
    /// The process failed; what it wrote to standard error.
    Failed(String),
    /// A line that is not as agreed.
    Line(String),
    /// Not as many answers as streams.
    Count(usize, usize),
}

impl fmt::Display for OracleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OracleError::Io(path, error) => write!(f, "{}: {error}", path.display()),
            OracleError::Failed(said) => write!(f, "the oracle failed: {}", said.trim()),
            OracleError::Line(line) => write!(f, "the oracle wrote what is no answer: {line}"),
            OracleError::Count(answers, streams) => {
                write!(f, "the oracle gave {answers} answers to {streams} streams")
            }
        }
    }
}

impl std::error::Error for OracleError {}

/// A CPython that can be asked.
#[derive(Clone, Debug)]
pub struct Oracle {
    /// Which one.
    pub interpreter: Interpreter,
    /// How often it loads.
    pub mode: Mode,
    /// Whether it is also run with out-of-band buffers given.
    pub buffers: bool,
}

impl Oracle {
    /// An oracle that loads once, without buffers.
    #[must_use]
    pub fn new(interpreter: Interpreter) -> Self {
        Self {
            interpreter,
            mode: Mode::Single,
            buffers: false,
        }
    }

    /// What CPython does with each of the streams.
    ///
    /// # Errors
    ///
    /// When the process cannot be run, or answers nonsense. A stream that crashes CPython is no error.
    pub fn ask(&self, streams: &[Vec<u8>]) -> Result<Vec<Answer>, OracleError> {
        let corpus = Scratch::new("corpus");
        fs::write(&corpus.0, write_corpus(streams))
            .map_err(|error| OracleError::Io(corpus.0.clone(), error))?;
        let (program, mut command) = match &self.interpreter {
            Interpreter::Python(python) => (python.clone(), Command::new(python)),
            Interpreter::Pyodide(_) => (PathBuf::from("node"), Command::new("node")),
        };
        match &self.interpreter {
            Interpreter::Python(_) => command.arg(script("oracle.py")),
            Interpreter::Pyodide(directory) => command.arg(script("pyodide.mjs")).arg(directory),
        };
        command.arg(&corpus.0).args(["--mode", self.mode.as_str()]);
        if self.buffers {
            command.arg("--buffers");
        }
        let text = said_by(&program, &mut command)?;
        let answers = text.lines().map(parse).collect::<Result<Vec<_>, _>>()?;
        if answers.len() == streams.len() {
            Ok(answers)
        } else {
            Err(OracleError::Count(answers.len(), streams.len()))
        }
    }
}

/// Real pickles to mutate, written by `oracle/values.py`.
///
/// # Errors
///
/// When the interpreter cannot be run.
pub fn real_pickles(python: &Path) -> Result<Vec<Vec<u8>>, OracleError> {
    let corpus = Scratch::new("values");
    said_by(
        python,
        Command::new(python)
            .env("PYTHONHASHSEED", "0")
            .arg(script("values.py"))
            .arg(&corpus.0),
    )?;
    let bytes = fs::read(&corpus.0).map_err(|error| OracleError::Io(corpus.0.clone(), error))?;
    Ok(read_corpus(&bytes))
}

/// The streams as a corpus: each behind its length in four little-endian bytes.
#[must_use]
pub fn write_corpus(streams: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for stream in streams {
        bytes.extend_from_slice(
            &u32::try_from(stream.len())
                .unwrap_or(u32::MAX)
                .to_le_bytes(),
        );
        bytes.extend_from_slice(stream);
    }
    bytes
}

/// The streams of a corpus, up to where it breaks off.
#[must_use]
pub fn read_corpus(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut streams = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((stream, rest)) = rest.split_at_checked(length) else {
            break;
        };
        streams.push(stream.to_vec());
        bytes = rest;
    }
    streams
}

fn script(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "oracle", name]
        .iter()
        .collect()
}

fn said_by(program: &Path, command: &mut Command) -> Result<String, OracleError> {
    let output = command
        .output()
        .map_err(|error| OracleError::Io(program.to_path_buf(), error))?;
    if !output.status.success() {
        return Err(OracleError::Failed(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Parses one line of the oracle's.
fn parse(line: &str) -> Result<Answer, OracleError> {
    let wrong = || OracleError::Line(line.chars().take(300).collect());
    let value: Value = serde_json::from_str(line).map_err(|_| wrong())?;
    if value.get("crash").is_some() {
        return Ok(Answer::Crash);
    }
    let runs = value.as_array().ok_or_else(wrong)?;
    runs.iter()
        .map(parse_run)
        .collect::<Option<_>>()
        .map(Answer::Runs)
        .ok_or_else(wrong)
}

fn parse_run(run: &Value) -> Option<Run> {
    let strings = |name: &str| {
        run.get(name)?
            .as_array()?
            .iter()
            .map(Value::as_str)
            .collect::<Option<Vec<_>>>()
    };
    let many = run.get("mode").is_some();
    let event = |text: &str| {
        let (stream, text) = if many {
            text.split_once(':')?
        } else {
            ("0", text)
        };
        Some(TheirEvent {
            stream: stream.parse().ok()?,
            text: text.to_owned(),
        })
    };
    let end = match run.get("end")?.as_str()?.rsplit(' ').next()? {
        "stop" => End::Stop,
        "error" => End::Error,
        _ => End::Limit,
    };
    Some(Run {
        readings: strings("readings")?
            .into_iter()
            .map(Reading::named)
            .collect::<Option<_>>()?,
        events: strings("events")?
            .into_iter()
            .map(event)
            .collect::<Option<_>>()?,
        end,
        fed: strings("fed")?.into_iter().map(str::to_owned).collect(),
        buffers: run.get("buffers").is_some(),
    })
}

/// A file of ours in the temporary directory, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!(
            "weighbridge-{name}-{}-{number}",
            std::process::id()
        )))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // what is left behind is a temporary file
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, End, parse, read_corpus, write_corpus};

    #[test]
    fn a_corpus_comes_back() {
        let streams = vec![b"N.".to_vec(), Vec::new(), b"I1\n.".to_vec()];
        assert_eq!(read_corpus(&write_corpus(&streams)), streams);
    }

    #[test]
    fn lines_are_parsed() {
        let line = r#"[{"readings":["c+ASCII+persistent"],"fed":["bytes"],"events":["1:import 61 62"],"end":"stop error","mode":"carried"}]"#;
        let Answer::Runs(runs) = parse(line).unwrap() else {
            panic!("no runs")
        };
        assert_eq!(
            (
                runs[0].events[0].stream,
                runs[0].events[0].text.as_str(),
                runs[0].end
            ),
            (1, "import 61 62", End::Error)
        );
        assert_eq!(parse(r#"{"crash":true}"#).unwrap(), Answer::Crash);
        assert!(parse("[{}]").is_err());
    }
}
