"""The colour of a thing, measured in its pixels and held against a colour word.

``N`` is the number of pixels. Colours are OKLab: lightness 0 to 1, then two axes of colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maquette.agents.judging.composed.comparing import Mask
from maquette.agents.judging.composed.sources import Pixels
from maquette.tools.art.painting.oklch import to_oklab, to_oklch
from maquette.words.colours import MODIFIERS, WORDS, canonical, from_hex, oklab

Lab = NDArray[np.float64]

COLOURED = 0.04
"""Chroma below which a pixel is black, gray or white."""
FAMILY = np.deg2rad(32.0)
"""Hues this near to the commonest one belong to one family."""
ENOUGH = 0.5
"""A family of hues is the main part where it counts this much of what the commonest gray does."""
FULL = 0.1
"""Chroma from which a hue counts in full; a tint counts less."""
SHADING = 0.6
"""How much differences of lightness and chroma count beside those of hue."""
CLEAR = 0.06
"""Chroma from which a colour is no gray at all."""
LARGE = 0.15
"""Share of a thing below which even its main family does not give it a colour."""
SURE = 0.8
"""A word fits where its distance is at most this share of the distance to any other word's."""
NEAR = 0.14
"""How far a colour may be from a shade's own, in OKLab, to be called by it."""
BESIDE = 0.12
"""Share of a thing that leaves open whether it is of that family's colour."""

BASIC: dict[str, tuple[str, ...]] = {
    "crimson": ("red",),
    "scarlet": ("red",),
    "maroon": ("red", "brown"),
    "burgundy": ("red", "purple"),
    "coral": ("orange", "pink", "red"),
    "salmon": ("pink", "orange"),
    "peach": ("orange", "pink"),
    "apricot": ("orange",),
    "amber": ("orange", "yellow"),
    "gold": ("yellow", "orange"),
    "golden": ("yellow", "orange"),
    "mustard": ("yellow", "brown"),
    "lemon": ("yellow",),
    "cream": ("white", "yellow"),
    "beige": ("white", "brown"),
    "ivory": ("white",),
    "tan": ("brown",),
    "lime": ("green",),
    "olive": ("green",),
    "mint": ("green",),
    "emerald": ("green",),
    "jade": ("green",),
    "teal": ("green", "blue"),
    "turquoise": ("green", "blue"),
    "cyan": ("blue",),
    "aqua": ("blue",),
    "azure": ("blue",),
    "sky blue": ("blue",),
    "navy": ("blue",),
    "indigo": ("blue", "purple"),
    "violet": ("purple",),
    "lavender": ("purple",),
    "lilac": ("purple", "pink"),
    "magenta": ("pink", "purple"),
    "fuchsia": ("pink", "purple"),
    "rose": ("pink",),
    "chocolate": ("brown",),
    "silver": ("gray",),
    "charcoal": ("gray", "black"),
    "pale blue": ("blue",),
    "light gray": ("gray", "white"),
}
"""Shades, and the basic words that people call them by, too. A word not here is basic itself."""


GRAYS = tuple(word for word, rgb in WORDS.items() if np.hypot(*oklab(rgb)[1:]) < 0.03)
"""Words for colours without a hue."""


@dataclass(frozen=True)
class Hue:
    """A family of colours of a thing."""

    lab: tuple[float, float, float]
    """Its middle, in OKLab."""
    share: float
    """Of the thing's pixels, 0 to 1."""

    @property
    def chroma(self) -> float:
        """0 is gray."""
        return float(np.hypot(self.lab[1], self.lab[2]))

    @property
    def weight(self) -> float:
        """How much it counts beside grays."""
        return self.share * min(1.0, self.chroma / FULL)


def families(picture: Pixels, mask: Mask) -> tuple[Hue, ...]:
    """The families of colours inside a mask, the main one first; empty: there is nothing.

    Hues of one family differ by shading; grays are split into dark, middle and light. Where hues
    cover enough, a family of hues is the main one: outlines, eyes and whites belong to no colour.

    Args:
        picture: (H, W, 3) sRGB.
        mask: (H, W).
    """
    colours = to_oklab(to_oklch(picture[_inner(mask)].astype(np.float64)))
    if not len(colours):
        return ()
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    hued = chroma >= COLOURED
    grays = [
        _middle(colours, ~hued & part)
        for part in (
            colours[:, 0] < 0.42,
            (colours[:, 0] >= 0.42) & (colours[:, 0] < 0.86),
            colours[:, 0] >= 0.86,
        )
    ]
    hues, left = list[Hue](), hued
    while left.mean() >= 0.02 and len(hues) < 4:
        own = left & _around(_peak(colours[left]), colours)
        if not own.any():
            break
        hues.append(_middle(colours, own))
        left = left & ~own
    hues.sort(key=lambda one: -one.share)
    grays = sorted((one for one in grays if one.share > 0), key=lambda one: -one.share)
    first = bool(hues) and (not grays or hues[0].weight >= ENOUGH * grays[0].share)
    found = [*hues, *grays] if first else [*grays, *hues]
    return (found[0], *sorted(found[1:], key=lambda one: -one.share))


def fits(found: tuple[Hue, ...], word: str) -> bool | None:
    """Whether a thing of these families is called by a colour word; None: that is not sure.

    Args:
        found: as ``families`` gives them.
        word: a colour word, with or without a shading word before it, or ``#rrggbb``.
    """
    if not found:
        return None
    main, others = found[0], found[1:]
    answer = called(main, word)
    if answer:
        return True if main.share >= LARGE else None
    if any(one.share >= max(main.share, LARGE) and called(one, word) for one in others):
        return True
    if any(one.share >= BESIDE and called(one, word) is not False for one in others):
        return None
    return answer


def called(hue: Hue, word: str) -> bool | None:
    """The same for one family alone."""
    plain = _plain(word)
    if plain is None:
        return None
    if plain.startswith("#"):
        gap = float(np.linalg.norm(np.subtract(hue.lab, oklab(from_hex(plain)))))
        return True if gap <= NEAR else None if gap <= 2 * NEAR else False
    wanted = BASIC.get(plain, (plain,))
    own, other = _nearest(hue, wanted, plain)
    if own > other / SURE:
        return False
    if own > other * SURE:
        return None
    shade = plain in BASIC and plain == word
    if shade and _gap(hue, plain) > NEAR:
        return None
    return True


def word_for(hue: Hue) -> str:
    """The basic colour word that is nearest."""
    basic = [word for word in WORDS if word not in BASIC]
    return min(basic, key=lambda word: _nearest(hue, (word,))[0])


def _inner(mask: Mask) -> Mask:
    """The mask without its soft edge, unless nothing is left then."""
    import cv2

    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return inner if inner.sum() >= 0.3 * mask.sum() else mask


def _middle(colours: Lab, own: NDArray[np.bool_]) -> Hue:
    if not own.any():
        return Hue((0.0, 0.0, 0.0), 0.0)
    a, b, c = (float(value) for value in np.median(colours[own], axis=0))
    return Hue((a, b, c), float(own.mean()))


def _peak(colours: Lab) -> float:
    """The commonest hue, in radians: the bin of 10 degrees with most pixels round it."""
    hue = np.arctan2(colours[:, 2], colours[:, 1])
    bins = np.bincount((np.floor(np.rad2deg(hue) / 10).astype(int)) % 36, minlength=36)
    smooth = sum(np.roll(bins, shift) * weight for shift, weight in _WEIGHTS)
    return float(np.deg2rad(10 * int(np.argmax(smooth)) + 5))


_WEIGHTS = ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1))


def _around(peak: float, colours: Lab) -> NDArray[np.bool_]:
    apart = np.arctan2(colours[:, 2], colours[:, 1]) - peak
    return np.asarray(np.abs((apart + np.pi) % (2 * np.pi) - np.pi) <= FAMILY)


def _nearest(hue: Hue, wanted: tuple[str, ...], asked: str | None = None) -> tuple[float, float]:
    """The distance to the nearest colour that is called so, and to the nearest that is not; those
    that people call either way are neither."""
    own, other = [9.0], [9.0]
    for word in _comparable(hue, asked):
        names = BASIC.get(word, (word,))
        if word == asked or (len(names) == 1 and names[0] in wanted):
            own.append(_gap(hue, word))
        elif not set(names) & set(wanted):
            other.append(_gap(hue, word))
    return min(own), min(other)


def _comparable(hue: Hue, asked: str | None) -> tuple[str, ...]:
    """The words that may name such a colour: of a gray only grays (and what is asked for, if it is
    hardly more), of a clear hue none of them."""
    if hue.chroma < COLOURED:
        pale = asked is not None and asked not in GRAYS and _chroma(asked) < CLEAR
        return (*GRAYS, asked) if pale and asked else GRAYS
    return tuple(word for word in WORDS if hue.chroma < CLEAR or word not in GRAYS)


def _chroma(word: str) -> float:
    return float(np.hypot(*oklab(WORDS[word])[1:]))


def _gap(hue: Hue, word: str) -> float:
    """How far a family is from a colour: shading moves lightness and chroma, so hue counts more."""
    light, a, b = oklab(WORDS[word])
    chroma = float(np.hypot(a, b))
    straight = (hue.lab[1] - a) ** 2 + (hue.lab[2] - b) ** 2
    stronger = (hue.chroma - chroma) ** 2
    weight = SHADING if hue.chroma >= COLOURED else 1.0
    turned = max(0.0, straight - stronger)
    return float(np.sqrt(turned + weight**2 * (stronger + (hue.lab[0] - light) ** 2)))


def _plain(word: str) -> str | None:
    """The colour of a word in one spelling, a shading word before it left out; None: no colour."""
    word = word.lower().strip()
    if len(word) == 7 and word.startswith("#"):
        return word
    first, _, rest = word.partition(" ")
    return canonical(word) or (canonical(rest) if first in MODIFIERS else None)
