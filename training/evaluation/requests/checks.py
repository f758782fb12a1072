"""Whether a delivery keeps a fact, and how surely.

What criteria say and what tools do are looked at apart: a thing that the brief paints red is not
green, whatever a criterion says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maquette.training.evaluation.requests.carried import How
from maquette.training.evaluation.requests.facts import Delivered
from maquette.training.evaluation.requests.gold import Fact
from maquette.training.evaluation.requests.likeness import SameThing, covers, spoken
from maquette.training.evaluation.requests.slots import slot_of
from maquette.words.colours import canonical

_OUTRIGHT = ("words", "words_all", "count", "absent")
"""Of these it is not enough that a model reads their words."""
_ASKABLE = ("said", "style", "absent", "pattern", "size", "place", "ground")
"""Kinds that no tool may be able to keep: a criterion in the person's words is then right. Of any
other, it is honest and no more."""


@dataclass(frozen=True)
class Held:
    """What became of one fact."""

    how: How
    instead: str = ""
    """What the plan has that excludes it; it is then lost, however it is checked."""
    asked: bool = False
    """Whether a criterion in the person's words leaves it open: nobody then claims it."""


def held(
    fact: Fact, item: Delivered, notes: Sequence[str], same: SameThing, *, rare: bool = False
) -> Held:
    """What becomes of a gold fact in one delivery.

    Args:
        notes: what the plan tells the person.
        rare: whether it is of a thing that hardly any source has.
    """
    asked = _asked(fact, item, rare=rare)
    if asked is How.CHECKED:
        return Held(asked)
    slot = slot_of(fact, item.carried, same)
    best = max((one.how for one in slot.agree), default=How.MISSING)
    for how in (How.CHECKED, How.DONE):
        agreed = any(one.how is how for one in slot.agree)
        against = [one for one in slot.differ if one.how is how]
        if against and not agreed:
            honest = How.CHECKED if best is How.CHECKED else asked
            return Held(honest, _told(against[0].fact), asked > How.MISSING)
    return Held(max(best, asked, _in_words(fact, item, notes)), asked=asked > How.MISSING)


def _asked(fact: Fact, item: Delivered, *, rare: bool) -> How:
    """Whether a criterion in the person's own words holds the fact."""
    if not any(_said_in(asked, fact) for asked in item.asked):
        return How.MISSING
    nameless = fact.kind == "colour" and not canonical(fact.value)
    return How.CHECKED if rare or nameless or fact.kind in _ASKABLE else How.NOTED


def _in_words(fact: Fact, item: Delivered, notes: Sequence[str]) -> How:
    """Where the words of the fact stand, if nothing typed carries it."""
    if not fact.said:
        return How.MISSING
    if fact.kind == "said":
        if covers(item.criteria, fact.value):
            return How.CHECKED
        if covers(item.values, fact.value):
            return How.DONE
    elif fact.kind not in _OUTRIGHT and _said_in(item.free, fact):
        return How.HOPED
    return How.NOTED if any(_said_in(note, fact) for note in notes) else How.MISSING


def _said_in(text: str, fact: Fact) -> bool:
    """Whether a text has the words of each part of a fact, in any of the languages."""
    parts = [part for part in (fact.of, fact.value, fact.other) if part]
    return bool(parts) and all(any(covers(text, form) for form in spoken(part)) for part in parts)


def _told(fact: Fact) -> str:
    return f"{fact.kind} {fact.said}".strip()
