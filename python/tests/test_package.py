"""What the package is as a whole: import, command, helper for tests, hook, documentation."""

import doctest
import json
import pathlib
import subprocess
import sys

import pytest
import weighbridge
from checkpoints import ARTIFACTS
from conftest import HARMFUL, PLAIN, ROOT, TENSORS
from weighbridge.testing import assert_clean


def test_import_is_quick():
    program = "import time; begin = time.perf_counter(); import weighbridge; print(time.perf_counter() - begin)"

    def once():
        return float(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout)

    # The machine may do other things meanwhile.
    took = []
    while not took or (min(took) >= 0.020 and len(took) < 40):
        took.append(once())
    assert min(took) < 0.020, took


def test_nothing_else_is_needed():
    program = "import sys; before = set(sys.modules); import weighbridge; print(sorted(set(sys.modules) - before))"
    modules = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True, text=True).stdout
    assert "asyncio" not in modules and "typing" not in modules and "dataclasses" not in modules
    from importlib import metadata

    assert metadata.requires("weighbridge") is None
    assert metadata.version("weighbridge") == weighbridge.__version__


def test_everything_public_is_listed():
    public = {name for name in vars(weighbridge) if not name.startswith("_")} - {"testing"}
    assert public | {"__version__"} == set(weighbridge.__all__)
    for name in weighbridge.__all__:
        assert name == "__version__" or getattr(weighbridge, name).__doc__


@pytest.mark.parametrize("command", [["weighbridge"], [sys.executable, "-m", "weighbridge"]])
def test_the_command_is_the_command_line(command, tmp_path):
    if command == ["weighbridge"]:
        command = [str(pathlib.Path(sys.executable).with_name("weighbridge"))]
    (tmp_path / "harmful.pkl").write_bytes(HARMFUL)
    (tmp_path / "plain.pkl").write_bytes(PLAIN)

    def run(*arguments):
        return subprocess.run([*command, *arguments], capture_output=True, text=True, cwd=tmp_path)

    found = run("scan", "--format", "jsonl", ".")
    assert found.returncode == 1
    reports = [json.loads(line) for line in found.stdout.splitlines()]
    assert [report["verdict"] for report in reports] == ["malicious", "clean"]
    assert found.stdout.splitlines()[1] == weighbridge.scan(tmp_path / "plain.pkl", name="./plain.pkl").to_json()
    assert run("scan", "plain.pkl").returncode == 0
    assert run("scan", "nothing.pkl").returncode == 2
    assert run("--version").stdout == f"weighbridge {weighbridge.__version__}\n"


def test_the_helper_for_tests_says_what_was_found(tmp_path, harmful, plain):
    assert assert_clean(plain).is_clean
    with pytest.raises(AssertionError) as caught:
        assert_clean(harmful)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{harmful}: malicious"
    assert lines[1].startswith("  critical PKL101 dangerous-call: loading calls os.system('inert words')")
    with pytest.raises(AssertionError, match="not examined: truncated, "):
        assert_clean(b"")
    with pytest.raises(FileNotFoundError):
        assert_clean(tmp_path / "nothing")
    assert assert_clean(b"cours.nets\nHead\n.", allow=["ours.nets.Head"]).allowed
    many = b"".join(b"cours.n%d\nHead\n0" % number for number in range(30)) + b"N."
    with pytest.raises(AssertionError, match="and 10 more"):
        assert_clean(many)


def test_the_examples_of_the_guide_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.pkl").write_bytes(PLAIN)
    (tmp_path / "upload.pkl").write_bytes(HARMFUL)
    (tmp_path / "model.safetensors").write_bytes(TENSORS)
    (tmp_path / "model.pt").write_bytes((ARTIFACTS / "torch-zip.pt").read_bytes())
    (tmp_path / "shop" / "search").mkdir(parents=True)
    (tmp_path / "shop" / "search" / "pyproject.toml").touch()
    load = 'from transformers import AutoModel\nmodel = AutoModel.from_pretrained("acme/base", trust_remote_code=True)\n'
    (tmp_path / "shop" / "search" / "load.py").write_text(load)
    result = doctest.testfile(str(ROOT / "docs" / "api" / "python.md"), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    assert result.attempted > 45
