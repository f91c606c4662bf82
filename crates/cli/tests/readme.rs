//! What the README shows is what the command prints.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::process::Command;

#[test]
fn the_output_in_the_readme_is_real() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(top.join("README.md")).unwrap();
    let scratch = support::Scratch::new("readme");
    std::fs::write(
        scratch.path("upload.pkl"),
        b"cos\nsystem\n(S'echo inert'\ntR.",
    )
    .unwrap();
    std::fs::rename(scratch.path("code.pt"), scratch.path("upload.pt")).unwrap();
    let mut shown = 0;
    for block in readme.split("```console\n$ ").skip(1) {
        let (line, rest) = block.split_once('\n').unwrap();
        let (_, command) = line.split_once(' ').unwrap();
        let expected = rest.split("```").next().unwrap();
        let directory = if command.contains("upload") {
            &scratch.0
        } else {
            &top
        };
        let output = Command::new(env!("CARGO_BIN_EXE_weighbridge"))
            .args(command.split(' '))
            .env_remove("COLUMNS")
            .current_dir(directory)
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            expected,
            "{command}"
        );
        shown += 1;
    }
    assert_eq!(shown, 3);
}
