"""From the bytes of a picture to its pixels: RGB or RGBA, sRGB, upright, 8 bits a channel."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from maquette.infra.media import avif, jpeg, png, tiff, webp
from maquette.infra.media.colour import to_srgb
from maquette.infra.media.plain import Plain

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

    Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Format(NamedTuple):
    """A format that is taken: the imaging library's decoder, and what goes before it."""

    decoder: str
    strip: Callable[[bytes], Plain] = Plain


FORMATS = {
    "image/png": Format("PNG", png.strip),
    "image/jpeg": Format("JPEG", jpeg.strip),
    "image/webp": Format("WEBP", webp.strip),
    "image/gif": Format("GIF"),
    "image/bmp": Format("BMP"),
    "image/tiff": Format("TIFF", tiff.strip),
    "image/avif": Format("AVIF", avif.strip),
}


def decode(data: bytes, media_type: str, check_size: Callable[[int, int], None]) -> Image:
    """Decode the first frame or page.

    Args:
        check_size: is told the width and height the decoder found before it decodes.

    Raises: MediaRejected, or whatever a decoder raises on hostile bytes.
    """
    from PIL import AvifImagePlugin, Image

    # One thread: the helper process may start no others.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    format = FORMATS[media_type]
    plain = format.strip(data)
    with Image.open(io.BytesIO(plain.data), formats=[format.decoder]) as image:
        check_size(*image.size)
        hidden = _keyed(image, plain)
        profile = plain.profile or image.info.get("icc_profile")
        exif = plain.exif or image.info.get("exif", b"")
        shown = to_srgb(_eight_bit(image), profile, plain.encoding)
    shown = shown.convert("RGBA" if "A" in shown.getbands() or hidden is not None else "RGB")
    if hidden is not None:
        shown.putalpha(Image.fromarray(~hidden))
    shown.info = {}
    return _upright(shown, tiff.orientation(exif))


def _eight_bit(image: ImageFile) -> Image:
    """The picture as L, LA, RGB, RGBA or CMYK."""
    from PIL import Image as Images

    is_grey = image.tile and image.tile[0].args == "LA;16B"
    image.load()
    if image.mode.startswith("I;16"):
        import numpy as np

        # The nearest of x / 257; no half occurs, 257 is odd.
        wide = np.asarray(image).astype(np.uint32)
        return Images.fromarray(((wide + 128) // 257).astype(np.uint8))
    if is_grey:
        return image.convert("LA")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode == "1":
        return image.convert("L")
    has_alpha = "transparency" in image.info or image.mode in ("La", "PA", "RGBa")
    return image.convert("RGBA" if has_alpha else "RGB")


def _keyed(image: ImageFile, plain: Plain) -> Mask | None:
    """Which pixels have the transparent colour, compared in the file's own depth."""
    import numpy as np

    if plain.colour_key is None:
        return None
    raw_mode = image.tile[0].args
    scale = {"1": 255, "L;2": 85, "L;4": 17}.get(str(raw_mode), 1)
    samples = _samples(image)
    key = np.array(plain.colour_key)
    if raw_mode != "RGB;16B":
        return np.asarray((samples == key * scale).all(axis=-1))
    # The library keeps the high bytes alone. Read as the other byte order, it gives the low ones.
    from PIL import Image as Images

    with Images.open(io.BytesIO(plain.data), formats=["PNG"]) as low:
        low.tile = [low.tile[0]._replace(args="RGB;16L")]
        same_low = np.asarray(_samples(low) == key % 256).all(axis=-1)
    same_high = np.asarray(samples == key // 256).all(axis=-1)
    return np.asarray(same_high & same_low)


def _samples(image: ImageFile) -> Any:
    """The decoded samples, (H, W, C)."""
    import numpy as np

    image.load()
    found = np.asarray(image.convert("L") if image.mode == "1" else image)
    return found if found.ndim == 3 else found[..., None]


def _upright(image: Image, orientation: int) -> Image:
    """Turned and mirrored as Exif's orientation, 1 to 8, says."""
    from PIL.Image import Transpose

    turn = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(orientation)
    return image if turn is None else image.transpose(turn)
