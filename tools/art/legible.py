"""Words that stay readable when what lies behind them changes."""

from __future__ import annotations

import numpy as np

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.geometry import Box
from maquette.tools.art.scene import Scene
from maquette.words.colours import Rgb, contrast, from_hex, hex_code

READABLE = 4.5
"""WCAG 2 contrast ratio of text (AA)."""
SIDE_PX = 160
"""Longer side of the raster that grounds are measured in."""
WORST = 0.1
"""The contrast of words with their ground is that which so much of it falls below."""
COLOURS = 24
"""Colours of a ground that are told apart at most."""


def legible(scene: Scene, frame: int) -> Scene:
    """The scene with each string over a frame in another ink, where its own cannot be read.

    The ink is the darkest or the lightest colour of the sheet's letters, shapes and frames, else
    black or white; on an uneven ground the better of them. Strings on a plate are left alone.
    """
    over = [k for k, block in enumerate(scene.words)
            if block.panel is None and _touch(block.box, scene.frames[frame].box)]  # fmt: skip
    if not over:
        return scene
    picture = _ground(scene)
    words = list(scene.words)
    for k in over:
        words[k] = _readable(words[k], _colours(picture, words[k].box), scene)
    return (
        scene if tuple(words) == scene.words else scene.model_copy(update={"words": tuple(words)})
    )


def _readable(block: TextBlock, ground: list[tuple[Rgb, float]], scene: Scene) -> TextBlock:
    now = from_hex(block.colour)
    if _contrast(now, ground) >= READABLE:
        return block
    own = sorted(_palette(scene), key=lambda ink: contrast(ink, (0, 0, 0)))
    choices = [own[0], own[-1], (0, 0, 0), (255, 255, 255)]
    found = next((ink for ink in sorted(choices[:2], key=lambda ink: -_contrast(ink, ground))
                  if _contrast(ink, ground) >= READABLE), None)  # fmt: skip
    best = found or max([*choices, now], key=lambda ink: _contrast(ink, ground))
    return block if best == now else block.model_copy(update={"colour": hex_code(best)})


def _palette(scene: Scene) -> list[Rgb]:
    """The colours of the sheet's letters, shapes and frames."""
    named = [block.colour for block in scene.words]
    named += [colour for shape in scene.shapes for colour in (shape.fill, shape.stroke) if colour]
    named += [frame.border for frame in scene.frames if frame.border]
    return [from_hex(colour) for colour in dict.fromkeys(named)]


def _ground(scene: Scene) -> np.ndarray:
    """The frames and shapes of a scene alone, small, (h, w, 3)."""
    from maquette.infra.vector.raster import rasterise
    from maquette.tools.art.painting.svg import svg_of

    bare = scene.model_copy(update={"things": (), "words": ()})
    by = SIDE_PX / max(scene.width_px, scene.height_px)
    size = max(1, round(scene.width_px * by)), max(1, round(scene.height_px * by))
    return np.asarray(rasterise(svg_of(bare), *size).convert("RGB"))


def _colours(picture: np.ndarray, box: Box) -> list[tuple[Rgb, float]]:
    """The colours behind a box, and the share of each."""
    height, width = picture.shape[:2]
    left, top = int(box.x0 * width), int(box.y0 * height)
    part = picture[top : max(top + 1, round(box.y1 * height)),
                   left : max(left + 1, round(box.x1 * width))]  # fmt: skip
    pixels = part.reshape(-1, 3)
    some = pixels[:: max(1, len(pixels) // COLOURS)]
    return [((int(r), int(g), int(b)), 1 / len(some)) for r, g, b in some]


def _contrast(ink: Rgb, ground: list[tuple[Rgb, float]]) -> float:
    """The contrast that all but the worst part of a ground keeps."""
    ranked = sorted((contrast(ink, colour), share) for colour, share in ground)
    passed = 0.0
    for value, share in ranked:
        passed += share
        if passed > WORST:
            return value
    return ranked[-1][0]


def _touch(one: Box, other: Box) -> bool:
    across = min(one.x1, other.x1) > max(one.x0, other.x0)
    return across and min(one.y1, other.y1) > max(one.y0, other.y0)
