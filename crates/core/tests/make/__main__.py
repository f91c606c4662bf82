"""The driver: writes OUT/<python>-<library>-<version>/<name>-p<protocol>.pkl and prints a line for each library."""

import importlib
import importlib.util
import os
import pathlib
import pickle
import pkgutil
import platform
import sys
import traceback
import warnings

import make


def parts(wanted):
    """The part modules in sorted order; all of them unless names are wanted (with or without the trailing underscore)."""
    for _, name, _ in sorted(pkgutil.iter_modules(make.__path__), key=lambda found: found[1]):
        if not name.startswith("__") and (not wanted or name.rstrip("_") in wanted):
            yield importlib.import_module("make." + name)


def version(library):
    module = importlib.import_module(library)
    found = getattr(module, "__version__", None)
    if found is None and library != "builtins":
        from importlib import metadata

        found = metadata.version(library)
    return found


def folder_of(part, out):
    python = ".".join(platform.python_version_tuple()[:2])
    number = version(part.LIBRARY)
    words = [python, getattr(part, "NAME", part.LIBRARY)] + ([number] if number else [])
    return out / "-".join(words)


def write(part, folder):
    """Writes a part's pickles and files; gives how many were written, what its library cannot pickle, and what went wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    refusals, failures = {}, []
    names = set()
    source = part.objects()
    while True:
        try:
            name, value = next(source)
        except StopIteration:
            break
        except Exception:
            failures.append("objects() stopped: " + traceback.format_exc(limit=-2))
            break
        if name in names:
            failures.append(f"{name}: the name is taken")
            continue
        names.add(name)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                data = pickle.dumps(value, protocol)
            except Exception as fault:
                refusals.setdefault((name, type(fault).__name__), []).append(protocol)
                continue
            (folder / f"{name}-p{protocol}.pkl").write_bytes(data)
    if hasattr(part, "files"):
        try:
            part.files(folder)
        except Exception:
            failures.append("files() stopped: " + traceback.format_exc(limit=-2))
    return sum(1 for path in folder.rglob("*") if path.is_file()), refusals, failures


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: python -m make OUT [PART...]")
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of a set of strings is the order of its pickle.
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "make"] + sys.argv[1:])
    warnings.simplefilter("ignore")
    out = pathlib.Path(sys.argv[1])
    broken = False
    for part in parts(sys.argv[2:]):
        if importlib.util.find_spec(part.LIBRARY) is None:
            print(f"{part.LIBRARY}: not installed", flush=True)
            continue
        try:
            folder = folder_of(part, out)
        except Exception as fault:
            broken = True
            print(f"{part.LIBRARY}: cannot be imported: {type(fault).__name__}: {fault}", flush=True)
            continue
        count, refusals, failures = write(part, folder)
        print(f"{folder.name}: {count} files", flush=True)
        for (name, fault), protocols in refusals.items():
            print(f"  {name}: cannot be pickled with protocols {protocols}: {fault}", flush=True)
        for failure in failures:
            broken = True
            print("  " + failure.rstrip().replace("\n", "\n  "), flush=True)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
