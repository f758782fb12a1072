"""Line breaking and sizing: the largest size at which words fill a box, in balanced lines.

Pure arithmetic on word extents. Widths and heights of the words are in em; the box is in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWER_LINES_AT = 0.9
"""One line less is preferred when it costs at most a tenth of the size."""


@dataclass(frozen=True)
class Span:
    """Where a word's ink begins and ends on its paragraph's line (em)."""

    start: float
    end: float
    paragraph: int = 0


@dataclass(frozen=True)
class Frame:
    """What the words must stay inside, and how lines stack.

    ``margin_x`` and ``margin_y`` (em) are kept free on each side; ``first`` is the height of one
    line's ink and ``pitch`` the distance of baselines (em).
    """

    width_px: float
    height_px: float
    first: float
    pitch: float
    margin_x: float = 0.0
    margin_y: float = 0.0

    def width(self, size: int) -> float:
        """The width left for a line at a size (em)."""
        return self.width_px / size - 2 * self.margin_x

    def lines(self, size: int) -> int:
        """How many lines fit in height at a size."""
        room = self.height_px / size - 2 * self.margin_y - self.first
        return 0 if room < -_ROUNDING else int((room + _ROUNDING) / self.pitch) + 1


@dataclass(frozen=True)
class Fit:
    """A size, and lines as ranges of words ``[first, last)``."""

    size_px: int
    lines: tuple[tuple[int, int], ...]


_ROUNDING = 1e-9


def fit(words: Sequence[Span], frame: Frame, *, min_px: int, max_px: int) -> Fit | None:
    """Size and break the words; None when they do not fit at ``min_px``.

    The size is the largest in range for its number of lines, found by bisection: a larger size
    leaves a narrower line, which never needs fewer lines, and has room for no more of them.
    """
    best = _largest(words, frame, min_px, max_px, max_lines=len(words))
    if best is None:
        return None
    count = len(_fill(words, frame.width(best)) or ())
    for fewer in range(1, count):
        size = _largest(words, frame, min_px, best, max_lines=fewer)
        if size is not None and size >= FEWER_LINES_AT * best:
            best, count = size, len(_fill(words, frame.width(size)) or ())
            break
    return Fit(best, _balance(words, frame.width(best), count))


def _largest(
    words: Sequence[Span], frame: Frame, low: int, high: int, *, max_lines: int
) -> int | None:
    def fits(size: int) -> bool:
        lines = _fill(words, frame.width(size))
        return lines is not None and len(lines) <= min(frame.lines(size), max_lines)

    if high < low or not fits(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _fill(words: Sequence[Span], width: float) -> list[tuple[int, int]] | None:
    """Break greedily: the fewest lines of at most ``width``; None when a word is wider."""
    lines: list[tuple[int, int]] = []
    first = 0
    for index, word in enumerate(words):
        if word.end - word.start > width + _ROUNDING:
            return None
        new_paragraph = word.paragraph != words[first].paragraph
        if index > first and (new_paragraph or word.end - words[first].start > width + _ROUNDING):
            lines.append((first, index))
            first = index
    lines.append((first, len(words)))
    return lines


def _balance(words: Sequence[Span], width: float, count: int) -> tuple[tuple[int, int], ...]:
    """Break into exactly ``count`` lines with the least sum of squared widths (even lines)."""
    total = len(words)
    infinite = float("inf")
    cost = [[infinite] * (count + 1) for _ in range(total + 1)]
    back = [[0] * (count + 1) for _ in range(total + 1)]
    cost[0][0] = 0.0
    for last in range(1, total + 1):
        for first in range(last - 1, -1, -1):
            line = words[last - 1].end - words[first].start
            if line > width + _ROUNDING or words[first].paragraph != words[last - 1].paragraph:
                break
            for number in range(1, count + 1):
                candidate = cost[first][number - 1] + line * line
                if candidate < cost[last][number]:
                    cost[last][number], back[last][number] = candidate, first
    lines: list[tuple[int, int]] = []
    last = total
    for number in range(count, 0, -1):
        lines.append((back[last][number], last))
        last = back[last][number]
    return tuple(reversed(lines))
