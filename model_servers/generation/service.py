"""The started generation role: sessions of rows over one model, with the step scheduler below.

Imported by the role when it starts: from here on torch is needed.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

import torch

from maquette.infra.media.admit import encode_png
from maquette.model_servers.client.contract import AFFINITY
from maquette.model_servers.generation.adapters.contract import ActiveRow, RowAdapter, RowSpec
from maquette.model_servers.generation.adapters.rows import open_row, resample
from maquette.model_servers.generation.latents import load_row, save_row
from maquette.model_servers.generation.options import CODE_VERSION
from maquette.model_servers.generation.requests import RowReader
from maquette.model_servers.generation.scheduler import ScheduledRow, StepScheduler
from maquette.model_servers.generation.sessions import Session, Sessions
from maquette.model_servers.schemas.generation import (
    Cancel,
    Resample,
    Row,
    RowAction,
    RowState,
    RowStatus,
    StartReply,
    StartRequest,
    StepReply,
    StepRequest,
)
from maquette.model_servers.schemas.options.table import row_options
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    from PIL.Image import Image

    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.generation.options import GenerationOptions
    from maquette.model_servers.guard.guard import DomainGuard
    from maquette.model_servers.loading.worker_thread import WorkerThread
    from maquette.model_servers.schemas.origin import Origin

PREVIEW_PX = 128
"""Longest side of a predicted picture."""


class RowService:
    """Opens rows, steps them and stores what comes of them.

    Args:
        adapter: the loaded model.
        scheduler: runs its rows.
        sessions: holds them between calls.
        reader: makes rows' specs of what was sent.
        digest: of the model that answers.
    """

    def __init__(
        self,
        store: ArtifactStore,
        adapter: RowAdapter,
        *,
        scheduler: StepScheduler,
        sessions: Sessions,
        reader: RowReader,
        digest: str,
    ) -> None:
        self._store = store
        self.reader = reader
        self._digest = digest
        self.adapter = adapter
        self.scheduler = scheduler
        self.sessions = sessions

    async def open(self, request: StartRequest) -> StartReply:
        """Open a session of rows. Raises: InvalidInput, NotFound (a latent), Overloaded."""
        ids = [row.row_id for row in request.rows]
        if len(set(ids)) < len(ids):
            raise InvalidInput(
                f"row ids {', '.join(ids)} are not unique", hint="give each row an id of its own"
            )
        owner = request.owner
        with self.sessions.admitted(len(ids)):
            specs = [await self.reader.read(row, owner) for row in request.rows]
            rows = {}
            for row, spec in zip(request.rows, specs, strict=True):
                rows[row.row_id] = await self._opened(row, spec, owner)
        session = self.sessions.open(owner, request.origin, rows, AFFINITY.get())
        states = [_state(row_id, row) for row_id, row in session.rows.items()]
        return StartReply(session=session.id, rows=tuple(states))

    async def step(self, request: StepRequest) -> StepReply:
        """Apply the actions, then run every running row up to ``steps`` further.

        A caller that goes away meanwhile takes its session along.

        Raises: NotFound: the session is gone. InvalidInput: an action names an unknown row.
            Overloaded: there is no place for a row to run again.
        """
        with self.sessions.using(request.session) as session:
            async with session.lock:
                if not session.ended:
                    await self._apply(session, request.actions)
                    await self.scheduler.run(list(session.rows.values()), request.steps)
                    states = [
                        await self._reported(row_id, row, session, request)
                        for row_id, row in session.rows.items()
                    ]
                    if session.running:
                        return StepReply(rows=tuple(states))
                    session.end(tuple(states))
                elif request.actions:
                    raise InvalidInput(
                        "every row of the session is finished; there is none to act on",
                        hint="start a new session",
                    )
                return StepReply(rows=session.ended)

    async def close(self) -> None:
        """Drop every row and stop after the present forward."""
        self.sessions.close_all()
        await self.scheduler.close()

    async def _opened(self, row: Row, spec: RowSpec, owner: str) -> ScheduledRow:
        if row.latent is None:
            if row.step:
                raise InvalidInput(
                    f"row {row.row_id!r} starts at step {row.step} without a latent",
                    hint="send the latent saved at that step, or start at step 0",
                )
            make = partial(open_row, self.adapter, spec)
        else:
            data = await self._store.get(row.latent.sha256, owner=owner)
            make = partial(load_row, self.adapter, spec, data, step=row.step, digest=self._digest)
        opened, spent_s = await self.scheduler.in_model_thread(make)
        return ScheduledRow(opened, forward_s=spent_s)

    async def _apply(self, session: Session, actions: tuple[RowAction, ...]) -> None:
        """Apply actions to the rows as they stand; every resample sees the state before all."""
        before = dict(session.rows)
        for action in actions:
            row = _row(before, action.row_id)
            match action:
                case Cancel():
                    self.scheduler.drop([row])
                case Resample():
                    source = _row(before, action.source)
                    await self._resample(session, action, row, source)

    async def _resample(
        self, session: Session, action: Resample, row: ScheduledRow, source: ScheduledRow
    ) -> None:
        if source.row.finished:
            raise InvalidInput(
                f"row {action.source!r} is finished; there is no step left to resample",
                hint="resample from a row that is still running",
            )
        make = partial(resample, self.adapter, row.row, source.row, action.seed)
        runs_again = row.status is not RowStatus.RUNNING
        with self.sessions.admitted(1) if runs_again else nullcontext():
            continued, _ = await self.scheduler.in_model_thread(make)
        session.rows[action.row_id] = ScheduledRow(continued, forward_s=row.forward_s)

    async def _reported(
        self, row_id: str, row: ScheduledRow, session: Session, request: StepRequest
    ) -> RowState:
        """The state with what was asked for: the picture, the predicted picture, the latent."""
        preview = latent = None
        if row.picture is not None:
            row.image = await self._put_picture(row.picture, session, row.row)
            row.picture = None
        elif row.status is RowStatus.RUNNING:
            if request.preview and row.row.clean is not None:
                picture, spent_s = await self.scheduler.in_model_thread(
                    partial(_preview, self.adapter, row.row)
                )
                row.forward_s += spent_s
                preview = await self._put_picture(picture, session, None)
            if request.save_latent:
                data, _ = await self.scheduler.in_model_thread(
                    partial(save_row, row.row, self._digest)
                )
                latent = await self._store.put(data, owner=session.owner)
        return _state(row_id, row, preview=preview, latent=latent)

    async def _put_picture(
        self, picture: Image, session: Session, row: ActiveRow | None
    ) -> ArtifactRef:
        data = await asyncio.to_thread(encode_png, picture)
        lineage = None if row is None else self._lineage(row, session.origin)
        return await self._store.put(data, owner=session.owner, lineage=lineage)

    def _lineage(self, row: ActiveRow, origin: Origin) -> Lineage:
        spec = row.spec
        parameters = {
            "prompt": spec.prompt,
            "negative_prompt": spec.negative_prompt,
            "layout": [item.model_dump(mode="json") for item in spec.layout],
            "steps": spec.steps,
            "guidance": spec.guidance,
            "width_px": spec.width_px,
            "height_px": spec.height_px,
        }
        for option in row_options().values():
            parameters |= option.lineage(spec.value(option))
        if row.planned:
            parameters["planned_layout"] = [box.model_dump(mode="json") for box in row.planned]
        return Lineage(
            tool="generation",
            tool_version=CODE_VERSION,
            task_id=origin.task_id,
            node=origin.node,
            model_digest=self._digest,
            parameters=parameters,
            seed=spec.seed,
            parents=spec.pictures.names,
        )


def open_service(
    store: ArtifactStore,
    adapter: RowAdapter,
    *,
    name: str,
    digest: str,
    options: GenerationOptions,
    guard: DomainGuard,
    thread: WorkerThread,
) -> RowService:
    """The service over a loaded model, with no session yet.

    Args:
        name: of the model, for messages.
        thread: the one that belongs to the model.
    """
    alone = adapter.device.type == "cpu"
    scheduler = StepScheduler(
        adapter, thread, rows_per_forward=options.rows_per_forward or (1 if alone else 8)
    )
    sessions = Sessions(most_rows=options.most_rows, lease_s=options.idle_s, drop=scheduler.drop)
    reader = RowReader(store, adapter.facts, name, options=options, guard=guard, thread=thread)
    return RowService(
        store, adapter, scheduler=scheduler, sessions=sessions, reader=reader, digest=digest
    )


def _state(
    row_id: str,
    row: ScheduledRow,
    *,
    preview: ArtifactRef | None = None,
    latent: ArtifactRef | None = None,
) -> RowState:
    return RowState(
        row_id=row_id,
        status=row.status,
        step=row.row.step,
        steps=row.row.schedule.steps,
        preview=preview,
        latent=latent,
        signals=row.row.signals,
        image=row.image,
        forward_s=row.forward_s,
        error=row.error,
        planned=row.row.planned,
        verdict=row.row.spec.pictures.verdict,
    )


def _row(rows: dict[str, ScheduledRow], row_id: str) -> ScheduledRow:
    if row_id not in rows:
        raise InvalidInput(
            f"the session has no row {row_id!r}; it has {', '.join(rows)}",
            hint="act on one of these rows",
        )
    return rows[row_id]


def _preview(adapter: RowAdapter, row: ActiveRow) -> Image:
    """The picture the row is heading for, at most PREVIEW_PX on a side."""
    if row.clean is None:
        raise InvalidInput("a row that has not stepped predicts nothing", hint="step it first")
    with torch.no_grad():
        picture = adapter.decode(row.clean.to(row.latent.dtype), row.spec)
    picture.thumbnail((PREVIEW_PX, PREVIEW_PX))
    return picture
