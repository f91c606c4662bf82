"""Writes shelves beside it, each with the module that can: python make.py dumb|gnu|ndbm|sqlite3

The committed files were written by: `dumb` Python 3.11.7; `sqlite3` Python 3.13.0 with SQLite 3.40.1; `ndbm` Python
3.11.2 of Debian 12 with Berkeley DB 5.3.28; `gnu` the same with GDBM 1.23.
"""

import importlib
import pathlib
import pickle
import shelve
import sys

HERE = pathlib.Path(__file__).parent
# `os.system` with inert words, without this script importing it.
CALL = b"\x80\x02cos\nsystem\nX\x0b\0\0\0inert words\x85R."

HONEST = {
    "weights": [0.5] * 300,
    "epoch": 3,
    "name": "linear",
    "long": bytes(range(256)) * 80,
    "Schl\u00fcssel \u4e2d": {"a": 1, "b": [1, 2, 3]},
}


def write(kind, stem, values):
    database = importlib.import_module(f"dbm.{kind}").open(str(HERE / stem), "n")
    for key, value in values.items():
        database[key.encode()] = value
    database.close()


def main(kind):
    print(sys.version)
    honest = {key: pickle.dumps(value, 4) for key, value in HONEST.items()}
    write(kind, kind, honest)
    hostile = {"words": pickle.dumps("words", 4), "call": CALL}
    write(kind, f"{kind}-call", hostile)
    many = {f"key {n}": pickle.dumps(list(range(n % 120)), 4) for n in range(240)}
    write(kind, f"{kind}-many", many)
    if kind != "dumb":
        # What was deleted or replaced leaves room that nothing reads.
        database = importlib.import_module(f"dbm.{kind}").open(str(HERE / f"{kind}-many"), "w")
        for n in range(0, 240, 3):
            del database[f"key {n}".encode()]
        for n in range(1, 240, 3):
            database[f"key {n}".encode()] = pickle.dumps(n, 4)
        database.close()


if __name__ == "__main__":
    main(sys.argv[1])
