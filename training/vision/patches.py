"""What each patch of a picture shows: dense lessons for the vision tower, dropped on export.

Notation: ``g`` patches on a side.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.landscapes import LANDSCAPES
from maquette.training.world.patterns import PATTERNS
from maquette.training.world.printed import PrintedWord, shaped
from maquette.training.world.render import masks
from maquette.training.world.scene import Scene
from maquette.training.world.sizes import SIZES
from maquette.training.world.things import THINGS

_FINE = 4
"""Points on a side of a patch at which the owner is asked for."""
LEAST = 3
"""Points of a patch that a thing must cover for the patch to be its."""
IGNORED = -100
COLUMNS = 2
"""Places in a patch, from left to right, at which a letter is asked for."""
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

CLASSES: dict[str, int] = {
    "thing": len(THINGS) + 2,
    "colour": len(COLOURS),
    "pattern": len(PATTERNS),
    "size": len(SIZES),
    "ground": len(BACKGROUNDS) + len(LANDSCAPES),
    "ground_below": len(BACKGROUNDS) + len(LANDSCAPES),
    "centre": 2,
    **{f"letter{k}": len(ALPHABET) for k in range(COLUMNS)},
}
"""Question about a patch to the number of answers; thing 0 is nothing, the last is print."""
GEOMETRY = 4
"""Numbers told of a thing's patch: way to its centre, and its width and height."""

_THING = {name: k for k, name in enumerate(THINGS, 1)}
_COLOUR = {name: k for k, name in enumerate(COLOURS)}
_PATTERN = {name: k for k, name in enumerate(PATTERNS)}
_SIZE = {name: k for k, name in enumerate(SIZES)}
_GROUND = {name: k for k, name in enumerate((*BACKGROUNDS, *LANDSCAPES))}


def write_owners(folder: Path, scenes: list[Scene], grid: int, workers: int = 2) -> np.ndarray:
    """Which thing each patch shows: int8 (scenes, g, g), -1 for none; kept in ``folder``."""
    path = folder / f"owners{grid}.i8"
    shape = (len(scenes), grid, grid)
    if not path.exists():
        with ProcessPoolExecutor(workers) as pool:
            found = list(pool.map(owners, scenes, [grid] * len(scenes), chunksize=64))
        fresh = path.with_suffix(".new")
        np.stack(found).tofile(fresh)
        fresh.rename(path)
    return np.memmap(path, dtype=np.int8, mode="r", shape=shape)


def owners(scene: Scene, grid: int) -> np.ndarray:
    """Index of the thing that covers most of each patch: int8 (g, g), -1 for none."""
    shown = masks(scene, grid * _FINE)  # (things, g * fine, g * fine)
    if not len(shown):
        return np.full((grid, grid), -1, np.int8)
    points = shown.reshape(len(shown), grid, _FINE, grid, _FINE).sum(axis=(2, 4))
    found = points.argmax(axis=0)
    return np.where(points.max(axis=0) >= LEAST, found, -1).astype(np.int8)


def lessons(scene: Scene, owner: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The right answer to each question about each patch.

    Args:
        owner: int8 (g, g) as ``owners`` gives.
    Returns: question to int64 (g, g), ``IGNORED`` where it has none; and geometry as
        float32 (4, g, g), NaN where there is none, in parts of the picture.
    """
    grid = len(owner)
    answers = {name: np.full((grid, grid), IGNORED, np.int64) for name in CLASSES}
    answers["thing"][:] = 0
    answers["centre"][:] = 0
    answers["ground"][:] = _GROUND[scene.background.top]
    answers["ground_below"][:] = _GROUND[scene.background.bottom]
    geometry = np.full((GEOMETRY, grid, grid), np.nan, np.float32)
    middle = (np.arange(grid) + 0.5) / grid
    for k, placed in enumerate(scene.things):
        mine = owner == k
        answers["thing"][mine] = _THING[placed.thing]
        answers["colour"][mine] = _COLOUR[placed.colour]
        answers["pattern"][mine] = _PATTERN[placed.pattern]
        answers["size"][mine] = _SIZE[placed.size]
        x0, y0, x1, y1 = placed.box
        x, y = placed.centre
        answers["centre"][_cell(y, grid), _cell(x, grid)] = 1
        told = np.broadcast_to((x - middle)[None, :], mine.shape)
        geometry[0][mine] = told[mine]
        geometry[1][mine] = np.broadcast_to((y - middle)[:, None], mine.shape)[mine]
        geometry[2][mine], geometry[3][mine] = x1 - x0, y1 - y0
    for word in scene.words:
        _print(word, answers)
    return answers, geometry


def _print(word: PrintedWord, answers: dict[str, np.ndarray]) -> None:
    grid = len(answers["thing"])
    x0, y0, x1, y1 = word.box
    rows = slice(_cell(y0, grid), _cell(y1, grid) + 1)
    starts = _starts(word)
    for column in range(_cell(x0, grid), _cell(x1, grid) + 1):
        answers["thing"][rows, column] = CLASSES["thing"] - 1
        for k in range(COLUMNS):
            x = (column + (k + 0.5) / COLUMNS) / grid
            if x0 <= x <= x1:
                place = int(np.searchsorted(starts, (x - x0) / (x1 - x0), side="right")) - 1
                letter = word.text.lower()[max(place, 0)]
                if letter in ALPHABET:
                    answers[f"letter{k}"][rows, column] = ALPHABET.index(letter)


def _starts(word: PrintedWord) -> np.ndarray:
    """Where each letter begins, in parts of the word's width; even parts where glyphs join."""
    (letters,) = shaped(word.text, word.font)
    left, _, right, _ = letters.ink
    starts = np.array([(glyph.x - left) / (right - left) for glyph in letters.glyphs])
    if len(starts) != len(word.text):
        return np.arange(len(word.text)) / len(word.text)
    return starts


def _cell(at: float, grid: int) -> int:
    return min(max(int(at * grid), 0), grid - 1)
