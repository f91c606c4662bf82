"""The page: what was measured, on what, and the ratios."""

import datetime
import os
import platform
import statistics
import subprocess

from side_by_side.tools import PEERS


def duration(seconds):
    return f"{seconds:,.1f} s" if seconds >= 10 else f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.1f} ms"


def size(count):
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count:,} bytes"


def factor(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values):
    return " – ".join(factor(value) for value in (min(values), statistics.median(values), max(values)))


def row(tool, case, runs, ratios):
    seconds = [run.seconds for run in runs]
    median = statistics.median(seconds)
    cells = [
        tool.name,
        f"{duration(median)} ({duration(min(seconds))} to {duration(max(seconds))})",
        f"{statistics.median(run.busy / run.seconds for run in runs):.1f}",
        size(statistics.median(run.peak for run in runs)),
        *([f"{case.files / median:,.0f}"] if case.files > 1 else []),
        *ratios,
        str(len(runs)),
    ]
    return "| " + " | ".join(cells) + " |"


def peer_row(peer, case, result, ours, limit):
    last = result.runs[-1]
    if last.counts():
        pairs = list(zip(result.runs, result.before))
        times = spread([one.seconds / other.seconds for one, other in pairs])
        peaks = spread([one.peak / other.peak for one, other in pairs])
        return row(peer, case, result.runs, [times, peaks])
    told, least = "ends with an error", ""
    if last.overdue:
        told = f"> {limit:,} s"
        least = f"> {factor(limit / statistics.median(run.seconds for run in ours))}"
    cells = [peer.name, told, "", "", *([""] if case.files > 1 else []), least, "", str(len(result.runs))]
    return "| " + " | ".join(cells) + " |"


def section(ours, case, results, limit):
    runs = [run for result in results.values() for run in result.before]
    titles = ["", "time", "cores busy", "peak memory", *(["files/s"] if case.files > 1 else [])]
    titles += ["time ÷ weighbridge's", "memory ÷ weighbridge's", "runs"]
    rule = ["---", *["---:"] * (len(titles) - 1)]
    return [
        f"## {case.title}",
        "",
        f"{case.content[0].upper()}{case.content[1:]}; {size(case.size)}.",
        "",
        "| " + " | ".join(titles) + " |",
        "|" + "|".join(rule) + "|",
        row(ours, case, runs, ["1", "1"]),
        *(peer_row(peer, case, results[peer.name], runs, limit) for peer in PEERS),
        "",
    ]


def machine():
    """What the numbers were measured on."""
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        models = [line.partition(":")[2].strip() for line in lines if line.lower().startswith(("model name", "hardware"))]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    cores, model = len(os.sched_getaffinity(0)), models[0] if models else platform.machine()
    return (
        f"{cores} cores of {model}, {memory / 2**30:.0f} GiB of memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, Rust {compiler}"
    )


def beyond_start(measured):
    """How much longer weighbridge takes for the checkpoint than for the small pickle."""
    medians = {
        case.key: statistics.median(run.seconds for result in results.values() for run in result.before)
        for case, results in measured
    }
    return duration(max(0.0, medians["checkpoint"] - medians["small"]))


def page(ours, measured, repeats, limit, command):
    tools = [ours, *PEERS]
    lines = [
        "# Benchmarks",
        "",
        "Weighbridge beside other scanners: how long they take and how much memory. `benches/peers.py` installs the",
        "peers, makes the inputs, runs everything and writes this page. The command was",
        "",
        "```text",
        command,
        "```",
        "",
        f"on {datetime.date.today()}, on {machine()}.",
        "",
        "| | version | command |",
        "|---|---|---|",
        *(f"| {tool.name} | {tool.version} | {tool.shown or shown(tool)} |" for tool in tools),
        "",
        "* A time is that of a whole process, from its start to its exit. Memory is the peak resident set. Times and",
        "  memory are medians; behind a time stand the shortest and the longest.",
        "* The peers take turns, and before each run of a peer stands one of weighbridge. A ratio is that of such a",
        "  pair: the smallest, the median and the largest.",
        f"* Each peer runs {repeats[0]} times, or {repeats[1]} times where a run takes more than 10 seconds. What takes",
        f"  longer than {limit:,} seconds is ended and shown as that.",
        "* All inputs are in the page cache. Caches of results are off, and so is telemetry.",
        "* Cores busy is the processor time of a run divided by its time.",
        "",
    ]
    for case, results in measured:
        lines += section(ours, case, results, limit)
    lines += [f"For the checkpoint weighbridge takes {beyond_start(measured)} more than for the small pickle.", ""]
    return "\n".join(lines)


def shown(tool):
    return f"`{' '.join([tool.name, *tool.arguments, 'PATH'])}`"
