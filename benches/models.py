"""Writes models of the sizes that people have, with nothing but the standard library.

    python3 models.py DIR        writes the models that are not in DIR yet

Classes and functions of the real libraries are stood in for by names: what is written has the opcodes,
the globals and the layout that the libraries write (scikit-learn 1.9 with joblib 1.6, PyTorch 2,
NumPy 2); none of them needs to be installed. Files that hold nothing but zeros are sparse, where the
file system knows such.
"""

import json
import pickle
import random
import struct
import sys
import types
import zipfile
import zlib
from pathlib import Path

MB = 1 << 20


def noise(size, seed=1):
    """Floats such as weights are: their signs and mantissas are random, their exponents are not."""
    rng = random.Random(seed)
    return struct.pack("<%df" % (size // 4), *(rng.gauss(0, 0.02) for _ in range(size // 4)))


def module(name, **members):
    """A module that pickle finds `members` in."""
    if "." in name:
        module(name.rpartition(".")[0])
    made = sys.modules.setdefault(name, types.ModuleType(name))
    for key, member in members.items():
        member.__module__ = name
        setattr(made, key, member)
    return made


def stand_in(name):
    """A class without anything, or a function where the name is that of one."""
    if name[0].isupper() or name in ("dtype", "ndarray"):
        return type(name, (), {})
    made = types.FunctionType((lambda *a: None).__code__, {}, name)
    made.__qualname__ = name
    return made


class Made:
    """An object that a call makes, which is then given a state."""

    def __init__(self, call, args, state=None):
        self.reduced = (call, args) if state is None else (call, args, state)

    def __reduce__(self):
        return self.reduced


# ---- safetensors ---------------------------------------------------------------------------------


def safetensors(path, tensors, total):
    """Tensors of one size that take `total` bytes, all of them zeros."""
    each = total // tensors // 4 * 4
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for index in range(tensors):
        name = "model.layers.%d.mlp.%d.weight" % (index // 8, index % 8)
        header[name] = {"dtype": "F32", "shape": [each // 4], "data_offsets": [at, at + each]}
        at += each
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)


# ---- NumPy ---------------------------------------------------------------------------------------


def npy(path, total):
    """One array of zeros."""
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }" % (total // 4)
    text = text.ljust(117) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text.encode())
        file.truncate(10 + len(text) + total)


# ---- PyTorch -------------------------------------------------------------------------------------


class TensorPickler(pickle.Pickler):
    """Has storages outside of the pickle, as `torch.save` does."""

    def persistent_id(self, thing):
        return getattr(thing, "id", None) if isinstance(thing, types.SimpleNamespace) else None


def state_dict(tensors, count, *view):
    """A state dict of tensors of `count` elements; `view` is what the ids of its storages end with."""
    from collections import OrderedDict

    rebuild, storage = stand_in("_rebuild_tensor_v2"), stand_in("FloatStorage")
    module("torch", FloatStorage=storage)
    module("torch._utils", _rebuild_tensor_v2=rebuild)
    state = OrderedDict()
    for index in range(tensors):
        key = types.SimpleNamespace(id=("storage", storage, str(index), "cpu", count, *view))
        args = (key, 0, (count // 64, 64), (64, 1), False, OrderedDict())
        state["layers.%d.weight" % index] = Made(rebuild, args)
    return state


def torch_zip(path, tensors, total):
    """A state dict as `torch.save` writes it."""
    count = total // tensors // 4
    state = state_dict(tensors, count)
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("model/data.pkl", "w") as member:
            TensorPickler(member, 2).dump(state)
        archive.writestr("model/byteorder", "little")
        block = noise(MB)
        for index in range(tensors):
            with archive.open("model/data/%d" % index, "w") as member:
                for at in range(0, 4 * count, MB):
                    member.write(block[: 4 * count - at])
        archive.writestr("model/version", "3\n")


def torch_legacy(path, tensors, total):
    """The same as it was written before PyTorch 1.6."""
    count = total // tensors // 4
    sizes = {"short": 2, "int": 4, "long": 4}
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": sizes}
    with open(path, "wb") as file:
        for thing in (0x1950A86A20F9469CFC6C, 1001, system):
            pickle.dump(thing, file, 2)
        TensorPickler(file, 2).dump(state_dict(tensors, count, None))
        pickle.dump(sorted(str(index) for index in range(tensors)), file, 2)
        block = noise(MB)
        for _ in range(tensors):
            file.write(struct.pack("<q", count))
            for at in range(0, 4 * count, MB):
                file.write(block[: 4 * count - at])


# ---- joblib and scikit-learn ---------------------------------------------------------------------


class Array:
    """An array, as joblib's pickler tells it from all else."""

    def __init__(self, shape, dtype, data):
        self.shape, self.dtype, self.data = shape, dtype, data


def numpy_names():
    module("joblib.numpy_pickle", NumpyArrayWrapper=stand_in("NumpyArrayWrapper"))
    module("numpy", dtype=stand_in("dtype"), ndarray=stand_in("ndarray"))
    module("numpy._core.multiarray", scalar=stand_in("scalar"))
    return sys.modules["numpy"]


def dtype(code, more=(None, None, None, -1, -1, 0), order="<"):
    state = (3, order) + more
    return Made(sys.modules["numpy"].dtype, (code, False, True), state)


class JoblibPickler(pickle._Pickler):
    """Puts the elements of arrays behind their wrappers, as `joblib.dump` does."""

    def __init__(self, file):
        super().__init__(file, 4)
        self.file, self.keep = file, []

    def save(self, thing, save_persistent_id=True):
        if not isinstance(thing, Array):
            return super().save(thing, save_persistent_id)
        numpy = sys.modules["numpy"]
        wrapper = sys.modules["joblib.numpy_pickle"].NumpyArrayWrapper()
        wrapper.__dict__.update(
            subclass=numpy.ndarray, shape=thing.shape, order="C", dtype=thing.dtype, allow_mmap=True,
            numpy_array_alignment_bytes=16,
        )
        self.keep.append(wrapper)  # The memo goes by identity.
        super().save(wrapper)
        self.framer.commit_frame(force=True)
        padding = 16 - (self.file.tell() + 1) % 16
        self.file.write(bytes([padding]) + b"\xff" * padding + thing.data)


NODE = "left_child right_child feature threshold impurity n_node_samples weighted_n_node_samples".split()


def node_dtype(i8, f8, u1):
    kinds = dict.fromkeys(NODE, i8)
    kinds.update(threshold=f8, impurity=f8, weighted_n_node_samples=f8, missing_go_to_left=u1)
    names = (*NODE, "missing_go_to_left")
    fields = {name: (kinds[name], 8 * at) for at, name in enumerate(names)}
    return dtype("V64", (None, names, fields, 64, 1, 16), "|")


def nodes(count, rng):
    """The nodes of a tree of some shape."""
    rows = []
    for index in range(count):
        leaf = 2 * index + 2 >= count
        left, right, feature = (-1, -1, -2) if leaf else (2 * index + 1, 2 * index + 2, index % 30)
        samples = count - index
        rows.append(struct.pack(
            "<qqqddqdQ", left, right, feature, rng.gauss(0, 1), rng.random(), samples, float(samples), 0
        ))
    return b"".join(rows)


def forest(path, trees, count):
    """A RandomForestClassifier of `trees` trees of `count` nodes, as `joblib.dump` writes it."""
    numpy = numpy_names()
    classifier, tree = stand_in("RandomForestClassifier"), stand_in("Tree")
    single = stand_in("DecisionTreeClassifier")
    module("sklearn.ensemble._forest", RandomForestClassifier=classifier)
    module("sklearn.tree._classes", DecisionTreeClassifier=single)
    module("sklearn.tree._tree", Tree=tree)
    i8, f8, u1 = dtype("i8"), dtype("f8"), dtype("u1", order="|")
    scalar = sys.modules["numpy._core.multiarray"].scalar
    kind, rng = node_dtype(i8, f8, u1), random.Random(7)
    some = [nodes(count, rng) for _ in range(4)]
    values = struct.pack("<%dd" % (2 * count), *(rng.random() for _ in range(2 * count)))

    def estimator(**attributes):
        made = single()
        made.__dict__.update(
            criterion="gini", splitter="best", max_depth=None, min_samples_split=2,
            min_samples_leaf=1, min_weight_fraction_leaf=0.0, max_leaf_nodes=None,
            min_impurity_decrease=0.0, class_weight=None, ccp_alpha=0.0, monotonic_cst=None,
            **attributes, _sklearn_version="1.9.1",
        )
        return made

    def fitted(index):
        state = {
            "max_depth": 24, "node_count": count,
            "nodes": Array((count,), kind, some[index % len(some)]),
            "values": Array((count, 1, 2), f8, values),
        }
        grown = Made(tree, (30, Array((1,), i8, struct.pack("<q", 2)), 1), state)
        return estimator(
            max_features="sqrt", random_state=rng.getrandbits(31), n_features_in_=30, n_outputs_=1,
            classes_=Array((2,), f8, struct.pack("<dd", 0, 1)),
            n_classes_=Made(scalar, (i8, struct.pack("<q", 2))), max_features_=5, tree_=grown,
        )

    model = classifier()
    model.__dict__.update(
        estimator=estimator(max_features=None, random_state=None), n_estimators=trees,
        estimator_params=("criterion", "max_depth", "min_samples_split", "min_samples_leaf"),
        bootstrap=True, oob_score=False, n_jobs=None, random_state=0, verbose=0, warm_start=False,
        class_weight=None, max_samples=None, criterion="gini", max_depth=None, min_samples_split=2,
        min_samples_leaf=1, min_weight_fraction_leaf=0.0, max_features="sqrt", max_leaf_nodes=None,
        min_impurity_decrease=0.0, monotonic_cst=None, ccp_alpha=0.0, n_features_in_=30, n_outputs_=1,
        classes_=Array((2,), i8, struct.pack("<qq", 0, 1)), n_classes_=2,
        estimators_=[fitted(index) for index in range(trees)], _sklearn_version="1.9.1",
    )
    with open(path, "wb") as file:
        JoblibPickler(file).dump(model)


def joblib_zlib(path, total):
    """A list of 16 arrays of `total` bytes altogether, as `joblib.dump(…, compress=3)` writes it.

    Deflating 2 GB takes a minute. The pieces that repeat are deflated once, each for itself.
    """
    numpy_names()
    block = noise(MB)
    packed = {}

    class Zlib:
        def __init__(self, file):
            self.file, self.sum, self.len = file, zlib.adler32(b""), 0
            file.write(b"\x78\x5e")

        def tell(self):
            return self.len

        def write(self, data):
            data = bytes(data)
            self.sum, self.len = zlib.adler32(data, self.sum), self.len + len(data)
            deflated = packed.get(data) if len(data) == MB else None
            if deflated is None:
                deflate = zlib.compressobj(3, zlib.DEFLATED, -15)
                deflated = deflate.compress(data) + deflate.flush(zlib.Z_FULL_FLUSH)
                if len(data) == MB:
                    packed[data] = deflated
            self.file.write(deflated)

    class Pickler(JoblibPickler):
        def save(self, thing, save_persistent_id=True):
            super().save(thing, save_persistent_id)
            if isinstance(thing, Array):
                for _ in range(total // 16 // MB):
                    self.file.write(block)

    f4 = dtype("f4")
    arrays = [Array((total // 16 // MB * MB // 4,), f4, b"") for _ in range(16)]
    with open(path, "wb") as file:
        out = Zlib(file)
        Pickler(out).dump(arrays)
        file.write(b"\x03\0" + struct.pack(">I", out.sum))


MODELS = {
    "safetensors-5gb.safetensors": lambda path: safetensors(path, 291, 5 * 1000 * MB),
    "safetensors-10000.safetensors": lambda path: safetensors(path, 10_000, 10_000 * 4096),
    "torch-500mb.pt": lambda path: torch_zip(path, 250, 500 * MB),
    "npy-1gb.npy": lambda path: npy(path, 1024 * MB),
    "forest-90mb.joblib": lambda path: forest(path, 450, 2501),
    "zlib-2gb.joblib": lambda path: joblib_zlib(path, 2048 * MB),
}


def write(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in MODELS.items():
        target = folder / name
        if not target.exists():
            part = folder / (name + ".part")
            make(part)
            part.rename(target)


if __name__ == "__main__":
    write(sys.argv[1])
