"""Objects that dill writes: data alone, and functions and classes of its own (which are code)."""

LIBRARY = "dill"


def values():
    import collections
    import threading

    yield "data", {"list": [1, 2.5], "set": {1}, "ordered": collections.OrderedDict(a=1)}
    yield "lock", [threading.Lock(), threading.RLock()]
    yield "types", [int, type(None), type(len), dict]
    try:
        import numpy

        yield "array", numpy.arange(3.0)
        yield "dtype", numpy.dtype("f4")
    except ImportError:
        pass


def code():
    offset = 2

    def add(number, step=1):
        return number + step + offset

    class Scale:
        factor = 3

        def apply(self, number):
            return number * self.factor

    yield "code-function", add
    yield "code-lambda", lambda number: number + 1
    yield "code-class", Scale
    yield "code-instance", Scale()
    yield "code-partial", __import__("functools").partial(add, step=2)


def objects():
    yield "plain", [1, "two"]


def files(folder):
    import dill

    for name, value in list(values()) + list(code()):
        for protocol in range(dill.HIGHEST_PROTOCOL + 1):
            try:
                data = dill.dumps(value, protocol)
            except Exception as fault:
                print(f"  dill refused {name} protocol {protocol}: {type(fault).__name__}")
                continue
            (folder / f"{name}-dill-p{protocol}.pkl").write_bytes(data)
