"""Which colour-thing pairs are never trained on.

A model that draws a held-out pair well has learned colour and thing apart.
"""

from __future__ import annotations

from maquette.training.world.colours import COLOURS
from maquette.training.world.things import THINGS

HELD_OUT: frozenset[tuple[str, str]] = frozenset(
    {
        ("purple", "circle"),
        ("green", "square"),
        ("pink", "triangle"),
        ("blue", "star"),
        ("orange", "heart"),
        ("purple", "house"),
        ("red", "tree"),
        ("green", "sun"),
        ("black", "boat"),
        ("red", "moon"),
        ("yellow", "cloud"),
        ("blue", "flower"),
        ("green", "fish"),
    }
)
"""``(colour, thing)`` pairs kept out of every training scene."""

ALL_PAIRS: tuple[tuple[str, str], ...] = tuple((c, t) for t in THINGS for c in COLOURS)
TRAINED: tuple[tuple[str, str], ...] = tuple(p for p in ALL_PAIRS if p not in HELD_OUT)
UNSEEN: tuple[tuple[str, str], ...] = tuple(p for p in ALL_PAIRS if p in HELD_OUT)
