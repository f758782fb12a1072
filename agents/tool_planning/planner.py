"""The planner over tool cards it has never seen: words to tools, kinds to flows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.agents.tool_planning.binding import Binder
from maquette.agents.tool_planning.cards import ToolCard
from maquette.agents.tool_planning.index import Index, index_of
from maquette.agents.tool_planning.request.clauses import Heard, hear
from maquette.agents.tool_planning.steps import Finder
from maquette.agents.tool_planning.tool_plan import CLEAR, ToolPlan
from maquette.words.word_set import word_set

TRIES = 4
"""How often a plan is made at most; each time the tools that lack something are passed over."""
SLIGHT = word_set(
    "put add set make give apply do get take turn change around over under onto across along off "
    "between within out back up down whole entire nice bit little attached uploaded hello "
    "hi thanks thank"
)
"""Words that any request of a tool may have."""
NEAREST = 3
"""Tools named where none fits."""


@dataclass(frozen=True)
class NoTool:
    """No tool fits the request."""

    nearest: tuple[str, ...]
    """The tools whose cards share most with its words."""


def plan_tools(
    text: str,
    cards: Sequence[ToolCard],
    attached: Sequence[str] = (),
    between: frozenset[str] = frozenset(),
) -> ToolPlan | NoTool:
    """A plan of calls for a request; the same words and cards give the same plan.

    Args:
        attached: kinds of what is attached, in order.
        between: names of tools that may stand between others, but that no words ask for.
    """
    heard = hear(text)
    index = index_of(tuple(cards))
    barred, lacking = between, None
    for _ in range(TRIES):
        wanted = Finder(heard, index, barred, attached).find()
        if not wanted:
            break
        binder = Binder(heard, index, attached)
        binder.bind(wanted)
        plan = ToolPlan(
            tuple(binder.steps),
            tuple((one.card.name, one.margin() if one.named else 0.5 * CLEAR) for one in wanted),
            _understood(heard, index, binder),
            tuple(f"{name}: {what}" for name, what in binder.missing.items()),
        )
        if not binder.missing:
            return plan
        lacking = lacking or plan
        barred |= binder.missing.keys()
    return lacking or NoTool(_nearest(heard, index))


def _nearest(heard: Heard, index: Index) -> tuple[str, ...]:
    keys = [key for clause in heard.clauses for key in sorted(clause.keys)]
    ranked = sorted(range(len(index.cards)), key=lambda k: (-index.lexical(k, keys)[0], k))
    return tuple(index.cards[k].name for k in ranked[:NEAREST])


def _understood(heard: Heard, index: Index, binder: Binder) -> float:
    """The share of the telling words that the called tools' cards, the kinds of what flows, and
    the arguments explain."""
    cards = [index.cards.index(step.card) for step in binder.steps]
    own = {key for k in cards for key in index.weights[k]}
    kinds = {kind for k in cards for kind in (*index.cards[k].takes, index.cards[k].gives)}
    valued = set(re.findall(r"[^\W_]+", " ".join(binder.words).lower()))
    words = [word for clause in heard.clauses for word in clause.words if word.key]
    told = sum(
        word.kind in kinds
        or index.matches(word.key) in own
        or word.text in valued
        or word.text in SLIGHT
        for word in words
    )
    return told / len(words) if words else 0.0
