"""What a measured colour is called: held against a person's colour word.

People call some shades either way (teal: green, blue); such a shade speaks for neither word.
"""

from __future__ import annotations

import numpy as np

from maquette.agents.judging.composed.measuring import COLOURED, Hue
from maquette.words.colours import MODIFIERS, WORDS, canonical, from_hex, oklab

SURE = 0.8
"""A word fits where its distance is at most this share of the distance to any other word's."""
NEAR = 0.14
"""How far a colour may be from a shade's own, in OKLab, to be called by it."""
LARGE = 0.15
"""Share of what was measured below which even its main family does not give it a colour."""
BESIDE = 0.12
"""Share of it that leaves open whether it is of that family's colour."""
SHADING = 0.45
"""How much differences of lightness and chroma count beside those of hue."""
CLEAR, PALE = 0.06, 0.05
"""Chroma from which a colour is no gray at all; and of words below the other, no rivals then."""
BANDS = {
    "black": (0.0, 0.0, 0.36, 0.44),
    "gray": (0.34, 0.42, 0.86, 0.92),
    "white": (0.8, 0.88, 1, 1),
}
"""Lightness of what has no hue: between the inner two it is called so, beyond the outer two not."""

BASIC: dict[str, tuple[str, ...]] = {
    "crimson": ("red",),
    "scarlet": ("red",),
    "maroon": ("red", "brown"),
    "burgundy": ("red", "purple"),
    "coral": ("orange", "pink", "red"),
    "salmon": ("pink", "orange"),
    "peach": ("orange", "pink", "yellow"),
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
    if hue.chroma < COLOURED and plain in BANDS:
        low, least, most, high = BANDS[plain]
        return True if least <= hue.lab[0] <= most else None if low <= hue.lab[0] <= high else False
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
    if hue.chroma < COLOURED:
        return "black" if hue.lab[0] < 0.39 else "white" if hue.lab[0] > 0.87 else "gray"
    return min(basic, key=lambda word: _nearest(hue, (word,))[0])


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
    return tuple(
        word for word in WORDS if hue.chroma < CLEAR or word == asked or _chroma(word) >= PALE
    )


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
