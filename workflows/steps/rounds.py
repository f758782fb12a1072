"""One round of a loop: make the candidates at once, judge each, propose repairs for the best."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.draft import Draft, Revision
from maquette.records.errors import MaquetteError, ToolFailed, TryAgain
from maquette.records.ids import canonical_json
from maquette.records.plan import Call, Loop
from maquette.records.verdict import Outcome, Verdict
from maquette.workflows.loops.state import best_of
from maquette.workflows.loops.strategy import Steering, Strategy
from maquette.workflows.loops.table import TABLE, find_strategy
from maquette.workflows.steps.judged_parts import composed_from, drawn_part, placed_words
from maquette.workflows.steps.judging import clean_once, judge_once
from maquette.workflows.steps.looking_again import looked_at_again
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache
from maquette.workflows.steps.together import SteeredDrawing, drawing_call
from maquette.workflows.steps.verdict_words import not_judged, reason_of
from maquette.workflows.wire.messages import (
    Belief,
    CandidatePlan,
    RoundInput,
    RoundReply,
    Spent,
)

MAX_PROPOSALS_BYTES = 16_000
MARGIN_S = 0.5
"""Kept back from the time left, so that what is finished can still be handed over."""

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Made:
    """A finished candidate."""

    draft: Draft
    verdict: Verdict
    spent: Spent


@dataclass(frozen=True)
class Head:
    """A candidate on its way: what is known of it, and the calls that are left."""

    plan: CandidatePlan
    loop: Loop
    """The loop, as its source sees it."""
    known: dict[str, Any]
    rest: tuple[Call, ...]


@dataclass
class Heads:
    """Where the candidates stand when each goes on alone."""

    on_their_way: list[Head]
    stopped: int = 0
    """Candidates that the strategy gave up; they make no draft, and nothing is wrong."""
    errors: list[MaquetteError] = field(default_factory=list)
    """Of those that failed for good."""
    spent: Spent = field(default_factory=Spent)


async def run_round(
    runner: StepRunner,
    cache: StepCache,
    work: RoundInput,
    values: dict[str, Any],
    strategies: Mapping[str, Strategy] = TABLE,
) -> RoundReply:
    """Make and judge every candidate. If the loop's strategy steers, their pictures are drawn
    in one session, and those that it stops on the way make no draft.

    When time runs out the finished ones are delivered. A candidate that fails for good is left
    out as long as another one is finished; an error that may pass is raised, since a retry
    finds the finished steps again.

    Raises: NotFound: the strategy is none of ``strategies``.
    """
    plans = _distinct(runner, work)
    seeded = _seeded(runner, work.loop)
    until = time.monotonic() + max(work.time_left_s - MARGIN_S, 0.05)
    steering = find_strategy(work.loop.strategy, strategies).steering
    own = tuple(plan for plan in plans if work.loop.way(plan.source).body == work.loop.body)
    heads = Heads([_head(work.loop, plan, values) for plan in plans])
    if own and steering is not None and (place := drawing_call(runner, work)) is not None:
        steered = work.model_copy(update={"candidates": own})
        (drawn,) = await _until(until, [_drawn(runner, cache, steered, values, steering, place)])
        if isinstance(drawn, asyncio.CancelledError):
            return RoundReply(seeded=seeded, complete=False)
        if isinstance(drawn, BaseException):
            raise drawn
        drawn.on_their_way += [head for head in heads.on_their_way if head.plan not in own]
        heads = drawn
    going = [_candidate(runner, cache, work, head) for head in heads.on_their_way]
    results = await _until(until, going)
    made = [result for result in results if isinstance(result, Made)]
    _raise_what_matters([*heads.errors, *results], made)
    drafts = tuple(one.draft for one in made)
    leader = next((one for one in made if one.draft is best_of(drafts)), None)
    belief, looking = await _looked_again(runner, cache, work, leader, until)
    return RoundReply(
        drafts=drafts,
        proposals=_proposals(runner, work, leader) if leader else (),
        seeded=seeded,
        complete=len(made) + heads.stopped == len(plans),
        spent=heads.spent.plus(_together([one.spent for one in made])).plus(looking),
        belief=belief,
    )


async def _looked_again(
    runner: StepRunner, cache: StepCache, work: RoundInput, leader: Made | None, until: float
) -> tuple[Belief | None, Spent]:
    """A second look at the best draft, if it was not composed, nothing of it failed and there is
    time.

    The witness was measured on drawn pictures; of composed ones, which it never saw, it doubts true
    ones as well.
    """
    if not work.asked or leader is None or leader.draft.failed:
        return None, Spent()
    way = work.loop.way(leader.draft.source)
    if any("scene" in runner.engine.tools.get(call.tool).outputs for call in way.body):
        return None, Spent()
    art = drawn_part(way)
    look = looked_at_again(runner, cache, leader.draft.artifact, work.asked, art)
    (found,) = await _until(until, [look])
    if isinstance(found, asyncio.CancelledError):
        return None, Spent()
    if isinstance(found, BaseException):
        raise found
    return found


def _seeded(runner: StepRunner, loop: Loop) -> bool:
    """Whether another seed gives another draft of this way of the loop."""
    return any(runner.engine.tools.get(call.tool).seeded for call in loop.body)


def _distinct(runner: StepRunner, work: RoundInput) -> tuple[CandidatePlan, ...]:
    """The candidates without those that would be the same picture: of a source without a seeded
    tool, the first alone."""
    kept: list[CandidatePlan] = []
    for plan in work.candidates:
        first = all(one.source != plan.source for one in kept)
        if first or _seeded(runner, work.loop.way(plan.source)):
            kept.append(plan)
    return tuple(kept)


def _head(loop: Loop, plan: CandidatePlan, values: dict[str, Any]) -> Head:
    way = loop.way(plan.source)
    return Head(plan, way, dict(values), way.body)


async def _until(
    until: float, work: Sequence[Coroutine[Any, Any, ResultT]]
) -> list[ResultT | BaseException]:
    """Run side by side until a moment of the monotonic clock; what is not done then is
    cancelled. The results or errors, in order."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=until - time.monotonic())
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    return results


async def _drawn(
    runner: StepRunner,
    cache: StepCache,
    work: RoundInput,
    values: dict[str, Any],
    steering: Steering,
    place: int,
) -> Heads:
    """Run the body up to and with its drawing call, whose rows are drawn and steered together."""
    before, call = work.loop.body[:place], work.loop.body[place]
    ran = await asyncio.gather(
        *(
            _calls(runner, work, Head(plan, work.loop, dict(values), before))
            for plan in work.candidates
        )
    )
    drawing = SteeredDrawing(runner, work, call, steering)
    rows, spent = await drawing.run(cache, [known for known, _ in ran])
    heads = Heads([], spent=_together([cost for _, cost in ran]).plus(spent))
    for plan, (known, _), row in zip(work.candidates, ran, rows, strict=True):
        if row.error is not None:
            heads.errors.append(row.error)
        elif row.values is None:
            heads.stopped += 1
        else:
            rest = work.loop.body[place + 1 :]
            heads.on_their_way.append(Head(plan, work.loop, {**known, **row.values}, rest))
    return heads


async def _calls(runner: StepRunner, work: RoundInput, head: Head) -> tuple[dict[str, Any], Spent]:
    """Run the calls that are left of a candidate, one after the other, with its seed; all that
    is known then, and what it cost."""
    known = dict(head.known)
    spent = Spent()
    about = {"round": work.round, "candidate": head.plan.candidate}
    for call in head.rest:
        done = await runner.run(call, known, seed=head.plan.seed, about=about)
        known.update(done.values)
        spent = spent.plus(done.spent)
    return known, spent


async def _candidate(runner: StepRunner, cache: StepCache, work: RoundInput, head: Head) -> Made:
    """Run the rest of the body with the candidate's seed, then judge its picture."""
    known, spent = await _calls(runner, work, head)
    image = _picture(head.loop, known)
    judged, judging = await judge_once(
        runner,
        cache,
        head.loop.criteria,
        image,
        placed_words(head.loop, known),
        drawn_part(head.loop),
        composed_from(head.loop, known),
    )
    spent, clean = spent.plus(judging), None
    if len({plan.source for plan in work.candidates}) > 1:
        clean, measuring = await clean_once(
            runner, cache, image, drawn_part(head.loop), composed_from(head.loop, known)
        )
        spent = spent.plus(measuring)
    draft = await _draft(runner, work, head.plan, image, judged)
    draft = draft.model_copy(update={"clean": clean})
    return Made(draft, judged, spent)


async def _draft(
    runner: StepRunner, work: RoundInput, plan: CandidatePlan, image: ArtifactRef, verdict: Verdict
) -> Draft:
    """Store the verdict as an artifact of its own and describe the candidate."""
    stored = await runner.engine.store.put(
        canonical_json(verdict.model_dump(mode="json")),
        owner=runner.owner,
        lineage=Lineage(
            tool="judge",
            tool_version="1",
            task_id=runner.task_id,
            node=runner.node,
            parameters={"criteria": [one.model_dump(mode="json") for one in work.loop.criteria]},
            parents=(image.sha256,),
        ),
    )
    tally = verdict.tally()
    return Draft(
        id=f"r{work.round}c{plan.candidate}",
        round=work.round,
        candidate=plan.candidate,
        artifact=image,
        seed=plan.seed,
        verdict=stored,
        score=verdict.score,
        outcome=verdict.outcome,
        passed=tally[Outcome.PASSED],
        failed=tally[Outcome.FAILED],
        unjudged=tally[Outcome.UNJUDGED],
        reason=reason_of(verdict),
        parent=plan.parent,
        change=plan.change,
        source=plan.source,
        not_judged=not_judged(verdict),
    )


def _picture(loop: Loop, values: dict[str, Any]) -> ArtifactRef:
    value = values.get(loop.result)
    if not isinstance(value, dict) or "sha256" not in value:
        raise ToolFailed(
            f"{loop.result!r} of loop {loop.id!r} is not a picture",
            hint="A loop's result must be an image port of its body.",
        )
    return ArtifactRef.model_validate(value)


def _proposals(runner: StepRunner, work: RoundInput, leader: Made) -> tuple[Revision, ...]:
    """Repairs for the best draft, best first, as many as a message may hold."""
    body = work.loop.way(leader.draft.source).body
    found = runner.engine.propose(leader.verdict, body, frozenset(work.tried))
    kept, size = [], 0
    for revision in found:
        size += len(revision.model_dump_json())
        if size > MAX_PROPOSALS_BYTES:
            break
        kept.append(revision)
    return tuple(kept)


def _raise_what_matters(results: list[Any], made: list[Made]) -> None:
    """Raise an unforeseen or passing error; one for good only if nothing was finished."""
    errors = [
        result
        for result in results
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError)
    ]
    for error in errors:
        if isinstance(error, TryAgain) or not isinstance(error, MaquetteError):
            raise error
    if errors and not made:
        raise errors[0]


def _together(costs: list[Spent]) -> Spent:
    """The cost of candidates made at once: sums, and the longest of their chains."""
    total = Spent()
    for cost in costs:
        total = total.plus(cost)
    longest = max((cost.critical_model_s for cost in costs), default=0.0)
    return total.model_copy(update={"critical_model_s": longest})
