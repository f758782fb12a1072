"""How well a tool's kinds fit the kinds of things that a clause speaks of."""

from __future__ import annotations

from maquette.agents.tool_planning.cards import MEDIA, ToolCard
from maquette.agents.tool_planning.request.clauses import Clause

TARGET, OBJECT, SOURCE = 0.55, 0.35, 0.35
WRONG_TARGET, WRONG_OBJECT, WRONG_SOURCE = 0.5, 0.35, 0.3
THERE, ABSENT, LEFT_OVER = 0.25, 0.3, 0.25
"""What a kind adds, or takes away: of what a clause wants something made into, of what it is done
to, of what it is made from; where a tool's inputs are there, where one is not, and for each medium
of the clause that a tool leaves over. Set by hand on the requests for development."""


def kind_fit(card: ToolCard, clause: Clause, there: set[str]) -> float:
    """How well what a tool takes and gives fits the kinds of things that a clause speaks of.

    Media that are not there (the speech of a video) can be made, but not taken.
    """
    targets, objects, sources = kinds_of(clause)
    takes = {param.kind for param in card.params if not param.wish}
    taken = {kind for kind in objects | sources if kind in there or kind not in MEDIA}
    fit = 0.0
    if targets:
        fit += TARGET if card.gives in targets else -WRONG_TARGET
        sources = sources | objects
    elif objects:
        good = card.gives in objects or bool(takes & objects & taken)
        fit += OBJECT if good else -WRONG_OBJECT
        fit += OBJECT / 2 if card.gives in objects else 0.0
    if sources & taken:
        fit += SOURCE if takes & sources else -WRONG_SOURCE
    fit -= LEFT_OVER * len((taken & MEDIA) - takes - {card.gives})
    about = {"text"} if any(word.link == "topic" for word in clause.words) else set()
    missing = [kind for kind in card.takes if kind not in there | about | (sources - MEDIA)]
    return fit + (THERE if not missing else -ABSENT * len(missing))


def kinds_of(clause: Clause) -> tuple[set[str], set[str], set[str]]:
    """Kinds of what a clause wants something made into, of what it is done to, and made from."""
    targets = {w.kind for w in clause.words if w.kind and w.link == "target" and w.slot is None}
    objects = {w.kind for w in clause.words if w.kind and not w.link}
    sources = {w.kind for w in clause.words if w.kind and w.link == "source"}
    return targets, objects, sources
