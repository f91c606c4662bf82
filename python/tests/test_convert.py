"""Conversion to safetensors, and comparison."""

import json
import os
import pathlib
import pickle
import signal
import subprocess
import sys

import numpy
import pytest
import safetensors.numpy
import weighbridge
from checkpoints import ARTIFACTS, checkpoint, tensor, word
from conftest import TENSORS, safetensors as written

ELEMENTS = numpy.arange(6, dtype="<f4")
SPARSE = b"ctorch._utils\n_rebuild_sparse_tensor\n(ctorch.serialization\n_get_layout\n(" + word("torch.sparse_coo") + b"tR(" + tensor("0", [1, 1], [1, 1]) + tensor("0", [1], [1]) + b"(I2\ntttR"


def model(path, *, before=b"", **values):
    values = values or {"a": tensor("0", [2, 3], [3, 1]), "b": tensor("0", [2, 3], [3, 1]), "c": tensor("0", [3, 2], [1, 3])}
    path.write_bytes(checkpoint(values, {"0": ELEMENTS.tobytes()}, before=before))
    return path


@pytest.fixture
def source(tmp_path):
    return model(tmp_path / "model.pt")


def test_tensors_are_those_of_the_source_and_tied_ones_are_written_once(source):
    done = weighbridge.convert(source)
    out = source.with_suffix(".safetensors")
    assert [file.path for file in done.files] == [str(out)] and done.files[0].size == out.stat().st_size
    assert [(one.name, one.kept) for one in done.aliases] == [("b", "a")]
    assert (done.formats, done.verdict, done.code, done.has_values, done.index) == (("torch-zip",), "clean", (), False, None)
    loaded = safetensors.numpy.load_file(out)
    assert set(loaded) == {"a", "c"}
    assert numpy.array_equal(loaded["a"], ELEMENTS.reshape(2, 3)) and numpy.array_equal(loaded["c"], ELEMENTS.reshape(2, 3).T)
    assert weighbridge.diff(source, out).identical
    twice = weighbridge.convert(source, source.with_name("twice.safetensors"), tied="duplicate")
    assert [one.name for one in twice.tensors] == ["a", "b", "c"] and twice.aliases == ()
    assert sorted(os.listdir(source.parent)) == ["model.pt", "model.safetensors", "twice.safetensors"]


def test_what_is_told_is_a_record_and_what_the_command_tells(source):
    done = weighbridge.convert(source, dry_run=True)
    assert done.dry_run and os.listdir(source.parent) == ["model.pt"]
    command = [sys.executable, "-m", "weighbridge", "convert", "--dry-run", "--format", "json", str(source)]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout == done.to_json() + "\n"
    assert json.loads(done.to_json()) == done.to_dict()
    assert pickle.loads(pickle.dumps(done)) == done and hash(done) == hash(pickle.loads(pickle.dumps(done)))
    assert repr(done) == f"Converted(source={str(source)!r}, dry_run=True, verdict='clean')"
    first = done.tensors[0]
    assert (first.name, first.source, first.dtype, first.shape, first.bytes, first.file) == ("a", "a", "float32", (2, 3), 24, 0)


def test_files_that_are_there_stay_unless_they_are_to_go(source):
    out = source.with_name("out.safetensors")
    out.write_bytes(b"words")
    with pytest.raises(FileExistsError) as caught:
        weighbridge.convert(source, out)
    assert caught.value.filename == str(out) and out.read_bytes() == b"words"
    weighbridge.convert(source, out, force=True)
    assert set(safetensors.numpy.load_file(out)) == {"a", "c"}
    before = source.read_bytes()
    with pytest.raises(weighbridge.OptionError, match="is the source itself"):
        weighbridge.convert(source, source, force=True)
    assert source.read_bytes() == before


def test_options_are_heeded(tmp_path):
    values = {"state_dict": b"}(" + word("w") + tensor("0", [2, 3], [3, 1]) + word("v") + tensor("0", [3], [2]) + b"u", "other": tensor("0", [1], [1]), "epoch": b"K\x07"}
    source = model(tmp_path / "last.ckpt", **values)
    options = {"key": "state_dict", "metadata": {"format": "pt"}, "dtype": "bfloat16", "shard_size": "12B", "extras": tmp_path / "rest.json"}
    done = weighbridge.convert(source, tmp_path / "out.safetensors", **options)
    assert [(one.name, one.source, one.dtype, one.bytes) for one in done.tensors] == [
        ("w", "state_dict.w", "bfloat16", 12), ("v", "state_dict.v", "bfloat16", 6),
    ]  # fmt: skip
    names = ["out-00001-of-00002.safetensors", "out-00002-of-00002.safetensors", "out.safetensors.index.json"]
    assert sorted(os.listdir(tmp_path)) == ["last.ckpt", *names, "rest.json"]
    assert (done.index, done.elsewhere, done.has_values, done.extras) == (str(tmp_path / names[2]), 1, True, str(tmp_path / "rest.json"))
    assert json.loads((tmp_path / "rest.json").read_text())["epoch"] == 7
    tensors = weighbridge.load_tensors(tmp_path / names[2])
    assert numpy.array_equal(tensors["w"].astype("f4"), ELEMENTS.reshape(2, 3)) and tensors.metadata["format"] == "pt"
    for size in (12, "12"):
        again = weighbridge.convert(source, tmp_path / "again", key="state_dict", dtype="float16", shard_size=size, dry_run=True)
        assert len(again.files) == 2


def test_what_safetensors_cannot_hold_is_refused_by_name(tmp_path):
    source = model(tmp_path / "model.pt", fine=tensor("0", [6], [1]), thin=SPARSE)
    with pytest.raises(weighbridge.ConvertError, match="thin") as caught:
        weighbridge.convert(source)
    assert [name for name, _ in caught.value.refused] == ["thin"] and "sparse" in caught.value.refused[0][1]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.refused) == (str(caught.value), caught.value.refused)
    done = weighbridge.convert(source, skip=True)
    assert [(one.name, one.why) for one in done.refused] == caught.value.refused
    assert [one.name for one in done.tensors] == ["fine"]
    lying = model(tmp_path / "lying.pt", fine=tensor("0", [6], [1]), lie=tensor("0", [7], [1]))
    with pytest.raises(weighbridge.ConvertError, match="lie") as caught:
        weighbridge.convert(lying, skip=True)
    assert [name for name, _ in caught.value.refused] == ["lie"]
    with pytest.raises(weighbridge.ConvertError, match="no loader") as caught:
        weighbridge.convert(__file__, tmp_path / "none.safetensors")
    assert caught.value.refused == []
    nothing = model(tmp_path / "nothing.pt", epoch=b"K\x07")
    with pytest.raises(weighbridge.ConvertError):
        weighbridge.convert(nothing)
    assert sorted(os.listdir(tmp_path)) == ["lying.pt", "model.pt", "model.safetensors", "nothing.pt"]


def test_code_stays_behind_and_is_told(tmp_path):
    marker = tmp_path / "marker"
    source = model(tmp_path / "model.pt", before=b"cos\nsystem\n(" + word(f"touch {marker}") + b"tR0", w=tensor("0", [6], [1]))
    done = weighbridge.convert(source)
    assert done.verdict == "malicious" and [(one.resolved, one.effect) for one in done.code] == [("os.system", "process")]
    assert not marker.exists() and b"system" not in pathlib.Path(done.files[0].path).read_bytes()


def test_what_cannot_be_read_or_written_is_an_error_of_the_system(source):
    with pytest.raises(FileNotFoundError) as caught:
        weighbridge.convert(source.with_name("none.pt"))
    assert caught.value.filename == str(source.with_name("none.pt"))
    with pytest.raises(FileNotFoundError) as caught:
        weighbridge.convert(source, source.parent / "none" / "out.safetensors")
    assert caught.value.filename == str(source.parent / "none" / "out.safetensors")
    with pytest.raises(NotADirectoryError):
        weighbridge.convert(source, source / "out.safetensors")
    assert os.listdir(source.parent) == ["model.pt"]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"shard_size": "5XB"}, "shard_size: it takes a size"),
        ({"shard_size": -1}, "shard_size: -1 is no size"),
        ({"shard_size": True}, "shard_size: True is no size"),
        ({"dtype": "int8"}, "dtype: it is float16, bfloat16, float32 or float64"),
        ({"tied": "both"}, "tied: it is alias or duplicate"),
        ({"force": 1}, "force: it is True or False"),
        ({"metadata": {"a": 1}}, "metadata: a dict of str to str is wanted"),
        ({"max_bytes": -1}, "max_bytes: -1"),
    ],
)
def test_options_that_are_wrong_are_named(source, option, words):
    with pytest.raises(weighbridge.OptionError, match=words):
        weighbridge.convert(source, **option)
    assert os.listdir(source.parent) == ["model.pt"]


def test_options_that_do_not_exist_are_errors(source):
    for unknown in ({"overwrite": True}, {"overwrite": None}):
        with pytest.raises(TypeError, match='there is no option "overwrite"; there are key, metadata, '):
            weighbridge.convert(source, **unknown)
    with pytest.raises(TypeError):
        weighbridge.convert(source, cancel=5)
    with pytest.raises(TypeError):
        weighbridge.convert(b"bytes are no path" if os.name == "nt" else 5)
    done = weighbridge.convert(source, key=None, shard_size=None, progress=None, dry_run=True)
    assert len(done.files) == 1


def large(path):
    header = written({"w": {"dtype": "F32", "shape": [16 << 20], "data_offsets": [0, 64 << 20]}}, 0)
    with open(path, "wb") as file:
        file.write(header)
        file.truncate(len(header) + (64 << 20))
    return path


def test_progress_is_told_and_ends_at_the_end(tmp_path):
    told = []
    weighbridge.convert(large(tmp_path / "a.safetensors"), tmp_path / "b.safetensors", progress=lambda *at: told.append(at))
    assert told[-1] == (128 << 20, 128 << 20) and sorted(told) == told and len(told) > 10
    compared = []
    weighbridge.diff(tmp_path / "a.safetensors", tmp_path / "b.safetensors", progress=lambda *at: compared.append(at))
    assert compared[-1] == (64 << 20, 64 << 20)


def test_whoever_wants_it_to_end_ends_it_and_there_is_no_file(tmp_path):
    source = large(tmp_path / "a.safetensors")
    token = weighbridge.CancelToken()
    with pytest.raises(weighbridge.Cancelled, match="no file was written"):
        weighbridge.convert(source, tmp_path / "b.safetensors", cancel=token, progress=lambda *_: token.cancel())
    with pytest.raises(weighbridge.Cancelled):
        weighbridge.diff(source, source, cancel=token)

    def fail(*_):
        raise LookupError("words")

    with pytest.raises(LookupError, match="words"):
        weighbridge.convert(source, tmp_path / "b.safetensors", progress=fail)
    with pytest.raises(KeyboardInterrupt):
        weighbridge.convert(source, tmp_path / "b.safetensors", progress=lambda *_: os.kill(os.getpid(), signal.SIGINT))
    assert os.listdir(tmp_path) == ["a.safetensors"]


def test_who_raises_when_all_is_told_to_be_done_gets_no_file(tmp_path):
    source = ARTIFACTS / "torch-zip.pt"

    def fail(reached, total):
        if reached == total:
            raise LookupError("words")

    for options in {}, {"shard_size": 1}, {"extras": tmp_path / "extras.json"}:
        with pytest.raises(LookupError, match="words"):
            weighbridge.convert(source, tmp_path / "out.safetensors", progress=fail, **options)
        assert os.listdir(tmp_path) == []
    token = weighbridge.CancelToken()
    with pytest.raises(weighbridge.Cancelled, match="no file was written"):
        weighbridge.convert(
            source,
            tmp_path / "out.safetensors",
            cancel=token,
            progress=lambda reached, total: token.cancel() if reached == total else None,
        )
    assert os.listdir(tmp_path) == []


def test_opening_ends_when_it_is_cancelled(tmp_path):
    source = ARTIFACTS / "torch-zip.pt"
    token = weighbridge.CancelToken()
    token.cancel()
    with pytest.raises(weighbridge.Cancelled, match="no file was written"):
        weighbridge.convert(source, tmp_path / "out.safetensors", cancel=token)
    for given in source, source.read_bytes():
        with pytest.raises(weighbridge.Cancelled, match="opening the checkpoint was cancelled"):
            weighbridge.load_tensors(given, cancel=token)
        with pytest.raises(weighbridge.Cancelled):
            weighbridge.diff(given, given, cancel=token)
    assert os.listdir(tmp_path) == []


def test_differences_are_told(tmp_path):
    a = written({"same": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]}, "less": {"dtype": "I8", "shape": [1], "data_offsets": [2, 3]}, "bits": {"dtype": "I8", "shape": [3], "data_offsets": [3, 6]}, "type": {"dtype": "I16", "shape": [1], "data_offsets": [6, 8]}}, b"\1\2\3\4\5\6\7\0")
    b = written({"same": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]}, "more": {"dtype": "I8", "shape": [1], "data_offsets": [2, 3]}, "bits": {"dtype": "I8", "shape": [3], "data_offsets": [3, 6]}, "type": {"dtype": "U8", "shape": [2], "data_offsets": [6, 8]}}, b"\1\2\3\4\0\0\7\0")
    path = tmp_path / "b.safetensors"
    path.write_bytes(b)
    found = weighbridge.diff(a, path)
    assert (found.identical, found.same, found.only_first, found.only_second, found.unread) == (False, 1, ("less",), ("more",), ())
    bits, kind = found.changed
    assert (bits.name, bits.dtypes, bits.shapes, bits.elements, bits.first) == ("bits", ("int8", "int8"), ((3,), (3,)), 2, 1)
    assert (kind.name, kind.dtypes, kind.shapes, kind.elements) == ("type", ("int16", "uint8"), ((1,), (2,)), None)
    assert json.loads(found.to_json()) == found.to_dict() and pickle.loads(pickle.dumps(found)) == found
    assert weighbridge.diff(bytearray(a), memoryview(a)).identical
    sparse = checkpoint({"same": SPARSE}, {"0": ELEMENTS.tobytes()})
    assert weighbridge.diff(sparse, TENSORS).unread == ("same",)
    with pytest.raises(FileNotFoundError):
        weighbridge.diff(a, tmp_path / "none")
    with pytest.raises(weighbridge.CheckpointError):
        weighbridge.diff(a, b"words")
    with pytest.raises(TypeError, match="there is no option"):
        weighbridge.diff(a, b, force=True)


@pytest.mark.parametrize("name", ["torch-zip.pt", "torch-legacy.pt", "torch-zip-training.pt", "joblib/types-2.joblib", "npy/plain.npz"])
def test_artifacts_of_libraries_come_out_as_they_are_read(name, tmp_path):
    source = ARTIFACTS / name
    out = tmp_path / "out.safetensors"
    done = weighbridge.convert(source, out, tied="duplicate", skip=True)
    loaded = safetensors.numpy.load_file(out)
    tensors = weighbridge.load_tensors(source)
    left = {one.name for one in done.refused}
    assert set(loaded) == set(tensors) - left and loaded
    for key, array in loaded.items():
        assert array.tobytes() == bytes(tensors.raw(key)) and array.shape == tensors.info(key).shape
