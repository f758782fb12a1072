"""Small pictures of every format, and what may happen to them on the way."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def mutated(unchanged: dict[str, bytes], seed: int, number: int) -> tuple[str, bytes]:
    """Picture ``number`` of a seed: an original with one to four things done to it."""
    rng = random.Random(f"{seed}:{number}")
    name = rng.choice(sorted(unchanged))
    data = unchanged[name]
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(_MUTATIONS)(data, rng, unchanged)
    return name, data


def originals() -> dict[str, bytes]:
    """Small real pictures of every format, with metadata for the mutations to hit."""
    from PIL import Image, ImageCms, PngImagePlugin

    image = Image.radial_gradient("L").resize((48, 40))
    photo = Image.merge(
        "RGB", (image, image.rotate(90), Image.linear_gradient("L").resize((48, 40)))
    )
    alpha = photo.convert("RGBA")
    alpha.putalpha(image)
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a description"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "words " * 50, zip=True)
    text.add_itxt("XML:com.adobe.xmp", "<x/>" * 20)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = {"exif": exif, "icc_profile": profile}
    return {
        "png": _saved(photo, "PNG", pnginfo=text, **told),
        "png alpha": _saved(alpha, "PNG"),
        "png palette": _saved(photo.convert("P"), "PNG", transparency=3),
        "png key": _saved(photo, "PNG", transparency=(1, 2, 3)),
        "png 16": _saved(image.convert("I;16"), "PNG"),
        "jpeg": _saved(photo, "JPEG", comment=b"words", **told),
        "jpeg progressive": _saved(photo, "JPEG", progressive=True, **told),
        "jpeg cmyk": _saved(photo.convert("CMYK"), "JPEG"),
        "jpeg restarts": _saved(photo, "JPEG", restart_marker_blocks=2),
        "webp": _saved(photo, "WEBP", **told),
        "webp lossless": _saved(alpha, "WEBP", lossless=True),
        "webp animated": _saved(photo, "WEBP", save_all=True, append_images=[photo.rotate(5)]),
        "gif": _saved(photo.convert("P"), "GIF"),
        "gif animated": _saved(photo, "GIF", save_all=True, append_images=[photo.rotate(5)]),
        "bmp": _saved(photo, "BMP"),
        "tiff": _saved(photo, "TIFF", **told),
        "tiff lzw": _saved(photo, "TIFF", compression="tiff_lzw"),
        "tiff deflate": _saved(alpha, "TIFF", compression="tiff_adobe_deflate"),
        "avif": _saved(photo, "AVIF", speed=10, **told),
        "avif alpha": _saved(alpha, "AVIF", speed=10),
    }


def _saved(image: Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


Mutation = Callable[[bytes, random.Random, dict[str, bytes]], bytes]


def _flip_bits(data: bytes, rng: random.Random, _: dict[str, bytes]) -> bytes:
    out = bytearray(data)
    for _n in range(rng.choice((1, 1, 3, 20))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out) or b"\0"


def _flip_in_header(data: bytes, rng: random.Random, _: dict[str, bytes]) -> bytes:
    out = bytearray(data)
    out[rng.randrange(min(len(out), 200))] = rng.randrange(256)
    return bytes(out)


def _cut(data: bytes, rng: random.Random, _: dict[str, bytes]) -> bytes:
    return data[: rng.randint(1, len(data))]


def _lie(data: bytes, rng: random.Random, _: dict[str, bytes]) -> bytes:
    """A large or small number where some size, count or offset may stand."""
    value = rng.choice((0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 60_000, 2**31 - 1, 2**32 - 1, 2**24))
    width = rng.choice("BHI")
    at = rng.randrange(len(data))
    packed = struct.pack(rng.choice("<>") + width, value & (2 ** (8 * struct.calcsize(width)) - 1))
    return data[:at] + packed + data[at + len(packed) :]


def _splice(data: bytes, rng: random.Random, others: dict[str, bytes]) -> bytes:
    """A piece of another picture inside this one."""
    other = others[rng.choice(sorted(others))]
    start = rng.randrange(len(other))
    at = rng.randrange(len(data))
    return data[:at] + other[start : start + rng.choice((4, 16, 200, 5_000))] + data[at:]


def _repeat(data: bytes, rng: random.Random, _: dict[str, bytes]) -> bytes:
    start = rng.randrange(len(data))
    piece = data[start : start + rng.choice((2, 4, 12, 64, 500))]
    return data[:start] + piece * rng.choice((2, 20, 2_000)) + data[start:]


def _drop(data: bytes, rng: random.Random, _: dict[str, bytes]) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice((1, 4, 12, 100)) :] or b"\0"


def _bomb(data: bytes, rng: random.Random, _: dict[str, bytes]) -> bytes:
    """Metadata that inflates to 30 MB, a header of many pixels, or scans without end."""
    if data.startswith(b"\x89PNG") and len(data) > 33:
        if rng.random() < 0.3:
            size = struct.pack(
                ">II", rng.choice((3_999, 16_000, 2**31 - 1)), rng.choice((1, 4_000))
            )
            return _with_chunk(data[:8], b"IHDR", size + data[24:29]) + data[33:]
        kind = rng.choice((b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"tRNS"))
        return _with_chunk(data[:33], kind, b"name\0\0" + _PACKED) + data[33:]
    at = data.rfind(b"\xff\xda")
    if data.startswith(b"\xff\xd8") and at > 0:
        return data[:at] + data[at:-2] * rng.choice((50, 99, 400)) + data[-2:]
    return data + bytes(rng.randrange(256) for _n in range(1_000)) * 50


_PACKED = zlib.compress(b"\0" * 30_000_000)


def _with_chunk(before: bytes, kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return before + struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def _mend(data: bytes, _: random.Random, __: dict[str, bytes]) -> bytes:
    """Right checksums for a PNG, so that what was changed before reaches the decoder."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    out, at = data[:8], 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            break
        out = _with_chunk(out, kind, data[at + 8 : at + 8 + length])
        at += 12 + length
    return out + data[at:]


_MUTATIONS: tuple[Mutation, ...] = (
    _flip_bits,
    _flip_bits,
    _flip_in_header,
    _cut,
    _lie,
    _lie,
    _splice,
    _repeat,
    _drop,
    _bomb,
    _mend,
    _mend,
)
