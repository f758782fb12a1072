"""TIFF: its first directory, its size, and the file with that directory's pixel tags alone.

Exif is a TIFF directory too, so the orientation of every format is read here.
"""

from __future__ import annotations

import struct

from maquette.infra.media.plain import MAX_PROFILE_BYTES, Plain
from maquette.records.errors import MediaRejected

MAX_ENTRIES = 1_000
MAX_NUMBERS = 1_000_000
MAX_TILE_PIXELS = 16_000_000
"""Of a tile that is larger than its picture."""
TILE_STEP = 16
"""Sides of tiles are multiples of this."""

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_ORIENTATION, _SAMPLE_FORMAT, _PROFILE = 274, 339, 34675
_SUBFILE, _RAW_VERSION = 254, 50706
_STRIPS, _TILES = (273, 279), (324, 325)
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_PIXEL_TAGS = frozenset(
    {256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339}
)
_COMPRESSIONS = {1, 5, 8, 32773, 32946}
"""None, LZW, deflate (two numbers) and PackBits."""
_PHOTOMETRICS = {0, 1, 2, 3, 5}
"""Grey (two directions), RGB, palette, CMYK."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}
"""Bytes of the value types that are read: BYTE, ASCII, SHORT, LONG, UNDEFINED."""


class Directory:
    """The first directory of TIFF bytes; values are read when asked for.

    Raises: ValueError: not TIFF, or the directory is not in the bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4], "")
        if not self.order or len(data) < 8:
            raise ValueError("not TIFF")
        (start,) = struct.unpack_from(self.order + "I", data, 4)
        if not 8 <= start <= len(data) - 2:
            raise ValueError("no directory")
        (count,) = struct.unpack_from(self.order + "H", data, start)
        if count > MAX_ENTRIES or start + 2 + 12 * count > len(data):
            raise ValueError("the directory is cut off")
        self.entries: dict[int, int] = {}
        for at in range(start + 2, start + 2 + 12 * count, 12):
            (tag,) = struct.unpack_from(self.order + "H", data, at)
            self.entries.setdefault(tag, at)

    def raw(self, tag: int, most: int) -> tuple[int, bytes]:
        """Type and bytes of the first ``most`` parts of a value; none when it is not there, is
        of another type, or lies outside the bytes."""
        if tag not in self.entries:
            return 0, b""
        at = self.entries[tag]
        kind, count = struct.unpack_from(self.order + "HI", self._data, at + 2)
        start = at + 8
        if _SIZES.get(kind, 0) * count > 4:
            (start,) = struct.unpack_from(self.order + "I", self._data, at + 8)
        length = _SIZES.get(kind, 0) * min(count, most)
        value = self._data[start : start + length]
        return (kind, value) if len(value) == length else (0, b"")

    def numbers(self, tag: int, most: int = MAX_NUMBERS) -> tuple[int, ...]:
        kind, value = self.raw(tag, most)
        letter = {1: "B", 3: "H", 4: "I"}.get(kind)
        if letter is None:
            return ()
        return struct.unpack(f"{self.order}{len(value) // _SIZES[kind]}{letter}", value)

    def number(self, tag: int, default: int) -> int:
        """The first number of a value."""
        return next(iter(self.numbers(tag, 1)), default)


def orientation(exif: bytes) -> int:
    """1 to 8 out of Exif bytes; 1 when they are missing, malformed or say something else."""
    try:
        found = Directory(exif.removeprefix(b"Exif\0\0")).number(_ORIENTATION, 1)
    except ValueError:
        return 1
    return found if 1 <= found <= 8 else 1


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the first page."""
    try:
        directory = Directory(data)
    except ValueError:
        return None
    return directory.number(_WIDTH, 0), directory.number(_HEIGHT, 0)


def strip(data: bytes) -> Plain:
    """The file with a first directory of pixel tags alone, behind its old bytes.

    Raises: MediaRejected: a kind of TIFF that is not decoded. ValueError: damaged.
    """
    directory = Directory(data)
    _check_kind(directory)
    _check_places(directory, len(data))
    kept = [directory.entries[tag] for tag in sorted(_PIXEL_TAGS & directory.entries.keys())]
    body = data + b"\0" * (len(data) % 2)
    table = b"".join(data[at : at + 12] for at in kept)
    table = struct.pack(directory.order + "H", len(kept)) + table + b"\0\0\0\0"
    _, profile = directory.raw(_PROFILE, MAX_PROFILE_BYTES + 1)
    return Plain(
        body[:4] + struct.pack(directory.order + "I", len(body)) + body[8:] + table,
        exif=data,
        profile=profile if 0 < len(profile) <= MAX_PROFILE_BYTES else None,
    )


def _check_kind(directory: Directory) -> None:
    reason = ""
    if _RAW_VERSION in directory.entries or directory.number(_SUBFILE, 0) & 1:
        reason = "it is a camera's raw file, whose first page is only a preview"
    elif directory.number(_COMPRESSION, 1) not in _COMPRESSIONS:
        reason = f"its compression is number {directory.number(_COMPRESSION, 1)}"
    elif directory.number(_PHOTOMETRIC, -1) not in _PHOTOMETRICS:
        reason = "its colours are neither grey, RGB, CMYK nor a palette"
    elif set(directory.numbers(_SAMPLE_FORMAT)) - {1} or max(directory.numbers(_BITS) or (1,)) > 16:
        reason = "its samples are not whole numbers of up to 16 bits"
    if reason:
        raise MediaRejected(
            f"this TIFF cannot be read: {reason}",
            hint="save it as PNG, or as TIFF with LZW, deflate, PackBits or no compression",
        )


def _check_places(directory: Directory, length: int) -> None:
    """Every strip or tile lies in the file, and no tile is larger than need be."""
    for offsets, counts in (_STRIPS, _TILES):
        places = zip(directory.numbers(offsets), directory.numbers(counts), strict=True)
        if any(start + count > length for start, count in places):
            raise ValueError("the file is cut off")
    whole = _tiled(directory.number(_WIDTH, 0)) * _tiled(directory.number(_HEIGHT, 0))
    tile = directory.number(_TILE_WIDTH, 0) * directory.number(_TILE_HEIGHT, 0)
    if tile > max(MAX_TILE_PIXELS, whole):
        raise ValueError("a tile is too large")


def _tiled(side: int) -> int:
    """A side as a tile that holds all of it has it."""
    return -(-side // TILE_STEP) * TILE_STEP
