"""SVG to pixels, by resvg, with no fonts of the system and no files.

resvg reads a file that an ``image`` element names by its whole path, whatever it is told: markup
with such elements is refused here, so that no way leads to them.
"""

from __future__ import annotations

import io
import math
import re
from typing import TYPE_CHECKING

from maquette.records.errors import InvalidInput, MissingExtra

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE = 4096
_LOADS = re.compile(r"<(?:[^\s<>/:]+:)?(?:image|feImage)[\s/>]|<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
"""What may load a file, or hide what does."""
INK_SIDE = 256

Box = tuple[float, float, float, float]


def rasterise(svg: str, width_px: int, height_px: int) -> Image:
    """The whole SVG document as an RGBA picture of this size, not premultiplied.

    The markup must be our own, or admitted by ``safe_svg``. Its view box is fitted into the picture
    as its ``preserveAspectRatio`` says (centred, aspect kept).

    Raises:
        InvalidInput: a side is not 1 to 4096 pixels, the markup is not SVG, or it embeds images.
        MissingExtra: resvg is not installed.
    """
    from PIL import Image as Images

    if not (1 <= width_px <= MAX_SIDE and 1 <= height_px <= MAX_SIDE):
        raise InvalidInput(f"a picture of {width_px}x{height_px} px; each side is 1 to {MAX_SIDE}")
    if found := _LOADS.search(svg):
        raise InvalidInput(f"SVG with {found[0].strip()!r} is never drawn", hint="use shapes only")
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtra(
            "SVG is rendered by resvg, which is not installed", hint="pip install resvg_py"
        ) from error
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=svg, width=width_px, height=height_px, skip_system_fonts=True
        )
    except ValueError as error:
        raise InvalidInput(f"this is no SVG that can be drawn: {error}") from error
    with Images.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGBA")
    if picture.size != (width_px, height_px):
        picture = _centred(picture, width_px, height_px)
    return picture


def _centred(picture: Image, width_px: int, height_px: int) -> Image:
    from PIL import Image as Images

    whole = Images.new("RGBA", (width_px, height_px))
    whole.paste(picture, ((width_px - picture.width) // 2, (height_px - picture.height) // 2))
    return whole


def document(view_box: Box, body: str) -> str:
    """A whole SVG document around a fragment."""
    box = " ".join(f"{value:.9g}" for value in view_box)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{body}</svg>'


def ink_of(view_box: Box, body: str) -> Box | None:
    """``(x0, y0, x1, y1)`` around all that is painted, in the units of the view box; None: nothing.

    Measured at 256 pixels along the longer side, outwards to whole pixels; less than a quarter of a
    pixel is not seen. What reaches over the view box is found as far as half a box away.
    """
    found = _painted(view_box, body, INK_SIDE)
    if found is None or _within(found, view_box):
        return found
    x, y, width, height = view_box
    return _painted((x - width / 2, y - height / 2, 2 * width, 2 * height), body, INK_SIDE * 2)


def _within(box: Box, view_box: Box) -> bool:
    """Whether a box lies inside the view box and touches no edge of it."""
    x, y, width, height = view_box
    return box[0] > x and box[1] > y and box[2] < x + width and box[3] < y + height


def _painted(view_box: Box, body: str, side: int) -> Box | None:
    x, y, width, height = view_box
    unit = max(width, height) / side
    columns, rows = max(1, math.ceil(width / unit)), max(1, math.ceil(height / unit))
    whole = (x, y, columns * unit, rows * unit)
    alpha = rasterise(document(whole, body), columns, rows).getchannel("A")
    box = alpha.getbbox()
    if box is None:
        return None
    return x + box[0] * unit, y + box[1] * unit, x + box[2] * unit, y + box[3] * unit
