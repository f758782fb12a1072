"""Composed pictures beside drawn ones of the same words, judged without knowing which is which.

The pictures of both lie in one folder, ``sheet-01-art.png`` and ``sheet-01-drawn.png`` (of several
``-1``, ``-2`` ... before the ending), as ``maquette run`` saves them. ``blind`` sets them side by
side, the sides drawn by a seed; a person writes A or B for each; ``joined`` adds what the sides
were. What has no picture on either side is nobody's preference and counts against composing.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from maquette.training.evaluation.art.plans import plans
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.kept import RESULTS
from maquette.training.evaluation.sheet import contact_sheet

PAIRS = RESULTS / "art" / "pairs.json"
SOURCES = ("art", "drawn")
BAR = 0.90
"""Least share of requests in which the composed picture is preferred."""
SEED = 20270517
SIDE_PX, A_SHEET, COLUMNS = 400, 8, 4


def sides(ids: Sequence[str], seed: int = SEED) -> dict[str, tuple[str, str]]:
    """Which source stands at A and which at B, for each request in order."""
    rng = random.Random(seed)
    key = {}
    for id in ids:
        order = list(SOURCES)
        rng.shuffle(order)
        key[id] = (order[0], order[1])
    return key


def requests() -> dict[str, str]:
    """The words of the sheets by their ids, in order."""
    return {plan.id.partition(".")[0]: plan.words for plan in plans("sheets")}


def blind(pictures: Path, out: Path, seed: int = SEED) -> int:
    """Write sheets of four pairs, A left and B right of each. Returns: how many sheets."""
    out.mkdir(parents=True, exist_ok=True)
    shown, captions = [], []
    for id, (first, second) in sides(list(requests()), seed).items():
        for side, source in (("A", first), ("B", second)):
            shown.append(_picture(pictures, id, source))
            captions.append(f"{id} {side}: {requests()[id]}")
    starts = range(0, len(shown), A_SHEET)
    for number, start in enumerate(starts, start=1):
        part = slice(start, start + A_SHEET)
        path = out / f"blind_{number:02}.png"
        contact_sheet(shown[part], captions[part], COLUMNS, path, side_px=SIDE_PX)
    return len(starts)


def _picture(folder: Path, id: str, source: str) -> np.ndarray:
    """One square: the picture, several in a grid, or grey where there is none."""
    name = re.compile(rf"{re.escape(id)}-{source}(-\d+)?\.png")
    files = sorted(file for file in folder.iterdir() if name.fullmatch(file.name))
    across = 1 if len(files) < 2 else 2
    side = SIDE_PX // across
    square = Image.new("RGB", (SIDE_PX, SIDE_PX), "#999999")
    for k, file in enumerate(files[: across * across]):
        picture = ImageOps.pad(Image.open(file).convert("RGB"), (side, side), color="#999999")
        square.paste(picture, (k % across * side, k // across * side))
    return np.asarray(square)


def joined(
    chosen: Mapping[str, str | None], prints: Sequence[str], notes: Mapping[str, str], seed: int
) -> dict[str, Any]:
    """Judgements with what the sides were, as ``pairs.json`` holds them.

    Args:
        chosen: "A" or "B" for each request, None where neither side has a picture.
        prints: the requests whose composed picture would be handed out as it is.
    """
    key = sides(list(chosen), seed)
    return {
        id: {
            "a": key[id][0],
            "b": key[id][1],
            "chosen": side,
            "preferred": None if side is None else key[id]["AB".index(side)],
            "print": id in prints,
            **({"note": notes[id]} if id in notes else {}),
        }
        for id, side in chosen.items()
    }


def record(judged: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Shares with intervals, and what is wrong with composed pictures from words."""
    preferred = sum(one["preferred"] == "art" for one in judged.values())
    printed = sum(bool(one["print"]) for one in judged.values())
    return {
        "composed preferred to drawn": str(Share(preferred, len(judged))),
        "bar": BAR,
        "holds": preferred / len(judged) >= BAR,
        "neither has a picture": [id for id, one in judged.items() if one["preferred"] is None],
        "from words, would be printed": str(Share(printed, len(judged))),
        "would not be": {id: one.get("note", "") for id, one in judged.items() if not one["print"]},
    }


def table(told: Mapping[str, Any]) -> str:
    """The record for people."""
    word = "holds" if told["holds"] else "does not hold"
    lines = [
        f"composed preferred to drawn   {told['composed preferred to drawn']}, {BAR} {word}",
        f"neither has a picture         {', '.join(told['neither has a picture']) or 'none'}",
        f"from words, would be printed  {told['from words, would be printed']}",
    ]
    return "\n".join([*lines, *(f"  {id}: {note}" for id, note in told["would not be"].items())])


def read_pairs(path: Path = PAIRS) -> dict[str, dict[str, Any]]:
    """The judgements that come along."""
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found
