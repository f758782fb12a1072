"""A thread of its own for a role's blocking work, so that the event loop stays free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

ResultT = TypeVar("ResultT")
P = ParamSpec("P")


class WorkerThread:
    """Runs calls one at a time, in the order they came, in one named thread.

    One thread also makes the work deterministic: a model never sees two calls at once.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[P, ResultT], *args: P.args, **kwargs: P.kwargs) -> ResultT:
        """Await the result of ``work(*args, **kwargs)``; its error is raised here."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Drop what has not begun, and let the thread end after what has."""
        self._pool.shutdown(wait=False, cancel_futures=True)
