"""Pictures people bring: colours become sRGB, and metadata never decides over pixels."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_profiles import (
    ADOBE_XY,
    CMY_LAB,
    P3_XY,
    SRGB_XY,
    cmyk_profile,
    expected_srgb,
    grey_profile,
    lab_to_srgb,
    linear_to_srgb,
    rgb_profile,
)
from PIL import Image, ImageCms, ImageOps

from maquette.infra.media.admit import admit_image, decode_image, encode_png, sniff
from maquette.records.errors import MediaRejected

LIMITS = SimpleNamespace(max_upload_bytes=20_000_000, max_pixels=1_000_000)
LOSSLESS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "TIFF": {},
    "WEBP": {"lossless": True, "exact": True},
}
CURVED: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95}, "WEBP": {}, "AVIF": {"speed": 10}}


def decode(data: bytes) -> Image.Image:
    return decode_image(data, max_pixels=LIMITS.max_pixels, max_bytes=LIMITS.max_upload_bytes)


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(decode(data))


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=format, **options)
    return buffer.getvalue()


def photo(width: int = 40, height: int = 30, seed: int = 0) -> Image.Image:
    """Waves of colour under noise: neither flat nor random."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 9) * 90 + 128, np.cos(y / 7) * 90 + 128, x * y // 3 % 256]
    noise = np.random.default_rng(seed).normal(0, 8, (height, width, 3))
    return Image.fromarray((np.stack(waves, axis=-1) + noise).clip(0, 255).astype(np.uint8))


def chunk(kind: bytes, body: bytes, *, checksum: int | None = None) -> bytes:
    right = zlib.crc32(kind + body)
    return (
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", right if checksum is None else checksum)
    )


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """A PNG with more chunks behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def png(depth: int, colour_type: int, rows: np.ndarray, *chunks: bytes) -> bytes:
    """A PNG of samples (H, W, C) written by hand, without filters."""
    height, width, _ = rows.shape
    if depth == 16:
        lines = rows.astype(">u2").view(np.uint8).reshape(height, -1)
    elif depth == 8:
        lines = rows.astype(np.uint8).reshape(height, -1)
    else:
        bits = np.unpackbits(rows.astype(np.uint8), axis=-1)[..., -depth:].reshape(height, -1)
        lines = np.packbits(bits, axis=-1)
    packed = zlib.compress(b"".join(b"\0" + line.tobytes() for line in lines))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


# --- colours ---------------------------------------------------------------------------------


@pytest.mark.parametrize("format", LOSSLESS)
def test_display_p3_becomes_srgb(format: str) -> None:
    """Display P3 (200, 80, 40) is sRGB (216, 69, 17)."""
    image = Image.new("RGB", (4, 4), (200, 80, 40))
    data = encoded(image, format, icc_profile=rgb_profile(P3_XY), **LOSSLESS[format])
    assert decode(data).getpixel((1, 1)) == (216, 69, 17)


@pytest.mark.parametrize(("primaries", "gamma"), [(P3_XY, None), (ADOBE_XY, 2.19921875)])
@pytest.mark.parametrize("format", LOSSLESS)
def test_profiles_are_the_mathematics_of_their_numbers(
    format: str, primaries: Any, gamma: float | None
) -> None:
    """Every pixel is within one step of the definition; the curve and matrix are our own."""
    colours = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    profile = rgb_profile(primaries, gamma)
    found = pixels(
        encoded(Image.fromarray(colours), format, icc_profile=profile, **LOSSLESS[format])
    )
    assert np.abs(found - expected_srgb(colours, primaries, gamma)).max() <= 1


@pytest.mark.parametrize("format", CURVED)
def test_profiles_of_lossy_formats_are_applied(format: str) -> None:
    """What is decoded without the profile, converted by hand, is what comes with it."""
    untagged = pixels(encoded(photo(), format, **CURVED[format]))
    tagged = pixels(encoded(photo(), format, icc_profile=rgb_profile(P3_XY), **CURVED[format]))
    assert np.abs(tagged - expected_srgb(untagged, P3_XY)).max() <= 1


def test_a_profile_in_many_jpeg_segments_is_joined() -> None:
    """A profile of 150 KB lies in three segments, in whatever order they come."""
    profile = rgb_profile(P3_XY)
    profile += b"\0" * (150_000 - len(profile))
    data = encoded(photo(), "JPEG", icc_profile=profile)
    untagged = pixels(encoded(photo(), "JPEG"))
    expected = expected_srgb(untagged, P3_XY)
    assert np.abs(pixels(data) - expected).max() <= 1
    starts = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xe2"][:3]
    ends = [at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") for at in starts]
    parts = [data[a:b] for a, b in zip(starts, ends, strict=True)]
    turned = data[: starts[0]] + b"".join(reversed(parts)) + data[ends[-1] :]
    assert np.abs(pixels(turned) - expected).max() <= 1
    lacking = data[: starts[0]] + b"".join(parts[:2]) + data[ends[-1] :]
    assert (pixels(lacking) == untagged).all()


@pytest.mark.parametrize("corner", CMY_LAB)
def test_cmyk_is_converted_by_its_profile(corner: tuple[int, int, int]) -> None:
    """Each corner of the inks has the colour that the profile's table gives it in Lab."""
    image = Image.new("CMYK", (16, 16), (*(255 * ink for ink in corner), 0))
    data = encoded(image, "JPEG", quality=100, icc_profile=cmyk_profile())
    assert b"Adobe" in data  # inverted, as all such files are
    assert np.abs(pixels(data)[8, 8] - lab_to_srgb(CMY_LAB[corner])).max() <= 2


def test_cmyk_without_a_profile_is_plain_arithmetic() -> None:
    """No profile, no table: (255 - C)(255 - K) / 255."""
    data = encoded(Image.new("CMYK", (16, 16), (200, 100, 0, 50)), "JPEG", quality=100)
    expected = [(255 - ink) * (255 - 50) / 255 for ink in (200, 100, 0)]
    assert np.abs(pixels(data)[8, 8] - np.array(expected)).max() <= 2


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_grey_is_converted_by_its_profile(mode: str) -> None:
    """A grey of gamma 1.8 follows the two curves; its alpha stays."""
    ramp = np.arange(256, dtype=np.uint8)[None]
    image = Image.fromarray(ramp)
    if mode == "LA":
        image.putalpha(Image.fromarray(ramp[:, ::-1].copy()))
    found = pixels(encoded(image, icc_profile=grey_profile(1.8)))[0]
    expected = 255 * linear_to_srgb((ramp[0] / 255) ** 1.8)
    assert np.abs(found[:, :3] - expected[:, None]).max() <= 2
    assert mode == "L" or (found[:, 3] == ramp[0, ::-1]).all()


def test_deep_grey_with_alpha_is_converted_too() -> None:
    """16-bit grey with alpha, which the decoder gives as RGBA, takes a grey profile."""
    samples = np.full((4, 4, 2), 257 * 128)
    iccp = chunk(b"iCCP", b"grey\0\0" + zlib.compress(grey_profile(1.0)))
    expected = round(255 * float(linear_to_srgb(np.array(128 / 255))))
    red, green, blue, alpha = pixels(png(16, 4, samples, iccp))[0, 0]
    assert red == green == blue and abs(int(red) - expected) <= 1 and alpha == 128


def test_alpha_and_orientation_survive_the_conversion() -> None:
    """A tagged RGBA picture keeps every alpha value and is turned."""
    image = photo().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    exif = Image.Exif()
    exif[0x0112] = 6
    found = pixels(encoded(image, icc_profile=rgb_profile(P3_XY), exif=exif))
    upright = np.asarray(image.transpose(Image.Transpose.ROTATE_270))
    assert (found[..., 3] == upright[..., 3]).all()
    assert np.abs(found[..., :3] - expected_srgb(upright[..., :3], P3_XY)).max() <= 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
@pytest.mark.parametrize("tagged", [None, "hand", "library"])
def test_srgb_keeps_every_bit(mode: str, tagged: str | None) -> None:
    """Untagged or tagged as sRGB by either writer, a picture is stored as it always was."""
    profiles = {
        None: None,
        "hand": rgb_profile(SRGB_XY),
        "library": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    }
    image = photo().convert(mode)
    data = encoded(image, icc_profile=profiles[tagged])
    shown = image.convert("RGBA" if mode == "RGBA" else "RGB")
    assert admit_image(data, LIMITS) == encode_png(shown)


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "GIF", "BMP"])
def test_ordinary_pictures_are_stored_as_before(format: str) -> None:
    """The bytes are those of decoding and turning by the imaging library alone."""
    exif = Image.Exif()
    exif[0x0112] = 8
    options = {"exif": exif} if format in ("JPEG", "WEBP") else {}
    data = encoded(photo(), format, **options)
    with Image.open(io.BytesIO(data)) as image:
        alone = ImageOps.exif_transpose(image).convert("RGB")
    assert admit_image(data, LIMITS) == encode_png(alone)


def absurd_profiles() -> dict[str, bytes]:
    """Profiles that are damaged, describe no device, or are for other pixels."""
    whole = rgb_profile(P3_XY)
    noise = random.Random(0).randbytes(len(whole))
    return {
        "cut": whole[:300],
        "noise": noise,
        "noise behind a header": whole[:128] + noise[128:],
        "empty": b"",
        "all black": rgb_profile(P3_XY, 255.0),
        "all white": rgb_profile(P3_XY, 0.0),
        "no colours": rgb_profile(((0.33, 0.33), (0.33, 0.3301), (0.3301, 0.33))),
        "grey for RGB": grey_profile(1.8),
        "CMYK for RGB": cmyk_profile(),
        "too large": whole + b"\0" * 4_000_000,
        "a table count of 4 billion": whole[:128] + b"\xff" * 4 + whole[132:],
    }


@pytest.mark.parametrize("name", absurd_profiles())
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_an_absurd_profile_decides_over_nothing(name: str, format: str) -> None:
    """The picture is taken as if the profile were not there."""
    options = {**LOSSLESS, **CURVED}[format]
    tagged = encoded(photo(), format, icc_profile=absurd_profiles()[name], **options)
    assert (pixels(tagged) == pixels(encoded(photo(), format, **options))).all()


CICP_P3, CICP_SRGB = b"\x0c\x0d\x00\x01", b"\x01\x0d\x00\x01"
CICP_PQ = b"\x09\x10\x00\x01"
GAMMA_1 = chunk(b"gAMA", struct.pack(">I", 100_000))
GAMMA_SRGB = chunk(b"gAMA", struct.pack(">I", 45_455))
CHRM_P3 = chunk(
    b"cHRM", struct.pack(">8I", *(round(1e5 * v) for xy in ((0.3127, 0.329), *P3_XY) for v in xy))
)
ICCP_P3 = chunk(b"iCCP", b"p\0\0" + zlib.compress(rgb_profile(P3_XY)))


@pytest.mark.parametrize(
    ("chunks", "primaries", "gamma"),
    [
        ([chunk(b"cICP", CICP_P3)], P3_XY, None),
        ([chunk(b"cICP", CICP_SRGB), ICCP_P3], None, None),
        ([chunk(b"cICP", CICP_PQ), ICCP_P3], P3_XY, None),
        ([GAMMA_SRGB], None, None),
        ([GAMMA_1], SRGB_XY, 1.0),
        ([GAMMA_SRGB, CHRM_P3], P3_XY, None),
        ([CHRM_P3], None, None),
        ([chunk(b"sRGB", b"\0"), GAMMA_1, CHRM_P3], None, None),
        ([ICCP_P3, GAMMA_1], P3_XY, None),
        ([chunk(b"gAMA", b"\0\0\0\1")], None, None),
        ([GAMMA_SRGB, chunk(b"cHRM", b"\0" * 32)], None, None),
    ],
)
def test_png_colours_by_numbers(chunks: list[bytes], primaries: Any, gamma: float | None) -> None:
    """Code points go before a profile, a profile before sRGB, sRGB before gamma."""
    found = pixels(with_chunks(encoded(photo()), *chunks))
    plain = np.asarray(photo())
    expected = plain if primaries is None else expected_srgb(plain, primaries, gamma)
    assert np.abs(found - expected).max() <= (0 if primaries is None else 1)


def test_avif_colours_by_numbers() -> None:
    """Code points in an AVIF count as they do in a PNG."""
    data = encoded(photo(), "AVIF", speed=10)
    at = data.index(b"nclx") + 4
    coded = data[:at] + b"\x00\x0c" + data[at + 2 :]
    assert np.abs(pixels(coded) - expected_srgb(pixels(data), P3_XY)).max() <= 1


# --- one transparent colour ------------------------------------------------------------------


@pytest.mark.slow
@given(
    depth=st.sampled_from([1, 2, 4, 8, 16]),
    is_rgb=st.booleans(),
    above=st.integers(0, 2**16 - 1),
    seed=st.integers(0, 1_000),
)
def test_a_colour_key_hides_exactly_its_colour(
    depth: int, is_rgb: bool, above: int, seed: int
) -> None:
    """In every depth alpha is 0 where all samples equal the key and 255 elsewhere.

    Two 16-bit colours that look the same in 8 bits are told apart; bits of the key above the
    depth do not count.
    """
    depth = max(depth, 8) if is_rgb else depth
    channels = 3 if is_rgb else 1
    rng = np.random.default_rng(seed)
    samples = rng.integers(0, 2**depth, (5, 7, channels))
    key = samples[2, 3]
    samples[rng.random((5, 7)) < 0.4] = key
    near = key ^ 1  # differs in the lowest bit alone
    samples[0, 0] = near
    stored = [int(value) | (above << depth & 0xFFFF) for value in key]
    trns = chunk(b"tRNS", struct.pack(f">{channels}H", *stored))
    found = pixels(png(depth, 2 if is_rgb else 0, samples, trns))
    assert (found[..., 3] == np.where((samples == key).all(axis=-1), 0, 255)).all()
    without = pixels(png(depth, 2 if is_rgb else 0, samples))
    assert (found[..., :3] == without).all() and without.shape[-1] == 3


def test_palette_transparency_is_kept_whatever_its_length() -> None:
    """Alpha by palette entry; a list longer than the palette is cut to it."""
    rows = np.array([[[0], [1], [2]]])
    plte = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]))
    for alphas in (bytes([0, 128, 255]), bytes([0, 128]), bytes([0, 128, 255] + [9] * 300)):
        found = pixels(png(8, 3, rows, plte, chunk(b"tRNS", alphas)))
        assert found[0].tolist() == [[255, 0, 0, 0], [0, 255, 0, 128], [0, 0, 255, 255]]


def test_a_key_of_the_wrong_size_is_no_key() -> None:
    """Too short, too long, or for pixels that have alpha already: the picture is taken."""
    for body in (b"", b"\0", b"\0" * 4, b"\0" * 100):
        assert decode(with_chunks(encoded(photo()), chunk(b"tRNS", body))).mode == "RGB"
    rgba = photo().convert("RGBA")
    data = with_chunks(encoded(rgba), chunk(b"tRNS", b"\0" * 6))
    assert decode(data).tobytes() == rgba.tobytes()


# --- metadata decides over no pixel ----------------------------------------------------------


def tiff_exif(*, entries: int = 1, offset: int = 8, kind: int = 3, value: int = 6) -> bytes:
    return b"Exif\0\0II*\0" + struct.pack(
        "<IHHHIHHI", offset, entries, 0x0112, kind, 1, value, 0, 0
    )


BAD_EXIF = {
    "empty": b"Exif\0\0",
    "noise": b"Exif\0\0" + random.Random(1).randbytes(300),
    "cut": tiff_exif()[:20],
    "far away": tiff_exif(offset=2**31),
    "65,535 entries": tiff_exif(entries=65_535),
    "a fraction": tiff_exif(kind=5),
    "orientation 0": tiff_exif(value=0),
    "orientation 9": tiff_exif(value=9),
}


@pytest.mark.parametrize("name", BAD_EXIF)
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_malformed_exif_leaves_the_picture_as_it_lies(format: str, name: str) -> None:
    """The picture is taken, not turned."""
    options = {**LOSSLESS, **CURVED}[format]
    exif = Image.Exif()
    exif[0x010E] = "x" * 400
    good = encoded(photo(), format, exif=exif, **options)
    bad = BAD_EXIF[name]
    if format == "JPEG":
        at = good.index(b"\xff\xe1")
        end = at + 2 + int.from_bytes(good[at + 2 : at + 4], "big")
        data = good[:at] + b"\xff\xe1" + struct.pack(">H", len(bad) + 2) + bad + good[end:]
    elif format == "PNG":
        data = with_chunks(encoded(photo()), chunk(b"eXIf", bad.removeprefix(b"Exif\0\0")))
    elif format == "WEBP":
        body = bad + b"\0" * (len(bad) % 2)
        data = good[: good.index(b"EXIF")] + b"EXIF" + struct.pack("<I", len(bad)) + body
        data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    else:
        at = good.index(b"x" * 400) - 26
        garbled = bad.removeprefix(b"Exif\0\0").ljust(400, b"\xff")
        data = good[:at] + garbled + good[at + 400 :]
    assert (pixels(data) == pixels(encoded(photo(), format, **options))).all()


def bombs() -> dict[str, bytes]:
    packed = zlib.compress(b"\0" * 30_000_000)
    return {
        "zTXt": chunk(b"zTXt", b"Comment\0\0" + packed),
        "iTXt": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packed),
        "iCCP": chunk(b"iCCP", b"profile\0\0" + packed),
    }


def test_compressed_metadata_costs_nothing() -> None:
    """Chunks that hold 30 MB of zeros each are passed over: the picture is taken, memory flat."""
    data = with_chunks(encoded(photo()), *bombs().values())
    tracemalloc.start()
    found = pixels(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found == np.asarray(photo())).all()
    assert peak < 20_000_000


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"gAMA", b"tIME", b"pHYs"])
def test_a_wrong_checksum_beside_the_pixels_does_not_matter(kind: bytes) -> None:
    """What such a chunk says is not used; the picture is."""
    body = GAMMA_1[8:-4] if kind == b"gAMA" else tiff_exif()[6:]
    data = with_chunks(encoded(photo()), chunk(kind, body, checksum=7))
    assert (pixels(data) == np.asarray(photo())).all()


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE", b"IDAT"])
def test_a_wrong_checksum_in_the_pixels_is_refused(kind: bytes) -> None:
    """Header, palette and pixel data must be what their writer wrote."""
    data = bytearray(encoded(photo().convert("P")))
    at = data.index(kind)
    length = int.from_bytes(data[at - 4 : at], "big")
    data[at + 4 + length] ^= 1
    with pytest.raises(MediaRejected, match="damaged"):
        decode(bytes(data))


FILM = b"\x00\x00\x00\x18ftypmp42" + b"\xff\xda\xff\xd8\xff\xc0\x00\x11" * 5_000


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_bytes_behind_the_end_do_not_matter(format: str) -> None:
    """The film of a motion photo, full of byte pairs that start a scan, is not looked at."""
    options = {**LOSSLESS, **CURVED, "GIF": {}, "BMP": {}}[format]
    data = encoded(photo(), format, **options)
    assert (pixels(data + FILM) == pixels(data)).all()


def test_a_thumbnail_full_of_scans_does_not_matter() -> None:
    """Only scans of the picture itself are counted; a hundred and one of those are refused."""
    data = encoded(photo(), "JPEG", progressive=True)
    thumbnail = b"\xff\xe1\xff\xfeExif\0\0" + b"\xff\xda" * 32_763
    assert (pixels(data[:2] + thumbnail + data[2:]) == pixels(data)).all()
    scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(MediaRejected, match="scans"):
        decode(data[:-2] + scan * 101 + data[-2:])


def test_comments_without_end_are_bounded() -> None:
    """A JPEG of a million empty comments is refused quickly, and its size is not looked for."""
    data = encoded(photo(), "JPEG")
    with pytest.raises(MediaRejected):
        decode(data[:2] + b"\xff\xfe\x00\x02" * 1_000_000 + data[2:])


@pytest.mark.parametrize("segment", [b"\xff\xe0\x00\x07JFIF\0", b"\xff\xee\x00\x07Adobe"])
def test_a_short_application_segment_does_not_matter(segment: bytes) -> None:
    """A JFIF or Adobe segment too short to say anything says nothing."""
    data = encoded(photo(), "JPEG")
    assert (pixels(data[:2] + segment + data[2:]) == pixels(data)).all()


# --- whole and half files --------------------------------------------------------------------


def half_white() -> Image.Image:
    image = photo(24, 16)
    image.paste((255, 255, 255), (0, 8, 24, 16))
    return image


JPEGS = {
    "baseline": (photo(24, 16), {"quality": 80}),
    "progressive": (photo(24, 16), {"quality": 80, "progressive": True}),
    "full colour": (photo(24, 16), {"quality": 95, "subsampling": 0, "optimize": True}),
    "grey": (photo(19, 23).convert("L"), {"quality": 60, "progressive": True}),
    "white below": (half_white(), {"quality": 20}),
    "white below, progressive": (half_white(), {"quality": 60, "progressive": True}),
    "restarts": (half_white(), {"quality": 70, "restart_marker_blocks": 1}),
    "restarts, progressive": (
        half_white(),
        {"quality": 70, "restart_marker_blocks": 2, "progressive": True},
    ),
}


@pytest.mark.parametrize("name", JPEGS)
def test_a_cut_jpeg_is_taken_only_when_all_its_pixels_are_there(name: str) -> None:
    """Cut at every byte: taken exactly when the pixels are those of the whole file.

    So without the end marker, or half of it, it is taken; without more, it is not.
    """
    image, options = JPEGS[name]
    data = encoded(image, "JPEG", **options)
    whole = pixels(data)
    for end in range(3, len(data)):
        try:
            found = pixels(data[:end])
        except MediaRejected:
            assert end < len(data) - 2
        else:
            assert (found == whole).all(), f"cut to {end} of {len(data)} bytes"
    assert (pixels(data[:-2]) == whole).all() and (pixels(data[:-1]) == whole).all()


def test_the_cut_is_named() -> None:
    """Half a JPEG is told what is wrong with it."""
    data = encoded(photo(), "JPEG")
    with pytest.raises(MediaRejected, match="cut off"):
        decode(data[: len(data) * 3 // 4])


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_other_cut_files_never_give_other_pixels(format: str) -> None:
    """Cut at every byte: refused, or the same pixels (what was lost held none)."""
    options = {"save_all": True} if format == "GIF" else {**LOSSLESS, "BMP": {}}[format]
    if format == "TIFF":
        options = {"compression": "tiff_lzw"}
    data = encoded(photo(24, 16), format, **options)
    whole = pixels(data)
    for end in range(3, len(data)):
        try:
            found = pixels(data[:end])
        except MediaRejected:
            continue
        assert (found == whole).all(), f"cut to {end} of {len(data)} bytes"


def test_a_png_in_many_pieces_is_whole_or_refused() -> None:
    """A PNG whose data lies in chunks of 50 bytes, cut between two of them, is refused."""
    data = encoded(photo())
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    body = data[at + 4 : at + 4 + length]
    pieces = [chunk(b"IDAT", body[n : n + 50]) for n in range(0, length, 50)]
    assert (pixels(data[: at - 4] + b"".join(pieces)) == np.asarray(photo())).all()
    for kept in range(len(pieces)):
        with pytest.raises(MediaRejected):
            decode(data[: at - 4] + b"".join(pieces[:kept]) + chunk(b"IEND", b""))


# --- TIFF, AVIF, HEIC ------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "CMYK", "I;16"])
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_tiff_is_taken(mode: str, compression: str) -> None:
    """Grey, colour, palette and print pictures, with the compressions scanners write."""
    image = photo().convert("L" if mode == "I;16" else mode)
    shown = image.convert("RGBA" if mode == "RGBA" else "RGB")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    data = encoded(image, "TIFF", compression=compression, tiffinfo={274: 3})
    upright = shown.transpose(Image.Transpose.ROTATE_180)
    assert sniff(data) == ("image/tiff", *image.size)
    assert decode(data).tobytes() == upright.tobytes()


def tiff_with(tag: int, value: int, kind: int = 4) -> bytes:
    """A TIFF in which one number was changed."""
    data = bytearray(encoded(photo(), "TIFF"))
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for at in range(start + 2, start + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, at)[0] == tag:
            struct.pack_into("<HII", data, at + 2, kind, 1, value)
            return bytes(data)
    raise LookupError(tag)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (encoded(photo(), "TIFF", compression="jpeg"), "compression is number 7"),
        (tiff_with(259, 6), "compression is number 6"),
        (tiff_with(262, 32_803), "colours"),
        (encoded(photo().convert("L").convert("F"), "TIFF"), "16 bits"),
        (tiff_with(256, 60_000), "60,000 x 30"),
    ],
    ids=["jpeg", "old jpeg", "sensor", "float", "size"],
)
def test_other_tiffs_are_refused_in_a_sentence(data: bytes, named: str) -> None:
    """The kind of TIFF is named, with the next step."""
    with pytest.raises(MediaRejected, match=named) as caught:
        decode(data)
    assert caught.value.hint


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_avif_is_taken(mode: str) -> None:
    """Size and pixels are those of the imaging library."""
    image = photo().convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    data = encoded(image, "AVIF", speed=10)
    assert sniff(data) == ("image/avif", 40, 30)
    with Image.open(io.BytesIO(data)) as image:
        expected = image.convert("RGBA" if mode == "RGBA" else "RGB")
    assert decode(data).tobytes() == expected.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_is_turned(orientation: int) -> None:
    """Turns and mirrors are properties of the picture, not Exif, and are applied."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(photo(), "AVIF", speed=10, exif=exif)
    with Image.open(io.BytesIO(data)) as image:
        expected = ImageOps.exif_transpose(image)
    assert decode(data).tobytes() == expected.tobytes()


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_heic_is_named(brand: bytes) -> None:
    """The refusal says HEIC and what to do on a telephone."""
    data = struct.pack(">I4s4sI4s4s", 24, b"ftyp", brand, 0, b"mif1", b"heic") + b"\0" * 500
    with pytest.raises(MediaRejected, match="HEIC") as caught:
        decode(data)
    assert "JPEG" in caught.value.hint


def test_an_avif_that_lies_about_its_size_is_refused() -> None:
    """The size in the container is held against the limit before the decoder is made."""
    data = bytearray(encoded(photo(), "AVIF", speed=10))
    struct.pack_into(">II", data, data.index(b"ispe") + 8, 30_000, 30_000)
    with pytest.raises(MediaRejected, match="30,000 x 30,000"):
        decode(bytes(data))
