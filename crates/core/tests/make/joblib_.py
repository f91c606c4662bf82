"""Files of joblib: pickles with arrays between their opcodes, plain and compressed."""

LIBRARY = "joblib"


def objects():
    import joblib

    yield "delayed", joblib.hash({"a": 1})


def files(folder):
    import joblib
    import numpy

    value = {"table": numpy.arange(6.0).reshape(2, 3), "words": numpy.array(["a", None], dtype=object), "order": numpy.asfortranarray(numpy.ones((2, 2))), "none": None}
    joblib.dump(value, folder / "plain.joblib")
    for protocol in range(6):
        joblib.dump(value, folder / f"protocol{protocol}.joblib", protocol=protocol)
    for method in ("zlib", "gzip", "bz2", "lzma", "xz"):
        joblib.dump(value, folder / f"{method}.joblib.{method}", compress=(method, 3))
    joblib.dump(numpy.matrix([[1, 2]]), folder / "matrix.joblib")
