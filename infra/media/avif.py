"""AVIF: its boxes, its size, and the file with its Exif hidden from the decoder."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from maquette.infra.media.plain import Plain, coded_encoding

MAX_BOXES = 1_000
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}


class Box(NamedTuple):
    kind: bytes
    start: int
    end: int
    """Offsets of the body."""


def brands(data: bytes) -> set[bytes]:
    """The brands of an ISO media file; none for anything else."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4], "big"), 512)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}


def is_avif(data: bytes) -> bool:
    return bool(brands(data) & _AVIF)


def is_heic(data: bytes) -> bool:
    return bool(brands(data) & _HEIC)


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the primary item."""
    try:
        for box in _properties(data):
            if box.kind == b"ispe":
                width, height = struct.unpack_from(">II", data, box.start + 4)
                return width, height
    except (ValueError, IndexError, struct.error):
        return None
    return None


def strip(data: bytes) -> Plain:
    """The file with Exif items renamed, so that no decoder reads them.

    Turns and mirrors are properties of the picture itself and go before Exif.

    Raises: ValueError: the boxes do not hold together.
    """
    bare = bytearray(data)
    meta = _one(data, b"meta", 0, len(data))
    table = _one(data, b"iinf", meta.start + 4, meta.end)
    first = table.start + (6 if data[table.start] == 0 else 8)
    for entry in _boxes(data, first, table.end):
        at = entry.start + 4 + (4 if data[entry.start] == 3 else 2) + 2
        if bare[at : at + 4] == b"Exif":
            bare[at : at + 4] = b"skip"
    colours = {
        data[box.start : box.start + 4]: data[box.start + 4 : box.start + 8]
        for box in _properties(data)
        if box.kind == b"colr"
    }
    encoding = None
    if not colours.keys() & {b"prof", b"rICC"} and len(colours.get(b"nclx", b"")) == 4:
        encoding = coded_encoding(*struct.unpack(">HH", colours[b"nclx"]))
    return Plain(bytes(bare), encoding=encoding)


def _boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        length, kind = struct.unpack_from(">I4s", data, start)
        header = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start + 8)
            header = 16
        if length == 0:
            length = end - start
        if length < header or start + length > end:
            raise ValueError("a box is cut off")
        yield Box(kind, start + header, start + length)
        start += length


def _one(data: bytes, kind: bytes, start: int, end: int) -> Box:
    for box in _boxes(data, start, end):
        if box.kind == kind:
            return box
    raise ValueError("a box is missing")


def _properties(data: bytes) -> list[Box]:
    """The properties of the primary item."""
    meta = _one(data, b"meta", 0, len(data))
    primary = _one(data, b"pitm", meta.start + 4, meta.end)
    wide = data[primary.start] != 0
    item = int.from_bytes(data[primary.start + 4 : primary.start + (8 if wide else 6)], "big")
    group = _one(data, b"iprp", meta.start + 4, meta.end)
    container = _one(data, b"ipco", group.start, group.end)
    known = list(_boxes(data, container.start, container.end))
    table = _one(data, b"ipma", group.start, group.end)
    return [known[index - 1] for index in _associated(data, table, item) if index]


def _associated(data: bytes, table: Box, item: int) -> list[int]:
    """The numbers, from 1, of an item's properties in the container."""
    wide_items, wide_numbers = data[table.start] > 0, data[table.start + 3] & 1
    (count,) = struct.unpack_from(">I", data, table.start + 4)
    at = table.start + 8
    for _ in islice(range(count), MAX_BOXES):
        here = int.from_bytes(data[at : at + (4 if wide_items else 2)], "big")
        at += 4 if wide_items else 2
        step, length = 2 if wide_numbers else 1, data[at]
        numbers = [
            int.from_bytes(data[place : place + step], "big") & (0x7FFF if wide_numbers else 0x7F)
            for place in range(at + 1, at + 1 + step * length, step)
        ]
        if here == item:
            return numbers
        at += 1 + step * length
    return []
