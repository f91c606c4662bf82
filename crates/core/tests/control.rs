//! Scans that are ended early: what was found stands, what was not examined is told.
#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

use weighbridge::{
    CancelToken, Control, Detail, Input, Limits, Listed, Options, Progress, Report, ScanError,
    Scanner, TraceEffect, Verdict, decompile_under, inspect_under, list_under, trace_under,
};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

/// A call, which costs nothing to find.
const CALL: &[u8] = b"cos\nsystem\n(S'inert words'\ntR";
/// Far more than is examined between two times of asking.
const LONG: usize = 8 << 20;

fn repeated(unit: &[u8], end: &[u8]) -> Vec<u8> {
    let mut bytes = CALL.to_vec();
    bytes.extend(unit.iter().cycle().take(LONG / unit.len() * unit.len()));
    bytes.extend(end);
    bytes
}

/// Inputs that keep each part of the analysis busy, all of them behind a call.
fn busy() -> Vec<(&'static str, Vec<u8>)> {
    let string = [&b"U\x20\x80\x04cos\nsystem\n"[..], &[b'a'; 19], b"0"].concat();
    let member = [CALL, b"N."].concat();
    let many = (0..3000).fold(ZipBuilder::new(), |zip, number| {
        zip.entry(Entry::stored(&format!("{number}.pkl"), &member))
    });
    vec![
        ("hot loop", repeated(b"K\x010", b"N.")),
        ("full steps", repeated(b"NQ0", b"N.")),
        ("pickles", repeated(b"N.", b"N.")),
        ("junk", repeated(b".\x80\x02K\x01", b"")),
        ("strings", repeated(&string, b"N.")),
        ("members", many.bytes()),
    ]
}

fn gap_of(report: &Report) -> (&'static str, Option<&'static str>) {
    let gap = report.coverage.gaps.last().unwrap();
    (gap.reason, gap.limit)
}

#[test]
fn what_is_cancelled_before_it_begins_is_unknown() {
    let token = CancelToken::new();
    token.cancel();
    let control = Control::new().with_token(token);
    for (name, bytes) in busy() {
        let ended = Scanner::new().scan(Input::bytes(name, &bytes), &control);
        let Err(ScanError::Cancelled(report)) = ended else {
            panic!("{name}")
        };
        assert_eq!(report.verdict, Verdict::Unknown, "{name}");
        assert_eq!(gap_of(&report), ("cancelled", None));
        assert_eq!(report.coverage.gaps.len(), 1, "{name}");
    }
}

#[test]
fn a_scan_ends_soon_after_it_is_cancelled_and_keeps_what_it_found() {
    for (name, bytes) in busy() {
        let token = CancelToken::new();
        let (first, last) = (Cell::new(None), Cell::new(0));
        let tell = |progress: Progress| {
            assert_eq!(progress.total, bytes.len() as u64);
            token.cancel();
            first.set(first.get().or(Some(progress.reached)));
            last.set(progress.reached);
        };
        let control = Control::new()
            .with_token(token.clone())
            .with_progress(&tell);
        let ended = Scanner::new().scan(Input::bytes(name, &bytes), &control);
        // What is shorter than a step is told of at its end only.
        if bytes.len() < 2 << 20 {
            assert_eq!(
                (ended.is_ok(), first.get()),
                (true, Some(last.get())),
                "{name}"
            );
            continue;
        }
        let report = ended.unwrap_err().into_partial().unwrap();
        assert_eq!(report.verdict, Verdict::Malicious, "{name}");
        assert_eq!(gap_of(&report), ("cancelled", None), "{name}");
        assert!(last.get() < first.get().unwrap() + (2 << 20), "{name}");
    }
}

#[test]
fn a_scan_ends_when_its_time_is_up() {
    let bytes = repeated(b"K\x010", b"N.");
    let deadline = ("limit-reached", Some("deadline"));
    let control = Control::new().with_timeout(Duration::ZERO);
    let ended = Scanner::new().scan(Input::bytes("x", &bytes), &control);
    let Err(ScanError::DeadlineExceeded(report)) = ended else {
        panic!()
    };
    assert_eq!(gap_of(&report), deadline);
    // As a limit, it is told by scans that cannot fail as well.
    let limits = Limits::default().with_max_time(Duration::ZERO);
    let scanner = Scanner::builder().limits(limits).build();
    let report = scanner.scan_bytes("x", &bytes);
    assert_eq!(
        (report.verdict, gap_of(&report)),
        (Verdict::Unknown, deadline)
    );
    // With time enough, the report is that without a bound.
    let control = Control::new().with_timeout(Duration::from_secs(3600));
    let report = Scanner::new().scan(Input::bytes("x", &bytes), &control);
    assert_eq!(report.unwrap(), Scanner::new().scan_bytes("x", &bytes));
}

/// The other views end as soon, and say that they are not whole.
#[test]
fn views_end_soon_after_they_are_cancelled() {
    let options = Options::default();
    for (name, bytes) in busy().into_iter().take(1) {
        let under = |view: &dyn Fn(&Control<'_>)| {
            let token = CancelToken::new();
            let last = Cell::new(0);
            let tell = |progress: Progress| {
                token.cancel();
                last.set(progress.reached);
            };
            view(
                &Control::new()
                    .with_token(token.clone())
                    .with_progress(&tell),
            );
            assert!(last.get() < 4 << 20, "{name}: {}", last.get());
        };
        under(&|control| {
            let mut gaps = Vec::new();
            trace_under(&bytes, name, &options, control, &mut |record| {
                if let TraceEffect::Gap { reason, .. } = &record.effect {
                    gaps.push(reason.clone());
                }
                ControlFlow::Continue(())
            });
            assert_eq!(gaps.last().map(String::as_str), Some("cancelled"), "{name}");
        });
        under(&|control| {
            let held = inspect_under(&bytes, name, &options, control);
            assert!(!held.complete, "{name}");
        });
        under(&|control| {
            let mut each = |_: &Listed<'_>| ControlFlow::Continue(());
            let examined = list_under(&bytes, name, &options, control, &mut each);
            assert!(!examined.is_complete(), "{name}");
        });
        under(&|control| {
            let mut each = |_: &str| ControlFlow::Continue(());
            let short = Detail::Short;
            let examined = decompile_under(&bytes, name, &options, control, short, &mut each);
            assert!(!examined.is_complete(), "{name}");
        });
    }
}

#[test]
fn a_path_that_cannot_be_opened_has_no_partial_report() {
    let path = std::path::Path::new("/nowhere/at/all.pkl");
    let error = Scanner::new().scan(Input::path(path), &Control::new());
    let error = error.unwrap_err();
    assert_eq!(error.to_string(), "there is no such file");
    assert!(error.into_partial().is_none());
}

#[test]
fn each_limit_is_named_where_it_is_reached() {
    // Longer than what goes by between two looks at limits.
    let call = [CALL, &b"(N\x94".repeat(20_000), b"."].concat();
    let inner = ZipBuilder::new().entry(Entry::deflated("a", &call)).bytes();
    let zip = ZipBuilder::new()
        .entry(Entry::deflated("inner.zip", &inner))
        .entry(Entry::deflated("b", &call))
        .bytes();
    let limits = Limits::default;
    for (name, limits, bytes) in [
        ("bytes", limits().with_max_bytes(9), &call),
        ("instructions", limits().with_max_instructions(500), &call),
        ("stack", limits().with_max_stack(200), &call),
        ("memo", limits().with_max_memo(100), &call),
        ("nesting", limits().with_max_nesting(1), &zip),
        ("members", limits().with_max_members(1), &zip),
        ("spool-bytes", limits().with_max_spool_bytes(20), &zip),
        ("expanded-bytes", limits().with_max_expanded_bytes(20), &zip),
    ] {
        let report = Scanner::builder().limits(limits).build();
        let report = report.scan_bytes("x", bytes);
        let reached = report.coverage.gaps.iter().filter_map(|gap| gap.limit);
        assert!(
            reached.clone().any(|limit| limit == name),
            "{name}: {report:?}"
        );
        assert_ne!(report.verdict, Verdict::Clean);
    }
}
