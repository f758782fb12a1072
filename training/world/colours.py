"""The colour words of the world: those of a person's words that the generator is taught.

Colours are sRGB bytes ``(r, g, b)`` in 0..255.
"""

from __future__ import annotations

from functools import lru_cache

from maquette.words import colours
from maquette.words.colours import Rgb

COLOURS: dict[str, Rgb] = {
    name: colours.WORDS[name]
    for name in (
        "red",
        "orange",
        "yellow",
        "green",
        "blue",
        "purple",
        "pink",
        "brown",
        "black",
        "white",
        "gray",
    )
}
"""Colour word to its exact body colour; every thing is filled with one of these."""

BACKGROUNDS: dict[str, Rgb] = {
    name: colours.WORDS[name]
    for name in (
        "cream",
        "pale blue",
        "mint",
        "lavender",
        "peach",
        "light gray",
        "navy",
        "teal",
    )
}
"""Background word to its colour; soft tones, and two deep ones that carry white things."""

MIN_CONTRAST = 0.2
"""Least OKLab distance between a thing and every colour of its background."""

distance = lru_cache(maxsize=4096)(colours.distance)
"""How different two colours look (OKLab), remembered: drawing asks of few pairs, often."""


def contrasts(thing: Rgb, background: tuple[Rgb, ...]) -> bool:
    """Tell whether a thing stands out from every colour of its background."""
    return all(distance(thing, other) >= MIN_CONTRAST for other in background)
