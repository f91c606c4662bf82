"""A program that uses every type of the package; it is checked by mypy --strict, not run."""

import asyncio
import io
import mmap
import os
import pathlib
from collections.abc import Iterator
from typing import Literal, assert_type

import weighbridge
from weighbridge.testing import assert_clean


def verdicts(folder: pathlib.Path) -> Iterator[tuple[str, str]]:
    with weighbridge.scan_many(folder.rglob("*.pt"), workers=2, progress=print, hash=True) as reports:
        for report in reports:
            yield report.path, report.verdict


def why(report: weighbridge.Report) -> list[str]:
    words = [f"{finding.severity} {finding.rule} at {finding.location.offset}: {finding.message}" for finding in report.findings]
    return words + [f"{gap.reason}: {gap.detail}" for gap in report.coverage.gaps]


def everything_that_can_be_scanned(path: pathlib.Path, mapped: mmap.mmap) -> None:
    scanner = weighbridge.Scanner(allow={"a.b": "ours"}, ignore=["PKL104"], max_bytes=None, deep=True)
    given: list[str | os.PathLike[str] | bytes | bytearray | memoryview | mmap.mmap] = ["a", path, b"", bytearray(), memoryview(b""), mapped]
    for thing in given:
        assert_type(weighbridge.scan(thing, timeout=1.5, name=None), weighbridge.Report)
        assert_type(scanner.scan(thing, cancel=weighbridge.CancelToken()), weighbridge.Report)
    with open(path, "rb") as file:
        assert_type(weighbridge.scan(file), weighbridge.Report)
    weighbridge.scan(io.BytesIO(b""))
    weighbridge.scan(5)  # type: ignore[arg-type]
    weighbridge.scan(b"", max_byte=1)  # type: ignore[call-arg]


async def main() -> None:
    report = await weighbridge.ascan(b"", scanner=weighbridge.Scanner())
    assert_type(report.verdict, Literal["clean", "unknown", "suspicious", "malicious"])
    assert_type(report.size, int | None)
    assert_type(report.globals, tuple[weighbridge.Global, ...])
    assert_type(weighbridge.trace(b"")[0].effect, str)
    assert_type(weighbridge.decompile(b"", full=True), str)
    assert_type(weighbridge.disassemble(b"", name="x"), str)
    assert_type(assert_clean(b"", max_bytes=5), weighbridge.Report)
    try:
        weighbridge.scan(b"")
    except weighbridge.ScanTimeout as error:
        assert_type(error.report, weighbridge.Report)
        raise TimeoutError from error


asyncio.run(main())
