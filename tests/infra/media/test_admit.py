"""What crosses the media border: pictures under limits, and nothing else."""

from __future__ import annotations

import io
import json
import struct
import time
import tracemalloc
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from maquette.infra.media.admit import admit_image, decode_image, encode_png, sniff
from maquette.infra.media.header import read_header
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MediaRejected

LIMITS = SimpleNamespace(max_upload_bytes=20_000_000, max_pixels=16_000_000)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
sizes = st.integers(min_value=1, max_value=300)


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=format, **options)
    return buffer.getvalue()


def gradient(width: int = 48, height: int = 32) -> Image.Image:
    """A picture in which every row and column differs."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 5, y * 7, x + y], axis=-1) % 256
    return Image.fromarray(pixels.astype(np.uint8))


def png_of_size(width: int, height: int) -> bytes:
    """A well-formed black PNG of any size, a thousandth of it in bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer = zlib.compressobj(9)
    row = b"\x00" * (width + 1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def decode(data: bytes) -> Image.Image:
    return decode_image(data, max_pixels=LIMITS.max_pixels, max_bytes=LIMITS.max_upload_bytes)


@given(width=sizes, height=sizes, format=st.sampled_from(FORMATS), lossless=st.booleans())
def test_the_header_says_what_pillow_says(
    width: int, height: int, format: str, lossless: bool
) -> None:
    """Type and size read from the header are those another reader finds."""
    options = {"lossless": lossless} if format == "WEBP" else {}
    data = encoded(Image.new("RGB", (width, height), "red"), format, **options)
    with Image.open(io.BytesIO(data)) as image:
        assert read_header(data) == (image.get_format_mimetype(), *image.size)
    assert sniff(data) == read_header(data)


def test_headers_with_extras_are_read_too() -> None:
    """Progressive JPEG with EXIF, animated and transparent WebP, top-down BMP."""
    picture = gradient()
    exif = Image.Exif()
    exif[0x010E] = "x" * 5_000
    assert read_header(encoded(picture, "JPEG", progressive=True, exif=exif)) is not None
    animated = encoded(picture, "WEBP", save_all=True, append_images=[picture], exif=exif)
    assert read_header(animated) == ("image/webp", 48, 32)
    bmp = bytearray(encoded(picture, "BMP"))
    struct.pack_into("<i", bmp, 22, -32)
    assert read_header(bytes(bmp)) == ("image/bmp", 48, 32)


@given(st.binary(max_size=400))
def test_sniffing_never_fails_on_any_bytes(data: bytes) -> None:
    """Whatever comes, there is an answer from the closed list."""
    assert sniff(data).media_type in {
        "text/plain",
        "application/json",
        "application/octet-stream",
        "application/vnd.safetensors",
        "image/bmp",
        "image/gif",
    }


@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=12),
    st.integers(0, 10_000),
)
def test_broken_pictures_are_refused_or_decoded_but_never_crash(
    format: str, changes: list[tuple[int, int]], cut: int
) -> None:
    """A mutated picture either gives pixels within the limits or a MediaRejected."""
    data = bytearray(encoded(gradient(), format))
    for position, value in changes:
        data[position % len(data)] = value
    data = data[: max(1, len(data) - cut % len(data))]
    try:
        image = decode(bytes(data))
    except MediaRejected as error:
        assert error.hint
    else:
        assert image.width * image.height <= LIMITS.max_pixels


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "application/octet-stream"),
        (b"hello\n", "text/plain"),
        ("čeština".encode(), "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"\xff\xfe\xfd", "application/octet-stream"),
        (b'{"a": [1, 2]}', "application/json"),
        (b"[1, 2, 3]", "application/json"),
        (b"{not json}", "text/plain"),
        (b"[" * 100_000, "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
        (b"<html><script>alert(1)</script></html>", "text/plain"),
        (b"BMW is a maker of cars and motorcycles", "text/plain"),
        (b"GIF8 is not enough to be a picture", "text/plain"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/octet-stream"),
    ],
)
def test_other_bytes_are_text_json_or_bytes(data: bytes, expected: str) -> None:
    """Nothing but the accepted pictures is ever taken for pixels or a page; vectors are told."""
    info = sniff(data)
    assert info.media_type == expected
    ref = ArtifactRef(sha256="0" * 64, media_type=info.media_type, size_bytes=len(data))
    assert not ref.is_picture


def test_safetensors_are_known_by_their_header() -> None:
    """The file another library writes is recognised; one cut short is not."""
    from safetensors.numpy import save

    data = save({"latent": np.zeros((4, 8, 8), dtype=np.float32)})
    assert sniff(data).media_type == "application/vnd.safetensors"
    assert sniff(data[:-1]).media_type == "application/octet-stream"


def test_a_huge_safetensors_header_is_not_read() -> None:
    """A length prefix of 2**60 costs nothing."""
    data = struct.pack("<Q", 2**60) + b"{" + b" " * 100
    assert sniff(data).media_type == "application/octet-stream"


@pytest.mark.slow
@pytest.mark.parametrize("side", [9_400, 13_000])
def test_a_pixel_bomb_is_refused_by_its_header(side: int) -> None:
    """A few hundred kilobytes of black are refused at once, with no memory spent on pixels."""
    bomb = png_of_size(side, side)
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(MediaRejected, match=f"{side:,} x {side:,}") as caught:
        decode(bomb)
    elapsed = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert elapsed < 1.0 and peak < 1_000_000
    assert "16,000,000" in caught.value.message


def test_the_limits_are_inclusive() -> None:
    """A picture of exactly the allowed pixels and bytes passes; one more does not."""
    data = encoded(gradient(40, 25))
    assert decode_image(data, max_pixels=1_000, max_bytes=len(data)).size == (40, 25)
    with pytest.raises(MediaRejected, match="pixels"):
        decode_image(data, max_pixels=999, max_bytes=len(data))
    with pytest.raises(MediaRejected, match="bytes"):
        decode_image(data, max_pixels=1_000, max_bytes=len(data) - 1)


def test_a_gif_frame_larger_than_its_screen_is_refused() -> None:
    """The size the decoder finds is checked as well as the one the header claims."""
    gif = bytearray(encoded(Image.new("P", (8, 8)), "GIF"))
    at = gif.index(b"\x2c", 13 + 3 * 2 ** ((gif[10] & 7) + 1))
    struct.pack_into("<HH", gif, at + 5, 60_000, 60_000)
    assert read_header(bytes(gif)) == ("image/gif", 8, 8)
    with pytest.raises(MediaRejected):
        decode(bytes(gif))


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    """Hundreds of scans in a small file are refused without decoding them."""
    data = encoded(gradient(), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    bomb = data[:start] + data[start:-2] * 200 + data[-2:]
    with pytest.raises(MediaRejected, match="scans"):
        decode(bomb)


@pytest.mark.parametrize("format", ["ICO", "PPM", "TGA", "PCX", "EPS"])
def test_other_formats_are_refused_whatever_they_are_called(format: str) -> None:
    """A format off the list is refused, and the accepted ones are named."""
    with pytest.raises(MediaRejected) as caught:
        decode(encoded(gradient(), format))
    assert "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF" in caught.value.hint


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "SVG"),
        (b"just words", "text/plain"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04" + b"\x00" * 30, "application/zip"),
    ],
)
def test_a_refusal_says_what_was_sent(data: bytes, named: str) -> None:
    """The message names what the bytes look like."""
    with pytest.raises(MediaRejected, match=named):
        decode(data)


def test_a_damaged_picture_is_refused_without_internals() -> None:
    """A cut PNG is refused in our words, not in the decoder's."""
    with pytest.raises(MediaRejected, match="damaged") as caught:
        decode(encoded(gradient(400, 400))[:-300])
    assert "0x" not in str(caught.value) and "Error" not in str(caught.value)


def test_lossless_formats_keep_every_pixel() -> None:
    """PNG, BMP and lossless WebP come back exactly."""
    picture = gradient()
    for format, options in (("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True})):
        assert decode(encoded(picture, format, **options)).tobytes() == picture.tobytes()


def test_every_mode_becomes_rgb_or_rgba() -> None:
    """Grey, palette, black-and-white, CMYK and 16-bit pictures keep their look in RGB."""
    grey = gradient().convert("L")
    for mode in ("L", "1", "P"):
        source = grey.convert(mode)
        assert decode(encoded(source)).tobytes() == source.convert("RGB").tobytes()
    cmyk = decode(encoded(gradient().convert("CMYK"), "JPEG", quality=95))
    assert cmyk.mode == "RGB"
    deep = Image.fromarray((np.asarray(grey, dtype=np.uint16) * 257).astype(np.uint16))
    assert decode(encoded(deep)).tobytes() == grey.convert("RGB").tobytes()


def test_transparency_is_kept() -> None:
    """Alpha survives from RGBA, grey with alpha, and a transparent palette colour."""
    picture = gradient().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    assert decode(encoded(picture)).tobytes() == picture.tobytes()
    assert decode(encoded(picture.convert("LA"))).mode == "RGBA"
    palette = Image.new("P", (4, 4), 0)
    assert decode(encoded(palette, "GIF", transparency=0)).getpixel((0, 0))[3] == 0


def test_only_the_first_frame_of_a_gif_is_seen() -> None:
    """An animation of three hundred frames costs one frame."""
    frames = [Image.new("RGB", (50, 50), (n % 256, 0, 0)) for n in range(300)]
    data = encoded(Image.new("RGB", (50, 50), "lime"), "GIF", save_all=True, append_images=frames)
    assert decode(data).getpixel((5, 5)) == (0, 255, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(orientation: int) -> None:
    """For each of the eight EXIF orientations the admitted picture is upright."""
    turns = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_270],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_90],
    }
    picture, expected = gradient(), gradient()
    for turn in turns[orientation]:
        expected = expected.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    for format, options in (("PNG", {}), ("WEBP", {"lossless": True})):
        admitted = admit_image(encoded(picture, format, exif=exif, **options), LIMITS)
        assert decode(admitted).tobytes() == expected.tobytes()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_metadata_is_gone_after_admission(format: str) -> None:
    """No place, name, comment or text of the upload is in what we keep."""
    secret = "SECRET-52.5200N-13.4050E"
    exif = Image.Exif()
    exif[0x010E] = secret
    exif[0x0112] = 6
    options: dict[str, object] = {"exif": exif}
    if format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", secret)  # type: ignore[attr-defined]
    if format == "JPEG":
        options["comment"] = secret
    data = encoded(gradient(), format, **options)
    assert secret.encode() in data
    admitted = admit_image(data, LIMITS)
    assert secret.encode() not in admitted
    with Image.open(io.BytesIO(admitted)) as image:
        assert not image.info and not image.getexif()


def test_a_polyglot_keeps_only_its_pixels() -> None:
    """What was appended to or hidden in an upload is not in the admitted bytes."""
    payload = b"<script>alert(1)</script>PK\x03\x04"
    admitted = admit_image(encoded(gradient()) + payload, LIMITS)
    assert payload not in admitted
    assert admitted == encode_png(gradient())


@given(width=sizes, height=sizes)
def test_encoding_is_deterministic_and_lossless(width: int, height: int) -> None:
    """Equal pixels give equal bytes, which decode to the same pixels."""
    picture = gradient(width, height)
    carrying = picture.copy()
    carrying.info = {"icc_profile": b"x" * 200, "dpi": (72, 72)}
    data = encode_png(picture)
    assert encode_png(carrying) == data
    assert decode(data).tobytes() == picture.tobytes()


def test_json_of_ours_is_json() -> None:
    """Documents we store are recognised."""
    assert sniff(json.dumps({"version": 1}).encode()).media_type == "application/json"
