"""Lines of standard input, one at a time, from a terminal, a pipe or a file."""

from __future__ import annotations

import asyncio
import os
import sys


class Lines:
    """Reads without blocking the loop, so that Ctrl-C still counts."""

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = sys.stdin.fileno() if descriptor is None else descriptor
        self._read = b""
        self._ended = False

    async def next(self) -> str | None:
        """The next line without its end; None when there are no more."""
        while b"\n" not in self._read and not self._ended:
            data = await self._more()
            self._read += data
            self._ended = not data
        line, _, self._read = self._read.partition(b"\n")
        if self._ended and not line and not self._read:
            return None
        return line.decode(errors="replace").rstrip("\r")

    async def _more(self) -> bytes:
        loop = asyncio.get_running_loop()
        came: asyncio.Future[bytes] = loop.create_future()

        def read() -> None:
            if not came.done():
                came.set_result(os.read(self._descriptor, 4_096))

        try:
            loop.add_reader(self._descriptor, read)
        except PermissionError:  # a file is always ready, and cannot be waited for
            return os.read(self._descriptor, 4_096)
        try:
            return await came
        finally:
            loop.remove_reader(self._descriptor)
