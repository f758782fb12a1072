"""Put pictures side by side on one sheet."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps

_LINE_PX = 13
_LETTER_PX = 6


def contact_sheet(
    pictures: Sequence[np.ndarray],
    captions: Sequence[str],
    columns: int,
    path: Path,
    *,
    side_px: int | None = None,
    lines: int = 4,
) -> None:
    """Write a PNG of pictures in rows, each with its caption below.

    Args:
        pictures: uint8 (H, W, 3) each; those of another size than the first are fitted into it.
        captions: one each; wrapped to the lines there are, and cut.
        columns: pictures in a row.
        path: where the PNG goes.
        side_px: width and height that pictures are fitted into; None: the first picture's size.
        lines: how many below each picture.
    Raises: ValueError: if the lists differ in length or are empty.
    """
    if not pictures or len(pictures) != len(captions):
        raise ValueError(f"{len(pictures)} pictures and {len(captions)} captions; expected equal")
    height, width = pictures[0].shape[:2] if side_px is None else (side_px, side_px)
    below = _LINE_PX * lines + 4
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * (height + below)), "white")
    pen = ImageDraw.Draw(sheet)
    for i, (picture, text) in enumerate(zip(pictures, captions, strict=True)):
        x, y = i % columns * width, i // columns * (height + below)
        image = Image.fromarray(picture)
        if image.size != (width, height):
            image = ImageOps.pad(image, (width, height), color="white")
        sheet.paste(image, (x, y))
        wrapped = textwrap.wrap(text, max(8, width // _LETTER_PX))[:lines]
        pen.multiline_text((x + 3, y + height + 2), "\n".join(wrapped), fill="black", spacing=1)
    sheet.save(path)
