"""A picture in the terminal: half blocks, two pixels a cell, in true colour."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

COLUMNS, ROWS = 40, 18


def can_show(console: Console) -> bool:
    """Whether the terminal draws colours finely enough for a picture."""
    fine = console.color_system == "truecolor" and console.encoding.startswith("utf")
    return console.is_terminal and fine and console.width >= COLUMNS


def half_blocks(data: bytes, *, columns: int = COLUMNS, rows: int = ROWS) -> Text:
    """The picture scaled to fit ``columns`` x ``rows`` cells, each cell ``▀`` in two colours."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("RGB")
    scale = min(columns / image.width, 2 * rows / image.height)
    width = max(1, round(image.width * scale))
    height = max(2, round(image.height * scale) // 2 * 2)
    small = image.resize((width, height), Image.Resampling.BOX)
    rgb = small.tobytes()  # three bytes a pixel, row by row
    text = Text()
    for y in range(0, height, 2):
        for x in range(width):
            above, below = ((row * width + x) * 3 for row in (y, y + 1))
            text.append(
                "▀", style=f"#{rgb[above : above + 3].hex()} on #{rgb[below : below + 3].hex()}"
            )
        text.append("\n" if y + 2 < height else "")
    return text
