"""Put pictures side by side on one sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

_CAPTION_PX = 30


def contact_sheet(
    pictures: list[np.ndarray], captions: list[str], columns: int, path: Path
) -> None:
    """Write a PNG of equal pictures in rows, each with its caption below.

    Args:
        pictures: uint8 (H, W, 3) each.
        captions: one each; wrapped to two lines and cut.
        columns: pictures in a row.
        path: where the PNG goes.
    Raises: ValueError: if the lists differ in length or are empty.
    """
    if not pictures or len(pictures) != len(captions):
        raise ValueError(f"{len(pictures)} pictures and {len(captions)} captions; expected equal")
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * (height + _CAPTION_PX)), "white")
    pen = ImageDraw.Draw(sheet)
    letters = width // 6
    for i, (picture, text) in enumerate(zip(pictures, captions, strict=True)):
        x, y = i % columns * width, i // columns * (height + _CAPTION_PX)
        sheet.paste(Image.fromarray(picture), (x, y))
        lines = f"{text[:letters]}\n{text[letters : 2 * letters]}"
        pen.multiline_text((x + 3, y + height + 2), lines, fill="black", spacing=1)
    sheet.save(path)
