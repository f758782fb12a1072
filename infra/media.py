"""Bytes from outside: what they are, and pictures made safe to use.

The media type is read from the bytes, never taken from a name or a header. Only PNG, JPEG,
WebP, GIF (first frame) and BMP are decoded, by their own decoder, after the size has been
read from the header. SVG is text here and is never drawn.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, NamedTuple, Protocol

from maquette.infra.media_header import PictureHeader, read_header
from maquette.records.errors import MediaRejected

if TYPE_CHECKING:
    from PIL.Image import Image

ACCEPTED = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/bmp": "BMP",
}
"""Media type to the imaging library's decoder."""

ACCEPTED_WORDS = "PNG, JPEG, WebP, GIF or BMP"

STORED_MAX_PIXELS = 16_000_000
STORED_MAX_BYTES = 64_000_000
"""Of a picture that lies in the store: uploads are smaller, enlarged ones are not."""
MAX_JPEG_SCANS = 100
"""A progressive JPEG has about ten; each one costs a pass over the picture."""

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
    return MediaInfo("application/json" if _is_json(text) else "text/plain")


def decode_stored(data: bytes) -> Image:
    """Decode a picture out of the store under the limits of what we make ourselves.

    Raises: MediaRejected: as ``decode_image``.
    """
    return decode_image(data, max_pixels=STORED_MAX_PIXELS, max_bytes=STORED_MAX_BYTES)


def decode_image(data: bytes, *, max_pixels: int, max_bytes: int) -> Image:
    """Decode a picture to RGB or RGBA, upright, 8 bits a channel.

    Args:
        max_pixels: largest width x height, checked before decoding.
        max_bytes: largest encoded size.

    Raises: MediaRejected: too large, not an accepted format, or broken.
    """
    if len(data) > max_bytes:
        raise MediaRejected(
            f"the file has {len(data):,} bytes; at most {max_bytes:,} are accepted",
            hint="send a smaller picture",
        )
    header = read_header(data)
    if header is None:
        raise MediaRejected(
            f"the file is not a picture we can read ({_what_it_is(data)})",
            hint=f"send {ACCEPTED_WORDS}",
        )
    _check_pixels(header.width_px, header.height_px, max_pixels)
    if header.media_type == "image/jpeg" and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise MediaRejected(
            "the JPEG has too many scans to be a photograph", hint="save it again as PNG"
        )
    return _decode(data, header, max_pixels)


def encode_png(image: Image) -> bytes:
    """Encode as PNG without any metadata: equal pixels give equal bytes."""
    plain = image.copy()
    plain.info = {}
    buffer = io.BytesIO()
    plain.save(buffer, format="PNG", compress_level=6, optimize=False)
    return buffer.getvalue()


def admit_image(data: bytes, limits: ImageLimits) -> bytes:
    """Turn an upload into a PNG of ours: decoded under limits, upright, metadata gone.

    Raises: MediaRejected.
    """
    image = decode_image(data, max_pixels=limits.max_pixels, max_bytes=limits.max_upload_bytes)
    return encode_png(image)


def _decode(data: bytes, header: PictureHeader, max_pixels: int) -> Image:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=[ACCEPTED[header.media_type]]) as image:
            # The decoder may see another size than the header said (a GIF frame can be
            # larger than its screen).
            _check_pixels(*image.size, max_pixels)
            image.load()
            return ImageOps.exif_transpose(_eight_bit(image))
    except MediaRejected:
        raise
    except Exception as error:  # decoders fail in every way there is on hostile bytes
        raise MediaRejected(
            f"the {ACCEPTED[header.media_type]} picture is damaged and cannot be decoded",
            hint=f"open it in a viewer and save it again as {ACCEPTED_WORDS}",
        ) from error


def _eight_bit(image: Image) -> Image:
    """The picture as RGB, or RGBA when it has transparency."""
    from PIL import Image as Images

    if image.mode in ("RGB", "RGBA"):
        return image.copy()
    if image.mode.startswith(("I", "F")):
        import numpy as np

        wide = np.clip(np.asarray(image, dtype=np.float64) / 257.0, 0, 255)
        exif = image.getexif()
        narrow = Images.fromarray(np.rint(wide).astype(np.uint8), mode="L").convert("RGB")
        narrow.info["exif"] = exif.tobytes()
        return narrow
    has_alpha = "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBa")
    return image.convert("RGBA" if has_alpha else "RGB")


def _check_pixels(width_px: int, height_px: int, max_pixels: int) -> None:
    if width_px * height_px > max_pixels:
        raise MediaRejected(
            f"the picture is {width_px} x {height_px} pixels "
            f"({width_px * height_px / 1e6:.1f} million); at most "
            f"{max_pixels / 1e6:g} million are accepted",
            hint="scale it down and send it again",
        )


def _what_it_is(data: bytes) -> str:
    """A guess at refused bytes, for the message."""
    import filetype

    if not data:
        return "it is empty"
    if data.lstrip()[:5].lower() in (b"<svg ", b"<?xml"):
        return "it looks like SVG or XML"
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
