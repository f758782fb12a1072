"""What every door does with plans: how a request would be carried out, without running it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from maquette.agents.planning.seam import Planner, Scenes
from maquette.api.desk.desk import Desk
from maquette.api.desk.tasks import request_of
from maquette.api.schemas import TaskSubmission
from maquette.records.errors import NeedsAnswer
from maquette.records.plan import Plan
from maquette.records.planning.question import MOST_QUESTIONS, Question, assumed, with_answers
from maquette.records.task import TaskRequest
from maquette.tools.art.provenance import scene_of
from maquette.workflows.desk.submission import attached
from maquette.workflows.run.decisions import with_options


@dataclass(frozen=True)
class Planned:
    """A plan, or the question that must be answered before there is one."""

    plan: Plan | None = None
    question: Question | None = None


async def planned(desk: Desk, asked: TaskSubmission) -> Planned:
    """Plan a request as its task would be planned. Nothing is started, and nothing kept.

    Raises: PlanRejected, FixInput: it cannot be planned; says why. InputRefused: an input is not
        there, or is no picture. StoreUnavailable, TryAgain: a part is away.
    """
    request = await attached(request_of(asked), owner=desk.owner, store=desk.store)
    scenes = [await scene_of(desk.store, one.sha256, owner=desk.owner) for one in request.inputs]
    async with desk.planning:
        planner = await asyncio.to_thread(desk.planner)
        found = await _planned(planner, request, scenes)
        return await _with_gates(desk, request, found)


async def _with_gates(desk: Desk, request: TaskRequest, found: Planned) -> Planned:
    """The plan with all that the gates think of it, each with its probability and reason."""
    if found.plan is None:
        return found
    told = await desk.gates.notes(request, found.plan, owner=desk.owner, every=True)
    return Planned(found.plan.model_copy(update={"notes": (*found.plan.notes, *told)}))


async def _planned(planner: Planner, request: TaskRequest, scenes: Scenes) -> Planned:
    """The plan, with the guesses that were taken as notes, or the question that is open."""
    guesses: tuple[Question, ...] = ()
    while True:
        try:
            plan = await planner.plan(_answered(request, guesses), scenes=scenes)
        except NeedsAnswer as back:
            known = back.question.guess is not None and len(guesses) < MOST_QUESTIONS
            if not (request.options.assume and known):
                return Planned(question=back.question)
            guesses += (back.question,)
            continue
        notes = (*map(assumed, guesses), *plan.notes)
        return Planned(with_options(plan.model_copy(update={"notes": notes}), request.options))


def _answered(request: TaskRequest, guesses: tuple[Question, ...]) -> TaskRequest:
    answers = tuple(one.guess for one in guesses if one.guess is not None)
    return request.model_copy(update={"text": with_answers(request.text, answers)})
