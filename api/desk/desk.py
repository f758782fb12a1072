"""The desk: the parts behind all front doors, and whose things they show.

The verbs are plain functions that take a desk: ``tasks``, ``following``, ``pictures`` and
``health``. None of them knows a request or an answer of HTTP, so that every door calls the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from maquette.agents.gates.gatekeeper import Gates
from maquette.agents.gates.library import gates_of
from maquette.agents.planning.seam import Planner
from maquette.api.desk.activity import Activity
from maquette.api.desk.thumbnails import Thumbnails
from maquette.api.http.errors import Closing
from maquette.infra.settings.schema import Settings
from maquette.infra.store.contract import ArtifactStore
from maquette.model_servers.client.contract import ModelClient
from maquette.records.errors import NotFound
from maquette.records.planning.forecast import Sample
from maquette.tools.library.library import PictureLibrary
from maquette.tools.registry import Registry
from maquette.workflows.desk.contract import TaskGateway

ResultT = TypeVar("ResultT")

LAST_MOMENTS_S = 2.0
"""How long a server that is told to stop still waits for an answer."""


@dataclass
class Desk:
    """What the verbs need. ``closing`` is set when the server is told to stop."""

    settings: Settings
    gateway: TaskGateway
    store: ArtifactStore
    registry: Registry
    models: ModelClient
    activity: Activity
    thumbnails: Thumbnails
    library: PictureLibrary
    planner: Callable[[], Planner]
    """Gives the planner; it is made when first asked for, which reads its tables."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    decoding: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """How many uploaded pictures are decoded at once."""
    planning: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """How many requests are planned here at once: planning takes the processor, too."""
    timings: dict[str, tuple[Sample, ...]] = field(default_factory=dict)
    """What ended tasks tell of the times of their tools, by id; see ``recorded``."""
    clock: Callable[[], float] = time.time
    """Seconds since 1970."""

    @cached_property
    def gates(self) -> Gates:
        """What advises on plans that make pictures of words."""
        return gates_of(self.models, self.store)

    @property
    def owner(self) -> str:
        """Whose things a request may see. One owner a server, until there are accounts."""
        return self.settings.owner

    async def unless_closing(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """What the work gives. Raises: Closing: the server stops, and it was not done soon."""
        working = asyncio.ensure_future(work)
        closing = asyncio.ensure_future(self.closing.wait())
        try:
            await asyncio.wait({working, closing}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                await asyncio.wait({working}, timeout=LAST_MOMENTS_S)
            if working.done():
                return working.result()
            raise Closing("the server is stopping", hint="send the request again to the next one")
        finally:
            closing.cancel()
            if not working.done():
                working.cancel()
                working.add_done_callback(lambda one: one.cancelled() or one.exception())

    async def exists(self, task_id: str) -> bool:
        """Whether the owner has a task of this id. Raises: EngineUnavailable."""
        try:
            await self.gateway.check(task_id, owner=self.owner)
        except NotFound:
            return False
        return True
