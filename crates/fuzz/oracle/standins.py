"""Inert stand-ins for everything that a pickle names, calls or fills, and the log of what was done to them.

A stand-in is a *class* (so that the C unpickler's `PyType_Check` lets NEWOBJ have it) whose metaclass logs every
operation that an unpickler can perform on an object. Nothing that a stream names is ever imported. The lines of the
log are described in README.md beside this file.
"""

import struct

TUPLE_CHILDREN = 8
LIST_CHILDREN = 2
DEPTH = 3
TEXT_BYTES = 32
MAX_EVENTS = 20000


class TooMany(Exception):
    """A run logged more events than anyone wants to compare."""


class Log:
    """The events of the run that is going on, and the pool of stand-ins that it draws from."""

    def __init__(self):
        self.events = []
        self.text = {}
        self.pool = []
        self.used = 0
        self.asked = False

    def begin(self):
        """Starts a run: forgets the last one and takes its stand-ins back."""
        self.events = []
        self.text.clear()
        self.used = 0
        self.asked = False

    def add(self, line):
        if len(self.events) >= MAX_EVENTS:
            raise TooMany()
        self.events.append(line)

    def stand_in(self, text):
        """A stand-in that no one holds yet, with its canonical text."""
        if self.used == len(self.pool):
            self.pool.append(Meta("StandIn", (StandIn,), {}))
        made = self.pool[self.used]
        self.used += 1
        self.text[made] = text
        return made

    def call(self, callee, args, kwargs):
        line = "call %s %s" % (canonical(callee), canonical(args))
        self.add(line + " {}" if kwargs else line)
        return self.stand_in("R")


LOG = Log()


class Meta(type):
    """What unpicklers do to objects, as methods of the stand-in classes."""

    def __call__(cls, /, *args, **kwargs):
        return LOG.call(cls, args, kwargs)

    def __setstate__(cls, state):
        LOG.add("build %s %s" % (canonical(cls), canonical(state)))

    def __setitem__(cls, key, value):
        LOG.add("setitem %s %s %s" % (canonical(cls), canonical(key), canonical(value)))

    def append(cls, item):
        LOG.add("append %s 1 %s" % (canonical(cls), canonical(item)))

    def extend(cls, items):
        shown = [canonical(item) for item in items[:TUPLE_CHILDREN]]
        LOG.add(" ".join(["append", canonical(cls), str(len(items))] + shown))

    def add(cls, item):
        LOG.add("add %s %s" % (canonical(cls), canonical(item)))


class StandIn(metaclass=Meta):
    """The base of all stand-ins. NEWOBJ, NEWOBJ_EX, and OBJ and INST without arguments, call `__new__`."""

    def __new__(cls, /, *args, **kwargs):
        return LOG.call(cls, args, kwargs)


class ExtensionModule(str):
    """The module name under which extension codes are registered: told from a real string by its type."""


def find_class(module, name):
    """What the overridden `find_class` of every unpickler does."""
    if isinstance(module, ExtensionModule):
        LOG.add("ext " + name)
        return LOG.stand_in("E" + name)
    module, name = hexed(module), hexed(name)
    LOG.add("import %s %s" % (module, name))
    return LOG.stand_in("G%s:%s" % (module, name))


def persistent_load(pid):
    """What the overridden `persistent_load` of the persistent readings does."""
    LOG.asked = True
    LOG.add("pers " + canonical(pid))
    return LOG.stand_in("P")


def hexed(text):
    return text.encode("utf-8", "surrogatepass").hex()


def canonical(value, depth=0):
    """The value as canonical text. Bounded by DEPTH and the numbers of children, so cycles do no harm."""
    if depth > DEPTH:
        return "~"
    kind = type(value)
    if kind is Meta:
        return LOG.text.get(value, "?")
    writer = WRITERS.get(kind)
    return writer(value, depth) if writer else "?"


def _int(value, _depth):
    return "i%d" % value if -(2**63) < value < 2**63 else "I%d" % value.bit_length()


def _float(value, _depth):
    return "fnan" if value != value else "f" + struct.pack(">d", value).hex()


def _str(value, _depth):
    data = value.encode("utf-8", "surrogatepass")
    return "s%s:%d" % (data[:TEXT_BYTES].hex(), len(data))


def _bytes(value, _depth):
    return "b%s:%d" % (value[:TEXT_BYTES].hex(), len(value))


def _tuple(value, depth):
    return "(%s)%d" % (",".join([canonical(v, depth + 1) for v in value[:TUPLE_CHILDREN]]), len(value))


def _list(value, depth):
    return "[%s]%d" % (",".join([canonical(v, depth + 1) for v in value[:LIST_CHILDREN]]), len(value))


WRITERS = {
    type(None): lambda _value, _depth: "N",
    bool: lambda value, _depth: "T" if value else "F",
    int: _int,
    float: _float,
    str: _str,
    bytes: _bytes,
    bytearray: lambda _value, _depth: "a",
    tuple: _tuple,
    list: _list,
    dict: lambda _value, _depth: "{}",
    set: lambda _value, _depth: "<>",
    frozenset: lambda _value, _depth: "<f>",
}
