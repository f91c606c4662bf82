"""Arrays, scalars, types, random generators and functions of NumPy."""

LIBRARY = "numpy"


def arrays():
    import numpy as np

    yield "arrays", [np.arange(6).reshape(2, 3), np.zeros((0, 3)), np.array(1.5), np.asfortranarray(np.ones((2, 2))), np.arange(6)[::2]]
    for code in ("?", "i1", "u2", "<i4", ">f4", "f8", "c16", "g", "S3", "U3", "M8[ns]", "m8[s]", "V4"):
        name = "".join(letter for letter in code if letter.isalnum()) or "bool"
        yield "array_" + ("big" if code[0] == ">" else "") + name, np.zeros(2, dtype=code)
    yield "objects", np.array([None, "a", [1, 2], {"b": 3}], dtype=object)
    yield "records", np.zeros(2, dtype=[("a", "i4"), ("b", "f8", (2,)), (("title", "c"), "S3")])
    yield "recarray", np.rec.array([(1, 2.0), (3, 4.0)], names="a,b")
    yield "record", np.rec.array([(1, 2.0)], names="a,b")[0]
    yield "matrix", np.matrix([[1, 2], [3, 4]])
    yield "masked", np.ma.masked_array([1, 2, 3], mask=[0, 1, 0])
    yield "maskedconstant", np.ma.masked
    yield "maskedrecords", np.ma.zeros(2, dtype=[("a", "i4")])
    yield "chararray", np.char.array(["a", "bc"])
    yield "dictionary", {"weights": [np.ones(2), np.zeros(1)], "names": np.array(["a", "bb"])}


def scalars():
    import numpy as np

    yield "scalars", [np.float64(1.5), np.float32(2), np.float16(3), np.int64(4), np.int8(5), np.uint64(6), np.bool_(True), np.complex64(1j), np.str_("a"), np.bytes_(b"a"), np.longdouble(1)]
    yield "times", [np.datetime64("2026-11-23"), np.timedelta64(5, "h"), np.datetime64("NaT")]
    yield "void", np.zeros(1, dtype=[("a", "i4"), ("b", "f8")])[0]
    yield "dtypes", [np.dtype(code) for code in ("i4", ">f8", "S5", "U2", "O", "M8[us]", "V3", "?")] + [np.dtype([("a", "i4"), ("b", "f8", (2,))]), np.dtype((np.void, 8)), np.dtype("i4", align=True)]
    yield "types", [np.float64, np.int32, np.ndarray, np.bool_, np.str_, np.object_, np.generic, np.floating, np.integer, np.number]
    yield "stringtype", getattr(np, "dtypes", None) and getattr(np.dtypes, "StringDType", lambda: None)()
    classes = getattr(np, "dtypes", None)
    yield "dtypeclasses", [getattr(classes, name) for name in ("Float64DType", "Int64DType") if hasattr(classes, name)]


def random():
    import numpy as np

    yield "randomstate", np.random.RandomState(7)
    for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
        if hasattr(np.random, name):
            yield "generator_" + name.lower(), np.random.Generator(getattr(np.random, name)(7))
    yield "seedsequence", np.random.SeedSequence(7).spawn(1)[0]
    yield "bitgenerator", np.random.MT19937(7)
    yield "mtrand", np.random.mtrand._rand


def functions():
    import numpy as np

    yield "functions", [np.log1p, np.expm1, np.sqrt, np.mean, np.median, np.sum, np.linalg.norm, np.abs, np.maximum, np.where, np.argmax]
    yield "ufuncs", [np.add, np.exp, np.log, np.sin, np.isnan, np.logical_and]
    yield "polynomials", [np.polynomial.Polynomial([1, 2]), np.polynomial.Chebyshev([1, 2]), np.polynomial.Legendre([1]), np.polynomial.Hermite([1]), np.polynomial.HermiteE([1]), np.polynomial.Laguerre([1])]
    yield "poly1d", np.poly1d([1, 2, 3])
    yield "vectorize", np.vectorize(np.log1p)
    yield "finfo", [np.finfo(np.float64).eps, np.iinfo(np.int8).max]
    yield "errors", [np.linalg.LinAlgError("singular")]
    yield "indices", [np.s_[1:2, ...], np.index_exp[0]]
    yield "ndenumerate", dict(np.ndenumerate(np.ones(2)))


def objects():
    for group in (arrays, scalars, random, functions):
        yield from group()


def files(folder):
    """Object arrays inside .npy and .npz: a pickle after the header."""
    import numpy as np

    np.save(folder / "objects.npy", np.array([None, {"a": 1}], dtype=object), allow_pickle=True)
    np.savez(folder / "objects.npz", plain=np.ones(2), things=np.array(["a", None], dtype=object))
