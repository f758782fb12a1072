"""What is seen of each thing: the share of its silhouette that nothing nearer hides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from maquette.tools.art.contract import Art
from maquette.tools.art.layout.ties import Rect, overlap
from maquette.tools.art.painting.placing import fitted
from maquette.tools.art.painting.silhouettes import Mask, silhouette
from maquette.tools.art.painting.svg import painting_order
from maquette.tools.art.scene import Scene

VISIBLE = 0.8
"""Least share of a thing that a layout leaves to be seen."""


def shares(rects: Sequence[Rect], masks: Sequence[Mask]) -> list[float]:
    """The visible share of each thing; they are given from the hindmost to the nearest."""
    return [
        share_behind((rects[k], masks[k]), list(zip(rects[k + 1 :], masks[k + 1 :], strict=True)))
        for k in range(len(rects))
    ]


def share_behind(own: tuple[Rect, Mask], nearer: Sequence[tuple[Rect, Mask]]) -> float:
    """The share of a thing's silhouette that some nearer ones leave."""
    rect, mask = own
    over = [one for one in nearer if overlap(one[0], rect) > 0]
    rows, columns = np.nonzero(mask)
    if not over or not len(rows):
        return 1.0
    height, width = mask.shape
    x0, y0, x1, y1 = rect
    xs = x0 + (columns + 0.5) / width * (x1 - x0)
    ys = y0 + (rows + 0.5) / height * (y1 - y0)
    hidden = np.zeros(len(xs), dtype=bool)
    for other in over:
        hidden |= hit(*other, xs, ys)
    return 1.0 - float(hidden.mean())


def mask_of(art: Art, flip: bool) -> Mask:
    """The silhouette as it is placed."""
    mask = silhouette(art)
    return mask[:, ::-1] if flip else mask


def shares_of(scene: Scene, look: Callable[[str], Art]) -> list[float]:
    """The visible share of each thing of a scene, in the order of its things."""
    order = painting_order(scene)
    rects: list[Rect] = []
    masks: list[Mask] = []
    for k in order:
        thing = scene.things[k]
        art = look(thing.thing)
        fit = fitted(thing.box, art, scene.width_px, scene.height_px)
        rects.append((fit.x, fit.y, fit.x + fit.width, fit.y + fit.height))
        masks.append(mask_of(art, thing.flip))
    found = dict(zip(order, shares(rects, masks), strict=True))
    return [found[k] for k in range(len(order))]


def hit(rect: Rect, mask: Mask, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Which of some points a thing covers."""
    height, width = mask.shape
    x0, y0, x1, y1 = rect
    columns = np.floor((xs - x0) / (x1 - x0) * width).astype(int)
    rows = np.floor((ys - y0) / (y1 - y0) * height).astype(int)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    found = mask[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    return np.asarray(inside & found)
