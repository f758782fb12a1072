"""Ways from a thing of one kind to a thing of another, over the graph of tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maquette.agents.tool_planning.cards import ToolCard

MOST = 3
"""Tools of one way."""


def ways(
    cards: Sequence[ToolCard], start: str, goal: str, rank: Callable[[int], float], leads_to: str
) -> list[int]:
    """The shortest chain of tools from one kind to another; empty: there is none.

    Only tools take part that need nothing else. Of equally short chains the one wins whose
    tools rank highest; breadth first, so that a detour is never taken.

    Args:
        rank: how near a tool (by number) is to the words of the request.
        leads_to: of an address, the kind of what is there; empty: unknown.
    """
    simple = [k for k, card in enumerate(cards) if len(card.takes) == 1 and _alone(card)]
    paths: list[tuple[list[int], str]] = [([], start)]
    seen = {start}
    for _ in range(MOST):
        found: list[tuple[list[int], str]] = []
        for path, kind in paths:
            for k in simple:
                card = cards[k]
                if card.takes[0] != kind or card.gives in seen:
                    continue
                if not path and leads_to and card.gives != leads_to:
                    continue
                found.append(([*path, k], card.gives))
        found.sort(key=lambda one: (-sum(rank(k) for k in one[0]), one[0]))
        for path, kind in found:
            if kind == goal:
                return path
        best: dict[str, list[int]] = {}
        for path, kind in found:
            best.setdefault(kind, path)
        paths = [(path, kind) for kind, path in best.items()]
        seen |= set(best)
    return []


def _alone(card: ToolCard) -> bool:
    return not any(p.required and (p.wish or p.kind == "value") for p in card.params)
