"""Rectangles of a sheet in pixels, and how they are cut."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.records.geometry import Box


@dataclass(frozen=True)
class Area:
    """An upright rectangle in px, origin top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def wide(self) -> bool:
        """Whether it is so wide that two things stand better beside than below each other."""
        return self.width > 1.15 * self.height

    def inset(self, x: float, y: float | None = None) -> Area:
        """Smaller by ``x`` px left and right, ``y`` (as much, if None) above and below."""
        y = x if y is None else y
        return Area(self.x0 + x, self.y0 + y, self.x1 - x, self.y1 - y)

    def above(self, height: float) -> Area:
        """The upper part of that height."""
        return Area(self.x0, self.y0, self.x1, self.y0 + height)

    def below(self, height: float) -> Area:
        """What is left under the upper part of that height."""
        return Area(self.x0, self.y0 + height, self.x1, self.y1)

    def left(self, width: float) -> Area:
        """The left part of that width."""
        return Area(self.x0, self.y0, self.x0 + width, self.y1)

    def right(self, width: float) -> Area:
        """What is left to the right of the left part of that width."""
        return Area(self.x0 + width, self.y0, self.x1, self.y1)

    def square(self, share: float = 1.0) -> Area:
        """The largest square in its middle, times ``share``."""
        half = min(self.width, self.height) * share / 2
        x, y = self.centre
        return Area(x - half, y - half, x + half, y + half)

    def grid(self, columns: int, rows: int, gap: float) -> list[Area]:
        """Equal cells, row by row, ``gap`` px apart."""
        width = (self.width - gap * (columns - 1)) / columns
        height = (self.height - gap * (rows - 1)) / rows
        return [
            Area(x, y, x + width, y + height)
            for y in (self.y0 + row * (height + gap) for row in range(rows))
            for x in (self.x0 + column * (width + gap) for column in range(columns))
        ]

    def box(self, width_px: int, height_px: int) -> Box:
        """As fractions of a sheet of that size, cut at its edges."""
        x0, x1 = (min(max(value / width_px, 0.0), 1.0) for value in (self.x0, self.x1))
        y0, y1 = (min(max(value / height_px, 0.0), 1.0) for value in (self.y0, self.y1))
        return Box(x0=x0, y0=y0, x1=x1, y1=y1)


def meet(a: Area, b: Area, tolerance: float = 0.5) -> bool:
    """Whether two areas share more than a seam of ``tolerance`` px."""
    return (
        min(a.x1, b.x1) - max(a.x0, b.x0) > tolerance
        and min(a.y1, b.y1) - max(a.y0, b.y0) > tolerance
    )
