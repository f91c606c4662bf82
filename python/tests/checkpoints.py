"""Checkpoints of PyTorch's zip format, written by hand: also such as no PyTorch would write."""

import io
import zipfile

from conftest import ROOT

ARTIFACTS = ROOT / "crates" / "core" / "tests" / "artifacts"


def word(text):
    encoded = text.encode()
    return b"X" + len(encoded).to_bytes(4, "little") + encoded


def numbers(items):
    return b"(" + b"".join(b"I%d\n" % item for item in items) + b"t"


def tensor(key, shape, strides, *, storage="FloatStorage", count=6, offset=0):
    """What `torch.save` writes for a tensor."""
    identity = b"(" + word("storage") + b"ctorch\n" + storage.encode() + b"\n" + word(key) + word("cpu") + b"I%d\n" % count + b"tQ"
    arguments = identity + b"I%d\n" % offset + numbers(shape) + numbers(strides) + b"I00\nccollections\nOrderedDict\n(tR"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + arguments + b"tR"


def checkpoint(values, storages, *, byte_order="little", before=b""):
    """The bytes of a file; `values` are pickled already."""
    pickle = b"\x80\x02" + before + b"}(" + b"".join(word(name) + value for name, value in values.items()) + b"u."
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("model/data.pkl", pickle)
        archive.writestr("model/byteorder", byte_order)
        for key, content in storages.items():
            archive.writestr(f"model/data/{key}", content)
        archive.writestr("model/version", "3\n")
    return written.getvalue()
