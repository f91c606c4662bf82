//! What scanning models of the sizes that people have costs, each in a process of its own and each
//! under a stated budget of time and of memory; what bombs cost; and what is allocated for members that
//! are analysed where they lie. Fails where a budget is not kept.
//!
//! Memory is the peak of the resident set (`VmHWM`): an upper bound of anonymous memory, because it
//! holds the program's own pages as well. Files are read by position, so that theirs are not in it.

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use weighbridge::{Scanner, Verdict};
use weighbridge_benches::{Figures, models};
use weighbridge_testkit::{bombs, packed, tar, torch};

/// Mebibytes that the process of a model may take, and that of a bomb: some compressed formats ask for
/// a window of 64 MiB, and a member that is jumped about in is held.
const MEMORY: [f64; 2] = [64.0, 320.0];
const ROUNDS: usize = 5;

/// A model, the seconds that it may take, and what is said of it.
const MODELS: &[(&str, f64, Verdict)] = &[
    ("safetensors-5gb.safetensors", 0.05, Verdict::Clean),
    ("safetensors-10000.safetensors", 0.25, Verdict::Clean),
    ("torch-500mb.pt", 0.25, Verdict::Clean),
    ("npy-1gb.npy", 0.05, Verdict::Clean),
    ("forest-90mb.joblib", 0.5, Verdict::Clean),
    ("zlib-2gb.joblib", 30.0, Verdict::Clean),
];

/// Seconds that a bomb may take.
const BOMB: f64 = 1.0;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--child") {
        child(arguments.get(at + 1).map_or("", String::as_str))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut is_kept = true;
    println!(
        "model                              s (min-max)          budget  peak MB  budget  result"
    );
    let folder = models()?;
    for (name, seconds, verdict) in MODELS {
        is_kept &= row(&folder.join(name), (*seconds, MEMORY[0]), |said| {
            said.starts_with(&format!("{verdict} with 0 gaps"))
        })?;
    }
    for (name, bytes) in explosives() {
        let path = folder.join(name);
        std::fs::write(&path, bytes)?;
        is_kept &= row(&path, (BOMB, MEMORY[1]), |said| {
            said.starts_with("unknown") && !said.contains(" 0 gaps")
        })?;
    }
    is_kept &= in_place();
    Ok(if is_kept {
        ExitCode::SUCCESS
    } else {
        println!("a budget is not kept");
        ExitCode::FAILURE
    })
}

/// Scans a file, and prints what came of it, the seconds, and the peak of the process.
fn child(path: &str) -> io::Result<()> {
    let begin = Instant::now();
    let report = Scanner::new().scan_path(path).map_err(io::Error::other)?;
    let seconds = begin.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
        .unwrap_or("0");
    let gaps = &report.coverage.gaps;
    let last = gaps.last().map_or("", |gap| &gap.detail);
    let verdict = report.verdict;
    println!("{seconds} {peak} {verdict} with {} gaps {last}", gaps.len());
    Ok(())
}

/// Scans a file some times, each in a process, and tells whether all was as it should be.
fn row(path: &Path, budget: (f64, f64), wanted: impl Fn(&str) -> bool) -> io::Result<bool> {
    let (mut seconds, mut peaks, mut said) = (Vec::new(), Vec::new(), String::new());
    for _ in 0..ROUNDS {
        let output = Command::new(std::env::current_exe()?)
            .arg("--child")
            .arg(path)
            .output()?;
        let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let mut parts = line.splitn(3, ' ');
        let mut number = || parts.next()?.parse::<f64>().ok();
        let (Some(time), Some(peak)) = (number(), number()) else {
            let words = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(format!("{}: {words}", path.display())));
        };
        seconds.push(time);
        peaks.push(peak / 1024.0);
        said = parts.next().unwrap_or_default().to_owned();
    }
    let (seconds, peaks) = (Figures::of(seconds), Figures::of(peaks));
    let is_kept = seconds.median <= budget.0 && peaks.max <= budget.1 && wanted(&said);
    println!(
        "{:32} {:7.3} ({:.3}-{:.3}) {:8.2} {:8.1} {:7.0}  {said}{}",
        path.file_name().unwrap_or_default().to_string_lossy(),
        seconds.median,
        seconds.min,
        seconds.max,
        budget.0,
        peaks.max,
        budget.1,
        if is_kept { "" } else { "  <- NOT KEPT" },
    );
    Ok(is_kept)
}

/// Files that hold more than they should.
fn explosives() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = bombs::zlib_zeros(4096);
    let gzip = packed::gzip(&packed::gzip(&vec![0; 64 << 20]).repeat(64));
    let archive = tar::Tar::new().file("zeros.gz", &gzip).bytes();
    vec![
        ("bomb-nested.zip", bombs::nested_zips(4, 16, 64 << 20)),
        (
            "bomb-overlapping.zip",
            bombs::overlapping_zip(2000, 16 << 20),
        ),
        ("bomb-quine.zip", bombs::zip_quine()),
        ("bomb-quine.gz", bombs::gzip_quine()),
        ("bomb-zeros.z", zeros),
        ("bomb-array.z", bombs::zlib_array(8192)),
        ("bomb-zeros.tar.gz", packed::gzip(&archive)),
        ("bomb-layers.gz", bombs::layers(&gzip)),
    ]
}

/// What is allocated for a pickle that is a stored member, of some lengths: no more for a long one.
fn in_place() -> bool {
    println!("stored member   MB   allocations       bytes   largest at a time");
    let scanner = Scanner::new();
    let mut most = Vec::new();
    for count in [10_000u32, 1_000_000, 10_000_000] {
        let file = checkpoint(count);
        // Once before, so that the machine has its memory.
        let verdict = scanner.scan_bytes("model.pt", &file).verdict;
        assert_eq!(verdict, Verdict::Clean);
        let counted = allocation_counter::measure(|| {
            std::hint::black_box(scanner.scan_bytes("model.pt", &file));
        });
        println!(
            "{count:9} ints {:6.1} {:10} {:12} {:12}",
            file.len() as f64 / 1e6,
            counted.count_total,
            counted.bytes_total,
            counted.bytes_max,
        );
        most.push(counted.count_total);
    }
    most.iter().max() <= most.iter().min().map(|least| least + 16).as_ref()
}

/// A checkpoint whose pickle is a list of numbers that is emptied as it grows, and long text.
fn checkpoint(count: u32) -> Vec<u8> {
    let mut pickle = b"\x80\x02]q\0(".to_vec();
    for number in 0..count {
        pickle.push(b'J');
        pickle.extend(number.to_le_bytes());
        if number % 1000 == 999 {
            pickle.extend(b"e(");
        }
    }
    pickle.extend(b"e.");
    torch::zip_checkpoint("model", &pickle, &[]).bytes()
}
