"""Finds the names under which modules pass dangerous functions and classes on: python aliases.py [PACKAGE ...]

Imports every module of the standard library and of the packages that are named, and compares what each of its names
stands for with the tables in dangerous/. Prints module, name, and where the object is at home, sorted. What it prints
is reviewed and becomes rows of dangerous/aliases-found.toml.
"""

import contextlib
import importlib
import io
import pkgutil
import sys
import tomllib
import warnings
from pathlib import Path

HERE = Path(__file__).parent
# Importing them opens windows or web pages, or takes long; none of them is imported by others.
LEFT_OUT = ("antigravity", "idlelib", "this", "turtle", "turtledemo", "test", "lib2to3", "tkinter", "__main__", "ensurepip")


def tables():
    """From (module, name) to its group, and modules that are dangerous as a whole."""
    rows, whole = {}, {}
    for path in sorted((HERE / "dangerous").glob("*.toml")):
        for group in tomllib.loads(path.read_text())["group"]:
            for module, names in group["globals"].items():
                if names in ("*", "**"):
                    whole[module] = (names, group)
                else:
                    rows.update({(module, name): group for name in names})
    return rows, whole


def modules(names):
    for name in names:
        if name.split(".")[0] in LEFT_OUT or ".tests" in name or ".test_" in name:
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                module = importlib.import_module(name)
        except BaseException:  # Whatever a module of somebody else does when it is imported.
            continue
        yield name, module
        if hasattr(module, "__path__"):
            yield from modules(f"{name}.{part.name}" for part in pkgutil.iter_modules(module.__path__))


def main():
    warnings.simplefilter("ignore")
    rows, whole = tables()
    listed = {(m, n) for m, n in rows}
    for path in sorted((HERE / "known").glob("*.toml")):
        for group in tomllib.loads(path.read_text())["group"]:
            listed.update((module, name) for module, names in group["globals"].items() for name in names)

    def within(module):
        parts = module.split(".")
        if module in whole:
            return whole[module][1]
        parents = (".".join(parts[:end]) for end in range(1, len(parts)))
        return next((whole[p][1] for p in parents if p in whole and whole[p][0] == "**"), None)

    found = set()
    for module, loaded in list(modules(sorted(sys.stdlib_module_names) + sys.argv[1:])):
        if within(module):
            continue
        for name, value in list(vars(loaded).items()):
            if (module, name) in listed or not callable(value):
                continue
            home, known_as = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
            if not isinstance(home, str) or (home, known_as) == (module, name):
                continue
            group = rows.get((home, known_as)) or (within(home) if "." not in str(known_as) else None)
            if group:
                found.add((module, name, home, known_as, group["effect"], group.get("import", "high"), group.get("call", "critical"), group.get("code", False)))
    for row in sorted(found, key=str):
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
