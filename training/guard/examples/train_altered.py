"""The world's own things made strange, and unknown ones built like them: to learn from.

The hardest outsiders are nearly of the world: a known shape with marks on it, a flat thing of
straight parts. None of these procedures is one of the test's.
"""

from __future__ import annotations

import numpy as np

from maquette.training.guard.examples.canvas import SIDE_PX, ground, inks, paint, path
from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.raster import SIDE, rasterise
from maquette.training.world.drawing.render import scene_svg
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Placed
from maquette.words.colours import hex_code


def adorned(rng: np.random.Generator) -> np.ndarray:
    """A scene of the world whose every thing bears marks that the world does not know."""
    while True:
        scene = sample_scene(rng)
        if scene.things and all(placed.size != "small" for placed in scene.things):
            break
    marks = "".join(_marks(rng, placed) for placed in scene.things)
    return rasterise(scene_svg(scene).replace("</svg>", marks + "</svg>"), SIDE_PX)


def _marks(rng: np.random.Generator, placed: Placed) -> str:
    x0, y0, x1, y1 = (SIDE * v for v in placed.box)
    middle, reach = np.array([x0 + x1, y0 + y1]) / 2, min(x1 - x0, y1 - y0) / 2
    colour, other = [c for c in inks(rng, 3) if c != hex_code(COLOURS[placed.colour])][:2]
    kind = rng.integers(4)
    width = reach * rng.uniform(0.08, 0.22)
    more = f'stroke="{colour}" stroke-width="{width:.0f}" stroke-linecap="round"'
    if kind == 0:  # strokes anyhow
        ends = rng.uniform(-0.8, 0.8, (int(rng.integers(2, 7)), 2, 2)) * reach + middle
        return "".join(path(two, "none", more, closed=False) for two in ends)
    if kind == 1:  # dots on a ring, or anywhere
        count = int(rng.integers(3, 14))
        turns = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(0, np.pi)
        ring = np.stack([np.cos(turns), np.sin(turns)], 1) * rng.uniform(0.4, 0.75)
        spots = ring if rng.random() < 0.5 else rng.uniform(-0.7, 0.7, (count, 2))
        return "".join(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{width:.0f}" fill="{colour}"/>'
            for x, y in spots * reach + middle
        )
    if kind == 2:  # a loop of corners
        return path(rng.uniform(-0.85, 0.85, (int(rng.integers(4, 9)), 2)) * reach + middle, "none",
                    more)  # fmt: skip
    patch = rng.uniform(-0.9, 0.9, (int(rng.integers(3, 6)), 2)) * reach + middle
    return path(patch, colour) + path(0.5 * (patch - middle) + middle, other)


def mirrored(rng: np.random.Generator) -> np.ndarray:
    """One to four unknown creatures or machines whose left side is their right."""
    body = ""
    for _ in range(int(rng.integers(1, 5))):
        palette, size = inks(rng, int(rng.integers(1, 4))), rng.uniform(60, 220)
        place = f"translate({rng.uniform(220, 780):.0f} {rng.uniform(220, 780):.0f})"
        parts = "".join(
            _twins(rng, size, palette[rng.integers(len(palette))])
            for _ in range(int(rng.integers(3, 8)))
        )
        body += f'<g transform="{place}">{parts}</g>'
    return paint(body, ground(rng))


def _twins(rng: np.random.Generator, size: float, fill: str) -> str:
    x, y = rng.uniform(0, 1.1) * size, rng.uniform(-1.3, 1.3) * size
    w, h = size * rng.uniform(0.1, 0.9, 2)
    if rng.random() < 0.25:
        x = 0.0
    if rng.random() < 0.35:
        shape = f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{w / 2:.0f}" ry="{h / 2:.0f}"'
    else:
        shape = f'<rect x="{x - w / 2:.0f}" y="{y - h / 2:.0f}" width="{w:.0f}" height="{h:.0f}"'
    return f'{shape} fill="{fill}"/><g transform="scale(-1 1)">{shape} fill="{fill}"/></g>'


def partitions(rng: np.random.Generator) -> np.ndarray:
    """Rectangles and discs cut by straight lines into regions of several colours."""
    body = ""
    for number in range(int(rng.integers(1, 4))):
        colours = inks(rng, int(rng.integers(3, 7)))
        w, h = rng.uniform(180, 620, 2) if rng.random() < 0.8 else (1000.0, 1000.0)
        x, y = (500 - w / 2, 500 - h / 2) + rng.uniform(-0.5, 0.5, 2) * (1000 - np.array([w, h]))
        corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
        regions = [corners]
        for _ in range(len(colours) - 1):
            regions = _cut(rng, regions)
        parts = "".join(path(one, colours[k % len(colours)]) for k, one in enumerate(regions))
        if rng.random() < 0.4:
            name = f"disc{number}"
            round_ = f'<ellipse cx="{x + w / 2}" cy="{y + h / 2}" rx="{w / 2}" ry="{h / 2}"/>'
            parts = (
                f'<clipPath id="{name}">{round_}</clipPath><g clip-path="url(#{name})">{parts}</g>'
            )
        body += parts
    return paint(body, ground(rng))


def _cut(rng: np.random.Generator, regions: list[np.ndarray]) -> list[np.ndarray]:
    """Cut the largest of some convex regions in two by a line through its middle part."""
    areas = [
        abs(np.dot(r[:, 0], np.roll(r[:, 1], 1)) - np.dot(r[:, 1], np.roll(r[:, 0], 1)))
        for r in regions
    ]
    largest = regions.pop(int(np.argmax(areas)))
    through = rng.dirichlet(np.ones(len(largest))) @ largest
    turn = rng.choice((0, np.pi / 2)) if rng.random() < 0.5 else rng.uniform(0, np.pi)
    sides = (largest - through) @ np.array([-np.sin(turn), np.cos(turn)])
    halves: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for k, corner in enumerate(largest):
        halves[int(sides[k] > 0)].append(corner)
        after = (k + 1) % len(largest)
        if (sides[k] > 0) != (sides[after] > 0):
            share = sides[k] / (sides[k] - sides[after])
            crossing = corner + share * (largest[after] - corner)
            halves[0].append(crossing)
            halves[1].append(crossing)
    return [*regions, *(np.array(half) for half in halves if len(half) > 2)]


FAMILIES = (adorned, mirrored, partitions)
