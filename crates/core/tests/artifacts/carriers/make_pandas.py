"""Writes pandas/ beside it: python make_pandas.py

The committed files were written by pandas 3.1.1 and the standard library of Python 3.13 (shelve).
"""

import pathlib

import pandas as pd

HERE = pathlib.Path(__file__).parent / "pandas"


def main():
    print("pandas", pd.__version__)
    HERE.mkdir(exist_ok=True)
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})
    for ending in ("gz", "bz2", "xz", "zip", "zst", "tar"):
        try:
            frame.to_pickle(HERE / f"frame.pkl.{ending}")
        except ImportError as error:
            print(ending, error)


if __name__ == "__main__":
    main()
