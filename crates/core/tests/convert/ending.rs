//! Who ends opening and converting, and what is left then.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use weighbridge::convert::{ConvertError, Request, convert, convert_path};
use weighbridge::{CancelToken, Checkpoint, CheckpointError, Control, Opening, Progress, Source};
use weighbridge_testkit::{packed, pkasm};

use crate::{Scratch, files, open};

fn is_cancelled(opened: &Result<Checkpoint, CheckpointError>) -> bool {
    matches!(opened, Err(CheckpointError::Cancelled))
}

/// A source that somebody cancels while it is read for the nth time.
struct Ending {
    bytes: Vec<u8>,
    left: AtomicUsize,
    token: CancelToken,
}

impl Source for Ending {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.token.cancel();
        }
        self.bytes.as_slice().read_at(offset, buf)
    }
}

#[test]
fn whatever_is_opened_ends_when_that_is_cancelled() {
    let mut sources = vec![(
        "packed",
        packed::gzip(&std::fs::read(files().join("state.pt")).unwrap()),
    )];
    for entry in std::fs::read_dir(files()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.extension().unwrap_or_default().to_string_lossy();
        if let Some(kind) = ["pt", "pkl", "npy", "npz", "joblib", "safetensors"]
            .into_iter()
            .find(|kind| *kind == name)
        {
            sources.push((kind, std::fs::read(&path).unwrap()));
        }
    }
    assert!(sources.len() > 8, "{}", sources.len());
    let opening = Opening::default();
    for (kind, bytes) in sources {
        // At once, and in the midst of it.
        let token = CancelToken::new();
        token.cancel();
        let control = Control::new().with_token(token);
        let source = Arc::new(bytes.clone());
        let opened = Checkpoint::from_source_with(source, "x", &opening, &control);
        assert!(is_cancelled(&opened), "{kind}");
        for reads in [1, 2, 3] {
            let token = CancelToken::new();
            let source = Ending {
                bytes: bytes.clone(),
                left: AtomicUsize::new(reads),
                token: token.clone(),
            };
            let control = Control::new().with_token(token.clone());
            let opened = Checkpoint::from_source_with(Arc::new(source), "x", &opening, &control);
            // Some are read at once.
            assert_eq!(is_cancelled(&opened), token.is_cancelled(), "{kind}");
            assert!(reads > 1 || token.is_cancelled(), "{kind}");
        }
    }
}

#[test]
fn a_shard_that_is_opened_and_a_path_end_too() {
    let token = CancelToken::new();
    token.cancel();
    let control = Control::new().with_token(token);
    let scratch = Scratch::new();
    let source = files().join("state.pt");
    let out = scratch.path("out.safetensors");
    let request = Request::default().with_shard_size(Some(1));
    convert(&open(&source), &out, &request, &Control::new()).unwrap();
    let index = scratch.path("out.safetensors.index.json");
    for path in [&source, &index] {
        let opened = Checkpoint::open_with(path, &Opening::default(), &control);
        assert!(is_cancelled(&opened), "{}", path.display());
    }
    let before = scratch.names();
    let other = scratch.path("other.safetensors");
    let error = convert_path(
        &source,
        Some(&other),
        &request,
        &Opening::default(),
        &control,
    );
    assert!(matches!(error, Err(ConvertError::Cancelled)));
    assert_eq!(scratch.names(), before);
}

#[test]
fn what_takes_long_in_memory_ends_soon_after_the_caller_says_so() {
    let lists = "EMPTY_LIST\nBININT1 1\nTUPLE1\n".repeat(200_000);
    let text = format!("PROTO 2\nMARK\n{lists}LIST\nSTOP\n");
    let pickle = pkasm::assemble(&text).unwrap().bytes;
    let goes_on = || false;
    let control = Control::new().with_check(&goes_on);
    let source = Arc::new(pickle);
    let opened = Checkpoint::from_source_with(source, "x", &Opening::default(), &control);
    // A machine that is through within the time after which it is asked has nothing to end.
    match opened {
        Err(CheckpointError::Cancelled) => {}
        Ok(checkpoint) => assert_eq!(checkpoint.tensors().len(), 0),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn who_ends_it_when_all_is_told_to_be_done_gets_no_file() {
    let scratch = Scratch::new();
    let checkpoint = open(&files().join("state.pt"));
    let out = scratch.path("out.safetensors");
    for is_sharded in [false, true] {
        let token = CancelToken::new();
        let cancel = |progress: Progress| {
            if progress.reached == progress.total {
                token.cancel();
            }
        };
        let control = Control::new()
            .with_token(token.clone())
            .with_progress(&cancel);
        let request = Request::default().with_shard_size(is_sharded.then_some(1));
        let error = convert(&checkpoint, &out, &request, &control).unwrap_err();
        assert!(matches!(error, ConvertError::Cancelled), "{error}");
        assert!(token.is_cancelled());
        assert_eq!(scratch.names(), [""; 0]);
    }
    // Who only says so when asked is asked, however short it took.
    let is_done = std::cell::Cell::new(false);
    let goes_on = || !is_done.get();
    let progress = |progress: Progress| is_done.set(progress.reached == progress.total);
    let control = Control::new().with_check(&goes_on).with_progress(&progress);
    let error = convert(&checkpoint, &out, &Request::default(), &control).unwrap_err();
    assert!(matches!(error, ConvertError::Cancelled), "{error}");
    assert_eq!(scratch.names(), [""; 0]);
}

#[test]
fn a_file_that_appears_meanwhile_is_not_replaced_unasked() {
    let scratch = Scratch::new();
    let checkpoint = open(&files().join("state.pt"));
    let out = scratch.path("out.safetensors");
    let sharded = Request::default().with_shard_size(Some(1));
    let planned = sharded.clone().with_dry_run(true);
    let planned = convert(&checkpoint, &out, &planned, &Control::new()).unwrap();
    let second = planned.files[1].path.file_name().unwrap().to_str().unwrap();
    for (request, appearing) in [
        (Request::default(), "out.safetensors"),
        (sharded.clone(), second),
        (sharded, "out.safetensors.index.json"),
    ] {
        let place = scratch.path(appearing);
        let appear = |progress: Progress| {
            if progress.reached == progress.total {
                std::fs::write(&place, b"words").unwrap();
            }
        };
        let control = Control::new().with_progress(&appear);
        let error = convert(&checkpoint, &out, &request, &control).unwrap_err();
        assert!(
            matches!(&error, ConvertError::Exists(path) if *path == place),
            "{error}"
        );
        // Those that got to their places before it are gone again.
        assert_eq!(scratch.names(), [appearing]);
        assert_eq!(std::fs::read(&place).unwrap(), b"words");
        std::fs::remove_file(&place).unwrap();
    }
    // Where it is asked for, it is.
    let appear = |_: Progress| std::fs::write(&out, b"words").unwrap();
    let control = Control::new().with_progress(&appear);
    let request = Request::default().with_force(true);
    let done = convert(&checkpoint, &out, &request, &control).unwrap();
    assert_eq!(std::fs::metadata(&out).unwrap().len(), done.files[0].size);
}
