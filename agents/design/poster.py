"""The design of posters and signs: a title zone and an art zone that never overlap.

The picture is full-bleed in its zone; the letters stand on a plain band whose colour is ours,
so that their contrast is known before anything is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maquette.agents.design.palette import Palette
from maquette.agents.design.types import Rect
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.geometry import Box

POSTER_PX = (768, 768)
SIGN_PX = (1024, 640)
SIGN_LETTERS_PX = 96
"""Of 160 signs in the default face, tesseract misreads none at this size and two at 128 px:
readers made for pages fail on very large letters."""
SIDE_MARGIN = 0.07
"""Free on each side of the letters, as a fraction of the sheet."""
CHARACTERS_A_LINE = 16
"""Above this a string is expected to take another line."""
MAX_BANDS = 0.52
"""The most of a sheet that bands above and below may take; the rest is art."""
ZONES = ("top", "bottom", "left", "right", "centre")

_ZONE_OF_PLACE = {
    "top left": "top",
    "top right": "top",
    "bottom left": "bottom",
    "bottom right": "bottom",
}


@dataclass(frozen=True)
class Sheet:
    """Where everything goes. ``window`` is the part of the square picture that is seen."""

    width_px: int
    height_px: int
    background: str
    blocks: tuple[TextBlock, ...]
    """In the order of the strings."""
    art_box: Box | None = None
    window: Rect = (0.0, 0.0, 1.0, 1.0)


@dataclass
class _Zones:
    members: dict[str, list[int]] = field(default_factory=lambda: {zone: [] for zone in ZONES})


def zone_of(place: str | None) -> str:
    """The zone of a place on the sheet; the top when none is given."""
    return _ZONE_OF_PLACE.get(place or "top", place or "top")


def design_poster(
    strings: Sequence[str], zones: Mapping[int, str], palette: Palette, *, font: str
) -> Sheet:
    """A square sheet with a picture: bands for the strings, the rest for the art.

    Args:
        zones: zone of each string by its number; those left out go to the top.
    """
    members = _members(strings, zones)
    depth = _depths(strings, members)
    art = (depth["left"], depth["top"], 1 - depth["right"], 1 - depth["bottom"])
    rects: dict[int, Rect] = {}
    rects.update(_stack(strings, members["top"], (0, 0, 1, depth["top"])))
    rects.update(_stack(strings, members["bottom"], (0, 1 - depth["bottom"], 1, 1)))
    rects.update(_stack(strings, members["left"], (0, art[1], depth["left"], art[3])))
    rects.update(_stack(strings, members["right"], (1 - depth["right"], art[1], 1, art[3])))
    middle = (art[1] + art[3]) / 2
    half = min(0.18, (art[3] - art[1]) / 3)
    rects.update(_stack(strings, members["centre"], (art[0], middle - half, art[2], middle + half)))
    over_art = set(members["centre"])
    blocks = tuple(
        TextBlock(
            text=text,
            box=_box(rects[k]),
            font=font,
            colour=palette.letters,
            panel=palette.sheet if k in over_art else None,
        )
        for k, text in enumerate(strings)
    )
    return Sheet(
        *POSTER_PX,
        background=palette.sheet,
        blocks=blocks,
        art_box=Box(x0=art[0], y0=art[1], x1=art[2], y1=art[3]),
        window=_window(art),
    )


def design_sign(strings: Sequence[str], palette: Palette, *, font: str) -> Sheet:
    """A wide plain sheet with the strings stacked in the middle."""
    width, height = SIGN_PX
    rects = _stack(strings, list(range(len(strings))), (0.02, 0.06, 0.98, 0.94))
    blocks = tuple(
        TextBlock(
            text=text,
            box=_box(rects[k]),
            font=font,
            colour=palette.letters,
            max_size_px=SIGN_LETTERS_PX,
        )
        for k, text in enumerate(strings)
    )
    return Sheet(width, height, palette.sheet, blocks)


def _members(strings: Sequence[str], zones: Mapping[int, str]) -> dict[str, list[int]]:
    found = _Zones().members
    for k in range(len(strings)):
        zone = zones.get(k, "top")
        found[zone if zone in found else "top"].append(k)
    return found


def lines_of(text: str, characters: int = CHARACTERS_A_LINE) -> int:
    """How many lines a string is expected to take across a sheet."""
    return max(1, math.ceil(len(text) / characters))


def _depths(strings: Sequence[str], members: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """How deep the band of each zone must be, as a fraction of the sheet.

    With words both above and below, those below are a footer in smaller letters.
    """
    footer = bool(members["top"] and members["bottom"])
    depth = dict.fromkeys(ZONES, 0.0)
    for zone in ("top", "bottom"):
        if members[zone]:
            small = footer and zone == "bottom"
            width = 2 * CHARACTERS_A_LINE if small else CHARACTERS_A_LINE
            lines = sum(lines_of(strings[k], width) for k in members[zone])
            depth[zone] = 0.07 + 0.08 * lines if small else 0.12 + 0.12 * lines
    for zone in ("left", "right"):
        depth[zone] = 0.4 if members[zone] else 0.0
    bands = depth["top"] + depth["bottom"]
    if bands > MAX_BANDS:
        depth["top"] *= MAX_BANDS / bands
        depth["bottom"] *= MAX_BANDS / bands
    if members["left"] and members["right"]:
        depth["left"] = depth["right"] = 0.3
    return depth


def _stack(strings: Sequence[str], members: Sequence[int], zone: Rect) -> dict[int, Rect]:
    """Share a zone among its strings, from top to bottom, the first one the largest."""
    if not members:
        return {}
    x0, y0, x1, y1 = zone
    side = SIDE_MARGIN * min(1.0, (x1 - x0) / 0.6)
    gap = min(0.05, 0.16 * (y1 - y0))
    top, bottom = y0 + gap, y1 - gap
    weights = [
        lines_of(strings[k]) * (1.5 if k == members[0] and len(members) > 1 else 1.0)
        for k in members
    ]
    free = bottom - top - gap * (len(members) - 1)
    rects: dict[int, Rect] = {}
    y = top
    for k, weight in zip(members, weights, strict=True):
        height = free * weight / sum(weights)
        rects[k] = (x0 + side, y, x1 - side, y + height)
        y += height + gap
    return rects


def _window(art: Rect) -> Rect:
    """The part of a square picture seen when it is scaled to cover the art zone."""
    width, height = art[2] - art[0], art[3] - art[1]
    if width >= height:
        seen = height / width
        return 0.0, (1 - seen) / 2, 1.0, (1 + seen) / 2
    seen = width / height
    return (1 - seen) / 2, 0.0, (1 + seen) / 2, 1.0


def _box(rect: Rect) -> Box:
    x0, y0, x1, y1 = (round(min(1.0, max(0.0, value)), 4) for value in rect)
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)
