"""What the tests share."""

import json
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "crates" / "core" / "tests" / "golden"

HARMFUL = b"cos\nsystem\n(S'inert words'\ntR."
PLAIN = b"\x80\x02N."


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
