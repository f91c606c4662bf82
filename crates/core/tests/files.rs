//! Files as sources.
#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use weighbridge::{FileSource, MappedSource, OpenError, Source as _};

/// A folder of its own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder =
            std::env::temp_dir().join(format!("weighbridge-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _removed = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn small_and_large_files_read_alike() {
    let scratch = Scratch::new("alike");
    for len in [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20] {
        let bytes: Vec<u8> = (0..=255).cycle().take(len).collect();
        let path = scratch.0.join("file");
        fs::write(&path, &bytes).unwrap();
        let source = FileSource::open(&path).unwrap();
        assert_eq!(source.len(), len as u64);
        assert_eq!(source.as_slice().is_some(), len <= 1 << 20);
        let mut buf = [0; 300];
        for at in [0, 1, len / 2, len.saturating_sub(100), len, len + 1] {
            let n = source.read_at(at as u64, &mut buf).unwrap();
            let expected = bytes.get(at..).unwrap_or_default();
            assert_eq!(buf[..n], expected[..expected.len().min(300)]);
        }
        assert_eq!(source.read_at(u64::MAX, &mut buf).unwrap(), 0);
        let mapped = MappedSource::open(&path).unwrap();
        assert_eq!(mapped.as_slice(), Some(bytes.as_slice()));
        assert_eq!(mapped.read_at(u64::MAX, &mut buf).unwrap(), 0);
    }
    let folder = MappedSource::open(&scratch.0);
    assert!(matches!(folder, Err(OpenError::Directory)));
}

#[test]
fn a_file_that_shrinks_says_so() {
    let scratch = Scratch::new("shrinks");
    let path = scratch.0.join("file");
    fs::write(&path, vec![0; 3 << 20]).unwrap();
    let source = FileSource::open(&path).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(1 << 20)
        .unwrap();
    let error = source.read_at(2 << 20, &mut [0; 8]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file shrank from 3145728 to 1048576 bytes while it was read"
    );
    assert_eq!(source.read_at(0, &mut [0; 8]).unwrap(), 8);
    // One that grows is read as it was.
    let mut file = File::options().append(true).open(&path).unwrap();
    file.write_all(&vec![0; 4 << 20]).unwrap();
    assert_eq!(source.len(), 3 << 20);
}

#[test]
fn what_is_no_file_is_refused() {
    let scratch = Scratch::new("refused");
    assert!(matches!(
        FileSource::open(&scratch.0),
        Err(OpenError::Directory)
    ));
    let missing = scratch.0.join("missing");
    assert!(matches!(
        FileSource::open(&missing),
        Err(OpenError::NotFound)
    ));
    let under_file = scratch.0.join("file/below");
    fs::write(scratch.0.join("file"), "x").unwrap();
    assert!(matches!(
        FileSource::open(&under_file),
        Err(OpenError::Io(_))
    ));
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_sockets_are_refused_without_waiting() {
    let scratch = Scratch::new("special");
    let refused = |path: PathBuf| FileSource::open(&path).unwrap_err().to_string();
    assert_eq!(
        refused("/dev/zero".into()),
        "this is a device, not a regular file; copy what it delivers to a file first"
    );
    let socket = scratch.0.join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(refused(socket).starts_with("this is a socket,"));
    let pipe = scratch.0.join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    assert!(refused(pipe).starts_with("this is a named pipe,"));
}
