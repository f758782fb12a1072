"""The tools that find and cut out, with the real role behind them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.segmentation.role import SegmentationRole
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput
from maquette.tools.builtin.making.cut_out import cut_out
from maquette.tools.builtin.seeing.segment import segment
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

BOX = {"x0": 0.1, "y0": 0.2, "x1": 0.5, "y1": 0.8}


@pytest.fixture
async def picture(ctx: ToolContext, store: MemoryArtifactStore) -> ArtifactRef:
    """A blue disc at the left of a yellow ground; the real role serves."""
    ctx.models = DirectClient(
        RoleHost({RoleName.SEGMENTATION: lambda: SegmentationRole(ModelConfig(), store, 1)})
    )
    drawn = Image.new("RGB", (100, 60), "#f0d030")
    ImageDraw.Draw(drawn).ellipse((15, 15, 45, 45), fill="#2040c0")
    return await store.put(encode_png(drawn), owner="local")


async def opened(store: MemoryArtifactStore, ref: object) -> Image.Image:
    sha256 = ArtifactRef.model_validate(ref).sha256
    return Image.open(io.BytesIO(await store.get(sha256, owner="local")))


async def test_finding_and_cutting_out(
    ctx: ToolContext, store: MemoryArtifactStore, picture: ArtifactRef
) -> None:
    """What is cut out is the disc, on clear ground, trimmed to it, with its lineage."""
    image = picture.model_dump()
    found = await run_tool(segment, {"image": image, "boxes": [BOX], "overlay": True}, ctx)
    assert "middle left" in found["text"]
    assert ctx.model_calls == 1
    cut = await run_tool(cut_out, {"image": image, "mask": found["mask"], "margin": 0.0}, ctx)
    shown = await opened(store, cut["image"])
    assert shown.mode == "RGBA"
    assert shown.size == pytest.approx((31, 31), abs=2)
    pixels = np.asarray(shown)
    assert pixels[0, 0, 3] == 0 and pixels[15, 15].tolist() == [0x20, 0x40, 0xC0, 255]
    lineage = await store.lineage(cut["image"]["sha256"], owner="local")
    assert lineage is not None
    assert set(lineage.parents) == {picture.sha256, found["mask"]["sha256"]}


async def test_the_overlay_shows_the_mask_over_the_picture(
    ctx: ToolContext, store: MemoryArtifactStore, picture: ArtifactRef
) -> None:
    """Inside is tinted, outside paler than before, and it has the picture's size."""
    found = await run_tool(
        segment, {"image": picture.model_dump(), "boxes": [BOX], "overlay": True}, ctx
    )
    shown = np.asarray(await opened(store, found["overlay"]), int)
    assert shown.shape == (60, 100, 3)
    assert np.abs(shown[30, 30] - (0x20, 0x40, 0xC0)).max() > 30
    assert (shown[5, 90] >= (0xF0, 0xD0, 0x30)).all()


async def test_several_masks_are_joined(
    ctx: ToolContext, store: MemoryArtifactStore, picture: ArtifactRef
) -> None:
    """``mask`` is the union of all that was found; without a wish there is no overlay."""
    points = [{"x": 0.3, "y": 0.5}, {"x": 0.9, "y": 0.1}]
    found = await run_tool(segment, {"image": picture.model_dump(), "points": points}, ctx)
    whole = np.asarray(await opened(store, found["mask"])) > 0
    parts = [np.asarray(await opened(store, m["mask"])) > 0 for m in found["masks"]]
    assert np.array_equal(whole, parts[0] | parts[1])
    assert found["overlay"] is None


async def test_what_cannot_be_done_is_told(
    ctx: ToolContext, store: MemoryArtifactStore, picture: ArtifactRef
) -> None:
    """Nothing asked for, nothing found, or the mask of another picture: each with its reason."""
    image = picture.model_dump()
    with pytest.raises(InvalidInput, match="neither a phrase nor a box nor a point"):
        await run_tool(segment, {"image": image}, ctx)
    for size, reason in (((100, 60), "nothing to cut out"), ((10, 10), "same size")):
        empty = await store.put(encode_png(Image.new("L", size)), owner="local")
        with pytest.raises(InvalidInput, match=reason):
            await run_tool(cut_out, {"image": image, "mask": empty.model_dump()}, ctx)
