"""The drawings of a round's candidates in one session, steered by the loop's strategy.

The session is one step: it has one content key, made of all its rows and of who steers them, and
one checkpoint. Its result is stored before it counts as done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.generation import Row, RowState, RowStatus
from maquette.records.errors import MaquetteError, TryAgain, from_problem
from maquette.records.event import EventType
from maquette.records.plan import Call, resolve
from maquette.records.task import Problem
from maquette.tools.contract import ToolContext
from maquette.tools.drawing.checkpoint import SavedSession, read_session
from maquette.tools.drawing.session import DrawingSession, report_progress
from maquette.tools.drawing.steering import Decision, DrawRow, Steered
from maquette.tools.drawing.together import DrawnCall, draw_together
from maquette.workflows.loops.strategy import Steering
from maquette.workflows.steps.reporter import StepEvents
from maquette.workflows.steps.step import StepRunner, complete, summary
from maquette.workflows.steps.step_cache import Looked, StepCache, StepResult, step_key
from maquette.workflows.wire.messages import RoundInput, Spent, kept_warnings

OUTPUT, STOPPED, PROBLEM = "output", "stopped", "problem"
"""What is stored of a row: the call's output ports, at which step it was stopped, or why it
failed. A session of which a row failed is not stored."""


@dataclass(frozen=True)
class DrawnRow:
    """What came of one candidate's drawing: the values of its ports; nothing if it was stopped
    on the way; or why it failed for good."""

    values: dict[str, Any] | None
    error: MaquetteError | None = None


class _RowsFailed(Exception):
    """A session that is told of, but not kept: another try may turn out better."""

    def __init__(self, result: StepResult) -> None:
        super().__init__("rows failed")
        self.result = result


def drawing_call(runner: StepRunner, work: RoundInput) -> int | None:
    """Which call of the body makes the candidates differ by drawing: the first that is seeded
    and uses the generation role. None: no call does, and there is nothing to steer."""
    specs = [runner.engine.tools.get(call.tool) for call in work.loop.body]
    found = (k for k, one in enumerate(specs) if one.seeded and RoleName.GENERATION in one.roles)
    return next(found, None)


@dataclass(frozen=True)
class SteeredDrawing:
    """One call of a round's body, run for all candidates at once."""

    runner: StepRunner
    work: RoundInput
    call: Call
    steering: Steering

    async def run(
        self, cache: StepCache, values: Sequence[dict[str, Any]]
    ) -> tuple[tuple[DrawnRow, ...], Spent]:
        """Draw, or find what was drawn.

        Args:
            values: what is known, for each candidate.
        Returns: what came of each candidate, in order, and what it cost.
        Raises: what a call raises before it draws; an error that may pass.
        """
        arguments = [resolve(self.call.arguments, known) for known in values]
        events = [
            self.runner.events(self.call, {"round": self.work.round, "candidate": one.candidate})
            for one in self.work.candidates
        ]
        key = await self._key(arguments)
        for one in events:
            one.say(EventType.STEP_STARTED)
        try:
            looked = await cache.run(
                key, partial(self._draw, arguments, events, key), owner=self.runner.owner
            )
        except _RowsFailed as failed:
            looked = Looked(failed.result, cached=False)
        self.runner.forget(key)
        rows = looked.result.output["rows"]
        for one, row in zip(events, rows, strict=True):
            _tell(one, row, looked.result, cached=looked.cached)
        return tuple(map(self._drawn, rows)), _spent(looked)

    async def _key(self, arguments: list[dict[str, Any]]) -> str:
        """All that the pictures depend on: every row, and all that steers them."""
        spec = self.runner.engine.tools.get(self.call.tool)
        return step_key(
            owner=self.runner.owner,
            tool=spec.name,
            tool_version=spec.version,
            digests=await self.runner.digests(spec.roles),
            arguments={
                "together": [complete(spec, one) for one in arguments],
                "candidates": [one.told() for one in self.work.candidates],
                "loop": self.work.loop.model_dump(mode="json"),
                "round": self.work.round,
                "steering": [
                    self.steering.version,
                    self.steering.every_steps,
                    self.steering.previews,
                ],
            },
            seed=None,
        )

    async def _draw(
        self, arguments: list[dict[str, Any]], events: list[StepEvents], key: str
    ) -> StepResult:
        whole = self.runner.context(self.call, 0, events[0], key=key)
        contexts = [
            self.runner.context(self.call, one.seed, event, key="")
            for one, event in zip(self.work.candidates, events, strict=True)
        ]
        calls = [
            partial(self._call, one, ctx) for one, ctx in zip(arguments, contexts, strict=True)
        ]
        drawn = await draw_together(calls, partial(self._session, whole, contexts))
        everyone = [whole, *contexts]
        result = StepResult(
            tool=self.call.tool,
            tool_version=self.runner.engine.tools.get(self.call.tool).version,
            output={"rows": [_outcome(one) for one in drawn]},
            model_s=sum(ctx.model_s for ctx in everyone),
            model_calls=sum(ctx.model_calls for ctx in everyone),
            warnings=kept_warnings(one for ctx in everyone for one in ctx.warnings),
            task_id=self.runner.task_id,
        )
        if any(PROBLEM in row for row in result.output["rows"]):
            raise _RowsFailed(result)
        return result

    async def _call(
        self, arguments: dict[str, Any], ctx: ToolContext, draw: DrawRow
    ) -> dict[str, Any]:
        ctx.drawing = draw
        spec = self.runner.engine.tools.get(self.call.tool)
        return await self.runner.engine.run_tool(spec, arguments, ctx)

    async def _session(
        self, whole: ToolContext, contexts: list[ToolContext], rows: tuple[Row, ...]
    ) -> tuple[RowState, ...]:
        async def report(states: tuple[RowState, ...]) -> None:
            for ctx, state in zip(contexts, states, strict=True):
                await report_progress(ctx, state)

        async def save(saved: SavedSession) -> None:
            await whole.reporter.checkpoint(saved.model_dump(mode="json"))

        async def steer(states: tuple[RowState, ...]) -> Sequence[Decision]:
            return self.steering.steer(self.work, states)

        steered = Steered(steer, self.steering.every_steps, self.steering.previews)
        session = DrawingSession(whole, rows, report, save, steered)
        return await session.run(read_session(whole.resume))

    def _drawn(self, row: dict[str, Any]) -> DrawnRow:
        if PROBLEM in row:
            return DrawnRow(None, from_problem(Problem.model_validate(row[PROBLEM])))
        if STOPPED in row:
            return DrawnRow(None)
        return DrawnRow({f"{self.call.id}.{port}": one for port, one in row[OUTPUT].items()})


def _outcome(drawn: DrawnCall[dict[str, Any]]) -> dict[str, Any]:
    """What is stored of a row. Raises: what the call raised, if it may pass or is unforeseen."""
    if drawn.row.status is RowStatus.CANCELLED:
        return {STOPPED: f"step {drawn.row.step} of {drawn.row.steps}"}
    if not isinstance(drawn.result, BaseException):
        return {OUTPUT: drawn.result}
    if isinstance(drawn.result, MaquetteError) and not isinstance(drawn.result, TryAgain):
        return {PROBLEM: drawn.result.problem().model_dump(mode="json")}
    raise drawn.result


def _tell(events: StepEvents, row: dict[str, Any], result: StepResult, *, cached: bool) -> None:
    """Say how the drawing of one candidate ended. A row that was stopped is a finished step."""
    if PROBLEM in row:
        problem = Problem.model_validate(row[PROBLEM])
        events.say(EventType.STEP_FAILED, code=problem.code, reason=problem.detail[:400])
        return
    kind = EventType.STEP_CACHED if cached else EventType.STEP_COMPLETED
    share = result.model_copy(
        update={
            "output": row.get(OUTPUT, {}),
            "model_s": result.model_s / len(result.output["rows"]),
        }
    )
    stopped = {STOPPED: row[STOPPED]} if STOPPED in row else {}
    events.say(kind, **summary(share), **stopped)


def _spent(looked: Looked) -> Spent:
    result = looked.result
    if looked.cached:
        return Spent(cache_hits=1, warnings=result.warnings)
    return Spent(
        model_s=result.model_s,
        # Rows of one session take turns in one model.
        critical_model_s=result.model_s,
        model_calls=result.model_calls,
        warnings=result.warnings,
    )
