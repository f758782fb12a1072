"""The other built-in tools, with the real text renderer and reader in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from maquette.agents.validation.validator import validate
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.embedding import EmbedTextReply
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.errors import InvalidInput, MediaRejected
from maquette.records.plan import Call, Plan
from maquette.tools.builtin.making.enlarge import enlarge
from maquette.tools.builtin.making.typeset import typeset
from maquette.tools.builtin.seeing.embed_text import embed_text
from maquette.tools.builtin.seeing.read_text import read_text
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.registry import Registry


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


async def test_enlarge_makes_a_larger_copy_with_lineage(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """Three times as large, the same colours where they are flat, and its parent is known."""
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:, :15] = (200, 30, 30)
    pixels[:, 15:] = (30, 30, 200)
    ref = await store.put(_png(Image.fromarray(pixels)), owner="local")
    out = await run_tool(enlarge, {"image": ref.model_dump(mode="json"), "factor": 3}, ctx)
    assert (out["image"]["width_px"], out["image"]["height_px"]) == (90, 60)
    large = np.asarray(Image.open(BytesIO(await store.get(out["image"]["sha256"], owner="local"))))
    assert (large[30, 10] == (200, 30, 30)).all() and (large[30, 80] == (30, 30, 200)).all()
    lineage = await store.lineage(out["image"]["sha256"], owner="local")
    assert lineage is not None and lineage.tool == "enlarge" and lineage.parents == (ref.sha256,)


async def test_enlarging_twice_gives_the_same_bytes(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """Equal arguments give an equal artifact."""
    noise = np.random.default_rng(0).integers(0, 255, (16, 16, 3), np.uint8)
    ref = await store.put(_png(Image.fromarray(noise)), owner="local")
    arguments = {"image": ref.model_dump(mode="json"), "factor": 4}
    assert await run_tool(enlarge, arguments, ctx) == await run_tool(enlarge, arguments, ctx)


async def test_enlarge_refuses_too_large_a_result(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """The size of the result is checked before anything is scaled, and told."""
    ref = await store.put(_png(Image.new("L", (1000, 10))), owner="local")
    with pytest.raises(InvalidInput, match="passes 4096 px") as refused:
        await run_tool(enlarge, {"image": ref.model_dump(mode="json"), "factor": 5}, ctx)
    assert "by 4 at most" in refused.value.hint


async def test_a_small_picture_is_enlarged_as_often_as_its_size_allows(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """Twelve times is a valid plan and is made: the size of the result is the only limit."""
    ref = await store.put(_png(Image.new("RGB", (20, 10), "red")), owner="local")
    call = Call(id="large", tool="enlarge", arguments={"image": {"$ref": "inputs.0"}, "factor": 12})
    plan = Plan(nodes=(call,), outputs=("large.image",))
    assert validate(plan, Registry([enlarge]), inputs=1) == []
    out = await run_tool(enlarge, {"image": ref.model_dump(mode="json"), "factor": 12}, ctx)
    assert (out["image"]["width_px"], out["image"]["height_px"]) == (240, 120)


async def test_enlarge_refuses_what_is_no_picture(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """Bytes that only claim to be a picture are refused."""
    ref = await store.put(b"\x89PNG\r\n\x1a\n" + b"\0" * 40, owner="local")
    claimed = ref.model_copy(update={"media_type": "image/png"})
    with pytest.raises(MediaRejected):
        await run_tool(enlarge, {"image": claimed.model_dump(mode="json")}, ctx)


async def test_embed_text_gives_the_vector_of_the_text(ctx: ToolContext) -> None:
    """The one text's vector comes back, and the model time is counted."""
    ctx.models = ScriptedModelClient(
        {
            ("embedding", "embed_text"): lambda request: EmbedTextReply(
                vectors=((0.6, 0.8),), digest="d", forward_s=0.25
            )
        }
    )
    assert await run_tool(embed_text, {"text": "a boat"}, ctx) == {"vector": [0.6, 0.8]}
    assert (ctx.model_s, ctx.model_calls) == (0.25, 1)


@pytest.fixture
async def real(store: MemoryArtifactStore) -> AsyncIterator[DirectClient]:
    from maquette.model_servers.text_rendering.role import TextRenderingRole
    from maquette.model_servers.understanding.role import UnderstandingRole

    host = RoleHost(
        {
            RoleName.TEXT_RENDERING: lambda: TextRenderingRole(ModelConfig(), store, 1),
            RoleName.UNDERSTANDING: lambda: UnderstandingRole(ModelConfig(), store, 2),
        }
    )
    client = DirectClient(host)
    yield client
    await client.close()


@pytest.mark.slow
async def test_what_is_typeset_can_be_read(ctx: ToolContext, real: DirectClient) -> None:
    """Words set by the real renderer are read back exactly by the real reader."""
    ctx.models = real
    block = {"text": "GRAND OPENING", "box": {"x0": 0.1, "y0": 0.3, "x1": 0.9, "y1": 0.7}}
    sheet = await run_tool(typeset, {"width_px": 640, "height_px": 320, "blocks": [block]}, ctx)
    assert (sheet["image"]["width_px"], sheet["image"]["height_px"]) == (640, 320)
    assert " ".join(line["text"] for line in sheet["blocks"][0]["lines"]) == "GRAND OPENING"
    reading = await run_tool(read_text, {"image": sheet["image"]}, ctx)
    assert " ".join(reading["text"].split()) == "GRAND OPENING"
    box = reading["lines"][0]["box"]
    assert 0.05 < box["x0"] < box["x1"] < 0.95 and 0.25 < box["y0"] < box["y1"] < 0.75
    assert ctx.model_calls == 2
