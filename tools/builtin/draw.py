"""The ``draw`` tool: a picture from words, by the generation role's row-and-step contract."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated, Any

from pydantic import Field, ValidationError

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import GenerationClient
from maquette.model_servers.schemas.generation import (
    Row,
    RowState,
    RowStatus,
    StartRequest,
    StepRequest,
)
from maquette.model_servers.schemas.options.glyphs import GlyphItem
from maquette.model_servers.schemas.options.table import RowOptions, needed
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import CapabilityMissing, ModelFailed, NotFound
from maquette.records.geometry import LayoutItem
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.drawing.abilities import lacking
from maquette.tools.spec import tool
from maquette.words.noun_phrases import call_shown

FEW_STEPS = 4
"""Steps of the first call, and the fewest of any: a call has a price of its own."""
SECONDS_PER_CALL = 0.5
"""Model time aimed at between two checkpoints. Calls shorter than this bring no preview, which
would cost a fast model more than its steps."""
MAX_RESTARTS = 3
"""How often in a row a session that the server lost is started again without any step between."""
CANCEL_S = 5.0
"""How long a server is waited for that is told of a cancel; it notices the lost caller anyway."""


Steps = Annotated[int, Field(ge=1, le=200)]
Guidance = Annotated[float, Field(ge=0, le=30)]

MoreOptions = Annotated[
    RowOptions | None,
    Field(description="further options of the generator", exclude_if=lambda values: not values),
]
"""A call without any has the content key that it had before there were some."""


class Drawing(Record):
    image: Image


def row_id(ctx: ToolContext, what: str) -> str:
    """What a call's row is called: its task and its node, or ``what`` it does."""
    return f"{ctx.task_id or 'call'}/{ctx.node or what}"[:120]


@tool(
    "draw",
    version="1",
    cost_s=3.0,
    timeout_s=900.0,
    roles=(RoleName.GENERATION,),
    seeded=True,
)
async def draw(
    ctx: ToolContext,
    *,
    prompt: Annotated[Text, Field(max_length=4_000)],
    negative_prompt: Annotated[Text, Field(max_length=4_000)] = "",
    layout: Annotated[tuple[LayoutItem, ...], Field(max_length=16)] = (),
    steps: Steps | None = None,
    guidance: Guidance | None = None,
    width_px: Annotated[int, Field(ge=32, le=2048)] | None = None,
    height_px: Annotated[int, Field(ge=32, le=2048)] | None = None,
    concept: Image | None = None,
    second_concept: Image | None = None,
    concept_name: Annotated[Text, Field(max_length=100)] = "",
    second_concept_name: Annotated[Text, Field(max_length=100)] = "",
    letters: Annotated[tuple[GlyphItem, ...], Field(max_length=8)] = (),
    few_step: bool = False,
    options: MoreOptions = None,
) -> Drawing:
    """Draw a picture from a description; ``layout`` says what goes into which box.

    ``concept`` and ``second_concept`` are pictures of things to show again: "the shown thing" and
    "the second shown thing" mean them in prompt and layout; what the things are (the name_thing
    tool tells) helps. ``letters`` are words for the generator itself to print.

    Every few steps the latent is saved and checkpointed, so that a retry of this call, or a
    model server that restarted, goes on from there. Whatever ends the call before the picture
    is done, the session is cancelled, so that the model stops within one denoising step.

    Raises: InvalidInput: the model refuses the request. ModelFailed: it could not finish.
    """

    def named(text: str) -> str:
        return call_shown(text, concept_name, second_concept_name)

    row = Row(
        row_id=row_id(ctx, "draw"),
        prompt=named(prompt),
        negative_prompt=negative_prompt,
        layout=tuple(LayoutItem(box=item.box, phrase=named(item.phrase)) for item in layout),
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
        width_px=width_px,
        height_px=height_px,
        concepts=tuple(ref for ref in (concept, second_concept) if ref is not None),
        glyphs=letters,
        few_step=few_step,
        options=options or {},
    )
    return Drawing(image=await drawn(ctx, row))


async def drawn(ctx: ToolContext, row: Row) -> ArtifactRef:
    """Draw one row to its end, going on from a checkpoint if there is one.

    Raises: InvalidInput: the model refuses the row; CapabilityMissing: it lacks what the row
        needs. ModelFailed: it could not finish.
    """
    saved = _saved(ctx.resume)
    lost_in_vain = 0
    while lost_in_vain <= MAX_RESTARTS:
        try:
            return await _Attempt(ctx, row, saved).run()
        except _SessionLost as lost:
            moved = lost.saved is not None and lost.saved.step > (saved.step if saved else 0)
            lost_in_vain = 0 if moved else lost_in_vain + 1
            saved = lost.saved
    raise ModelFailed(
        f"the generation server lost the picture {1 + MAX_RESTARTS} times",
        hint="Look at the model server's log; it keeps restarting.",
    )


class _Saved(Record):
    """The checkpoint: a stored latent and the step it stands at."""

    latent: ArtifactRef
    step: int


def _saved(state: dict[str, Any] | None) -> _Saved | None:
    """Read a checkpoint; one that another version wrote is no use and no error."""
    try:
        return None if state is None else _Saved.model_validate(state)
    except ValidationError:
        return None


class _SessionLost(Exception):
    """The server no longer knows the session, or the latent to go on from."""

    def __init__(self, saved: _Saved | None) -> None:
        super().__init__("session lost")
        self.saved = saved


class _Attempt:
    """One session from start to picture, cancelled unless it ends in a picture."""

    def __init__(self, ctx: ToolContext, row: Row, saved: _Saved | None) -> None:
        self._ctx = ctx
        self._generation = GenerationClient(ctx.models)
        self._saved = saved
        if saved is not None:
            row = row.model_copy(update={"latent": saved.latent, "step": saved.step})
        self._row = row

    async def run(self) -> ArtifactRef:
        request = StartRequest(owner=self._ctx.owner, origin=self._ctx.origin, rows=(self._row,))
        try:
            started = await self._generation.start(request)
        except CapabilityMissing as error:
            plain = lacking(needed(self._row))
            if plain is None:
                raise
            raise plain from error
        except NotFound as error:
            if self._saved is None:
                raise
            raise _SessionLost(None) from error
        self._ctx.spent(started.rows[0].forward_s)
        if started.rows[0].warning:
            self._ctx.warn(started.rows[0].warning)
        done = False
        try:
            state = await self._step_to_the_end(started.session, started.rows[0])
            done = True
        finally:
            if not done:
                await self._cancel(started.session)
        if state.status is RowStatus.DONE and state.image is not None:
            return state.image
        raise ModelFailed(
            f"the picture ended as {state.status.value} at step {state.step} of {state.steps}"
            + (f": {state.error}" if state.error else "")
        )

    async def _step_to_the_end(self, session: str, state: RowState) -> RowState:
        size, pace = FEW_STEPS, 0.0
        while state.status is RowStatus.RUNNING:
            left = state.steps - state.step
            size = min(size, left)
            more = size < left
            slow = size * pace >= SECONDS_PER_CALL
            before, spent_before = state.step, state.forward_s
            try:
                reply = await self._generation.step(
                    StepRequest(
                        session=session, steps=size, preview=more and slow, save_latent=more
                    )
                )
            except NotFound as error:
                raise _SessionLost(self._saved) from error
            state = reply.rows[0]
            spent = state.forward_s - spent_before
            self._ctx.spent(spent)
            await self._report(state)
            pace = spent / max(1, state.step - before)
            wanted = round(SECONDS_PER_CALL / pace) if pace > 0 else state.steps
            size = max(FEW_STEPS, wanted)
        return state

    async def _report(self, state: RowState) -> None:
        await self._ctx.reporter.progress(
            min(1.0, state.step / max(1, state.steps)),
            f"step {state.step} of {state.steps}",
            state.preview,
        )
        if state.latent is not None and state.status is RowStatus.RUNNING:
            self._saved = _Saved(latent=state.latent, step=state.step)
            await self._ctx.reporter.checkpoint(self._saved.model_dump(mode="json"))

    async def _cancel(self, session: str) -> None:
        """Tell the server even while this task is being cancelled; its answer changes nothing."""
        telling = asyncio.ensure_future(self._generation.cancel(session))
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(telling), CANCEL_S)
