"""From a thing's own units to its place on the sheet."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.records.geometry import Box
from maquette.tools.art.contract import Art
from maquette.tools.art.scene import PlacedThing, Scene


@dataclass(frozen=True)
class Fit:
    """A thing's ink inside its box, in pixels of the sheet."""

    x: float
    y: float
    width: float
    height: float
    scale: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


def fitted(box: Box, art: Art, width_px: int, height_px: int) -> Fit:
    """The ink fitted into the box, its aspect kept, centred."""
    x0, y0, x1, y1 = art.ink
    wide, high = box.width * width_px, box.height * height_px
    scale = min(wide / (x1 - x0), high / (y1 - y0))
    width, height = scale * (x1 - x0), scale * (y1 - y0)
    x = box.x0 * width_px + (wide - width) / 2
    y = box.y0 * height_px + (high - height) / 2
    return Fit(x, y, width, height, scale)


def transform(scene: Scene, thing: PlacedThing, art: Art) -> str:
    """The value of ``transform`` that takes the thing's units to its place."""
    fit = fitted(thing.box, art, scene.width_px, scene.height_px)
    cx, cy = fit.centre
    parts = [f"translate({number(cx)} {number(cy)})"]
    if thing.turn:
        parts.append(f"rotate({number(thing.turn)})")
    across = -fit.scale if thing.flip else fit.scale
    parts.append(f"scale({across:.6g} {fit.scale:.6g})")
    x0, y0, x1, y1 = art.ink
    parts.append(f"translate({number(-(x0 + x1) / 2)} {number(-(y0 + y1) / 2)})")
    return " ".join(parts)


def number(value: float) -> str:
    """A coordinate in few digits, the same on every machine."""
    return f"{round(value, 3) + 0.0:.7g}"
