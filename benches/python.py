"""The Python package beside picklescan, on the same bytes in the same run.

    python benches/python.py          # with weighbridge and picklescan installed

Prints for each pickle how often each of them scans it in a second (the median of several rounds, with the range), how many
times as fast Weighbridge is, and what a call of Weighbridge costs.
"""

import io
import pickle
import statistics
import sys
import time

ROUNDS = 7
SECONDS = 0.3
# How many rows make 1 kB, 10 kB, 30 kB, 1 MB and more.
ROWS = {"1 kB": 30, "10 kB": 310, "30 kB": 1_000, "1 MB": 30_000, "1.7 MB": 50_000}


def pickles():
    """What is scanned: from a few bytes to a few megabytes."""
    yield "none", pickle.dumps(None, 4)
    yield "dict", pickle.dumps({"id": 7, "score": 0.5}, 4)
    for name, rows in ROWS.items():
        yield name, pickle.dumps([{"id": n, "name": f"row {n}", "score": n / 7} for n in range(rows)], 4)


def rate(scan, data):
    """Scans a second."""
    count, begin = 0, time.perf_counter()
    while True:
        scan(data)
        count += 1
        spent = time.perf_counter() - begin
        if spent >= SECONDS:
            return count / spent


def main():
    import picklescan.scanner
    import weighbridge

    def theirs(data):
        return picklescan.scanner.scan_pickle_bytes(io.BytesIO(data), "x.pkl")

    tools = {"weighbridge": weighbridge.scan, "picklescan": theirs}
    print(f"{'pickle':8}{'bytes':>10}{'weighbridge /s (range)':>34}{'picklescan /s (range)':>32}{'times':>8}")
    for name, data in pickles():
        rates = {tool: [] for tool in tools}
        for _ in range(ROUNDS):
            for tool, scan in tools.items():
                rates[tool].append(rate(scan, data))
        shown = [f"{statistics.median(each):,.1f} ({min(each):,.1f}-{max(each):,.1f})" for each in rates.values()]
        times = statistics.median(ours / other for ours, other in zip(*rates.values()))
        print(f"{name:8}{len(data):>10,}{shown[0]:>34}{shown[1]:>32}{times:>8.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
