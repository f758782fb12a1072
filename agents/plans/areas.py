"""Changes of things that no generator need know: found by the segmenter, changed by their mask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from maquette.agents.plans.edits import drawn_changes, name_of, pictures_meant, scale_of
from maquette.agents.reading.changes import Change, ChangeKind
from maquette.records.errors import FixInput
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Node, Plan
from maquette.records.task import TaskRequest
from maquette.words.lexicon import Lexicon, singular
from maquette.words.stopwords import DETERMINERS, NUMBERS

BY_MASK = frozenset(
    {ChangeKind.RECOLOUR, ChangeKind.REMOVE, ChangeKind.MOVE, ChangeKind.RESIZE, ChangeKind.BLUR}
)
"""Kinds of changes for which a mask is enough."""
_PICKS = {
    "left": "left", "leftmost": "left", "right": "right", "rightmost": "right", "top": "top",
    "topmost": "top", "upper": "top", "bottom": "bottom", "lower": "bottom", "middle": "middle",
    "central": "middle", "centre": "middle", "center": "middle", "largest": "largest",
    "biggest": "largest", "big": "largest", "large": "largest", "tallest": "largest",
    "smallest": "smallest", "small": "smallest", "shortest": "smallest",
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "last": -1,
}  # fmt: skip
_ON_A_SIDE = re.compile(
    r"(?:on|at|to|in)\s+(?:the\s+)?(?:far\s+)?"
    r"(?P<side>left|right|top|bottom|middle|centre|center)(?:[\s-]+(?:hand\s+)?side)?$"
)
_NAMELESS = frozenset({"one", "ones", "thing", "things", "it", "them", "this", "that"})


@dataclass(frozen=True)
class Sought:
    """What the segmenter is asked for, and which of what it finds is meant."""

    phrase: str
    pick: str = "one"
    number: int = 0
    """From the left; 0: none was said."""
    count: int = 1
    """How many of that side; 0: all on it."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Those of ``find_area``, but for the picture."""
        told: dict[str, Any] = {"phrase": self.phrase}
        if self.number:
            return {**told, "number": self.number}
        if self.pick != "one":
            told["pick"] = self.pick
        return told if self.count == 1 else {**told, "count": self.count}


def sought_by(change: Change) -> Sought:
    """Which thing is changed. Raises: FixInput: it is not named."""
    words, pick, number, count = [], "one", 0, 1
    for word in change.target.lower().split():
        if word in _PICKS:
            pick = _PICKS[word]
        elif word in _ORDINALS:
            number = _ORDINALS[word]
        elif word in NUMBERS or word in DETERMINERS:
            count = NUMBERS.get(word, count)
        else:
            words.append(word)
    if not words or words[-1] in _NAMELESS:
        raise FixInput(
            f"understood: {change}; but it is not said which thing is meant",
            hint='Name it, e.g. "make the left door red".',
        )
    if side := _ON_A_SIDE.match(change.where):
        pick = _PICKS[side["side"]]
    elif change.where:
        words.append(change.where)
    phrase = " ".join(words)
    if number:
        return Sought(phrase, number=number)
    if count == 1 and singular(_noun(change)) == _noun(change):
        return Sought(phrase, pick)
    if pick == "one":
        return Sought(phrase, "every", count=count)
    return Sought(phrase, pick, count=count if count > 1 else 0)


def area_calls(change: Change, image: str, *, name: str, number: int) -> Iterator[Call]:
    """The calls that find a thing in a picture and change it; the last one gives the picture.
    Words are found by reading, by the one call that changes them.

    Args:
        image: the reference of the picture.
        name, number: what their ids are made of.
    Raises: FixInput: the thing is not named.
    """
    if change.kind is ChangeKind.REWORD:
        told = {"image": {REFERENCE_KEY: image}, "old": change.target, "new": change.new}
        yield Call(id=f"{name}_step{number}", tool="change_words", arguments=told)
        return
    sought = sought_by(change)
    found = f"{name}_found{number}"
    yield Call(
        id=found,
        tool="find_area",
        arguments={"image": {REFERENCE_KEY: image}, **sought.arguments},
        reason=f"the segmenter is asked where this is: {_said(change)}"[:400],
    )
    tool, told = _change(change)
    yield Call(
        id=f"{name}_step{number}",
        tool=tool,
        arguments={
            "image": {REFERENCE_KEY: image},
            "mask": {REFERENCE_KEY: f"{found}.mask"},
            **told,
            "thing": sought.phrase,
        },
        reason="done by the mask alone: no generator is asked",
    )


def _said(change: Change) -> str:
    return f"{change.target} {change.where}".strip()


def _noun(change: Change) -> str:
    return change.target.lower().split()[-1]


def _change(change: Change) -> tuple[str, dict[str, Any]]:
    """The tool that makes a change, and what is told it beside the area."""
    match change.kind:
        case ChangeKind.RECOLOUR:
            return "recolour_area", {"colour": change.new}
        case ChangeKind.MOVE:
            return "move_area", {"place": change.new.removeprefix("to the ")}
        case ChangeKind.RESIZE:
            return "scale_area", {"factor": scale_of(change)}
        case ChangeKind.BLUR:
            return "blur_area", {}
        case _:
            return "remove_area", {}


def needs_mask(change: Change, lexicon: Lexicon, *, seed: int, finds: bool) -> bool:
    """Whether a change is made by a mask: the generator does not know its thing, or how.

    Args:
        finds: whether things are found by their names and drawn anew where they are.
    """
    if change.kind not in BY_MASK:
        return change.kind is ChangeKind.REWORD
    try:
        drawn = drawn_changes([change], lexicon, seed=seed, finds=finds)
    except FixInput:
        return True
    return change.kind is ChangeKind.BLUR or bool(drawn.unknown)


def masked_plan(
    request: TaskRequest,
    changes: Sequence[Change],
    by_mask: Sequence[bool],
    lexicon: Lexicon,
    *,
    judged: bool,
    finds: bool,
) -> Plan:
    """Make changes of the picture that is meant, some by a mask, the others by the generator.

    Args:
        by_mask: of each change, whether it is made by a mask.
        judged, finds: as ``edit_plan`` takes them, for the others.
    Raises: FixInput: it is open which picture or thing is meant, or the generator does not know a
        word of the others.
    """
    chosen = pictures_meant(request, ", ".join(map(str, changes)))
    seed, outputs = request.options.seed, []
    nodes: list[Node] = []
    notes: list[str] = []
    for k in chosen:
        name, image, number = name_of(k, one=len(chosen) == 1), f"{INPUTS}.{k}", 0
        for masked, pairs in groupby(zip(changes, by_mask, strict=True), key=itemgetter(1)):
            run = [change for change, _ in pairs]
            if not masked:
                drawn = drawn_changes(run, lexicon, seed=seed, finds=finds)
                nodes.append(drawn.loop(f"{name}_drawn{number + 1}", image, judged=judged))
                notes += drawn.notes
                image = f"{nodes[-1].id}.image"
            for at, change in enumerate(run if masked else (), start=number + 1):
                nodes += area_calls(change, image, name=name, number=at)
                image = f"{nodes[-1].id}.image"
            number += len(run)
        outputs.append(image)
    return Plan(
        nodes=tuple(nodes),
        outputs=tuple(outputs),
        summary=f"change the attached picture: {'; '.join(map(str, changes))}"[:400],
        notes=tuple(dict.fromkeys(notes)),
    )
