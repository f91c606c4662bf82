"""Time and peak memory of whole processes, in rounds that take turns."""

import ctypes
import os
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

from side_by_side.places import SCRATCH
from side_by_side.tools import PEERS

# Linux counts into a process's peak what its parent held when it was started; a shell holds little. The shell's child
# waits to become the command; the shell ends meanwhile, and its child becomes one of this script.
LAUNCHER = 'exec 3<&0; { read -r go <&3; exec "$@" </dev/null >&2 3<&-; } & echo $!'
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Run:
    """One process, from start to exit: seconds, seconds of the processors, bytes; or why there is nothing to tell."""

    seconds: float = 0.0
    busy: float = 0.0
    peak: int = 0
    failed: bool = False
    overdue: bool = False

    def counts(self):
        return not (self.failed or self.overdue)


@dataclass
class Result:
    """A tool's runs on an input, each with weighbridge's run just before it."""

    runs: list[Run] = field(default_factory=list)
    before: list[Run] = field(default_factory=list)


def prepare():
    """Makes orphans children of this script, and lets a timer interrupt what waits."""
    signal.signal(signal.SIGALRM, overdue)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def overdue(*_):
    raise TimeoutError


def environment():
    """The same for every tool: no settings of this user, no color, nothing reported home."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(SCRATCH / "work"),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "DO_NOT_TRACK": "1",
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
    }


def end_group(group):
    """Ends what a command left running, so that nothing runs beside the next one."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
    try:
        while os.waitpid(-1, 0):
            pass
    except ChildProcessError:
        pass


def launch(command, output):
    """A child that becomes the command when a line is written to it: its number, and where to write."""
    launcher = subprocess.Popen(
        ["/bin/sh", "-c", LAUNCHER, "sh", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=output,
        cwd=SCRATCH / "work",
        env=environment(),
        start_new_session=True,
    )
    with launcher.stdout:
        child = int(launcher.stdout.readline())
    launcher.wait()
    return launcher.pid, child, launcher.stdin


def measure(tool, case, limit):
    with open(SCRATCH / "work" / "output", "wb+") as output:
        group, child, start = launch(tool.command(case), output)
        try:
            signal.setitimer(signal.ITIMER_REAL, limit)
            begin = time.perf_counter()
            with start:
                start.write(b"go\n")
            _, status, usage = os.wait4(child, 0)
            seconds = time.perf_counter() - begin
        except TimeoutError:
            return Run(overdue=True)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            end_group(group)
        output.seek(0)
        failed = os.waitstatus_to_exitcode(status) not in tool.statuses or b"\nTraceback (most" in b"\n" + output.read()
    if failed:
        return Run(failed=True)
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def enough(result, repeats):
    """Whether a peer has run often enough: less often where a run takes long, once where it fails."""
    if result.runs and not result.runs[-1].counts():
        return True
    short, long = repeats
    slow = result.runs and statistics.median(run.seconds for run in result.runs) > 10
    return len(result.runs) >= (long if slow else short)


def compare(ours, case, repeats, limit):
    """The results of every peer on one input, in rounds that take turns."""
    results = {peer.name: Result() for peer in PEERS}
    while waiting := [peer for peer in PEERS if not enough(results[peer.name], repeats)]:
        for peer in waiting:
            result = results[peer.name]
            before = measure(ours, case, limit)
            if not before.counts():
                raise RuntimeError(f"weighbridge on {case.path}: {before}")
            result.before.append(before)
            result.runs.append(measure(peer, case, limit))
            print(f"{case.key}: {peer.name} {result.runs[-1]}", file=sys.stderr)
    return results
