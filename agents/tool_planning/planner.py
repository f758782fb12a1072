"""The planner over tool cards it has never seen: words to tools, kinds to flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maquette.agents.tool_planning.binding import Binder
from maquette.agents.tool_planning.cards import ToolCard
from maquette.agents.tool_planning.clauses import Heard, hear
from maquette.agents.tool_planning.index import Index, index_of
from maquette.agents.tool_planning.steps import Finder
from maquette.agents.tool_planning.tool_plan import ToolPlan

TRIES = 4
"""Tools that are passed over at most because something they need is not there."""
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
    likeness: Sequence[Mapping[int, float]] | None = None,
) -> ToolPlan | NoTool:
    """A plan of calls for a request; the same words and cards give the same plan.

    Args:
        attached: kinds of what is attached, in order.
        likeness: for each clause of ``hear(text)`` the likeness of cards by number, centred on
            zero; None: words alone decide.
    """
    heard = hear(text)
    index = index_of(tuple(cards))
    barred: frozenset[str] = frozenset()
    while True:
        wanted = Finder(heard, index, likeness, barred).find()
        if not wanted:
            return NoTool(_nearest(heard, index))
        binder = Binder(heard, index, attached)
        binder.bind(wanted)
        lacking = frozenset(binder.missing)
        if not lacking or len(barred) >= TRIES:
            break
        barred |= lacking
    keys = [key for one in wanted for key in one.words]
    return ToolPlan(
        tuple(binder.steps),
        min(one.score for one in wanted),
        _understood(heard, keys),
        tuple(f"{name}: {what}" for name, what in binder.missing.items()),
    )


def _nearest(heard: Heard, index: Index) -> tuple[str, ...]:
    keys = [key for clause in heard.clauses for key in sorted(clause.keys)]
    ranked = sorted(range(len(index.cards)), key=lambda k: (-index.lexical(k, keys)[0], k))
    return tuple(index.cards[k].name for k in ranked[:NEAREST])


def _understood(heard: Heard, explained: Sequence[str]) -> float:
    keys = {key for clause in heard.clauses for key in clause.keys}
    return len(keys & set(explained)) / len(keys) if keys else 0.0
