"""The step scheduler: rows of all sessions share batched forwards, one step at a time.

Before every forward the waiting rows are looked at anew, so a cancelled row is dropped, a
finished one retired and a new one admitted between any two steps. There is no wait timer:
whatever is ready goes. A row's numbers depend on the row alone when ``rows_per_forward`` is 1;
in larger batches a matrix product may round the last bit differently with the batch's size.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from maquette.model_servers.generation.adapters import rows as row_life
from maquette.model_servers.generation.adapters.contract import ActiveRow, RowAdapter
from maquette.model_servers.schemas.generation import RowStatus

if TYPE_CHECKING:
    from PIL.Image import Image

    from maquette.model_servers.loading.worker_thread import WorkerThread
    from maquette.records.artifact import ArtifactRef

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(eq=False)
class ScheduledRow:
    """A row in the scheduler's care. Changed in the event loop only, between forwards."""

    row: ActiveRow
    status: RowStatus = RowStatus.RUNNING
    target: int = 0
    """Step up to which it may run; it rests there until told to go on."""
    waited: int = 0
    """Forwards of others since its own last one."""
    forward_s: float = 0.0
    """Its share of model time so far."""
    error: str = ""
    picture: Image | None = None
    """Set when done, until it is stored."""
    image: ArtifactRef | None = None
    """The stored picture."""
    _rested: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def runnable(self) -> bool:
        return self.status is RowStatus.RUNNING and self.row.step < self.target

    @property
    def urgency(self) -> int:
        """Lower goes first: rows near their end, and rows that others have overtaken."""
        return self.row.schedule.steps - self.row.step - self.waited


class StepScheduler:
    """Runs rows of one model in one thread of its own.

    Args:
        adapter: the loaded model.
        thread: the single worker thread that belongs to the model.
        rows_per_forward: most rows in one batched forward.
    """

    def __init__(self, adapter: RowAdapter, thread: WorkerThread, *, rows_per_forward: int) -> None:
        self._adapter = adapter
        self._thread = thread
        self._rows_per_forward = rows_per_forward
        self._waiting: list[ScheduledRow] = []
        self._pump: asyncio.Task[None] | None = None
        self.steps_run = 0
        """Denoising steps, one for each row of each forward."""
        self.forwards_run = 0
        self.pictures_made = 0
        self.moved_at = 0.0
        """When work on the model last got done, on the monotonic clock."""

    async def in_model_thread(self, work: Callable[[], T]) -> tuple[T, float]:
        """Run work on the model between two forwards; its result and the seconds it took."""
        done = await self._thread.run(_timed, work)
        self.moved_at = time.monotonic()
        return done

    async def run(self, rows: Sequence[ScheduledRow], steps: int) -> None:
        """Take each running row up to ``steps`` further; return when all rest.

        Cancelling the caller stops its rows before their next step; they can go on later.
        """
        for row in rows:
            row.target = min(row.row.step + steps, row.row.schedule.steps)
            row._rested.clear()
            if not row.runnable:
                row._rested.set()
            elif row not in self._waiting:
                self._waiting.append(row)
        if self._waiting and (self._pump is None or self._pump.done()):
            self._pump = asyncio.create_task(self._run_waiting())
        try:
            for row in rows:
                await row._rested.wait()
        except asyncio.CancelledError:
            for row in rows:
                row.target = row.row.step
            raise

    def drop(self, rows: Iterable[ScheduledRow]) -> None:
        """Cancel rows: they take no further step once the present forward has ended."""
        for row in rows:
            if row.status is RowStatus.RUNNING:
                row.status = RowStatus.CANCELLED
                row._rested.set()

    async def close(self) -> None:
        """Stop after the present forward."""
        self.drop(self._waiting)
        if self._pump is not None:
            await self._pump

    async def _run_waiting(self) -> None:
        while batch := self._next_batch():
            await self._forward(batch)
            for row in batch:
                if row.status is RowStatus.RUNNING and row.row.finished:
                    await self._finish(row)
                if not row.runnable:
                    row._rested.set()

    def _next_batch(self) -> list[ScheduledRow]:
        """The most urgent runnable row and those that can share its forward."""
        self._waiting = [row for row in self._waiting if self._keep(row)]
        ranked = sorted(self._waiting, key=lambda row: row.urgency)
        if not ranked:
            return []
        key = self._adapter.batch_key(ranked[0].row)
        alike = (row for row in ranked if self._adapter.batch_key(row.row) == key)
        batch = [row for row, _ in zip(alike, range(self._rows_per_forward), strict=False)]
        for row in self._waiting:
            row.waited = 0 if row in batch else row.waited + 1
        return batch

    @staticmethod
    def _keep(row: ScheduledRow) -> bool:
        if not row.runnable:
            row._rested.set()
        return row.runnable

    async def _forward(self, batch: list[ScheduledRow]) -> None:
        try:
            _, spent_s = await self.in_model_thread(
                lambda: row_life.forward(self._adapter, [row.row for row in batch])
            )
        except Exception as error:
            await self._recover(batch, error)
            return
        self.forwards_run += 1
        self.steps_run += len(batch)
        for row in batch:
            row.forward_s += spent_s / len(batch)

    async def _recover(self, batch: list[ScheduledRow], error: Exception) -> None:
        """A lone row that fails is lost; rows of a failed batch are each tried alone."""
        if len(batch) > 1:
            logger.warning("a forward of %d rows failed; trying them alone", len(batch))
            for row in batch:
                await self._forward([row])
            return
        logger.error("a denoising step failed", exc_info=error)
        batch[0].status = RowStatus.FAILED
        batch[0].error = f"the model failed in step {batch[0].row.step + 1} ({_kind(error)})"

    async def _finish(self, row: ScheduledRow) -> None:
        try:
            row.picture, spent_s = await self.in_model_thread(
                lambda: _decoded(self._adapter, row.row)
            )
        except Exception as error:
            logger.error("decoding a picture failed", exc_info=error)
            row.status = RowStatus.FAILED
            row.error = f"the finished latent could not be drawn ({_kind(error)})"
            return
        row.forward_s += spent_s
        if row.status is RowStatus.RUNNING:
            row.status = RowStatus.DONE
            self.pictures_made += 1


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def _decoded(adapter: RowAdapter, row: ActiveRow) -> Image:
    import torch

    if not torch.isfinite(row.latent).all():
        raise FloatingPointError("the latent holds numbers that are not finite")
    with torch.no_grad():
        return adapter.decode(row.latent, row.spec)


def _kind(error: Exception) -> str:
    return type(error).__name__
