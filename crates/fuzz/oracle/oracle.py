"""Asks CPython's own unpicklers what they do with each stream of a corpus, without importing anything of it.

    python3 oracle.py CORPUS [--mode single|carried|fresh] [--buffers] [--everything] [--check]

CORPUS is a sequence of little-endian 32-bit lengths, each followed by that many bytes. One JSON line a stream goes to
standard output; README.md beside this file says what is in it. The streams are run in a forked child under a memory
limit, so that one that brings CPython itself down costs one line: {"crash":true}.
"""

import sys

sys.dont_write_bytecode = True  # the directory stays clean

import argparse
import gc
import json
import os
import pickle
import select
import signal
import struct
import warnings

import standins
import unpicklers

STREAM_SECONDS = 3.0
SILENCE_SECONDS = 6.0
IMPORTING = b"ci\x82\x83\x84\x93"
COLLECT_EVERY = 500


def parse_options(arguments):
    parser = argparse.ArgumentParser(description="What CPython's unpicklers do with each stream of a corpus.")
    parser.add_argument("corpus")
    parser.add_argument("--mode", choices=["single", "carried", "fresh"], default="single",
                        help="one load; or up to five, on one Unpickler; or each on a fresh one over the same file")
    parser.add_argument("--buffers", action="store_true",
                        help="also give out-of-band buffers to the streams that ask for them")
    parser.add_argument("--everything", action="store_true",
                        help="feed every stream in every way, even where the way cannot matter")
    parser.add_argument("--check", action="store_true",
                        help="compare the linear reading with pickle.loads on streams without imports, instead")
    parser.add_argument("--memory", type=int, default=256, help="address space of the child in MiB (default 256)")
    return parser.parse_args(arguments)


def read_corpus(data):
    """The streams of a corpus."""
    streams, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        streams.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return streams


def answer(data, options):
    """The line for one stream."""
    if options.check:
        return json.dumps(check(data))
    return json.dumps(unpicklers.runs(data, options.mode, options), separators=(",", ":"))


def check(data):
    """Whether the linear file reads as `pickle.loads` does. Only for streams that can import nothing."""
    if any(byte in data for byte in IMPORTING):
        return {"checked": False}
    linear = outcome(lambda: unpicklers.CUnpickler(unpicklers.Peek(data), encoding="latin1").load())
    loads = outcome(lambda: pickle.loads(data, encoding="latin1"))
    return {"checked": True, "equal": linear == loads, "linear": linear, "loads": loads}


def outcome(load):
    try:
        return "stop " + standins.canonical(load())
    except Exception as error:  # any end will do, it is only compared
        return "error " + type(error).__name__.replace("EOFError", "UnpicklingError")


def in_time(_signal, _frame):
    raise TimeoutError()


def child(streams, first, options, descriptor):
    """Answers the streams from `first` on, each line written at once."""
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (options.memory << 20, options.memory << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass  # no such limits here
    signal.signal(signal.SIGALRM, in_time)
    gc.disable()
    for count, data in enumerate(streams[first:]):
        signal.setitimer(signal.ITIMER_REAL, STREAM_SECONDS)
        try:
            line = answer(data, options)
        except (MemoryError, TimeoutError) as error:
            line = json.dumps({"crash": True, "reason": type(error).__name__})
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.write(descriptor, line.encode() + b"\n")
        if count % COLLECT_EVERY == COLLECT_EVERY - 1:
            gc.collect()


def supervise(streams, options, out):
    """Starts children until every stream has its line."""
    done = 0
    while done < len(streams):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            status = 1
            try:
                child(streams, done, options, writer)
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        answered, reason = relay(reader, out)
        os.close(reader)
        if reason == "silent":
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        done += answered
        if done < len(streams):
            reason = "silent" if reason == "silent" else "status %d" % status
            out.write(json.dumps({"crash": True, "reason": reason}) + "\n")
            done += 1
    out.flush()


def relay(reader, out):
    """Passes a child's whole lines on. Returns their number, and why they ended."""
    answered, rest = 0, b""
    while True:
        ready = select.select([reader], [], [], SILENCE_SECONDS)[0]
        if not ready:
            return answered, "silent"
        part = os.read(reader, 1 << 20)
        if not part:
            return answered, "closed"
        lines, newline, rest = (rest + part).rpartition(b"\n")
        if newline:
            out.write(lines.decode() + "\n")
            answered += lines.count(b"\n") + 1


def prepare(arguments):
    """The options, and the streams of the corpus that they name."""
    warnings.simplefilter("ignore")
    options = parse_options(arguments)
    with open(options.corpus, "rb") as file:
        return options, read_corpus(file.read())


def one_by_one(arguments, first):
    """A function that answers the next stream from `first` on, or None at the end: for interpreters that cannot fork."""
    options, streams = prepare(list(arguments))
    rest = iter(streams[first:])

    def following():
        data = next(rest, None)
        try:
            return None if data is None else answer(data, options)
        except MemoryError:
            return json.dumps({"crash": True, "reason": "MemoryError"})

    return following


def main(arguments):
    options, streams = prepare(arguments)
    supervise(streams, options, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
