"""Makes the files beside this script with joblib: python make.py

Written with joblib 1.6.0 and numpy 2.4.6 (CPython 3.11), and the files `old-*` with joblib 1.1.1 and numpy 1.23.5
(CPython 3.8), which does not align arrays. `listing.tsv` says how many bytes of each are elements of arrays.
Nothing here is ever loaded: the call that the `call-*` files hold has inert words for its argument.
"""

import os
import sys
from pathlib import Path

import joblib
import numpy

HERE = Path(__file__).parent
OLD = tuple(map(int, joblib.__version__.split(".")[:2])) < (1, 2)
PREFIX = "old-" if OLD else ""

CODES = "? i1 u1 <i2 >i2 <u2 <i4 >i4 <u4 <i8 >i8 <u8 <f2 >f2 <f4 >f4 <f8 >f8 <f16 <c8 <c16 <c32 S1 S5 <U1 <U7 >U3 V3 <M8[s] <M8[D] <m8[ms]".split()
SHAPES = [(), (0,), (1,), (7,), (3, 5), (2, 0, 3), (2, 3, 4)]


class Call:
    def __reduce__(self):
        return os.system, ("inert words",)


def plain(dtype):
    """Arrays of one type in every shape and order."""
    arrays = []
    for shape in SHAPES:
        array = numpy.zeros(shape, dtype)
        arrays += [array, numpy.asfortranarray(array)]
    arrays.append(numpy.zeros((4, 6), dtype)[::2, ::3])
    return arrays


def size(value):
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    if isinstance(value, numpy.ndarray) and not value.dtype.hasobject:
        return value.nbytes
    return 0


def contents():
    arrays = [plain(code) for code in CODES]
    for protocol in (0, 2, 4, 5):
        yield f"types-{protocol}", arrays, protocol
    structure = numpy.dtype([("a", "<f4"), ("b", "<i8"), ("c", "S3"), ("d", "<f8", (2, 2))])
    yield "structures", [numpy.zeros(3, structure), numpy.zeros((2, 2), numpy.dtype("<f4,<f8", align=True))], None
    objects = numpy.array(["words", None, {"key": 1}, [2.5]], dtype=object)
    yield "objects", [objects, numpy.ones(3), objects.reshape(2, 2), numpy.array(None, dtype=object)], None
    yield "matrix", [numpy.matrix([[1.0, 2.0], [3.0, 4.0]])], None
    for protocol in (0, 3, 4):
        yield f"call-behind-{protocol}", [numpy.arange(5.0), Call()], protocol
        yield f"call-between-{protocol}", [numpy.arange(5), Call(), numpy.arange(3.0)], protocol
    yield "call-in-objects", [numpy.array([1, Call()], dtype=object), numpy.arange(3.0)], None


def main():
    listing = HERE / "listing.tsv"
    rows = dict(line.split("\t") for line in listing.read_text().splitlines()) if listing.exists() else {}
    for name, value, protocol in contents():
        path = HERE / f"{PREFIX}{name}.joblib"
        joblib.dump(value, path, protocol=protocol)
        rows[path.name] = str(size(value))
    listing.write_text("".join(f"{name}\t{bytes}\n" for name, bytes in sorted(rows.items())))


if __name__ == "__main__":
    sys.exit(main())
