"""PNG: its chunks, its size, and the file without what decides over no pixel."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from maquette.infra.media.plain import (
    MAX_PROFILE_BYTES,
    SRGB,
    Encoding,
    Plain,
    coded_encoding,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = (b"IHDR", b"PLTE", b"IDAT")
_TOLD = (b"tRNS", b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"eXIf")
_PALETTE = 3
_GREY_OR_RGB = {0: 1, 2: 3}
"""Colour types that may have a colour key, with its number of samples."""
_PLAIN_GAMMA = 0.05
"""How far a gamma may lie from 1 / 2.2 and still mean the curve of sRGB, as in libpng."""


class Chunk(NamedTuple):
    kind: bytes
    body: bytes
    sound: bool
    """Whether all of it is there and its checksum is right."""


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the header chunk."""
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def strip(data: bytes) -> Plain:
    """The file with its pixels, palette and palette transparency alone.

    A chunk of text, profile or Exif whose checksum is wrong counts as not there.

    Raises: ValueError: a chunk of the pixels is damaged, missing or there twice.
    """
    pixels: dict[bytes, list[bytes]] = {kind: [] for kind in _PIXELS}
    told: dict[bytes, bytes] = {}
    for kind, body, sound in _chunks(data):
        if kind in pixels and not sound:
            raise ValueError("a chunk of the picture is damaged")
        if kind in pixels:
            pixels[kind].append(body)
        elif kind in _TOLD and sound:
            told.setdefault(kind, body)
    if len(pixels[b"IHDR"]) != 1 or len(pixels[b"PLTE"]) > 1 or len(pixels[b"IHDR"][0]) != 13:
        raise ValueError("a PNG has one header and at most one palette")
    header, palette = pixels[b"IHDR"][0], b"".join(pixels[b"PLTE"])
    depth, colour_type = header[8], header[9]
    kept = [SIGNATURE, _chunk(b"IHDR", header)]
    if palette:
        kept.append(_chunk(b"PLTE", palette))
    if colour_type == _PALETTE and b"tRNS" in told:
        kept.append(_chunk(b"tRNS", told[b"tRNS"][: len(palette) // 3]))
    kept += [_chunk(b"IDAT", b"".join(pixels[b"IDAT"])), _chunk(b"IEND", b"")]
    return Plain(
        b"".join(kept),
        exif=told.get(b"eXIf", b""),
        profile=_profile(told.get(b"iCCP", b"")),
        encoding=_encoding(told),
        colour_key=_colour_key(told.get(b"tRNS", b""), depth, colour_type),
    )


def _chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks up to the end chunk or the end of the bytes; what follows is not looked at."""
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IEND":
            return
        body = data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        yield Chunk(kind, body, checksum == zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big"))
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(kind))
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", checksum)


def _profile(body: bytes) -> bytes | None:
    """The profile out of its chunk: a name, a zero, the method 0, then a deflate stream."""
    name, _, packed = body.partition(b"\0")
    if not name or packed[:1] != b"\0":
        return None
    try:
        profile = zlib.decompressobj().decompress(packed[1:], MAX_PROFILE_BYTES + 1)
    except zlib.error:
        return None
    return profile if len(profile) <= MAX_PROFILE_BYTES else None


def _encoding(told: dict[bytes, bytes]) -> Encoding | None:
    """Colours by numbers, in the order of the standard: code points, profile, sRGB, gamma."""
    coded = told.get(b"cICP", b"")
    if len(coded) == 4 and coded[2:] == b"\x00\x01":
        encoding = coded_encoding(coded[0], coded[1])
        if encoding is not None:
            return encoding
    gamma = told.get(b"gAMA", b"")
    if b"iCCP" in told or b"sRGB" in told or len(gamma) != 4:
        return None
    value = int.from_bytes(gamma, "big") / 100_000
    if not 0.1 <= value <= 10:
        return None
    exponent = None if abs(value * 2.2 - 1) < _PLAIN_GAMMA else 1 / value
    if len(told.get(b"cHRM", b"")) != 32:
        return SRGB._replace(gamma=exponent)
    xy = [number / 100_000 for number in struct.unpack(">8I", told[b"cHRM"])]
    white, red, green, blue = zip(xy[::2], xy[1::2], strict=True)
    return Encoding(white, red, green, blue, exponent)


def _colour_key(body: bytes, depth: int, colour_type: int) -> tuple[int, ...] | None:
    """The transparent colour; only as many low bits count as a sample has."""
    samples = _GREY_OR_RGB.get(colour_type)
    if samples is None or len(body) != 2 * samples:
        return None
    return tuple(value & ((1 << depth) - 1) for value in struct.unpack(f">{samples}H", body))
