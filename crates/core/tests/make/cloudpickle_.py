"""Objects that cloudpickle writes: data alone, and functions and classes by value (which are code)."""

LIBRARY = "cloudpickle"


def values():
    import collections

    yield "data", {"list": [1, 2.5], "set": {1}, "ordered": collections.OrderedDict(a=1)}
    yield "views", [{"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items()]
    yield "types", [int, type(None), type(Ellipsis)]
    yield "named", [len, collections.OrderedDict]


def code():
    import enum
    import json

    offset = 2

    def add(number, step=1):
        return number + step + offset

    def parse(text):
        return json.loads(text)

    class Scale:
        factor = 3

        def apply(self, number):
            return number * self.factor

    class Color(enum.Enum):
        RED = 1

    yield "code-function", add
    yield "code-imports", parse
    yield "code-lambda", lambda number: number + 1
    yield "code-class", Scale
    yield "code-instance", Scale()
    yield "code-enum", Color.RED
    yield "code-module", json


def objects():
    yield "plain", [1, "two"]


def files(folder):
    import cloudpickle

    for name, value in list(values()) + list(code()):
        for protocol in (2, 3, 4, 5):
            (folder / f"{name}-cloudpickle-p{protocol}.pkl").write_bytes(cloudpickle.dumps(value, protocol))
