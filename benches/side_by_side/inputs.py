"""The inputs: written once, the same bytes everywhere."""

import array
import collections
import os
import pickle
import random
import sys
import types
import zipfile
from dataclasses import dataclass
from pathlib import Path

import corpus
from side_by_side.places import SCRATCH


@dataclass(frozen=True)
class Case:
    """An input: its title, what it holds, its path, how many files it has, and its size in bytes."""

    key: str
    title: str
    content: str
    path: Path
    files: int
    size: int


def write_small(path):
    path.write_bytes(pickle.dumps({"epoch": 3, "loss": 0.25, "name": "inert words"}, 4))


def write_dense(path):
    path.write_bytes(next(data for name, data in corpus.corpus() if name == "dicts"))


def small_pickle(dice, protocol):
    """A pickle of rows of plain values, of 1 to 4 KB."""
    wanted, rows, data = dice.randrange(1024, 3900), [], b""
    while len(data) < wanted:
        number = dice.randrange(1 << 20)
        rows.append({"id": number, "at": (number % 7, number / 8), "name": f"name {number}", "of": [number % 3, None]})
        data = pickle.dumps(rows, protocol)
    return data


def write_folder(path, files):
    """A tree of pickles of all protocols, a hundred to a directory."""
    dice = random.Random(4)
    for index in range(files):
        parent = path / f"{index // 100:03}"
        parent.mkdir(parents=True, exist_ok=True)
        (parent / f"{index:05}.pkl").write_bytes(small_pickle(dice, index % 6))


class Storage:
    """The elements of a tensor, which the pickle names by a persistent id."""

    def __init__(self, key, count):
        self.persistent_id = ("storage", sys.modules["torch"].FloatStorage, key, "cpu", count)


class Tensor:
    """A square tensor, reduced as PyTorch does it."""

    def __init__(self, storage, side):
        self.parts = (storage, 0, (side, side), (side, 1), False, collections.OrderedDict())

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.parts


class CheckpointPickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.persistent_id if isinstance(value, Storage) else None


def stand_in_for_torch():
    """The two names that a checkpoint's pickle refers to; pickle wants to find what it names."""

    def _rebuild_tensor_v2():
        pass

    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    sys.modules.update({"torch": torch, "torch._utils": utils})


def write_checkpoint(path, tensors):
    """What `torch.save` writes for a state dict: stored members, their data aligned to 64 bytes."""
    stand_in_for_torch()
    side, dice = 1000, random.Random(5)
    weights = array.array("f", (dice.gauss(0, 0.02) for _ in range(side * side)))
    state = collections.OrderedDict(
        (f"layers.{key}.weight", Tensor(Storage(str(key), side * side), side)) for key in range(tensors)
    )
    with zipfile.ZipFile(path, "w") as archive:

        def member(name, data):
            entry = zipfile.ZipInfo(f"checkpoint/{name}")
            begin = archive.fp.tell() + 30 + len(entry.filename) + 4
            padding = -begin % 64
            entry.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
            archive.writestr(entry, data)

        with open(path.with_suffix(".pickle"), "wb+") as file:
            CheckpointPickler(file, 2).dump(state)
            file.seek(0)
            member("data.pkl", file.read())
        member("byteorder", b"little")
        for key in range(tensors):
            member(f"data/{key}", weights[key:].tobytes() + weights[:key].tobytes())
        member("version", b"3\n")
    path.with_suffix(".pickle").unlink()


def made(name, write, *arguments):
    """The path of an input, which is written under another name first, so that one that is there is whole."""
    path = SCRATCH / "inputs" / name
    if not path.exists():
        part = path.with_name(f"{os.getpid()}-{name}")
        part.parent.mkdir(parents=True, exist_ok=True)
        write(part, *arguments)
        part.rename(path)
    return path


def cases(quick):
    """All inputs, read once, so that every run finds them in the page cache."""
    files, tensors = (1000, 25) if quick else (10_000, 125)
    listed = [
        ("small", "A small pickle", "a dict of three items", made("small.pkl", write_small)),
        ("dense", "A pickle of many opcodes", "300,000 dicts of four keys", made("dense.pkl", write_dense)),
        (
            "folder",
            f"A directory of {files:,} pickles",
            "files of 1 to 4 KB, protocols 0 to 5, rows of plain values",
            made(f"folder-{files}", write_folder, files),
        ),
        (
            "checkpoint",
            "A PyTorch checkpoint",
            f"a zip archive, {tensors} stored tensors of a million floats",
            made(f"checkpoint-{tensors}.pt", write_checkpoint, tensors),
        ),
    ]
    for key, title, content, path in listed:
        parts = [part for part in path.rglob("*") if part.is_file()] if path.is_dir() else [path]
        size = sum(len(part.read_bytes()) for part in parts)
        yield Case(key, title, content, path, len(parts), size)
