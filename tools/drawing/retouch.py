"""A part of a picture that is drawn anew, and the near view in which it is drawn.

A generator of one fixed size draws small things badly: the part is cut out with some of its
surroundings, drawn at the generator's own size, and put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from maquette.records.geometry import Box, LayoutItem

RIM = 0.025
"""Share of the picture's longer side by which the hole of a thing reaches beyond it."""
AROUND = 2.2
"""Side of a view, in longer sides of its hole."""
LEAST_VIEW = 0.4
"""Of the picture's shorter side: a nearer view shows too little of what is around."""
LEAST_SHARE = 0.3
"""Of a thing in the background of a view: less is not told to the generator."""


@dataclass(frozen=True)
class Retouch:
    """One part of a picture to draw anew."""

    holes: tuple[Box | np.ndarray, ...]
    """Boxes, and masks of things (bool (H, W))."""
    item: LayoutItem | None = None
    """What is drawn there; None: what is behind."""
    spared: tuple[Box | np.ndarray, ...] = ()
    """Of other things, which no hole touches."""

    def hole(self, size: tuple[int, int]) -> np.ndarray:
        """All holes as one mask of a picture of ``size`` (width, height): bool (H, W)."""
        import cv2

        whole = np.zeros(size[::-1], dtype=np.uint8)
        rim = max(1, round(RIM * max(size)))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
        for part in self.holes:
            if isinstance(part, Box):
                whole[pixels_of(part, size)] = 1
            else:
                whole |= np.asarray(cv2.dilate(part.astype(np.uint8), kernel), dtype=np.uint8)
        for other in self.spared:
            whole[pixels_of(other, size) if isinstance(other, Box) else other] = 0
        return whole > 0


def pixels_of(box: Box, size: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns that a box has a part of."""
    width, height = size
    rows = slice(int(box.y0 * height), int(np.ceil(box.y1 * height)))
    return rows, slice(int(box.x0 * width), int(np.ceil(box.x1 * width)))


@dataclass(frozen=True)
class View:
    """A square of a picture, in pixels."""

    x: int
    y: int
    side: int
    size: tuple[int, int]
    """Width and height of the whole picture."""

    @classmethod
    def whole(cls, size: tuple[int, int]) -> View:
        """All of a picture of ``size`` (width, height)."""
        return cls(0, 0, 0, size)

    @classmethod
    def around(cls, hole: np.ndarray) -> View:
        """The square around a hole (bool (H, W), not empty), as far as the picture reaches.

        A hole that fits into no square of the picture has the whole picture for its view.
        """
        height, width = hole.shape
        ys, xs = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
        extent = max(np.ptp(ys), np.ptp(xs)) + 1
        side = round(max(AROUND * extent, LEAST_VIEW * min(width, height)))
        side = min(side, width, height)
        if extent > side:
            return cls.whole((width, height))
        middle_x, middle_y = (int(xs[0]) + int(xs[-1])) // 2, (int(ys[0]) + int(ys[-1])) // 2
        x = min(max(0, middle_x - side // 2), width - side)
        y = min(max(0, middle_y - side // 2), height - side)
        return cls(x, y, side, (width, height))

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom; right and bottom exclusive."""
        if not self.side:
            return 0, 0, *self.size
        return self.x, self.y, self.x + self.side, self.y + self.side

    def cut(self, picture: Image.Image) -> Image.Image:
        return picture.crop(self.corners)

    def cut_mask(self, hole: np.ndarray) -> Image.Image:
        """The hole's part of the view: 255 inside, 0 outside."""
        left, top, right, bottom = self.corners
        return Image.fromarray(hole[top:bottom, left:right].astype(np.uint8) * 255)

    def paste(self, picture: Image.Image, drawing: Image.Image, mask: Image.Image) -> Image.Image:
        """The picture with a drawing of this view in its hole."""
        whole = picture.copy()
        if drawing.size != mask.size:
            drawing = drawing.resize(mask.size, Image.Resampling.LANCZOS)
        whole.paste(drawing, self.corners[:2], mask)
        return whole

    def layout(self, items: Sequence[LayoutItem]) -> tuple[LayoutItem, ...]:
        """What of a layout is in view, in the view's own fractions."""
        left, top, right, bottom = self.corners
        width, height = self.size
        found = []
        for item in items:
            box = item.box
            x0, x1 = ((v * width - left) / (right - left) for v in (box.x0, box.x1))
            y0, y1 = ((v * height - top) / (bottom - top) for v in (box.y0, box.y1))
            inner = max(x0, 0.0), max(y0, 0.0), min(x1, 1.0), min(y1, 1.0)
            seen = max(0.0, inner[2] - inner[0]) * max(0.0, inner[3] - inner[1])
            if seen > LEAST_SHARE * (x1 - x0) * (y1 - y0):
                cut = Box(x0=inner[0], y0=inner[1], x1=inner[2], y1=inner[3])
                found.append(LayoutItem(box=cut, phrase=item.phrase))
        return tuple(found[-16:])
