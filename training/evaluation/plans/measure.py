"""Plan every request of a file, and say how near the plans are to those written by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maquette.agents.tool_planning.cards import ToolCard, of_descriptions
from maquette.agents.tool_planning.planner import plan_tools
from maquette.agents.tool_planning.tool_plan import Flow, Given, ToolPlan, faults
from maquette.records.errors import InvalidInput
from maquette.training.evaluation.intervals import wilson
from maquette.training.evaluation.plans.metrics import MEASURES, Graph, f1, graph
from maquette.training.evaluation.rows import Row

TOOLS = Path(__file__).with_name("tools.json")
WITHIN_S = 0.150
"""Seconds of work a plan may take, by one thread; what other programs take of the cores is not
counted, so that a busy machine tells the same."""
BARS = {"valid": 0.95, "within_150_ms": 0.95, "node": 0.80, "edge": 0.60}
MAX_LINES = 20_000


@dataclass(frozen=True)
class Planned:
    """What became of one request."""

    id: str
    nodes: list[dict[str, Any]]
    edges: list[list[str]]
    faults: list[str]
    unnamed: bool
    """An argument is only words that speak of a thing ("my text document")."""
    seconds: float
    gold: dict[str, Any] | None


def read_tools(path: Path = TOOLS) -> tuple[ToolCard, ...]:
    """The tools of a description file ``{nodes: [{id, desc, input-type, output-type}]}``.

    Raises: InvalidInput: it is not such a file.
    """
    try:
        return of_descriptions(json.loads(path.read_text(encoding="utf-8"))["nodes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"{path.name!r} is not a file of tools: {error}",
            hint='Expected JSON {"nodes": [{"id", "desc", "input-type", "output-type"}]}.',
        ) from error


def read_requests(path: Path) -> list[dict[str, Any]]:
    """The lines ``{id, text, gold?}`` of a file.

    Raises: InvalidInput: a line is not such a record; names the line.
    """
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[:MAX_LINES]
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path.name!r} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            text = record["text"] if "text" in record else record["user_request"]
            found.append({"id": str(record["id"]), "text": str(text), "gold": record.get("gold")})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(
                f"line {number} of {path.name!r} is no request: {error}",
                hint='Expected {"id", "text", "gold": {"nodes", "edges"}} on each line.',
            ) from error
    if not found:
        raise InvalidInput(f"{path.name!r} holds no request")
    return found


def run(requests: Sequence[dict[str, Any]], cards: Sequence[ToolCard]) -> list[Planned]:
    """Plan each request."""
    names = {card.name: card for card in cards}
    plan_tools("get ready", cards)  # The index of the cards is built once, outside of the times.
    found = []
    for request in requests:
        started = time.thread_time()
        plan = plan_tools(request["text"], cards)
        seconds = time.thread_time() - started
        if isinstance(plan, ToolPlan):
            nodes, edges = written(plan)
            wrong = list(faults(plan, names))
        else:
            nodes, edges, wrong = [], [], ["no tool fits"]
        given = [a for node in getattr(plan, "steps", ()) for a in node.arguments.values()]
        unnamed = any(isinstance(one, Given) and not one.named for one in given)
        found.append(Planned(request["id"], nodes, edges, wrong, unnamed, seconds, request["gold"]))
    return found


def written(plan: ToolPlan) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """Nodes and edges of a plan as they stand in a file."""
    nodes: list[dict[str, Any]] = []
    edges: list[list[str]] = []
    for step in plan.steps:
        told = []
        for argument in step.arguments.values():
            if isinstance(argument, Flow):
                told.append(f"<node-{argument.step}>")
                edges.append([plan.steps[argument.step].card.name, step.card.name])
            else:
                told.append(str(argument.value))
        nodes.append({"task": step.card.name, "arguments": told})
    return nodes, edges


def rows(planned: Sequence[Planned], cards: Sequence[ToolCard]) -> list[Row]:
    """Shares of valid and of quick plans; F1 of tools, edges and arguments."""
    n = len(planned)
    found = []
    for name, right in (
        ("valid", sum(not one.faults for one in planned)),
        ("all_things_named", sum(not one.unnamed for one in planned)),
        ("within_150_ms", sum(one.seconds <= WITHIN_S for one in planned)),
    ):
        found.append(Row(name, right / n, *wilson(right / n, n), n, BARS.get(name)))
    gives = {card.name: card.gives for card in cards}
    pairs: list[tuple[Graph, Graph]] = []
    for one in planned:
        if one.gold is not None:
            try:
                by_hand = graph(one.gold["nodes"], one.gold.get("edges", ()), gives)
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidInput(
                    f"the gold plan of {one.id!r} cannot be read: {error}"
                ) from error
            pairs.append((graph(one.nodes, one.edges, gives), by_hand))
    for measure in MEASURES if pairs else ():
        score = f1(pairs, measure)
        bar = BARS.get(measure)
        found.append(Row(f"{measure}_f1", score.value, score.low, score.high, score.n, bar))
    return found


def table(measured: Sequence[Row]) -> str:
    """The rows as lines of text."""
    lines = [f"{'row':<20} {'value':>6}  {'95 % interval':<15} {'n':>5}  bar"]
    for row in measured:
        bar = "" if row.bar is None else f"{row.bar:.2f} {'holds' if row.holds else 'fails'}"
        span = f"{row.low:.3f} to {row.high:.3f}"
        lines.append(f"{row.name:<20} {row.value:>6.3f}  {span:<15} {row.n:>5}  {bar}".rstrip())
    return "\n".join(lines)
