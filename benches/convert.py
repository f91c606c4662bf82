"""How long it takes to convert a checkpoint of 500 MB, side by side with what else does it, and how much memory one of
many small tensors takes.

    cargo build --release -p weighbridge-cli
    python3 benches/convert.py [--torch PYTHON] [--repeats N] [--size MB] [--tensors N]

Each is a process of its own, started in turn, on the same file:

    weighbridge  `weighbridge convert`, which syncs what it wrote, reads it back and compares it
    cp           `cp` and then `sync` of the copy: what any copy costs that is to last
    torch        `torch.load` and `safetensors.torch.save_file`, in the Python that --torch names; it needs
                 torch, safetensors and numpy. Without it this row is left out, and the table says so.

What is told is the median of the repeats, the fastest and the slowest, the ratios of the medians, and the most memory
that the process had without what it mapped from files (`RssAnon`).

A second table has the commands that open checkpoints, once each, on one of --tensors small tensors (100,000).
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

import models  # noqa: E402

# How much anonymous memory a command may take, in kB.
MOST = 64_000

LOAD_AND_SAVE = """
import sys, torch
from safetensors.torch import save_file
save_file(torch.load(sys.argv[1]), sys.argv[2])
"""


def anonymous(pid):
    """The anonymous memory of a process in kB, as far as it can be read."""
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("RssAnon"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def run(command):
    """Seconds and anonymous memory of a command."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    most = [0]

    def watch():
        while process.poll() is None:
            most[0] = max(most[0], anonymous(process.pid))
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.stderr.read()
    process.wait()
    seconds = time.perf_counter() - begun
    watcher.join()
    if process.returncode:
        sys.exit(f"{command[0]} failed: {said.decode(errors='replace')}")
    return seconds, most[0]


def many(weighbridge, directory, tensors):
    """Prints what commands take for a checkpoint of many small tensors."""
    names = ["many.pt", "legacy.pt", "many.safetensors", "again.safetensors", "extras.json"]
    source, legacy, out, again, extras = (directory / name for name in names)
    models.torch_zip(source, tensors, tensors * 256)
    # Of the old format, as many are followed.
    models.torch_legacy(legacy, tensors * 6 // 10, tensors * 6 // 10 * 256)
    print(f"\n| {tensors:,} tensors of 256 bytes | s | anonymous memory |")
    print("|---|---|---|")
    for command in (
        ["scan", source], ["scan", legacy], ["convert", source, out], ["convert", out, again],
        ["convert", "--force", legacy, again], ["convert", "--force", "--extras", extras, source, again],
        ["convert", "--force", "--format", "json", source, again],
        ["diff", source, out], ["diff", out, source], ["diff", out, again], ["diff", source, source],
        ["diff", legacy, legacy],
    ):
        seconds, memory = run([str(weighbridge), *map(str, command)])
        told = " ".join(part if isinstance(part, str) else part.name for part in command)
        print(f"| `{told}` | {seconds:.2f} | {memory / 1000:.0f} MB |")
        if memory > MOST:
            sys.exit(f"{told} takes {memory / 1000:.0f} MB, and is not to take more than {MOST / 1000:.0f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch", metavar="PYTHON")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--size", type=int, default=500, help="in MB")
    parser.add_argument("--tensors", type=int, default=100_000)
    options = parser.parse_args()
    weighbridge = ROOT / "target" / "release" / "weighbridge"
    if not weighbridge.exists():
        sys.exit("build it first: cargo build --release -p weighbridge-cli")
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as directory:
        source, out = Path(directory) / "model.pt", Path(directory) / "out"
        models.torch_zip(source, 250, options.size * models.MB)
        contenders = {
            "weighbridge": [str(weighbridge), "convert", str(source), str(out)],
            "cp": ["sh", "-c", 'cp "$0" "$1" && sync "$1"', str(source), str(out)],
        }
        if options.torch:
            contenders["torch"] = [options.torch, "-c", LOAD_AND_SAVE, str(source), str(out)]
        took = {name: [] for name in contenders}
        for repeat in range(options.repeats + 1):
            for name, command in contenders.items():
                out.unlink(missing_ok=True)
                os.sync()
                measured = run(command)
                # The first round only warms the caches.
                if repeat:
                    took[name].append(measured)
        table(took)
        many(weighbridge, Path(directory), options.tensors)


def table(took):
    """Prints what each took."""
    medians = {name: statistics.median(seconds for seconds, _ in all_of) for name, all_of in took.items()}
    print("| | median s | fastest–slowest | weighbridge is | anonymous memory |")
    print("|---|---|---|---|---|")
    for name, all_of in took.items():
        seconds = [one for one, _ in all_of]
        ratio = medians[name] / medians["weighbridge"]
        memory = max(one for _, one in all_of) / 1000
        print(
            f"| {name} | {medians[name]:.2f} | {min(seconds):.2f}–{max(seconds):.2f}"
            f" | {ratio:.2f} times as fast | {memory:.0f} MB |"
        )
    if "torch" not in took:
        print("\nNot compared with torch: name a Python that has it with --torch.")


if __name__ == "__main__":
    main()
