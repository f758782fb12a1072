"""Sessions of several rows on the real generation role: looks, decisions, ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from draw_server import latent
from real_drawing import NotingClient, real_drawing

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.schemas.generation import Row, RowState, RowStatus
from maquette.records.errors import InvalidInput, ModelFailed, NotFound
from maquette.tools.contract import ToolContext
from maquette.tools.drawing.checkpoint import SavedRow, SavedSession
from maquette.tools.drawing.session import DrawingSession, drawn, picture_of
from maquette.tools.drawing.steering import Cancel, Decision, Keep, Resample, Steered

STEPS = 6


def row(seed: int, **fields: Any) -> Row:
    return Row(**{"row_id": "a", "prompt": "a red circle", "seed": seed, "steps": STEPS, **fields})


class Looks:
    """Steers by a script of looks; keeps what it was shown."""

    def __init__(self, *script: Sequence[Decision]) -> None:
        self.script = list(script)
        self.seen: list[tuple[RowState, ...]] = []

    async def __call__(self, rows: tuple[RowState, ...]) -> Sequence[Decision]:
        self.seen.append(rows)
        return self.script.pop(0) if self.script else [Keep()] * len(rows)


@pytest.fixture
async def client(
    ctx: ToolContext, store: MemoryArtifactStore, tmp_path: Path
) -> AsyncIterator[NotingClient]:
    async with real_drawing(store, tmp_path) as client:
        ctx.models = client
        yield client


def session(ctx: ToolContext, *rows: Row, steered: Steered | None = None) -> DrawingSession:
    """A session that tells the context's reporter of its first row and of its checkpoints."""

    async def report(states: tuple[RowState, ...]) -> None:
        await ctx.reporter.progress(states[0].step / states[0].steps, "")

    async def save(saved: SavedSession) -> None:
        await ctx.reporter.checkpoint(saved.model_dump(mode="json"))

    return DrawingSession(ctx, rows, report, save, steered)


async def test_rows_of_one_session_are_what_they_are_alone(
    ctx: ToolContext, client: NotingClient
) -> None:
    """Without steering, rows of different lengths end in one session, each in its own picture."""
    alone = [await drawn(ctx, row(seed, steps=steps)) for seed, steps in ((1, 3), (2, STEPS))]
    states = await session(ctx, row(1, steps=3), row(2)).run()
    assert [picture_of(state) for state in states] == alone
    assert [len(start.rows) for start in client.starts] == [1, 1, 2]
    assert client.cancels == 0


async def test_each_look_has_every_row_its_signals_and_what_it_is_heading_for(
    ctx: ToolContext, client: NotingClient
) -> None:
    """Every two steps, in the order of the rows; with predicted pictures where they are asked
    for. After the last step there is nothing left to decide."""
    looks = Looks()
    steered = Steered(looks, every_steps=2, previews=True)
    rows = [row(seed, guidance=3.0, row_id=str(seed)) for seed in (1, 2, 3)]
    await session(ctx, *rows, steered=steered).run()
    assert [[state.step for state in seen] for seen in looks.seen] == [[2] * 3, [4] * 3]
    for seen in looks.seen:
        assert [state.row_id[0] for state in seen] == ["1", "2", "3"]
        assert all(state.preview is not None for state in seen)
        assert len({state.signals["guidance_gap_sum"] for state in seen}) == 3


async def test_stopped_rows_take_no_further_step(ctx: ToolContext, client: NotingClient) -> None:
    """A row that is stopped at step 2 stays there, is shown as such, and has no picture; when
    all are stopped the session is over."""
    looks = Looks([Keep(), Cancel()], [Cancel(), Keep()])
    before = await client.steps_run()
    states = await session(ctx, row(1), row(2), steered=Steered(looks, every_steps=2)).run()
    assert [(state.status, state.step) for state in states] == [
        (RowStatus.CANCELLED, 4),
        (RowStatus.CANCELLED, 2),
    ]
    assert looks.seen[1][1].status is RowStatus.CANCELLED
    assert await client.steps_run() - before == 4 + 2
    assert await client.rows_held() == 0
    with pytest.raises(ModelFailed, match="ended as cancelled at step 2 of 6"):
        picture_of(states[1])


async def test_a_resampled_row_is_another_each_seed_the_same_for_one(
    ctx: ToolContext, client: NotingClient
) -> None:
    """Two rows that go on from a third differ by their new seeds; asked again with the same
    seeds they are the same; their source is not touched."""
    seeds = (Keep(), Resample(source=0, seed=5), Resample(source=0, seed=6))
    rows = [row(1), row(2), row(3)]
    pictures = []
    for _ in range(2):
        steered = Steered(Looks(seeds), every_steps=3)
        pictures.append([picture_of(s) for s in await session(ctx, *rows, steered=steered).run()])
    assert pictures[0] == pictures[1]
    assert len(set(pictures[0])) == 3
    assert pictures[0][0] == await drawn(ctx, row(1))


async def test_a_decision_that_cannot_be_done_ends_the_session(
    ctx: ToolContext, client: NotingClient
) -> None:
    """It is refused before the model hears of it, and the rows are let go."""
    with pytest.raises(InvalidInput, match="1 decisions were taken of 2 rows"):
        await session(ctx, row(1), row(2), steered=Steered(Looks([Keep()]), every_steps=2)).run()
    assert client.cancels == 1 and await client.rows_held() == 0


async def test_a_checkpoint_of_other_rows_is_left_aside(
    ctx: ToolContext, client: NotingClient
) -> None:
    """One that holds another number of rows costs nothing but the steps."""
    saved = SavedSession(rows=(SavedRow(latent=latent(3), step=3),))
    states = await session(ctx, row(1), row(2)).run(saved)
    assert all(state.status is RowStatus.DONE for state in states)
    assert client.starts[0].rows[0].latent is None


async def test_a_latent_that_is_gone_means_starting_over(
    ctx: ToolContext, client: NotingClient
) -> None:
    """All rows of a checkpoint whose latents are lost are drawn from the start."""
    saved = SavedSession(rows=(SavedRow(latent=latent(3), step=3),) * 2)
    states = await session(ctx, row(1), row(2)).run(saved)
    assert [picture_of(state) for state in states] == [
        await drawn(ctx, row(1)),
        await drawn(ctx, row(2)),
    ]


async def test_a_server_that_keeps_forgetting_is_given_up(
    ctx: ToolContext, client: NotingClient
) -> None:
    """Four sessions lost in a row without a step between are enough."""
    client.fail = {number: NotFound("no session") for number in range(1, 9)}
    with pytest.raises(ModelFailed, match="lost the picture 4 times"):
        await session(ctx, row(1), row(2)).run()
    assert await client.rows_held() == 0


@pytest.mark.slow
async def test_a_call_that_draws_with_others_draws_its_second_row_alone(
    ctx: ToolContext, client: NotingClient
) -> None:
    """A tool that draws twice joins the others once; its next row is its own."""
    asked: list[Row] = []

    async def beside(row: Row) -> RowState:
        asked.append(row)
        return RowState(row_id=row.row_id, status=RowStatus.DONE, step=6, steps=6, image=latent(1))

    ctx.drawing = beside
    assert await drawn(ctx, row(1)) == latent(1)
    assert await drawn(ctx, row(1)) != latent(1)
    assert len(asked) == 1 and len(client.starts) == 1
