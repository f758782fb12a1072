"""Every served pipeline class, loaded from a saved directory and driven row by row.

The second implementation is each pipeline's own ``__call__``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import generation_models
import numpy as np
import pytest
import pytest_asyncio
import torch
from generation_bench import STEPS, Bench

from maquette.model_servers.generation.load import PIPELINES, _named
from maquette.model_servers.schemas.generation import Resample, Row, RowStatus
from maquette.records.geometry import Box, LayoutItem

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

ROUNDING = 1
"""Levels of 255 by which two right implementations may differ."""

MODELS: dict[str, Callable[[Path], Path]] = {
    "stable_diffusion": generation_models.save_stable_diffusion,
    "stable_diffusion_v": lambda path: generation_models.save_stable_diffusion(
        path, prediction_type="v_prediction"
    ),
    "stable_diffusion_xl": generation_models.save_stable_diffusion_xl,
    "flux": generation_models.save_flux,
    "layout_flow": generation_models.save_layout_flow,
}

BOX = LayoutItem(box=Box(x0=0, y0=0, x1=0.5, y1=1), phrase="red circle")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=sorted(MODELS))
async def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    """A started role for a saved pipeline of each served class."""
    model = MODELS[request.param](tmp_path_factory.mktemp("model") / request.param)
    async with Bench(model) as bench:
        yield bench


@pytest.mark.slow
async def test_the_row_loop_draws_what_the_pipeline_itself_draws(bench: Bench) -> None:
    """Our per-row loop and the pipeline's own call give the same picture for the same seed."""
    row = bench.row(guidance=3.0, layout=(BOX,))
    ours = await bench.pixels((await bench.draw(row))["a"].image)
    theirs = _own_call(bench.model, row)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= ROUNDING
    other = await bench.draw(row.model_copy(update={"guidance": 1.0}))
    assert np.abs(ours - await bench.pixels(other["a"].image)).max() > 4 * ROUNDING


async def test_an_unguided_row_draws_what_the_pipeline_draws(bench: Bench) -> None:
    """Guidance 1 is the pipeline without guidance, in one pass."""
    row = bench.row(guidance=1.0)
    ours = await bench.pixels((await bench.draw(row))["a"].image)
    assert np.abs(ours - _own_call(bench.model, row)).max() <= ROUNDING


@pytest.mark.slow
async def test_same_row_same_bytes_whatever_else_runs(bench: Bench) -> None:
    """A row alone and beside rows of other sessions has the same picture, byte for byte."""
    alone = (await bench.draw(bench.row()))["a"].image
    others = [await bench.start(bench.row("x", seed=5), bench.row("y", seed=6)) for _ in range(2)]
    mixed, *_ = await asyncio.gather(
        bench.draw(bench.row()), *(bench.step(session) for session in others)
    )
    assert alone == mixed["a"].image
    assert (await bench.draw(bench.row(seed=12)))["a"].image != alone


@pytest.mark.slow
async def test_a_saved_row_goes_on_exactly(bench: Bench) -> None:
    """A row resumed from a stored latent, by a server just started, ends in the same bytes."""
    whole = (await bench.draw(bench.row()))["a"]
    session = await bench.start(bench.row())
    half = (await bench.step(session, 3, save_latent=True))["a"]
    assert (half.status, half.step) == (RowStatus.RUNNING, 3)
    async with Bench(bench.model, store=bench.store) as restarted:
        resumed = (await restarted.draw(restarted.row(latent=half.latent, step=3)))["a"]
        assert resumed.image == whole.image
        assert resumed.signals == whole.signals
        assert await restarted.steps_run() == whole.steps - 3


async def test_grouping_of_steps_changes_nothing(bench: Bench) -> None:
    """The picture does not depend on how steps are grouped, nor on previews in between."""
    whole = (await bench.draw(bench.row()))["a"]
    session = await bench.start(bench.row())
    for done in range(1, whole.steps):
        state = (await bench.step(session, 1, preview=True))["a"]
        assert state.step == done
        assert state.preview is not None
        assert max(state.preview.width_px or 0, state.preview.height_px or 0) <= 128
    assert (await bench.step(session, 1))["a"].image == whole.image


@pytest.mark.slow
async def test_batched_rows_agree_with_lone_ones(bench: Bench) -> None:
    """Four rows in one forward, at different steps, end as each does alone, to rounding."""
    async with Bench(bench.model, rows_per_forward=4) as batched:
        early = await batched.start(*(bench.row(f"r{seed}", seed=seed) for seed in (1, 2)))
        await batched.step(early, 2)
        late = await batched.start(*(bench.row(f"r{seed}", seed=seed) for seed in (3, 4)))
        before = batched.role.loaded.service.scheduler.forwards_run
        first, second = await asyncio.gather(batched.step(early), batched.step(late))
        # Two of the first four join every forward until the first two are done.
        assert batched.role.loaded.service.scheduler.forwards_run - before == second["r3"].steps
        for name, state in {**first, **second}.items():
            alone = (await bench.draw(bench.row(seed=int(name[1:]))))["a"]
            difference = await bench.pixels(alone.image) - await batched.pixels(state.image)
            assert np.abs(difference).max() <= ROUNDING


@pytest.mark.slow
async def test_resample_draws_new_noise_at_the_same_step(bench: Bench) -> None:
    """A resampled row stands at its source's step, differs from it, and is repeatable."""
    pictures = []
    for seed in (77, 77, 78):
        session = await bench.start(bench.row("a"), bench.row("b", seed=99))
        await bench.step(session, 3)
        states = await bench.step(
            session, 1, actions=(Resample(row_id="b", source="a", seed=seed),)
        )
        assert states["b"].step == states["a"].step == 4
        final = await bench.step(session)
        assert final["b"].image != final["a"].image
        pictures.append(final["b"].image)
    assert pictures[0] == pictures[1] != pictures[2]


def _own_call(model: Path, row: Row) -> np.ndarray:
    """The pipeline's own picture for the row."""
    name = json.loads((model / "model_index.json").read_text())["_class_name"]
    pipeline = _named(PIPELINES[name].pipeline).from_pretrained(model, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    extra: dict[str, Any] = {}
    if name == "LayoutFlowPipeline":
        from maquette.model_servers.generation.layout_flow.layout import PlacedPhrase as Item

        extra["layout"] = [
            Item((i.box.x0, i.box.y0, i.box.x1, i.box.y1), i.phrase) for i in row.layout
        ]
    else:
        extra |= {"width": row.width_px, "height": row.height_px}
    if name == "FluxPipeline":
        extra["max_sequence_length"] = pipeline.tokenizer_2.model_max_length
    picture = pipeline(
        row.prompt,
        num_inference_steps=STEPS,
        guidance_scale=row.guidance,
        generator=torch.Generator("cpu").manual_seed(row.seed),
        output_type="pil",
        **extra,
    ).images[0]
    return np.asarray(picture.convert("RGB"), dtype=np.int16)
