"""Lists the methods that unpickling an object of an installed library calls on the object by their names.

    python methods.py LIBRARY [LIBRARY...] > called.tsv

A state that BUILD puts into an object's `__dict__` may hold a function under the name of one of them: then that function
is called instead. The script reads the code (it calls nothing) of what unpickling runs (`__setstate__`, `__setattr__`,
`__getattr__`, `__del__`, the hash and the comparison of keys, `append`, `extend`, `add`) and of every method that this
code names, and prints one line for each name that leads to a method, with one place that it is called from:

  name, class, method

Only names that the class finds in a function count; `__setitem__` and its like are looked up in the class alone.
"""

import inspect
import os
import sys
import types
import warnings

from introspect import modules, reachable

ROOTS = ("__setstate__", "__setattr__", "__getattr__", "__getattribute__", "__del__", "__hash__", "__eq__", "__init_subclass__",
         "__setitem__", "append", "extend", "add", "__new__")

# Honest states hold a type of numbers there, and what is called there is a type.
HONEST = {"dtype"}


def function(cls, name):
    """The Python function that an attribute of a class leads to, or None."""
    value = inspect.getattr_static(cls, name, None)
    if isinstance(value, property):
        value = value.fget
    value = getattr(value, "__func__", value)
    value = inspect.unwrap(value) if callable(value) else value
    return value if isinstance(value, types.FunctionType) else None


def names(code):
    """Every name that a code object and those within it use."""
    pending = [code]
    while pending:
        code = pending.pop()
        yield from code.co_names
        pending += [const for const in code.co_consts if isinstance(const, types.CodeType)]


def called(cls):
    """(name, method that calls it) for the methods that unpickling reaches."""
    pending = [(root, function(cls, root)) for root in ROOTS]
    done = set()
    while pending:
        method, found = pending.pop()
        if found is None or found in done:
            continue
        done.add(found)
        for name in set(names(found.__code__)) - HONEST:
            value = inspect.getattr_static(cls, name, None)
            if value is None:
                continue
            if inspect.isroutine(value) or isinstance(value, (classmethod, staticmethod)) or function(cls, name):
                if not isinstance(value, property):
                    yield name, method
                pending.append((name, function(cls, name)))


def main():
    warnings.simplefilter("ignore")
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    os.environ.setdefault("MPLBACKEND", "agg")
    found = {}
    for library in sys.argv[1:]:
        for module in modules(library):
            for cls in list(vars(module).values()):
                if inspect.isclass(cls) and reachable(cls, library):
                    for name, method in called(cls):
                        found.setdefault(name, (f"{cls.__module__}.{cls.__qualname__}", method))
    print("name\tclass\tmethod")
    for name in sorted(found):
        print("\t".join((name, *found[name])))


if __name__ == "__main__":
    main()
