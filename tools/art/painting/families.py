"""Which colours of a thing are its own: the family that a person means by "the red car".

The thing is rendered twice, small: as it looks, and with each paint in a flat colour of its own,
which tells how much of each paint is seen, and what it touches.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from maquette.infra.vector.raster import document, rasterise
from maquette.tools.art.contract import Art
from maquette.tools.art.painting.markup import (
    Paint,
    gradients,
    inner,
    paints,
    rgb_of,
    stops_of,
    tree_of,
)
from maquette.tools.art.painting.oklch import Floats, to_oklab, to_oklch, turned

SIDE_PX = 128
GRAY = 0.035
"""Chroma below which a colour has no hue that a person would name."""
DARK = 0.42
"""Lightness below which a gray is an outline or a detail of something light."""
COVERS = 0.5
"""Opacity from which a paint hides what lies below it."""
NEAR, WIDE = 24.0, 46.0
"""Degrees of hue: what belongs to the family in any case, and what does if it is a large part."""
CONTESTED = 0.2
"""Least share of a part that two families may contend for, and of what it may go to."""
ALIKE = 0.02
"""OKLab distance up to which a small part is of the same paint as the family."""
CREAM = 0.03
"""Least chroma of a pale tint that goes with its hue's family: the icing over the cake."""
LARGE = 0.018
"""Share of the thing that makes a paint a part of the body and no detail."""
ENOUGH_PX = 6
METAL, WEIGHT_OF_METAL = 0.75, 0.4
"""Darker grays count less still: tyres, windows, outlines."""
FULL = 0.1
"""Chroma from which a colour counts in full; a tint counts less."""
TINT = 0.008
GLINT = 0.02
"""Share of the thing up to which a light spot in dark may be an eye's."""
WEIGHT_OF_GRAY = 0.62
"""A gray part counts so much beside a coloured one: people name the colour that they see."""


@dataclass(frozen=True)
class Family:
    """The main colours of a thing."""

    mean: tuple[float, float, float]
    """OKLCh, weighted by the area that is seen."""
    seen: Floats
    """The family's rendered pixels, OKLCh (n, 3)."""
    members: tuple[int, ...]
    """Indices of the paints, in painting order, that belong to it."""
    mask: NDArray[np.bool_]
    """Where it is seen: (h, w) of a raster over the thing's ink."""

    @property
    def average(self) -> Floats:
        """The mean as an array (3,)."""
        return np.array(self.mean, dtype=np.float64)

    @property
    def gray(self) -> bool:
        """Whether it has no hue."""
        return self.mean[1] < GRAY


@dataclass(frozen=True)
class _Look:
    """A thing as rendered: colours of its pixels, and which paint each pixel shows."""

    colours: Floats  # (h, w, 3) OKLCh
    paint: NDArray[np.int64]  # (h, w), -1: none, or the mixture at an edge


@lru_cache(maxsize=256)
def family_of(art: Art) -> Family | None:
    """The main family of a thing's colours; None: nothing is painted."""
    root = tree_of(art.body)
    found = list(paints(root))
    seen = _rendered(art, found)
    shown = np.bincount(seen.paint[seen.paint >= 0], minlength=len(found)).astype(float)
    if not shown.sum():
        return None
    share = shown / shown.sum()
    known = gradients(root)
    means = np.array([_mean(seen, k, paint, known) for k, paint in enumerate(found)])
    chosen = _main(seen, means, share)
    mask = np.isin(seen.paint, np.flatnonzero(chosen))
    for k in np.flatnonzero(chosen & (shown == 0)):
        chosen[k] = _lies_on(art, int(k), mask)
    pixels = seen.colours[mask]
    members = tuple(int(k) for k in np.flatnonzero(chosen))
    return Family(_average(pixels), pixels, members, mask)


def small_svg(art: Art, body: str, *, crisp: bool = False) -> str:
    """A whole SVG of the thing's ink, with ``body`` in place of the thing's own."""
    x0, y0, x1, y1 = art.ink
    if crisp:
        body = f'<g shape-rendering="crispEdges">{body}</g>'
    return document((x0, y0, x1 - x0, y1 - y0), body)


def raster_size(art: Art) -> tuple[int, int]:
    """Width and height in pixels of such a raster."""
    wide = art.aspect >= 1
    width = SIDE_PX if wide else SIDE_PX * art.aspect
    height = SIDE_PX / art.aspect if wide else SIDE_PX
    return max(1, round(width)), max(1, round(height))


def _rendered(art: Art, found: list[Paint]) -> _Look:
    """Both renderings. Codes are spread so that a mixture of two is hardly ever a third."""
    size = raster_size(art)
    real = np.asarray(rasterise(small_svg(art, art.body), *size))
    codes = [(k * 7_368_787 + 1_234_567) & 0xFFFFFF for k in range(len(found))]
    flat = np.asarray(rasterise(small_svg(art, _numbered(art.body, codes), crisp=True), *size))
    code = flat[..., :3].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    place = {value: k for k, value in enumerate(codes)}
    values, back = np.unique(code, return_inverse=True)
    paint = np.array([place.get(int(value), -1) for value in values])[back].reshape(code.shape)
    paint[(flat[..., 3] < 255) | (real[..., 3] < 250)] = -1
    return _Look(to_oklch(real[..., :3].astype(np.float64)), paint)


def _numbered(body: str, codes: list[int]) -> str:
    """The markup with each paint in its own flat colour; what is thin as a veil is left out."""
    root = tree_of(body)
    known = gradients(root)
    thin = _thin(root, 1.0)
    for paint, code in zip(list(paints(root)), codes, strict=True):
        own = float(paint.shape.get(f"{paint.attribute}-opacity", 1))
        stops = stops_of(paint.gradient, known) if paint.gradient else []
        clear = [float(stop.get("stop-opacity", 1)) for stop in stops]
        veil = own * (sum(clear) / len(clear) if clear else 1.0) < COVERS
        flat = "none" if veil or paint.shape in thin else f"#{code:06x}"
        paint.shape.set(paint.attribute, flat)
    for element in root.iter():
        for name in ("opacity", "fill-opacity", "stroke-opacity"):
            element.attrib.pop(name, None)
    return inner(root)


def _lies_on(art: Art, index: int, mask: NDArray[np.bool_]) -> bool:
    """Whether an unseen paint or a veil lies mostly on the family: shading, and no glow around."""
    root = tree_of(art.body)
    for k, paint in enumerate(list(paints(root))):
        if k != index:
            paint.shape.set(paint.attribute, "none")
    alone = np.asarray(rasterise(small_svg(art, inner(root)), *raster_size(art)))[..., 3] > 8
    return bool(alone.any()) and float(mask[alone].mean()) >= 0.5


def _thin(element: Element, above: float) -> set[Element]:
    """The elements that groups and their own opacity make more clear than covering."""
    here = above * float(element.get("opacity", 1))
    found = {element} if here < COVERS else set()
    for child in element:
        found |= _thin(child, here)
    return found


def _mean(
    seen: _Look, index: int, paint: Paint, known: dict[str, Element]
) -> tuple[float, float, float]:
    """The mean colour of a paint: as it is seen, else as it is written."""
    pixels = seen.colours[seen.paint == index]
    if len(pixels) >= ENOUGH_PX:
        return _average(pixels)
    values = [paint.value]
    if paint.gradient:
        values = [stop.get("stop-color", "#000") for stop in stops_of(paint.gradient, known)]
    written = [rgb_of(value) for value in values]
    colours = [rgb for rgb in written if rgb] or [(0, 0, 0)]
    return _average(to_oklch(np.array(colours, dtype=np.float64)))


def _average(pixels: Floats) -> tuple[float, float, float]:
    """Mean of OKLCh colours (n, 3), taken in OKLab."""
    lightness, a, b = to_oklab(pixels).mean(axis=0)
    return float(lightness), float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360)


def _is_gray(lch: Floats) -> NDArray[np.bool_]:
    """Whether a person would name no hue: also of bluish grays, and of nearly white."""
    light, chroma, hue = lch[:, 0], lch[:, 1], lch[:, 2]
    bluish = (hue > 180) & (hue < 290)
    return (chroma < GRAY) | ((chroma < 0.055) & bluish) | ((chroma < 0.05) & (light > 0.9))


def _main(seen: _Look, means: Floats, share: Floats) -> NDArray[np.bool_]:
    """The paints of the largest family: of one range of hues, or of light or dark grays."""
    gray = _is_gray(means)
    light = gray & (means[:, 0] >= _outline(means[gray, 0], share[gray]))
    dark = gray & ~light
    grays = light if 1.6 * share[light].sum() >= share[dark].sum() else dark
    hued = _hues(means, share, ~gray)
    weight = share * _counted(means)
    beside = share * np.where(means[:, 0] > METAL, WEIGHT_OF_GRAY, WEIGHT_OF_METAL)
    if weight[hued].sum() >= beside[grays].sum() and hued.any():
        whole = _with_tints(means, share, hued)
        return _connected(seen, whole, share) | _alike(means, share, whole)
    glints = [k for k in np.flatnonzero(grays) if _glint(seen, int(k), means, share)]
    grays[glints] = False
    return grays | _tinted(means, share, grays) if grays.any() else gray


def _with_tints(means: Floats, share: Floats, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The members, and large parts that are almost white and of the family's hue."""
    light, chroma, hue = means[:, 0], means[:, 1], means[:, 2]
    main = _average(means[members])[2]
    pale = (light > 0.9) & (chroma >= CREAM) & (chroma < 0.05) & (share >= LARGE)
    return np.asarray(members | (pale & (np.abs(turned(hue, main)) <= NEAR)))


def _alike(means: Floats, share: Floats, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Parts of the very colour of a large member, wherever they are."""
    lab, large = to_oklab(means), np.flatnonzero(members & (share >= LARGE))
    if not len(large):
        return members
    gaps = np.linalg.norm(lab[:, None] - lab[None, large], axis=2).min(axis=1)
    return np.asarray((gaps <= ALIKE) & (share > 0) & (share < LARGE))


def _outline(light: Floats, share: Floats) -> float:
    """The lightness that parts gray things from their outlines and black details."""
    if not share.sum():
        return DARK
    order = np.argsort(light)
    upper = light[order][np.searchsorted(np.cumsum(share[order]), 0.75 * share.sum())]
    return max(DARK, float(upper) - 0.36)


def _counted(means: Floats) -> Floats:
    """How much each colour counts beside others: tints less than colours, glass hardly."""
    light, chroma, hue = means[:, 0], means[:, 1], means[:, 2]
    glass = (light > 0.75) & (chroma < 0.11) & (hue > 195) & (hue < 255)
    return np.minimum(1.0, chroma / FULL) * np.where(glass, 0.35, 1.0)


def _tinted(means: Floats, share: Floats, grays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Shading lines of a bluish or yellowish gray that are a little too strong to be gray."""
    if not share[grays].sum():
        return np.zeros_like(grays)
    light, a, b = (to_oklab(means[grays]) * share[grays, None]).sum(axis=0) / share[grays].sum()
    if np.hypot(a, b) < TINT:
        return np.zeros_like(grays)
    away = np.abs(turned(means[:, 2], float(np.degrees(np.arctan2(b, a)))))
    return (means[:, 1] < FULL) & (away < WIDE) & (share < 0.05) & (means[:, 0] > light - 0.4)


def _connected(seen: _Look, members: NDArray[np.bool_], share: Floats) -> NDArray[np.bool_]:
    """The members without small parts that touch no large one: a flame over a cream cake."""
    large = members & (share >= LARGE)
    if not large.any():
        return members
    near = _grown(np.isin(seen.paint, np.flatnonzero(large)), 3)
    kept = members.copy()
    for k in np.flatnonzero(members & ~large & (share > 0)):
        kept[k] = bool(near[seen.paint == k].any())
    return kept


def _grown(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """The mask and all within ``by`` pixels of it, across and down."""
    wide = np.pad(mask, by)
    height, width = mask.shape
    steps = range(2 * by + 1)
    rows = np.logical_or.reduce([wide[k : k + height, by : by + width] for k in steps])
    columns = np.logical_or.reduce([wide[by : by + height, k : k + width] for k in steps])
    return np.asarray(rows | columns)


def _hues(means: Floats, share: Floats, hued: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The paints around the hue that is seen most.

    A large part at the edge of them that is nearer to a larger one outside belongs to that: a red
    ribbon's family ends before the yellow box, which is the thing when it is more.
    """
    if not hued.any():
        return hued
    first = _around(means, share, hued)
    contested = _contested(means, share, hued, first)
    if not contested.any():
        return first
    own = first & ~contested
    other = _around(means, share, hued & ~own)
    weight = share * _counted(means)
    return other if weight[other].sum() > weight[own].sum() else own


def _around(means: Floats, share: Floats, hued: NDArray[np.bool_]) -> NDArray[np.bool_]:
    hue = means[:, 2]
    apart = np.abs(turned(hue[:, None], hue[None, :]))
    density = (share * _counted(means) * hued * np.exp(-((apart / 15.0) ** 2) / 2)).sum(axis=1)
    away = apart[int(np.argmax(np.where(hued, density, -1.0)))]
    return hued & ((away <= NEAR) | ((away <= WIDE) & (share >= LARGE)))


def _contested(
    means: Floats, share: Floats, hued: NDArray[np.bool_], members: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Large members far from all other large ones, with a part outside that is large and nearer."""
    apart = np.abs(turned(means[:, 2][:, None], means[:, 2][None, :]))
    found = np.zeros_like(members)
    outside = np.flatnonzero(hued & ~members & (share >= CONTESTED))
    for k in np.flatnonzero(members & (share >= CONTESTED)):
        others = [j for j in np.flatnonzero(members & (share >= LARGE)) if j != k]
        if len(outside) and others:
            found[k] = apart[k, outside].min() < min(NEAR, apart[k, others].min())
    return found


def _glint(seen: _Look, index: int, means: Floats, share: Floats) -> bool:
    """Whether a light paint is the white of an eye: small, and mostly bordered by dark."""
    if share[index] > GLINT or means[index, 0] < DARK:
        return False
    own = seen.paint == index
    if not own.any():
        return False
    around = seen.paint[_grown(own, 2) & ~own]
    around = around[around >= 0]
    return bool(len(around)) and float((means[around, 0] < DARK).mean()) > 0.4
