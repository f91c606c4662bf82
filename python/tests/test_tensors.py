"""Tensors of checkpoints as arrays of NumPy."""

import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import joblib
import ml_dtypes
import numpy
import pytest
import safetensors.numpy
import weighbridge
from checkpoints import ARTIFACTS, checkpoint, tensor, word
from conftest import TENSORS, safetensors as written

ELEMENTS = numpy.arange(6, dtype="<f4")


def long_one():
    """A pickle that takes long to open."""
    return b"\x80\x02]" + (b"(" + b"K\x01" * 1000 + b"e") * 50_000 + b"."


def test_whoever_wants_opening_to_end_ends_it(tmp_path):
    path = tmp_path / "long.pkl"
    path.write_bytes(long_one())
    for source in path, long_one(), bytearray(long_one()):
        token = weighbridge.CancelToken()
        timer = threading.Timer(0.05, token.cancel)
        timer.start()
        begun = time.monotonic()
        with pytest.raises(weighbridge.Cancelled, match="^opening the checkpoint was cancelled$"):
            weighbridge.load_tensors(source, cancel=token)
        assert time.monotonic() - begun < 10
        timer.join()
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            weighbridge.load_tensors(source)
        timer.join()
    with pytest.raises(TypeError):
        weighbridge.load_tensors(path, cancel=5)


def same(found, expected):
    assert found.dtype == expected.dtype.newbyteorder("<") and found.shape == expected.shape
    assert found.tobytes() == expected.astype(expected.dtype.newbyteorder("<")).tobytes()


def arrays(value, path=""):
    """The arrays in what joblib loads, by the names that they have here."""
    if isinstance(value, numpy.ndarray):
        yield path or "tensor", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from arrays(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from arrays(inner, f"{path}.{index}" if path else str(index))


@pytest.mark.parametrize("mapped", [True, False])
@pytest.mark.parametrize("name", ["empty-tensor", "layers", "names", "scalar"])
def test_safetensors_are_what_the_reference_loads(name, mapped):
    path = ARTIFACTS / "safetensors" / f"{name}.safetensors"
    expected = safetensors.numpy.load_file(path)
    tensors = weighbridge.load_tensors(path, mapped=mapped)
    assert set(tensors) == set(expected)
    for key, array in expected.items():
        same(tensors[key], array)


@pytest.mark.parametrize("name", ["plain.npz", "compressed.npz"])
def test_archives_of_numpy_are_what_numpy_loads(name):
    path = ARTIFACTS / "npy" / name
    tensors = weighbridge.load_tensors(path)
    with numpy.load(path) as expected:
        assert set(tensors) | {key for key, _ in tensors.refused} == set(expected.files)
        assert len(tensors) > 0
        for key in tensors:
            same(tensors[key], expected[key])


@pytest.mark.parametrize("name", ["matrix", "types-0", "types-2", "types-4", "types-5", "old-matrix", "old-types-0"])
def test_arrays_of_joblib_are_what_joblib_loads(name):
    path = ARTIFACTS / "joblib" / f"{name}.joblib"
    tensors = weighbridge.load_tensors(path)
    expected = dict(arrays(joblib.load(path)))
    told = set(tensors) | {key for key, _ in tensors.refused}
    assert told <= set(expected) and len(tensors) > 0
    for key in tensors:
        same(tensors[key], expected[key])


def test_strides_are_real_and_tied_tensors_share_memory():
    values = {
        "whole": tensor("0", [2, 3], [3, 1]),
        "tied": tensor("0", [2, 3], [3, 1]),
        "turned": tensor("0", [3, 2], [1, 3]),
        "column": tensor("0", [2], [3], offset=2),
        "spread": tensor("0", [4, 2], [0, 1]),
        "scalar": tensor("0", [], [], offset=5),
        "nothing": tensor("0", [0, 7], [7, 1]),
        "one": tensor("0", [1, 2], [2**62, 1]),
    }
    tensors = weighbridge.load_tensors(checkpoint(values, {"0": ELEMENTS.tobytes()}))
    whole = ELEMENTS.reshape(2, 3)
    expected = {
        "whole": whole, "tied": whole, "turned": whole.T, "column": whole[:, 2], "scalar": whole[1, 2],
        "spread": numpy.broadcast_to(ELEMENTS[:2], (4, 2)), "nothing": whole[:0, :0].reshape(0, 7), "one": whole[:1, :2],
    }  # fmt: skip
    assert list(tensors) == list(values)
    for name, array in expected.items():
        assert numpy.array_equal(tensors[name], array), name
        assert bytes(tensors.raw(name)) == array.tobytes()
        assert not tensors[name].flags.writeable
    assert tensors["turned"].strides == (4, 12) and tensors["spread"].strides == (0, 4)
    assert numpy.shares_memory(tensors["whole"], tensors["tied"])
    assert numpy.shares_memory(tensors["whole"], tensors["column"])
    with pytest.raises(ValueError, match="read-only"):
        tensors["whole"][0, 0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        tensors["whole"].flags.writeable = True
    assert tensors.raw("whole").readonly


def test_what_is_told_of_a_tensor_is_a_record():
    values = {"turned": tensor("0", [3, 2], [1, 3])}
    tensors = weighbridge.load_tensors(checkpoint(values, {"0": ELEMENTS.tobytes()}))
    info = tensors.info("turned")
    assert (info.name, info.dtype, info.shape, info.strides, info.bytes) == ("turned", "float32", (3, 2), (1, 3), 24)
    assert repr(info) == "TensorInfo(name='turned', dtype='float32', shape=[3, 2])"
    assert pickle.loads(pickle.dumps(info)) == info and isinstance(info, weighbridge.TensorInfo)


def test_the_other_byte_order_is_turned_round_and_costs_no_more_than_the_storage():
    content = ELEMENTS.astype(">f4").tobytes()
    values = {"turned": tensor("0", [3, 2], [1, 3]), "endless": tensor("0", [2**40, 2], [0, 1])}
    tensors = weighbridge.load_tensors(checkpoint(values, {"0": content}, byte_order="big"))
    assert numpy.array_equal(tensors["turned"], ELEMENTS.reshape(2, 3).T)
    assert tensors["endless"].shape == (2**40, 2) and tensors["endless"][2**39, 1] == 1
    with pytest.raises(MemoryError):
        tensors.raw("endless")


@pytest.mark.parametrize(
    ("shape", "strides", "more"),
    [
        ([2, 4], [4, 1], {}),
        ([2, 3], [3, 2], {}),
        ([2, 3], [-3, 1], {}),
        ([2, 3], [3, 1], {"offset": 1}),
        ([2, 3], [3, 1], {"offset": -1}),
        ([2, 3], [3], {}),
        ([2, 3], [2**61, 1], {}),
        ([-2, 3], [3, 1], {}),
        ([2, 3], [3, 1], {"count": 7}),
        ([2, 3], [3, 1], {"count": 2**61}),
        ([2, 3], [3, 1], {"storage": "DoubleStorage"}),
    ],
)
def test_a_lie_about_a_tensor_is_refused_with_its_name(shape, strides, more):
    # What loads must load all the same.
    values = {"fine": tensor("1", [6], [1]), "lie": tensor("0", shape, strides, **more)}
    file = checkpoint(values, {"0": ELEMENTS.tobytes(), "1": ELEMENTS.tobytes()})
    tensors = weighbridge.load_tensors(file)
    assert list(tensors) == ["fine"] and "lie" not in tensors
    assert [name for name, _ in tensors.refused] == ["lie"]
    for ask in (tensors.__getitem__, tensors.info, tensors.raw):
        with pytest.raises(weighbridge.TensorRefused, match="'lie' is not given as a tensor: ") as caught:
            ask("lie")
        assert isinstance(caught.value, KeyError) and (caught.value.name, caught.value.why) == tensors.refused[0]
        with pytest.raises(KeyError):
            ask("none")
    assert numpy.array_equal(tensors["fine"], ELEMENTS)


def test_code_is_never_run_and_its_values_are_told(tmp_path):
    marker = tmp_path / "marker"
    payload = b"cos\nsystem\n(" + word(f"touch {marker}") + b"tR0"
    values = {"weight": tensor("0", [6], [1]), "epoch": b"K\x07", "nested": b"}" + word("inner") + tensor("0", [2], [1]) + b"s"}
    with weighbridge.load_tensors(checkpoint(values, {"0": ELEMENTS.tobytes()}, before=payload)) as tensors:
        assert set(tensors) == {"weight", "nested.inner"}
        assert tensors.extras == {"weight": {"$tensor": "weight"}, "epoch": 7, "nested": {"inner": {"$tensor": "nested.inner"}}}
        assert tensors.formats == ("torch-zip",) and tensors.metadata == {}
        assert numpy.array_equal(tensors["weight"], ELEMENTS)
    assert not marker.exists()


def test_other_names_of_a_tensor_find_it():
    file = written({"__metadata__": {"tied": "kept", "format": "pt"}, "kept": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]}}, 2)
    tensors = weighbridge.load_tensors(file)
    assert list(tensors) == ["kept", "tied"] and tensors.metadata == {"tied": "kept", "format": "pt"}
    assert numpy.shares_memory(tensors["tied"], tensors["kept"])
    assert tensors.extras is None


def test_types_that_numpy_lacks_come_from_ml_dtypes():
    tensors = weighbridge.load_tensors(TENSORS)
    assert tensors["layer.bias"].dtype == ml_dtypes.bfloat16
    raw = weighbridge.load_tensors(ARTIFACTS / "safetensors" / "raw-types.safetensors")
    for name in raw:
        if name.startswith("float8"):
            assert raw[name].dtype == getattr(ml_dtypes, name) and raw[name].tobytes() == bytes(raw.raw(name))
    with pytest.raises(TypeError, match="neither NumPy nor ml_dtypes has float4_e2m1fn_x2; use framework=\"torch\", or .raw"):
        raw["float4_e2m1fn_x2"]
    program = """if True:
        import sys, weighbridge
        sys.modules["ml_dtypes"] = None
        tensors = weighbridge.load_tensors(sys.argv[1])
        assert "numpy" not in sys.modules
        try:
            tensors["bfloat16"]
        except TypeError as error:
            print(error)
    """
    types = ARTIFACTS / "safetensors" / "types.safetensors"
    told = subprocess.run([sys.executable, "-c", program, types], capture_output=True, check=True, text=True).stdout
    assert told == (
        "NumPy has no bfloat16; install ml_dtypes, which has most such types, "
        "or use framework=\"torch\", or .raw('bfloat16') for its bytes\n"
    )


def test_a_gigabyte_is_opened_at_once_and_read_where_it_is_looked_at(tmp_path):
    path = tmp_path / "large.safetensors"
    size = 1 << 30
    header = written({"w": {"dtype": "F32", "shape": [1 << 10, 1 << 18], "data_offsets": [0, size]}}, 0)
    with open(path, "wb") as file:
        file.write(header)
        file.truncate(len(header) + size)
        file.seek(len(header) + (700 << 20))
        file.write(ELEMENTS[5].tobytes())
    program = """if True:
        import resource, sys, time, numpy, weighbridge
        most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # One that is small, so that everything is loaded.
        weighbridge.load_tensors(sys.argv[2])["layer.weight"].sum()
        before, times = most(), []
        for _ in range(5):
            begin = time.perf_counter()
            tensors = weighbridge.load_tensors(sys.argv[1])
            times.append(time.perf_counter() - begin)
        print(min(times))
        part = tensors["w"][700:704]
        print(part[0, 0], part.sum(), (most() - before) >> 10)
    """
    small = tmp_path / "small.safetensors"
    small.write_bytes(TENSORS)
    told = subprocess.run([sys.executable, "-c", program, path, small], capture_output=True, check=True, text=True).stdout
    seconds, first, total, megabytes = told.split()
    assert float(seconds) < 0.020
    assert (float(first), float(total)) == (5, 5)
    assert int(megabytes) < 32


def test_arrays_outlive_what_they_were_made_of(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(checkpoint({"w": tensor("0", [6], [1])}, {"0": ELEMENTS.tobytes()}))
    tensors = weighbridge.load_tensors(path)
    array, raw = tensors["w"], tensors.raw("w")
    assert repr(tensors) == "<Tensors of numpy: 1 from torch-zip>"
    tensors.close()
    tensors.close()
    os.unlink(path)
    assert list(tensors) == ["w"] and repr(tensors) == "<Tensors of numpy: 1 from closed>"
    for ask in (lambda: tensors["w"], lambda: tensors.info("w"), lambda: tensors.raw("w"), lambda: tensors.extras, lambda: tensors.refused):
        with pytest.raises(ValueError, match="these tensors were closed"):
            ask()
    del tensors
    gc.collect()
    assert numpy.array_equal(array, ELEMENTS) and bytes(raw) == ELEMENTS.tobytes()


def test_arrays_are_pickled_and_mappings_are_not():
    tensors = weighbridge.load_tensors(TENSORS)
    assert numpy.array_equal(pickle.loads(pickle.dumps(tensors["layer.weight"])), tensors["layer.weight"])
    with pytest.raises(TypeError, match="belong to an open file"):
        pickle.dumps(tensors)
    assert tensors == tensors and tensors != weighbridge.load_tensors(TENSORS) and hash(tensors) is not None


def test_bytes_are_borrowed_and_what_can_change_is_copied():
    array = weighbridge.load_tensors(TENSORS)["layer.weight"]
    view = numpy.frombuffer(TENSORS, numpy.uint8)
    assert numpy.shares_memory(array, view)
    changing = bytearray(TENSORS)
    for given in (changing, memoryview(changing)):
        array = weighbridge.load_tensors(given)["layer.weight"]
        assert not array.any()
    del given
    changing[:] = b"\xff" * len(changing)
    assert not array.any()
    changing.clear()
    with pytest.raises(TypeError, match="not a file object"), open(__file__, "rb") as file:
        weighbridge.load_tensors(file)
    with pytest.raises(TypeError):
        weighbridge.load_tensors(5)


def test_what_cannot_be_opened_says_why(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        weighbridge.load_tensors(tmp_path / "none.pt")
    assert str(caught.value.filename).endswith("none.pt")
    with pytest.raises(weighbridge.CheckpointError, match="a directory, and it holds none of"):
        weighbridge.load_tensors(tmp_path)
    with pytest.raises(weighbridge.CheckpointError, match="it is empty"):
        weighbridge.load_tensors(b"")
    with pytest.raises(weighbridge.CheckpointError, match="no loader"):
        weighbridge.load_tensors(b"words that are no model")
    with pytest.raises(weighbridge.OptionError, match="framework: it is numpy or torch, not 'jax'"):
        weighbridge.load_tensors(TENSORS, framework="jax")
    with pytest.raises(TypeError, match="there is no option \"max_byte\""):
        weighbridge.load_tensors(TENSORS, max_byte=5)
    with pytest.raises(weighbridge.OptionError, match="max_bytes: -1"):
        weighbridge.load_tensors(TENSORS, max_bytes=-1)
    with pytest.raises(weighbridge.CheckpointError, match="max_bytes"):
        weighbridge.load_tensors(bytearray(TENSORS), max_bytes=5)


def total(tensors):
    return float(tensors["layer.weight"].sum()) + len(tensors.raw("layer.bias"))


def test_threads_and_forked_processes_share_tensors(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(TENSORS)
    for mapped in (True, False):
        tensors = weighbridge.load_tensors(path, mapped=mapped)
        found = []
        threads = [threading.Thread(target=lambda: found.extend(total(tensors) for _ in range(200))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [2.0] * 1600
        queue = multiprocessing.get_context("fork").SimpleQueue()
        child = multiprocessing.get_context("fork").Process(target=lambda: queue.put(total(tensors)))
        child.start()
        child.join(20)
        assert child.exitcode == 0 and queue.get() == 2.0


def test_closing_while_others_read_ends_in_errors_alone():
    for _ in range(50):
        tensors = weighbridge.load_tensors(TENSORS)
        ends = []

        def read():
            try:
                while True:
                    tensors["layer.weight"].sum()
            except ValueError as error:
                ends.append(str(error))

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.001)
        tensors.close()
        for thread in threads:
            thread.join()
        assert ends == ["these tensors were closed"] * 3
