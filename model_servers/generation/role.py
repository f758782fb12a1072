"""The generation role: ``start`` rows, ``step`` them, ``cancel`` them; ``describe`` the model."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.client.work import Held
from maquette.model_servers.generation.backends import BACKENDS
from maquette.model_servers.generation.options import CODE_VERSION, GenerationOptions
from maquette.model_servers.generation.pack import open_pack
from maquette.model_servers.guard.guard import open_guard
from maquette.model_servers.loading.devices import choose_device, choose_dtype
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.generation import (
    CancelRequest,
    Done,
    GenerationDescription,
    StartReply,
    StartRequest,
    StepReply,
    StepRequest,
)
from maquette.records.ids import content_key

if TYPE_CHECKING:
    from maquette.model_servers.generation.service import RowService


@dataclass(frozen=True, kw_only=True)
class _Loaded(Loaded):
    """The model of a started role, and the rows that run on it."""

    pipeline: str
    service: RowService


class GenerationRole(LoadedRole[_Loaded, GenerationOptions]):
    """Serves one diffusion model row by row."""

    role = RoleName.GENERATION
    options = GenerationOptions
    backends = BACKENDS

    _sweeping: asyncio.Task[None] | None = None

    def load(self) -> _Loaded:
        """Load the model and what steps its rows."""
        import torch

        from maquette.model_servers.generation.service import open_service

        torch.set_num_threads(self._threads or min(8, os.cpu_count() or 1))
        model, options, backend = self._config.model, self._options, self._config.backend
        device = choose_device(self.role, options.device)
        dtype = choose_dtype(self.role, options.dtype, device)
        chosen = BACKENDS.named(backend)
        pack = None
        if BACKENDS.takes_files(backend):
            pack = open_pack(model, download=options.download)
        adapter = chosen.make(pack, device=device, dtype=dtype)
        guard = open_guard(bundled_model=model == BUNDLED and not chosen.mark)
        made_by = [CODE_VERSION, pack.digest if pack else chosen.name, device.type, str(dtype)]
        digest = content_key("generation", *made_by, *filter(None, (guard.digest,)))
        pipeline = pack.pipeline if pack else chosen.name
        service = open_service(
            self._store,
            adapter,
            name=f"{model!r} ({pipeline})",
            digest=digest,
            options=options,
            guard=guard,
            thread=self._thread,
        )
        return _Loaded(digest=digest, pipeline=pipeline, service=service)

    async def start(self) -> None:
        """Load the model, and from now on forget sessions that nobody calls."""
        await super().start()
        self._sweeping = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Drop every row, and let the model go after the present forward."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        if self._loaded is not None:
            await self._loaded.service.close()
        await super().stop()

    def held(self) -> Held:
        """The rows that run, and when one last took a step."""
        service = self.loaded.service
        held, moved_at = service.sessions.rows_held, service.scheduler.moved_at
        return Held(held, self._options.most_rows, moved_at)

    def methods(self) -> Mapping[str, Method]:
        """The verbs, by their names on the wire."""
        return {
            "start": Method(StartRequest, StartReply, self.open),
            "step": Method(StepRequest, StepReply, self.step),
            "cancel": Method(CancelRequest, Done, self.cancel),
            "describe": Method(DescribeRequest, GenerationDescription, self.describe),
        }

    async def open(self, request: StartRequest) -> StartReply:
        """Open a session of rows. Raises: InvalidInput, NotFound (a latent), Overloaded."""
        return await self.loaded.service.open(request)

    async def step(self, request: StepRequest) -> StepReply:
        """Apply the actions, then run every running row up to ``steps`` further.

        Raises: NotFound: the session is gone. InvalidInput: an action names an unknown row.
            Overloaded: there is no place for a row to run again.
        """
        return await self.loaded.service.step(request)

    async def cancel(self, request: CancelRequest) -> Done:
        """Drop the session's rows before their next step."""
        self.loaded.service.sessions.close(request.session)
        return Done()

    async def describe(self, request: DescribeRequest) -> GenerationDescription:
        """What the model is and can, and how much it has drawn since it started."""
        loaded = self.loaded
        facts, scheduler = loaded.service.adapter.facts, loaded.service.scheduler
        return GenerationDescription(
            model=self._config.model,
            digest=loaded.digest,
            pipeline=loaded.pipeline,
            default_steps=loaded.service.reader.default_steps,
            default_guidance=loaded.service.reader.default_guidance,
            width_px=facts.width_px,
            height_px=facts.height_px,
            layout=facts.layout,
            vocabulary=facts.vocabulary,
            capabilities=tuple(sorted(facts.capabilities)),
            steps_run=scheduler.steps_run,
            pictures_made=scheduler.pictures_made,
        )

    async def _sweep(self) -> None:
        """Forget sessions that nobody calls any more."""
        while True:
            await asyncio.sleep(self._options.idle_s / 4)
            self.loaded.service.sessions.close_unused()
