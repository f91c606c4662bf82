"""Lists the classes and functions of an installed library with the code that unpickling them would run.

    python introspect.py LIBRARY [LIBRARY...] > facts.tsv

Knowledge in `known/*.toml` is made of exact names; this script finds the names and says which of them need a
closer look. It imports every submodule of the library (so run it in a scratch environment, never on a library that
is not trusted) and prints one line for each class or function that is defined in the library, sorted, separated by tabs:

  module, name   as pickle writes them: `__module__` and `__qualname__`; only names that pickle finds again are listed
  kind           class, enum, exception, function, ufunc
  base           the built-in type whose contents the class inherits (dict, list, set, ...), or "-"
  setstate       the owner of `__setstate__`, "-" when BUILD only updates `__dict__`
  reduce         the owner of `__reduce_ex__` or `__reduce__`, "-" for object's own
  new            the owner of `__new__`, "-" for object's own
  setattr        the owner of `__setattr__`, which BUILD's second half calls for every name, "-" for object's own
  setters        the properties with a setter, which BUILD's second half can call
  del            the owner of `__del__`, which runs when the object is thrown away
  slots          names in `__slots__` of the class and its bases
  doubt          words in the source of the owners above that deserve a look (open, import_module, eval, ...)

A module that cannot be imported is named on standard error. Standard library only; works from Python 3.7 on.
"""

import enum
import importlib
import inspect
import io
import os
import pkgutil
import re
import sys
import warnings

BUILTIN = (dict, list, set, frozenset, tuple, str, bytes, bytearray, int, float, complex)
SKIPPED = re.compile(r"(^|\.)(tests?|testing|conftest|__main__|_?examples?|benchmarks?|setup|externals|array_api_compat|cpp_extension)(\.|$)")
DOUBT = re.compile(r"\b(open|import_module|__import__|eval|exec|compile|getattr|setattr|globals|loads?|Popen|system|CDLL|memmap|fromfile|Thread|remove|unlink)\s*\(")


def modules(library):
    """Every module of a library that can be imported, in sorted order."""
    root = importlib.import_module(library)
    yield root
    if not hasattr(root, "__path__"):
        return
    walk = pkgutil.walk_packages(root.__path__, library + ".", onerror=lambda name: None)
    for found in sorted(walk, key=lambda info: info.name):
        if SKIPPED.search(found.name):
            continue
        try:
            yield importlib.import_module(found.name)
        except BaseException as fault:
            print(f"{found.name}: {type(fault).__name__}: {str(fault).splitlines()[:1]}", file=sys.stderr)


def reachable(value, library):
    """The (module, name) under which pickle would find this very object again, or None."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(name, str) or "<" in name:
        return None
    if isinstance(module, str) and not (module == library or module.startswith(library + ".")):
        return None
    if not isinstance(module, str):
        return None
    found = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return (module, name) if found is value else None


def owner(cls, names):
    """Which class of the MRO defines one of these methods; "-" for object itself or none."""
    for base in cls.__mro__:
        if base is object:
            return "-"
        if any(name in vars(base) for name in names):
            return base.__qualname__ if base.__module__ == "builtins" else f"{base.__module__}.{base.__qualname__}"
    return "-"


def setters(cls):
    """The properties of a class that have a setter."""
    found = {name for base in cls.__mro__ for name, value in vars(base).items() if isinstance(value, property) and value.fset}
    return ",".join(sorted(found)) or "-"


def slots(cls):
    found = []
    for base in cls.__mro__:
        names = vars(base).get("__slots__", ())
        found += [names] if isinstance(names, str) else list(names)
    return ",".join(sorted(set(found) - {"__dict__", "__weakref__"})) or "-"


def doubts(cls):
    """Suspicious words in the methods that loading runs."""
    found = set()
    for name in ("__setstate__", "__new__", "__setattr__", "__del__", "__reduce__", "__reduce_ex__"):
        method = inspect.getattr_static(cls, name, None)
        method = getattr(method, "__func__", method)
        if inspect.isfunction(method):
            try:
                found.update(f"{name}:{word}" for word in DOUBT.findall(inspect.getsource(method)))
            except (OSError, TypeError):
                found.add(f"{name}:no-source")
    return ",".join(sorted(found)) or "-"


def kind(value):
    if inspect.isclass(value):
        if issubclass(value, enum.Enum):
            return "enum"
        return "exception" if issubclass(value, BaseException) else "class"
    if type(value).__name__ == "ufunc":
        return "ufunc"
    callables = ("function", "builtin_function_or_method", "cython_function_or_method", "fused_cython_function", "_ArrayFunctionDispatcher", "cyfunction")
    return "function" if type(value).__name__ in callables else None


def rows(library):
    seen = set()
    for module in modules(library):
        pending = list(vars(module).values())
        while pending:
            value = pending.pop()
            try:
                sort = kind(value)
                where = sort and reachable(value, library)
            except Exception:
                continue
            if not where or where in seen:
                continue
            seen.add(where)
            if not inspect.isclass(value):
                yield where + (sort,) + ("-",) * 9
                continue
            pending += [inner for inner in vars(value).values() if inspect.isclass(inner)]
            base = next((plain.__name__ for plain in BUILTIN if issubclass(value, plain)), "-")
            methods = [("__setstate__",), ("__reduce_ex__", "__reduce__"), ("__new__",), ("__setattr__",)]
            owners = [owner(value, names) for names in methods]
            yield where + (sort, base) + tuple(owners) + (setters(value), owner(value, ("__del__",)), slots(value), doubts(value))


def main():
    warnings.simplefilter("ignore")
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    out, sys.stdout = sys.stdout, io.StringIO()  # what a module prints while it is imported is no row
    os.environ.setdefault("MPLBACKEND", "agg")
    lines = sorted({"\t".join(row) for library in sys.argv[1:] for row in rows(library)})
    sys.stdout = out
    print("module\tname\tkind\tbase\tsetstate\treduce\tnew\tsetattr\tsetters\tdel\tslots\tdoubt")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
