"""Colours of a picture turned into sRGB, the only colours this system knows.

What browsers do: the perceptual intent where a profile has tables for it, plain relative
colorimetry for matrix profiles. A profile decides over pixels only when it describes a device:
white is light, black is dark, grey lies between, and red, green and blue differ.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from maquette.infra.pictures.plain import SRGB, Encoding

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Floats = np.ndarray[Any, np.dtype[np.floating[Any]]]

Transform = Callable[["Image"], "Image"]

SAME = 2
"""Steps of 255 by which a profile may differ from sRGB everywhere and still be sRGB."""
LIGHT, DARK, APART = 200, 100, 30
GREY = range(20, 246)
"""Where the middle grey of a device may lie."""
BAND_ROWS = 64
"""Rows converted at once, so that floats stay a small part of the picture."""

_SPACES = {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}
_DEVICES = (b"scnr", b"mntr", b"prtr", b"spac")
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def to_srgb(image: Image, profile: bytes | None, encoding: Encoding | None) -> Image:
    """The picture in sRGB: RGB or RGBA where something was converted, otherwise unchanged.

    A damaged, absurd or mismatched description changes nothing.

    Args:
        image: mode L, LA, RGB, RGBA or CMYK.
        encoding: goes before the profile.
    """
    solid = image.convert(image.mode.removesuffix("A")) if image.mode in ("LA", "RGBA") else image
    if encoding is not None and solid.mode != "CMYK":
        solid = solid.convert("RGB")
        transform = _numbers_transform(encoding)
    elif profile is not None:
        transform = _profile_transform(profile, solid.mode)
    else:
        return image
    if transform is None or not _describes_a_device(transform, solid.mode):
        return image
    converted = transform(solid)
    if solid is not image and image.mode in ("LA", "RGBA"):
        converted.putalpha(image.getchannel("A"))
    return converted


def _profile_transform(profile: bytes, mode: str) -> Transform | None:
    """The transform of an ICC profile; None when it is damaged or for other pixels."""
    from PIL import ImageCms

    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    if profile[12:16] not in _DEVICES or profile[16:20] != _SPACES[mode]:
        return None
    if int.from_bytes(profile[:4], "big") > len(profile):
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.PERCEPTUAL,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return transform.apply


def _numbers_transform(encoding: Encoding) -> Transform | None:
    """The transform of chromaticities and a curve; None when they span no colours."""
    import numpy as np

    if encoding == SRGB:
        return None
    try:
        with np.errstate(all="raise"):
            matrix = np.linalg.inv(_to_xyz(SRGB)) @ _adapted(encoding)
            steps = np.arange(256) / 255
            linear = _linear(steps) if encoding.gamma is None else steps**encoding.gamma
    except (np.linalg.LinAlgError, FloatingPointError):
        return None

    def transform(image: Image) -> Image:
        from PIL import Image as Images

        pixels = np.asarray(image)  # (H, W, 3)
        out = np.empty_like(pixels)
        for top in range(0, len(pixels), BAND_ROWS):
            band = linear.astype(np.float32)[pixels[top : top + BAND_ROWS]]
            band = np.clip(band @ matrix.T.astype(np.float32), 0, 1)
            out[top : top + BAND_ROWS] = np.rint(255 * _encoded(band))
        return Images.fromarray(out)

    return transform


def _linear(values: Floats) -> Floats:
    """sRGB's curve: stored values in [0, 1] to linear light."""
    import numpy as np

    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encoded(linear: Floats) -> Floats:
    """Linear light in [0, 1] to sRGB's stored values."""
    import numpy as np

    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _xyz(xy: tuple[float, float]) -> Floats:
    import numpy as np

    return np.array([xy[0], xy[1], 1 - xy[0] - xy[1]]) / xy[1]


def _to_xyz(encoding: Encoding) -> Floats:
    """The matrix (3, 3) from linear RGB to XYZ; (1, 1, 1) becomes the white."""
    import numpy as np

    columns = np.stack([_xyz(xy) for xy in (encoding.red, encoding.green, encoding.blue)], axis=1)
    return columns * np.linalg.solve(columns, _xyz(encoding.white))


def _adapted(encoding: Encoding) -> Floats:
    """As ``_to_xyz``, seen under the white of sRGB (Bradford)."""
    import numpy as np

    cone = np.array(_BRADFORD)
    gain = (cone @ _xyz(SRGB.white)) / (cone @ _xyz(encoding.white))
    return np.linalg.inv(cone) @ np.diag(gain) @ cone @ _to_xyz(encoding)


def _describes_a_device(transform: Transform, mode: str) -> bool:
    """Whether the transform is that of a device, and not sRGB again."""
    import numpy as np
    from PIL import Image

    if mode == "CMYK":
        ink = [(0, 0, 0, 0), (255,) * 4, (0, 255, 255, 0), (255, 0, 255, 0), (255, 255, 0, 0)]
        probe = Image.fromarray(np.array([ink], dtype=np.uint8), mode="CMYK")
        white, black, *pure = np.asarray(transform(probe)).astype(int)[0]
        return _apart(pure) and bool(min(white) >= LIGHT and max(black) <= DARK)
    steps = np.arange(0, 256, 17)
    if mode == "L":
        grey = steps.astype(np.uint8)[None]
        probe = Image.fromarray(grey)
        before = np.repeat(grey[0][:, None], 3, axis=1).astype(int)
    else:
        lattice = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
        probe = Image.fromarray(lattice[None].astype(np.uint8))
        before = lattice
    after = np.asarray(transform(probe)).astype(int)[0]  # (N, 3)
    if np.abs(after - before).max() <= SAME:
        return False
    found = {tuple(colour): seen for colour, seen in zip(before.tolist(), after, strict=True)}
    white, grey_seen, black = (found[(step,) * 3] for step in (255, 119, 0))
    pure = [found[colour] for colour in _PURE] if mode == "RGB" else []
    neutral = min(white) >= LIGHT and max(black) <= DARK and all(int(v) in GREY for v in grey_seen)
    return neutral and _apart(pure)


_PURE = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


def _apart(colours: list[Any]) -> bool:
    return all(
        max(abs(one - other)) >= APART
        for at, one in enumerate(colours)
        for other in colours[at + 1 :]
    )
