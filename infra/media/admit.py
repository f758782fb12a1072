"""Bytes from outside: what they are, and pictures made safe to use.

The media type is read from the bytes, never taken from a name or a header. Only PNG, JPEG,
WebP, GIF, BMP, TIFF and AVIF are decoded (first frame or page), by their own decoder, after the
size has been read from the header. SVG is text here and is never drawn.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, NamedTuple, Protocol

from maquette.infra.media.avif import is_heic
from maquette.infra.media.header import PictureHeader, read_header
from maquette.infra.media.limits import MAX_ENCODED_BYTES, MAX_PIXELS
from maquette.records.artifact import SVG
from maquette.records.errors import MediaRejected

if TYPE_CHECKING:
    from PIL.Image import Image

ACCEPTED_WORDS = "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"

MAX_SAFETENSORS_HEADER = 100_000_000
MAX_TEXT_BYTES = 50_000_000


class MediaInfo(NamedTuple):
    """What some bytes are; width and height for pictures only."""

    media_type: str
    width_px: int | None = None
    height_px: int | None = None


class ImageLimits(Protocol):
    """The part of the settings that admission needs (``settings.limits``)."""

    @property
    def max_upload_bytes(self) -> int: ...

    @property
    def max_pixels(self) -> int: ...


def sniff(data: bytes) -> MediaInfo:
    """Say what the bytes are: a picture, safetensors, JSON, text, or just bytes."""
    header = read_header(data)
    if header is not None:
        return MediaInfo(*header)
    if _is_safetensors(data):
        return MediaInfo("application/vnd.safetensors")
    text = _as_text(data)
    if text is None:
        return MediaInfo("application/octet-stream")
    if text.startswith("<svg "):
        return MediaInfo(SVG)
    return MediaInfo("application/json" if _is_json(text) else "text/plain")


def check_picture(data: bytes, *, max_pixels: int, max_bytes: int) -> PictureHeader:
    """Read the header of a picture and hold it against the limits; nothing is decoded.

    Args:
        max_pixels: largest width x height.
        max_bytes: largest encoded size.

    Raises: MediaRejected: empty, too large, or not a format we take.
    """
    if len(data) > max_bytes:
        raise MediaRejected(
            f"the file has {len(data):,} bytes; at most {max_bytes:,} are taken",
            hint="scale the picture down, or save it as JPEG",
        )
    header = read_header(data)
    if header is None:
        raise MediaRejected(
            f"the file is not a picture we can read ({_what_it_is(data)})",
            hint=_HEIC_HINT if is_heic(data) else f"send a {ACCEPTED_WORDS} picture",
        )
    _check_pixels(header.width_px, header.height_px, max_pixels)
    return header


def decode_stored(data: bytes) -> Image:
    """Decode a picture out of the store, whatever the limit was when it was taken or made.

    Raises: MediaRejected: as ``decode_image``.
    """
    return decode_image(data, max_pixels=MAX_PIXELS, max_bytes=MAX_ENCODED_BYTES)


def decode_image(data: bytes, *, max_pixels: int, max_bytes: int) -> Image:
    """Decode a picture to RGB or RGBA, sRGB, upright, 8 bits a channel.

    Args: as ``check_picture``.

    Raises: MediaRejected: too large, not an accepted format, or broken. MemoryError.
    """
    header = check_picture(data, max_pixels=max_pixels, max_bytes=max_bytes)

    from maquette.infra.media.decode import FORMATS, decode

    def check_size(width_px: int, height_px: int) -> None:
        # The decoder may see another size than the header said (a GIF frame can be larger
        # than its screen).
        _check_pixels(width_px, height_px, max_pixels)

    try:
        return decode(data, header.media_type, check_size)
    except (MediaRejected, MemoryError):
        raise
    except Exception as error:  # decoders fail in every way there is on hostile bytes
        raise MediaRejected(
            f"the {FORMATS[header.media_type].decoder} picture is damaged and cannot be decoded",
            hint="open it in a viewer and save it again as PNG",
        ) from error


def encode_png(image: Image) -> bytes:
    """Encode as PNG without any metadata: equal pixels give equal bytes."""
    plain = image.copy()
    plain.info = {}
    buffer = io.BytesIO()
    plain.save(buffer, format="PNG", compress_level=6, optimize=False)
    return buffer.getvalue()


def admit_image(data: bytes, limits: ImageLimits) -> bytes:
    """Turn an upload into a PNG of ours: decoded under limits, sRGB, upright, metadata gone.

    Raises: MediaRejected. MemoryError.
    """
    image = decode_image(data, max_pixels=limits.max_pixels, max_bytes=limits.max_upload_bytes)
    return encode_png(image)


def _check_pixels(width_px: int, height_px: int, max_pixels: int) -> None:
    if width_px * height_px > max_pixels:
        raise MediaRejected(
            f"the picture is {width_px:,} x {height_px:,} = {width_px * height_px:,} pixels; "
            f"at most {max_pixels:,} are taken",
            hint="scale the picture down, for example to 2,000 pixels on the long side",
        )


_HEIC_HINT = (
    "save or export it as JPEG and send that; an iPhone takes JPEG itself under "
    "Settings, Camera, Formats, Most Compatible"
)


def _what_it_is(data: bytes) -> str:
    """A guess at refused bytes, for the message."""
    import filetype

    if not data:
        return "it is empty"
    if data[:64].lstrip()[:5].lower() in (b"<svg ", b"<?xml"):
        return "it looks like SVG or XML"
    if is_heic(data):
        return "it is HEIC"
    kind = filetype.guess(data[:8192])
    if kind is not None:
        return f"it looks like {kind.mime}"
    return f"it looks like {sniff(data[:4096]).media_type}"


def _is_safetensors(data: bytes) -> bool:
    """Whether the length prefix, the JSON header and the offsets fit together."""
    size = int.from_bytes(data[:8], "little")
    if not 2 <= size <= min(MAX_SAFETENSORS_HEADER, len(data) - 8) or data[8:9] != b"{":
        return False
    try:
        header = json.loads(data[8 : 8 + size])
        ends = [
            entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"
        ]
        return len(data) == 8 + size + max(ends, default=0)
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return False


def _as_text(data: bytes) -> str | None:
    if not data or len(data) > MAX_TEXT_BYTES:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if any(c in text for c in _NOT_TEXT) else text


_NOT_TEXT = [chr(code) for code in range(32) if chr(code) not in "\t\n\r\f\x1b"]


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
