"""What all landscapes are painted with: gradients, ridges and spots, in few digits, seeded."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from maquette.tools.art.painting.oklch import to_oklch, to_rgb
from maquette.tools.art.painting.placing import number
from maquette.words.colours import from_hex, hex_code


@dataclass
class Brush:
    """Collects the markup of one background of ``width`` x ``height`` pixels."""

    width: float
    height: float
    prefix: str
    """Before each identifier."""
    chance: random.Random
    """Seeded by who makes the brush: the same background twice is the same."""
    parts: list[str] = field(default_factory=list)
    _named: int = 0

    @property
    def unit(self) -> float:
        """A hundredth of the shorter side: what sizes of details are told in."""
        return min(self.width, self.height) / 100

    def fade(self, *colours: str, ends: tuple[float, float] = (0.0, 1.0)) -> str:
        """A gradient downwards between two heights of the frame; the paint that it is used as."""
        stops = "".join(
            f'<stop offset="{number(k / (len(colours) - 1))}" stop-color="{colour}"/>'
            for k, colour in enumerate(colours)
        )
        y0, y1 = (number(end * self.height) for end in ends)
        name = self._name()
        self.parts.append(
            f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="0" y1="{y0}" x2="0" '
            f'y2="{y1}">{stops}</linearGradient>'
        )
        return f"url(#{name})"

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float) -> None:
        """Light that fades out around a point (fractions); ``radius`` in frame widths."""
        name = self._name()
        self.parts.append(
            f'<radialGradient id="{name}"><stop offset="0" stop-color="{colour}" '
            f'stop-opacity="{strength}"/><stop offset="1" stop-color="{colour}" '
            f'stop-opacity="0"/></radialGradient>'
        )
        self.ellipse(x, y, radius, radius * self.width / self.height, f"url(#{name})")

    def sheet(self, fill: str, top: float = 0.0, bottom: float = 1.0) -> None:
        """A band over the whole width between two heights (fractions)."""
        self.parts.append(
            f'<rect y="{number(top * self.height)}" width="{number(self.width)}" '
            f'height="{number((bottom - top) * self.height)}" fill="{fill}"/>'
        )

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1.0
    ) -> None:
        """An ellipse; centre and radii in fractions of width and height."""
        clear = f' fill-opacity="{opacity}"' if opacity < 1 else ""
        self.parts.append(
            f'<ellipse cx="{number(x * self.width)}" cy="{number(y * self.height)}" '
            f'rx="{number(rx * self.width)}" ry="{number(ry * self.height)}" fill="{fill}"{clear}/>'
        )

    def block(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A rectangle, in fractions of width and height."""
        self.parts.append(
            f'<rect x="{number(x * self.width)}" y="{number(y * self.height)}" '
            f'width="{number(width * self.width)}" height="{number(height * self.height)}" '
            f'fill="{fill}"/>'
        )

    def area(self, points: Sequence[tuple[float, float]], fill: str, opacity: float = 1.0) -> None:
        """A polygon with straight edges, its points in fractions."""
        path = " ".join(f"{number(x * self.width)},{number(y * self.height)}" for x, y in points)
        clear = f' fill-opacity="{opacity}"' if opacity < 1 else ""
        self.parts.append(f'<polygon points="{path}" fill="{fill}"{clear}/>')

    def ridge(
        self, top: float, swing: float, fill: str, *, waves: float = 1.6, bottom: float = 1.0
    ) -> None:
        """A soft hill line over the whole width, filled down to ``bottom``.

        ``top`` and ``swing`` in frame heights; ``waves`` is how many rises there are.
        """
        heights = self._swell(waves)
        count = len(heights) - 1
        points = [
            (k / count * self.width, (top + swing * value) * self.height)
            for k, value in enumerate(heights)
        ]
        floor = number(bottom * self.height)
        self.parts.append(
            f'<path fill="{fill}" d="M{_through(points)}V{floor}H{number(-1)}Z"/>'
        )

    def _swell(self, waves: float) -> list[float]:
        phase, slower = (self.chance.uniform(0, math.tau) for _ in range(2))
        count = max(8, round(waves * 6))
        return [
            0.7 * math.sin(math.tau * waves * k / count + phase)
            + 0.3 * math.sin(math.tau * waves * 0.43 * k / count + slower)
            for k in range(count + 1)
        ]

    def _name(self) -> str:
        self._named += 1
        return f"{self.prefix}b{self._named}"


def _through(points: Sequence[tuple[float, float]]) -> str:
    """A smooth path through the points (Catmull-Rom as cubic Bezier curves)."""
    first = points[0]
    text = [f"{number(first[0] - 1)} {number(first[1])}L{number(first[0])} {number(first[1])}"]
    last = len(points) - 1
    for k in range(last):
        a, b = points[k], points[k + 1]
        before, after = points[max(0, k - 1)], points[min(last, k + 2)]
        x1, y1 = a[0] + (b[0] - before[0]) / 6, a[1] + (b[1] - before[1]) / 6
        x2, y2 = b[0] - (after[0] - a[0]) / 6, b[1] - (after[1] - a[1]) / 6
        numbers = " ".join(number(v) for v in (x1, y1, x2, y2, b[0], b[1]))
        text.append(f"C{numbers}")
    return "".join(text) + f"H{number(points[-1][0] + 1)}"


def toned(colour: str, lighter: float = 0.0, chroma: float = 1.0, turn: float = 0.0) -> str:
    """The colour with more or less lightness (OKLCh, -1 to 1), chroma as a factor, hue turned."""
    light, own, hue = to_oklch(np.array(from_hex(colour), dtype=np.float64))
    red, green, blue = to_rgb(np.array([light + lighter, own * chroma, (hue + turn) % 360]))
    return hex_code((int(red), int(green), int(blue)))
