"""Colour words of a person as a colour: basic words, shades, and words that modify them."""

from __future__ import annotations

import numpy as np

from maquette.records.errors import InvalidInput
from maquette.tools.art.painting.oklch import to_oklch, to_rgb
from maquette.words.colours import MODIFIERS, WORDS, Rgb, canonical, distance, from_hex

BASIC = (
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray",
)  # fmt: skip
"""The eleven colour words that every speaker of English tells apart."""
_LIGHTER = {"light": 0.14, "pale": 0.2, "pastel": 0.2, "soft": 0.1, "baby": 0.2}
_DARKER = {"dark": 0.15, "deep": 0.1, "forest": 0.15, "royal": 0.06}
_VIVID = ("bright", "vivid", "neon", "hot")


def shade(word: str) -> Rgb:
    """The colour of a word ("red", "dark blue", "#4080ff").

    Raises: InvalidInput: it is no colour; says what would be.
    """
    text = " ".join(word.lower().split())
    if len(text) == 7 and text.startswith("#"):
        try:
            return from_hex(text)
        except ValueError:
            raise _unknown(word) from None
    name = canonical(text)
    if name is not None:
        return WORDS[name]
    modifier, _, rest = text.partition(" ")
    if modifier not in MODIFIERS or not rest:
        raise _unknown(word)
    return _modified(modifier, shade(rest))


def basic_name(rgb: Rgb) -> str:
    """The basic colour word that looks most like a colour."""
    return min(BASIC, key=lambda name: distance(WORDS[name], rgb))


def _modified(modifier: str, rgb: Rgb) -> Rgb:
    light, chroma, hue = to_oklch(np.array(rgb, dtype=np.float64))
    light += _LIGHTER.get(modifier, 0.0) * min(1.0, (1 - light) / 0.3)
    light -= _DARKER.get(modifier, 0.0) * min(1.0, light / 0.5)
    chroma *= 1.2 if modifier in _VIVID else 0.6 if modifier in ("pale", "pastel", "dusty") else 1.0
    red, green, blue = to_rgb(np.array([light, chroma, hue]))
    return int(red), int(green), int(blue)


def _unknown(word: str) -> InvalidInput:
    return InvalidInput(
        f"{word!r} is no known colour; expected a colour word or #rrggbb",
        hint=f"Basic words are {', '.join(BASIC)}; shades such as navy, teal or gold work too.",
    )
