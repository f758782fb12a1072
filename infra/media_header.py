"""Reading a picture's format and size from its first bytes, before any decoder runs.

A few hundred kilobytes can hold a picture of hundreds of megapixels, and the imaging library
warns late or not at all, so the size is read here and checked first.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple


class PictureHeader(NamedTuple):
    """What a picture says about itself."""

    media_type: str
    width_px: int
    height_px: int


def read_header(data: bytes) -> PictureHeader | None:
    """The header of a PNG, JPEG, WebP, GIF or BMP; None for anything else or a broken one."""
    for magic, media_type, size_of in _FORMATS:
        if data.startswith(magic):
            size = size_of(data)
            if size is None or min(size) < 1:
                return None
            return PictureHeader(media_type, *size)
    return None


Size = tuple[int, int]


def _png(data: bytes) -> Size | None:
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> Size | None:
    if len(data) < 13 or data[3:6] not in (b"87a", b"89a"):
        return None
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> Size | None:
    """Width and height of the DIB header; a negative height means top-down rows."""
    if len(data) < 26:
        return None
    (header_size,) = struct.unpack_from("<I", data, 14)
    if header_size == 12:
        width, height = struct.unpack_from("<HH", data, 18)
        return width, height
    if header_size not in (16, 40, 52, 56, 64, 108, 124):
        return None
    width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height)


def _webp(data: bytes) -> Size | None:
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


_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers; the three left out define tables."""


def _jpeg(data: bytes) -> Size | None:
    """Walk the segments up to the first frame header."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # markers without a body
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in _JPEG_FRAMES:
            if at + 9 > len(data):
                return None
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker in (0xD9, 0xDA) or length < 2:
            return None
        at += 2 + length
    return None


_FORMATS: tuple[tuple[bytes, str, Callable[[bytes], Size | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", _png),
    (b"\xff\xd8\xff", "image/jpeg", _jpeg),
    (b"GIF8", "image/gif", _gif),
    (b"RIFF", "image/webp", _webp),
    (b"BM", "image/bmp", _bmp),
)
