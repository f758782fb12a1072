"""Which clauses of an edit adjust the whole picture, and which change things in it."""

from __future__ import annotations

from maquette.agents.reading.changes import Change, ChangeKind, Unclear
from maquette.agents.reading.labelled.edits.adjusting import Adjustment
from maquette.agents.reading.labelled.edits.clauses import clauses_of
from maquette.agents.reading.labelled.labelled import Labelled


def whole_changes(
    item: Labelled, changes: tuple[Change, ...] | Unclear | None
) -> tuple[list[Adjustment], tuple[Change, ...]]:
    """The adjustments of the whole picture, and the changes of things that are left.

    A change that only repeats an adjustment ("remove the background") is not made twice.
    """
    adjustments: list[Adjustment] = []
    for clause in clauses_of(item):
        for one in clause.adjustments(item):
            if one not in adjustments:
                adjustments.append(one)
    told = changes if isinstance(changes, tuple) else ()
    left = tuple(one for one in told if not _same(one, adjustments))
    return adjustments, left


def _same(change: Change, adjustments: list[Adjustment]) -> bool:
    tools = {one.tool for one in adjustments}
    if "remove_background" in tools:
        return change.kind is ChangeKind.BACKGROUND or "background" in change.target
    framed = "frame" in tools and ("frame" in change.new or "border" in change.new)
    named = change.target in ("picture", "image", "photo", "it", "everything", "drawing")
    return framed or named
