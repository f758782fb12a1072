"""Pictures for a person to label, and the labels read back.

Layout of ``<work>/labels``: ``pictures/001.png`` and so on, ``sheet_01.png`` and so on with twenty
numbered pictures each, and ``labels.json``. The sheets do not tell what was asked for: who labels
says what is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from maquette.records.errors import ConfigError
from maquette.training.evaluation.asks import ASKS, Ask
from maquette.training.evaluation.judge.judge import Found
from maquette.training.evaluation.sheet import contact_sheet
from maquette.training.world.colours import COLOURS
from maquette.training.world.things import THINGS

FOLDER, FILE, PICTURES = "labels", "labels.json", "pictures"
A_SHEET, COLUMNS = 20, 5
ASKED = ("one_thing", "two_things", "counts_1_4", "layout", "edit")
"""Rows whose requests take turns."""
FIRST_TRIAL = 1_000_000
"""Far from the trials that rows measure."""
HOW = (
    "Look at each numbered picture and write what you see, whatever was asked for: in 'things' a "
    "list such as ['red circle', 'blue star'], line by line from the top, each from left to right; "
    "[] where there is no thing. Name what it looks like most. Colours and things are those of the "
    "world: see 'colours' and 'nouns'."
)
_LINE = 0.12
"""Things whose middles differ less in height stand in one line."""


def label_asks(count: int, seed: int) -> Iterator[Ask]:
    """Requests of every row in turn, other ones than the rows measure."""
    for k in range(count):
        yield ASKS[ASKED[k % len(ASKED)]](FIRST_TRIAL + 10_000 * seed + k)


def write_sheets(drawn: Iterable[np.ndarray], work: Path, seed: int) -> Path:
    """Write pictures, numbered sheets and a file with empty labels; returns the file.

    Args:
        drawn: uint8 (H, W, 3) each.
    Raises: ConfigError: labels are there already.
    """
    folder = work / FOLDER
    if (folder / FILE).exists():
        raise ConfigError(
            f"{folder / FILE} is there already; it may hold somebody's labels",
            hint="move the folder away, or name another --work",
        )
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    records: list[dict[str, Any]] = []
    sheet: list[np.ndarray] = []
    for number, picture in enumerate(drawn, 1):
        file = _file(folder, number)
        Image.fromarray(picture).save(file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        records.append({"number": number, "sha256": digest, "things": None})
        sheet.append(picture)
        if len(sheet) == A_SHEET:
            _write_sheet(folder, sheet, number)
            sheet = []
    if sheet:
        _write_sheet(folder, sheet, len(records))
    told = {
        "how": HOW,
        "colours": list(COLOURS),
        "nouns": list(THINGS),
        "seed": seed,
        "pictures": records,
    }
    (folder / FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return folder / FILE


@dataclass(frozen=True)
class Labels:
    """What a person saw."""

    folder: Path
    """Where the pictures lie."""
    records: dict[int, dict[str, Any]]
    """Number to what is told of the picture, of labelled ones only."""

    @property
    def numbers(self) -> list[int]:
        """Of the labelled pictures."""
        return sorted(self.records)

    def told(self, number: int) -> list[tuple[str, str]]:
        """Colour and thing of each thing in a picture, in reading order."""
        return [pair_of(words, number) for words in self.records[number]["things"]]

    def kind(self, number: int) -> str:
        """The row whose request the picture answers; the file does not tell it."""
        return ASKED[(number - 1) % len(ASKED)]

    def picture(self, number: int) -> np.ndarray:
        """uint8 (H, W, 3). Raises: ConfigError: it is not the one that was labelled."""
        file = _file(self.folder, number)
        if not file.is_file():
            raise ConfigError(
                f"the labelled picture {file.name} is not in {self.folder}",
                hint="keep the pictures of `maquette eval label-sheets` in --work",
            )
        if hashlib.sha256(file.read_bytes()).hexdigest() != self.records[number]["sha256"]:
            raise ConfigError(
                f"the picture {file.name} is not the one that was labelled",
                hint="restore it, or label the new pictures",
            )
        with Image.open(file) as image:
            return np.asarray(image.convert("RGB"))


def read_labels(work: Path, file: Path | None = None) -> Labels:
    """Read and check labels; the pictures lie in ``work``.

    Raises: ConfigError: there are none, or one of them is not of the world.
    """
    file = file or work / FOLDER / FILE
    if not file.is_file():
        raise ConfigError(
            f"nobody has labelled pictures yet (no {file.name} in {file.parent})",
            hint="run `maquette eval label-sheets`, look at the sheets and fill in the file",
        )
    records = json.loads(file.read_text(encoding="utf-8"))["pictures"]
    done = {record["number"]: record for record in records if record["things"] is not None}
    if not done:
        raise ConfigError(
            f"{file.name} has no labels yet: all {len(records)} lists of things are null",
            hint="look at the sheets and fill them in",
        )
    labels = Labels(work / FOLDER, done)
    for number in labels.numbers:
        labels.told(number)
    return labels


def pair_of(words: str, number: int) -> tuple[str, str]:
    """Colour and thing of a label such as "red circle". Raises: ConfigError: it is no such."""
    colour, _, thing = words.strip().lower().replace("grey", "gray").partition(" ")
    if colour not in COLOURS or thing not in THINGS:
        raise ConfigError(
            f"picture {number} is labelled {words!r}; expected a colour and a thing of the world",
            hint=f"colours: {', '.join(COLOURS)}; things: {', '.join(THINGS)}",
        )
    return colour, thing


def reading_order(found: Iterable[Found]) -> list[Found]:
    """Things line by line from the top, in a line from left to right."""
    lines: list[list[Found]] = []
    for one in sorted(found, key=_height):
        if lines and _height(one) - _height(lines[-1][0]) < _LINE:
            lines[-1].append(one)
        else:
            lines.append([one])
    return [one for line in lines for one in sorted(line, key=lambda f: f.box[0] + f.box[2])]


def _height(found: Found) -> float:
    return (found.box[1] + found.box[3]) / 2


def _write_sheet(folder: Path, pictures: list[np.ndarray], last: int) -> None:
    numbers = [str(number) for number in range(last - len(pictures) + 1, last + 1)]
    path = folder / f"sheet_{-(-last // A_SHEET):02d}.png"
    contact_sheet(pictures, numbers, COLUMNS, path, lines=1)


def _file(folder: Path, number: int) -> Path:
    return folder / PICTURES / f"{number:03d}.png"
