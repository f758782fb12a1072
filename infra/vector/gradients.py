"""Gradients of a colour font as gradients of SVG, in the same place with the same colours.

Geometry as the OpenType specification of COLR version 1 gives it ("PaintLinearGradient",
"PaintRadialGradient"): a colour line, whose offsets may lie outside of 0 to 1, along three points
or between two circles.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.infra.vector.font import number

SPREADS = ("pad", "repeat", "reflect")
"""By the number of COLR's extend mode."""
STEPS = 8
"""Pieces of a stretch on which both colour and alpha change."""


@dataclass(frozen=True)
class Stop:
    """A colour at a place of the line; ``alpha`` 0 to 1."""

    offset: float
    rgb: str
    alpha: float


@dataclass(frozen=True)
class Line:
    """A colour line, its offsets brought into 0 to 1."""

    stops: tuple[Stop, ...]
    start: float
    """What was the least offset."""
    end: float
    spread: str

    @property
    def opaque(self) -> bool:
        """Whether every colour is."""
        return all(stop.alpha >= 1 for stop in self.stops)


def line(stops: Sequence[Stop], extend: int) -> Line:
    """The colour line of these stops, in order; ``extend`` as COLR numbers it."""
    ordered = sorted(stops, key=lambda stop: stop.offset)
    start, end = ordered[0].offset, ordered[-1].offset
    span = end - start
    if span <= 0:  # one place: the colours before and after it
        return Line(tuple(ordered), 0.0, 1.0, "pad")
    moved = [Stop((one.offset - start) / span, one.rgb, one.alpha) for one in ordered]
    return Line(_unmultiplied(moved), start, end, SPREADS[extend] if 0 <= extend < 3 else "pad")


def linear(line: Line, points: Sequence[float]) -> tuple[str, str]:
    """Element name and attributes of a linear gradient through ``x0 y0 x1 y1 x2 y2``.

    The third point turns the stripes: colours run at right angles to the line from the first to
    it, so the end is where the second point falls on that direction.
    """
    x0, y0, x1, y1, x2, y2 = points
    ax, ay = x2 - x0, y2 - y0
    square = ax * ax + ay * ay
    along = ((x1 - x0) * ax + (y1 - y0) * ay) / square if square > 1e-9 else 0.0
    ex, ey = x1 - along * ax, y1 - along * ay
    values = {
        "x1": x0 + line.start * (ex - x0),
        "y1": y0 + line.start * (ey - y0),
        "x2": x0 + line.end * (ex - x0),
        "y2": y0 + line.end * (ey - y0),
    }
    return "linearGradient", _attributes(values)


def radial(line: Line, circles: Sequence[float]) -> tuple[str, str, Line] | None:
    """Element name, attributes and line of a gradient between ``x0 y0 r0 x1 y1 r1``.

    None: no circle lies in the other, a cone that SVG cannot say.
    """
    x0, y0, r0, x1, y1, r1 = circles
    first = _between(x0, x1, line.start), _between(y0, y1, line.start), _between(r0, r1, line.start)
    last = _between(x0, x1, line.end), _between(y0, y1, line.end), _between(r0, r1, line.end)
    if min(first[2], last[2]) < 0:
        return None
    if first[2] > last[2]:
        first, last = last, first
        turned = (Stop(1 - stop.offset, stop.rgb, stop.alpha) for stop in reversed(line.stops))
        line = Line(tuple(turned), line.start, line.end, line.spread)
    apart = math.hypot(first[0] - last[0], first[1] - last[1])
    if last[2] <= 0 or apart + first[2] > last[2] + 1e-6:
        return None
    values = {"cx": last[0], "cy": last[1], "r": last[2]}
    if apart > 1e-6:
        values |= {"fx": first[0], "fy": first[1]}
    if first[2] > 0:
        values["fr"] = first[2]
    return "radialGradient", _attributes(values), line


def stops_markup(line: Line) -> str:
    """The ``stop`` elements."""
    return "".join(
        f'<stop offset="{stop.offset:.4g}" stop-color="{stop.rgb}"'
        + (f' stop-opacity="{stop.alpha:.4g}"' if stop.alpha < 1 else "")
        + "/>"
        for stop in line.stops
    )


def _unmultiplied(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    """The same colours for a renderer that does not weigh a colour by its alpha.

    COLR runs from one colour to the next in premultiplied values, SVG in plain ones: where colour
    and alpha change together, stops are put in between.
    """
    whole: list[Stop] = []
    for before, after in itertools.pairwise(stops):
        if before.alpha == after.alpha or before.rgb == after.rgb:
            whole += [before, after]
        else:
            whole += [_mixed(before, after, step / STEPS) for step in range(STEPS + 1)]
    return tuple(one for one, _ in itertools.groupby(whole))


def _mixed(before: Stop, after: Stop, part: float) -> Stop:
    """What stands ``part`` of the way between two stops, weighed by their alphas."""
    alpha = _between(before.alpha, after.alpha, part)
    weight = part * after.alpha / alpha if alpha > 0 else float(before.alpha == 0)
    parts = (
        round(_between(int(before.rgb[at : at + 2], 16), int(after.rgb[at : at + 2], 16), weight))
        for at in (1, 3, 5)
    )
    offset = _between(before.offset, after.offset, part)
    return Stop(offset, "#" + "".join(f"{value:02x}" for value in parts), alpha)


def _between(low: float, high: float, part: float) -> float:
    return low + part * (high - low)


def _attributes(values: dict[str, float]) -> str:
    return " ".join(f'{name}="{number(value)}"' for name, value in values.items())
