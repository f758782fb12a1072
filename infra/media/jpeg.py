"""JPEG: its segments, its size, and the file without what decides over no pixel.

Sizes and scans are read from the segments, never searched for in the bytes: a thumbnail inside
Exif, compressed data, or the film behind a motion photo hold the same byte pairs.
"""

from __future__ import annotations

import io
import random
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from maquette.infra.media.plain import MAX_PROFILE_BYTES, Plain
from maquette.records.errors import MediaRejected

MAX_SCANS = 100
"""A progressive JPEG has about ten; each one costs a pass over the picture."""
MAX_SEGMENTS = 10_000

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers; the three left out define tables."""
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_ARITHMETIC = frozenset(range(0xC9, 0xD0))
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
_NO_BODY = frozenset({0x01, *range(0xD0, 0xD8)})
_SKIPPED = frozenset({0xDC, *range(0xE0, 0x100)})

_MARKER = re.compile(rb"\xff[^\x00\xff]")
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


class Segment(NamedTuple):
    """Offsets of a segment; that of a scan ends behind its compressed data."""

    marker: int
    start: int
    body: int
    end: int


def segments(data: bytes) -> Iterator[Segment]:
    """The segments behind the start marker, up to the end marker, a cut or another picture.

    Raises: ValueError: more than ``MAX_SEGMENTS``.
    """
    at = 2
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None:
            return
        marker, start, body = data[found.end() - 1], found.start(), found.end() + 2
        if marker in (_SOI, _EOI):
            yield Segment(marker, start, found.end(), found.end())
            return
        if marker in _NO_BODY:
            at = found.end()
            continue
        end = found.end() + int.from_bytes(data[found.end() : body], "big")
        if end < body or end > len(data):
            return
        if marker == _SOS:
            after = _END_OF_SCAN.search(data, end)
            yield Segment(marker, start, body, after.start() if after else len(data))
            end = after.start() if after else len(data)
        else:
            yield Segment(marker, start, body, end)
        at = end
    raise ValueError("too many segments")


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the frame header; None when there is none before the first scan."""
    try:
        for segment in segments(data):
            if segment.marker in _FRAMES and segment.end - segment.body >= 6:
                height, width = struct.unpack_from(">HH", data, segment.body + 1)
                return width, height
            if segment.marker in _FRAMES or segment.marker in (_SOS, _SOI, _EOI):
                return None
    except ValueError:
        return None
    return None


def strip(data: bytes) -> Plain:
    """The file without comments, thumbnails, profiles and whatever follows its end.

    Raises: MediaRejected: too many scans, or cut off. ValueError: no picture in it.
    """
    kept = [b"\xff\xd8"]
    frames: list[bytes] = []
    scans: list[bytes] = []
    profile: list[bytes] = []
    exif = b""
    ended = False
    for segment in segments(data):
        marker, body = segment.marker, data[segment.body : segment.end]
        if marker in _FRAMES:
            frames.append(bytes([marker]) + body)
        elif marker == _SOS:
            scans.append(body[:64])
        elif _is_exif(marker, body):
            exif = exif or body[6:]
        elif _is_profile(marker, body):
            profile.append(body[12:])
        elif marker not in _TABLES and marker not in _SKIPPED:
            ended = marker == _EOI
            break
        if marker in _FRAMES or marker in _TABLES or marker == _SOS or _tells_model(marker, body):
            kept.append(data[segment.start : segment.end])
    if len(scans) > MAX_SCANS:
        raise MediaRejected(
            "the JPEG has too many scans to be a photograph", hint="save it again as PNG"
        )
    if len(frames) != 1:
        raise ValueError("a JPEG has one frame header")
    bare = b"".join(kept)
    if not ended and not (_all_scans(frames[0], scans) and _whole(bare.rstrip(b"\xff"))):
        raise MediaRejected(
            "the JPEG ends before its picture does: the file was cut off",
            hint="copy or download it again and send the whole file",
        )
    return Plain(bare + b"\xff\xd9", exif=exif, profile=_joined(profile))


def _is_exif(marker: int, body: bytes) -> bool:
    return marker == 0xE1 and body.startswith(b"Exif\0\0")


def _is_profile(marker: int, body: bytes) -> bool:
    return marker == 0xE2 and body.startswith(b"ICC_PROFILE\0") and len(body) > 14


def _tells_model(marker: int, body: bytes) -> bool:
    """Whether the decoder learns from it how the components code colour."""
    return (marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14) or (
        marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12
    )


def _joined(parts: list[bytes]) -> bytes | None:
    """The profile out of its numbered parts; None unless each is there once."""
    parts = sorted(parts)
    if [part[0] for part in parts] != list(range(1, len(parts) + 1)):
        return None
    if not parts or any(part[1] != len(parts) for part in parts):
        return None
    joined = b"".join(part[2:] for part in parts)
    return joined if len(joined) <= MAX_PROFILE_BYTES else None


def _all_scans(frame: bytes, scans: list[bytes]) -> bool:
    """Whether every coefficient of every component was sent to its last bit."""
    marker, components = frame[0], frame[7::3]
    missing = {component: set(range(64)) for component in components}
    for scan in scans:
        count = scan[0]
        first, last, bits = scan[1 + 2 * count : 4 + 2 * count]
        if marker not in _PROGRESSIVE:
            first, last, bits = 0, 63, 0
        if bits & 15 == 0:
            for component in scan[1 : 1 + 2 * count : 2]:
                missing.get(component, set()).difference_update(range(first, last + 1))
    return marker not in _ARITHMETIC and not any(missing.values())


def _whole(bare: bytes) -> bool:
    """Whether a file without end marker holds all its compressed data.

    The decoder fills what is missing without a word. But it reads no further than it needs:
    when all is there, whatever follows changes no pixel; when something is missing, what
    follows is taken for it.
    """
    from PIL import Image

    seen = None
    for tail in _tails(bare):
        with Image.open(io.BytesIO(bare + tail), formats=["JPEG"]) as image:
            pixels = image.tobytes()
        if seen is not None and pixels != seen:
            return False
        seen = pixels
    return True


def _tails(bare: bytes) -> Iterator[bytes]:
    """Eight ends of noise, one for each value of the first three bits.

    Each goes on with the restart markers that are due, for data cut where an interval ends.
    """
    noise = random.Random(0)
    restarts = _RESTART.findall(bare, bare.rfind(b"\xff\xda"))
    due = restarts[-1][1] + 1 if restarts else 0xD0
    for bits in range(8):
        tail = bytes([bits << 5 | noise.randrange(31)])
        for marker in range(due, due + 4):
            tail += bytes(noise.choices(range(255), k=50)) + bytes([0xFF, 0xD0 | marker & 7])
        yield tail + b"\xff\xd9"
