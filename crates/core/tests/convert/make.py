"""Writes `files/`: checkpoints of many kinds, and beside each what the reference libraries make of it.

    python make.py files

Written with torch 2.15.0, safetensors 0.8.0, numpy 2.4.6 and joblib 1.6.0 (Python 3.11). `X.expected` holds what
`torch.load` (or `numpy.load`, `joblib.load`, `pickle.load`) gives for `X`, saved by safetensors' own `save_file`.
"""

import io
import json
import os
import pickle
import struct
import sys
import tarfile

import joblib
import numpy as np
import safetensors.numpy
import torch
from safetensors.torch import save_file

OUT = sys.argv[1]
LEGACY = {"_use_new_zipfile_serialization": False}


def expect(name, tensors):
    """Saves what the library loads, as it has to be converted."""
    tensors = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    save_file(tensors, f"{OUT}/{name}.expected", metadata={"format": "pt"})


def both(name, content, tensors):
    """Saves in the zip format and in the one before."""
    for ending, options in ((".pt", {}), (".legacy.pt", LEGACY)):
        torch.save(content, f"{OUT}/{name}{ending}", **options)
        expect(f"{name}{ending}", tensors)


def expect_arrays(name, arrays):
    """As `expect`, for arrays."""
    plain = {}
    for key, array in arrays.items():
        little = array.astype(array.dtype.newbyteorder("<"))
        plain[key] = np.ascontiguousarray(little).reshape(array.shape)
    safetensors.numpy.save_file(plain, f"{OUT}/{name}.expected")


def of_torch():
    kinds = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
    kinds += [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64]
    dtypes = {str(kind)[6:]: torch.testing.make_tensor((3, 5), dtype=kind, device="cpu") for kind in kinds}
    for kind in (torch.uint16, torch.uint32, torch.uint64):
        dtypes[str(kind)[6:]] = torch.arange(7).to(kind)
    for kind in (torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz):
        dtypes[str(kind)[6:]] = torch.randn(4, 3).to(kind)
    dtypes["float8_e8m0fnu"] = torch.arange(6, dtype=torch.uint8).view(torch.float8_e8m0fnu)
    dtypes["scalar"] = torch.tensor(3.5)
    dtypes["empty"] = torch.empty(0, 4)
    both("dtypes", dtypes, dtypes)

    base = torch.arange(240, dtype=torch.float32).reshape(10, 24)
    views = {
        "transposed": base.t(),
        "sliced": base[2:7, 3:20:4],
        "expanded": torch.arange(4.0).unsqueeze(1).expand(4, 6),
        "row": base[5],
        "permuted": torch.arange(120.0).reshape(2, 3, 4, 5).permute(3, 1, 0, 2),
        "channels_last": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last),
    }
    both("views", views, views)

    model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.BatchNorm1d(16), torch.nn.Linear(16, 4))
    state = model.state_dict()
    both("state", state, state)

    optimizer = torch.optim.Adam(model.parameters())
    model(torch.randn(5, 8)).sum().backward()
    optimizer.step()
    checkpoint = {"state_dict": state, "optimizer": optimizer.state_dict(), "epoch": 3, "lr": 0.1, "name": "x"}
    flat = {f"state_dict.{key}": value for key, value in state.items()}
    for at, values in optimizer.state_dict()["state"].items():
        flat.update({f"optimizer.state.{at}.{key}": value for key, value in values.items()})
    both("training", checkpoint, flat)

    torch.save(model, f"{OUT}/module.pt")
    expect("module.pt", state)
    parameter = torch.nn.Parameter(torch.randn(3, 3))
    torch.save(parameter, f"{OUT}/parameter.pt")
    expect("parameter.pt", {"tensor": parameter})
    bare = {"a": torch.randn(3, 4), "b": [torch.ones(2), torch.zeros(3, dtype=torch.int64)]}
    with open(f"{OUT}/bare.pkl", "wb") as file:
        pickle.dump(bare, file)
    expect("bare.pkl", {"a": bare["a"], "b.0": bare["b"][0], "b.1": bare["b"][1]})
    script = torch.jit.script(torch.nn.Linear(4, 3))
    script.save(f"{OUT}/script.pt")
    expect("script.pt", script.state_dict())

    os.makedirs(f"{OUT}/sharded", exist_ok=True)
    names = list(state)
    files = {key: f"pytorch_model-0000{1 + (at >= 4)}-of-00002.bin" for at, key in enumerate(names)}
    for file in set(files.values()):
        torch.save({key: state[key] for key in names if files[key] == file}, f"{OUT}/sharded/{file}")
    with open(f"{OUT}/sharded/pytorch_model.bin.index.json", "w") as file:
        json.dump({"metadata": {"total_size": 1}, "weight_map": files}, file)
    expect("sharded", state)

    weight = torch.arange(6.0).reshape(2, 3)
    torch.save({"head.weight": weight, "embed.weight": weight, "part": weight[:1]}, f"{OUT}/tied.pt")
    torch.save(
        {
            "plain": torch.ones(2),
            "sparse": torch.eye(3).to_sparse(),
            "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
            "complex128": torch.ones(2, dtype=torch.complex128),
            "conjugated": torch.ones(2, dtype=torch.complex64).conj(),
            "meta": torch.empty(3, device="meta"),
        },
        f"{OUT}/odd.pt",
    )
    floats = torch.tensor([1.0, 0.1, -2.5, 65520.0, 1e-8, 3.0e38, float("inf")])
    torch.save({"floats": floats, "ids": torch.arange(3)}, f"{OUT}/floats.pt")
    for kind in (torch.float16, torch.bfloat16, torch.float64):
        expect(f"floats.{str(kind)[6:]}", {"floats": floats.to(kind), "ids": torch.arange(3)})


def member(archive, name, content):
    """Adds a file to a tar archive."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def of_tar():
    """What `torch.save` wrote before 0.1.10. Nothing writes it any more; the layout is what `torch.load` reads
    (`torch/serialization.py`, `legacy_load`), which is asked whether this is it."""
    floats, whole = torch.arange(12.0), torch.arange(5)
    storages = pickle.dumps(2, 2)
    for key, storage, content in ((7, torch.FloatStorage, floats), (8, torch.LongStorage, whole)):
        storages += pickle.dumps((key, "cpu", storage), 2)
        storages += struct.pack("<q", content.numel()) + content.numpy().tobytes()
    storages += pickle.dumps([(9, 7, 4, 6)], 2)
    tensors = pickle.dumps(4, 2)
    for key, storage, offset, shape, stride in (
        (1, 7, 0, (3, 4), (4, 1)),
        (2, 7, 1, (4, 2), (1, 4)),
        (3, 8, 2, (3,), (1,)),
        (4, 9, 0, (2, 3), (3, 1)),
    ):
        kind = torch.LongTensor if storage == 8 else torch.FloatTensor
        tensors += pickle.dumps((key, storage, kind), 2) + struct.pack("<ii", len(shape), 0)
        tensors += struct.pack(f"<{2 * len(shape) + 1}q", *shape, *stride, offset)

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return value[1] if isinstance(value, tuple) and value[:1] == ("tensor",) else None

    content = io.BytesIO()
    names = {"whole": "1", "turned": "2", "ids": "3", "part": "4"}
    Pickler(content, 2).dump({name: ("tensor", key) for name, key in names.items()})
    with tarfile.open(f"{OUT}/tar.pt", "w", format=tarfile.PAX_FORMAT) as archive:
        member(archive, "sys_info", pickle.dumps({"protocol_version": 1000, "little_endian": True}, 2))
        member(archive, "pickle", content.getvalue())
        member(archive, "tensors", tensors)
        member(archive, "storages", storages)
    expect("tar.pt", torch.load(f"{OUT}/tar.pt", weights_only=False))


def of_numpy():
    random = np.random.default_rng(0)
    arrays = {
        "f8": random.random((3, 4)),
        "f4": random.random((2, 3, 4)).astype("f4"),
        "i2": np.arange(6, dtype="i2"),
        "u8": np.arange(6, dtype="u8"),
        "bool": random.random(9) > 0.5,
        "fortran": np.asfortranarray(random.random((5, 7))),
        "big": np.arange(12, dtype=">f4").reshape(3, 4),
        "big_fortran": np.asfortranarray(np.arange(12, dtype=">i8").reshape(3, 4)),
        "c8": (random.random(3) + 1j).astype("c8"),
        "f2": random.random(5).astype("f2"),
        "scalar": np.array(2.5),
        "empty": np.zeros((0, 3)),
    }
    np.savez(f"{OUT}/arrays.npz", **arrays)
    expect_arrays("arrays.npz", arrays)
    np.savez_compressed(f"{OUT}/packed.npz", **arrays)
    expect_arrays("packed.npz", arrays)
    for key in ("f8", "fortran", "big", "big_fortran", "scalar"):
        np.save(f"{OUT}/{key}.npy", arrays[key])
        expect_arrays(f"{key}.npy", {"tensor": arrays[key]})
    for protocol in range(6):
        with open(f"{OUT}/protocol{protocol}.pkl", "wb") as file:
            pickle.dump(arrays, file, protocol=protocol)
        expect_arrays(f"protocol{protocol}.pkl", arrays)
    # From NumPy 2.3 on, protocol 5 gives the order of the dimensions as well.
    turned = np.arange(24, dtype="f4").reshape(2, 3, 4)
    turned = {"210": turned.T, "102": turned.transpose(1, 0, 2), "201": turned.transpose(2, 0, 1)}
    with open(f"{OUT}/turned.pkl", "wb") as file:
        pickle.dump(turned, file, protocol=5)
    expect_arrays("turned.pkl", turned)
    for compress in (0, "zlib", "gzip", "bz2", "lzma", "xz"):
        name = f"{compress or 'plain'}.joblib"
        joblib.dump(arrays, f"{OUT}/{name}", compress=(compress, 3) if compress else 0)
        expect_arrays(name, arrays)


torch.manual_seed(1)
os.makedirs(OUT, exist_ok=True)
of_torch()
of_tar()
of_numpy()
