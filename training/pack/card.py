"""Write the model card of the bundled generator from what was trained and measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from maquette.training.recipes.checkpoints import read_state
from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.split import HELD_OUT
from maquette.training.world.things import THINGS

PHASES = ("autoencoder", "decoder", "flow", "prior", "few_step")
"""Trainings, in order; not all need have run."""
BEFORE_TABLE = "weights with any role. Intervals are Wilson's at 95 %.\n\n"
BEFORE_REMARKS = "\n## How it looks\n\n"
AFTER_REMARKS = "\n## Repeat it\n"
"""What stands before and between the parts of a card that change when it is measured again."""
NOT_MEASURED = "Not measured yet: export again with `--scores` once `maquette eval pack` has run.\n"


def written_card(
    work: Path, pipeline: Any, scores: Path | None = None, remarks: Path | None = None
) -> str:
    """Write ``MODEL_CARD.md``.

    Args:
        work: folder of the trainings.
        pipeline: what is exported.
        scores: JSON rows of ``maquette eval pack``; None: the card says that none were taken.
        remarks: what a person saw, in plain words.
    """
    parts = ("autoencoder", "transformer", "text_encoder", "layout_prior")
    sizes = "\n".join(
        f"- {name}: {sum(p.numel() for p in part.parameters()):,} parameters"
        for name in parts
        if (part := getattr(pipeline, name, None)) is not None
    )
    states = [(name, read_state(work / name)) for name in PHASES]
    trained = "\n".join(
        f"- {name}: {state['step']:,} steps, {state['elapsed_s'] / 60:.0f} minutes"
        for name, state in states
        if state is not None
    )
    seen = remarks.read_text(encoding="utf-8") if remarks else "Not looked at yet.\n"
    table = _table(scores) if scores else NOT_MEASURED
    held = ", ".join(sorted(f"{colour} {thing}" for colour, thing in HELD_OUT))
    return f"""# The bundled generator

A small rectified-flow generator of flat picture-book scenes, {pipeline.output_size_px} pixels
square. It was trained on renders of our own procedural world (`training/world`) on two CPU
cores. No outside data or weights were used.

## What it can draw

One to six things: {", ".join(THINGS)}; in {", ".join(COLOURS)}; {", ".join(PATTERNS)}; beside,
inside or in front of one another; on backgrounds of {", ".join(BACKGROUNDS)}, on blends of them
or in simple landscapes. Boxes with short phrases ("red circle") say what goes where; without
boxes its own layout prior plans them, and the row's state tells them. It also changes a given
picture by instruction, fills holes, shows a thing from a picture again and prints letters.
Words outside `vocabulary.json` are unknown to it.

## Parts

{sizes}

Stored in float16, loaded in float32.

{trained}

## Measured on held-out scenes

Unseen pairs are colour-thing pairs that no training picture holds: {held}. The judge shares no
{BEFORE_TABLE}{table}{BEFORE_REMARKS}{seen}{AFTER_REMARKS}
`docs/training.md` has the commands, from empty folder to measured pack. Seeds are fixed; results
differ with the number of steps that fit into the minutes, and in the last bits between machines.
Licence: as the repository.
"""


def measured_anew(card: str, scores: Path, remarks: Path) -> str:
    """A written card with another table and other remarks: the weights are the same.

    Args: as for ``written_card``.
    Raises: ValueError: the card was not written by ``written_card``.
    """
    for mark in (BEFORE_TABLE, BEFORE_REMARKS, AFTER_REMARKS):
        if card.count(mark) != 1:
            raise ValueError(f"the card has no part that begins with {mark.strip()!r}")
    head, rest = card.split(BEFORE_TABLE)
    seen = remarks.read_text(encoding="utf-8")
    tail = rest.split(AFTER_REMARKS)[1]
    return f"{head}{BEFORE_TABLE}{_table(scores)}{BEFORE_REMARKS}{seen}{AFTER_REMARKS}{tail}"


def _table(scores: Path) -> str:
    return score_table(json.loads(scores.read_text(encoding="utf-8")))


def score_table(rows: list[dict[str, Any]]) -> str:
    """Write measured rows as a Markdown table."""
    lines = ["| row | value | 95 % interval | n | bar | holds |", "|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(
            f"| {row['name']} | {row['value']:.3f} | {row['low']:.3f} to {row['high']:.3f} | "
            f"{row['n']} | {row['bar']:.2f} | {'yes' if row['holds'] else 'no'} |"
        )
    return "\n".join(lines) + "\n"
