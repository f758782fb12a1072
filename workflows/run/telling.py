"""What events say, pure: the small data of each kind that the workflow publishes."""

from __future__ import annotations

from typing import Any

from maquette.records.draft import Draft
from maquette.records.plan import Call, Loop, Plan, calls_of, depends_on
from maquette.workflows.loops.state import NEW_SEEDS, LoopState, RoundPlan, Stop
from maquette.workflows.run.task_board import TaskBoard

EXCERPT_CHARACTERS = 400
NOTES = 8


def plan_told(plan: Plan) -> dict[str, Any]:
    return {
        "summary": plan.summary[:EXCERPT_CHARACTERS],
        "planner": plan.planner,
        "notes": [note[:EXCERPT_CHARACTERS] for note in plan.notes[:NOTES]],
        "nodes": [_node_told(node) for node in plan.nodes],
    }


def _node_told(node: Call | Loop) -> dict[str, Any]:
    """A plan node: what it is, and what it waits for."""
    told: dict[str, Any] = {"id": node.id, "kind": node.kind, "after": sorted(depends_on(node))}
    if isinstance(node, Call):
        return {**told, "tool": node.tool}
    return {
        **told,
        "tools": [call.tool for call in calls_of(node)],
        "rounds": node.rounds,
        "candidates": node.candidates,
        "criteria": [criterion.kind for criterion in node.criteria],
    }


def round_told(loop: Loop, plan: RoundPlan) -> dict[str, Any]:
    return {
        "node": loop.id,
        "round": plan.number,
        "rounds": loop.rounds,
        "candidates": len(plan.candidates),
        "reason": plan.reason,
    }


def draft_told(loop: Loop, draft: Draft) -> dict[str, Any]:
    return {
        "node": loop.id,
        "round": draft.round,
        "candidate": draft.candidate,
        "draft": draft.id,
        "artifact": draft.artifact.sha256,
        "verdict": draft.verdict.sha256,
        "score": round(draft.score, 4),
        "outcome": draft.outcome.value,
        "passed": draft.passed,
        "failed": draft.failed,
        "unjudged": draft.unjudged,
        "reason": draft.reason,
        "change": draft.change,
        "source": draft.source,
    }


def decision_told(state: LoopState, following: RoundPlan | Stop) -> dict[str, Any]:
    """What was decided after a round: accept, stop, or revise and how."""
    told: dict[str, Any] = {
        "node": state.loop.id,
        "round": state.rounds_done,
        "reason": following.reason,
        "best": state.best.id if state.best else None,
        "score": round(state.best.score, 4) if state.best else None,
    }
    if isinstance(following, Stop):
        return {**told, "decision": "accept" if following.passed else "stop"}
    changes = following.revision.id if following.revision else NEW_SEEDS
    return {**told, "decision": "revise", "changes": changes}


def ending_told(board: TaskBoard, now: float) -> dict[str, Any]:
    usage, result = board.usage(now), board.result()
    return {
        "status": board.status.value,
        "reason": board.reason[:EXCERPT_CHARACTERS],
        "score": result.score if result else None,
        "best": result.best.id if result and result.best else None,
        "artifacts": [ref.sha256 for ref in result.artifacts] if result else [],
        "usage": usage.model_dump(mode="json"),
        "loop_efficiency": round(usage.loop_efficiency, 4),
        "problem": board.problem.model_dump(mode="json") if board.problem else None,
        "not_judged": list(result.not_judged) if result else [],
        "doubts": [one.doubt for one in result.answers if one.doubt] if result else [],
    }
