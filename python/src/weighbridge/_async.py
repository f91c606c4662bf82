"""Scanning from coroutines."""

from __future__ import annotations

from weighbridge._native import CancelToken, Scanner, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from weighbridge._native import Report, _Scannable


async def ascan(obj: _Scannable, /, *, scanner: Scanner | None = None, **options: Any) -> Report:
    """Scans as `scan` does, in a thread of its own, while the event loop goes on.

    `scanner` scans instead of one made from `options`. Cancelling the task ends the scan itself, and no other that goes by
    the same token.
    """
    # Importing this takes longer than everything else here.
    import asyncio

    if scanner is not None and not isinstance(scanner, Scanner):
        raise TypeError(f"scanner: a Scanner is wanted, not {type(scanner).__name__}")
    token = options.pop("cancel", None)
    if token is not None and not isinstance(token, CancelToken):
        raise TypeError(f"cancel: a CancelToken is wanted, not {type(token).__name__}")
    own = CancelToken() if token is None else token._child()
    what = scan if scanner is None else scanner.scan
    begun = False

    def work() -> Report:
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
