"""Tensors of checkpoints as tensors of PyTorch, beside what PyTorch itself loads. `cargo xtask test-system` runs these; where
there is no torch they fail.
"""

import gc
import io
import os
import pathlib
import pickle
import sys
import threading
import warnings

import numpy
import pytest
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import weighbridge
from checkpoints import ARTIFACTS, checkpoint, tensor

ELEMENTS = numpy.arange(6, dtype="<f4")
DTYPES = [
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
    "complex32", "complex64", "complex128",
    "uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Versions of PyTorch that have typed storages warn of them.
        warnings.filterwarnings("ignore", message="TypedStorage is deprecated")
        warnings.filterwarnings("ignore", message="Detected pickle protocol")
        yield


def load(source, **options):
    return weighbridge.load_tensors(source, framework="torch", **options)


def tensors_in(value, path=""):
    if isinstance(value, torch.Tensor):
        yield path or "tensor", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from tensors_in(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from tensors_in(inner, f"{path}.{index}" if path else str(index))


def same(found, expected):
    assert found.dtype == expected.dtype and found.shape == expected.shape and found.stride() == expected.stride()
    bits = [one.detach().contiguous().reshape(-1).view(torch.uint8) for one in (found, expected)]
    assert torch.equal(*bits)


def groups(tensors):
    """Which tensors lie in one memory."""
    found = {}
    for name, one in tensors.items():
        if one.numel():
            found.setdefault(one.untyped_storage().data_ptr() if hasattr(one, "untyped_storage") else one.storage().data_ptr(), set()).add(name)
    return sorted(map(sorted, found.values()))


@pytest.mark.parametrize("mapped", [True, False])
@pytest.mark.parametrize("name", ["torch-zip", "torch-zip-protocol4", "torch-zip-training", "torch-legacy", "torch-legacy-protocol4"])
def test_artifacts_are_what_torch_loads(name, mapped):
    path = ARTIFACTS / f"{name}.pt"
    # They are our own, and not all of them are of the protocol that weights_only takes.
    expected = dict(tensors_in(torch.load(path, weights_only=False)))
    found = load(path, mapped=mapped)
    assert set(found) == set(expected) and found.refused == ()
    for key, one in expected.items():
        same(found[key], one)
    assert groups(dict(found)) == groups(expected)


def is_saved(name):
    """Whether this version of PyTorch saves tensors of a type."""
    with warnings.catch_warnings():
        # Some types warn that they are experimental.
        warnings.simplefilter("ignore")
        try:
            torch.save(torch.empty(1, dtype=getattr(torch, name)), io.BytesIO())
        except KeyError:
            return False
    return True


def test_every_type_is_what_torch_saves(tmp_path):
    known = [name for name in DTYPES if hasattr(torch, name) and is_saved(name)]
    # PyTorch 1.13 has the type, and no storage of it.
    assert set(DTYPES[:13]) - set(known) <= {"complex32"}
    bits = torch.arange(96, dtype=torch.uint8) % 2
    made = {name: bits.clone().view(getattr(torch, name)).reshape(2, -1) for name in known}
    torch.save(made, tmp_path / "types.pt")
    found = load(tmp_path / "types.pt")
    assert found.refused == () and set(found) == set(made)
    for name, one in made.items():
        same(found[name], one)


def test_views_and_ties_are_what_torch_saves(tmp_path):
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    made = {
        "base": base, "tied": base, "turned": base.t(), "column": base[:, 2], "spread": base[0].expand(5, 6), "scalar": base[3, 5],
        "nothing": base[:0], "step": base[::2, 1::3], "parameter": torch.nn.Parameter(base * 2), "inner": {"list": [base[1], base[2]]},
    }  # fmt: skip
    for legacy in (False, True):
        path = tmp_path / f"views-{legacy}.pt"
        torch.save(made, path, _use_new_zipfile_serialization=not legacy)
        expected, found = dict(tensors_in(torch.load(path))), load(path)
        assert list(found) == list(expected)
        for name, one in expected.items():
            same(found[name], one)
        assert groups(dict(found)) == groups(expected)


def test_what_is_written_to_is_shared_and_is_not_in_the_file(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(checkpoint({"a": tensor("0", [6], [1]), "b": tensor("0", [2, 3], [3, 1])}, {"0": ELEMENTS.tobytes()}))
    before = path.read_bytes()
    for mapped in (True, False):
        found = load(path, mapped=mapped)
        a, b = found["a"], found["b"]
        a[0] = 42
        assert b[0, 0] == 42 and found["a"][0] == 42 and a.data_ptr() == b.data_ptr()
        assert path.read_bytes() == before
        found.close()
        gc.collect()
        assert a[1] == 1
        assert weighbridge.load_tensors(path)["a"][0] == 0
    content = path.read_bytes()
    load(content)["a"][0] = 42
    assert content == before


def test_a_model_is_trained_on_what_was_loaded(tmp_path):
    path = tmp_path / "model.pt"
    torch.manual_seed(7)
    torch.save(torch.nn.Linear(4, 2).state_dict(), path)
    before = path.read_bytes()
    model = torch.nn.Linear(4, 2)
    model.load_state_dict(load(path))
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), load(path).values(), strict=True):
            parameter.set_(value)
    os.unlink(path)
    model(torch.ones(4)).sum().backward()
    torch.optim.SGD(model.parameters(), lr=1.0).step()
    path.write_bytes(before)
    assert not torch.equal(model.weight, load(path)["weight"])


def test_a_module_carries_over_to_safetensors_bit_by_bit(tmp_path):
    from safetensors.torch import load_file

    torch.manual_seed(7)
    made = torch.nn.TransformerEncoderLayer(8, 2, 16).bfloat16().state_dict()
    torch.save(made, tmp_path / "model.pt")
    weighbridge.convert(tmp_path / "model.pt")
    expected = load_file(tmp_path / "model.safetensors")
    found = load(tmp_path / "model.safetensors")
    assert set(expected) == set(made) == set(found)
    for name, one in expected.items():
        same(found[name], one)
        same(made[name], one)


def test_what_lies_askew_is_copied():
    # A legacy file may put storages anywhere; so may a zip, and alignment matters to PyTorch alone.
    values = {"w": tensor("0", [6], [1])}
    for shift in range(4):
        found = load(checkpoint(values, {"p" * (shift + 1): b"p", "0": ELEMENTS.tobytes()}))["w"]
        assert torch.equal(found, torch.arange(6, dtype=torch.float32)) and found.data_ptr() % 4 == 0


def test_the_other_byte_order_is_turned_round():
    values = {"w": tensor("0", [3, 2], [1, 3]), "endless": tensor("0", [2**40, 2], [0, 1])}
    found = load(checkpoint(values, {"0": ELEMENTS.astype(">f4").tobytes()}, byte_order="big"))
    assert torch.equal(found["w"], torch.arange(6, dtype=torch.float32).reshape(2, 3).t())
    assert found["endless"].shape == (2**40, 2) and found["endless"][2**39, 1] == 1


def test_types_that_torch_lacks_are_named(monkeypatch):
    monkeypatch.delattr(torch, "float32")
    found = load(checkpoint({"w": tensor("0", [6], [1])}, {"0": ELEMENTS.tobytes()}))
    with pytest.raises(TypeError, match=r"this PyTorch has no float32; use .raw\('w'\)"):
        found["w"]
    assert bytes(found.raw("w")) == ELEMENTS.tobytes() and found.raw("w").readonly


def test_threads_get_one_memory():
    found = load(checkpoint({"w": tensor("0", [6], [1])}, {"0": ELEMENTS.tobytes()}))
    places = set()
    threads = [threading.Thread(target=lambda: places.update(found["w"].data_ptr() for _ in range(100))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(places) == 1
    assert torch.equal(pickle.loads(pickle.dumps(found["w"])), found["w"])
