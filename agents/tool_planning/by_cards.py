"""Plans of plug-in tools, by their cards: for requests that no intent of the house knows.

The tools that come along are planned by their intents, which know their abilities. A tool that a
plug-in brought has only its card, and is planned here: by what its words, kinds and schema say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maquette.agents.tool_planning.cards import of_registry
from maquette.agents.tool_planning.planner import NoTool, plan_tools
from maquette.agents.tool_planning.tool_plan import Argument, Flow, Given, ToolPlan
from maquette.agents.validation.validator import PlanLimits, validate
from maquette.records.plan import REFERENCE_KEY, Call, Plan
from maquette.tools.registry import Registry

SURE = 0.7
"""Score from which a plan is given; ``docs/planning.md`` says what it was set by."""
HOUSE = "the built-in tools"
"""Origin of the tools that intents plan."""
BETWEEN = ("read_text", "describe")
"""Tools of the house that may stand between a picture and a tool that takes a text."""


@dataclass(frozen=True)
class Weighed:
    """What the cards make of a request."""

    plan: Plan | None
    """A valid plan that calls at least one plug-in tool; None: there is none, however unsure."""
    score: float
    """How sure it is, 0 to 1: the share of the request's telling words that the tools and
    their arguments explain, cut where the deciding words tell another tool nearly as well."""
    tools: tuple[str, ...] = ()
    """What it calls, in order."""
    nearest: tuple[str, ...] = ()
    """Tools whose cards share most with the words, where there is no plan."""
    reason: str = ""
    """Why there is no plan."""


async def plan_by_cards(text: str, attached: int, registry: Registry) -> Plan | None:
    """The plan of a request that plug-in tools can carry out; None: not surely.

    Args:
        attached: number of attached pictures.
    """
    weighed = await weigh_by_cards(text, attached, registry)
    return weighed.plan if weighed.score >= SURE else None


async def weigh_by_cards(text: str, attached: int, registry: Registry) -> Weighed:
    """What the cards of a registry make of a request, and how surely.

    The registry is read anew each time: a tool that was added is plannable at once, one that was
    taken away is planned no more.
    """
    known = {card.name: card for card in of_registry(registry)}
    plugged = [name for name in known if registry.origin(name) != HOUSE]
    cards = tuple(known[name] for name in (*BETWEEN, *plugged) if name in known)
    if not plugged or not text.strip():
        return Weighed(None, 0.0, reason="no plug-in tool is registered")
    found = plan_tools(text, cards, ("image",) * attached, frozenset(BETWEEN))
    if isinstance(found, NoTool):
        return Weighed(None, 0.0, nearest=found.nearest, reason="no tool fits")
    names = tuple(step.card.name for step in found.steps)
    nearest = tuple(name for name in names if name in plugged)
    if found.missing:
        reason = f"what a tool needs is not told: {'; '.join(found.missing)}"
        return Weighed(None, 0.0, names, nearest, reason)
    unnamed = [a for step in found.steps for a in step.arguments.values() if _unnamed(a)]
    if unnamed or not nearest:
        return Weighed(None, 0.0, names, nearest, "what a tool needs is not told")
    plan = _plan(found)
    problems = validate(plan, registry, inputs=attached, limits=PlanLimits())
    if problems:
        return Weighed(None, 0.0, names, nearest, problems[0].sentence)
    return Weighed(plan, found.sure(plugged), names)


def _unnamed(argument: Argument) -> bool:
    """Whether the words only speak of it, and it is not there."""
    return isinstance(argument, Given) and not argument.named


def _plan(found: ToolPlan) -> Plan:
    ids: list[str] = []
    for step in found.steps:
        same = sum(name.split("__")[0] == step.card.name for name in ids)
        ids.append(step.card.name if not same else f"{step.card.name[:58]}__{same + 1}")
    calls = tuple(
        Call(
            id=ids[k],
            tool=step.card.name,
            arguments={name: _written(value, ids) for name, value in step.arguments.items()},
            reason=step.reason,
        )
        for k, step in enumerate(found.steps)
    )
    outputs = tuple(f"{ids[k]}.{found.steps[k].card.outputs[0][0]}" for k in found.sinks())
    chain = ", then ".join(call.tool for call in calls)
    notes = ("planned by the tools' descriptions; nothing judges the result",)
    return Plan(nodes=calls, outputs=outputs, summary=chain, notes=notes, planner="cards")


def _written(argument: Argument, ids: Sequence[str]) -> Any:
    if isinstance(argument, Flow):
        return {REFERENCE_KEY: f"{ids[argument.step]}.{argument.port}"}
    if argument.attached is not None:
        return {REFERENCE_KEY: f"inputs.{argument.attached}"}
    return argument.value
