"""WebP: its chunks, its size, and the file without what decides over no pixel."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from maquette.infra.media.plain import MAX_PROFILE_BYTES, Plain

MAX_CHUNKS = 10_000
_ANIMATED: tuple[bytes, ...] = (b"ANIM", b"ANMF")
_STILL: tuple[bytes, ...] = (b"ALPH", b"VP8 ", b"VP8L")
_METADATA_FLAGS = 0x20 | 0x08 | 0x04
"""In the extended header: profile, Exif, XMP."""


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the canvas."""
    if len(data) < 30 or data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return width, height
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def strip(data: bytes) -> Plain:
    """The file with its first frame alone.

    Raises: ValueError: the frame is cut off or missing.
    """
    found: dict[bytes, bytes] = {}
    for kind, body in _chunks(data):
        found.setdefault(kind, body)
    wanted = _ANIMATED if b"ANMF" in found else _STILL
    parts = [_chunk(kind, found[kind]) for kind in wanted if kind in found]
    if not parts:
        raise ValueError("no frame")
    if b"VP8X" in found:
        header = bytes([found[b"VP8X"][0] & ~_METADATA_FLAGS]) + found[b"VP8X"][1:]
        parts.insert(0, _chunk(b"VP8X", header))
    body = b"WEBP" + b"".join(parts)
    profile = found.get(b"ICCP", b"")
    return Plain(
        b"RIFF" + struct.pack("<I", len(body)) + body,
        exif=found.get(b"EXIF", b""),
        profile=profile if 0 < len(profile) <= MAX_PROFILE_BYTES else None,
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The whole chunks; what lies behind the length the file gives is not looked at."""
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    at = 12
    for _ in range(MAX_CHUNKS):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            return
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
