"""Feeding the library in the background: never on a task's path, never failing one.

What is offered waits in a bounded queue of this process; one picture at a time is embedded. A
process that ends loses its queue: ``PictureLibrary.catch_up`` and the list of finished tasks
bring back what was missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass

from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError, TryAgain
from maquette.records.task import Task
from maquette.tools.library.library import PictureLibrary
from maquette.tools.library.makers import Makers

log = logging.getLogger(__name__)

MAX_WAITING = 1_000
PAUSES_S = (2.0, 10.0, 60.0)
"""Between the tries of a picture whose model or store is away."""
TIDY_EVERY = 32


@dataclass(frozen=True)
class Offer:
    """A picture to be embedded, and the task that handed it over (None: an upload)."""

    ref: ArtifactRef
    owner: str
    task: Task | None


class Feeder:
    """Embeds what it is offered, in order. ``offer`` is called inside a running event loop."""

    def __init__(
        self, library: PictureLibrary, makers: Makers, *, pauses_s: tuple[float, ...] = PAUSES_S
    ) -> None:
        self._library = library
        self._makers = makers
        self._pauses_s = pauses_s
        self._waiting: asyncio.Queue[Offer] = asyncio.Queue(MAX_WAITING)
        self._worker: asyncio.Task[None] | None = None
        self._added = 0

    def offer(self, ref: ArtifactRef, *, owner: str, task: Task | None = None) -> None:
        """Take note of a picture; anything else is left alone. Never waits, never raises."""
        if not ref.is_picture:
            return
        try:
            self._waiting.put_nowait(Offer(ref, owner, task))
        except asyncio.QueueFull:
            log.warning("picture %s is not indexed: too many are waiting", ref.sha256[:12])
            return
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def settle(self) -> None:
        """Wait until everything offered was tried."""
        await self._waiting.join()

    async def close(self) -> None:
        """Stop at once; what waits is dropped."""
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker

    async def _work(self) -> None:
        while True:
            offer = await self._waiting.get()
            try:
                await self._add(offer)
            except Exception:
                log.exception("picture %s is not indexed", offer.ref.sha256[:12])
            finally:
                self._waiting.task_done()

    async def _add(self, offer: Offer) -> None:
        for pause_s in (*self._pauses_s, None):
            try:
                made = await self._makers.of(offer.ref.sha256, owner=offer.owner, task=offer.task)
                await self._library.add(
                    offer.ref,
                    owner=offer.owner,
                    kind=made.kind,
                    text=made.text,
                    task_id=made.task_id,
                )
                self._added += 1
                if self._added % TIDY_EVERY == 0:
                    await self._library.tidy(owner=offer.owner)
                return
            except TryAgain as error:
                if pause_s is None:
                    log.warning(
                        "picture %s is not indexed: %s", offer.ref.sha256[:12], error.message
                    )
                    return
            except MaquetteError as error:
                log.warning("picture %s is not indexed: %s", offer.ref.sha256[:12], error.message)
                return
            await asyncio.sleep(pause_s)
