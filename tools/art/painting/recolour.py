"""Give a thing another colour: its main family moves as a whole in OKLCh, shading and all.

Lightness keeps its differences (pressed together where sRGB ends), chroma its proportions, hue a
part of its spread. What is not of the family is not touched: eyes, outlines, other parts.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

import numpy as np

from maquette.tools.art.contract import Art
from maquette.tools.art.painting.families import GRAY, Family, family_of
from maquette.tools.art.painting.markup import (
    Paint,
    gradients,
    inner,
    paints,
    rgb_of,
    stops_of,
    tree_of,
)
from maquette.tools.art.painting.oklch import Floats, to_oklab, to_oklch, to_rgb, turned
from maquette.tools.art.painting.shades import BASIC, basic_name, shade
from maquette.words.colours import WORDS, Rgb, distance, hex_code

SPREAD = 0.35
"""How much of the differences of hue is kept: reds beside oranges become blues beside blues."""
MOST_TURNED = 9.0
"""Degrees of hue that any shade may lie from the aim: more of it is another colour's name."""
LEAST_CHROMA = 0.75
"""Least chroma of a shade to the aim's: the cream coat of a dog turns orange as its patches do."""
DARKEST, LIGHTEST = 0.12, 0.995
DEEPER = 0.08
"""How far shades may go below the lightness at which the aim loses its name."""
PALEST = 0.7
"""Least chroma that sRGB must still show, to the aim's, for a shade to be light enough."""
SETTLED = 4
"""Corrections of the aim for what pressing at the ends of lightness and gamut takes away."""
SAMPLED = 500
"""Pixels of a family that its move is measured on."""
CLEARLY, MOSTLY = 0.5, 0.85
"""A thing whose mean is so much nearer to the asked word than to the next, and of which so much is
of that word, is left as it is."""


@dataclass(frozen=True)
class Move:
    """How the colours of one family change."""

    source: tuple[float, float, float]
    aim: tuple[float, float, float]
    darkest: float
    lightest: float
    contrast: float
    ends: tuple[float, float] = (DARKEST, LIGHTEST)
    """Lightness that no shade passes."""

    def __call__(self, lch: Floats) -> Floats:
        """OKLCh colours (n, 3) after the move."""
        lch = np.atleast_2d(lch)
        light, chroma, hue = self.source
        low = self._press(light - self.darkest, self.aim[0] - self.ends[0])
        high = self._press(self.lightest - light, self.ends[1] - self.aim[0])
        away = lch[:, 0] - light
        new_light = self.aim[0] + np.where(away < 0, away * low, away * high)
        if chroma < GRAY:
            new_chroma = np.full(len(lch), self.aim[1])
            new_hue = np.full(len(lch), self.aim[2])
        else:
            new_chroma = self.aim[1] * np.clip(lch[:, 1] / chroma, LEAST_CHROMA, 1.6)
            away = np.clip(SPREAD * turned(lch[:, 2], hue), -MOST_TURNED, MOST_TURNED)
            new_hue = self.aim[2] + away
        return np.stack([new_light, new_chroma, new_hue % 360], axis=1)

    def _press(self, wanted: float, room: float) -> float:
        return self.contrast * min(1.0, max(room, 0.0) / max(wanted * self.contrast, 1e-6))


@lru_cache(maxsize=512)
def recoloured(art: Art, colour: str) -> Art:
    """The thing with its main family of hues in ``colour`` (a colour word or #rrggbb).

    Raises: InvalidInput: it is no colour.
    """
    wanted = shade(colour)
    family = family_of(art)
    if family is None or _is_already(family, colour):
        return art
    root = tree_of(art.body)
    members = set(family.members)
    own = [paint for k, paint in enumerate(list(paints(root))) if k in members]
    known = gradients(root)
    moved = _moved(own, known, move_to(family, wanted))
    copies: dict[str, str] = {}
    for paint in own:
        _repaint(root, paint, moved, known, copies)
    return Art(art.view_box, inner(root), art.ink)


def _moved(own: list[Paint], known: dict[str, Element], move: Move) -> dict[str, str]:
    """Every colour as it is written -> as it will be; all at once, since that is far faster."""
    written = {paint.value for paint in own if paint.gradient is None}
    for paint in own:
        if paint.gradient:
            written |= {_stop_colour(stop) for stop in stops_of(paint.gradient, known)}
    values = {value: rgb for value in sorted(written) if (rgb := rgb_of(value)) is not None}
    if not values:
        return {}
    after = to_rgb(move(to_oklch(np.array(list(values.values()), dtype=np.float64))))
    codes = [hex_code((int(r), int(g), int(b))) for r, g, b in after]
    return dict(zip(values, codes, strict=True))


def _stop_colour(stop: Element) -> str:
    return stop.get("stop-color", "#000000")


def move_to(family: Family, wanted: Rgb) -> Move:
    """The move after which the mean of the family's pixels is the wanted colour."""
    goal = to_oklch(np.array(wanted, dtype=np.float64))
    seen = family.seen[:: max(1, len(family.seen) // SAMPLED)]
    light = seen[:, 0]
    low, high = np.quantile(light, [0.01, 0.99])
    contrast = 0.8 if goal[0] > 0.9 or goal[0] < 0.3 else 1.0
    aim = goal.copy()
    source = family.mean
    ends = _named_alike(wanted) if goal[1] >= GRAY else (DARKEST, LIGHTEST)
    for _ in range(SETTLED):
        move = Move(source, (aim[0], aim[1], aim[2]), float(low), float(high), contrast, ends)
        shown = to_oklch(to_rgb(move(seen)).astype(np.float64))
        mean = to_oklab(shown).mean(axis=0)
        aim[0] = np.clip(aim[0] + goal[0] - mean[0], *ends)
        if goal[1] >= GRAY:
            lost = goal[1] / max(float(np.hypot(mean[1], mean[2])), 1e-3)
            aim[1] = min(aim[1] * min(lost, 1.3), 0.32)
    return Move(source, (aim[0], aim[1], aim[2]), float(low), float(high), contrast, ends)


@lru_cache(maxsize=64)
def _named_alike(wanted: Rgb) -> tuple[float, float]:
    """Darkest and lightest shade of a colour's hue that still has its name and enough chroma.

    A yellow that is lighter is cream, and one that is darker olive.
    """
    light, chroma, hue = to_oklch(np.array(wanted, dtype=np.float64))
    steps = np.arange(DARKEST, LIGHTEST, 0.01)
    shown = to_rgb(np.stack([steps, np.full_like(steps, chroma), np.full_like(steps, hue)], axis=1))
    name = basic_name(wanted)
    alike = [basic_name((int(r), int(g), int(b))) == name for r, g, b in shown]
    strong = to_oklch(shown.astype(np.float64))[:, 1] >= PALEST * chroma
    at = int(np.argmin(np.abs(steps - light)))
    low = next((k for k in range(at, -1, -1) if not alike[k]), 0)
    high = next((k for k in range(at, len(steps)) if not (alike[k] and strong[k])), len(steps) - 1)
    return (
        float(max(DARKEST, min(steps[low], light) - DEEPER)),
        float(min(LIGHTEST, max(steps[high], light + 0.01))),
    )


def _is_already(family: Family, colour: str) -> bool:
    """Whether the thing has the colour that is asked for by a basic word."""
    if colour not in BASIC or family.gray != (colour in ("black", "white", "gray")):
        return False
    red, green, blue = to_rgb(family.average)
    now: Rgb = (int(red), int(green), int(blue))
    others = min(distance(now, WORDS[name]) for name in BASIC if name != colour)
    if distance(now, WORDS[colour]) >= CLEARLY * others:
        return False
    seen = to_rgb(family.seen[:: max(1, len(family.seen) // SAMPLED)])
    named = [basic_name((int(r), int(g), int(b))) == colour for r, g, b in seen]
    return float(np.mean(named)) >= MOSTLY


def _repaint(
    root: Element,
    paint: Paint,
    moved: dict[str, str],
    known: dict[str, Element],
    copies: dict[str, str],
) -> None:
    """Move one paint; a gradient is copied first, since others may be painted with it."""
    name = paint.gradient
    if name is None:
        paint.shape.set(paint.attribute, moved.get(paint.value, paint.value))
    elif name in known:
        if name not in copies:
            copies[name] = _copied(root, name, known, moved)
        paint.shape.set(paint.attribute, f"url(#{copies[name]})")


def _copied(root: Element, name: str, known: dict[str, Element], moved: dict[str, str]) -> str:
    """A moved copy of a gradient, put at the head of the markup; its identifier."""
    twin = deepcopy(known[name])
    own = f"{name}-moved"
    twin.set("id", own)
    if not any(child.tag == "stop" for child in twin):
        twin.extend(deepcopy(stops_of(name, known)))
    for stop in twin.iter("stop"):
        colour = _stop_colour(stop)
        stop.set("stop-color", moved.get(colour, colour))
    root.insert(0, twin)
    return own
