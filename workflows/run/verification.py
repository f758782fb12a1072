"""What the end of a task may claim, pure: what was checked, what nobody could, what is doubted.

Decided from recorded values alone, so that a run ends in a replay as it did.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from maquette.records.draft import Draft
from maquette.records.plan import Loop, Plan
from maquette.records.task import Answer, TaskStatus
from maquette.workflows.loops.state import NOT_ASKED, LoopState
from maquette.workflows.wire.messages import Belief
from maquette.workflows.wire.spill import head_of, is_spilled

MAX_ANSWER = 4_000


@dataclass(frozen=True)
class Evidence:
    """What is known of a plan's nodes when it was walked."""

    loops: Mapping[str, LoopState]
    beliefs: Mapping[str, Belief] = field(default_factory=dict)
    """Of calls whose words a model said, and of loops whose best draft was looked at again."""
    sampled: Collection[str] | None = ()
    """Nodes whose pictures chance takes part in; None: planned before ends told what was not
    verified."""


def outcome(plan: Plan, known: Evidence) -> TaskStatus:
    """How a task whose plan was walked has ended.

    A computed result (a size changed, a thing cut out, words set) is right by itself. A loop is
    as good as its best draft; chance without a criterion cannot be judged; what a model says is
    unverified where it is doubted.
    """
    if any(state.best is None or state.best.failed for state in known.loops.values()):
        return TaskStatus.INCOMPLETE
    if known.sampled is None:
        return TaskStatus.COMPLETED
    standings = list(_standings(plan, known))
    if all(one is TaskStatus.COMPLETED for one in standings):
        open_reading = _lost(plan) or _misread(plan)
        return TaskStatus.UNVERIFIED if open_reading else TaskStatus.COMPLETED
    if all(one is TaskStatus.UNJUDGED for one in standings):
        return TaskStatus.UNJUDGED
    return TaskStatus.UNVERIFIED


def _lost(plan: Plan) -> tuple[str, ...]:
    """Words of the request that were not understood, or that nothing of the plan does."""
    return tuple(one.words for one in plan.ledger.of("not_understood")) if plan.ledger else ()


def _misread(plan: Plan) -> str:
    """Why the request may have been read wrong; empty: nothing says so."""
    if plan.ledger is None or not plan.ledger.doubted:
        return ""
    return (
        f"the request may have been read wrong (right with probability "
        f"{plan.ledger.probability:.2f}): `maquette plan` shows how it was read"
    )


def _standings(plan: Plan, known: Evidence) -> Iterator[TaskStatus]:
    """How each node stands by itself that is delivered, or that something is known of."""
    delivered = {ref.split(".", 1)[0] for ref in plan.outputs}
    for node in plan.nodes:
        best = known.loops[node.id].best if node.id in known.loops else None
        sampled = known.sampled is not None and node.id in known.sampled
        doubted = node.id in known.beliefs and bool(known.beliefs[node.id].doubt)
        if isinstance(node, Loop) and best is not None and (best.passed or best.unjudged):
            yield _of_draft(best, doubted)
        elif doubted and not (sampled and isinstance(node, Loop)):
            yield TaskStatus.UNVERIFIED
        elif node.id in delivered:
            yield TaskStatus.UNJUDGED if sampled else TaskStatus.COMPLETED


def _of_draft(best: Draft, doubted: bool) -> TaskStatus:
    """A doubt leaves open what passed; it neither fails anything nor judges the unjudged."""
    if not best.unjudged:
        return TaskStatus.UNVERIFIED if doubted else TaskStatus.COMPLETED
    return TaskStatus.UNVERIFIED if best.passed else TaskStatus.UNJUDGED


def reason(plan: Plan, known: Evidence) -> str:
    """Why a task that nothing failed of ended as it did, in words; empty: nothing is to say."""
    parts = [belief.doubt for belief in known.beliefs.values() if belief.doubt]
    if lost := _lost(plan):
        parts.append(f"not understood: {', '.join(map(repr, lost))[:300]}")
    parts.append(_misread(plan))
    parts += [state.best.reason for state in known.loops.values() if state.best is not None]
    delivered = {ref.split(".", 1)[0] for ref in plan.outputs}
    for node in plan.nodes:
        if node.id in (known.sampled or ()) and node.id in delivered - known.loops.keys():
            parts.append(NOT_ASKED)
    return "; ".join(dict.fromkeys(part for part in parts if part))


def answers(
    plan: Plan, values: Mapping[str, Any], beliefs: Mapping[str, Belief]
) -> tuple[Answer, ...]:
    """The delivered words that a model said, each with how sure it is."""
    found = []
    for ref in plan.outputs:
        belief, value = beliefs.get(ref.split(".", 1)[0]), values.get(ref)
        if belief is None or value is None:
            continue
        text = head_of(value) if is_spilled(value) else value
        if isinstance(text, str):
            found.append(
                Answer(text=text[:MAX_ANSWER], probability=belief.probability, doubt=belief.doubt)
            )
    return tuple(found)


def not_judged(loops: Mapping[str, LoopState]) -> tuple[str, ...]:
    """What nobody could check of the best drafts, in words, each once."""
    bests = [state.best for state in loops.values() if state.best is not None]
    return tuple(dict.fromkeys(told for best in bests for told in best.not_judged))
