"""Writes joblib-old/VERSION/ beside it, with the joblib that is installed: python make_joblib_old.py

The committed files were written by joblib 0.9.4 (numpy 1.16.6, Python 3.6.15) and joblib 0.8.4 (numpy 1.16.6,
Python 2.7.18).
"""

from __future__ import print_function

import os

import joblib
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    folder = os.path.join(HERE, "joblib-old", joblib.__version__)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    value = {"a": np.arange(6, dtype="f8").reshape(2, 3), "b": np.array([1, 2], dtype="i4"), "n": 3}
    objects = {"o": np.array([1, "x", None], dtype=object)}
    joblib.dump(value, os.path.join(folder, "arrays.pkl"))
    joblib.dump(value, os.path.join(folder, "compressed.pkl"), compress=3)
    joblib.dump(value, os.path.join(folder, "cached.pkl"), compress=3, cache_size=0)
    joblib.dump(objects, os.path.join(folder, "objects.pkl"))
    joblib.dump({"k": [1, 2]}, os.path.join(folder, "plain.pkl"), compress=3)
    print("joblib", joblib.__version__)


if __name__ == "__main__":
    main()
