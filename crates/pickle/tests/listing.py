"""Writes pickles and what `pickletools.dis` says of them: a JSON line [hex of the pickle, [lines]] each."""

import collections
import datetime
import decimal
import fractions
import json
import pickle
import pickletools
import io
import sys


class Plain:
    def __init__(self):
        self.x = 1


VALUES = [
    None, True, False, 0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), 2**63, -(2**63), 2**100,
    -(2**200) + 1, 0.0, -0.0, 1.5, 1e16, 1e15, 1e-5, 123456789.125, 1e300, float("inf"), float("-inf"),
    "", "a", "it's", 'say "x"', "both ' and \"", "line\nfeed\ttab\\", "\u00e9\u20ac\U0001f600", b"", b"bytes \x00\xff'\"\n",
    bytearray(b"array"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1, [2, [3]]], {}, {"k": [1, {"n": None}]},
    set(), {1}, frozenset([2]), [[]] * 3, Plain, Plain(), collections.OrderedDict(a=1), datetime.datetime(2026, 1, 2),
    decimal.Decimal("1.5"), fractions.Fraction(1, 3), range(3), complex(1, 2), list(range(300)), {i: i for i in range(30)},
    "x" * 300, b"y" * 300,
]

for protocol in range(6):
    for value in VALUES:
        try:
            data = pickle.dumps(value, protocol)
        except Exception as error:
            sys.exit("%r at protocol %d: %r" % (value, protocol, error))
        out = io.StringIO()
        pickletools.dis(data, out)
        print(json.dumps([data.hex(), out.getvalue().splitlines()], ensure_ascii=False))
