"""Objects as programs save them, for `compare.py`."""

import collections
import datetime
import decimal
import enum
import fractions
import functools
import pathlib
import types
import uuid

import numpy
import torch


class Net(torch.nn.Module):
    """A model of the program's own."""

    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(2, 3)
        self.norm = torch.nn.BatchNorm1d(3)


class Config:
    """A class of the program's own."""

    def __init__(self):
        self.depth = 3

    class Inner:
        """A class within a class."""

        def __init__(self):
            self.width = 4


class Slots:
    __slots__ = ("left", "right")


class Ordered(collections.OrderedDict):
    """A dict of the program's own."""


class Listed(list):
    """A list of the program's own."""


class Stateful:
    """A class with a state of its own."""

    def __getstate__(self):
        return {"state": 1}

    def __setstate__(self, state):
        self.state = state["state"]


class Color(enum.Enum):
    RED = 1


class Tensor(torch.Tensor):
    """A class of tensors of the program's own."""


Point = collections.namedtuple("Point", "x y")

DTYPES = ("float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128 complex32 "
          "float8_e5m2 float8_e4m3fn uint16 uint32 uint64 bits8").split()
CODES = "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16 U3 S3 M8[s] m8[s]".split()


def optimizer(kind, **options):
    model = torch.nn.Linear(2, 2)
    made = kind(model.parameters(), **options)
    model(torch.zeros(1, 2)).sum().backward()
    made.step()
    return made


def attributed():
    tensor = torch.nn.Parameter(torch.zeros(2))
    tensor.note = "inert words"
    return tensor


def slots():
    made = Slots()
    made.left, made.right = 1, 2
    return made


def loop():
    made = {}
    made["itself"] = made
    return made


def deep():
    made = []
    for _ in range(200):
        made = [made]
    return made


OBJECTS = {
    **{f"tensor-{name}": functools.partial(lambda name: torch.zeros(2, dtype=getattr(torch, name)), name) for name in DTYPES},
    **{f"dtype-{name}": functools.partial(lambda name: getattr(torch, name), name) for name in DTYPES},
    **{f"numpy-scalar-{code}": functools.partial(lambda code: numpy.zeros(1, code)[0], code) for code in CODES},
    **{f"numpy-array-{code}": functools.partial(lambda code: numpy.zeros(2, code), code) for code in CODES},
    "state-dict": lambda: Net().state_dict(),
    "state-dict-nested": lambda: {"state_dict": Net().state_dict(), "epoch": 3, "name": "net"},
    "state-dict-floats": lambda: {"state_dict": Net().state_dict(), "loss": 0.5},
    "module": Net,
    "module-of-torch": lambda: torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.ReLU()),
    "adam": lambda: optimizer(torch.optim.Adam).state_dict(),
    "sgd": lambda: optimizer(torch.optim.SGD, lr=0.1, momentum=0.9).state_dict(),
    "optimizer": lambda: optimizer(torch.optim.Adam),
    "parameter": lambda: torch.nn.Parameter(torch.zeros(2)),
    "parameter-with-attributes": attributed,
    "buffer": lambda: torch.nn.Buffer(torch.zeros(1)),
    "tensor-of-a-class": lambda: torch.zeros(2).as_subclass(Tensor),
    "tensor-with-gradient": lambda: torch.zeros(2, requires_grad=True),
    "tensor-views": lambda: [base := torch.arange(6.0), base[2:4], base.reshape(2, 3).t()],
    "tensor-expanded": lambda: torch.zeros(1).expand(4),
    "tensor-empty": lambda: torch.zeros(0),
    "tensor-scalar": lambda: torch.tensor(1.5),
    "tensor-sparse": lambda: torch.eye(2).to_sparse(),
    "tensor-csr": lambda: torch.eye(2).to_sparse_csr(),
    "tensor-meta": lambda: torch.zeros(2, device="meta"),
    "tensor-quantized": lambda: torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.quint8),
    "tensor-quantized-channels": lambda: torch.quantize_per_channel(
        torch.zeros(2, 2), torch.ones(2, dtype=torch.double), torch.zeros(2, dtype=torch.long), 0, torch.qint8),
    "tensor-nested": lambda: torch.nested.nested_tensor([torch.zeros(1), torch.zeros(2)]),
    "tensor-conjugated": lambda: torch.zeros(2, dtype=torch.complex64).conj(),
    "storage": lambda: torch.FloatStorage(2),
    "storage-typed": lambda: torch.zeros(2).storage(),
    "size": lambda: torch.Size([1, 2]),
    "device": lambda: torch.device("cpu"),
    "layout": lambda: torch.strided,
    "memory-format": lambda: torch.channels_last,
    "qscheme": lambda: torch.per_tensor_affine,
    "generator-state": torch.get_rng_state,
    "numpy-random-state": lambda: numpy.random.get_state(),
    "numpy-random": lambda: numpy.random.RandomState(1),
    "numpy-dtype": lambda: numpy.dtype("f8"),
    "numpy-dtype-structured": lambda: numpy.dtype([("a", "f4"), ("b", "i8")]),
    "numpy-objects": lambda: numpy.array([1, None], dtype=object),
    "numpy-fortran": lambda: numpy.zeros((2, 2), order="F"),
    "none": lambda: None,
    "bools": lambda: [True, False],
    "ints": lambda: [0, 1, -1, 255, 256, 65535, 65536, 2**31, -(2**40), 2**70],
    "int-huge": lambda: 1 << 3000,
    "floats": lambda: [0.5, -1.0, float("inf")],
    "complex": lambda: 1 + 2j,
    "texts": lambda: ["", "text", "\u00e9\U0001f600", "x" * 300],
    "text-surrogate": lambda: "\ud800",
    "bytes": lambda: b"inert",
    "bytes-empty": lambda: b"",
    "bytearray": lambda: bytearray(b"inert"),
    "tuples": lambda: [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    "set": lambda: {1, 2},
    "set-empty": set,
    "frozenset": lambda: frozenset({1}),
    "ordered-dict": lambda: collections.OrderedDict(a=1),
    "ordered-dict-of-a-class": lambda: Ordered(a=1),
    "counter": lambda: collections.Counter("aab"),
    "defaultdict": lambda: collections.defaultdict(list, a=[1]),
    "defaultdict-of-ints": lambda: collections.defaultdict(int, a=1),
    "deque": lambda: collections.deque([1, 2], maxlen=3),
    "namedtuple": lambda: Point(1, 2),
    "namespace": lambda: types.SimpleNamespace(a=1),
    "list-of-a-class": lambda: Listed([1, 2]),
    "class": lambda: Config,
    "object": Config,
    "object-inner": Config.Inner,
    "object-slots": slots,
    "object-state": Stateful,
    "enum": lambda: Color.RED,
    "function": lambda: optimizer,
    "function-builtin": lambda: len,
    "partial": lambda: functools.partial(int, base=2),
    "slice": lambda: slice(1, 2),
    "range": lambda: range(3),
    "path": lambda: pathlib.PurePosixPath("inert/words"),
    "uuid": lambda: uuid.UUID(int=1),
    "datetime": lambda: datetime.datetime(2020, 1, 2),
    "timedelta": lambda: datetime.timedelta(1),
    "decimal": lambda: decimal.Decimal("1.5"),
    "fraction": lambda: fractions.Fraction(1, 2),
    "ellipsis": lambda: ...,
    "type": lambda: int,
    "itself": loop,
    "deep": deep,
    "shared": lambda: [inner := [1], inner, {"again": inner}],
    "lightning": lambda: {"epoch": 1, "global_step": 2, "state_dict": Net().state_dict(), "callbacks": {},
                          "optimizer_states": [optimizer(torch.optim.Adam).state_dict()], "lr_schedulers": []},
    "dict-of-many": lambda: {str(at): torch.zeros(1) for at in range(300)},
}

# What is written in every protocol.
PROTOCOLS = ("state-dict", "adam", "module", "ordered-dict", "set", "bytes", "object", "numpy-scalar-f8", "floats", "texts")
