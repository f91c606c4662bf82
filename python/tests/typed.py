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


def convert(path: pathlib.Path, out: str) -> dict[str, tuple[int, ...]]:
    done = weighbridge.convert(
        path, out, key="state_dict", metadata={"format": "pt"}, shard_size="5GB", dtype="bfloat16", tied="duplicate", skip=True, force=True,
        dry_run=True, extras=path.with_suffix(".json"), progress=print, cancel=weighbridge.CancelToken(), max_members=5,
    )  # fmt: skip
    assert_type(done.files[0].size, int)
    assert_type(done.aliases, tuple[weighbridge.Alias, ...])
    assert_type(done.code[0].reason, str | None)
    weighbridge.convert(path, shard_size=5, dtype=None)
    weighbridge.convert(path, dtype="int8")  # type: ignore[arg-type]
    try:
        weighbridge.convert(path)
    except weighbridge.ConvertError as error:
        assert_type(error.refused, list[tuple[str, str]])
    return {tensor.name: tensor.shape for tensor in done.tensors}


def tensors(path: str) -> int:
    with weighbridge.load_tensors(path, framework="torch", mapped=False, max_bytes=2**40) as tensors:
        for name, array in tensors.items():
            print(name, array, tensors.info(name).strides)
        try:
            tensors["refused"]
        except weighbridge.TensorRefused as refused:
            assert_type(refused.why, str)
        assert_type(tensors.raw("w"), memoryview)
        assert_type(tensors.refused, tuple[tuple[str, str], ...])
    weighbridge.load_tensors(b"", framework="jax")  # type: ignore[arg-type]
    difference = weighbridge.diff(path, b"", cancel=None)
    assert_type(difference.changed[0].shapes, tuple[tuple[int, ...], tuple[int, ...]])
    return difference.same


async def trees(folder: pathlib.Path) -> list[str]:
    found = weighbridge.inventory(
        [folder, "src"], include="*.py", exclude=["tests/"], threads=2, config=folder / "own.toml", timeout=1, cancel=weighbridge.CancelToken(),
        applications=[{"path": "search", "owner": "us"}, {"path": ".", "criticality": None}], progress=print, max_files=5, max_file_bytes=None, scan=False, caches=None,
    )  # fmt: skip
    assert_type(await weighbridge.ainventory(folder), weighbridge.Inventory)
    reference = found.references[0]
    assert_type(reference.flags.weights_only, bool | Literal["dynamic"] | None)
    assert_type(reference.flags.code_revision, weighbridge.Revision | None)
    assert_type(reference.location.line, int | None)
    assert_type(found.applications, tuple[weighbridge.Application, ...])
    assert_type(found.to_cyclonedx("1.7"), str)
    assert_type(found.models[0].files[0].bytes, int | None)
    assert_type(found.models[0].used_by, tuple[weighbridge.Use, ...])
    if reference.hub == "hugging-face":  # type: ignore[comparison-overlap]
        pass
    found.to_cyclonedx("1.5")  # type: ignore[arg-type]
    weighbridge.inventory(folder, applications=[{"owner": "us"}])  # type: ignore[typeddict-item]
    weighbridge.inventory(folder, max_nesting=5)  # type: ignore[call-arg]
    try:
        weighbridge.inventory(iter(["src"]))
    except weighbridge.InventoryTimeout as error:
        assert_type(error.inventory, weighbridge.Inventory)
    return [f"{finding.rule} {finding.location.line}" for finding in found.findings]


def views(path: str) -> None:
    scanner = weighbridge.Scanner(deep=None, hash=None)
    assert_type(scanner.trace(path, timeout=1, cancel=None, name=None), tuple[weighbridge.TraceRecord, ...])
    assert_type(scanner.decompile(path, full=True), str)
    assert_type(scanner.inspect(pathlib.Path(path)).totals.tensors, int)
    for entry in os.scandir(os.fsencode(path)):
        weighbridge.scan(entry, name=pathlib.Path(path))
        next(weighbridge.scan_many([entry], timeout=5.0, cancel=weighbridge.CancelToken(), progress=print))
    try:
        weighbridge.safetensors_header(path, timeout=1)
    except weighbridge.TimedOut as error:
        assert_type(error.errno, int | None)


asyncio.run(main())
