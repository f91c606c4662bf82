"""Writes the pickles that the benches run on, and times CPython's own unpickler on them.

    python3 corpus.py write DIR        writes DIR/<name>.pkl for every name
    python3 corpus.py time FILE N      prints N times in seconds of pickle.loads on FILE, one a line

Timing drops each result before the next load and leaves the garbage collector as it is by default.
"""

import collections
import datetime
import decimal
import hashlib
import pickle
import sys
import time
from pathlib import Path


def dicts(tag):
    return [
        {"id": i, "name": "name %d" % i, "score": i * 0.5, "tag": tag(i)}
        for i in range(300_000)
    ]


def objects(count):
    day = datetime.datetime(2026, 1, 1)
    return [
        (day + datetime.timedelta(minutes=i), collections.OrderedDict(size=i), decimal.Decimal(i))
        for i in range(count)
    ]


def documents(count):
    words = "a model is weighed at the gate and looked at under its tarpaulin".split()
    return [" ".join(words[(i * k) % len(words)] for k in range(5, 80)) for i in range(count)]


def corpus():
    """Name and bytes of every pickle."""
    rows = dicts(lambda i: "tag %d" % (i % 1000 if i % 3 else i))
    yield "dicts", pickle.dumps(rows, 4)
    yield "dicts-p2", pickle.dumps(rows, 2)
    yield "ints", pickle.dumps(list(range(5_000_000)), 4)
    yield "floats", pickle.dumps({"key %d" % i: i * 0.25 for i in range(1_000_000)}, 4)
    yield "text", pickle.dumps(rows[:60_000], 0)
    yield "objects", pickle.dumps(objects(100_000), 4)
    yield "documents", pickle.dumps(documents(40_000), 4)
    yield "digests", pickle.dumps([hashlib.sha256(b"%d" % i).hexdigest() for i in range(300_000)], 4)


def write(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in corpus():
        target = folder / (name + ".pkl")
        if not target.exists():
            part = folder / (name + ".part")
            part.write_bytes(data)
            part.rename(target)


def clock(path, count):
    data = Path(path).read_bytes()
    for _ in range(count):
        begin = time.perf_counter()
        loaded = pickle.loads(data)
        print(time.perf_counter() - begin, flush=True)
        del loaded


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        clock(sys.argv[2], int(sys.argv[3]))
