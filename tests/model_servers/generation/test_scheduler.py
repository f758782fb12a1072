"""The step scheduler over a model of plain arithmetic, so that every promise can be counted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maquette.model_servers.generation.adapters.contract import (
    ActiveRow,
    ModelFacts,
    Prediction,
    RowSpec,
)
from maquette.model_servers.generation.adapters.rows import open_row
from maquette.model_servers.generation.adapters.schedule import RowSchedule
from maquette.model_servers.generation.scheduler import ScheduledRow, StepScheduler
from maquette.model_servers.loading.worker_thread import WorkerThread
from maquette.model_servers.schemas.generation import RowStatus


class ArithmeticAdapter:
    """Predicts a number made of the row's seed and step; remembers every batch.

    ``gate`` holds each forward until it is opened; ``poison`` is a seed whose forwards fail.
    """

    facts = ModelFacts(4, 1.0, 8, 8, 8)
    device = torch.device("cpu")

    def __init__(self) -> None:
        self.batches: list[list[tuple[int, int]]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.poison: int | None = None

    def encode(self, spec: RowSpec) -> Any:
        return None

    def schedule(self, spec: RowSpec) -> RowSchedule:
        from diffusers import FlowMatchEulerDiscreteScheduler

        even = [1 - i / spec.steps for i in range(spec.steps)]
        return RowSchedule(FlowMatchEulerDiscreteScheduler(), sigmas=even)

    def noise(self, spec: RowSpec, generator: torch.Generator) -> torch.Tensor:
        return torch.randn(1, 2, generator=generator)

    def batch_key(self, row: ActiveRow) -> Hashable:
        return row.spec.width_px

    def predict(self, rows: Sequence[ActiveRow]) -> list[Prediction]:
        self.entered.set()
        self.gate.wait(10)
        seeds = [row.spec.seed for row in rows]
        if self.poison in seeds:
            raise RuntimeError("poisoned")
        self.batches.append([(row.spec.seed, row.step) for row in rows])
        return [Prediction(row.latent * 0.1 + row.spec.seed + row.step) for row in rows]

    def hold(self, row: ActiveRow) -> torch.Tensor:
        return row.latent

    def decode(self, latent: torch.Tensor, spec: RowSpec) -> Image.Image:
        shade = int(float(latent.sum()) * 1000) % 256
        return Image.new("L", (1, 1), shade)


@asynccontextmanager
async def running(
    rows_per_forward: int = 1,
) -> AsyncIterator[tuple[StepScheduler, ArithmeticAdapter]]:
    adapter = ArithmeticAdapter()
    thread = WorkerThread("model")
    scheduler = StepScheduler(adapter, thread, rows_per_forward=rows_per_forward)
    yield scheduler, adapter
    await scheduler.close()
    thread.close()


def a_row(adapter: ArithmeticAdapter, seed: int, steps: int = 4, size: int = 8) -> ScheduledRow:
    spec = RowSpec("", "", (), seed, steps, 1.0, size, size)
    return ScheduledRow(open_row(adapter, spec))


async def entered(adapter: ArithmeticAdapter) -> None:
    """Wait until a forward is under way."""
    await asyncio.to_thread(adapter.entered.wait, 10)
    adapter.entered.clear()


async def test_rows_of_different_requests_share_forwards() -> None:
    """Compatible rows that wait at the same time go into one batch, each at its own step."""
    async with running(rows_per_forward=4) as (scheduler, adapter):
        first, second = a_row(adapter, 1), a_row(adapter, 2)
        await scheduler.run([first], 2)
        await asyncio.gather(scheduler.run([first], 9), scheduler.run([second], 9))
        assert adapter.batches == [
            [(1, 0)],
            [(1, 1)],
            [(1, 2), (2, 0)],
            [(1, 3), (2, 1)],
            [(2, 2)],
            [(2, 3)],
        ]
        assert (scheduler.steps_run, scheduler.forwards_run, scheduler.pictures_made) == (8, 6, 2)


async def test_incompatible_rows_never_share_a_forward() -> None:
    """Rows of different shape are run in turns."""
    async with running(rows_per_forward=8) as (scheduler, adapter):
        rows = [a_row(adapter, 1), a_row(adapter, 2, size=16)]
        await scheduler.run(rows, 9)
        assert all(len(batch) == 1 for batch in adapter.batches)
        assert [row.status for row in rows] == [RowStatus.DONE] * 2


async def test_a_cancelled_row_takes_no_further_step() -> None:
    """Cancelled during a forward, a row ends with that forward; the others go on."""
    async with running() as (scheduler, adapter):
        row, other = a_row(adapter, 1, steps=50), a_row(adapter, 2)
        adapter.gate.clear()
        both = asyncio.gather(scheduler.run([row], 50), scheduler.run([other], 4))
        await entered(adapter)
        scheduler.drop([row])
        adapter.gate.set()
        await both
        assert row.status is RowStatus.CANCELLED
        assert sum(seed == 1 for batch in adapter.batches for seed, _ in batch) <= 1
        assert other.status is RowStatus.DONE


async def test_a_cancelled_request_pauses_its_rows() -> None:
    """When the caller goes away its rows rest within one step, and can go on later."""
    async with running() as (scheduler, adapter):
        row = a_row(adapter, 1, steps=6)
        adapter.gate.clear()
        call = asyncio.create_task(scheduler.run([row], 6))
        await entered(adapter)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        adapter.gate.set()
        await asyncio.sleep(0.05)
        assert (row.status, row.row.step) == (RowStatus.RUNNING, 1)
        await scheduler.run([row], 6)
        assert [step for batch in adapter.batches for _, step in batch] == list(range(6))
        assert row.status is RowStatus.DONE


async def test_rows_near_their_end_go_first_but_nobody_starves() -> None:
    """Short rows overtake a long one, but a stream of them without end does not keep it out."""
    async with running() as (scheduler, adapter):
        long = a_row(adapter, 1, steps=10)

        async def stream() -> None:
            for seed in range(2, 22):
                await scheduler.run([a_row(adapter, seed, steps=3)], 99)

        await asyncio.gather(scheduler.run([long], 99), stream(), stream())
        order = [batch[0][0] for batch in adapter.batches]
        turns = [place for place, seed in enumerate(order) if seed == 1]
        assert order[:2] == [2, 2]
        assert turns[0] <= 12
        assert turns[-1] < len(order) - 20


async def test_a_failing_row_fails_alone() -> None:
    """When a batched forward fails, its rows are tried one by one and only the bad one is lost."""
    async with running(rows_per_forward=3) as (scheduler, adapter):
        rows = [a_row(adapter, seed) for seed in (1, 2, 3)]
        adapter.poison = 2
        await scheduler.run(rows, 9)
        assert [row.status for row in rows] == [RowStatus.DONE, RowStatus.FAILED, RowStatus.DONE]
        assert rows[1].error == "the model failed in step 1 (RuntimeError)"


async def test_numbers_that_are_not_finite_are_a_failure() -> None:
    """A latent with NaN is never drawn."""
    async with running() as (scheduler, adapter):
        row = a_row(adapter, 1, steps=2)
        row.row.latent = row.row.latent * float("nan")
        await scheduler.run([row], 2)
        assert row.status is RowStatus.FAILED
        assert row.picture is None


@pytest.mark.slow
@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    chunk=st.integers(1, 6),
    width=st.integers(1, 4),
)
def test_every_row_takes_its_steps_once_and_in_order(
    lengths: list[int], chunk: int, width: int
) -> None:
    """Whatever the grouping, each row runs steps 0..n-1 once each and ends in the same numbers."""

    async def scenario() -> None:
        async with running(rows_per_forward=width) as (scheduler, adapter):
            rows = [a_row(adapter, seed, steps) for seed, steps in enumerate(lengths)]

            async def drive(row: ScheduledRow) -> None:
                while row.status is RowStatus.RUNNING:
                    await scheduler.run([row], chunk)

            await asyncio.gather(*map(drive, rows))
            for seed, steps in enumerate(lengths):
                taken = [step for batch in adapter.batches for s, step in batch if s == seed]
                assert taken == list(range(steps))
                alone = a_row(adapter, seed, steps)
                await scheduler.run([alone], steps)
                assert torch.equal(alone.row.latent, rows[seed].row.latent)

    asyncio.run(scenario())
