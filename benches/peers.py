"""Weighbridge beside other scanners of model files: time and peak memory, in one run.

    python3 benches/peers.py              everything, then writes docs/benchmarks.md
    python3 benches/peers.py --quick      small inputs and few runs, written under target/peers

Installs the peers from the package index, each into a virtual environment of its own, builds weighbridge, makes the
inputs and runs whole processes in turns. Needs Linux, Python 3.11 or newer with venv, and cargo; everything that it
writes but the page lies under target/peers. It compares speed and memory and looks at nobody's verdicts.
"""

import argparse
import json
import sys
from dataclasses import asdict

from side_by_side.inputs import cases
from side_by_side.measure import compare, measure, prepare
from side_by_side.page import page
from side_by_side.places import ROOT, SCRATCH
from side_by_side.tools import PEERS, build, install


def main():
    parser = argparse.ArgumentParser(description="Measures weighbridge beside other scanners.")
    parser.add_argument("--quick", action="store_true", help="small inputs, few runs; leaves docs/benchmarks.md alone")
    parser.add_argument("--limit", type=int, help="seconds after which a run is ended (300; quick: 30)")
    options = parser.parse_args()
    if sys.platform != "linux":
        parser.error("peak memory is measured as Linux tells it")
    repeats, limit = ((3, 1), 30) if options.quick else ((7, 3), 300)
    limit = options.limit or limit
    (SCRATCH / "work").mkdir(parents=True, exist_ok=True)
    ours, inputs = build(), list(cases(options.quick))
    for peer in PEERS:
        install(peer)
    prepare()
    for tool in (ours, *PEERS):
        measure(tool, inputs[0], limit)
    measured = [(case, compare(ours, case, repeats, limit)) for case in inputs]
    kept = {case.key: {name: asdict(result) for name, result in results.items()} for case, results in measured}
    (SCRATCH / "runs.json").write_text(json.dumps(kept, indent=1))
    command = " ".join(["python3", "benches/peers.py", *sys.argv[1:]])
    out = SCRATCH / "benchmarks.md" if options.quick else ROOT / "docs" / "benchmarks.md"
    out.write_text(page(ours, measured, repeats, limit, command), encoding="utf-8")
    print(f"wrote {out}")


if __name__ == "__main__":
    main()
