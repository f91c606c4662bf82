"""What the tests share."""

import json
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "crates" / "core" / "tests" / "golden"

HARMFUL = b"cos\nsystem\n(S'inert words'\ntR."
PLAIN = b"\x80\x02N."


def safetensors(header, elements):
    """A file of safetensors."""
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(elements)


TENSORS = safetensors(
    {
        "__metadata__": {"format": "pt"},
        "layer.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "layer.bias": {"dtype": "BF16", "shape": [], "data_offsets": [24, 26]},
    },
    26,
)


def cases():
    """Every golden of the report: what is scanned, how, and what must come out."""
    return json.loads((GOLDEN / "index.json").read_text())["cases"]


@pytest.fixture
def harmful(tmp_path):
    path = tmp_path / "harmful.pkl"
    path.write_bytes(HARMFUL)
    return path


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "plain.pkl"
    path.write_bytes(PLAIN)
    return path
