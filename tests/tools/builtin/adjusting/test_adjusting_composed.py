"""Composed pictures are taken apart, told and drawn anew by their documents; others by models."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.segmentation import FoundMask, SegmentReply
from maquette.records.errors import CapabilityMissing, InvalidInput
from maquette.tools.art.provenance import scene_of
from maquette.tools.builtin.adjusting.remove_background import remove_background
from maquette.tools.builtin.adjusting.resize import resize
from maquette.tools.builtin.adjusting.resize_scene import resize_scene
from maquette.tools.builtin.making.compose import compose
from maquette.tools.builtin.seeing.alt_text import alt_text, shortened
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

BRIEF: dict[str, Any] = {
    "panels": [
        {
            "things": [
                {"phrase": "cat", "thing": "noto:1f408"},
                {"phrase": "balloon", "thing": "noto:1f388", "count": 2, "colour": "blue"},
            ],
            "background": {"kind": "meadow"},
        }
    ],
    "width_px": 320,
    "height_px": 320,
}


@pytest.fixture
async def composed(ctx: ToolContext) -> dict[str, Any]:
    made: dict[str, Any] = (await run_tool(compose, {"brief": BRIEF, "variant": 0}, ctx))["image"]
    ctx.warnings.clear()
    return made


async def _pixels(store: MemoryArtifactStore, ref: dict[str, Any]) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(await store.get(ref["sha256"], owner="local"))))


async def test_the_background_goes_and_the_things_stay_as_they_were(
    ctx: ToolContext, store: MemoryArtifactStore, composed: dict[str, Any]
) -> None:
    """Opaque pixels are those of the picture; the corners are clear; one thing may stay alone."""
    whole = (await _pixels(store, composed)).astype(int)
    out = (await run_tool(remove_background, {"image": composed}, ctx))["image"]
    cut = (await _pixels(store, out)).astype(int)
    opaque = cut[..., 3] == 255
    # Shadows that things throw on each other lie in the picture, and not on the cut-out.
    assert np.mean((np.abs(cut[..., :3] - whole).max(2) <= 3)[opaque]) > 0.9
    assert all(cut[y, x, 3] == 0 for y in (0, -1) for x in (0, -1))
    cat = (await run_tool(remove_background, {"image": composed, "keep": "the cats"}, ctx))["image"]
    alone = await _pixels(store, cat)
    assert 0 < (alone[..., 3] == 255).sum() < opaque.sum()
    with pytest.raises(InvalidInput, match="no 'dog' in the picture; it shows cat, 2 x balloon"):
        await run_tool(remove_background, {"image": composed, "keep": "dog"}, ctx)


async def test_a_composed_picture_is_drawn_anew_at_another_size(
    ctx: ToolContext, store: MemoryArtifactStore, composed: dict[str, Any]
) -> None:
    """It keeps its document; in the same proportions it shows what scaled pixels show."""
    out = await run_tool(resize_scene, {"image": composed, "width_px": 640, "height_px": 640}, ctx)
    large = (await _pixels(store, out["image"])).astype(int)
    assert large.shape[:2] == (640, 640)
    scene = await scene_of(store, out["image"]["sha256"], owner="local")
    assert scene is not None and [t.phrase for t in scene.things] == ["cat", "balloon", "balloon"]
    scaled = await run_tool(resize, {"image": composed, "longer_px": 640}, ctx)
    near = (await _pixels(store, scaled["image"])).astype(int)
    assert np.abs(large - near).mean() < 4
    wide = await run_tool(
        resize_scene, {"image": composed, "width_px": 1024, "height_px": 512}, ctx
    )
    assert (wide["image"]["width_px"], wide["image"]["height_px"]) == (1024, 512)
    with pytest.raises(InvalidInput, match="was not composed"):
        await run_tool(
            resize_scene, {"image": scaled["image"], "width_px": 64, "height_px": 64}, ctx
        )


async def test_alternative_text_tells_the_document(
    ctx: ToolContext, composed: dict[str, Any]
) -> None:
    """Numbers, colours and place as composed, without any model; cut at a word to its limit."""
    told = await run_tool(alt_text, {"image": composed}, ctx)
    assert told["text"] == "A cat and 2 blue balloons in a meadow."
    short = await run_tool(alt_text, {"image": composed, "max_characters": 20}, ctx)
    assert short["text"] == "A cat and 2 blue…" and ctx.model_calls == 0


@pytest.mark.parametrize("most", [1, 2, 5, 9, 10, 30])
def test_shortened_text_is_never_longer_than_asked(most: int) -> None:
    for text in ("a boat", "antidisestablishmentarianism", "red,  blue and green", "x"):
        cut = shortened(text, most)
        assert len(cut) <= most and text.split()[0].startswith(cut.split()[0].rstrip("…,"))


async def test_where_the_models_cannot_tell_the_background_that_is_said(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """A picture outside their world is refused with the guard's reason, not cut at random."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), (9, 80, 200)).save(buffer, "PNG")
    ref = await store.put(buffer.getvalue(), owner="local")
    found = FoundMask(
        mask=ref, prompt="dog", box=None, area=0, score=0, coarse_text="", text=None, coco=None
    )
    verdict = GuardVerdict(in_world=False, score=0.9, reason="it looks like a photograph")
    ctx.models = ScriptedModelClient(
        {
            ("segmentation", "segment_phrase"): lambda request: SegmentReply(
                masks=(found,), verdict=verdict, digest="d", forward_s=0.1
            )
        }
    )
    with pytest.raises(CapabilityMissing, match="told apart: it looks like a photograph"):
        await run_tool(
            remove_background, {"image": ref.model_dump(mode="json"), "keep": "dog"}, ctx
        )


@pytest.mark.slow
@pytest.mark.parametrize("ground", ["plain", "noise", "slope"])
async def test_what_the_models_do_not_know_is_told_by_its_colours_or_not_at_all(
    ctx: ToolContext, store: MemoryArtifactStore, ground: str
) -> None:
    """With the bundled models: a drawn cat alone on a ground it differs from is cut to its true
    shape, with a warning; on a slope of many colours the tool refuses rather than guess."""
    from maquette.infra.settings.schema import ModelConfig
    from maquette.model_servers.client.contract import RoleName
    from maquette.model_servers.serving.direct import DirectClient
    from maquette.model_servers.serving.host import RoleHost
    from maquette.model_servers.serving.roles import build_role
    from maquette.tools.art.packs.table import art_of
    from maquette.tools.art.painting.silhouettes import silhouette

    rng = np.random.default_rng(4)
    y, x = np.mgrid[0:256, 0:256] / 256
    grounds = {
        "plain": np.full((256, 256, 3), (200, 220, 235)),
        "noise": 150 + 25 * rng.standard_normal((256, 256, 3)),
        "slope": 120 + 100 * np.dstack([y, 1 - y, 0.5 * x]),
    }
    pixels = np.clip(grounds[ground], 0, 255).astype(np.uint8)
    shape = np.kron(silhouette(art_of("noto:1f408")), np.ones((2, 2), bool))
    truth = np.zeros((256, 256), bool)
    truth[60 : 60 + shape.shape[0], 70 : 70 + shape.shape[1]] = shape
    pixels[truth] = (190, 90, 20)
    roles = (RoleName.GENERATION, RoleName.SEGMENTATION, RoleName.UNDERSTANDING)
    makers: Any = {
        role: lambda role=role: build_role(role, ModelConfig(), store, 1) for role in roles
    }
    ctx.models = DirectClient(RoleHost(makers))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    ref = (await store.put(buffer.getvalue(), owner="local")).model_dump(mode="json")
    try:
        if ground == "slope":
            with pytest.raises(CapabilityMissing, match="its colours do not tell them apart"):
                await run_tool(remove_background, {"image": ref}, ctx)
            return
        out = await run_tool(remove_background, {"image": ref}, ctx)
    finally:
        await ctx.models.close()
    cut = (await _pixels(store, out["image"]))[..., 3] > 127
    assert (cut & truth).sum() / (cut | truth).sum() > 0.9
    assert any("by its colours alone" in one for one in ctx.warnings)
