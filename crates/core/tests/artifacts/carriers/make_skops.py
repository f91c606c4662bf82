"""Writes skops/ beside it: python make_skops.py

The committed files were written by skops 0.16.0 with scikit-learn 1.9.1 under Python 3.11.
"""

import pathlib

import numpy as np
import skops
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

HERE = pathlib.Path(__file__).parent / "skops"
X = np.array([[0.0, 1], [1, 0], [2, 2], [3, 1], [1, 3], [0, 4]])
Y = np.array([0, 1, 0, 1, 0, 1])


def main():
    print("skops", skops.__version__)
    HERE.mkdir(exist_ok=True)
    models = {
        "pipeline": make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression()),
        "neighbors": KNeighborsClassifier(2, algorithm="brute"),
        "tree": DecisionTreeClassifier(max_depth=2),
    }
    for name, model in models.items():
        skops.io.dump(model.fit(X, Y), HERE / f"{name}.skops")
    plain = {"a": [1, 2.5, None, "x"], "b": (np.arange(3), {1, 2}), "c": b"bytes", "d": slice(1, 2)}
    skops.io.dump(plain, HERE / "plain.skops")


if __name__ == "__main__":
    main()
