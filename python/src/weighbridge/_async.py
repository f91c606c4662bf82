"""Scanning from coroutines."""

from __future__ import annotations

from weighbridge._native import CancelToken, Scanner, inventory, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from weighbridge._native import Inventory, Report, _Scannable

    T = TypeVar("T")


async def ascan(obj: _Scannable, /, *, scanner: Scanner | None = None, **options: Any) -> Report:
    """Scans as `scan` does, in a thread of its own, while the event loop goes on.

    `scanner` scans instead of one made from `options`. Cancelling the task ends the scan itself.
    """
    return await _in_a_thread(scanner.scan if scanner is not None else scan, obj, options)


async def ainventory(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], /, **options: Any) -> Inventory:
    """Reads source trees as `inventory` does, in a thread of its own, while the event loop goes on.

    Cancelling the task ends the reading itself.
    """
    return await _in_a_thread(inventory, paths, options)


async def _in_a_thread(what: Callable[..., T], obj: object, options: dict[str, Any]) -> T:
    # Importing this takes longer than everything else here.
    import asyncio

    token = options.pop("cancel", None) or CancelToken()
    task = asyncio.ensure_future(asyncio.to_thread(what, obj, cancel=token, **options))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        token.cancel()
        # The thread may still hold what it was given: it ends within milliseconds.
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()
        raise
