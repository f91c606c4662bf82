"""Objects of the standard library that people put beside their models."""

LIBRARY = "builtins"
NAME = "stdlib"


def containers():
    import array
    import collections
    import types

    counted = collections.Counter("weigh the load")
    factory = collections.defaultdict(list, a=[1], b=[2])
    yield "plain", [None, True, False, 1, -1, 2**31, 2**80, -(2**80), 1.5, float("inf"), "text", b"bytes", (), (1,), (1, 2, 3, 4), {}, []]
    yield "strings", ["", "a\nb\\", "caf\u00e9 \u20ac \U0001f600", "\ud800", "x" * 300, b"", b"\x00\xff" * 200]
    yield "sets", [set(), {1, 2}, frozenset(), frozenset("ab")]
    yield "bytearray", [bytearray(), bytearray(b"abc"), bytearray(range(256))]
    yield "numbers", [1j, complex(1, -2), range(5), range(0, 10, 3), slice(1, 2, 3), slice(None), Ellipsis, NotImplemented]
    yield "types", [int, str, dict, object, type(None), type(Ellipsis), type(NotImplemented), complex, slice]
    yield "ordered", collections.OrderedDict(b=1, a=2)
    yield "default", factory
    yield "counter", counted
    yield "deque", [collections.deque([1, 2]), collections.deque([1, 2], 5)]
    yield "chain", collections.ChainMap({"a": 1}, {"b": 2})
    yield "user", [collections.UserDict(a=1), collections.UserList([1]), collections.UserString("a")]
    yield "array", [array.array(code, [1, 2]) for code in "bBhHiIlLqQfd"] + [array.array("u", "ab")]
    yield "namespace", types.SimpleNamespace(a=1, b="two")
    yield "mapping", dict(collections.OrderedDict(a=1).items())
    cycle = []
    cycle.append({"self": cycle})
    yield "cycle", cycle


def values():
    import argparse
    import datetime
    import decimal
    import fractions
    import ipaddress
    import pathlib
    import random
    import re
    import uuid

    zone = datetime.timezone(datetime.timedelta(hours=2), "CEST")
    moment = datetime.datetime(2026, 11, 23, 1, 2, 3, 4)
    yield "dates", [moment, moment.replace(tzinfo=zone), moment.replace(tzinfo=datetime.timezone.utc), moment.replace(fold=1), moment.date(), moment.time(), datetime.timedelta(1, 2, 3), zone]
    yield "decimals", [decimal.Decimal("1.50"), decimal.Decimal("NaN"), decimal.Decimal(2)]
    yield "fraction", fractions.Fraction(1, 3)
    yield "context", decimal.Context(prec=5)
    yield "uuid", [uuid.UUID(int=7), uuid.SafeUUID.unknown]
    yield "paths", [pathlib.PurePosixPath("a/b"), pathlib.PureWindowsPath("a/b"), pathlib.PosixPath("a/b"), pathlib.PurePosixPath("/")]
    yield "addresses", [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fe80::/64"), ipaddress.ip_interface("10.0.0.1/8"), ipaddress.ip_interface("fe80::1/64")]
    yield "patterns", [re.compile("a+b"), re.compile(b"[0-9]", re.I), re.I, re.I | re.M]
    yield "random", random.Random(7)
    yield "arguments", argparse.Namespace(rate=0.1, name="run", layers=[1, 2])
    try:
        import zoneinfo
    except ImportError:
        return
    yield "zone", zoneinfo.ZoneInfo("UTC")
    yield "zoned", moment.replace(tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))


def exceptions():
    import json

    yield "exceptions", [ValueError("a", 1), KeyError("k"), OSError(2, "none", "name"), StopIteration(), UnicodeDecodeError("utf-8", b"a", 0, 1, "bad"), SystemExit(1), ImportError("m"), json.JSONDecodeError("bad", "doc", 0)]


def functions():
    import http
    import logging
    import math
    import operator

    yield "members", [http.HTTPStatus.OK, http.HTTPStatus.NOT_FOUND]
    yield "functions", [len, abs, max, sum, sorted, operator.add, math.log1p, logging.getLogger("weigh")]
    yield "memory", [memory(), text()]


def memory():
    import io

    buffer = io.BytesIO(b"contents")
    buffer.seek(3)
    return buffer


def text():
    import io

    return io.StringIO("contents")


def objects():
    for group in (containers, values, exceptions, functions):
        yield from group()
