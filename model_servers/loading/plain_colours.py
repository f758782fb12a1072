"""Red, green and blue, as words and as pixels: all that the fake backends know of the world."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

COLOURS = ("red", "green", "blue")
"""In the order of the channels."""
MARGIN = 32
"""By how much a channel must exceed both others, in 8-bit steps."""


def colours_in(text: str) -> tuple[str, ...]:
    """The colours a text names, in the order of the channels."""
    words = set(re.findall(r"[a-z]+", text.lower()))
    return tuple(colour for colour in COLOURS if colour in words)


def coloured(picture: Image, colour: str) -> np.ndarray:
    """Where an RGB picture is of a colour: bool (H, W)."""
    pixels = np.asarray(picture.convert("RGB"), np.int16)
    channel = COLOURS.index(colour)
    others = np.delete(pixels, channel, axis=2).max(axis=2)
    return pixels[..., channel] >= others + MARGIN


def shares(picture: Image) -> tuple[float, float, float]:
    """The part of a picture that is red, green and blue."""
    red, green, blue = (float(coloured(picture, colour).mean()) for colour in COLOURS)
    return red, green, blue
