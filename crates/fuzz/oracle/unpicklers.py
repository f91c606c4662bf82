"""Every unpickler of this interpreter, driven over one stream with stand-ins for all that the stream names.

What each reading does to the operands is observed, not assumed: a first run with a probing codec and with
`persistent_load` tells whether the stream ever decodes a Python 2 string or asks for a persistent id, and only then
is the run repeated for the other encodings and without `persistent_load`.
"""

import codecs
import copyreg
import io
import pickle
import re
import sys
import zlib

import _pickle
import standins

ENCODINGS = ("ASCII", "latin1", "utf-8", "bytes")
PERSISTENT = "persistent"
NO_PERSISTENT = "no-persistent"
MAX_LOADS = 5
BUFFER_SIZES = (1, 16, 64)
PROBE = "weighbridge_probe"
ALL_WAYS_EVERY = 8
FRAME = 0x95
NEXT_BUFFER = 0x97
EMPTY_STRING = re.compile(rb"U\0|T\0{4}|S''\n|S\"\"\n")
STRING_OPCODES = b"STU"


class Peek:
    """A file over bytes whose `peek` shows all that is left, so that the C unpickler reads linearly as from bytes."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def read(self, size=-1):
        end = len(self.data) if size is None or size < 0 else self.at + size
        part = self.data[self.at:end]
        self.at += len(part)
        return part

    def readline(self):
        newline = self.data.find(b"\n", self.at)
        return self.read(-1 if newline < 0 else newline + 1 - self.at)

    def readinto(self, buffer):
        part = self.read(len(buffer))
        buffer[:len(part)] = part
        return len(part)

    def peek(self, _size=0):
        return self.data[self.at:]


class CUnpickler(_pickle.Unpickler):
    def find_class(self, module, name):
        return standins.find_class(module, name)


class CPersistent(CUnpickler):
    def persistent_load(self, pid):
        return standins.persistent_load(pid)


class PyUnpickler(pickle._Unpickler):
    def find_class(self, module, name):
        return standins.find_class(module, name)


class PyPersistent(PyUnpickler):
    def persistent_load(self, pid):
        return standins.persistent_load(pid)


def buffered(size):
    """A factory of open-file look-alikes whose buffer holds `size` bytes."""
    return lambda data: io.BufferedReader(io.BytesIO(data), buffer_size=size)


VERSION = "%d.%d" % sys.version_info[:2]
OLD = sys.version_info < (3, 14)
STRICT = sys.version_info >= (3, 15)
C = "c" if OLD else "c-" + VERSION
C_FILE = "c-file" if OLD else C if STRICT else C + "-file"
PYTHON = "python" if OLD else "python-" + VERSION
FROM_BYTES = ("bytes", Peek, CUnpickler, CPersistent)
FROM_FILES = [("BytesIO", io.BytesIO, CUnpickler, CPersistent)] + [
    ("buffer of %d" % size, buffered(size), CUnpickler, CPersistent) for size in BUFFER_SIZES]
IN_PYTHON = ("BytesIO", io.BytesIO, PyUnpickler, PyPersistent)


def ways(data, everything):
    """(names of unpicklers, what the stream is fed from, file factory, class, class with persistent_load)."""
    if not everything and FRAME not in data and zlib.crc32(data) % ALL_WAYS_EVERY:
        # Without a frame the C unpickler never reads ahead: one way of feeding it stands for all.
        yield sorted({C, C_FILE}), FROM_BYTES
    else:
        yield [C], FROM_BYTES
        for way in FROM_FILES:
            yield [C_FILE], way
    yield [PYTHON], IN_PYTHON


class Probe:
    """A codec that decodes as latin-1 and remembers that it was asked."""

    used = False

    @classmethod
    def decode(cls, data, errors="strict"):
        cls.used = True
        return codecs.latin_1_decode(data, errors)


def search_probe(name):
    if name == PROBE:
        return codecs.CodecInfo(codecs.latin_1_encode, Probe.decode, name=PROBE)
    return None


codecs.register(search_probe)


def register_extensions():
    """Registers the extension codes that streams may use; the stand-in's text shows the code."""
    codes = list(range(1, 256)) + [256, 65535, 65536, 2**31 - 1]
    for code in codes:
        copyreg._inverted_registry[code] = (standins.ExtensionModule("extension"), str(code))


register_extensions()


def load_all(unpickler, mode, loads):
    """Calls `load` and returns how it ended; in the modes for several streams, once for each stream."""
    log = standins.LOG
    ends = []
    for index in range(loads):
        start = len(log.events)
        try:
            unpickler(index).load()
            end = "stop"
        except MemoryError:
            end = "memory"
        except standins.TooMany:
            end = "too-many"
        except TimeoutError:
            end = "timeout"
        except Exception:  # whatever the stream provokes is its end
            end = "error"
        ends.append(end)
        if mode != "single":
            log.events[start:] = ["%d:%s" % (index, event) for event in log.events[start:]]
        if end != "stop":
            break
    return " ".join(ends)


def run(cls, open_file, data, encoding, mode, buffers):
    """One run: (events, end, whether it asked for a persistent id)."""
    standins.LOG.begin()
    copyreg._extension_cache.clear()
    file = open_file(data)
    given = {"encoding": encoding}
    if buffers:
        given["buffers"] = iter(bytearray, None)
    if mode == "fresh":
        end = load_all(lambda _index: cls(file, **given), mode, MAX_LOADS)
    else:
        one = cls(file, **given)
        end = load_all(lambda _index: one, mode, 1 if mode == "single" else MAX_LOADS)
    return standins.LOG.events, end, standins.LOG.asked


def runs(data, mode, options):
    """Every run of one stream, merged where events and end agree: a list of dictionaries for JSON."""
    found = {}
    buffer_choices = [False, True] if options.buffers and NEXT_BUFFER in data else [False]
    for names, (fed, open_file, plain, persistent) in ways(data, options.everything):
        for buffers in buffer_choices:
            def attempt(cls, encoding):
                return run(cls, open_file, data, encoding, mode, buffers)

            for (events, end, _asked), encodings, persistence in vary(attempt, plain, persistent, suspect(data, fed)):
                readings, feeds = found.setdefault((tuple(events), end, buffers), ({}, {}))
                feeds[fed] = None
                for name in names:
                    for encoding in encodings:
                        for choice in persistence:
                            readings["%s+%s+%s" % (name, encoding, choice)] = None
    return [result(list(readings), list(feeds), events, end, mode, buffers)
            for (events, end, buffers), (readings, feeds) in found.items()]


def suspect(data, fed):
    """Whether the stream may hold an empty Python 2 string, which is never given to a codec.

    A file may lose bytes within a frame, so that what is no empty string here becomes one.
    """
    if fed != FROM_BYTES[0] and FRAME in data and any(opcode in data for opcode in STRING_OPCODES):
        return True
    return EMPTY_STRING.search(data) is not None


def vary(attempt, plain, persistent, decoded):
    """Yields (outcome, encodings, persistence): the fewest runs that stand for all eight readings of an unpickler.

    `decoded` says that encodings are to be told apart even if the probe is not asked.
    """
    Probe.used = False
    trial = attempt(persistent, PROBE)
    decoded = decoded or Probe.used
    for encodings in [[one] for one in ENCODINGS] if decoded else [list(ENCODINGS)]:
        same = not decoded or encodings == ["latin1"]
        outcome = trial if same else attempt(persistent, encodings[0])
        asked = outcome[2]
        yield outcome, encodings, [PERSISTENT] if asked else [PERSISTENT, NO_PERSISTENT]
        if asked:
            yield attempt(plain, encodings[0]), encodings, [NO_PERSISTENT]


def result(readings, feeds, events, end, mode, buffers):
    shown = {"readings": readings, "fed": feeds, "events": list(events), "end": end}
    if mode != "single":
        shown["mode"] = mode
    if buffers:
        shown["buffers"] = True
    return shown
