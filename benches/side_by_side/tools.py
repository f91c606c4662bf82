"""The scanners: which versions, how they are installed and how they are started."""

import subprocess
import sys
import venv
from dataclasses import dataclass

from side_by_side.places import ROOT, SCRATCH, TARGET

# fickling's command takes one pickle. Directories and archives go through its two functions, in one process.
FICKLING_FUNCTIONS = """
import os, sys
from fickling import scan_file, scan_zip_archive
path = sys.argv[1]
if os.path.isdir(path):
    for folder, _, names in os.walk(path):
        for name in names:
            scan_file(os.path.join(folder, name), graceful=True)
else:
    scan_zip_archive(path, graceful=True)
"""


@dataclass(frozen=True)
class Tool:
    """A scanner: what is installed, how it is started, and the statuses that say that it looked at its input."""

    name: str
    version: str
    arguments: tuple[str, ...]
    statuses: tuple[int, ...] = (0, 1)
    beside: tuple[str, ...] = ()
    shown: str = ""

    def home(self):
        return SCRATCH / f"{self.name}-{self.version}"

    def command(self, case):
        folder = self.home() / "bin"
        if self.name == "fickling" and case.key in ("folder", "checkpoint"):
            return [str(folder / "python"), "-c", FICKLING_FUNCTIONS, str(case.path)]
        return [str(folder / self.name), *self.arguments, str(case.path)]


class Weighbridge(Tool):
    def command(self, case):
        return [str(TARGET / "release" / self.name), *self.arguments, str(case.path)]


PEERS = (
    Tool("picklescan", "1.0.5", ("--path",)),
    Tool(
        "fickling",
        "0.1.12",
        ("--check-safety",),
        beside=("typing_extensions==4.16.0",),
        shown="`fickling --check-safety FILE`; for a directory `fickling.scan_file` on each file and for the checkpoint "
        "`fickling.scan_zip_archive`, in one process, since the command takes a single pickle",
    ),
    Tool("modelscan", "0.8.8", ("scan", "--path")),
    # Its cache would answer every run but the first.
    Tool("modelaudit", "0.2.54", ("scan", "--no-cache")),
)


def install(tool):
    """A virtual environment with one peer and what it depends on."""
    done = tool.home() / "installed"
    if not done.exists():
        print(f"installing {tool.name} {tool.version}", file=sys.stderr)
        venv.create(tool.home(), clear=True, with_pip=True)
        pip = [tool.home() / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"{tool.name}=={tool.version}", *tool.beside], check=True)
        done.touch()


def build():
    subprocess.run(["cargo", "build", "--release", "--quiet", "-p", "weighbridge-cli"], cwd=ROOT, check=True)
    said = subprocess.run([TARGET / "release" / "weighbridge", "--version"], capture_output=True, text=True, check=True)
    return Weighbridge("weighbridge", said.stdout.split()[-1], ("scan",), statuses=(0, 1, 2))
