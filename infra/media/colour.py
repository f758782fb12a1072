"""Colours of a picture turned into sRGB, the only colours this system knows.

What browsers do: the perceptual intent where a profile has tables for it, plain relative
colorimetry for matrix profiles. A profile decides over pixels only when it describes a device:
white is light, black is dark, neighbours stay near, and red, green and blue differ.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from maquette.infra.media.plain import SRGB, Encoding

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Floats = np.ndarray[Any, np.dtype[np.floating[Any]]]

Transform = Callable[["Image"], "Image"]

SAME = 2
"""Steps of 255 by which a profile may differ from sRGB everywhere and still be sRGB."""
LIGHT, DARK, APART = 200, 100, 30
STEP, LEAP = 17, 160
"""Colours a step apart may lie no farther than a leap apart when converted."""
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
        inks = [(0, 0, 0, 0), (255,) * 4, (0, 255, 255, 0), (255, 0, 255, 0), (255, 255, 0, 0)]
        probe = Image.fromarray(np.array([inks], dtype=np.uint8), mode="CMYK")
        white, black, *pure = np.asarray(transform(probe)).astype(int)[0]
        return _spans(white, black, pure)
    axes = [np.arange(0, 256, STEP, dtype=np.uint8)] * (1 if mode == "L" else 3)
    before = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)  # a line or a cube of colours
    flat = before.reshape(1, -1) if mode == "L" else before.reshape(1, -1, 3)
    after = np.asarray(transform(Image.fromarray(flat))).astype(int).reshape(*before.shape[:-1], 3)
    if np.abs(after - before).max() <= SAME:
        return False
    leaps = [np.abs(np.diff(after, axis=axis)).max() for axis in range(len(axes))]
    pure = [] if mode == "L" else [after[-1, 0, 0], after[0, -1, 0], after[0, 0, -1]]
    white, black = after.reshape(-1, 3)[[-1, 0]]
    return max(leaps) <= LEAP and _spans(white, black, pure)


def _spans(white: Floats, black: Floats, pure: list[Floats]) -> bool:
    import numpy as np

    distances = [
        np.abs(one - other).max() for at, one in enumerate(pure) for other in pure[at + 1 :]
    ]
    return bool(white.min() >= LIGHT and black.max() <= DARK and min([APART, *distances]) >= APART)
