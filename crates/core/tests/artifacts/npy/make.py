"""Makes the files beside this script with NumPy: python make.py

Written with numpy 2.4.6 (CPython 3.11). `listing.tsv` says how many bytes of each are elements of arrays. Nothing here
is ever loaded: the call that the `call-*` files hold has inert words for its argument.
"""

import os
from pathlib import Path

import numpy

HERE = Path(__file__).parent
CODES = "? i1 u1 <i2 >i2 <u4 <i8 >u8 <f2 >f4 <f8 <f16 <c8 <c16 <c32 S1 S5 <U1 <U7 >U3 V3 <M8[s] <M8[25ns] <m8[ms]".split()


class Call:
    def __reduce__(self):
        return os.system, ("inert words",)


def several(arrays):
    def write(path):
        with open(path, "wb") as file:
            for array in arrays:
                numpy.save(file, array)

    return write


def one(array):
    return lambda path: numpy.save(path, array, allow_pickle=True)


def files():
    types = [numpy.zeros(shape, code) for code in CODES for shape in [(), (0,), (3,), (2, 3)]]
    types += [numpy.asfortranarray(numpy.ones((2, 3))), numpy.zeros((4, 4))[::2, ::2]]
    yield "types.npy", several(types), sum(array.nbytes for array in types)
    structure = numpy.dtype([("a", "<f4"), ("b", [("c", "<i8"), ("d", "S3")]), (("title", "e"), "<f8", (2, 2))])
    aligned = numpy.dtype("<f4,<f8", align=True)
    yield "structures.npy", several([numpy.zeros(3, structure), numpy.zeros(2, aligned)]), 3 * structure.itemsize + 2 * aligned.itemsize
    many = numpy.dtype([(f"field {index:05} with a long name", "<f8") for index in range(2000)])
    yield "long-header.npy", one(numpy.zeros(1, many)), many.itemsize
    yield "umlaut.npy", one(numpy.zeros(2, [("\u00e4\u4e2d", "<f4")])), 8
    objects = numpy.array(["words", None, {"key": 1}, [2.5]], dtype=object)
    yield "objects.npy", one(objects), 0
    yield "mixed.npy", one(numpy.zeros(2, [("a", "<f4"), ("b", object)])), 0
    yield "call.npy", one(numpy.array([1, Call()], dtype=object)), 0
    named = {"weights": numpy.arange(6.0), "words": objects, "plain": numpy.array(3)}
    yield "plain.npz", lambda path: numpy.savez(path, **named), 56
    yield "compressed.npz", lambda path: numpy.savez_compressed(path, **named), 56
    yield "call.npz", lambda path: numpy.savez(path, weights=numpy.arange(6.0), call=numpy.array([Call()], dtype=object)), 48


def main():
    rows = []
    for name, write, size in files():
        write(HERE / name)
        rows.append(f"{name}\t{size}\n")
    (HERE / "listing.tsv").write_text("".join(rows))


if __name__ == "__main__":
    main()
