"""What is never trained on, by construction: colour-thing pairs, count-thing pairs, words.

A model that draws a held-out pair well has learned colour and thing apart; the same goes
for counting, and for spelling. The default sampler never emits any of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from maquette.training.world.colours import COLOURS
from maquette.training.world.telling.wordlists import HELD_OUT_WORDS, TRAIN_WORDS
from maquette.training.world.things import THINGS

__all__ = [
    "ALL_PAIRS",
    "HELD_OUT",
    "HELD_OUT_COUNTS",
    "HELD_OUT_WORDS",
    "TRAINED",
    "TRAIN_WORDS",
    "UNSEEN",
    "unseen_counts",
]

HELD_OUT: frozenset[tuple[str, str]] = frozenset(
    {
        ("purple", "circle"),
        ("brown", "oval"),
        ("green", "square"),
        ("red", "rectangle"),
        ("pink", "triangle"),
        ("yellow", "diamond"),
        ("gray", "pentagon"),
        ("blue", "hexagon"),
        ("orange", "cross"),
        ("orange", "heart"),
        ("green", "ring"),
        ("white", "arrow"),
        ("green", "sun"),
        ("blue", "star"),
        ("red", "moon"),
        ("yellow", "cloud"),
        ("red", "tree"),
        ("blue", "flower"),
        ("green", "fish"),
        ("purple", "mushroom"),
        ("purple", "house"),
        ("black", "boat"),
        ("brown", "balloon"),
        ("pink", "cup"),
        ("yellow", "car"),
        ("orange", "umbrella"),
        ("black", "rocket"),
    }
)
"""``(colour, thing)`` pairs kept out of every training scene, one a thing."""

HELD_OUT_COUNTS: frozenset[tuple[int, str]] = frozenset(
    {
        (2, "hexagon"),
        (2, "moon"),
        (2, "cup"),
        (3, "circle"),
        (3, "star"),
        (3, "boat"),
        (4, "heart"),
        (4, "fish"),
        (4, "triangle"),
        (5, "square"),
        (5, "flower"),
        (6, "balloon"),
        (6, "tree"),
    }
)
"""``(count, thing)``: no training scene holds exactly so many of the thing, colours aside."""

ALL_PAIRS: tuple[tuple[str, str], ...] = tuple((c, t) for t in THINGS for c in COLOURS)
TRAINED: tuple[tuple[str, str], ...] = tuple(p for p in ALL_PAIRS if p not in HELD_OUT)
UNSEEN: tuple[tuple[str, str], ...] = tuple(p for p in ALL_PAIRS if p in HELD_OUT)


def unseen_counts(things: Iterable[str]) -> bool:
    """Tell whether among these names some thing comes in a number that is held out."""
    return any((count, thing) in HELD_OUT_COUNTS for thing, count in Counter(things).items())
