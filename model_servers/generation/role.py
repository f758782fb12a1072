"""The generation role: ``start`` rows, ``step`` them, ``cancel`` them; ``describe`` the model."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import Field

from maquette.infra.media.admit import decode_stored, encode_png
from maquette.model_servers.client.contract import AFFINITY, Method, RoleName
from maquette.model_servers.client.work import Held
from maquette.model_servers.loading.model_files import BUNDLED
from maquette.model_servers.loading.options import model_options
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.generation import (
    Cancel,
    CancelRequest,
    Done,
    GenerationDescription,
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
from maquette.model_servers.schemas.options.few_step import FEW_STEP
from maquette.model_servers.schemas.options.table import needed, row_options
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.base import Record
from maquette.records.errors import CapabilityMissing, InvalidInput
from maquette.records.ids import content_key

if TYPE_CHECKING:
    from PIL.Image import Image

    from maquette.infra.settings.schema import ModelConfig
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.generation.adapters.contract import (
        ActiveRow,
        RowAdapter,
        RowPictures,
        RowSpec,
    )
    from maquette.model_servers.generation.scheduler import ScheduledRow, StepScheduler
    from maquette.model_servers.generation.sessions import Session, Sessions
    from maquette.model_servers.guard.guard import Judge
    from maquette.model_servers.schemas.origin import Origin
    from maquette.records.geometry import LayoutItem

CODE_VERSION = "1"
"""Part of the digest: raised when this code would draw other bytes from the same weights."""
PREVIEW_PX = 128
"""Longest side of a predicted picture."""


class GenerationOptions(Record):
    """What ``models.generation.options`` may hold, beside placement."""

    device: str = Field(default="auto", description="auto, cpu, cuda or cuda:N")
    dtype: str = Field(default="auto", description="auto, float32, bfloat16 or float16")
    rows_per_forward: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="rows in one batched forward; default 1 on a CPU, where it keeps a row's "
        "bytes independent of what else runs, and 8 on a GPU",
    )
    steps: int | None = Field(default=None, ge=1, le=200, description="default steps of a row")
    guidance: float | None = Field(default=None, ge=0, le=30, description="default guidance")
    most_rows: int = Field(default=128, ge=1, description="rows running at once, in all sessions")
    idle_s: float = Field(default=30.0, gt=0, description="a session unused so long is forgotten")
    download: bool = Field(default=False, description="whether a hub id may be fetched")


class GenerationRole:
    """Serves one diffusion model row by row.

    Args:
        store: where pictures and latents go.
        config: the model and its options.
        threads: torch threads; 0: one for each CPU core, at most 8.
    Raises: ConfigError: an option is not known or not valid.
    """

    role = RoleName.GENERATION

    def __init__(self, store: ArtifactStore, config: ModelConfig, threads: int) -> None:
        self._store = store
        self._model = config.model
        self._options = model_options(self.role, GenerationOptions, config.options)
        self._threads = threads or min(8, os.cpu_count() or 1)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="generation")
        self._adapter: RowAdapter
        self._scheduler: StepScheduler
        self._sessions: Sessions
        self._pipeline = ""
        self._digest = ""
        self._guard: Judge
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the model in its own thread. Raises: ConfigError, PackCorrupt."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._load)
        self._sweeping = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._sessions.close_all()
        await self._scheduler.close()
        self._thread.shutdown(wait=True)

    def digest(self) -> str:
        return self._digest

    def held(self) -> Held:
        """The rows that run, and when one last took a step."""
        return Held(self._sessions.rows_held, self._options.most_rows, self._scheduler.moved_at)

    def methods(self) -> Mapping[str, Method]:
        return {
            "start": Method(StartRequest, StartReply, self.open),
            "step": Method(StepRequest, StepReply, self.step),
            "cancel": Method(CancelRequest, Done, self.cancel),
            "describe": Method(DescribeRequest, GenerationDescription, self.describe),
        }

    async def open(self, request: StartRequest) -> StartReply:
        """Open a session of rows. Raises: InvalidInput, NotFound (a latent), Overloaded."""
        ids = [row.row_id for row in request.rows]
        if len(set(ids)) < len(ids):
            raise InvalidInput(
                f"row ids {', '.join(ids)} are not unique", hint="give each row an id of its own"
            )
        owner = request.owner
        with self._sessions.admitted(len(ids)):
            specs = [self._spec(row, await self._pictures(row, owner)) for row in request.rows]
            rows = {}
            for row, spec in zip(request.rows, specs, strict=True):
                rows[row.row_id] = await self._opened(row, spec, owner)
        session = self._sessions.open(owner, request.origin, rows, AFFINITY.get())
        states = [self._state(row_id, row) for row_id, row in session.rows.items()]
        return StartReply(session=session.id, rows=tuple(states))

    async def step(self, request: StepRequest) -> StepReply:
        """Apply the actions, then run every running row up to ``steps`` further.

        A caller that goes away meanwhile takes its session along.

        Raises: NotFound: the session is gone. InvalidInput: an action names an unknown row.
            Overloaded: there is no place for a row to run again.
        """
        with self._sessions.using(request.session) as session:
            async with session.lock:
                if not session.ended:
                    await self._apply(session, request.actions)
                    await self._scheduler.run(list(session.rows.values()), request.steps)
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

    async def cancel(self, request: CancelRequest) -> Done:
        """Drop the session's rows before their next step."""
        self._sessions.close(request.session)
        return Done()

    async def describe(self, request: DescribeRequest) -> GenerationDescription:
        facts = self._adapter.facts
        return GenerationDescription(
            model=self._model,
            digest=self._digest,
            pipeline=self._pipeline,
            default_steps=self._options.steps or facts.default_steps,
            default_guidance=self._default_guidance(),
            width_px=facts.width_px,
            height_px=facts.height_px,
            layout=facts.layout,
            vocabulary=facts.vocabulary,
            capabilities=tuple(sorted(facts.capabilities)),
            steps_run=self._scheduler.steps_run,
            pictures_made=self._scheduler.pictures_made,
        )

    def _load(self) -> None:
        import torch

        from maquette.model_servers.generation.load import load_adapter
        from maquette.model_servers.generation.pack import open_pack
        from maquette.model_servers.generation.scheduler import StepScheduler
        from maquette.model_servers.generation.sessions import Sessions
        from maquette.model_servers.guard.guard import open_guard
        from maquette.model_servers.loading.devices import choose_device, choose_dtype

        options = self._options
        torch.set_num_threads(self._threads)
        device = choose_device(self.role, options.device)
        dtype = choose_dtype(self.role, options.dtype, device)
        pack = open_pack(self._model, download=options.download)
        self._adapter = load_adapter(pack, device=device, dtype=dtype)
        self._pipeline = pack.pipeline
        self._guard = open_guard(bundled_model=self._model == BUNDLED)
        made_by = [CODE_VERSION, pack.digest, device.type, str(dtype)]
        self._digest = content_key("generation", *made_by, *filter(None, (self._guard.digest,)))
        self._scheduler = StepScheduler(
            self._adapter,
            self._thread,
            rows_per_forward=options.rows_per_forward or (1 if device.type == "cpu" else 8),
        )
        self._sessions = Sessions(
            most_rows=options.most_rows, lease_s=options.idle_s, drop=self._scheduler.drop
        )

    async def _sweep(self) -> None:
        """Forget sessions that nobody calls any more."""
        while True:
            await asyncio.sleep(self._options.idle_s / 4)
            self._sessions.close_unused()

    async def _pictures(self, row: Row, owner: str) -> RowPictures:
        """Fetch and decode what a row shows. Raises: InvalidInput, NotFound, MediaRejected."""
        from maquette.model_servers.generation.adapters.contract import RowPictures

        if row.mask is not None and row.source is None:
            raise InvalidInput(
                f"row {row.row_id!r} has a mask without a source picture",
                hint="send the picture to change as source",
            )
        refs = (row.source, row.mask, *row.concepts)
        source, mask, *concepts = [await self._picture(ref, owner) for ref in refs]
        names = dict.fromkeys(ref.sha256 for ref in refs if ref is not None)
        shown = tuple(c for c in concepts if c is not None)
        warning = ""
        if source is not None or shown:
            seen = [picture for picture in (source, *shown) if picture is not None]
            loop = asyncio.get_running_loop()
            warning = await loop.run_in_executor(self._thread, self._warning, seen)
        return RowPictures(source, mask, shown, tuple(names), warning)

    def _warning(self, pictures: list[Image]) -> str:
        """What the domain guard says against relying on what is made of these pictures."""
        verdicts = [self._guard.judge(picture) for picture in pictures]
        return "; ".join(dict.fromkeys(v.reason for v in verdicts if v.in_world is False))

    async def _picture(self, ref: ArtifactRef | None, owner: str) -> Image | None:
        if ref is None:
            return None
        data = await self._store.get(ref.sha256, owner=owner)
        return await asyncio.to_thread(decode_stored, data)

    def _spec(self, row: Row, pictures: RowPictures) -> RowSpec:
        """The row with the model's defaults.

        Raises: InvalidInput: a size it cannot draw. CapabilityMissing: something it cannot do.
        """
        from maquette.model_servers.generation.adapters.contract import RowSpec

        facts = self._adapter.facts
        options = {name: option.value(row) for name, option in row_options().items()}
        few = FEW_STEP.value(row)
        steps = facts.few_steps if few else self._options.steps or facts.default_steps
        spec = RowSpec(
            prompt=row.prompt,
            negative_prompt=row.negative_prompt,
            layout=row.layout,
            seed=row.seed,
            steps=row.steps or steps,
            guidance=self._default_guidance() if row.guidance is None else row.guidance,
            width_px=row.width_px or facts.width_px,
            height_px=row.height_px or facts.height_px,
            pictures=pictures,
            options=options,
        )
        missing = [name for name in needed(row) if name not in facts.capabilities]
        if missing:
            raise CapabilityMissing(
                f"row {row.row_id!r} needs {', '.join(missing)}, which the model {self._model!r} "
                f"({self._pipeline}) lacks; it can: "
                f"{', '.join(sorted(facts.capabilities)) or 'draw from words'}",
                hint="leave that out, or serve a model that can",
            )
        multiple = facts.size_multiple_px
        if multiple:
            fits = spec.width_px % multiple == 0 and spec.height_px % multiple == 0
            wanted = f"multiples of {multiple}"
        else:
            fits = (spec.width_px, spec.height_px) == (facts.width_px, facts.height_px)
            wanted = f"{facts.width_px} x {facts.height_px}"
        if not fits:
            raise InvalidInput(
                f"row {row.row_id!r} asks for {spec.width_px} x {spec.height_px} pixels; "
                f"the model draws {wanted}",
                hint="leave the size out, and scale the picture afterwards",
            )
        return spec

    def _default_guidance(self) -> float:
        chosen = self._options.guidance
        return self._adapter.facts.default_guidance if chosen is None else chosen

    async def _opened(self, row: Row, spec: RowSpec, owner: str) -> ScheduledRow:
        from maquette.model_servers.generation.adapters.rows import open_row
        from maquette.model_servers.generation.latents import load_row
        from maquette.model_servers.generation.scheduler import ScheduledRow

        if row.latent is None:
            if row.step:
                raise InvalidInput(
                    f"row {row.row_id!r} starts at step {row.step} without a latent",
                    hint="send the latent saved at that step, or start at step 0",
                )
            make = partial(open_row, self._adapter, spec)
        else:
            data = await self._store.get(row.latent.sha256, owner=owner)
            make = partial(load_row, self._adapter, spec, data, step=row.step, digest=self._digest)
        opened, spent_s = await self._scheduler.in_model_thread(make)
        return ScheduledRow(opened, forward_s=spent_s)

    async def _apply(self, session: Session, actions: tuple[RowAction, ...]) -> None:
        """Apply actions to the rows as they stand; every resample sees the state before all."""
        before = dict(session.rows)
        for action in actions:
            row = _row(before, action.row_id)
            match action:
                case Cancel():
                    self._scheduler.drop([row])
                case Resample():
                    source = _row(before, action.source)
                    await self._resample(session, action, row, source)

    async def _resample(
        self, session: Session, action: Resample, row: ScheduledRow, source: ScheduledRow
    ) -> None:
        from maquette.model_servers.generation.adapters.rows import resample
        from maquette.model_servers.generation.scheduler import ScheduledRow

        if source.row.finished:
            raise InvalidInput(
                f"row {action.source!r} is finished; there is no step left to resample",
                hint="resample from a row that is still running",
            )
        make = partial(resample, self._adapter, row.row, source.row, action.seed)
        runs_again = row.status is not RowStatus.RUNNING
        with self._sessions.admitted(1) if runs_again else nullcontext():
            continued, _ = await self._scheduler.in_model_thread(make)
        session.rows[action.row_id] = ScheduledRow(continued, forward_s=row.forward_s)

    async def _reported(
        self, row_id: str, row: ScheduledRow, session: Session, request: StepRequest
    ) -> RowState:
        """The state with what was asked for: the picture, the predicted picture, the latent."""
        from maquette.model_servers.generation.latents import save_row

        preview = latent = None
        if row.picture is not None:
            row.image = await self._put_picture(row.picture, session, row.row)
            row.picture = None
        elif row.status is RowStatus.RUNNING:
            if request.preview and row.row.clean is not None:
                picture, spent_s = await self._scheduler.in_model_thread(
                    partial(_preview, self._adapter, row.row)
                )
                row.forward_s += spent_s
                preview = await self._put_picture(picture, session, None)
            if request.save_latent:
                data, _ = await self._scheduler.in_model_thread(
                    partial(save_row, row.row, self._digest)
                )
                latent = await self._store.put(data, owner=session.owner)
        return self._state(row_id, row, preview=preview, latent=latent)

    async def _put_picture(
        self, picture: Image, session: Session, row: ActiveRow | None
    ) -> ArtifactRef:
        data = await asyncio.to_thread(encode_png, picture)
        lineage = None if row is None else self._lineage(row, session.origin)
        return await self._store.put(data, owner=session.owner, lineage=lineage)

    def _lineage(self, row: ActiveRow, origin: Origin) -> Lineage:
        spec = row.spec
        return Lineage(
            tool="generation",
            tool_version=CODE_VERSION,
            task_id=origin.task_id,
            node=origin.node,
            model_digest=self._digest,
            parameters={
                "prompt": spec.prompt,
                "negative_prompt": spec.negative_prompt,
                "layout": [item.model_dump(mode="json") for item in spec.layout],
                "steps": spec.steps,
                "guidance": spec.guidance,
                "width_px": spec.width_px,
                "height_px": spec.height_px,
                **_asked_for(spec),
                **_planned(row.planned),
            },
            seed=spec.seed,
            parents=spec.pictures.names,
        )

    @staticmethod
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
            warning=row.row.spec.pictures.warning,
        )


def _asked_for(spec: RowSpec) -> dict[str, Any]:
    """What the lineage tells of the options the row has."""
    told: dict[str, Any] = {}
    for option in row_options().values():
        told |= option.lineage(spec.value(option))
    return told


def _planned(boxes: tuple[LayoutItem, ...]) -> dict[str, Any]:
    return {"planned_layout": [box.model_dump(mode="json") for box in boxes]} if boxes else {}


def _row(rows: dict[str, ScheduledRow], row_id: str) -> ScheduledRow:
    if row_id not in rows:
        raise InvalidInput(
            f"the session has no row {row_id!r}; it has {', '.join(rows)}",
            hint="act on one of these rows",
        )
    return rows[row_id]


def _preview(adapter: RowAdapter, row: ActiveRow) -> Image:
    """The picture the row is heading for, at most PREVIEW_PX on a side."""
    import torch

    if row.clean is None:
        raise InvalidInput("a row that has not stepped predicts nothing", hint="step it first")
    with torch.no_grad():
        picture = adapter.decode(row.clean.to(row.latent.dtype), row.spec)
    picture.thumbnail((PREVIEW_PX, PREVIEW_PX))
    return picture
