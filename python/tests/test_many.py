"""Scanning many files."""

import io
import itertools
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import weighbridge
from conftest import HARMFUL, PLAIN


@pytest.fixture
def tree(tmp_path):
    paths = []
    for number in range(200):
        path = tmp_path / f"{number:03}.pkl"
        path.write_bytes(HARMFUL if number % 7 == 0 else PLAIN * (number * 50))
        paths.append(path)
    return paths


@pytest.mark.parametrize("workers", [None, 1, 2, 8])
def test_reports_come_in_the_order_of_the_paths(tree, workers):
    reports = list(weighbridge.scan_many(tree, workers=workers))
    assert [report.path for report in reports] == [str(path) for path in tree]
    assert [report.to_json() for report in reports] == [weighbridge.scan(path).to_json() for path in tree]


def test_paths_are_drawn_on_as_reports_are_taken(tree):
    drawn = []

    def paths():
        for path in itertools.cycle(tree):
            drawn.append(path)
            yield path

    with weighbridge.scan_many(paths(), workers=2) as reports:
        for _ in range(10):
            next(reports)
        assert len(drawn) <= 10 + 2 * 4
    assert list(reports) == []


def test_a_file_that_cannot_be_opened_has_a_report_too(tmp_path, plain):
    reports = list(weighbridge.scan_many([tmp_path / "nothing", plain, tmp_path]))
    assert [report.verdict for report in reports] == ["unknown", "clean", "unknown"]
    assert [gap.reason for gap in reports[0].coverage.gaps] == ["io"]


def test_what_the_paths_raise_comes_after_the_reports_before(plain):
    class Broken(Exception):
        pass

    def paths():
        yield plain
        yield plain
        raise Broken

    reports = weighbridge.scan_many(paths())
    assert next(reports).is_clean and next(reports).is_clean
    with pytest.raises(Broken):
        next(reports)
    assert list(reports) == []
    with pytest.raises(TypeError):
        list(weighbridge.scan_many([5]))


def test_progress_counts_and_may_end_it(tree):
    told = []
    assert len(list(weighbridge.scan_many(tree, progress=told.append))) == 200
    assert told == list(range(1, 201))

    def stop(count):
        raise RuntimeError("enough")

    reports = weighbridge.scan_many(tree, progress=stop)
    with pytest.raises(RuntimeError, match="enough"):
        next(reports)
    assert list(reports) == []


@pytest.mark.parametrize("workers", [0, -1, 257, 1.5, True, "2"])
def test_workers_are_a_small_number(workers):
    with pytest.raises(weighbridge.OptionError, match="workers: "):
        weighbridge.scan_many([], workers=workers)


@pytest.mark.parametrize("paths", ["model.pt", b"model.pt"])
def test_one_path_is_no_list_of_paths(paths):
    with pytest.raises(TypeError, match="paths are wanted, not one"):
        weighbridge.scan_many(paths)


def test_a_token_ends_it(tree):
    token = weighbridge.CancelToken()
    reports = weighbridge.scan_many(itertools.cycle(tree), cancel=token)
    next(reports)
    token.cancel()
    with pytest.raises(weighbridge.ScanError, match="cancelled"):
        for _ in reports:
            pass


def test_its_own_end_cancels_no_token(plain):
    token = weighbridge.CancelToken()
    assert len(list(weighbridge.scan_many([plain] * 3, cancel=token))) == 3
    with weighbridge.scan_many([plain] * 3, cancel=token) as reports:
        next(reports)
    with pytest.raises(ZeroDivisionError):
        list(weighbridge.scan_many([plain], cancel=token, progress=lambda count: 1 / 0))
    assert not token.cancelled
    token.cancel()
    with pytest.raises(weighbridge.Cancelled):
        next(weighbridge.scan_many([plain], cancel=token))


def test_each_file_has_its_time(tmp_path, plain):
    big = tmp_path / "big.pkl"
    big.write_bytes(b"\x80\x02(" + b"N" * 60_000_000 + b"t.")
    reports = weighbridge.scan_many([plain, big, plain], timeout=0.02)
    assert next(reports).is_clean
    with pytest.raises(weighbridge.ScanTimeout) as caught:
        next(reports)
    assert caught.value.report.path == str(big) and caught.value.report.verdict == "unknown"
    assert list(reports) == []
    assert [report.verdict for report in weighbridge.Scanner().scan_many([plain], timeout=60)] == ["clean"]


def test_closing_it_while_a_report_is_told_of_ends_it(plain):
    reports = weighbridge.scan_many([plain] * 10, progress=lambda count: count == 2 and reports.close())
    assert len(list(reports)) == 2


def test_paths_are_whatever_python_opens(tmp_path, plain):
    entries = [entry for entry in os.scandir(os.fsencode(tmp_path)) if entry.name == b"plain.pkl"]
    assert [report.path for report in weighbridge.scan_many(entries)] == [str(plain)]
    for thing in (PLAIN, bytearray(PLAIN), 5, None, io.BytesIO(PLAIN)):
        with pytest.raises(TypeError, match=f"a path is wanted, not {type(thing).__name__}; use scan"):
            list(weighbridge.scan_many([thing]))
    with pytest.raises(TypeError, match="paths are wanted, not one"):
        weighbridge.scan_many(plain)


def test_an_iterator_that_is_dropped_leaves_no_thread(tree):
    def threads():
        return sum(name.startswith("weighbridge-") for name in names())

    def names():
        for task in os.listdir("/proc/self/task"):
            try:
                with open(f"/proc/self/task/{task}/comm") as file:
                    yield file.read().strip()
            except (FileNotFoundError, ProcessLookupError):
                pass

    reports = weighbridge.scan_many(itertools.cycle(tree), workers=4)
    def come_to(count):
        deadline = time.monotonic() + 10
        while threads() != count and time.monotonic() < deadline:
            time.sleep(0.01)
        return threads() == count

    next(reports)
    assert come_to(4)
    del reports
    assert come_to(0)


def test_two_threads_cannot_wait_for_one_iterator(tmp_path):
    big = tmp_path / "big.pkl"
    big.write_bytes(b"\x80\x02(" + b"N" * 60_000_000 + b"t.")
    reports = weighbridge.scan_many([big] * 4, workers=1)
    begun = threading.Event()

    def take():
        begun.set()
        with pytest.raises(weighbridge.ScanError, match="cancelled"):
            list(reports)

    thread = threading.Thread(target=take)
    thread.start()
    begun.wait()
    time.sleep(0.05)
    try:
        with pytest.raises(ValueError, match="another thread"):
            next(reports)
    finally:
        reports.close()
        thread.join(20)
    assert not thread.is_alive()


INTERRUPTED = """
import signal, sys, weighbridge
signal.signal(signal.SIGINT, signal.default_int_handler)
print("begun", flush=True)
try:
    for report in {what}:
        pass
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(7)
"""


@pytest.mark.parametrize(
    "what",
    [
        "weighbridge.scan_many([sys.argv[1]] * 1000, workers=2)",
        "(weighbridge.scan(sys.argv[1]) for _ in range(1000))",
        "(weighbridge.trace(sys.argv[1]) for _ in range(1000))",
    ],
)
def test_an_interrupt_ends_it_at_once(tmp_path, what):
    big = tmp_path / "big.pkl"
    big.write_bytes(b"\x80\x02(" + b"N" * 60_000_000 + b"t.")
    program = INTERRUPTED.format(what=what)
    with subprocess.Popen([sys.executable, "-c", program, str(big)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "begun\n"
        time.sleep(0.3)
        begin = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.wait(20) == 7
        assert time.monotonic() - begin < 5
        assert child.stdout.read() == "interrupted\n"
