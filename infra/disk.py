"""Room on a disk: how much there is, and what is said when there is none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from maquette.records.errors import DiskFull

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Numbers of the errors of a disk, or a person's share of it, that is full."""

ENOUGH_BYTES = 16_000_000
"""What the local stack needs to start and to make a picture."""

FULL_BYTES = 4_000_000
"""With less than this free, a database or a store that does not answer has no room."""


def free_bytes(place: Path) -> int:
    """Bytes a person may still write at a place, or where it will be made."""
    found = os.statvfs(nearest_there(place))
    # Some file systems count nothing: those have room.
    return found.f_bavail * found.f_frsize if found.f_blocks else ENOUGH_BYTES


def nearest_there(place: Path) -> Path:
    """The place, or the nearest folder above it that is there."""
    return next(path for path in (place, *place.parents) if os.path.lexists(path))


def check_room(place: Path) -> None:
    """Raises: DiskFull: too little is free for the local stack to work in this place."""
    if free_bytes(place) < ENOUGH_BYTES:
        raise disk_full(place)


def disk_full(place: Path) -> DiskFull:
    """The error that names the place and the next step."""
    return DiskFull(
        f"the disk is full at {place}: {free_bytes(place) / 1e6:.1f} MB are free",
        hint="free some space there, then give the same command again",
    )
