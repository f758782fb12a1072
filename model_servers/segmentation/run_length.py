"""Masks as text: rows of runs that a language model can read and write, and COCO's own form.

A grid of labels is written row by row, each row as runs ``label *count`` joined by ``| ``, rows
joined by a line break and a space, the whole between ``<seg>`` and ``</seg>``. Writing and
reading back loses nothing: the few characters that build the form are escaped in labels.

Source: Text4Seg (row-wise run-length encoding of semantic descriptors). Different here: labels
are escaped, reading never raises and says what was wrong.

Notation: ``H W`` rows and columns of cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np

BACKGROUND = "others"
"""The label of cells that belong to nothing named."""
COARSE_CELLS = 24
"""Cells on the longer side of a coarse grid."""

_OPEN, _CLOSE, _ITEM, _ROW = "<seg>", "</seg>", "| ", "\n "
_ESCAPES = {"\\": "\\\\", "|": "\\p", "<": "\\l", "\n": "\\n", "\r": "\\r"}
_UNESCAPES = {"\\": "\\", "p": "|", "l": "<", "n": "\n", "r": "\r", "s": " "}
_RUN = re.compile(r"(.+) \*([0-9]{1,9})", re.DOTALL)
MAX_PROBLEMS = 20


@dataclass(frozen=True)
class Reading:
    """A grid read from text, always of the size asked for."""

    labels: tuple[tuple[str, ...], ...]
    """H rows of W labels."""
    problems: tuple[str, ...]
    """What was wrong with the text, the first few; none if it was well formed."""

    @property
    def parse_ok(self) -> bool:
        """Whether the text was well formed and of the right size."""
        return not self.problems


def encode_grid(labels: Sequence[Sequence[str]]) -> str:
    """Write a grid of labels as text.

    Args:
        labels: H rows of W labels, H and W at least 1; no label is empty.
    Raises: InvalidInput: rows of different lengths, no cells, or an empty label.
    """
    widths = {len(row) for row in labels}
    if len(widths) != 1 or widths == {0}:
        raise InvalidInput(
            f"the rows of the grid have {sorted(widths) or 'no'} cells; expected one length above 0"
        )
    rows = []
    for row in labels:
        runs = [(label, len(list(cells))) for label, cells in groupby(row)]
        rows.append(_ITEM.join(f"{_escaped(label)} *{count}" for label, count in runs))
    return _OPEN + _ROW.join(rows) + _CLOSE


def decode_grid(text: str, height_cells: int, width_cells: int) -> Reading:
    """Read a grid from text; whatever the text, the grid has the size asked for.

    A short row repeats its last label, a long one is cut, a missing row is background; each is
    told in ``problems``.
    """
    problems: list[str] = []
    rows = _rows(text, problems)
    if len(rows) != height_cells:
        problems.append(f"{len(rows)} rows; expected {height_cells}")
    blank = (BACKGROUND,) * width_cells
    labels = [
        _row(rows[k], width_cells, f"row {k + 1}", problems) if k < len(rows) else blank
        for k in range(height_cells)
    ]
    return Reading(tuple(labels), tuple(problems[:MAX_PROBLEMS]))


def encode_mask(mask: np.ndarray, label: str) -> str:
    """Write a mask as text: ``label`` where it is true, the background label elsewhere.

    Args:
        mask: bool (H, W).
    Raises: InvalidInput: the label is empty or the background's own.
    """
    if label == BACKGROUND:
        raise InvalidInput(
            f"the label is {label!r}, which stands for the background",
            hint="name the thing otherwise",
        )
    return encode_grid([[label if cell else BACKGROUND for cell in row] for row in mask.tolist()])


def coarse(mask: np.ndarray, cells: int = COARSE_CELLS) -> np.ndarray:
    """Shrink a mask to a grid with ``cells`` on its longer side: true where at least half of a
    cell is covered. The fullest cell of a mask too thin for any stays true.

    Args:
        mask: bool (H, W).
    Returns: bool (h, w).
    """
    import numpy as np

    height, width = mask.shape
    scale = min(1.0, cells / max(height, width))
    rows = np.linspace(0, height, max(1, round(height * scale)) + 1).astype(int)
    columns = np.linspace(0, width, max(1, round(width * scale)) + 1).astype(int)
    sums = np.add.reduceat(np.add.reduceat(mask.astype(np.int64), rows[:-1], 0), columns[:-1], 1)
    share = sums / np.outer(np.diff(rows), np.diff(columns))  # (h, w)
    grid = share >= 0.5
    if mask.any() and not grid.any():
        grid = share == share.max()
    return grid


def to_coco(mask: np.ndarray) -> tuple[tuple[int, int], str]:
    """A mask in COCO's compressed run lengths: ``((height, width), counts)``."""
    import numpy as np
    from pycocotools import mask as coco

    found = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    return (int(found["size"][0]), int(found["size"][1])), found["counts"].decode("ascii")


def _rows(text: str, problems: list[str]) -> list[str]:
    body = text.strip()
    if body.startswith(_OPEN):
        body = body[len(_OPEN) :]
    else:
        problems.append(f"no {_OPEN} at the start")
    if _CLOSE in body:
        body, _, rest = body.partition(_CLOSE)
        if rest.strip():
            problems.append(f"something follows {_CLOSE}")
    else:
        problems.append(f"no {_CLOSE} at the end")
    return [row.removeprefix(" ") for row in body.split("\n")] if body.strip() else []


def _row(row: str, width: int, where: str, problems: list[str]) -> tuple[str, ...]:
    cells: list[str] = []
    for item in row.split("|"):
        run = _RUN.fullmatch(item.removeprefix(" "))
        label = _unescaped(run[1]) if run else None
        if run is None or label is None or int(run[2]) == 0:
            problems.append(f"{where}: {item.strip()[:40]!r} is no run 'label *count'")
            continue
        cells += [label] * min(int(run[2]), width + 1)
        if len(cells) > width:
            break
    if len(cells) != width:
        told = f"more than {width}" if len(cells) > width else f"{len(cells)}"
        problems.append(f"{where}: {told} cells; expected {width}")
    cells += [cells[-1] if cells else BACKGROUND] * (width - len(cells))
    return tuple(cells[:width])


def _escaped(label: str) -> str:
    if not label:
        raise InvalidInput("a label of the grid is empty; expected at least one character")
    text = "".join(_ESCAPES.get(character, character) for character in label)
    return "\\s" + text[1:] if text[0] == " " else text


def _unescaped(text: str) -> str | None:
    """The label, or None if an escape is unknown or unfinished."""
    out: list[str] = []
    characters = iter(text)
    for character in characters:
        if character != "\\":
            out.append(character)
            continue
        known = _UNESCAPES.get(next(characters, ""))
        if known is None:
            return None
        out.append(known)
    return "".join(out)
