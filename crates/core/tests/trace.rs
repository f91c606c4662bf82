//! What records tell.
#![allow(clippy::unwrap_used)]

mod support;

use std::ops::ControlFlow;

use support::{Positioned, call_of, line, lines, records};
use weighbridge::{GapReason, Options, TraceEffect, TraceRecord, trace};
use weighbridge_testkit::pkasm;

fn assembled(source: &str) -> Vec<u8> {
    pkasm::assemble(source).unwrap().bytes
}

fn import(bytes: &[u8]) -> TraceEffect {
    records(bytes).0.remove(0).effect
}

#[test]
fn imports_are_raw_and_resolved() {
    let TraceEffect::Import {
        module,
        name,
        resolved,
        via,
        dotted,
        module_hex,
        name_hex,
    } = import(b"c__builtin__\nxrange\n.")
    else {
        panic!("no import");
    };
    assert_eq!(module.as_deref(), Some("__builtin__"));
    assert_eq!(name.as_deref(), Some("xrange"));
    assert_eq!(resolved.as_deref(), Some("builtins.range"));
    assert_eq!(
        (via.as_str(), dotted, module_hex, name_hex),
        ("GLOBAL", false, None, None)
    );
}

#[test]
fn names_with_surrogates_are_given_as_hexadecimal_too() {
    let bytes =
        assembled("PROTO 4\nBINUNICODE 'os'\nBINUNICODE 'sys\\udc80.tem'\nSTACK_GLOBAL\nSTOP\n");
    let TraceEffect::Import {
        name,
        resolved,
        dotted,
        module_hex,
        name_hex,
        ..
    } = import(&bytes)
    else {
        panic!("no import");
    };
    assert_eq!(name.as_deref(), Some("sys\\udc80.tem"));
    assert_eq!(resolved.as_deref(), Some("os.sys\\udc80.tem"));
    assert!(dotted);
    assert_eq!(
        (module_hex, name_hex.as_deref()),
        (None, Some("737973edb2802e74656d"))
    );
}

#[test]
fn names_that_only_execution_would_tell_are_null() {
    let bytes = assembled(
        "PROTO 4\nGLOBAL 'words' 'show'\nEMPTY_TUPLE\nREDUCE\nBINUNICODE 'x'\nSTACK_GLOBAL\nSTOP\n",
    );
    let (records, _) = records(&bytes);
    let computed = records.iter().find_map(|record| match &record.effect {
        TraceEffect::Import {
            module,
            name,
            resolved,
            via,
            ..
        } if via == "STACK_GLOBAL" => Some((module.clone(), name.clone(), resolved.clone())),
        _ => None,
    });
    assert_eq!(computed, Some((None, Some("x".to_owned()), None)));
}

#[test]
fn keyword_arguments_are_shown() {
    let bytes = assembled(
        "PROTO 4\nGLOBAL 'words' 'Show'\nEMPTY_TUPLE\nEMPTY_DICT\nBINUNICODE 'a'\nBININT1 1\nSETITEM\nNEWOBJ_EX\nSTOP\n",
    );
    let told = lines(&bytes);
    assert!(
        told[1].ends_with("call words.Show(), **{'a': 1}"),
        "{told:?}"
    );
}

#[test]
fn long_names_are_cut() {
    let mut bytes = b"c".to_vec();
    bytes.extend(vec![b'm'; 5000]);
    bytes.extend(b"\nname\n)R.");
    let TraceEffect::Import {
        module, resolved, ..
    } = import(&bytes)
    else {
        panic!("no import");
    };
    assert_eq!(module.unwrap(), format!("{}…5000", "m".repeat(1000)));
    assert!(resolved.unwrap().len() < 1100);
    assert!(lines(&bytes)[1].len() < 1100);
}

#[test]
fn every_pickle_behind_another_is_followed() {
    let bytes = [
        call_of("one"),
        call_of("two"),
        b"junk".to_vec(),
        call_of("three"),
    ]
    .concat();
    let told = lines(&bytes);
    let calls: Vec<_> = told.iter().filter(|line| line.contains("call ")).collect();
    assert_eq!(calls.len(), 3, "{told:?}");
    assert!(calls[1].contains("#1 call os.system('two',)"));
    assert!(
        calls[2].ends_with("call os.system('three',) [unreached]"),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|line| line.contains("gap junk: 4 bytes behind a pickle")),
        "{told:?}"
    );
}

#[test]
fn pickles_without_a_header_are_found_by_what_they_do() {
    assert_eq!(
        lines(b"cos\nsystem\n"),
        [
            "@0 import os.system",
            "@11 gap truncated: the stream ends before its STOP"
        ]
    );
    assert_eq!(lines(b"N."), [""; 0]);
    assert_eq!(
        lines(b"Please read this"),
        ["@0 gap unsupported: it begins with the text “Please read this”"]
    );
    assert_eq!(lines(b""), ["@0 gap truncated: there is nothing in it"]);
    let (records, examined) = records(b"\x80\x04X");
    assert_eq!((examined.formats[0].as_str(), examined.gaps), ("pickle", 1));
    assert!(line(&records[0]).contains("gap truncated"));
    let mut last = None;
    trace(
        &b"\0\0".as_slice(),
        "Model.PKL",
        &Options::default(),
        &mut |record| {
            last = Some(line(record));
            ControlFlow::Continue(())
        },
    );
    let expected = "@0 gap unsupported: it is no pickle, whatever its name says: it begins with the bytes 00 00";
    assert_eq!(last.as_deref(), Some(expected));
}

#[test]
fn a_trace_can_be_ended() {
    let bytes = [call_of("one"), call_of("two")].concat();
    let mut count = 0;
    let examined = trace(
        &bytes,
        "file",
        &Options::default(),
        &mut |_: &TraceRecord| {
            count += 1;
            ControlFlow::Break(())
        },
    );
    assert!(count == 1 && examined.stopped && !examined.is_complete());
}

#[test]
fn a_source_that_fails_is_a_gap() {
    struct Failing(Positioned);
    impl weighbridge::Source for Failing {
        fn len(&self) -> u64 {
            self.0.len() + 300_000
        }
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
            if offset >= self.0.len() {
                return Err(std::io::Error::other("the disk is gone"));
            }
            self.0.read_at(offset, buf)
        }
    }
    let mut bytes = call_of("one");
    bytes.pop();
    bytes.extend(b"N0".repeat(150_000));
    let source = Failing(Positioned(bytes));
    let mut told = Vec::new();
    let examined = trace(&source, "file", &Options::default(), &mut |record| {
        told.push(line(record));
        ControlFlow::Continue(())
    });
    assert_eq!(told[0], "@0 gap io: the disk is gone");
    assert!(
        told.contains(&"@20 call os.system('one',)".to_owned()),
        "{told:?}"
    );
    assert!(
        told[3].contains("gap io: the disk is gone") && examined.gaps == 2,
        "{told:?}"
    );
    assert_eq!(GapReason::Io.as_str(), "io");
}
