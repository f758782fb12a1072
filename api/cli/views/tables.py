"""How plans, verdicts, tasks and endings look in a terminal. Only builds; prints nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from rich import box
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from maquette.api.cli.views.slug import short_id
from maquette.records.criterion import describe
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Loop, Plan, references
from maquette.records.task import Task, TaskStatus
from maquette.records.verdict import Finding, Outcome, Verdict

SYMBOL = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.UNJUDGED: "○"}

STATUS_LOOK = {
    TaskStatus.QUEUED: ("·", "quiet"),
    TaskStatus.IN_PROGRESS: ("▸", "cyan"),
    TaskStatus.INPUT_REQUIRED: ("?", "unjudged"),
    TaskStatus.COMPLETED: ("✓", "passed"),
    TaskStatus.INCOMPLETE: ("◐", "unjudged"),
    TaskStatus.UNVERIFIED: ("○", "unjudged"),
    TaskStatus.UNJUDGED: ("○", "unjudged"),
    TaskStatus.FAILED: ("✗", "failed"),
    TaskStatus.CANCELLED: ("■", "quiet"),
}


def plan_tree(plan: Plan) -> Tree:
    """The plan as a small tree: loops with their calls and what will be checked."""
    tree = Tree(Text("plan", style="title"), guide_style="quiet")
    for node in plan.nodes:
        if isinstance(node, Loop):
            _add_loop(tree, node)
        else:
            tree.add(_call_line(node))
    for note in plan.notes:
        tree.add(Text.assemble(("note  ", "unjudged"), note))
    return tree


def _add_loop(tree: Tree, loop: Loop) -> None:
    drafts = "1 draft" if loop.candidates == 1 else f"{loop.candidates} drafts"
    rounds = "1 round" if loop.rounds == 1 else f"up to {loop.rounds} rounds"
    branch = tree.add(
        Text.assemble((loop.id, "name"), (f"  {drafts} a round, {rounds}, best kept", "quiet"))
    )
    for call in loop.body:
        branch.add(_call_line(call))
    for other in loop.alternatives:
        drafts = "1 draft" if other.candidates == 1 else f"{other.candidates} drafts"
        way = branch.add(Text(f"and {drafts} of {other.source}", style="quiet"))
        for call in other.body:
            way.add(_call_line(call))
    if loop.criteria:
        checks = branch.add(Text("check that the picture", style="quiet"))
        for criterion in loop.criteria:
            checks.add(Text(describe(criterion)))


def _call_line(call: Call) -> Text:
    line = Text.assemble((f"{call.tool:<8}", "name"), " ")
    line.append(_told(call.arguments))
    if call.reason:
        line.append(f"  ({call.reason})", style="quiet")
    return line


def _told(arguments: dict[str, Any], limit: int = 90) -> str:
    """The words among the arguments: prompts, texts, phrases; else short values."""
    words = [f'"{text}"' for text in _texts(arguments)]
    if not words:
        words = [
            f"{key}={json.dumps(value, ensure_ascii=False)}"
            for key, value in arguments.items()
            if isinstance(value, (int, float, str, bool))
        ]
    words = words or [f"of {_named(ref)}" for ref in references(arguments)]
    told = ", ".join(dict.fromkeys(words))
    return told if len(told) <= limit else f"{told[: limit - 1]}…"


def _named(reference: str) -> str:
    """``inputs.0`` as people say it; another step's output by its name."""
    head, _, tail = reference.partition(".")
    if head != INPUTS:
        return head
    return f"attached picture {int(tail) + 1}" if tail.isdigit() else "the attached pictures"


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if REFERENCE_KEY in value:
            return
        for key in ("prompt", "text", "phrase", "caption"):
            if isinstance(value.get(key), str) and value[key]:
                yield value[key]
        for key in ("blocks", "texts", "brief", "panels", "things", "words"):
            yield from _texts(value.get(key))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from [item] if isinstance(item, str) else _texts(item)


def verdict_table(verdict: Verdict) -> Table:
    """One line a criterion: outcome, what was asked, what was seen, and the reason."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", max_width=44)
    table.add_column(overflow="fold", style="quiet")
    for finding in verdict.findings:
        table.add_row(
            outcome_text(finding.outcome), Text(describe(finding.criterion)), Text(_why(finding))
        )
    return table


def outcome_text(outcome: Outcome) -> Text:
    """The symbol and the word of an outcome."""
    return Text(f"{SYMBOL[outcome]} {outcome.value}", style=outcome.value)


def seen(finding: Finding) -> str:
    """What the judge saw, in a few words; empty if it says nothing."""
    evidence = finding.evidence
    if evidence.string_read is not None:
        return f'read "{evidence.string_read}"'
    return f"saw {evidence.answer}" if evidence.answer else ""


def _why(finding: Finding) -> str:
    found = seen(finding)
    evidence = finding.evidence
    known = evidence.string_read if evidence.string_read is not None else evidence.answer
    if not found or (known and known.lower() in finding.reason.lower()):
        return finding.reason
    return f"{found}: {finding.reason}"


def draft_line(data: dict[str, Any]) -> Text:
    """The head of one candidate: its name, score and tally, from an event or a record."""
    outcome = Outcome(data["outcome"])
    line = Text.assemble((f"{SYMBOL[outcome]} ", outcome.value), (str(data["name"]), "name"))
    if data.get("source"):
        line.append(f"  {data['source']}", style="quiet")
    judged = data["passed"] + data["failed"]
    if judged:
        line.append(f"  score {data['score']:.2f}")
    counts = [f"{data[word]} {word}" for word in ("passed", "failed", "unjudged") if data[word]]
    line.append(f"  {', '.join(counts) or 'nothing to check'}", style="quiet")
    if data.get("change"):
        line.append(f"  ← {data['change']}", style="quiet")
    return line


def ending(task: Task) -> Text:
    """How the task ended and what it cost, in one or two lines."""
    symbol, style = STATUS_LOOK[task.status]
    if task.status is TaskStatus.INPUT_REQUIRED:
        return Text.assemble((f"{symbol} waiting for an answer", style), f": {task.waiting_for}")
    usage = task.usage
    text = Text.assemble((f"{symbol} {task.status.value}", style), f" in {seconds(usage.wall_s)}")
    if task.result and task.result.best:
        best = task.result.best
        text.append(f", best draft {best.id}")
        drafts = len(task.result.drafts)
        text.append(f" of {drafts}" if drafts > 1 else "")
    if task.result and task.result.reason:
        text.append(f": {task.result.reason}")
    costs = [
        f"models {seconds(usage.model_s)}",
        f"loop efficiency {usage.loop_efficiency:.2f}",
        f"{usage.model_calls} model call{'' if usage.model_calls == 1 else 's'}",
    ]
    if usage.cache_hits:
        costs.append(f"{usage.cache_hits} found in the cache")
    text.append(f"\n  {' · '.join(costs)}", style="quiet")
    return text


def task_table(tasks: Sequence[Task]) -> Table:
    """A list of tasks, one line each; the short ids are ends that every command takes."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="quiet")
    for name, width in (("status", 16), ("id", 6), ("when", 16), ("took", 12)):
        justify: Literal["left", "right"] = "right" if name == "took" else "left"
        table.add_column(name, no_wrap=True, min_width=width, justify=justify)
    table.add_column("request", no_wrap=True, overflow="ellipsis", ratio=1)
    for task in tasks:
        symbol, style = STATUS_LOOK[task.status]
        table.add_row(
            Text(f"{symbol} {task.status.value}", style=style),
            Text(short_id(task.id)),
            Text(_when(task)),
            Text(_took(task)),
            Text(" ".join(task.request.text.split())),
        )
    return table


def task_row(task: Task) -> str:
    """The same as one line of tab-separated fields with the whole id, for other programs."""
    words = " ".join(task.request.text.split())
    return "\t".join((task.id, task.status.value, _when(task), _took(task), words))


def _when(task: Task) -> str:
    return datetime.fromtimestamp(task.created_at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _took(task: Task) -> str:
    return "" if task.completed_at is None else seconds(task.completed_at - task.created_at)


def seconds(value: float) -> str:
    """``0.4 s``, ``12 s``, ``2 min 05 s``."""
    if value < 10:
        return f"{value:.1f} s"
    if value < 60:
        return f"{value:.0f} s"
    return f"{int(value) // 60} min {int(value) % 60:02d} s"
