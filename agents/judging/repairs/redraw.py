"""Draw again: what failed is said again, then drawn closer to the words; words that nobody asked
for are kept out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maquette.agents.judging.text import EXTRA, normal
from maquette.records.criterion import (
    Colour,
    Count,
    Criterion,
    Exists,
    Relation,
    TextReads,
    without_contact,
)
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding
from maquette.words.lexicon import plural

FIRMER, FIRMEST = 1.5, 9.0
"""By how much guidance grows, and its limit."""
USUAL_GUIDANCE = 3.0
"""Where the call left it to the model."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


class Redraw:
    """Draws again what failed: things, counts, colours and places, and words too many."""

    name = "redraw"
    kinds = frozenset({"text_reads", "exists", "count", "colour", "relation"})
    tool = "draw"

    def propose(
        self, finding: Finding, calls: Sequence[Call], tried: frozenset[str]
    ) -> Iterator[Revision]:
        """Of a body that draws more than once, the first drawing is changed."""
        changes = _without_words if isinstance(finding.criterion, TextReads) else _restated
        for revision in changes(finding, calls[0]):
            if revision.id not in tried:
                yield revision


def _without_words(finding: Finding, art: Call) -> Iterator[Revision]:
    """Words that the drawing itself shows go away only by drawing without them."""
    extra = finding.evidence.answer or ""
    read = finding.evidence.string_read or ""
    if not isinstance(finding.criterion, TextReads) or not extra.startswith(EXTRA):
        return
    if read != normal(finding.criterion.text):
        return
    avoided = str(art.arguments.get("negative_prompt", ""))
    yield Revision(
        id=f"{finding.criterion.id}:redraw",
        call=art.id,
        changes={"negative_prompt": ", ".join(filter(None, (avoided, "text, letters, writing")))},
        reason=f"the drawing shows words nobody asked for ({extra.removeprefix(EXTRA)!r}); "
        "drawn again without them"[:400],
    )


def _restated(finding: Finding, art: Call) -> Iterator[Revision]:
    words, prompt = restated(finding.criterion), art.arguments.get("prompt")
    if words is None or not isinstance(prompt, str):
        return
    if not prompt.endswith(words):
        yield Revision(
            id=f"{finding.criterion.id}:say_again",
            call=art.id,
            changes={"prompt": f"{prompt}. {words}"},
            reason=f"{finding.reason}; said again: {words!r}"[:400],
        )
    guidance = art.arguments.get("guidance")
    now = float(guidance) if isinstance(guidance, int | float) else USUAL_GUIDANCE
    if now < FIRMEST:
        yield Revision(
            id=f"{finding.criterion.id}:firmer",
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
            return f"the {subject} is {without_contact(relation)} the {other}"
    return None
