"""Writes real pickles for the mutator: values of every kind, in every protocol, by both picklers, and Python 2's.

    python3 values.py OUTPUT

OUTPUT is a corpus as oracle.py reads it. Run with PYTHONHASHSEED=0, so that one interpreter always writes the same.
"""

import array
import collections
import copyreg
import datetime
import decimal
import enum
import fractions
import io
import os.path
import pathlib
import pickle
import re
import struct
import sys
import types
import uuid

Pair = collections.namedtuple("Pair", "left right")


class Plain:
    def __init__(self, **given):
        self.__dict__.update(given)


class Slotted:
    __slots__ = ("one", "two")

    def __init__(self):
        self.one, self.two = 1, "two"


class Both(Slotted):
    def __init__(self):
        super().__init__()
        self.three = 3


class Stateful:
    def __getstate__(self):
        return ("state", [1, 2])

    def __setstate__(self, state):
        self.state = state


class Arguments:
    def __new__(cls, *_args, **_kwargs):
        return super().__new__(cls)

    def __getnewargs_ex__(self):
        return (1, "two"), {"three": 3}


class Reduced:
    def __init__(self, *parts):
        self.parts = parts

    def __reduce__(self):
        return self.parts


class ListLike(list):
    pass


class DictLike(dict):
    pass


class Outer:
    class Inner:
        class Innermost:
            pass

        def method(self):
            pass


class Color(enum.Enum):
    RED = 1


class Flags(enum.Flag):
    A = 1
    B = 2


def scalars():
    yield from [None, True, False, 0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), 2**63, -(2**63), 2**100, -(2**2040)]
    yield from [0.0, -0.0, 1.5, 1e300, float("inf"), float("nan"), 3j]
    yield from ["", "word", "é", "\u20ac", "\U0001f600", "\ud800", "a\nb\r\0\\", "x" * 300]
    yield from [b"", b"word", b"\xff\0\n", b"y" * 300, bytearray(b""), bytearray(b"word")]


def containers():
    yield from [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, "two", None], {}, {"a": 1}, {1: [2], (3,): {4}}]
    yield from [set(), {1}, {1, 2, 3}, frozenset(), frozenset([1, "a"]), [[[[]]]], [()] * 3]
    shared = ["shared"]
    yield [shared, shared, (shared, {"again": shared})]
    cycle = []
    cycle.append(cycle)
    yield cycle
    ring = {}
    ring["self"] = (ring, [ring])
    yield ring
    yield [{"id": number, "name": "n%d" % number, "score": number * 0.5, "ok": True} for number in range(6)]
    yield {"key%d" % number: number for number in range(40)}
    yield list(range(60))


def objects():
    yield from [Plain(), Plain(a=1, b=[2]), Slotted(), Both(), Stateful(), Arguments(), ListLike([1, 2]), DictLike(a=1)]
    yield from [Pair(1, "two"), Color.RED, Flags.A | Flags.B, ValueError("word", 1), types.SimpleNamespace(a=1)]
    yield from [collections.OrderedDict(a=1, b=2), collections.defaultdict(list, {"a": [1]}), collections.deque([1, 2], 5), collections.Counter("aab")]
    yield from [decimal.Decimal("1.5"), fractions.Fraction(1, 3), datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5), datetime.timedelta(3)]
    yield from [uuid.UUID(int=5), pathlib.PurePosixPath("a/b"), re.compile("a+"), array.array("i", [1, 2, 3]), range(3), slice(1, 2), memoryview]
    yield from [len, os.path.join, Outer.Inner, Outer.Inner.Innermost, Outer.Inner.method, dict.fromkeys, type(None), Ellipsis, NotImplemented, complex]
    target = Plain(a=1)
    yield target.__init__
    yield Reduced(Plain, ())
    yield Reduced(Plain, (), {"a": 1}, iter([]), iter([]))
    yield Reduced(list, (), None, iter([1, 2, 3]))
    yield Reduced(list, (), None, iter([1]))
    yield Reduced(dict, (), None, None, iter([("a", 1)]))
    yield Reduced(dict, (), None, None, iter([("a", 1), ("b", 2)]))
    yield Reduced(getattr, (Outer, "Inner"))
    yield Reduced(copyreg.__newobj__, (Plain,), {"a": 1})


class Referring(pickle.Pickler):
    def persistent_id(self, value):
        return ("tag", 7) if value == "word" else None


class ReferringPlainly(pickle._Pickler):
    def persistent_id(self, value):
        return "plain" if value == "word" else None


def pickled(value, protocol):
    yield pickle.dumps(value, protocol)
    file = io.BytesIO()
    pickle._Pickler(file, protocol).dump(value)
    yield file.getvalue()


def special():
    """What only some options of a pickler write."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for kind in (Referring, ReferringPlainly):
            if kind is Referring and protocol == 0:
                continue
            file = io.BytesIO()
            kind(file, protocol).dump(["word", 1, ("other",)])
            yield file.getvalue()
        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol)
        shared = ["shared"]
        for value in (shared, [shared], {"a": 1}):
            pickler.dump(value)
        yield file.getvalue()
        yield b"".join(pickle.dumps(value, protocol) for value in (1, "two", [3]))
    for code in (5, 300, 70000):
        copyreg.add_extension(__name__, "Plain", code)
        for protocol in (2, 4):
            yield pickle.dumps([Plain(a=1), Plain], protocol)
        copyreg.remove_extension(__name__, "Plain", code)
    buffers = []
    for value in (bytearray(b"word"), b"word"):
        yield pickle.dumps([pickle.PickleBuffer(value)], 5, buffer_callback=buffers.append)
        yield pickle.dumps([pickle.PickleBuffer(value)], 5)


PYTHON2 = [
    b"(dp0\nS'a'\np1\nI1\nsS'b'\np2\nL12L\ns.",
    b"(lp0\nI00\naI01\naF1.5\naS'it\\'s'\np1\naVcaf\\xe9\np2\na.",
    b"(i__main__\nPoint\np0\n(dp1\nS'x'\np2\nI1\nsb.",
    b"(c__main__\nPoint\nq\x00oq\x01}q\x02U\x01xK\x01sb.",
    b"(iUserList\nUserList\np0\n(dp1\nS'data'\np2\n(lp3\nI1\nasb.",
    b"ccopy_reg\n_reconstructor\np0\n(c__main__\nThing\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n(dp5\nS'a'\nI1\nsb.",
    b"\x80\x02c__builtin__\nset\nq\x00]q\x01(K\x01K\x02e\x85q\x02Rq\x03.",
    b"\x80\x02ccopy_reg\n_reconstructor\nq\x00c__main__\nThing\nc__builtin__\ndict\n}\x87R}U\x01aK\x01sb.",
    b"\x80\x02U\x04wordq\x00X\x03\x00\x00\x00\xe2\x82\xacq\x01\x86q\x02.",
    b"\x80\x01T\x03\x00\x00\x00\xe9\x00a.",
    b"(S'a'\nS'b'\n(I1\nt(d(ltt.",
    b"cexceptions\nValueError\n(S'word'\ntR.",
    b"c__builtin__\nxrange\n(I0\nI3\nI1\ntR.",
    b"Pplain\n.",
    b"(U\x03tagU\x05valuetQ.",
    b"(cos.path\njoin\nU\x01atR0(i__builtin__\nlist\n.",
]


def all_streams():
    seen = {}
    for value in [*scalars(), *containers(), *objects()]:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                for stream in pickled(value, protocol):
                    seen[stream] = None
            except (pickle.PicklingError, TypeError, AttributeError, ValueError, UnicodeEncodeError):
                continue  # not every value goes into every protocol
    for stream in [*special(), *PYTHON2]:
        seen[stream] = None
    return list(seen)


def main(output):
    with open(output, "wb") as file:
        for stream in all_streams():
            file.write(struct.pack("<I", len(stream)) + stream)


if __name__ == "__main__":
    main(sys.argv[1])
