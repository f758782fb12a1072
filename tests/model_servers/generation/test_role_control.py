"""Rows that show pictures, print letters, plan boxes or choose a sampler."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import generation_models
import numpy as np
import pytest
import pytest_asyncio
from generation_bench import OWNER, STEPS, Bench
from PIL import Image

from maquette.infra.media.admit import encode_png
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.generation import Resample, RowState, RowStatus
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.options.glyphs import GlyphItem
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import CapabilityMissing, InvalidInput, from_problem
from maquette.records.geometry import Box, LayoutItem

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

BOX = Box(x0=0.1, y0=0.2, x1=0.9, y1=0.7)
PAINTED = (LayoutItem(box=BOX, phrase="red circle"),)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """A model with every port."""
    path = tmp_path_factory.mktemp("model") / "ports"
    async with Bench(generation_models.save_layout_flow(path, ports=True)) as bench:
        yield bench


async def put(bench: Bench, pixels: np.ndarray) -> ArtifactRef:
    return await bench.store.put(encode_png(Image.fromarray(pixels)), owner=OWNER)


def noise(seed: int, side: int = 64) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (side, side, 3), dtype=np.uint8)


async def drawn(bench: Bench, **fields: Any) -> RowState:
    state = (await bench.draw(bench.row(plan_layout=False, **fields)))["a"]
    assert state.status is RowStatus.DONE, state.error
    return state


async def test_every_port_changes_the_picture(bench: Bench) -> None:
    """Source, mask, shown things and letters each reach the drawing; the same row repeats."""
    picture = await put(bench, noise(1))
    hole = np.zeros((64, 64, 3), dtype=np.uint8)
    hole[16:48, 16:48] = 255
    mask = await put(bench, hole)
    asked: dict[str, dict[str, Any]] = {
        "plain": {},
        "edit": {"source": picture},
        "inpaint": {"source": picture, "mask": mask},
        "concept": {"concepts": (picture,)},
        "letters": {"glyphs": (GlyphItem(text="HI", box=BOX),)},
    }
    images = {name: (await drawn(bench, **fields)).image for name, fields in asked.items()}
    assert len({ref.sha256 for ref in images.values() if ref}) == len(asked)
    again = (await drawn(bench, **asked["concept"])).image
    assert again == images["concept"]


async def test_inpainting_keeps_pixels_exactly(bench: Bench) -> None:
    """Outside the hole the result is the source, byte for byte, at the source's own size."""
    for side in (64, 96):
        source = noise(2, side)
        hole = np.zeros((side, side, 3), dtype=np.uint8)
        hole[: side // 2, : side // 2] = 255
        fields = {"source": await put(bench, source), "mask": await put(bench, hole)}
        result = await bench.pixels((await drawn(bench, **fields)).image)
        assert result.shape == source.shape
        kept = hole[..., 0] == 0
        assert np.array_equal(result[kept], source[kept])
        assert not np.array_equal(result[~kept], source[~kept])


async def test_strange_pictures_are_warned_of(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is made of a picture that the guard does not know says so, once for all of them; a
    mask is no picture to know, and words alone are not warned of."""

    class Wary:
        digest = "g"

        def judge(self, image: Image.Image) -> GuardVerdict:
            return GuardVerdict(in_world=False, score=0.9, reason=f"{image.size} is strange")

    strange, other = await put(bench, noise(5)), await put(bench, noise(6))
    assert (await drawn(bench, source=strange)).verdict.in_world is None  # Not a bundled model.
    monkeypatch.setattr(bench.role.loaded.service.reader, "guard", Wary())
    for shown in ({"source": strange, "mask": other}, {"concepts": (strange, other)}):
        verdict = (await drawn(bench, **shown)).verdict
        assert verdict.in_world is False and verdict.reason == "(64, 64) is strange"
    assert (await drawn(bench)).verdict.in_world is None


async def test_shown_things_are_painted_into_their_boxes(bench: Bench) -> None:
    """A box with "the shown thing" depends on the shown picture; strength 0 shows nothing."""
    box = (LayoutItem(box=BOX, phrase="shown circle"),)
    first, second = await put(bench, noise(3)), await put(bench, noise(4))
    one = (await drawn(bench, layout=box, concepts=(first,))).image
    other = (await drawn(bench, layout=box, concepts=(second,))).image
    assert one != other
    none = (await drawn(bench, layout=box, concepts=(first,), concept_strength=0.0)).image
    assert none == (await drawn(bench, layout=box)).image


async def test_source_guidance_weighs_the_source(bench: Bench) -> None:
    """Source guidance 1 is plain guidance; another value gives another picture."""
    picture = await put(bench, noise(5))
    plain = (await drawn(bench, source=picture, guidance=2.0)).image
    one = (await drawn(bench, source=picture, guidance=2.0, source_guidance=1.0)).image
    firm = (await drawn(bench, source=picture, guidance=2.0, source_guidance=2.5)).image
    assert plain == one != firm


async def test_planned_boxes_are_told_and_used(bench: Bench) -> None:
    """A row without boxes reports the planned ones, and draws what it would draw given them."""
    for seed in range(40):
        state = (await bench.draw(bench.row(seed=seed, steps=2)))["a"]
        if state.planned:
            break
    given = await drawn(bench, seed=seed, steps=2, layout=state.planned)
    assert state.planned
    assert given.image == state.image
    assert given.planned == ()
    lineage = await bench.store.lineage(state.image.sha256, owner=OWNER)  # type: ignore[union-attr]
    assert lineage is not None
    assert len(lineage.parameters["planned_layout"]) == len(state.planned)
    assert (await drawn(bench, seed=seed, steps=2)).planned == ()


@pytest.mark.parametrize("sampler", ["euler", "heun", "stochastic"])
async def test_samplers_resume_exactly(bench: Bench, sampler: str) -> None:
    """A row resumed from any step ends in the same bytes, whatever the sampler remembers."""
    whole = await drawn(bench, sampler=sampler)
    assert whole.steps == (2 * STEPS - 1 if sampler == "heun" else STEPS)
    for step in (1, 2):
        session = await bench.start(bench.row(plan_layout=False, sampler=sampler))
        half = (await bench.step(session, step, save_latent=True))["a"]
        assert (await drawn(bench, sampler=sampler, latent=half.latent, step=step)).image == (
            whole.image
        )


async def test_euler_is_the_default_sampler(bench: Bench) -> None:
    """The three samplers give three pictures; naming euler changes nothing."""
    images = {
        name: (await drawn(bench, sampler=name)).image
        for name in ("default", "euler", "heun", "stochastic")
    }
    assert images["default"] == images["euler"]
    assert len({str(image) for image in images.values()}) == 3


async def test_stochastic_duplicates_go_apart(bench: Bench) -> None:
    """Two rows that continue from one latent end in different pictures, repeatably."""
    ends = []
    for _ in range(2):
        rows = [bench.row(i, plan_layout=False, sampler="stochastic") for i in ("a", "b")]
        session = await bench.start(*rows)
        await bench.step(session, 3)
        actions = tuple(
            Resample(row_id=row_id, source="a", seed=seed)
            for row_id, seed in (("a", 100), ("b", 200))
        )
        states = await bench.step(session, actions=actions)
        assert states["a"].image != states["b"].image
        ends.append((states["a"].image, states["b"].image))
    assert ends[0] == ends[1]


async def test_few_steps_are_few_and_unguided(bench: Bench) -> None:
    """Few-step mode takes few forwards of one branch and tells the model its stride."""
    session = await bench.start(bench.row(plan_layout=False, few_step=True, steps=None))
    state = (await bench.step(session))["a"]
    assert state.steps == 8
    assert "guidance_gap" not in state.signals
    plain = await drawn(bench, steps=8, guidance=1.0)
    assert state.image != plain.image


async def test_a_model_names_what_it_lacks(bench: Bench, tmp_path: Path) -> None:
    """A model without a port refuses the row by the port's name; describe lists what it has."""
    picture = await put(bench, noise(6))
    async with Bench(
        generation_models.save_layout_flow(tmp_path / "plain"), store=bench.store
    ) as old:
        asked: dict[str, dict[str, Any]] = {
            "edit": {"source": picture},
            "inpaint": {"source": picture, "mask": picture},
            "concepts": {"concepts": (picture,)},
            "glyphs": {"glyphs": (GlyphItem(text="HI", box=BOX),)},
        }
        can = (await old.role.describe(DescribeRequest())).capabilities
        for name, fields in asked.items():
            assert name not in can
            with pytest.raises(CapabilityMissing, match=name):
                await old.start(old.row(**fields))
    can = (await bench.role.describe(DescribeRequest())).capabilities
    assert {*asked, "plan_layout", "few_step", "sampler:heun", "source_guidance"} <= set(can)


async def test_capability_errors_cross_a_border(bench: Bench) -> None:
    """Sent as a problem and read back, the error keeps its class."""
    problem = CapabilityMissing("no edits here", hint="use another model").problem()
    assert type(from_problem(problem)) is CapabilityMissing


async def test_a_mask_needs_a_source(bench: Bench) -> None:
    """A mask alone is refused with what to send."""
    with pytest.raises(InvalidInput, match="mask without a source"):
        await bench.start(bench.row(mask=await put(bench, noise(7))))


async def test_stable_diffusion_inpaints_and_refuses_the_rest(bench: Bench, tmp_path: Path) -> None:
    """A UNet model holds the kept part in place, pastes it exactly, and names what it lacks."""
    picture = await put(bench, noise(8, 32))
    hole = np.zeros((32, 32, 3), dtype=np.uint8)
    hole[:, 16:] = 255
    mask = await put(bench, hole)
    model = generation_models.save_stable_diffusion(tmp_path / "sd")
    async with Bench(model, store=bench.store) as served:
        fields = {"source": picture, "mask": mask}
        state = (await served.draw(served.row(**fields)))["a"]
        assert state.status is RowStatus.DONE, state.error
        result = await served.pixels(state.image)
        assert np.array_equal(result[:, :16], noise(8, 32)[:, :16])
        plain = (await served.draw(served.row()))["a"].image
        assert not np.array_equal((await served.pixels(plain))[:, 16:], result[:, 16:])
        for sampler in ("euler", "heun", "stochastic"):
            assert (await served.draw(served.row(sampler=sampler)))["a"].image is not None
        for fields in ({"source": picture}, {"concepts": (picture,)}, {"few_step": True}):
            with pytest.raises(CapabilityMissing, match="StableDiffusionPipeline"):
                await served.start(served.row(**fields))
