"""What goes wrong that is not the file's fault. A file that cannot be opened is an `OSError`, as everywhere in Python."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from weighbridge._native import Report


class ScanError(Exception):
    """Something cannot be scanned as it was asked for."""


class OptionError(ScanError, ValueError):
    """An option has a value that it cannot have."""


class HeaderError(ScanError, ValueError):
    """A file has no header that a loader of safetensors takes."""


class ScanCancelled(ScanError):
    """The scan was cancelled. `report` tells what was found until then; it is never clean."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return f"the scan of {self.report.path} was cancelled"


class ScanTimeout(ScanCancelled, TimeoutError):
    """The scan did not end in time. `report` is as for `ScanCancelled`."""

    def __str__(self) -> str:
        return f"the scan of {self.report.path} did not end in time"
