"""Scanning one thing: what may be given, and what comes back."""

import array
import copy
import io
import json
import mmap
import multiprocessing
import os
import pathlib
import pickle
import threading
import time

import pytest
import weighbridge
from conftest import HARMFUL, PLAIN, TENSORS, safetensors


class PathLike:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return os.fspath(self.path)


def given(kind, path):
    """The harmful file, given in every way."""
    data = path.read_bytes()
    if kind == "str":
        return str(path)
    if kind == "path":
        return path
    if kind == "pathlike":
        return PathLike(path)
    if kind == "bytes":
        return data
    if kind == "bytearray":
        return bytearray(data)
    if kind == "memoryview":
        return memoryview(data)
    if kind == "strided":
        return memoryview(bytes(byte for byte in data for _ in range(2)))[::2]
    if kind == "array":
        return array.array("B", data)
    if kind == "subclass":
        return type("Bytes", (bytes,), {"__len__": lambda self: 3})(data)
    if kind == "mmap":
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if kind == "file":
        return open(path, "rb")
    if kind == "raw":
        return open(path, "rb", buffering=0)
    return io.BytesIO(data)


KINDS = ["str", "path", "pathlike", "bytes", "bytearray", "memoryview", "strided", "array", "subclass", "mmap", "file", "raw", "bytesio"]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_holds_bytes_can_be_scanned(kind, harmful):
    report = weighbridge.scan(given(kind, harmful), name="upload.pkl")
    assert report.to_json() == weighbridge.scan(HARMFUL, name="upload.pkl").to_json()
    assert report.verdict == "malicious"
    assert [finding.rule for finding in report.findings] == ["PKL101"]
    assert report.path == "upload.pkl"


def test_a_path_names_itself(harmful):
    assert weighbridge.scan(harmful).path == str(harmful)
    assert weighbridge.scan(HARMFUL).path == "bytes"
    with open(harmful, "rb") as file:
        assert weighbridge.scan(file).path == str(harmful)


def test_a_file_is_read_from_its_position_and_gets_it_back():
    file = io.BytesIO(HARMFUL + PLAIN)
    file.seek(len(HARMFUL))
    assert weighbridge.scan(file).verdict == "clean"
    assert file.tell() == len(HARMFUL)


def test_a_pipe_is_read_into_memory_within_a_bound():
    def piped(data, **options):
        reader, writer = os.pipe()
        thread = threading.Thread(target=lambda: (os.write(writer, data), os.close(writer)))
        thread.start()
        try:
            with open(reader, "rb") as file:
                return weighbridge.scan(file, **options)
        finally:
            thread.join()

    assert piped(HARMFUL).verdict == "malicious"
    with pytest.raises(weighbridge.ScanError, match="more than 10 bytes"):
        piped(HARMFUL, max_spool_bytes=10)


def test_what_cannot_be_opened_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        weighbridge.scan(tmp_path / "nothing.pkl")
    assert caught.value.filename == tmp_path / "nothing.pkl"
    with pytest.raises(IsADirectoryError):
        weighbridge.scan(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="pipe"):
        weighbridge.scan(tmp_path / "pipe")
    with pytest.raises(OSError) as caught:
        weighbridge.scan("x" * 300)
    with pytest.raises(OSError) as pythons:
        open("x" * 300)
    assert str(caught.value) == str(pythons.value)


@pytest.mark.parametrize("thing", [5, None, [1], object(), {"path": "x"}])
def test_what_holds_no_bytes_is_a_type_error(thing):
    with pytest.raises(TypeError, match="a path, bytes, a buffer or a binary file object is wanted"):
        weighbridge.scan(thing)


def test_options_are_those_of_the_library(harmful):
    unknown = b"cours.nets\nHead\n."
    assert weighbridge.scan(unknown).verdict == "suspicious"
    allowed = weighbridge.scan(unknown, allow="ours.nets.Head:import")
    assert (allowed.verdict, allowed.allowed[0].permit) == ("clean", ("import",))
    assert weighbridge.scan(unknown, allow={"ours.nets.Head": "our own"}).allowed[0].reason == "our own"
    assert weighbridge.scan(unknown, ignore=["PKL104"]).ignored[0].findings == 1
    assert weighbridge.scan(PLAIN, hash=True).sha256 == "e71559db7df35982f168ca0bd6d35a0270e621095a7bfd0c3a1773ed09ae1a44"
    limited = weighbridge.scan(PLAIN, max_bytes=3)
    assert [gap.limit for gap in limited.coverage.gaps] == ["bytes"]
    assert weighbridge.scan(PLAIN, max_bytes=None).is_clean


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_bytes": -1}, "max_bytes: -1 is no whole number"),
        ({"max_bytes": 2**64}, "is no whole number"),
        ({"max_bytes": True}, "is no whole number"),
        ({"max_bytes": 1.5}, "is no whole number"),
        ({"allow": ["os.system"]}, "allow: "),
        ({"allow": [5]}, "allow: int is no str"),
        ({"allow": {"a.b": 5}}, "allow: "),
        ({"ignore": ["PKL999"]}, "ignore: there is no rule"),
        ({"deep": "yes"}, "deep: it is True or False"),
        ({"timeout": -1.0}, "timeout: -1.0 is no number of seconds"),
        ({"timeout": float("nan")}, "timeout: nan is no number of seconds"),
        ({"timeout": True}, "timeout: True is no number of seconds"),
        ({"timeout": -(10**400)}, "timeout: this int is no number of seconds"),
        ({"max_bytes": 10**5000}, "max_bytes: this int is no whole number"),
        ({"ignore": "\ud800"}, "ignore: '\\ud800' is no Unicode"),
        ({"allow": ["\ud800.x"]}, "allow: '\\ud800.x' is no Unicode"),
    ],
)
def test_an_option_that_is_wrong_says_so(options, words):
    with pytest.raises(weighbridge.OptionError) as caught:
        weighbridge.scan(PLAIN, **options)
    assert words in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, weighbridge.ScanError)


def test_an_option_that_is_none_is_a_type_error():
    with pytest.raises(TypeError, match='there is no option "max_byte"'):
        weighbridge.scan(PLAIN, max_byte=1)
    with pytest.raises(TypeError, match='there is no option "timeout"'):
        weighbridge.Scanner(timeout=1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": 5}, "name: a str is wanted, not int"),
        ({"name": b"x"}, "name: a str is wanted, not bytes"),
        ({"timeout": "1"}, "timeout: a number of seconds is wanted, not str"),
        ({"cancel": 0}, "cancel: a CancelToken is wanted, not int"),
        ({"progress": 0}, "progress: a callable is wanted, not int"),
        ({"allow": 5}, "allow: str, or an iterable of them, is wanted, not int"),
        ({"ignore": 5}, "ignore: str, or an iterable of them, is wanted, not int"),
        ({"\ud800": 5}, "there is no option"),
        ({"workers": 5}, 'there is no option "workers"; there are name, timeout, cancel, progress, allow'),
    ],
)
def test_what_is_no_such_thing_says_which_option(options, words):
    with pytest.raises(TypeError) as caught:
        weighbridge.scan(PLAIN, **options)
    assert words in str(caught.value)
    if options.keys() <= {"name", "timeout", "cancel", "progress"}:
        with pytest.raises(TypeError) as caught:
            weighbridge.Scanner().scan(PLAIN, **options)
        assert words in str(caught.value)


def test_none_is_what_an_option_is_without_it():
    nothing = dict.fromkeys(["name", "timeout", "cancel", "progress", "allow", "ignore", "deep", "hash", "max_bytes"])
    assert weighbridge.scan(PLAIN, **nothing) == weighbridge.scan(PLAIN)
    assert weighbridge.scan(PLAIN, timeout=10**400).is_clean


VIEWS = [weighbridge.trace, weighbridge.disassemble, weighbridge.decompile, weighbridge.globals_in, weighbridge.inspect]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", ["bytes", "path", "file"])
def test_other_views_end_early_too(view, kind, tmp_path):
    path = tmp_path / "long.pkl"
    path.write_bytes(long_one())
    thing = {"bytes": path.read_bytes, "path": lambda: path, "file": lambda: open(path, "rb")}[kind]()
    for call in (view, getattr(weighbridge.Scanner(), view.__name__)):
        with pytest.raises(TimeoutError) as caught:
            call(thing, timeout=0.02)
        assert isinstance(caught.value, weighbridge.TimedOut) and isinstance(caught.value, weighbridge.ScanError)
        token = weighbridge.CancelToken()
        threading.Timer(0.02, token.cancel).start()
        with pytest.raises(weighbridge.Cancelled, match="the call on mine was cancelled"):
            call(thing, cancel=token, name="mine")


def test_a_scanner_has_the_other_views(harmful):
    scanner = weighbridge.Scanner()
    for view in VIEWS:
        assert getattr(scanner, view.__name__)(harmful) == view(harmful)
    tiny = weighbridge.Scanner(max_bytes=3)
    assert [record.limit for record in tiny.trace(harmful)] == ["bytes"]
    with pytest.raises(weighbridge.Cancelled):
        token = weighbridge.CancelToken()
        token.cancel()
        weighbridge.safetensors_header(TENSORS, cancel=token, name="x", max_bytes=99)


def test_a_scanner_is_a_value():
    options = {"allow": {"ours.nets.Head": "our own", "ours.b": None}, "ignore": ["PKL104"], "hash": True, "max_bytes": 99}
    scanner = weighbridge.Scanner(**options)
    same = weighbridge.Scanner(**dict(reversed(options.items())), deep=None)
    assert scanner == same and hash(scanner) == hash(same) and scanner != weighbridge.Scanner() and scanner != 5
    assert repr(scanner) == (
        "Scanner(allow={'ours.nets.Head': 'our own', 'ours.b': None}, hash=True, ignore=('PKL104',), max_bytes=99)"
    )
    for other in (pickle.loads(pickle.dumps(scanner)), copy.copy(scanner), copy.deepcopy(scanner)):
        assert other == scanner and other.scan(HARMFUL) == scanner.scan(HARMFUL)
    drawn = weighbridge.Scanner(allow=(name for name in ["ours.nets.Head"]))
    assert pickle.loads(pickle.dumps(drawn)) == drawn


def test_another_process_scans_with_the_same_options():
    scanner = weighbridge.Scanner(hash=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(scanner.scan, [PLAIN, HARMFUL]) == [scanner.scan(PLAIN), scanner.scan(HARMFUL)]


def test_paths_are_whatever_python_opens(tmp_path):
    raw = os.fsencode(tmp_path) + b"/\xff\xfe.pkl"
    with open(raw, "wb") as file:
        file.write(HARMFUL)
    path = os.fsdecode(raw)
    expected = weighbridge.scan(path)
    assert expected.path.endswith("/\\xff\\xfe.pkl") and bytes.fromhex(expected.path_hex) == raw
    (entry,) = os.scandir(os.fsencode(tmp_path))
    assert weighbridge.scan(entry) == weighbridge.scan(PathLike(raw)) == expected
    assert weighbridge.inspect(entry).path == expected.path
    # What is named after it is named as it is.
    for name in (path, pathlib.Path(path), entry):
        assert weighbridge.scan(HARMFUL, name=name).path == expected.path
        assert weighbridge.inspect(HARMFUL, name=name).path == expected.path
    assert weighbridge.scan(PLAIN, name="\ud800").path


def test_reading_what_cannot_be_sought_ends_early_too():
    class Dripping:
        asked = 0

        def read(self, size):
            self.asked += 1
            time.sleep(0.01)
            return b"N" * 10 if self.asked < 2000 else b""

    dripping = Dripping()
    with pytest.raises(weighbridge.ScanTimeout) as caught:
        weighbridge.scan(dripping, timeout=0.05)
    assert dripping.asked < 2000 and caught.value.report.verdict == "unknown"
    for call in (weighbridge.scan, weighbridge.trace):
        dripping = Dripping()
        token = weighbridge.CancelToken()
        threading.Timer(0.05, token.cancel).start()
        with pytest.raises(weighbridge.Cancelled):
            call(dripping, cancel=token)
        assert dripping.asked < 2000


def long_one():
    """A pickle that takes seconds: some sixty million instructions."""
    return b"\x80\x02(" + b"N" * 60_000_000 + b"t."


def test_a_token_ends_a_scan_from_another_thread():
    token = weighbridge.CancelToken()
    threading.Timer(0.05, token.cancel).start()
    with pytest.raises(weighbridge.ScanCancelled) as caught:
        while True:
            weighbridge.scan(long_one(), cancel=token, name="long.pkl")
    report = caught.value.report
    assert (report.path, report.coverage.complete) == ("long.pkl", False)
    assert [gap.reason for gap in report.coverage.gaps] == ["cancelled"]
    assert str(caught.value) == "the scan of long.pkl was cancelled"
    assert token.cancelled and repr(token) == "<CancelToken cancelled=True>"


def test_a_timeout_ends_a_scan():
    with pytest.raises(TimeoutError) as caught:
        weighbridge.scan(PLAIN, timeout=0)
    assert isinstance(caught.value, weighbridge.ScanTimeout)
    assert caught.value.report.verdict == "unknown"
    assert pickle.loads(pickle.dumps(caught.value)).report == caught.value.report


def test_progress_tells_how_far_it_is(tmp_path):
    told = []
    data = b"\x80\x02(" + b"N" * 5_000_000 + b"t."
    weighbridge.scan(data, progress=lambda reached, total: told.append((reached, total)))
    assert told == sorted(told)
    assert told[-1] == (len(data), len(data))
    assert len(told) > 3


def test_what_progress_raises_ends_the_scan():
    class Enough(Exception):
        pass

    def stop(reached, total):
        raise Enough

    begin = time.monotonic()
    with pytest.raises(Enough):
        weighbridge.scan(long_one(), progress=stop)
    assert time.monotonic() - begin < 5


def test_a_scanner_serves_many_scans(harmful):
    scanner = weighbridge.Scanner(ignore=["PKL104"], hash=True)
    assert scanner.scan(harmful).verdict == "malicious"
    assert scanner.scan(PLAIN, name="plain.pkl").path == "plain.pkl"
    assert len(scanner.scan(PLAIN).sha256) == 64
    assert [report.verdict for report in scanner.scan_many([harmful])] == ["malicious"]


def test_other_views(harmful):
    assert [record.effect for record in weighbridge.trace(harmful)] == ["import", "call", "stop"]
    assert weighbridge.trace(HARMFUL)[1].args_preview == "('inert words',)"
    assert "from os import system" in weighbridge.decompile(harmful)
    assert "STRING     'inert words'" in weighbridge.disassemble(harmful)
    (listed,) = weighbridge.globals_in(harmful)
    assert (listed.resolved, listed.class_, listed.effect) == ("os.system", "dangerous", "process")
    long = pickle.dumps(["word" * 1000])
    assert len(weighbridge.decompile(long, full=True)) > len(weighbridge.decompile(long))
    with pytest.raises(FileNotFoundError):
        weighbridge.trace("nothing.pkl")
    codes = [rule.code for rule in weighbridge.rules()]
    assert codes == sorted(codes) and "PKL101" in codes
    assert json.loads(weighbridge.rules()[0].to_json())["code"] == codes[0]


def test_a_name_is_only_a_name():
    assert weighbridge.scan(pathlib.Path(__file__), name="x.pkl").path == "x.pkl"


def test_what_a_model_holds():
    inspection = weighbridge.inspect(TENSORS, name="model.safetensors")
    assert (inspection.path, inspection.formats, inspection.complete) == ("model.safetensors", ("safetensors",), True)
    assert [(tensor.name, tensor.dtype, tensor.shape, tensor.bytes) for tensor in inspection.tensors] == [
        ("layer.weight", "F32", (2, 3), 24),
        ("layer.bias", "BF16", (), 2),
    ]
    assert (inspection.totals.tensors, inspection.totals.elements, inspection.totals.bytes) == (2, 7, 26)
    assert [(entry.key, entry.value) for entry in inspection.metadata] == [("format", "pt")]


def test_the_header_of_safetensors(tmp_path):
    header = weighbridge.safetensors_header(TENSORS)
    assert header.metadata == {"format": "pt"}
    assert [(tensor.name, tensor.data_offsets) for tensor in header.tensors] == [("layer.weight", (0, 24)), ("layer.bias", (24, 26))]
    assert header.tensors[1].offset == header.data_start + 24 == len(TENSORS) - 2
    path = tmp_path / "model.safetensors"
    path.write_bytes(TENSORS)
    assert weighbridge.safetensors_header(path) == header
    # A sparse file of five gigabytes: nothing but the header is read.
    size = 5 * 2**30
    path.write_bytes(safetensors({"x": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}, 0))
    start = path.stat().st_size
    os.truncate(path, start + size)
    assert weighbridge.safetensors_header(path).tensors[0].shape == (size,)
    assert weighbridge.safetensors_header(safetensors({}, 0)).metadata is None


@pytest.mark.parametrize("data", [b"", b"\xff" * 8, b"\xff" * 7 + b"\x00" + b"{", TENSORS[:-1], safetensors({"x": 5}, 0)])
def test_a_header_that_no_loader_takes(data):
    with pytest.raises(weighbridge.HeaderError) as caught:
        weighbridge.safetensors_header(data)
    assert str(caught.value) and isinstance(caught.value, ValueError)
