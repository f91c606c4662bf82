"""What goes wrong that is not the file's fault. A file that cannot be opened is an `OSError`, as everywhere in Python."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from weighbridge._native import Inventory, Report


class ScanError(Exception):
    """Something cannot be scanned as it was asked for."""


class OptionError(ScanError, ValueError):
    """An option has a value that it cannot have."""


class HeaderError(ScanError, ValueError):
    """A file has no header that a loader of safetensors takes."""


class CheckpointError(ScanError, ValueError):
    """A checkpoint cannot be opened: no loader of tensors would take it, loaders differ about it, or a bound was met."""


class ConvertError(CheckpointError):
    """A checkpoint cannot be converted. `refused` names the tensors that stand in the way, each with the reason."""

    def __init__(self, message: str, refused: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message, list(refused))
        self.refused: list[tuple[str, str]] = self.args[1]

    def __str__(self) -> str:
        return str(self.args[0])


class TensorRefused(ScanError, KeyError):
    """A checkpoint holds something of that name that is not given as a tensor. `name` and `why` say what and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"{self.name!r} is not given as a tensor: {self.why}"


class Cancelled(ScanError):
    """A call was cancelled. A conversion left no new file; a scan is a `ScanCancelled`, which holds what was found."""


class TimedOut(Cancelled, TimeoutError):
    """A call did not end in time. A scan is a `ScanTimeout`, which holds what was found."""


class ScanCancelled(Cancelled):
    """The scan was cancelled. `report` tells what was found until then; it is never clean."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return f"the scan of {self.report.path} was cancelled"


class ScanTimeout(ScanCancelled, TimedOut):
    """The scan did not end in time. `report` is as for `ScanCancelled`."""

    def __str__(self) -> str:
        return f"the scan of {self.report.path} did not end in time"


class InventoryCancelled(Cancelled):
    """An inventory was cancelled. `inventory` holds what was found until then; a gap says that it is not all."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__(inventory)
        self.inventory = inventory

    def __str__(self) -> str:
        return "the inventory was cancelled"


class InventoryTimeout(InventoryCancelled, TimedOut):
    """An inventory did not end in time. `inventory` is as for `InventoryCancelled`."""

    def __str__(self) -> str:
        return "the inventory did not end in time"
