"""What all landscapes are painted with: gradients, ridges and spots, in few digits, seeded."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from maquette.tools.art.painting.oklch import from_oklab, to_oklab, to_oklch, to_rgb
from maquette.tools.art.painting.placing import number
from maquette.words.colours import from_hex, hex_code

RINGS = 3
FINEST = 0.004
"""OKLab difference of neighbouring bands: below what an eye tells apart."""


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

    def bands(self, *colours: str, top: float = 0.0, bottom: float = 1.0) -> None:
        """Colours passing into each other downwards between two heights of the frame.

        Painted as flat bands too narrow to be told apart: many times faster than a gradient.
        """
        lch = to_oklab(to_oklch(np.array([from_hex(one) for one in colours], dtype=np.float64)))
        pixels = (bottom - top) * self.height
        apart = float(np.abs(np.diff(lch, axis=0)).sum())
        count = max(2, min(round(pixels / 3), round(apart / FINEST)))
        at = np.linspace(0, len(colours) - 1, count)
        mixed = np.stack([np.interp(at, range(len(colours)), lch[:, k]) for k in range(3)], axis=1)
        for k, rgb in enumerate(to_rgb(from_oklab(mixed))):
            fill = hex_code((int(rgb[0]), int(rgb[1]), int(rgb[2])))
            high = (bottom - top) / count
            self.sheet(fill, top + k * high, top + (k + 1) * high)

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float) -> None:
        """Light around a point (fractions) in rings; ``radius`` in shorter sides.

        Flat rings are painted many times faster than a radial gradient of that size.
        """
        short = min(self.width, self.height)
        each = round(1 - (1 - strength) ** (1 / RINGS), 3)
        for k in range(RINGS):
            reach = radius * (RINGS - k) / RINGS
            self.ellipse(
                x, y, reach * short / self.width, reach * short / self.height, colour, each
            )

    def sheet(self, fill: str, top: float = 0.0, bottom: float = 1.0) -> None:
        """A band over the whole width between two heights (fractions), to whole pixels.

        It reaches a pixel further down, so that no seam is left to what is painted below later.
        """
        end = math.ceil(self.height)
        y0, y1 = round(top * self.height), end if bottom >= 1 else round(bottom * self.height)
        over = 0 if bottom >= 1 else 1
        self.parts.append(
            f'<rect y="{y0}" width="{number(self.width)}" height="{max(y1 - y0, 1) + over}" '
            f'fill="{fill}"/>'
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
        self.parts.append(f'<path fill="{fill}" d="M{_through(points)}V{floor}H{number(-1)}Z"/>')

    def hill(
        self, top: float, swing: float, upper: str, lower: str, *, waves: float = 1.6,
        bottom: float = 1.0,
    ) -> None:  # fmt: skip
        """A ridge that passes from one colour into another downwards."""
        self.ridge(top, swing, upper, waves=waves, bottom=min(bottom, top + 1.2 * swing))
        self.bands(upper, lower, top=top + swing, bottom=bottom)

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
