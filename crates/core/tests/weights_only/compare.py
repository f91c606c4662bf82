"""Compares what Weighbridge says of `torch.load(weights_only=True)` with what the installed PyTorch does.

    python3 compare.py WEIGHBRIDGE FOLDER

Writes checkpoints into FOLDER: real objects as `torch.save` writes them, and pickles written opcode by opcode, each of
which has one thing that some unpickler refuses. Every one is loaded in a process of its own, and must load exactly where
the answer for this version says so. Where there is a line that would allow what stands in the way, the file must load
after it, unless it does not load at all. Nothing in the files does anything: what is called is harmless, and arguments are inert words.
"""

import collections
import io
import json
import os
import pathlib
import pickle
import signal
import struct
import subprocess
import sys
import tarfile
import zipfile

import numpy
import torch

import objects
from opcodes import CASES

# Files of which only running tells, with why: any answer but a wrong one will do.
OPEN = {
    "items-on-a-list": "the index may be one that the list has",
    "items-on-a-tensor": "the key may be one that the tensor has",
    "protocol-9": "this unpickler alone takes it",
    "script": "versions before 2.6 give it to torch.jit.load",
}

# Files that do not load after their line, with why.
BROKEN = {"legacy-tensor-nested": "its sizes are tensors, whose elements come behind the pickle: they are read before"}


def as_zip(pickled):
    """An archive of `torch.save` with this pickle and a storage of one float."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/byteorder", b"little")
        archive.writestr("archive/data/0", struct.pack("<f", 1))
        archive.writestr("archive/version", b"3\n")
    return out.getvalue()


def as_legacy(pickled):
    """A file of `torch.save` before PyTorch 1.6 with this pickle and no storages."""
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    parts = [pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, system)]
    return b"".join([*parts, pickled, pickle.dumps([], 2)])


def as_tar(pickled, tensors=True):
    """A tar archive of the first `torch.save` with this pickle and one tensor, whose id is 7."""
    number = struct.Struct("<q")
    storages = pickle.dumps(1, 2) + pickle.dumps((3, "cpu", torch.FloatStorage), 2)
    storages += number.pack(1) + struct.pack("<f", 1) + pickle.dumps([], 2)
    described = pickle.dumps(1, 2) + pickle.dumps((7, 3, torch.FloatTensor), 2)
    described += struct.pack("<ii", 1, 0) + number.pack(1) + number.pack(1) + number.pack(0)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in (("sys_info", pickle.dumps({}, 2)), ("pickle", pickled), ("tensors", described), ("storages", storages)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def saved(value, **options):
    out = io.BytesIO()
    torch.save(value, out, **options)
    return out.getvalue()


def attempt(name, make):
    """The file, unless this version of PyTorch has no such object, or cannot save it: that is told."""
    try:
        yield name, make()
    except (AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, pickle.PicklingError) as error:
        print(f"not in torch {torch.__version__}: {name}: {str(error)[:100]}")


def files():
    """Every file: its name and its content."""
    for name, make in objects.OBJECTS.items():
        yield from attempt(f"zip-{name}", lambda: saved(make()))
        yield from attempt(f"legacy-{name}", lambda: saved(make(), _use_new_zipfile_serialization=False))
    for protocol in range(6):
        for name in objects.PROTOCOLS:
            make = objects.OBJECTS[name]
            yield from attempt(f"zip-{name}-protocol-{protocol}", lambda: saved(make(), pickle_protocol=protocol))
            yield from attempt(f"bare-{name}-protocol-{protocol}", lambda: pickle.dumps(make(), protocol))
        plain = {"a": [1, 2.5, None, True, "text"], "b": (1, 2, 3, 4), "c": 10**20}
        yield f"zip-plain-protocol-{protocol}", as_zip(pickle.dumps(plain, protocol))
        yield f"legacy-plain-protocol-{protocol}", as_legacy(pickle.dumps(plain, protocol))
    for name, pickled in CASES.items():
        yield f"zip-{name}", as_zip(pickled)
        yield f"legacy-{name}", as_legacy(pickled)
    for name in ("id-str", "id-int", "id-none", "binfloat", "print", "empty-tuple"):
        yield f"tar-{name}", as_tar(CASES[name])
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), script)
    yield "script", script.getvalue()


def load(path, line=None, weights_only=True):
    """What loading does, in a process of its own: `loads`, or what is raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(60)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            if line:
                allow(line)
            torch.load(path, weights_only=weights_only, map_location="cpu")
            told = "loads"
        except BaseException as error:
            told = f"{type(error).__name__}: {str(error)[-300:]}"
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read().decode()
    os.waitpid(child, 0)
    return told or "the process died"


def allow(line):
    """Runs a line, with every module that it names imported."""
    names = {"torch": torch, "objects": objects}
    for word in line.replace("(", " ").replace("[", " ").replace(",", " ").split():
        parts = word.strip("])\"").split(".")
        for end in range(1, len(parts)):
            try:
                __import__(".".join(parts[:end]))
                names[parts[0]] = sys.modules[parts[0]]
            except ImportError:
                break
    exec(line, names)


def answers(weighbridge, folder):
    """What Weighbridge says of every file for this version of PyTorch."""
    version = ".".join(torch.__version__.split(".")[:2])
    told = subprocess.run([weighbridge, "scan", "--format", "jsonl", folder], capture_output=True, text=True)
    for line in told.stdout.splitlines():
        report = json.loads(line)
        if report["kind"] == "file":
            of_version = [answer for answer in report["loaders"] if answer["version"] == version]
            yield pathlib.Path(report["path"]).name, of_version[0] if of_version else None


def main(weighbridge, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    # In a process of its own: one that has computed cannot be forked.
    child = os.fork()
    if child == 0:
        for name, content in files():
            (folder / f"{name}.pt").write_bytes(content)
        sys.stdout.flush()
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        return "the files could not be made"
    counts, wrong = collections.Counter(), []
    for name, answer in answers(weighbridge, str(folder)):
        told = load(folder / name)
        if answer is None:
            wrong.append(f"{name}: no answer for torch {torch.__version__}, and it {told}")
            continue
        loads = answer["loads"]
        counts[loads] += 1
        is_open = any(word in name for word in OPEN)
        if loads == "not-known" and not is_open or loads != "not-known" and (loads == "yes") != (told == "loads"):
            details = "; ".join(blocker["detail"] for blocker in answer["blockers"][:3])
            wrong.append(f"{name}: said {loads} ({details}), and it {told}")
        if answer["allow"] and name.removesuffix(".pt") not in BROKEN:
            counts["allowed by a line"] += 1
            told = load(folder / name, answer["allow"])
            if told != "loads" and load(folder / name, weights_only=False) == "loads":
                wrong.append(f"{name}: {answer['allow']}: {told}")
    print("\n".join(wrong))
    print(f"torch {torch.__version__}: {sum(counts.values()) - counts['allowed by a line']} files, {dict(counts)}, {len(wrong)} differ")
    return bool(wrong) or not counts


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
