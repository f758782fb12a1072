"""How long a plan will take and what it will cost, from recorded runs of its tools.

Of each tool the medians of its recorded runs count; where there are none, the ``cost_s`` that the
tool declares. Steps that were found in the cache are no runs. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING

from maquette.records.event import Event, EventType
from maquette.records.plan import Call, Loop, Plan, depends_on
from maquette.records.planning.forecast import Forecast, Median, NodeForecast, Sample

if TYPE_CHECKING:
    from maquette.tools.registry import Registry

JUDGING, ROUNDS = "(judging)", "(rounds)"
"""Beside the tools: seconds from the last step of a round to its decision; rounds of a loop, as
``seconds``. No tool can be called so."""

Recorded = Mapping[str, Median]
"""Tool, ``JUDGING`` or ``ROUNDS`` -> its median."""


def samples_of(events: Iterable[Event]) -> list[Sample]:
    """Every finished run of a tool that the events of a task tell, its judging and its rounds."""
    started: dict[tuple[object, ...], float] = {}
    last: dict[tuple[object, ...], float] = {}
    rounds: dict[object, int] = {}
    found: list[Sample] = []
    for event in events:
        data = event.data
        step = tuple(data.get(key) for key in ("node", "call", "round", "candidate", "source"))
        here = (data.get("node"), data.get("round"))
        match event.type:
            case EventType.STEP_STARTED:
                started[step] = event.created_at
            case EventType.STEP_COMPLETED if step in started:
                last[here] = event.created_at
                seconds = max(0.0, event.created_at - started.pop(step))
                model_s = max(0.0, float(data.get("model_s", 0.0)))
                found.append(Sample(tool=str(data["tool"]), seconds=seconds, model_s=model_s))
            case EventType.ITERATION_DECIDED:
                rounds[data.get("node")] = rounds.get(data.get("node"), 0) + 1
                if here in last:
                    seconds = max(0.0, event.created_at - last[here])
                    found.append(Sample(tool=JUDGING, seconds=seconds))
            case _:
                pass
    return found + [Sample(tool=ROUNDS, seconds=float(count)) for count in rounds.values()]


def medians(samples: Iterable[Sample]) -> dict[str, Median]:
    """The medians of each tool's runs."""
    by_tool: dict[str, list[Sample]] = {}
    for sample in samples:
        by_tool.setdefault(sample.tool, []).append(sample)
    return {
        tool: Median(
            seconds=median(one.seconds for one in runs),
            model_s=median(one.model_s for one in runs),
            runs=len(runs),
        )
        for tool, runs in sorted(by_tool.items())
    }


def forecast(plan: Plan, registry: Registry, recorded: Recorded) -> Forecast:
    """What a valid plan will take.

    Nodes that do not wait for each other run side by side. Runs of a round's drafts were recorded
    side by side, so their medians count once a round; declared costs count once a draft.
    """
    nodes = tuple(_node(node, registry, recorded) for node in plan.nodes)
    known = {basis for one in nodes for basis in [one.basis]}
    ids = {node.id for node in plan.nodes}
    after = {node.id: sorted(depends_on(node) & ids) for node in plan.nodes}
    return Forecast(
        seconds=_longest({one.node: one.seconds for one in nodes}, after),
        most_seconds=_longest({one.node: one.most_seconds for one in nodes}, after),
        model_seconds=sum(one.model_seconds for one in nodes),
        nodes=nodes,
        basis=next(iter(known)) if len(known) == 1 else "mixed",
    )


def _node(node: Call | Loop, registry: Registry, recorded: Recorded) -> NodeForecast:
    ways = _ways(node)
    rounds = node.rounds if isinstance(node, Loop) else 1
    usual = min(rounds, round(recorded[ROUNDS].seconds)) if ROUNDS in recorded else rounds
    judged = isinstance(node, Loop) and bool(node.criteria) and JUDGING in recorded
    judging_s = recorded[JUDGING].seconds if judged else 0.0
    taken = [_body(body, drafts, registry, recorded) for body, drafts in ways]
    first_s = max(seconds for seconds, _ in taken) + judging_s
    # Later rounds go on with one of the ways, and with the loop's own number of drafts.
    own = ways[0][1]
    again = [_body(body, own, registry, recorded) for body, _ in ways]
    later_s = max(seconds for seconds, _ in again) + judging_s
    spent = sum(model for _, model in taken) + max(model for _, model in again) * (usual - 1)
    tools = sorted({call.tool for body, _ in ways for call in body})
    runs = {tool: recorded[tool].runs if tool in recorded else 0 for tool in tools}
    return NodeForecast(
        node=node.id,
        seconds=first_s + later_s * (usual - 1),
        most_seconds=first_s + later_s * (rounds - 1),
        model_seconds=spent,
        basis="recorded" if all(runs.values()) else "mixed" if any(runs.values()) else "declared",
        runs=runs,
    )


def _ways(node: Call | Loop) -> list[tuple[Sequence[Call], int]]:
    """The bodies of the first round, each with its number of drafts; the loop's own first."""
    if isinstance(node, Call):
        return [((node,), 1)]
    return [(node.body, node.candidates), *((w.body, w.candidates) for w in node.alternatives)]


def _body(
    calls: Sequence[Call], drafts: int, registry: Registry, recorded: Recorded
) -> tuple[float, float]:
    """Wall and model seconds of so many drafts of one body."""
    seconds = model_s = 0.0
    for call in calls:
        if call.tool in recorded:
            seconds += recorded[call.tool].seconds
            model_s += recorded[call.tool].model_s * drafts
        elif call.tool in registry:
            spec = registry.get(call.tool)
            seconds += spec.cost_s * drafts
            model_s += spec.cost_s * drafts if spec.roles else 0.0
    return seconds, model_s


def _longest(seconds: Mapping[str, float], after: Mapping[str, Sequence[str]]) -> float:
    """Seconds along the longest chain of nodes of an acyclic plan."""
    ends: dict[str, float] = {}

    def end(name: str) -> float:
        if name not in ends:
            ends[name] = seconds[name] + max((end(one) for one in after[name]), default=0.0)
        return ends[name]

    return max(map(end, seconds), default=0.0)
