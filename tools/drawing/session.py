"""Drawing sessions: rows in one session of the generation role, stepped to their ends, steered
on the way.

Every few steps the latents are saved, so that whoever tries again, or a model server that
restarted, goes on from there. Whatever ends a session before its rows are done, it is cancelled,
so that the model stops within one denoising step.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from maquette.model_servers.client.roles import GenerationClient
from maquette.model_servers.schemas import generation
from maquette.model_servers.schemas.generation import (
    Row,
    RowState,
    RowStatus,
    StartReply,
    StartRequest,
    StepReply,
    StepRequest,
)
from maquette.model_servers.schemas.options.table import needed
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import CapabilityMissing, ModelFailed, NotFound
from maquette.tools.contract import ToolContext
from maquette.tools.drawing.abilities import lacking
from maquette.tools.drawing.checkpoint import EndedRow, SavedSession, read_row, saved_row
from maquette.tools.drawing.steering import Cancel, Decision, Resample, Steered, checked

FEW_STEPS = 4
"""Steps of the first call, and the fewest of any that is not steered: a call has a price of its
own."""
SECONDS_PER_CALL = 0.5
"""Model time aimed at between two checkpoints. Calls shorter than this bring no preview, which
would cost a fast model more than its steps."""
MAX_RESTARTS = 3
"""How often in a row a session that the server lost is started again without any step between."""
CANCEL_S = 5.0
"""How long a server is waited for that is told of a cancel; it notices the lost caller anyway."""


Report = Callable[[tuple[RowState, ...]], Awaitable[None]]
Save = Callable[[SavedSession], Awaitable[None]]


@dataclass(frozen=True)
class DrawingSession:
    """Rows to draw to their ends."""

    ctx: ToolContext
    """Whose models and owner are used; it is told of model time and of warnings."""
    rows: tuple[Row, ...]
    """At least one, at most 16. Rows of equal ids are told apart by their place."""
    report: Report
    """Given all rows after each call of the model."""
    save: Save
    """Given a checkpoint after each call that leaves rows running."""
    steered: Steered | None = None
    """How to decide of the rows after each call. None: all go on to their ends."""

    async def run(self, saved: SavedSession | None = None) -> tuple[RowState, ...]:
        """Draw; the last states, in the order of the rows: done, cancelled or failed.

        Args:
            saved: the checkpoint to go on from; one of another number of rows is left aside.
        Raises: InvalidInput: the model refuses a row, or a decision cannot be carried out;
            CapabilityMissing: the model lacks what a row needs. ModelFailed: the server keeps
            losing the session.
        """
        if saved is not None and len(saved.rows) != len(self.rows):
            saved = None
        lost_in_vain = 0
        while lost_in_vain <= MAX_RESTARTS:
            try:
                return await _Attempt(self, saved).run()
            except _SessionLost as lost:
                before = saved.steps if saved else 0
                moved = lost.saved is not None and lost.saved.steps > before
                lost_in_vain = 0 if moved else lost_in_vain + 1
                saved = lost.saved
        raise ModelFailed(
            f"the generation server lost the picture {1 + MAX_RESTARTS} times",
            hint="Look at the model server's log; it keeps restarting.",
        )


async def drawn(ctx: ToolContext, row: Row) -> ArtifactRef:
    """Draw one row to its end, going on from a checkpoint if there is one.

    Where the call is one of several that are drawn together, its row joins theirs.

    Raises: InvalidInput: the model refuses the row; CapabilityMissing: it lacks what the row
        needs. ModelFailed: it could not finish.
    """
    shared, ctx.drawing = ctx.drawing, None
    if shared is not None:
        return picture_of(await shared(row))

    async def report(states: tuple[RowState, ...]) -> None:
        await report_progress(ctx, states[0])

    async def save(saved: SavedSession) -> None:
        await ctx.reporter.checkpoint(saved.rows[0].model_dump(mode="json"))

    session = DrawingSession(ctx, (row,), report, save)
    (state,) = await session.run(read_row(ctx.resume))
    return picture_of(state)


def row_id(ctx: ToolContext, what: str) -> str:
    """What a call's row is called: its task and its node, or ``what`` it does."""
    return f"{ctx.task_id or 'call'}/{ctx.node or what}"[:120]


def picture_of(state: RowState) -> ArtifactRef:
    """The picture of a row at its end. Raises: ModelFailed: it has none, and why."""
    if state.status is RowStatus.DONE and state.image is not None:
        return state.image
    raise ModelFailed(
        f"the picture ended as {state.status.value} at step {state.step} of {state.steps}"
        + (f": {state.error}" if state.error else "")
    )


async def report_progress(ctx: ToolContext, state: RowState) -> None:
    """Say how far a row is, with its predicted picture if there is one."""
    await ctx.reporter.progress(
        min(1.0, state.step / max(1, state.steps)),
        f"step {state.step} of {state.steps}",
        state.preview,
    )


def _told_apart(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows under names of their own, as a session needs them."""
    if len(rows) == 1:
        return tuple(rows)
    return tuple(
        row.model_copy(update={"row_id": f"{row.row_id[:112]}/{index}"})
        for index, row in enumerate(rows)
    )


class _SessionLost(Exception):
    """The server no longer knows the session, or a latent to go on from."""

    def __init__(self, saved: SavedSession | None) -> None:
        super().__init__("session lost")
        self.saved = saved


class _Attempt:
    """One session from start to the end of its rows, cancelled unless all have ended."""

    def __init__(self, session: DrawingSession, saved: SavedSession | None) -> None:
        rows = _told_apart(session.rows)
        self._session = session
        self._ctx = session.ctx
        self._generation = GenerationClient(session.ctx.models)
        self._ids = tuple(row.row_id for row in rows)
        self._saved = saved
        self._decisions: tuple[Decision, ...] = saved.decisions if saved else ()
        self._rows: list[Row] = []
        self._states: dict[str, RowState] = {}
        before = saved.rows if saved else (None,) * len(rows)
        for row, was in zip(rows, before, strict=True):
            if isinstance(was, EndedRow):
                self._states[row.row_id] = RowState(row_id=row.row_id, **dict(was))
            elif was is not None:
                self._rows.append(row.model_copy(update={"latent": was.latent, "step": was.step}))
            else:
                self._rows.append(row)

    async def run(self) -> tuple[RowState, ...]:
        started = await self._start()
        self._take(started.rows)
        self._ctx.spent(sum(row.forward_s for row in started.rows))
        for row in started.rows:
            self._ctx.heed(row.verdict)
        try:
            await self._step_to_the_end(started.session)
        finally:
            if self._running:
                await self._cancel(started.session)
        return self._all

    async def _start(self) -> StartReply:
        request = StartRequest(
            owner=self._ctx.owner, origin=self._ctx.origin, rows=tuple(self._rows)
        )
        try:
            return await self._generation.start(request)
        except CapabilityMissing as error:
            plain = lacking(dict.fromkeys(a for row in self._rows for a in needed(row)))
            if plain is None:
                raise
            raise plain from error
        except NotFound as error:
            if self._saved is None:
                raise
            raise _SessionLost(None) from error

    async def _step_to_the_end(self, session: str) -> None:
        steered, size, pace = self._session.steered, FEW_STEPS, 0.0
        while running := self._running:
            left = max(state.steps - state.step for state in running)
            size = min(steered.every_steps if steered else size, left)
            slow = size * pace >= SECONDS_PER_CALL
            before, spent_before = self._states, self._forward_s
            reply = await self._step(session, size, more=size < left, slow=slow)
            self._take(reply.rows)
            spent = self._forward_s - spent_before
            self._ctx.spent(spent)
            await self._session.report(self._all)
            await self._decide()
            await self._save_all()
            taken = max(row.step - before[row.row_id].step for row in reply.rows)
            pace = spent / max(1, taken)
            wanted = round(SECONDS_PER_CALL / pace) if pace > 0 else left
            size = max(FEW_STEPS, wanted)

    async def _step(self, session: str, size: int, *, more: bool, slow: bool) -> StepReply:
        steered = self._session.steered
        looks = steered is not None and steered.previews
        request = StepRequest(
            session=session,
            steps=size,
            actions=self._actions(),
            preview=more and (slow or looks),
            save_latent=more,
        )
        try:
            return await self._generation.step(request)
        except NotFound as error:
            raise _SessionLost(self._saved) from error

    async def _decide(self) -> None:
        """Take the decisions that go with the next call."""
        steered = self._session.steered
        self._decisions = ()
        if steered is not None and self._running:
            self._decisions = checked(await steered.steer(self._all), self._all)

    def _actions(self) -> tuple[generation.RowAction, ...]:
        """What was decided, in the words of the model server."""
        actions: list[generation.RowAction] = []
        for name, decision in zip(self._ids, self._decisions, strict=False):
            if isinstance(decision, Cancel):
                actions.append(generation.Cancel(row_id=name))
            elif isinstance(decision, Resample):
                source = self._ids[decision.source]
                actions.append(generation.Resample(row_id=name, source=source, seed=decision.seed))
        return tuple(actions)

    async def _save_all(self) -> None:
        """Checkpoint, if the latents of all running rows were saved at this step."""
        running = self._running
        if not running or any(state.latent is None for state in running):
            return
        rows = tuple(saved_row(state) for state in self._all)
        self._saved = SavedSession(rows=rows, decisions=self._decisions)
        await self._session.save(self._saved)

    def _take(self, rows: Sequence[RowState]) -> None:
        self._states = {**self._states, **{row.row_id: row for row in rows}}

    @property
    def _all(self) -> tuple[RowState, ...]:
        return tuple(self._states[name] for name in self._ids)

    @property
    def _running(self) -> list[RowState]:
        return [state for state in self._states.values() if state.status is RowStatus.RUNNING]

    @property
    def _forward_s(self) -> float:
        return sum(state.forward_s for state in self._states.values())

    async def _cancel(self, session: str) -> None:
        """Tell the server even while this task is being cancelled; its answer changes nothing."""
        telling = asyncio.ensure_future(self._generation.cancel(session))
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(telling), CANCEL_S)
