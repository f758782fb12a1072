"""A plan of tool calls in order, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from maquette.agents.tool_planning.cards import MEDIA, ToolCard

CLEAR = 0.3
"""Margin from which one tool is plainly meant rather than another."""


@dataclass(frozen=True)
class Flow:
    """What an earlier step made."""

    step: int
    port: str
    kind: str


@dataclass(frozen=True)
class Given:
    """Something the request names or words it has: a file, an address, quoted words, a value."""

    kind: str
    value: Any
    attached: int | None = None
    """Number of the attached picture, if it is one."""
    named: bool = True
    """Whether it is named outright; else the words only speak of it ("my text document")."""


Argument = Flow | Given


@dataclass(frozen=True)
class ToolStep:
    """One call of a tool."""

    card: ToolCard
    arguments: Mapping[str, Argument]
    reason: str = ""


@dataclass(frozen=True)
class ToolPlan:
    """Calls in an order in which they can run."""

    steps: tuple[ToolStep, ...]
    margins: tuple[tuple[str, float], ...] = ()
    """For each tool that the words asked for, how far the next likely one is behind, 0 to 1."""
    understood: float = 0.0
    """Share of the request's telling words that a step or an argument explains, 0 to 1."""
    missing: tuple[str, ...] = field(default=())
    """What a step needs and nothing gives."""

    def sure(self, tools: Collection[str]) -> float:
        """How surely some tools are meant, 0 to 1: the share that is understood, times the
        narrowest margin of theirs where that is below ``CLEAR``."""
        narrow = min((margin for name, margin in self.margins if name in tools), default=0.0)
        return self.understood * min(1.0, narrow / CLEAR)

    def sinks(self) -> tuple[int, ...]:
        """Steps whose results no other step takes: what the request is answered with."""
        used = {a.step for s in self.steps for a in s.arguments.values() if isinstance(a, Flow)}
        return tuple(k for k in range(len(self.steps)) if k not in used)


def faults(plan: ToolPlan, cards: Mapping[str, ToolCard]) -> Iterator[str]:
    """Yield what is wrong: unknown tools, inputs that are missing, too many or of another kind,
    results taken before they are there."""
    if not plan.steps:
        yield "the plan has no step"
    for k, step in enumerate(plan.steps):
        card = cards.get(step.card.name)
        if card is None:
            yield f"step {k} calls {step.card.name!r}, which is no tool"
            continue
        params = {param.name: param for param in card.params}
        for name in step.arguments.keys() - params.keys():
            yield f"step {k} ({card.name}) has an argument {name!r} that the tool does not take"
        for name, param in params.items():
            if name not in step.arguments:
                if param.required:
                    yield f"step {k} ({card.name}) lacks {name!r}"
                continue
            argument = step.arguments[name]
            if isinstance(argument, Flow):
                if not 0 <= argument.step < k:
                    yield f"step {k} ({card.name}) takes step {argument.step}, which is not before"
                    continue
                kind = dict(plan.steps[argument.step].card.outputs).get(argument.port)
            else:
                kind = argument.kind
            told = param.kind == "value" or (param.kind == "text" and kind not in MEDIA)
            if kind != param.kind and not told:
                yield f"step {k} ({card.name}) takes {param.kind} as {name!r}, and is given {kind}"
