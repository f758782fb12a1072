"""Which intent plans an item of a request, by the kind that the reader finds likeliest."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.reading.request import Reading
from maquette.agents.reading.showing import ANYTHING

INTENTS = {
    "image": "draw",
    "image_text": "draw",
    "sequence": "draw",
    "image_edit": "edit",
    "caption": "describe",
    "answer": "describe",
    "ocr": "read",
    "mask": "find",
    "boxes": "find",
    "score": "rate",
    "retrieve": "search",
    "text": "chat",
    "unavailable": "sound",
    "clarify": "clarify",
}
"""Kind to intent."""
CLOSE, LIKELY = 0.12, 0.55
"""Two kinds are close where they differ by less and neither is likelier."""


def intent_of(reading: Reading) -> str:
    """The name of the intent."""
    item = reading.labelled
    showing = reading.showing
    if showing and (reading.attached or set(showing.nouns) == {ANYTHING}):
        return "show"  # without a picture it is asked for
    return INTENTS[item.kind]


def is_open(reading: Reading) -> tuple[str, str] | None:
    """The two kinds between which it is open what is wanted; None: it is clear."""
    item = reading.labelled
    if len(item.kinds) < 2:
        return None
    first, second = sorted(item.kinds, key=lambda kind: -item.kinds[kind])[:2]
    near = item.kinds[first] - item.kinds[second] < CLOSE and item.kinds[first] < LIKELY
    return (first, second) if near and INTENTS[first] != INTENTS[second] else None


def kinds_of(items: Sequence[Reading]) -> tuple[str, ...]:
    """The kind of each item of a request."""
    return tuple(one.labelled.kind for one in items)
