"""The stage that blocks are set on: a room in its frame, with the frame's sky, water and ground."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.records.geometry import Box
from maquette.tools.art.layout.ties import Rect
from maquette.tools.art.scenery.zones import Band, Zones

EDGE = 0.035
"""Margin inside the room, in its shorter sides."""


@dataclass(frozen=True)
class Stage:
    """A room for things, in pixels of the sheet."""

    room: Rect
    """Where things may stand; a margin is left out already."""
    sky: Band | None = None
    """Pixels of the sheet, and so are the others."""
    water: Band | None = None
    ground: Band | None = None

    @property
    def width(self) -> float:
        return self.room[2] - self.room[0]

    @property
    def height(self) -> float:
        return self.room[3] - self.room[1]

    @property
    def unit(self) -> float:
        """The shorter side."""
        return min(self.width, self.height)

    @property
    def floor(self) -> float:
        """Where the nearest feet stand."""
        return min(self.room[3], self.ground[1]) if self.ground else self.room[3]


def stage_of(room: Box, frame: Box, zones: Zones, width_px: int, height_px: int) -> Stage:
    """The stage of a panel: its room inside a frame with zones, on a sheet of some size."""
    x0, y0 = room.x0 * width_px, room.y0 * height_px
    x1, y1 = room.x1 * width_px, room.y1 * height_px
    edge = EDGE * min(x1 - x0, y1 - y0)

    def band(of: Band | None) -> Band | None:
        """In pixels; None: the room holds too little of it."""
        if of is None:
            return None
        top, bottom = ((frame.y0 + v * frame.height) * height_px for v in of)
        low, high = max(top, y0 + edge), min(bottom, y1 - 0.5 * edge)
        return (low, high) if high - low > 0.01 * (y1 - y0) else None

    inner = (x0 + edge, y0 + edge, x1 - edge, y1 - edge)
    ground = band(zones.ground)
    if ground is not None:
        # On a landscape feet may come nearer to the lower edge than heads to the upper one.
        inner = (inner[0], inner[1], inner[2], max(inner[3], ground[1]))
    return Stage(inner, band(zones.sky), band(zones.water), ground)
