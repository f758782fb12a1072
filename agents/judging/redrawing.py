"""Propose redrawings: a thing that failed is said again, then drawn closer to the words."""

from __future__ import annotations

from collections.abc import Iterator

from maquette.records.criterion import Colour, Count, Criterion, Exists, Relation
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding
from maquette.words.lexicon import plural

DRAW = "draw"
FIRMER, FIRMEST = 1.5, 9.0
"""By how much guidance grows, and its limit."""
USUAL_GUIDANCE = 3.0
"""Where the call left it to the model."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def redrawings(
    finding: Finding, body: tuple[Call, ...], tried: frozenset[str]
) -> Iterator[Revision]:
    """Changes of the draw call that may mend a failed finding, best first."""
    art = next((call for call in body if call.tool == DRAW), None)
    words = restated(finding.criterion)
    prompt = None if art is None else art.arguments.get("prompt")
    if art is None or words is None or not isinstance(prompt, str):
        return
    said = f"{finding.criterion.id}:say_again"
    if said not in tried and not prompt.endswith(words):
        yield Revision(
            id=said,
            call=art.id,
            changes={"prompt": f"{prompt}. {words}"},
            reason=f"{finding.reason}; said again: {words!r}"[:400],
        )
    firmer = f"{finding.criterion.id}:firmer"
    guidance = art.arguments.get("guidance")
    now = float(guidance) if isinstance(guidance, int | float) else USUAL_GUIDANCE
    if firmer not in tried and now < FIRMEST:
        yield Revision(
            id=firmer,
            call=art.id,
            changes={"guidance": min(FIRMEST, round(now * FIRMER, 2))},
            reason=f"{finding.reason}; drawn closer to the words"[:400],
        )


def restated(criterion: Criterion) -> str | None:
    """The criterion as a caption would say it; None: it is not about things."""
    match criterion:
        case Exists(thing=thing):
            return f"a {thing}"
        case Colour(thing=thing, colour=colour):
            return f"a {colour} {thing}"
        case Count(thing=thing, count=count) if 0 < count < len(_NUMBERS):
            return f"{_NUMBERS[count]} {thing if count == 1 else plural(thing)}"
        case Relation(subject=subject, relation=relation, object=other) if "text" not in (
            subject,
            other,
        ):
            return f"the {subject} is {relation} the {other}"
    return None
