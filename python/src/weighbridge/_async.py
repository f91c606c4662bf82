"""Scanning from coroutines."""

from __future__ import annotations

from weighbridge._native import CancelToken, Scanner, inventory, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from weighbridge._native import Inventory, Report, _Path, _Scannable

    T = TypeVar("T")


async def ascan(obj: _Scannable, /, *, scanner: Scanner | None = None, **options: Any) -> Report:
    """Scans as `scan` does, in a thread of its own, while the event loop goes on.

    `scanner` scans instead of one made from `options`. Cancelling the task ends the scan itself, and no other that goes by
    the same token.
    """
    if scanner is not None and not isinstance(scanner, Scanner):
        raise TypeError(f"scanner: a Scanner is wanted, not {type(scanner).__name__}")
    return await _in_a_thread(scan if scanner is None else scanner.scan, obj, options)


async def ainventory(paths: _Path | Iterable[_Path], /, **options: Any) -> Inventory:
    """Reads source trees as `inventory` does, in a thread of its own, while the event loop goes on.

    Cancelling the task ends the reading itself, and no other that goes by the same token.
    """
    return await _in_a_thread(inventory, paths, options)


async def _in_a_thread(what: Callable[..., T], obj: object, options: dict[str, Any]) -> T:
    # Importing this takes longer than everything else here.
    import asyncio

    token = options.pop("cancel", None)
    if token is not None and not isinstance(token, CancelToken):
        raise TypeError(f"cancel: a CancelToken is wanted, not {type(token).__name__}")
    own = CancelToken() if token is None else token._child()
    begun = False

    def work() -> T:
        nonlocal begun
        begun = True
        return what(obj, cancel=own, **options)

    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        own.cancel()
        if begun:
            # The thread may still hold what it was given: it ends within milliseconds.
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()
        else:
            # There is no thread for it yet, and there may be none for long.
            task.cancel()
        raise
