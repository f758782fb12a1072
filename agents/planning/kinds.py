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
SURELY_OPEN = 0.985
"""Probability from which a request that names something is still asked about."""
CLOSE, LIKELY = 0.12, 0.55
"""Two kinds are close where they differ by less and neither is likelier."""


def intent_of(reading: Reading) -> str:
    """The name of the intent."""
    showing = reading.showing
    if showing and (reading.attached or set(showing.nouns) == {ANYTHING}):
        return "show"  # without a picture it is asked for
    return INTENTS[kind_of(reading)]


def kind_of(reading: Reading) -> str:
    """The likeliest kind. What names something to draw is only asked about where that is sure."""
    item = reading.labelled
    if item.kind != "clarify" or item.kinds["clarify"] > SURELY_OPEN or not _shows(reading):
        return item.kind
    others = {kind: share for kind, share in item.kinds.items() if kind != "clarify"}
    return max(others, key=lambda kind: others[kind])


def _shows(reading: Reading) -> bool:
    return bool(reading.shown or reading.scene.wish.things)


def is_open(reading: Reading) -> tuple[str, str] | None:
    """The two kinds between which it is open what is wanted; None: it is clear."""
    item = reading.labelled
    kinds = [kind for kind in item.kinds if kind != "clarify" or not _shows(reading)]
    if len(kinds) < 2:
        return None
    first, second = sorted(kinds, key=lambda kind: -item.kinds[kind])[:2]
    whole = sum(item.kinds[kind] for kind in kinds) or 1.0
    shares = item.kinds[first] / whole, item.kinds[second] / whole
    near = shares[0] - shares[1] < CLOSE and shares[0] < LIKELY
    return (first, second) if near and INTENTS[first] != INTENTS[second] else None


def kinds_of(items: Sequence[Reading]) -> tuple[str, ...]:
    """The kind of each item of a request."""
    return tuple(kind_of(one) for one in items)
