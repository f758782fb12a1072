"""What each patch of a picture shows: dense lessons for the vision tower, dropped on export.

Notation: ``g`` patches on a side.
"""

from __future__ import annotations

import numpy as np

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.drawing.landscapes import LANDSCAPES
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.printed import Box, PrintedWord, shaped
from maquette.training.world.scene import Scene
from maquette.training.world.sizes import SIZES
from maquette.training.world.things import THINGS

IGNORED = -100
COLUMNS = 2
"""Places in a patch, from left to right, at which a letter is asked for."""
LETTERS = tuple(f"letter{k}" for k in range(COLUMNS))
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

CLASSES: dict[str, int] = {
    "thing": len(THINGS) + 2,
    "colour": len(COLOURS),
    "pattern": len(PATTERNS),
    "size": len(SIZES),
    "ground": len(BACKGROUNDS) + len(LANDSCAPES),
    "ground_below": len(BACKGROUNDS) + len(LANDSCAPES),
    "centre": 2,
    **{name: len(ALPHABET) for name in LETTERS},
}
"""Question about a patch to the number of answers; thing 0 is nothing, the last is print."""
GEOMETRY = 4
"""Numbers told of a thing's patch: way to its centre, and its width and height."""

_THING = {name: k for k, name in enumerate(THINGS, 1)}
_COLOUR = {name: k for k, name in enumerate(COLOURS)}
_PATTERN = {name: k for k, name in enumerate(PATTERNS)}
_SIZE = {name: k for k, name in enumerate(SIZES)}
_GROUND = {name: k for k, name in enumerate((*BACKGROUNDS, *LANDSCAPES))}


def lessons(scene: Scene, owner: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The right answer to each question about each patch.

    Args:
        owner: int8 (g, g), index of the thing that each patch shows, -1 for none.
    Returns: question to int64 (g, g), ``IGNORED`` where it has none; and geometry as
        float32 (4, g, g), NaN where there is none, in parts of the picture.
    """
    grid = len(owner)
    answers = blank(grid)
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
        tell_print(word, word.box, answers)
    return answers, geometry


def blank(grid: int) -> dict[str, np.ndarray]:
    """No answer to any question: int64 (g, g) each."""
    return {name: np.full((grid, grid), IGNORED, np.int64) for name in CLASSES}


def tell_print(word: PrintedWord, box: Box, answers: dict[str, np.ndarray]) -> None:
    """Write which patches show a word's letters into the answers, each (g, g).

    Args:
        box: where the word is, xyxy in parts of the patches' square; it may reach beyond.
    """
    grid = len(answers["thing"])
    x0, y0, x1, y1 = box
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
                    answers[LETTERS[k]][rows, column] = ALPHABET.index(letter)


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
