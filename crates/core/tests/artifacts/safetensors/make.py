"""Makes the files beside this script with safetensors and NumPy: python make.py

Written with safetensors 0.8.0, numpy 2.4.6, ml_dtypes 0.6.0 (CPython 3.11.7). `listing.tsv` says how many bytes of
each are elements of tensors, and which rules tell something about it that is no reason for concern.
"""

import json
from pathlib import Path

import ml_dtypes
import numpy
from safetensors import TensorSpec, serialize_file
from safetensors.numpy import save_file

HERE = Path(__file__).parent
DTYPES = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64 complex64".split()
# Types that NumPy has no name for: name in Python, bytes of six elements.
RAW = {"float8_e4m3fn": 6, "float8_e5m2": 6, "float8_e8m0fnu": 6, "float4_e2m1fn_x2": 6}


def element_bytes(path):
    data = path.read_bytes()
    return len(data) - 8 - int.from_bytes(data[:8], "little")


def every_type(path):
    tensors = {name: numpy.ones((2, 3), name) for name in DTYPES}
    tensors["bfloat16"] = numpy.ones((2, 3), ml_dtypes.bfloat16)
    save_file(tensors, path)


def raw_types(path):
    data = numpy.zeros(6, "u1")
    specs = {
        name: TensorSpec(dtype=name, shape=[6], data_ptr=data.ctypes.data, data_len=size) for name, size in RAW.items()
    }
    serialize_file(specs, path)


def layers(path):
    tensors = {f"model.layers.{i}.{part}": numpy.zeros((4, 4), "<f4") for i in range(12) for part in ("weight", "bias")}
    save_file(tensors, path, metadata={"format": "np", "note": "Zeilen\nmit Umlaut: ä"})


def odd_names(path):
    save_file({name: numpy.zeros(2, "<f2") for name in ("模型", 'quo"ted', "a/b:0", "back\\slash", "")}, path)


def shards(path):
    halves = {"model-00001-of-00002": ("a", "b"), "model-00002-of-00002": ("c",)}
    weight_map = {}
    for file, names in halves.items():
        save_file({name: numpy.zeros(4, "<f4") for name in names}, HERE / f"{file}.safetensors", metadata={"format": "pt"})
        weight_map.update({name: f"{file}.safetensors" for name in names})
    index = {"metadata": {"total_size": 48}, "weight_map": weight_map}
    path.write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")


def wrong():
    """An index that its shards do not fit."""
    folder = HERE / "wrong"
    folder.mkdir(exist_ok=True)
    for file, names in {"1": ("a", "b"), "2": ("c",)}.items():
        save_file({name: numpy.zeros(4, "<f4") for name in names}, folder / f"{file}.safetensors")
    weight_map = {"a": "1.safetensors", "c": "2.safetensors", "d": "2.safetensors"}
    index = {"metadata": {"total_size": 50}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")


FILES = {
    "types.safetensors": every_type,
    "raw-types.safetensors": raw_types,
    "layers.safetensors": layers,
    "names.safetensors": odd_names,
    "scalar.safetensors": lambda path: save_file({"w": numpy.array(1.5)}, path),
    "empty-tensor.safetensors": lambda path: save_file({"w": numpy.zeros((0, 4))}, path),
    "nothing.safetensors": lambda path: save_file({}, path),
    "model.safetensors.index.json": shards,
}
RULES = {"empty-tensor.safetensors": "SFT108"}


def main():
    for name, make in FILES.items():
        make(HERE / name)
    wrong()
    rows = [(path.name, element_bytes(path)) for path in sorted(HERE.glob("*.safetensors"))]
    rows.append(("model.safetensors.index.json", 0))
    listing = "".join(f"{name}\t{size}\t{RULES.get(name, '')}\n" for name, size in rows)
    (HERE / "listing.tsv").write_text(listing)


main()
