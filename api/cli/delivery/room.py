"""A full disk, said by the command that meets it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maquette.infra.disk import ENOUGH_BYTES, FULL_BYTES, disk_full, free_bytes
from maquette.records.errors import DiskFull, TryAgain

LOOK_EVERY_S = 2.0
LOOKS = 5
"""So many in a row must find no room: a database may shrink again by itself."""


@contextmanager
def room_at(place: Path | None, task_id: str | None = None) -> Iterator[None]:
    """Name the full disk when something did not answer for want of it.

    Args:
        place: the data directory of a stack on this machine; None: it is elsewhere.
        task_id: the task that waits for room.
    Raises: DiskFull.
    """
    try:
        yield
    except TryAgain as error:
        said = isinstance(error, DiskFull) and str(place) in error.message
        if place is None or said or free_bytes(place) >= ENOUGH_BYTES:
            raise
        raise _full(place, task_id) from error


async def until_full(place: Path | None, task_id: str) -> None:
    """Stay while there is room. Raises: DiskFull: there has been none for a while."""
    found = 0
    while place is None or found < LOOKS:
        await asyncio.sleep(LOOK_EVERY_S)
        found = found + 1 if place is not None and free_bytes(place) < FULL_BYTES else 0
    raise _full(place, task_id)


def _full(place: Path, task_id: str | None) -> DiskFull:
    error = disk_full(place)
    if task_id is not None:
        error.hint = (
            "free some space there: the task then goes on by itself; "
            f"come back with: maquette task watch {task_id}"
        )
    return error
