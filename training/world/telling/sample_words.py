"""Draw printed words: which, in which letters, and where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maquette.training.world.colours import COLOURS, distance
from maquette.training.world.drawing.background import Background
from maquette.training.world.printed import PRINT_FONTS, PrintedWord, shaped
from maquette.training.world.telling.wordlists import TRAIN_WORDS

TEXT_CONTRAST = 0.35
"""Least OKLab distance between letters and every colour behind them."""
_EDGE = 0.04
_HEIGHTS = (0.085, 0.15)
"""Capital height of the letters, as fractions of the picture."""
_LINE = 1.35
"""Distance of lines in capital heights, besides tails."""


def sample_texts(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Draw different training words in capitals, small letters or with a first capital."""
    chosen = [TRAIN_WORDS[i] for i in rng.choice(len(TRAIN_WORDS), count, replace=False)]
    fate = rng.random()
    if fate < 0.5:
        return tuple(w.upper() for w in chosen)
    return tuple(chosen) if fate < 0.75 else tuple(w.capitalize() for w in chosen)


def sample_words(
    texts: tuple[str, ...], background: Background, rng: np.random.Generator
) -> tuple[PrintedWord, ...] | None:
    """Set words in one line or one above the other near the top or the bottom.

    Returns: words in reading order in one font and colour; None if no colour stands out.
    """
    font = PRINT_FONTS[rng.integers(len(PRINT_FONTS))]
    height = float(rng.uniform(*_HEIGHTS))
    lines: list[tuple[str, ...]] = (
        [texts] if len(texts) == 1 or rng.random() < 0.6 else [(t,) for t in texts]
    )
    boxes = _set(lines, font, height)
    if boxes is None:
        lines = [(t,) for t in texts]
        boxes = _set(lines, font, _HEIGHTS[0])
    if boxes is None:
        return None
    wide, high = max(b[2] for b in boxes), max(b[3] for b in boxes)
    x = rng.uniform(_EDGE, 1 - _EDGE - wide)
    spare = 1 - 2 * _EDGE - high
    y = _EDGE + spare * (rng.choice([0.0, 1.0]) if rng.random() < 0.8 else rng.random())
    placed = [(float(a + x), float(b + y), float(c + x), float(d + y)) for a, b, c, d in boxes]
    behind = {c for box in placed for c in background.behind(box)}
    fit = [n for n, c in COLOURS.items() if all(distance(c, b) >= TEXT_CONTRAST for b in behind)]
    if not fit:
        return None
    colour = fit[rng.integers(len(fit))]
    return tuple(
        PrintedWord(text, font, colour, box) for text, box in zip(texts, placed, strict=True)
    )


def _set(
    lines: Sequence[tuple[str, ...]], font: str, height: float
) -> list[tuple[float, float, float, float]] | None:
    """Set lines flush left at the origin; None if they are wider than the picture allows."""
    (capital,) = shaped("H", font)
    em = height / (capital.ink[3] - capital.ink[1])
    boxes, top = [], 0.0
    for line in lines:
        words = shaped(" ".join(line), font)
        highest, lowest = max(w.ink[3] for w in words), min(w.ink[1] for w in words)
        left = words[0].ink[0]
        for word in words:
            a, low, c, tall = word.ink
            boxes.append(
                (
                    (a - left) * em,
                    top + (highest - tall) * em,
                    (c - left) * em,
                    top + (highest - low) * em,
                )
            )
        top += (highest - min(lowest, 0.0)) * em + (_LINE - 1) * height
    return boxes if max(b[2] for b in boxes) <= 1 - 2 * _EDGE else None
