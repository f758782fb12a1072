"""The verbs of the generation role over a tiny pipeline of the bundled kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import generation_models
import pytest
import pytest_asyncio
from generation_bench import OWNER, STEPS, Bench

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import AFFINITY
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.generation import (
    Cancel,
    CancelRequest,
    Resample,
    RowStatus,
    StartRequest,
)
from maquette.model_servers.schemas.origin import Origin
from maquette.records.errors import InvalidInput, NotFound, Overloaded

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generation_models.save_layout_flow(tmp_path_factory.mktemp("model") / "tiny")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(model: Path) -> AsyncIterator[Bench]:
    async with Bench(model) as bench:
        yield bench


async def test_describe_tells_what_the_model_is(bench: Bench) -> None:
    """The description names the pipeline, its size, its words and its digest."""
    told = await bench.role.describe(DescribeRequest())
    assert (told.pipeline, told.width_px, told.height_px) == ("LayoutFlowPipeline", 64, 64)
    assert told.layout
    assert told.vocabulary["things"] == ("circle", "square")
    assert told.digest == bench.role.digest() != ""


@pytest.mark.slow
async def test_the_digest_is_the_models_own(bench: Bench, tmp_path: Path) -> None:
    """The same weights have the same digest in another process; other weights another one."""
    async with Bench(bench.model) as again:
        assert again.role.digest() == bench.role.digest()
    other = generation_models.save_stable_diffusion(tmp_path / "other")
    async with Bench(other) as different:
        assert different.role.digest() != bench.role.digest()


async def test_the_picture_carries_its_lineage(bench: Bench) -> None:
    """A finished picture's lineage holds all that is needed to draw it again, and for whom."""
    origin = Origin(task_id="task_x", node="art")
    request = StartRequest(owner=OWNER, origin=origin, rows=(bench.row(seed=4),))
    image = (await bench.step((await bench.role.open(request)).session))["a"].image
    assert image is not None
    assert (image.media_type, image.width_px, image.height_px) == ("image/png", 64, 64)
    lineage = await bench.store.lineage(image.sha256, owner=OWNER)
    assert lineage is not None
    assert (lineage.seed, lineage.model_digest) == (4, bench.role.digest())
    assert (lineage.task_id, lineage.node) == ("task_x", "art")
    assert lineage.parameters["prompt"] == "a red circle"
    assert lineage.parameters["steps"] == STEPS


async def test_cancel_stops_within_one_step(bench: Bench) -> None:
    """After a cancel at most the step under way is run; the waiting caller is answered."""
    session = await bench.start(bench.row(steps=200))
    before = await bench.steps_run()
    stepping = asyncio.create_task(bench.step(session))
    while await bench.steps_run() < before + 2:
        await asyncio.sleep(0.005)
    at_cancel = await bench.steps_run()
    await bench.role.cancel(CancelRequest(session=session))
    states = await stepping
    assert states["a"].status is RowStatus.CANCELLED
    await asyncio.sleep(0.05)
    assert await bench.steps_run() <= at_cancel + 1
    with pytest.raises(NotFound):
        await bench.step(session)
    await bench.role.cancel(CancelRequest(session=session))


async def test_cancelling_one_row_leaves_the_others(bench: Bench) -> None:
    """A pruned row takes no more steps; its neighbour finishes as if alone."""
    alone = (await bench.draw(bench.row("b", seed=2)))["b"].image
    session = await bench.start(bench.row("a", seed=1), bench.row("b", seed=2))
    await bench.step(session, 2)
    before = await bench.steps_run()
    states = await bench.step(session, actions=(Cancel(row_id="a"),))
    assert states["a"].status is RowStatus.CANCELLED
    assert states["a"].step == 2
    assert states["b"].image == alone
    assert await bench.steps_run() == before + STEPS - 2


async def test_a_finished_session_answers_again(bench: Bench) -> None:
    """Asking once more after the end gives the same states and runs nothing."""
    session = await bench.start(bench.row())
    first = await bench.step(session)
    before = await bench.steps_run()
    assert await bench.step(session) == first
    assert await bench.steps_run() == before


async def test_signals_accumulate(bench: Bench) -> None:
    """Guided rows report the guidance gap of the step and its sum; unguided rows do not."""
    session = await bench.start(bench.row(guidance=3.0))
    total = 0.0
    for _ in range(STEPS):
        signals = (await bench.step(session, 1))["a"].signals
        total += signals["guidance_gap"]
        assert signals["guidance_gap"] > 0
        assert signals["guidance_gap_sum"] == pytest.approx(total)
    assert signals["clean_change"] > 0
    unguided = (await bench.draw(bench.row(guidance=1.0)))["a"].signals
    assert "guidance_gap" not in unguided


async def test_boxes_steer_the_picture(bench: Bench) -> None:
    """The layout reaches the model: moving a box changes the picture."""
    item = {"box": {"x0": 0, "y0": 0, "x1": 0.4, "y1": 0.4}, "phrase": "red circle"}
    moved = {"box": {"x0": 0.5, "y0": 0.5, "x1": 1, "y1": 1}, "phrase": "red circle"}
    first, second, none = [
        (await bench.draw(bench.row(layout=layout)))["a"].image
        for layout in ((item,), (moved,), ())
    ]
    assert len({image.sha256 for image in (first, second, none) if image}) == 3


async def test_the_front_doors_key_names_the_session(bench: Bench) -> None:
    """A session is named by the key its start was routed by, so later requests follow it."""
    token = AFFINITY.set("routed-here")
    try:
        session = await bench.start(bench.row())
        again = await bench.start(bench.row())
    finally:
        AFFINITY.reset(token)
    assert session == "routed-here"
    assert again != session


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"width_px": 128}, "asks for 128 x 64 pixels; the model draws 64 x 64"),
        ({"step": 3}, "starts at step 3 without a latent"),
    ],
)
async def test_rows_it_cannot_draw_are_refused(
    bench: Bench, fields: dict[str, int], message: str
) -> None:
    """A wrong size or a step without a latent is the caller's to mend."""
    with pytest.raises(InvalidInput, match=message):
        await bench.start(bench.row(**fields))


async def test_row_ids_are_unique(bench: Bench) -> None:
    """Two rows of one session cannot share an id."""
    with pytest.raises(InvalidInput, match="not unique"):
        await bench.start(bench.row("a"), bench.row("a"))


async def test_actions_on_unknown_or_finished_rows(bench: Bench) -> None:
    """An action names its row wrongly, or resamples from a finished one: refused."""
    session = await bench.start(bench.row("a"), bench.row("b", steps=STEPS + 1))
    with pytest.raises(InvalidInput, match="no row 'z'; it has a, b"):
        await bench.step(session, actions=(Cancel(row_id="z"),))
    await bench.step(session, STEPS)
    with pytest.raises(InvalidInput, match="'a' is finished"):
        await bench.step(session, actions=(Resample(row_id="b", source="a", seed=1),))
    session = await bench.start(bench.row("a"), bench.row("b", steps=STEPS + 1))
    with pytest.raises(InvalidInput, match="cannot continue from one of 5 steps"):
        await bench.step(session, actions=(Resample(row_id="b", source="a", seed=1),))


async def test_a_latent_is_only_good_where_it_fits(bench: Bench) -> None:
    """Resuming at another step, with other steps, from other bytes, or from another model."""
    session = await bench.start(bench.row())
    latent = (await bench.step(session, 2, save_latent=True))["a"].latent
    for fields, message in [
        ({"step": 3}, "has step 2; expected 3"),
        ({"step": 2, "steps": 9}, "has number of steps 5; expected 9"),
    ]:
        with pytest.raises(InvalidInput, match=message):
            await bench.start(bench.row(latent=latent, **fields))
    junk = await bench.store.put(b"not a latent", owner=OWNER)
    with pytest.raises(InvalidInput, match="not a saved row"):
        await bench.start(bench.row(latent=junk, step=2))
    data = bytearray(await bench.store.get(latent.sha256, owner=OWNER))
    digest = bench.role.digest().encode()
    assert digest in data
    foreign = await bench.store.put(data.replace(digest, b"0" * 64), owner=OWNER)
    with pytest.raises(InvalidInput, match="has model 0000000000000000; expected"):
        await bench.start(bench.row(latent=foreign, step=2))
    gone = await MemoryArtifactStore().put(b"elsewhere", owner=OWNER)
    with pytest.raises(NotFound):
        await bench.start(bench.row(latent=gone, step=2))


async def test_sessions_are_limited_and_idle_ones_forgotten(model: Path) -> None:
    """More rows than allowed are turned away for now; idle sessions make room."""
    async with Bench(model, most_rows=2, idle_s=0.2) as small:
        session = await small.start(small.row("a"), small.row("b"))
        with pytest.raises(Overloaded) as error:
            await small.start(small.row())
        assert error.value.retry_after_s > 0
        await asyncio.sleep(0.3)
        await small.start(small.row())
        with pytest.raises(NotFound, match="lay idle"):
            await small.step(session)


async def test_owners_pictures_stay_apart(bench: Bench) -> None:
    """A row's picture is stored under the owner who asked for it."""
    request = StartRequest(owner="someone", rows=(bench.row(),))
    session = (await bench.role.open(request)).session
    image = (await bench.step(session))["a"].image
    assert image is not None
    await bench.store.get(image.sha256, owner="someone")
