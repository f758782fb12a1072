"""Backgrounds without a place: one colour, or two that pass into each other."""

from __future__ import annotations

from maquette.tools.art.scene import Background
from maquette.tools.art.scenery.brush import Brush, toned

DEFAULT = "#e4effa"


def plain(brush: Brush, background: Background) -> None:
    """One colour all over."""
    brush.sheet(background.colour or DEFAULT)


def gradient(brush: Brush, background: Background) -> None:
    """From one colour above to another below; a lighter shade where no second is given."""
    top = background.colour or "#bcdcf7"
    below = background.second or toned(top, 0.1, 0.55)
    brush.bands(top, below)
