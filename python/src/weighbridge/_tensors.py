"""The tensors of a checkpoint as arrays of NumPy or tensors of PyTorch, which are imported when one is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping

from weighbridge._errors import OptionError
from weighbridge._native import open_checkpoint

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import Any, Literal, Unpack

    from typing_extensions import Buffer

    from weighbridge._native import CancelToken, Checkpoint, TensorInfo, _Limits

# A stride of more is none that an array can have; only where it does not count is there one.
LARGEST_STRIDE = 2**48


def load_tensors(
    source: str | os.PathLike[str] | Buffer,
    /,
    *,
    framework: Literal["numpy", "torch"] = "numpy",
    mapped: bool = True,
    cancel: CancelToken | None = None,
    **limits: Unpack[_Limits],
) -> Tensors:
    """The tensors of a checkpoint, by their names, without executing it: a `Tensors`.

    `source` is a path to a file, to an index of shards or to the directory of a model, or the bytes of a file. `framework`
    is `"numpy"` or `"torch"`; which one is imported when the first tensor is asked for. `cancel` is a `CancelToken` that ends
    the opening from another thread; Ctrl-C ends it, too. `limits` are those of `Scanner`.

    Files are mapped unless `mapped=False`: the elements are read when they are looked at, and nothing is copied. A file
    that another process shortens while it is mapped ends this process; map only what nobody else writes to.

    Raises `OSError` or one of its kin where a file cannot be opened, `CheckpointError` where no loader of tensors would
    take it, `Cancelled` where `cancel` ended it.
    """
    if framework not in ("numpy", "torch"):
        raise OptionError(f"framework: it is numpy or torch, not {framework!r}")
    private = framework == "torch"
    return Tensors(open_checkpoint(source, mapped=mapped, private=private, cancel=cancel, **limits), framework)


class Tensors(Mapping[str, "Any"]):
    """The tensors of a checkpoint, by their names. An array is made when it is asked for, and copies nothing that lies in
    the file as it is: it keeps the file open for as long as it lives, whether or not this is closed.

    Arrays of NumPy are read-only. Tensors of PyTorch can be written to, which changes no file; tensors of one storage
    share it, as those of `torch.load` do. A storage that has to be copied for PyTorch (one that is compressed, in the other
    byte order, not mapped, or at an address that PyTorch cannot use) is copied once, and kept until this is closed.
    """

    def __init__(self, checkpoint: Checkpoint, framework: str) -> None:
        self._checkpoint = checkpoint
        self._names = dict.fromkeys(checkpoint.names())
        self._make = _numpy if framework == "numpy" else _Storages()
        self._framework = framework

    def __getitem__(self, name: str) -> Any:
        """The tensor of that name. Raises `TensorRefused`, a `KeyError`, where it cannot be given."""
        if not isinstance(name, str):
            raise KeyError(name)
        return self._make(self._checkpoint, self._checkpoint.info(name))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    # Mappings are equal where their items are; arrays have no such truth.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def info(self, name: str) -> TensorInfo:
        """The type, the shape, the strides and the length of a tensor, of which nothing is read."""
        return self._checkpoint.info(name)

    def raw(self, name: str) -> memoryview:
        """The bytes of a tensor's elements in the order of its indices, the smaller byte first."""
        return memoryview(self._checkpoint.raw(name)).toreadonly()

    @property
    def extras(self) -> Any:
        """What the checkpoint holds besides tensors: plain values as they are, a tensor as `{"$tensor": name}`, a global as
        `{"$global": name}`, and what a call would make, which is not made, as `{"$call": name, "args": …, "state": …}`.
        `None` for formats that hold tensors alone.
        """
        import json

        text = self._checkpoint.extras
        return None if text is None else json.loads(text)

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata of safetensors."""
        return dict(self._checkpoint.metadata)

    @property
    def refused(self) -> tuple[tuple[str, str], ...]:
        """What would be tensors and is not given: names, each with the reason."""
        return tuple(self._checkpoint.refused)

    @property
    def formats(self) -> tuple[str, ...]:
        """What the file is read as, the outermost first."""
        return tuple(self._checkpoint.formats)

    def close(self) -> None:
        """Lets the file go. Arrays that were made stay what they are."""
        self._checkpoint.close()
        if isinstance(self._make, _Storages):
            self._make.forget()

    def __enter__(self) -> Tensors:
        return self

    def __exit__(self, *_args: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._checkpoint.closed else ", ".join(self._checkpoint.formats)
        return f"<Tensors of {self._framework}: {len(self)} from {state}>"

    def __reduce__(self) -> Any:
        raise TypeError("these tensors belong to an open file and cannot be pickled; pickle the arrays, or the path")


def _strides(info: TensorInfo) -> list[int]:
    """The strides, in elements, as arrays take them."""
    pairs = zip(info.shape, info.strides, strict=True)
    return [stride if size > 1 or stride <= LARGEST_STRIDE else 1 for size, stride in pairs]


def _numpy(checkpoint: Checkpoint, info: TensorInfo) -> Any:
    """A tensor as an array of NumPy."""
    import numpy

    code = checkpoint.numpy(info.name)
    dtype = _foreign(info) if code is None else numpy.dtype(code)
    if 0 in info.shape:
        array = numpy.empty(info.shape, dtype)
        array.flags.writeable = False
        return array
    strides = [stride * dtype.itemsize for stride in _strides(info)]
    return numpy.ndarray(info.shape, dtype, checkpoint.span(info.name), 0, strides)


def _foreign(info: TensorInfo) -> Any:
    """A type that NumPy has from `ml_dtypes`."""
    import numpy

    others = f'use framework="torch", or .raw({info.name!r}) for its bytes'
    try:
        import ml_dtypes
    except ModuleNotFoundError:
        raise TypeError(f"NumPy has no {info.dtype}; install ml_dtypes, which has most such types, or {others}") from None
    kind = getattr(ml_dtypes, info.dtype, None)
    if kind is None:
        raise TypeError(f"neither NumPy nor ml_dtypes has {info.dtype}; {others}")
    return numpy.dtype(kind)


class _Storages:
    """Makes tensors of PyTorch, those of one storage over one memory."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}

    def forget(self) -> None:
        self._known.clear()

    def __call__(self, checkpoint: Checkpoint, info: TensorInfo) -> Any:
        import torch

        dtype = getattr(torch, info.dtype, None)
        if not isinstance(dtype, torch.dtype):
            raise TypeError(f"this PyTorch has no {info.dtype}; use .raw({info.name!r}) for its bytes")
        if 0 in info.shape:
            return torch.empty(info.shape, dtype=dtype)
        size = info.bytes // math.prod(info.shape)
        number, offset = checkpoint.place(info.name)
        memory = self._known.get(number)
        if memory is None:
            made = torch.frombuffer(checkpoint.storage(number), dtype=torch.uint8)
            # Another thread may have been faster.
            memory = self._known.setdefault(number, made)
        elements = memory[: len(memory) // size * size].view(dtype)
        return elements.as_strided(info.shape, _strides(info), offset // size)
