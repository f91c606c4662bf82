"""For tests of projects that keep models: a check that says why it fails."""

from __future__ import annotations

from weighbridge._native import scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from weighbridge._native import Report, _Scannable

SHOWN = 20


def assert_clean(obj: _Scannable, /, **options: Any) -> Report:
    """Fails with what was found unless `obj` is clean; gives its report.

    `options` are those of `weighbridge.scan`. What cannot be opened is an `OSError`.
    """
    __tracebackhide__ = True
    report = scan(obj, **options)
    if report.is_clean:
        return report
    lines = [f"{report.path}: {report.verdict}"]
    lines += [f"  {finding.severity} {finding.rule} {finding.slug}: {finding.message}" for finding in report.findings[:SHOWN]]
    lines += [f"  not examined: {gap.reason}, {gap.detail}" for gap in report.coverage.gaps[:SHOWN]]
    left = max(len(report.findings) - SHOWN, 0) + max(len(report.coverage.gaps) - SHOWN, 0)
    if left:
        lines.append(f"  and {left} more")
    raise AssertionError("\n".join(lines))
