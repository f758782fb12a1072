"""Reading a picture's format and size from its first bytes, before any decoder runs.

A few hundred kilobytes can hold a picture of hundreds of megapixels, and the imaging library
warns late or not at all, so the size is read here and checked first.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from maquette.infra.media import avif, jpeg, png, tiff, webp


class PictureHeader(NamedTuple):
    """What a picture says about itself."""

    media_type: str
    width_px: int
    height_px: int


def read_header(data: bytes) -> PictureHeader | None:
    """The header of a picture we take; None for anything else or a broken one."""
    for magic, media_type, size_of in _FORMATS:
        if data.startswith(magic):
            return _checked(media_type, size_of(data))
    return _checked("image/avif", avif.size(data)) if avif.is_avif(data) else None


Size = tuple[int, int]


def _checked(media_type: str, size: Size | None) -> PictureHeader | None:
    if size is None or min(size) < 1:
        return None
    return PictureHeader(media_type, *size)


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


_FORMATS: tuple[tuple[bytes, str, Callable[[bytes], Size | None]], ...] = (
    (png.SIGNATURE, "image/png", png.size),
    (b"\xff\xd8\xff", "image/jpeg", jpeg.size),
    (b"GIF8", "image/gif", _gif),
    (b"RIFF", "image/webp", webp.size),
    (b"BM", "image/bmp", _bmp),
    (b"II*\0", "image/tiff", tiff.size),
    (b"MM\0*", "image/tiff", tiff.size),
)
