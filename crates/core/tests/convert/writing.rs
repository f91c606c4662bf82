//! How files get to their places.

use std::fs;

use weighbridge::convert::{ConvertError, Request, convert, convert_path};
use weighbridge::{CancelToken, Checkpoint, Control, Opening};

use crate::{Scratch, converted, files, open};

#[test]
fn files_that_are_there_are_not_replaced_unasked() {
    let scratch = Scratch::new();
    let out = scratch.file("out.safetensors", b"words");
    let source = files().join("state.pt");
    let error = converted(&source, &out, &Request::default()).unwrap_err();
    assert!(
        matches!(error, ConvertError::Exists(ref path) if *path == out),
        "{error}"
    );
    assert_eq!(fs::read(&out).unwrap(), b"words");
    converted(&source, &out, &Request::default().with_force(true)).unwrap();
    assert!(fs::read(&out).unwrap().len() > 1000);
    assert_eq!(scratch.names(), ["out.safetensors"]);
    // Nor are extras.
    let extras = scratch.file("extras.json", b"words");
    let request = Request::default().with_extras(Some(extras.clone()));
    let fresh = scratch.path("fresh.safetensors");
    let training = files().join("training.pt");
    let control = Control::new();
    let done = convert_path(
        &training,
        Some(&fresh),
        &request,
        &Opening::default(),
        &control,
    );
    assert!(matches!(done, Err(ConvertError::Exists(path)) if path == extras));
    assert_eq!(scratch.names(), ["extras.json", "out.safetensors"]);
}

#[test]
fn the_source_is_never_written_over() {
    let scratch = Scratch::new();
    let bytes = fs::read(files().join("state.pt")).unwrap();
    let source = scratch.file("model.pt", &bytes);
    for request in [Request::default(), Request::default().with_force(true)] {
        let error = converted(&source, &source, &request).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("is the source itself; write to another file"),
            "{error}"
        );
    }
    #[cfg(unix)]
    {
        let link = scratch.path("link");
        std::os::unix::fs::symlink(&source, &link).unwrap();
        assert!(converted(&source, &link, &Request::default().with_force(true)).is_err());
    }
    assert_eq!(fs::read(&source).unwrap(), bytes);
}

#[test]
fn places_that_cannot_be_written_to_are_told() {
    let scratch = Scratch::new();
    let source = files().join("state.pt");
    let file = scratch.file("file", b"words");
    for out in [
        scratch.path("missing/out.safetensors"),
        file.join("out.safetensors"),
    ] {
        let error = converted(&source, &out, &Request::default()).unwrap_err();
        assert!(
            matches!(error, ConvertError::Write { ref path, .. } if *path == out),
            "{error}"
        );
    }
    assert_eq!(scratch.names(), ["file"]);
}

#[test]
fn a_dry_run_checks_everything_and_writes_nothing() {
    let scratch = Scratch::new();
    let out = scratch.path("out.safetensors");
    let request = Request::default().with_dry_run(true);
    let dry = converted(&files().join("state.pt"), &out, &request).unwrap();
    assert_eq!(scratch.names(), [""; 0]);
    let wet = converted(&files().join("state.pt"), &out, &Request::default()).unwrap();
    assert_eq!(dry.files[0].size, fs::metadata(&out).unwrap().len());
    assert_eq!((dry.tensors, dry.files), (wet.tensors, wet.files));
}

/// A big file with a hole for elements.
fn hole(scratch: &Scratch, len: u64) -> std::path::PathBuf {
    let header = format!(r#"{{"w":{{"dtype":"U8","shape":[{len}],"data_offsets":[0,{len}]}}}}"#);
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    let path = scratch.file("hole.safetensors", &bytes);
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(bytes.len() as u64 + len).unwrap();
    path
}

#[test]
fn a_source_that_shrinks_leaves_no_file() {
    let scratch = Scratch::new();
    let source = hole(&scratch, 16 << 20);
    let checkpoint = open(&source);
    fs::OpenOptions::new()
        .write(true)
        .open(&source)
        .unwrap()
        .set_len(5 << 20)
        .unwrap();
    let out = scratch.path("out.safetensors");
    let error = convert(&checkpoint, &out, &Request::default(), &Control::new()).unwrap_err();
    assert!(
        matches!(error, ConvertError::Read { ref tensor, .. } if tensor == "w"),
        "{error}"
    );
    assert_eq!(scratch.names(), ["hole.safetensors"]);
}

#[test]
fn a_source_that_changes_leaves_no_file() {
    use std::io::{Seek as _, Write as _};
    let scratch = Scratch::new();
    let source = hole(&scratch, 16 << 20);
    let checkpoint = open(&source);
    let changing = source.clone();
    let change = move |progress: weighbridge::Progress| {
        if progress.reached >= progress.total / 2 {
            let mut file = fs::OpenOptions::new().write(true).open(&changing).unwrap();
            file.seek(std::io::SeekFrom::End(-1)).unwrap();
            file.write_all(b"x").unwrap();
        }
    };
    let control = Control::new().with_progress(&change);
    let out = scratch.path("out.safetensors");
    let error = convert(&checkpoint, &out, &Request::default(), &control).unwrap_err();
    assert!(matches!(error, ConvertError::Differs { .. }), "{error}");
    assert_eq!(scratch.names(), ["hole.safetensors"]);
}

#[test]
fn who_cancels_gets_no_file() {
    let scratch = Scratch::new();
    let checkpoint = open(&hole(&scratch, 64 << 20));
    let token = CancelToken::new();
    let cancel = |progress: weighbridge::Progress| {
        if progress.reached > progress.total / 4 {
            token.cancel();
        }
    };
    let control = Control::new()
        .with_token(token.clone())
        .with_progress(&cancel);
    let out = scratch.path("out.safetensors");
    let error = convert(&checkpoint, &out, &Request::default(), &control).unwrap_err();
    assert!(matches!(error, ConvertError::Cancelled), "{error}");
    assert_eq!(scratch.names(), ["hole.safetensors"]);
}

#[cfg(unix)]
#[test]
fn new_files_have_the_rights_of_new_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let (plain, out) = (scratch.file("plain", b""), scratch.path("out.safetensors"));
    converted(&files().join("state.pt"), &out, &Request::default()).unwrap();
    let rights = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(rights(&plain), rights(&out));
}

#[test]
fn an_index_that_lies_is_refused_by_name() {
    let scratch = Scratch::new();
    let state = fs::read(files().join("state.pt")).unwrap();
    scratch.file("a.bin", &state);
    let index = |map: &str| {
        scratch.file(
            "model.bin.index.json",
            format!("{{\"weight_map\":{map}}}").as_bytes(),
        )
    };
    let path = index(r#"{"0.weight":"a.bin","gone":"a.bin"}"#);
    let error = converted(&path, &scratch.path("out"), &Request::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file is not what it says\n  tensor \"gone\": the index says that it is in \"a.bin\", and it is not"
    );
    for shard in ["../a.bin", "/etc/passwd", "..", ""] {
        let path = index(&format!(r#"{{"w":"{shard}"}}"#));
        let error = Checkpoint::open(&path, &Opening::default())
            .unwrap_err()
            .to_string();
        assert!(error.ends_with("which is not beside it"), "{error}");
    }
    let path = index(r#"{"w":"missing.bin"}"#);
    let error = Checkpoint::open(&path, &Opening::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("missing.bin: there is no such file"),
        "{error}"
    );
}

#[test]
fn nothing_but_a_file_of_another_name_is_replaced() {
    let scratch = Scratch::new();
    let source = scratch.path("odd.pt");
    fs::copy(files().join("odd.pt"), &source).unwrap();
    let before = fs::read(&source).unwrap();
    let convert = |out: &str, extras: &str| {
        let request = Request::default()
            .with_force(true)
            .with_skip(true)
            .with_extras(Some(scratch.path(extras)));
        let (out, opening) = (scratch.path(out), Opening::default());
        convert_path(&source, Some(&out), &request, &opening, &Control::new())
    };
    fs::create_dir(scratch.path("directory")).unwrap();
    fs::write(scratch.path("values.json"), "old").unwrap();
    for (out, extras, why) in [
        ("out", "odd.pt", "the source itself"),
        ("out", "out", "two files"),
        ("out", "directory/../out", "two files"),
        ("out", "directory", "no regular file"),
    ] {
        let error = convert(out, extras).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert_eq!(scratch.names(), ["directory", "odd.pt", "values.json"]);
        assert_eq!(fs::read(&source).unwrap(), before);
    }
    #[cfg(unix)]
    {
        let socket = std::os::unix::net::UnixListener::bind(scratch.path("socket")).unwrap();
        std::os::unix::fs::symlink(scratch.path("socket"), scratch.path("link")).unwrap();
        for out in ["socket", "link"] {
            let error = convert(out, "values.json").unwrap_err().to_string();
            assert!(
                error.ends_with("is no regular file; write to another"),
                "{error}"
            );
        }
        drop(socket);
    }
    convert("out", "values.json").unwrap();
    assert!(scratch.path("out").exists());
}
