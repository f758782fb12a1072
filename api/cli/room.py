"""A full disk, said by the command that meets it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maquette.infra.disk import ENOUGH_BYTES, FULL_BYTES, disk_full, free_bytes
from maquette.records.errors import TryAgain

LOOK_EVERY_S = 2.0
LOOKS = 5
"""So many in a row must find no room: a database may shrink again by itself."""


@contextmanager
def room_at(place: Path | None) -> Iterator[None]:
    """Name the full disk when something did not answer for want of it.

    Args:
        place: the data directory of a stack on this machine; None: it is elsewhere.
    Raises: DiskFull.
    """
    try:
        yield
    except TryAgain as error:
        if place is not None and free_bytes(place) < ENOUGH_BYTES:
            raise disk_full(place) from error
        raise


async def until_full(place: Path | None, task_id: str) -> None:
    """Stay while there is room. Raises: DiskFull: there has been none for a while."""
    found = 0
    while found < LOOKS:
        await asyncio.sleep(LOOK_EVERY_S)
        found = found + 1 if place is not None and free_bytes(place) < FULL_BYTES else 0
    if place is not None:
        error = disk_full(place)
        error.hint = (
            "free some space there: the task then goes on by itself; "
            f"come back with: maquette task watch {task_id}"
        )
        raise error
