"""Scanning from coroutines."""

from __future__ import annotations

from weighbridge._native import CancelToken, Scanner, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from weighbridge._native import Report, _Scannable


async def ascan(obj: _Scannable, /, *, scanner: Scanner | None = None, **options: Any) -> Report:
    """Scans as `scan` does, in a thread of its own, while the event loop goes on.

    `scanner` scans instead of one made from `options`. Cancelling the task ends the scan itself.
    """
    # Importing this takes longer than everything else here.
    import asyncio

    token = options.pop("cancel", None) or CancelToken()
    what = scanner.scan if scanner is not None else scan
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
