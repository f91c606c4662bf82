"""What others run before commits and in their pipelines: the hooks and the action are run here as those would."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
import yaml
from conftest import HARMFUL, PLAIN, ROOT

PROGRAMS = pathlib.Path(sys.executable).parent
LOAD = 'from transformers import AutoModel\nAutoModel.from_pretrained("acme/base", revision="%s"%s)\n'
HARMLESS = LOAD % ("0" * 40, "")
TRUSTING = LOAD % ("main", ", trust_remote_code=True")
ACTION = yaml.safe_load((ROOT / "docs" / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}


def hook(name):
    """The hook, and the command that pre-commit makes of it, as far as it is a command of the package."""
    (hook,) = [hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()) if hook["id"] == name]
    program, *rest = hook["entry"].split()
    assert (hook["language"], program) == ("script", ".pre-commit/weighbridge")
    return hook, [str(PROGRAMS / "weighbridge"), *rest, *hook.get("args", [])]


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_hook_is_handed_every_ending():
    """pre-commit hands the hook the files of a commit that fit; `cargo xtask hooks` lets pre-commit itself run the hooks."""
    files = hook("weighbridge")[0]["files"]
    for ending in ("pt", "pkl", "pkl.gz", "pkl.zst", "pkl.lz4", "joblib.lzma", "tar", "tgz", "7z", "skops", "npz"):
        assert re.search(files, f"models/net.{ending}"), ending
    assert not re.search(files, "net.py")


def test_the_hook_refuses_models_that_are_harmful(tmp_path):
    _, command = hook("weighbridge")
    (tmp_path / "net.pt").write_bytes(HARMFUL)
    (tmp_path / "own.pkl").write_bytes(PLAIN)
    refused = run([*command, "net.pt", "own.pkl"], tmp_path)
    assert refused.returncode == 1 and "os.system" in refused.stdout
    assert run([*command, "own.pkl"], tmp_path).returncode == 0


def test_the_hook_refuses_code_that_trusts_code_of_others(tmp_path):
    told, command = hook("weighbridge-inventory")
    # Where a file stands tells which application it belongs to: the whole tree is read, not the changed files.
    assert told["pass_filenames"] is False and told["types"] == ["text"]
    (tmp_path / "load.py").write_text(HARMLESS)
    assert run(command, tmp_path).returncode == 0
    (tmp_path / "load.py").write_text(TRUSTING)
    refused = run(command, tmp_path)
    assert refused.returncode == 1 and "SRC103" in refused.stdout and "load.py:2:28" in refused.stdout


def test_the_action_is_what_runners_take():
    assert {"name", "description", "inputs", "outputs", "runs"} == set(ACTION)
    assert ACTION["runs"]["using"] == "composite"
    for part in (*ACTION["inputs"].values(), *ACTION["outputs"].values()):
        assert part["description"]
    # Every input has a default, is a string, and is used; the guide tells of each.
    text = (ROOT / "docs" / "action.yml").read_text()
    guide = (ROOT / "docs" / "inventory.md").read_text()
    for name, told in ACTION["inputs"].items():
        assert isinstance(told["default"], str)
        assert f"inputs.{name} " in text
        assert f"`{name}`" in guide
    for step in STEPS.values():
        # What somebody else wrote reaches a script as a variable, never as a part of it.
        assert ("run" in step) != ("uses" in step) and "${{" not in step.get("run", "")
        if "run" in step:
            assert step["shell"] == "bash"
            checked = subprocess.run(["bash", "-n"], input=step["run"], text=True, capture_output=True)
            assert (checked.returncode, checked.stderr) == (0, "")


class Runner:
    """What a runner gives the steps of an action."""

    def __init__(self, folder, **programs):
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        (folder / "bin").mkdir()
        for name, script in programs.items():
            program = folder / "bin" / name
            program.write_text(f"#!/usr/bin/env bash\n{script}\n")
            program.chmod(0o755)
        self.output, self.path, self.called = folder / "output", folder / "path", folder / "called"
        self.environment = {
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "CALLED": str(self.called),
            "RUNNER_TEMP": str(folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT / "docs"),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_PATH": str(self.path),
        }

    def run(self, name, **inputs):
        """Runs a step with these inputs; the others have their defaults."""
        step = STEPS[name]
        variables = dict(self.environment)
        for variable, expression in step["env"].items():
            given = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", expression)[1]
            variables[variable] = inputs.get(given.replace("-", "_"), ACTION["inputs"][given]["default"])
        # As runners call a bash.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(command, cwd=self.workspace, env=variables, capture_output=True, text=True)

    def outputs(self):
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


def test_the_action_installs_from_its_checkout_or_a_version(tmp_path):
    log = 'printf "%s\\n" "$0" "$@" > "$CALLED"'
    runner = Runner(tmp_path, cargo=log, python3=log)
    assert runner.run("Install Weighbridge").returncode == 0
    called = runner.called.read_text().splitlines()
    place = tmp_path / "temp" / "weighbridge"
    assert called == [str(tmp_path / "bin" / "cargo"), "install", "--quiet", "--locked", "--path", str(ROOT / "docs" / ".." / "crates" / "cli"), "--root", str(place)]
    assert (ROOT / "crates" / "cli" / "Cargo.toml").is_file()
    assert runner.path.read_text() == f"{place / 'bin'}\n"
    assert runner.run("Install Weighbridge", version="0.1.0").returncode == 0
    called = runner.called.read_text().splitlines()
    assert called[1:4] == ["-m", "pip", "install"] and called[-1] == "weighbridge==0.1.0"
    # What it leaves starts the package.
    subprocess.run([str(place / "bin" / "weighbridge"), "inventory", "a b"], env=runner.environment, check=True)
    assert runner.called.read_text().splitlines()[1:] == ["-m", "weighbridge", "inventory", "a b"]
    for version in ("1.0 --index-url x", "; true", "-r"):
        refused = runner.run("Install Weighbridge", version=version)
        assert (refused.returncode, refused.stderr) == (2, f"version: {version} is no version\n")


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path, weighbridge=f'exec "{PROGRAMS / "weighbridge"}" "$@"')


def test_the_action_reads_the_repository(runner):
    (runner.workspace / "load.py").write_text(HARMLESS)
    done = runner.run("Read the repository", format="json", output="found.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert runner.outputs() == {"status": "0", "file": "found.json"}
    found = json.loads((runner.workspace / "found.json").read_text())
    assert [reference["id"] for reference in found["references"]] == ["acme/base"]
    folder = runner.workspace / "a folder; $(exit 3)"
    folder.mkdir()
    (folder / "load.py").write_text(TRUSTING)
    (runner.workspace / "own.toml").write_text('[[application]]\npath = "."\nowner = "us"\n')
    failed = runner.run(
        "Read the repository", format="json", output="found.json", config="own.toml", paths=f"load.py\n{folder.name}\n\n"
    )
    assert failed.returncode == 1
    assert runner.outputs() == {"status": "1", "file": "found.json"}
    found = json.loads((runner.workspace / "found.json").read_text())
    assert found["repositories"] == [folder.name, "load.py"]
    assert {one["owner"] for one in found["applications"]} == {"us"}
    assert runner.run("Read the repository", format="json", fail_on="never").returncode == 0


def test_the_action_says_what_is_wrong(runner):
    missing = runner.run("Read the repository", format="json", paths="missing")
    assert missing.returncode == 2 and "missing: there is no such file" in missing.stderr
    assert runner.outputs() == {"status": "2"}
    for inputs in ({"output": ""}, {"output": "a\nstatus=0"}):
        wrong = runner.run("Read the repository", **inputs)
        assert (wrong.returncode, wrong.stderr) == (2, "output: a file is wanted\n")
    assert runner.run("Read the repository", format="json", paths="").returncode == 2
    assert runner.run("Read the repository", format="json", paths="--help").returncode == 2
