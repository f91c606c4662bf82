"""What the loaders of files that wrap pickles ask for: zipfile, tarfile, gzip, bz2, lzma, NumPy, joblib.

    python3 loaders.py CORPUS

A corpus is a sequence of files, each behind its length in four little-endian bytes. For each, one JSON
line: the globals that any loader asked for, `[loader, module, name]` with both names as hex of UTF-8;
`null` where the process that loaded it died or took too long.

Every file is loaded in a process of its own, by every loader. Whatever a pickle names is an inert
stand-in, except for the few classes that joblib and NumPy need to find their way through their own
files; nothing else is imported, and nothing that a file names is run.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import resource
import signal
import struct
import sys
import tarfile
import warnings
import zipfile

import joblib
import joblib.numpy_pickle as numpy_pickle
import numpy
from joblib.compressor import BinaryZlibFile

# For one loader; for all of them.
SECONDS, SECONDS_IN_ALL = 0.3, 3
MEMORY = 2 << 30
# How many pickles are loaded from one file, and from how many members of an archive.
LOADS, MEMBERS = 6, 20
LONGEST = 1 << 24

NEEDED = {
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): numpy_pickle.NumpyArrayWrapper,
    ("numpy", "dtype"): numpy.dtype,
    ("numpy", "ndarray"): numpy.ndarray,
}
for core in ("numpy.core", "numpy._core"):
    NEEDED[core + ".multiarray", "_reconstruct"] = numpy._core.multiarray._reconstruct

asked = []
loader = ""


class Inert:
    """Takes every call, state and item, and does nothing."""

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return Inert()

    def ignore(self, *args):
        pass

    __setstate__ = __setitem__ = append = extend = add = update = ignore


def find_class(self, module, name):
    asked.append((loader, module, name))
    return NEEDED.get((module, name)) or type("Inert", (Inert,), {})


class InC(pickle.Unpickler):
    find_class = find_class
    persistent_load = lambda self, pid: None


class InPython(pickle._Unpickler):
    find_class = find_class
    persistent_load = lambda self, pid: None


# joblib's own, and what NumPy and joblib call for arrays of objects.
numpy_pickle.NumpyUnpickler.find_class = find_class
pickle.load = lambda file, **options: InC(file, **options).load()


def attempt(name, load):
    """Loads; whatever goes wrong then, what was asked for counts."""
    global loader
    loader = name
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return load()
    except Exception:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def too_long(*args):
    raise TimeoutError


def pickles(name, opened):
    """Loads the pickles of a file, one behind the other, with both unpicklers."""

    def load(unpickler):
        file = opened()
        for _ in range(LOADS):
            unpickler(file).load()

    attempt(name + " in C", lambda: load(InC))
    attempt(name + " in Python", lambda: load(InPython))


def wrapped(name, data):
    """Loads a content as pickles, as it is and decompressed, as an array, and with joblib."""
    opened = lambda: io.BytesIO(data)
    pickles(name + "pickle", opened)
    for codec, open_packed in (
        ("gzip", lambda: gzip.GzipFile(fileobj=opened())),
        ("bz2", lambda: bz2.BZ2File(opened())),
        ("lzma", lambda: lzma.LZMAFile(opened())),
        ("zlib", lambda: BinaryZlibFile(opened(), "rb")),
    ):
        pickles(name + codec, open_packed)
    attempt(name + "numpy.load", lambda: arrays(opened()))
    attempt(name + "joblib.load", lambda: joblib.load(opened()))


def arrays(file):
    loaded = numpy.load(file, allow_pickle=True)
    if isinstance(loaded, numpy.lib.npyio.NpzFile):
        for key in loaded.files[:MEMBERS]:
            attempt("numpy.load", lambda: loaded[key])


def archives(data):
    archive = attempt("zipfile", lambda: zipfile.ZipFile(io.BytesIO(data)))
    for entry in archive.infolist()[:MEMBERS] if archive else ():
        # A wrong checksum is told at the end; what unpickles as it reads is done by then.
        pickles("zipfile, ", lambda: archive.open(entry))
        inner = attempt("zipfile", lambda: archive.open(entry).read(LONGEST))
        if inner:
            wrapped("zipfile, ", inner)
    archive = attempt("tarfile", lambda: tarfile.open(fileobj=io.BytesIO(data)))
    for _ in range(MEMBERS if archive else 0):
        entry = attempt("tarfile", archive.next)
        if entry is None:
            break
        inner = attempt("tarfile", lambda: archive.extractfile(entry).read(LONGEST))
        if inner:
            wrapped("tarfile, ", inner)


def in_child(data):
    """Everything that is asked for, as it is written by a process of its own."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        signal.signal(signal.SIGALRM, too_long)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_IN_ALL, SECONDS_IN_ALL))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            wrapped("", data)
            archives(data)
            text = lambda words: words.encode("utf-8", "surrogatepass").hex()
            told = sorted({(name, text(module), text(word)) for name, module, word in asked})
            line = json.dumps(told).encode() + b"\n"
            while line:
                line = line[os.write(into, line):]
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as file:
        line = file.read()
    os.waitpid(child, 0)
    return line.decode().strip() if line.endswith(b"\n") else "null"


def main(path):
    warnings.simplefilter("ignore")
    # What loaders and the interpreter say of files that are wrong is not for anyone.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with open(path, "rb") as corpus:
        while head := corpus.read(4):
            (length,) = struct.unpack("<I", head)
            print(in_child(corpus.read(length)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
