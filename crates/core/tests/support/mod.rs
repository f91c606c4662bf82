//! What the tests of this crate share.
#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod schema;

use std::ops::ControlFlow;
use std::path::Path;
use std::{fs, io};

use weighbridge::{
    Examined, Options, Report, Scanner, Source, TraceEffect, TraceRecord, Verdict, trace,
};

/// What is said of each gap of a report.
pub(crate) fn details(report: &Report) -> Vec<&str> {
    let details = report.coverage.gaps.iter().map(|gap| &*gap.detail);
    details.collect()
}

/// The rule of each finding of a report.
pub(crate) fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

/// The files that a `listing.tsv` names, each with how many bytes of it are elements of arrays: all are
/// clean and complete, or have a call and nothing else. Gives how many there are.
pub(crate) fn scan_listed(folder: &Path) -> usize {
    let listing = fs::read_to_string(folder.join("listing.tsv")).unwrap();
    for row in listing.lines() {
        let (name, bytes) = row.split_once('\t').unwrap();
        let report = Scanner::new().scan_path(folder.join(name)).unwrap();
        let expected = if name.contains("call") {
            (Verdict::Malicious, vec!["PKL101"])
        } else {
            (Verdict::Clean, vec![])
        };
        assert_eq!((report.verdict, rules(&report)), expected, "{name}");
        assert_eq!(details(&report), [""; 0], "{name}");
        assert_eq!(report.coverage.opaque_bytes.to_string(), bytes, "{name}");
    }
    listing.lines().count()
}

/// Bytes that can only be read by position, a few at a time, as from a large file.
pub(crate) struct Positioned(pub(crate) Vec<u8>);

impl Source for Positioned {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(offset).map_or(self.0.len(), |at| at.min(self.0.len()));
        let rest = &self.0[at..];
        let n = rest.len().min(buf.len()).min(1000);
        buf[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

/// The trace of some bytes, which must be the same however they are read.
pub(crate) fn records(bytes: &[u8]) -> (Vec<TraceRecord>, Examined) {
    records_with(bytes, &Options::default())
}

pub(crate) fn records_with(bytes: &[u8], options: &Options) -> (Vec<TraceRecord>, Examined) {
    let collect = |source: &dyn Source| {
        let mut records = Vec::new();
        let examined = trace(source, "file", options, &mut |record| {
            records.push(record.clone());
            ControlFlow::Continue(())
        });
        (records, examined)
    };
    let in_place = collect(&bytes);
    assert_eq!(
        in_place,
        collect(&Positioned(bytes.to_vec())),
        "in place, and by position"
    );
    in_place
}

/// The trace in short, one line a record; stops without a value worth telling are left out.
pub(crate) fn lines(bytes: &[u8]) -> Vec<String> {
    lines_with(bytes, &Options::default())
}

pub(crate) fn lines_with(bytes: &[u8], options: &Options) -> Vec<String> {
    let (records, _) = records_with(bytes, options);
    records
        .iter()
        .map(line)
        .filter(|line| !line.ends_with("stop None"))
        .collect()
}

/// A record in short.
pub(crate) fn line(record: &TraceRecord) -> String {
    let place = &record.place;
    let member = place.member.as_deref().unwrap_or_default().join(" > ");
    let stream = place
        .stream
        .filter(|stream| *stream > 0)
        .map_or(String::new(), |n| format!("#{n} "));
    let words = match &record.effect {
        TraceEffect::Import { resolved, .. } => {
            format!("import {}", resolved.as_deref().unwrap_or("?"))
        }
        TraceEffect::Call {
            callee,
            args_preview,
            ..
        } => format!("call {callee}{args_preview}"),
        TraceEffect::Build {
            target,
            state_preview,
            ..
        } => format!("build {target} {state_preview}"),
        TraceEffect::SetItem {
            target,
            items_preview,
            ..
        } => {
            format!("setitem {target} {items_preview}")
        }
        TraceEffect::Append {
            target,
            items_preview,
            ..
        } => {
            format!("append {target} {items_preview}")
        }
        TraceEffect::Add {
            target,
            items_preview,
            ..
        } => format!("add {target} {items_preview}"),
        TraceEffect::PersistentId { id_preview, .. } => format!("persistent-id {id_preview}"),
        TraceEffect::Extension { code, .. } => format!("extension {code}"),
        TraceEffect::Stop { value_preview, .. } => format!("stop {value_preview}"),
        TraceEffect::Gap {
            reason,
            limit,
            detail,
        } => {
            let limit = limit
                .as_deref()
                .map_or(String::new(), |limit| format!("({limit})"));
            format!("gap {reason}{limit}: {detail}")
        }
        _ => String::new(),
    };
    let marks = match (place.carried, place.unreached) {
        (false, false) => "",
        (true, false) => " [carried]",
        (false, true) => " [unreached]",
        (true, true) => " [carried, unreached]",
    };
    format!("{member}@{} {stream}{words}{marks}", place.offset)
}

/// The protocol-0 pickle of a call of `os.system` with one word.
pub(crate) fn call_of(word: &str) -> Vec<u8> {
    format!("cos\nsystem\n(S'{word}'\ntR.").into_bytes()
}

/// The lines that [`call_of`] leads to, in a member.
pub(crate) fn call_lines(member: &str, word: &str) -> Vec<String> {
    let args = 11 + 1 + 4 + word.len() as u64;
    vec![
        format!("{member}@0 import os.system"),
        format!("{member}@{} call os.system('{word}',)", args + 1),
        format!("{member}@{} stop os.system(…)", args + 2),
    ]
}
