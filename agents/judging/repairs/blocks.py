"""Changes of a text block: each sets it so that it reads more clearly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from maquette.records.geometry import Box
from maquette.words.colours import contrast, from_hex

Block = dict[str, Any]
"""A text block as it stands in the arguments of a typeset call."""

CLEAR_FONTS = ("sans-bold", "neutral-bold", "geometric-bold", "classic-bold")
GROWTH = 0.05
"""How far a box may grow to each side, as a fraction of the sheet."""
EDGE = 0.02
DARK, LIGHT = "#101014", "#ffffff"
CALM_SHARE = 0.14
"""Letter height, as a fraction of the sheet's height, that every reader takes in at once."""


@dataclass(frozen=True)
class Setting:
    """A block among its neighbours on a sheet."""

    block: Block
    others: Sequence[Block]
    height_px: int


Change = Callable[[Setting], Block | None]
"""Gives the changed block, or None when there is nothing left to change."""


def larger(setting: Setting) -> Block | None:
    """Let the box grow as far as its neighbours and the edge allow; lift any limit of size."""
    box = Box.model_validate(setting.block["box"])
    grown = (
        max(EDGE, box.x0 - GROWTH),
        max(EDGE, box.y0 - GROWTH),
        min(1 - EDGE, box.x1 + GROWTH),
        min(1 - EDGE, box.y1 + GROWTH),
    )
    others = [Box.model_validate(other["box"]) for other in setting.others]
    rect = _clear_of(grown, box, others)
    gain = (rect[2] - rect[0]) * (rect[3] - rect[1]) / (box.width * box.height)
    if gain < 1.05 and setting.block.get("max_size_px") is None:
        return None
    x0, y0, x1, y1 = (round(value, 4) for value in rect)
    block = {**setting.block, "box": {"x0": x0, "y0": y0, "x1": x1, "y1": y1}}
    block.pop("max_size_px", None)
    return block


def plate(setting: Setting) -> Block | None:
    """Put the letters, dark on light or light on dark, on a plain plate of their own."""
    colour = setting.block.get("colour", "#1a1a1a")
    ink = from_hex(colour)
    panel = max((DARK, LIGHT), key=lambda code: contrast(from_hex(code), ink))
    if setting.block.get("panel") == panel and setting.block.get("outline") is None:
        return None
    return {**setting.block, "panel": panel, "outline": None}


def contrasting(setting: Setting) -> Block | None:
    """Black on a white plate: the strongest contrast there is."""
    change = {"colour": DARK, "panel": LIGHT, "outline": None}
    if all(setting.block.get(key) == value for key, value in change.items()):
        return None
    return {**setting.block, **change}


def clearer_font(setting: Setting) -> Block | None:
    """The next of the fonts whose letters are hardest to confuse."""
    font = setting.block.get("font", "sans-bold")
    k = CLEAR_FONTS.index(font) + 1 if font in CLEAR_FONTS else 0
    return {**setting.block, "font": CLEAR_FONTS[k]} if k < len(CLEAR_FONTS) else None


def wider(setting: Setting) -> Block | None:
    """More air between the letters."""
    spacing = float(setting.block.get("letter_spacing", 0.0))
    if spacing >= 0.12:
        return None
    return {**setting.block, "letter_spacing": round(spacing + 0.06, 3)}


def more_lines(setting: Setting) -> Block | None:
    """One word a line, so that no space can be lost."""
    words = setting.block["text"].split()
    text = "\n".join(words)
    if len(words) < 2 or len(words) > 6 or text == setting.block["text"]:
        return None
    return {**setting.block, "text": text, "line_height": 1.3}


def calmer(setting: Setting) -> Block | None:
    """Smaller letters with more room round them, for a reader that misses huge ones."""
    limit = max(24, round(CALM_SHARE * setting.height_px))
    current = setting.block.get("max_size_px")
    if current is not None and current <= limit:
        return None
    return {**setting.block, "max_size_px": limit}


def _clear_of(
    rect: tuple[float, float, float, float], original: Box, others: Sequence[Box]
) -> tuple[float, float, float, float]:
    """Cut a grown rectangle back, on the sides that grew, where it would meet a neighbour."""
    x0, y0, x1, y1 = rect
    for other in others:
        if other.x0 >= x1 or other.x1 <= x0 or other.y0 >= y1 or other.y1 <= y0:
            continue
        if other.y1 <= original.y0:
            y0 = max(y0, other.y1)
        elif other.y0 >= original.y1:
            y1 = min(y1, other.y0)
        elif other.x1 <= original.x0:
            x0 = max(x0, other.x1)
        elif other.x0 >= original.x1:
            x1 = min(x1, other.x0)
    return min(x0, original.x0), min(y0, original.y0), max(x1, original.x1), max(y1, original.y1)
