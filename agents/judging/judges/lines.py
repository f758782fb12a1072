"""Share the lines that were read among the strings that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maquette.agents.judging.text import likeness, normal
from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.model_servers.schemas.understanding import OcrLine
from maquette.records.geometry import Box

SLACK = 0.02
"""How far outside a block's ink a line's centre may lie, as a fraction of the picture."""
MAX_LINES = 60
"""Lines looked at for one string; a picture with more holds other text anyway."""
SURE = 0.75
"""OCR score from which a line outside every block counts as text."""


@dataclass(frozen=True)
class Share:
    """The lines that belong to one string."""

    lines: tuple[OcrLine, ...]

    @property
    def text(self) -> str:
        """What they read together, normalised; empty: there are none."""
        return normal(" ".join(line.text for line in self.lines))

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Where each of them stands, in fractions of the picture."""
        return tuple(line.box for line in self.lines)


def share_lines(
    wanted: Sequence[str], lines: Sequence[OcrLine], placed: Sequence[PlacedBlock] | None
) -> tuple[list[Share], list[OcrLine]]:
    """The lines of each wanted string, and those that belong to none.

    A string whose place is known gets the lines that stand there; any other gets the run of
    free lines that reads most like it, the most alike first.
    """
    shares: list[Share | None] = [None] * len(wanted)
    free = list(lines)
    blocks = list(placed or ())
    for k, text in enumerate(wanted):
        block = next((b for b in blocks if _text_of(b) == normal(text)), None)
        if block is None:
            continue
        blocks.remove(block)
        inside = [line for line in free if _stands_in(line.box, block.box)]
        shares[k] = Share(tuple(inside))
        free = [line for line in free if line not in inside]
    open_strings = [k for k, share in enumerate(shares) if share is None]
    while open_strings:
        score, k, run = _most_alike(wanted, open_strings, free)
        shares[k] = Share(tuple(run)) if score > 0 else Share(())
        if score > 0:
            free = [line for line in free if line not in run]
        open_strings.remove(k)
    return [share or Share(()) for share in shares], free


def _most_alike(
    wanted: Sequence[str], open_strings: Sequence[int], free: Sequence[OcrLine]
) -> tuple[float, int, list[OcrLine]]:
    found = [(*_best_run(wanted[k], free), k) for k in open_strings]
    score, run, k = max(found, key=lambda item: (item[0], -item[2]))
    return score, k, run


def _best_run(text: str, lines: Sequence[OcrLine]) -> tuple[float, list[OcrLine]]:
    """The run of neighbouring lines that reads most like ``text``."""
    best: tuple[float, list[OcrLine]] = (0.0, [])
    some = list(lines[:MAX_LINES])
    longest = 2 * len(normal(text)) + 20
    for start in range(len(some)):
        for end in range(start + 1, len(some) + 1):
            read = " ".join(line.text for line in some[start:end])
            if len(read) > longest:
                break
            score = likeness(text, read)
            if score > best[0]:
                best = (score, some[start:end])
    return best


def extras(free: Sequence[OcrLine]) -> list[OcrLine]:
    """The left-over lines that are surely text: two letters or more, read with confidence.

    A lone sign is often a shape (a circle reads as O), so it does not count.
    """
    return [
        line
        for line in free
        if sum(character.isalnum() for character in line.text) >= 2 and line.score >= SURE
    ]


def _text_of(block: PlacedBlock) -> str:
    return normal(" ".join(line.text for line in block.lines))


def _stands_in(line: Box, block: Box) -> bool:
    x, y = line.centre
    return block.x0 - SLACK <= x <= block.x1 + SLACK and block.y0 - SLACK <= y <= block.y1 + SLACK
