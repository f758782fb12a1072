"""What can flow into tools: what is attached, what the request names, what was made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.agents.tool_planning.cards import MEDIA, ToolCard
from maquette.agents.tool_planning.request.clauses import Heard
from maquette.agents.tool_planning.tool_plan import Argument, Given

_LEANS = re.compile(
    r"\b(?:based on|according to|using|use|by|with|from)\b.*\b(?:text|it|them|\w*ed)\b"
    r"|\b(?:based on|according to|use)\b|\baccordingly\b"
)
_EXACT = re.compile(r"(?<!\w)\d+(?:\.\d+)?\s?(?:x|%|times|percent)|\b(?:half|twice|double)\b")


@dataclass
class Thing:
    """Something that can flow into a tool."""

    kind: str
    argument: Argument
    keys: frozenset[str] = frozenset()
    slot: int | None = None
    uses: int = 0
    leads_to: str = ""


def things_of(heard: Heard, cards: Sequence[ToolCard], attached: Sequence[str]) -> list[Thing]:
    """What is attached and what the request names; the name of a picture file is that of an
    attached picture, in order, and an address is a text where no tool takes addresses."""
    things = [Thing(kind, Given(kind, None, attached=k)) for k, kind in enumerate(attached)]
    addresses = any(p.kind == "url" for card in cards for p in card.params)
    saved, pictures = saved_as(heard), list(things)
    for number, slot in enumerate(heard.slots):
        if number in saved:
            continue
        if attached and slot.kind in MEDIA:
            if pictures:
                pictures.pop(0).slot = number
            continue
        kind = "text" if slot.kind == "url" and not addresses else slot.kind
        given = Given(kind, slot.value)
        things.append(Thing(kind, given, slot=number, leads_to=slot.leads_to))
    return things


def leans_on(said: str) -> bool:
    """Whether words say that a text made before tells how: "according to it"; a number said
    there tells it already."""
    return bool(_LEANS.search(said.lower())) and not _EXACT.search(said.lower())


def saved_as(heard: Heard) -> frozenset[int]:
    """Slots that only name what a result should be called."""
    return frozenset(
        word.slot
        for clause in heard.clauses
        if not clause.given
        for before, word in zip(clause.words, clause.words[1:], strict=False)
        if word.slot is not None
        and heard.slots[word.slot].kind != "url"
        and (
            (before.text == "as" and "save" in clause.text().split())
            or (
                before.text in ("called", "named", "as")
                and word.link == "target"
                and not heard.slots[word.slot].quoted
            )
        )
    )
