"""Glyph outlines: the path of a glyph and its exact bounds.

Notation: points are ``(x, y)`` in font units, y upwards; bounds are ``(x0, y0, x1, y1)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Outline:
    """A closed path: ``segments`` are SVG letters (M L Q C Z) with their points."""

    segments: tuple[tuple[str, tuple[Point, ...]], ...]
    bounds: Bounds | None

    def svg(self, place: Callable[[Point], Point]) -> str:
        """The path data with every point moved by ``place``, to a hundredth of a unit."""
        return "".join(
            letter + " ".join("{:.2f},{:.2f}".format(*place(point)) for point in points)
            for letter, points in self.segments
        )


class OutlinePen:
    """Receives drawing calls from HarfBuzz (its pen protocol) and keeps them."""

    def __init__(self) -> None:
        self._segments: list[tuple[str, tuple[Point, ...]]] = []

    def moveTo(self, to: Point) -> None:  # noqa: N802 - the pen protocol's names
        self._segments.append(("M", (to,)))

    def lineTo(self, to: Point) -> None:  # noqa: N802
        self._segments.append(("L", (to,)))

    def qCurveTo(self, control: Point, to: Point) -> None:  # noqa: N802
        self._segments.append(("Q", (control, to)))

    def curveTo(self, first: Point, second: Point, to: Point) -> None:  # noqa: N802
        self._segments.append(("C", (first, second, to)))

    def closePath(self) -> None:  # noqa: N802
        self._segments.append(("Z", ()))

    def outline(self) -> Outline:
        points = list(_extremes(self._segments))
        bounds = None
        if points:
            xs, ys = zip(*points, strict=True)
            bounds = (min(xs), min(ys), max(xs), max(ys))
        return Outline(tuple(self._segments), bounds)


def _extremes(segments: list[tuple[str, tuple[Point, ...]]]) -> Iterator[Point]:
    """Points that span the path: ends of segments, and where curves turn back."""
    here = start = (0.0, 0.0)
    for letter, points in segments:
        if letter == "Z":
            here = start
            continue
        if letter == "M":
            start = points[0]
        else:
            yield here
            if letter in "QC":
                for t in _turns((here, *points)):
                    yield _bezier((here, *points), t)
            yield points[-1]
        here = points[-1]


def _bezier(points: tuple[Point, ...], t: float) -> Point:
    """The point at ``t`` of a Bezier curve, by de Casteljau's repeated interpolation."""
    while len(points) > 1:
        points = tuple(
            (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(points)
        )
    return points[0]


def _turns(points: tuple[Point, ...]) -> Iterator[float]:
    """Where in (0, 1) the derivative of x or of y is nought: roots of a line or a parabola."""
    for axis in (0, 1):
        p = [point[axis] for point in points]
        if len(p) == 3:
            roots = _roots(0.0, p[0] - 2 * p[1] + p[2], p[1] - p[0])
        else:
            a = -p[0] + 3 * p[1] - 3 * p[2] + p[3]
            roots = _roots(a, 2 * (p[0] - 2 * p[1] + p[2]), p[1] - p[0])
        yield from (t for t in roots if 0 < t < 1)


def _roots(a: float, b: float, c: float) -> tuple[float, ...]:
    """Real roots of ``a t^2 + b t + c``."""
    if abs(a) < 1e-9:
        return () if abs(b) < 1e-9 else (-c / b,)
    square = b * b - 4 * a * c
    if square < 0:
        return ()
    root = math.sqrt(square)
    return ((-b - root) / (2 * a), (-b + root) / (2 * a))
