"""Objects that lie, raise and change their minds: an exception, never a crash, and never `clean`."""

import io
import mmap
import sys
import threading

import pytest
import weighbridge
from conftest import HARMFUL, PLAIN


class Reader:
    """A file object that behaves as it is told."""

    def __init__(self, data=HARMFUL, **methods):
        self.file = io.BytesIO(data)
        for name, method in methods.items():
            setattr(self, name, method)

    def read(self, size):
        return self.file.read(size)

    def seek(self, *where):
        return self.file.seek(*where)

    def tell(self):
        return self.file.tell()


class Broken(Exception):
    pass


def raising(*_):
    raise Broken


@pytest.mark.parametrize("method", ["read", "seek", "tell", "seekable"])
def test_what_a_file_raises_is_raised(method):
    with pytest.raises(Broken):
        weighbridge.scan(Reader(**{method: raising}))


@pytest.mark.parametrize(
    ("read", "error"),
    [
        (lambda size: "text", TypeError),
        (lambda size: None, TypeError),
        (lambda size: bytearray(b"N."), TypeError),
        (lambda size: b"N" * (size + 1), ValueError),
    ],
)
def test_a_read_that_gives_something_else_is_an_error(read, error):
    with pytest.raises(error):
        weighbridge.scan(Reader(read=read))
    with pytest.raises(error):
        weighbridge.scan(Reader(read=read, seekable=lambda: False))


@pytest.mark.parametrize("tell", [lambda: -1, lambda: 2**70, lambda: "0", lambda: None])
def test_a_position_that_is_none_is_an_error(tell):
    with pytest.raises((OverflowError, TypeError)):
        weighbridge.scan(Reader(tell=tell))


def test_a_file_that_is_shorter_than_it_says_is_never_clean():
    report = weighbridge.scan(Reader(PLAIN, seek=lambda where, whence=0: 1 << 40 if whence == 2 else 0))
    assert report.verdict == "unknown" and not report.coverage.complete


def test_a_seek_that_says_nothing_is_asked_where_it_is():
    class Silent(io.BytesIO):
        def seek(self, *where):
            super().seek(*where)

    file = Silent(PLAIN + HARMFUL)
    file.seek(len(PLAIN))
    assert weighbridge.scan(file).verdict == "malicious"
    assert file.tell() == len(PLAIN)


def test_a_seek_that_goes_elsewhere_is_a_gap():
    class Astray(io.BytesIO):
        def seek(self, where, whence=0):
            return super().seek(where, whence) + (whence == 0)

    report = weighbridge.scan(Astray(PLAIN))
    assert report.verdict == "unknown"
    assert "seek(0) came to 1" in report.coverage.gaps[0].detail


@pytest.mark.parametrize(
    ("given", "hint"),
    [("text", "str, where bytes are wanted; open the file in binary mode"), (None, "NoneType, .*make it block"), (bytearray(b"N."), "bytearray, where bytes are wanted$")],
)
def test_a_read_that_gives_no_bytes_is_told_what_to_do(given, hint):
    for seekable in (True, False):
        with pytest.raises(TypeError, match=r"read\(\) gave " + hint):
            weighbridge.scan(Reader(read=lambda size: given, seekable=lambda: seekable))


def test_a_buffer_that_cannot_be_had_says_why():
    view = memoryview(bytearray(PLAIN))
    view.release()
    with pytest.raises(ValueError, match="released memoryview"):
        weighbridge.scan(view)


def test_bytes_that_are_also_a_path_are_bytes():
    class Both(bytes):
        def __fspath__(self):
            return "nothing.pkl"

    assert weighbridge.scan(Both(HARMFUL)).verdict == "malicious"


def test_a_file_may_scan_while_it_is_scanned():
    inner = []

    def read(size):
        inner.append(weighbridge.scan(HARMFUL).verdict)
        return file.file.read(size)

    file = Reader(PLAIN, read=read)
    assert weighbridge.scan(file).verdict == "clean"
    assert set(inner) == {"malicious"}


def test_a_len_that_lies_is_not_asked():
    class Lying(bytes):
        def __len__(self):
            return 1 << 60

    assert weighbridge.scan(Lying(HARMFUL)).verdict == "malicious"


def test_a_buffer_cannot_be_taken_away_meanwhile():
    data = bytearray(b"\x80\x02(" + b"N" * 3_000_000 + b"t.")
    refused = []

    def shrink(reached, total):
        try:
            data.clear()
        except BufferError:
            refused.append(reached)

    assert weighbridge.scan(data, progress=shrink).is_clean
    assert refused
    data.clear()


def test_a_buffer_that_changes_meanwhile_ends_in_a_report():
    data = bytearray(b"\x80\x02(" + b"N" * 20_000_000 + b"t.")
    done = threading.Event()

    def scribble():
        while not done.is_set():
            data[5:9] = b"cos\n"
            data[5:9] = b"NNNN"

    thread = threading.Thread(target=scribble)
    thread.start()
    try:
        assert weighbridge.scan(data).verdict in {"clean", "unknown", "suspicious", "malicious"}
    finally:
        done.set()
        thread.join()


def test_what_was_released_or_closed_is_an_error(tmp_path):
    view = memoryview(b"N.")
    view.release()
    with pytest.raises((ValueError, TypeError)):
        weighbridge.scan(view)
    file = io.BytesIO(PLAIN)
    file.close()
    with pytest.raises(ValueError):
        weighbridge.scan(file)
    path = tmp_path / "mapped"
    path.write_bytes(PLAIN)
    with open(path, "r+b") as opened:
        mapped = mmap.mmap(opened.fileno(), 0)
    mapped.close()
    with pytest.raises((ValueError, TypeError)):
        weighbridge.scan(mapped)


def test_a_path_that_lies_is_an_error():
    class Path:
        def __init__(self, value):
            self.value = value

        def __fspath__(self):
            if isinstance(self.value, type):
                raise self.value
            return self.value

    with pytest.raises(Broken):
        weighbridge.scan(Path(Broken))
    with pytest.raises(TypeError):
        weighbridge.scan(Path(5))
    with pytest.raises((OSError, ValueError)):
        weighbridge.scan("nul\0byte")


def test_attributes_that_raise_are_not_swallowed():
    class Evil:
        def __getattr__(self, name):
            raise Broken

    with pytest.raises(Broken):
        weighbridge.scan(Evil())


def test_deep_recursion_of_python_is_an_exception():
    def read(size):
        return weighbridge.scan(Reader(read=read)).to_json().encode()

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        with pytest.raises(RecursionError):
            weighbridge.scan(Reader(read=read))
    finally:
        sys.setrecursionlimit(limit)


def test_what_raised_is_not_asked_again():
    asked = []

    def read(size):
        asked.append(size)
        raise Broken

    with pytest.raises(Broken):
        weighbridge.scan(Reader(read=read))
    assert len(asked) == 1


def test_options_that_lie_are_exceptions():
    class Index:
        def __index__(self):
            raise Broken

    with pytest.raises((Broken, weighbridge.OptionError)):
        weighbridge.scan(PLAIN, max_bytes=Index())

    def endless():
        yield "a.b"
        raise Broken

    with pytest.raises(Broken):
        weighbridge.scan(PLAIN, allow=endless())
    with pytest.raises(TypeError):
        weighbridge.scan(PLAIN, cancel="now")
    with pytest.raises(TypeError):
        weighbridge.scan(PLAIN, timeout="1")
    with pytest.raises(TypeError):
        weighbridge.scan(b"\x80\x02(" + b"N" * 3_000_000 + b"t.", progress=5)
